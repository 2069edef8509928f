"""A bare p-value or a bare statement of significance, with a normal test statistic.

    z ~ Normal(d, 1),   d = sigma theta / s,   sigma = +1 where what `favours` names raises theta, else -1
    p printed            density of z at z(p)
    "p < c", "p < 0.05"  P(z > z(c))
    "not significant"    P(0 < z < z(alpha)); so is "p > c"
    direction unknown    the sum of that and of the same with -d (folded)

Known: p or alpha, s, the direction if stated. Estimated: theta. Assumes that the test was one of this effect.
A folded likelihood is even in theta: alone it informs the size of the effect, never its side.
"""

from __future__ import annotations

from bayes.base.measures import TestStatistic
from bayes.models.shared import bare_test

KINDS = ("p_value", "significance")


def prepare(outcome, priors) -> dict[str, float]:
    """One trial's data: the reported region of z, the standard error and the weights of both directions."""
    return bare_test.region(outcome, TestStatistic())


def log_likelihood(theta, data):
    """Log likelihood per trial; theta has shape (trial,)."""
    return bare_test.folded(theta / data["s"], data)


def readable(effect, draws, outcome):
    """Nothing is estimated beside the effect."""
    return {}
