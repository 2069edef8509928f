"""Do the cuts of an ordinal scale tell one story? A test of proportional odds against an odds ratio of its own per cut.

    G^2 = 2 (log L of free cut odds ratios - log L of one common odds ratio)  ~  chi-square, K - 2 degrees of freedom

for K levels seen in either arm. With two arms, free cut odds ratios are each arm's own shares, so that the first
likelihood is that of the saturated model (Peterson and Harrell 1990, Appl Stat 39:205-17, whose score test asks the
same; Brant 1990, Biometrics 46:1171-8, by Wald). Gross is p < 0.01: of a hundred tables under proportional odds about
one is called so.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from bayes.base.numbers import significant
from bayes.checks import common_odds
from bayes.checks.p_values import chi_square_p
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut

GROSS = 0.01


@dataclass(frozen=True)
class Proportionality:
    """How far cut odds ratios are from one common odds ratio.

    Attributes
    ----------
    cuts : tuple of (str, float)
        The last category of the better side, and the odds ratio of being on that side with treatment; 0 or infinite
        where a side is empty in one arm.
    statistic, df, p
        The likelihood ratio test of one common odds ratio.
    """

    cuts: tuple[tuple[str, float], ...]
    statistic: float
    df: int
    p: float

    @property
    def gross(self) -> bool:
        """Whether no common odds ratio describes the table."""
        return self.p < GROSS

    @property
    def text(self) -> str:
        """The cuts that are furthest apart, and the test."""
        (low_at, low), (high_at, high) = (pick(self.cuts, key=lambda cut: cut[1]) for pick in (min, max))
        return (
            f"odds are not proportional: the odds ratio of a better outcome runs from {significant(low)} (cut after "
            f"{low_at}) to {significant(high)} (cut after {high_at}); likelihood ratio "
            f"{significant(self.statistic)} on {self.df} df, p = {significant(self.p, 2)}. One common odds ratio "
            "averages over these and describes none of them"
        )


def proportionality(evidence: Ordinal | OrdinalCut) -> Proportionality | None:
    """The test for a table, or for the bands between several cuts; None for fewer than three levels or no overlap."""
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
