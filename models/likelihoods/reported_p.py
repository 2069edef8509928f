"""A bare p-value or a bare statement of significance, with a normal test statistic.

    z ~ Normal(d, 1),   d = sigma theta / s,   sigma = +1 or -1, the sign of theta that `favours` implies
    p printed            density of z at z(p)
    "p < c", "p < 0.05"  P(z > z(c))
    "not significant"    P(0 < z < z(alpha)); likewise "p > c"
    direction unknown    the sum of this term and the same term with -d (folded)

Known: p or alpha, s, and the direction if stated. Estimated: theta. Assumes that the test was a test of this effect.
A folded likelihood is even in theta: alone it informs the size of the effect, never its side.
"""

from __future__ import annotations

from bayes.base.measures import TestStatistic
from bayes.models.shared import bare_test

KINDS = ("p_value", "significance")


def prepare(outcome, priors) -> dict[str, float]:
    """Return one trial's data, all scalars: region of z, standard error, and the directions' log weights."""
    return bare_test.region(outcome, TestStatistic())


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,).

    theta : (trial,), on the analysis scale. data : as `prepare`, each (trial,).
    """
    return bare_test.folded(theta / data["s"], data)


def derived(effect, draws, outcome):
    """Return nothing: only the effect is estimated."""
    return {}
