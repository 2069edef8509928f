"""A likelihood ratio test of proportional odds against a separate odds ratio for each cut of an ordinal scale.

    G^2 = 2 (log L of separate odds ratios - log L of a common odds ratio)  ~  chi-square, K - 2 degrees of freedom

for K levels observed in either arm. With two arms the model with separate odds ratios is saturated (compare the score
test of Peterson and Harrell 1990, Appl Stat 39:205-17, and the Wald test of Brant 1990, Biometrics 46:1171-8).
Non-proportionality is called gross if p < 0.01, as happens in about one in a hundred tables under proportional odds.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from bayes.base.numbers import significant
from bayes.checks import common_odds
from bayes.checks.p_values import chi_square_p
from bayes.paper.evidence import OrdinalTable

GROSS = 0.01


@dataclass(frozen=True)
class Proportionality:
    """The result of a test of proportional odds.

    Attributes
    ----------
    cuts : tuple of (str, float)
        The last category of the better side of each cut, and the odds ratio of being on that side with treatment; 0 or
        infinite if a side is empty in one arm.
    statistic, df, p
        The likelihood ratio test of a common odds ratio.
    """

    cuts: tuple[tuple[str, float], ...]
    statistic: float
    df: int
    p: float

    @property
    def gross(self) -> bool:
        """Return whether the odds are grossly non-proportional, so that a common odds ratio is misleading."""
        return self.p < GROSS

    @property
    def text(self) -> str:
        """The cuts with the smallest and the largest odds ratio, and the test, in words."""
        (low_at, low), (high_at, high) = (pick(self.cuts, key=lambda cut: cut[1]) for pick in (min, max))
        return (
            f"odds are not proportional: the odds ratio of a better outcome ranges from {significant(low)} (cut after "
            f"{low_at}) to {significant(high)} (cut after {high_at}); likelihood ratio "
            f"{significant(self.statistic)} on {self.df} df, p = {significant(self.p, 2)}. A common odds ratio "
            "averages over these and describes none of them"
        )


def proportionality(evidence: OrdinalTable) -> Proportionality | None:
    """Test proportional odds.

    Parameters
    ----------
    evidence : OrdinalTable
        A full table, or several cuts, whose bands form a table.

    Returns
    -------
    Proportionality or None
        None if fewer than three levels were observed, or the arms do not overlap.
    """
    names, treatment, control = zip(*evidence.observed, strict=True)
    if len(names) < 3 or (common := common_odds.fit(treatment, control)) is None:
        return None
    free = sum(_own_likelihood(np.array(arm, dtype=float)) for arm in (treatment, control))
    statistic = max(2 * (free - common.log_likelihood), 0.0)
    t, c = (np.cumsum(arm)[:-1] for arm in (treatment, control))
    ratios = [_odds_ratio(a, sum(treatment) - a, b, sum(control) - b) for a, b in zip(t, c, strict=True)]
    df = len(names) - 2
    return Proportionality(tuple(zip(names, ratios, strict=False)), statistic, df, chi_square_p(statistic, df))


def _own_likelihood(counts: np.ndarray) -> float:
    seen = counts[counts > 0]
    return float((seen * np.log(seen / counts.sum())).sum())


def _odds_ratio(a: float, b: float, c: float, d: float) -> float:
    return float(a * d / (b * c)) if b * c else inf
