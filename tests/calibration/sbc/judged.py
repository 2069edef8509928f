"""The judgement of simulations: are the truths where their posteriors say?

Every statistic has a p-value under calibration; below 0.01 it lies outside its 99% band. Of a parameter there are five:
coverage of the central 50, 80 and 95% intervals (exact binomial), the chi-square of a histogram of ranks, and the
greatest distance of their distribution function from the diagonal (Kolmogorov: a 99% band of the ECDF). P(benefit) has
one: the mean of 1[benefit] - P(benefit), in units of the error that the stated probabilities imply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from calibration.sbc.answers import Place
from scipy import stats

LEVELS = (0.5, 0.8, 0.95)
BAND = 0.01  # p-value at the edge of a 99% band
PER_BIN = 10  # the least expected number of a bin


@dataclass(frozen=True)
class Ranks:
    """The judgement of one parameter.

    Attributes
    ----------
    covered : tuple of int
        How many central intervals of each of `LEVELS` held the truth.
    chi_square, ecdf : float
        P-values of the histogram of ranks and of their distribution function.
    """

    covered: tuple[int, ...]
    chi_square: float
    ecdf: float

    @classmethod
    def of(cls, below: Sequence[float]) -> Ranks:
        """Judge P(parameter < truth) of all simulations."""
        u = np.array(below)
        covered = tuple(int((np.abs(u - 0.5) < level / 2).sum()) for level in LEVELS)
        bins = int(np.clip(len(u) // PER_BIN, 2, 20))
        counts = np.bincount(np.minimum((u * bins).astype(int), bins - 1), minlength=bins)
        return cls(covered, float(stats.chisquare(counts).pvalue), float(stats.kstest(u, "uniform").pvalue))

    def p_values(self, n: int) -> dict[str, float]:
        """Return the p-value of every statistic by its name."""
        named = {f"coverage of {level:.0%}": _binomial(x, n, level) for x, level in zip(self.covered, LEVELS, strict=True)}
        return named | {"histogram of ranks": self.chi_square, "distribution of ranks": self.ecdf}


@dataclass(frozen=True)
class Judgement:
    """The judgement of the simulations of a case by one route.

    Attributes
    ----------
    n : int
    ranks : dict of Ranks
        By parameter.
    bias, z : float
        The mean of 1[benefit] - P(benefit), and the same in units of its standard error.
    divergent : int
        Fits with a divergent transition.
    """

    n: int
    ranks: Mapping[str, Ranks]
    bias: float
    z: float
    divergent: int = 0

    @classmethod
    def of(cls, places: Sequence[Place]) -> Judgement:
        """Judge all simulations."""
        ranks = {name: Ranks.of([place.below[name] for place in places]) for name in places[0].below}
        stated = np.array([place.benefit for place in places])
        off = np.array([place.benefits for place in places]) - stated
        error = float(np.sqrt((stated * (1 - stated)).sum()))
        z = float(off.sum()) / error if error > 0 else 0.0
        return cls(len(places), ranks, float(off.mean()), z, sum(place.divergences > 0 for place in places))

    @property
    def p_values(self) -> dict[str, float]:
        """The p-value of every statistic, by parameter and name."""
        found = {f"{name}: {what}": p for name, ranks in self.ranks.items() for what, p in ranks.p_values(self.n).items()}
        return found | {"P(benefit): bias": float(2 * stats.norm.sf(abs(self.z)))}

    @property
    def outside(self) -> tuple[str, ...]:
        """The statistics outside their 99% bands."""
        return tuple(name for name, p in self.p_values.items() if p < BAND)


def _binomial(x: int, n: int, share: float) -> float:
    """Return the two-sided p-value of a count: twice the smaller tail."""
    return float(min(1.0, 2 * min(stats.binom.cdf(x, n, share), stats.binom.sf(x - 1, n, share))))
