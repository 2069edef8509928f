"""Persons with an event in two arms: binomials over a dense grid of the baseline.

Normal(0, 2.5) of the mid-logit, or of the mid-log risk below its bound; uniform room of a risk difference.
"""

from math import log

import numpy as np
from scipy import stats
from scipy.special import expit, gammaln, log_ndtr

from support.brute_force.sums import log_sum

ARMS = ("treatment", "control")


def persons(evidence):
    """x1, n1, x0, n0."""
    return [int(evidence[a][name]) for a in ARMS for name in ("events", "n")]


def risks(measure, theta, a):
    """Both log risks and their complements' logs; a is the midpoint (of a difference: the share of its room)."""
    if measure == "odds_ratio":
        return [(-np.logaddexp(0, -u), -np.logaddexp(0, u)) for u in (a + theta / 2, a - theta / 2)]
    p = [np.exp(a + theta / 2), np.exp(a - theta / 2)] if measure == "risk_ratio" else [
        np.maximum(theta, 0) + (1 - np.abs(theta)) * a, np.maximum(-theta, 0) + (1 - np.abs(theta)) * a]  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        return [(np.log(q), np.log1p(-q)) for q in p]


def baseline(measure, theta):
    """(midpoints, log weights) on a grid for each theta, shape (theta, nodes)."""
    theta = theta[:, None]
    if measure == "odds_ratio":
        a = np.linspace(-25, 25, 401) - 0 * theta
        return a, stats.norm.logpdf(a, 0, 2.5) + log(50 / 400)
    if measure == "risk_ratio":
        v = np.linspace(-14, 4.2, 401)
        a = -np.abs(theta) / 2 - np.exp(v)
        return a, stats.norm.logpdf(a, 0, 2.5) - log_ndtr(-np.abs(theta) / 5) + v + log(18.2 / 400)
    v = np.linspace(-30, 30, 601)
    share = expit(v) + 0 * theta
    return share, np.log(expit(v) * expit(-v)) + log(60 / 600) + 0 * theta


def table_of(measure, theta, n1, n0, pairs):
    """log p(x1, x0 | theta) of several tables, shape (tables, theta)."""
    a, weight = baseline(measure, theta)
    (l1, m1), (l0, m0) = risks(measure, theta[:, None], a)
    found = []
    for x1, x0 in pairs:
        ways = sum(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) for x, n in ((x1, n1), (x0, n0)))
        terms = weight + ways
        for x, value in ((x1, l1), (n1 - x1, m1), (x0, l0), (n0 - x0, m0)):
            terms = terms + (x * value if x else 0.0)
        found.append(log_sum(terms, axis=1))
    return np.array(found)


def log_likelihood(measure, benefit, evidence, theta):
    x1, n1, x0, n0 = persons(evidence)
    return np.concatenate([table_of(measure, t, n1, n0, [(x1, x0)])[0] for t in np.array_split(theta, 8)])
