"""Intervals of two proportions where an arm is empty or full, against brute force and closed forms written apart."""

from math import acos, cos, inf, isnan, pi, sqrt

import numpy as np
import pytest
from scipy.special import xlogy
from scipy.stats import norm
from support.printed_reports import binary, found, printed

from bayes.checks import INCONSISTENT
from bayes.checks.two_by_two import effect, intervals

Q = norm.ppf(0.975)
EDGES = [
    (10, 10, 0, 20), (0, 20, 10, 10), (0, 105, 0, 101), (105, 105, 101, 101), (10, 105, 20, 101), (1, 1, 0, 1),
    (0, 1, 0, 1), (5, 5, 0, 5), (3, 7, 7, 7), (0, 69, 7, 75), (7, 69, 0, 75), (69, 69, 70, 75), (70, 75, 69, 69),
    (15, 65, 5, 61), (0, 5, 1, 400), (400, 400, 1, 5),
]  # fmt: skip


def score(shift, a, n1, c, n0):
    """Miettinen and Nurminen 1985, appendix: the constrained risks as the root of a cubic (Farrington and Manning)."""
    p1, p0, ratio = a / n1, c / n0, n0 / n1
    b3, b2 = 1 + ratio, -(1 + ratio + p1 + ratio * p0 + shift * (ratio + 2))
    b1, b0 = shift**2 + shift * (2 * p1 + ratio + 1) + p1 + ratio * p0, -p1 * shift * (1 + shift)
    v = b2**3 / (3 * b3) ** 3 - b1 * b2 / (6 * b3**2) + b0 / (2 * b3)
    u = np.sign(v) * sqrt(max(b2**2 / (3 * b3) ** 2 - b1 / (3 * b3), 0.0))
    w = (pi + acos(np.clip(v / u**3 if u else 0.0, -1, 1))) / 3
    t1 = np.clip(2 * u * cos(w) - b2 / (3 * b3), max(0, shift), min(1, 1 + shift))
    t0 = t1 - shift
    variance = (t1 * (1 - t1) / n1 + t0 * (1 - t0) / n0) * (n1 + n0) / (n1 + n0 - 1)
    return (p1 - p0 - shift) / sqrt(variance)


def deviance(measure, value, a, n1, c, n0):
    """Twice the log likelihood lost by an effect on its own scale: the control risk tried on grids, ever finer ones."""

    def total(p1, q1, p0, q0):
        return xlogy(a, p1) + xlogy(n1 - a, q1) + xlogy(c, p0) + xlogy(n0 - c, q0)

    x = np.linspace(-32, 32, 40_001)
    for _ in range(4):
        p0, q0 = 1 / (1 + np.exp(-x)), 1 / (1 + np.exp(x))
        if measure == "risk_difference":
            p1, q1 = p0 + value, q0 - value
        elif measure == "risk_ratio":
            p1, q1 = p0 * value, 1 - p0 * value
        else:
            p1, q1 = p0 * value / (q0 + p0 * value), q0 / (q0 + p0 * value)
        with np.errstate(invalid="ignore"):
            found = np.where((p1 >= 0) & (q1 >= 0), total(p1, q1, p0, q0), -np.inf)
        best = int(found.argmax())
        x = np.linspace(x[max(best - 1, 0)], x[min(best + 1, len(x) - 1)], 2_001)
    return 2 * (total(a / n1, 1 - a / n1, c / n0, 1 - c / n0) - found.max())


@pytest.mark.parametrize("table", EDGES, ids=str)
def test_miettinen_nurminen(table):
    low, high = intervals("risk_difference", 0.95)["Miettinen-Nurminen"](*table)
    at = effect("risk_difference", *table)
    assert -1 <= low <= at <= high <= 1 and not isnan(low + high)
    for limit, sign in ((low, 1), (high, -1)):
        if abs(limit) < 1:
            assert score(limit, *table) == pytest.approx(sign * Q, abs=1e-3)
        else:
            assert limit == at  # nothing lies beyond


def test_published_limits():
    """Metalite (issue 210, PR 252): 0/105 v 0/101 and 10/105 v 20/101; and a difference of 1."""
    found = intervals("risk_difference", 0.95)["Miettinen-Nurminen"]
    assert found(0, 105, 0, 101) == pytest.approx((-0.0368, 0.0355), abs=5e-5)
    assert found(10, 105, 20, 101) == pytest.approx((-0.2029, -0.0064), abs=5e-5)
    assert found(10, 10, 0, 20) == pytest.approx((0.716, 1.0), abs=5e-4)


@pytest.mark.parametrize("measure", ["risk_difference", "odds_ratio", "risk_ratio"])
@pytest.mark.parametrize("table", EDGES, ids=str)
def test_profile_likelihood(measure, table):
    low, high = intervals(measure, 0.95)["profile likelihood"](*table)
    at = effect(measure, *table)
    if isnan(at):
        assert isnan(low) and isnan(high)  # a ratio of nothing to nothing
        return
    for limit in (low, high):
        if limit in (0.0, inf, -1.0, 1.0) and limit == at:
            continue
        assert deviance(measure, limit, *table) == pytest.approx(Q**2, abs=0.01)


@pytest.mark.parametrize("measure", ["risk_difference", "odds_ratio", "risk_ratio"])
@pytest.mark.parametrize("table", EDGES, ids=str)
def test_arms_may_change_places(measure, table):
    a, n1, c, n0 = table
    for name, method in intervals(measure, 0.95).items():
        low, high = method(a, n1, c, n0)
        other = method(c, n0, a, n1)
        turned = (-other[1], -other[0]) if measure == "risk_difference" else tuple(_inverse(x) for x in other[::-1])
        assert (low, high) == pytest.approx(turned, rel=1e-4, abs=1e-6, nan_ok=True), name


def _inverse(x):
    return x if isnan(x) else inf if x == 0 else 1 / x


def test_check_reads_the_edges():
    def say(table, ci, measure):
        return found(binary(*table), printed(f"ci = {ci}"), measure=measure)

    assert say((10, 10, 0, 20), "[0.716, 1.000]", "risk_difference") == {}
    assert say((10, 10, 0, 20), "[0.500, 1.000]", "risk_difference") == {"printed.ci": INCONSISTENT}
    assert say((0, 69, 7, 75), "[0.00, 0.32]", "odds_ratio") == {}
    assert say((0, 69, 7, 75), "[0.00, 0.72]", "odds_ratio") == {}
