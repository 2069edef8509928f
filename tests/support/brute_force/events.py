"""Event counts of two arms: baseline ~ Normal(0, 2.5) of the mid-log rate per participant, log size ~ Normal(0, 1).

Persons with an event by convolution of what one person may have.
"""

from math import log, sqrt

import numpy as np
from scipy import stats
from scipy.special import gammaln

from support.brute_force.sums import log_sum

LOG_K, K_WEIGHT = np.linspace(-5.0, 5.0, 25), stats.norm.logpdf(np.linspace(-5.0, 5.0, 25))
V = np.linspace(-7.5, 7.5, 201)  # arcsinh nodes of a baseline


def exposures(evidence):
    t, c = evidence["treatment"], evidence["control"]
    if t.get("exposure") is None:
        return float(t["n"]), float(c["n"])
    # per average follow-up; where nobody says of how many, per exposure in which one event happened
    counted = t["n"] + c["n"] if t.get("n") else max(t["events"] + c["events"], 1)
    average = (float(t["exposure"]) + float(c["exposure"])) / counted
    return float(t["exposure"]) / average, float(c["exposure"]) / average


def family(evidence):
    if evidence.get("dispersion") == "poisson":
        return "poisson"
    return "totals" if evidence["treatment"].get("persons") is None else "persons"


def divided(evidence, theta, divisions, sizes=(LOG_K, K_WEIGHT)):
    """log p of each division of the events, shape (divisions, theta); of persons all ways with their total."""
    t, c, kind = evidence["treatment"], evidence["control"], family(evidence)
    total, e = t["events"] + c["events"], exposures(evidence)
    log_k, k_weight = (LOG_K[:1], np.zeros(1)) if kind == "poisson" else sizes
    found = np.full((len(divisions), len(theta)), -np.inf)
    for lk, w in zip(log_k, k_weight, strict=True):
        ways = ways_of(evidence, divisions, np.exp(lk))
        for j, half in enumerate(theta / 2):
            middle = log(max(total, 0.5)) - np.logaddexp(log(e[0]) + half, log(e[1]) - half)
            a = middle + np.sinh(V) / sqrt(total + 1)
            log_f = stats.norm.logpdf(a, 0, 2.5) + np.log(np.cosh(V))
            rates = [a + half + log(e[0]), a - half + log(e[1])]
            if kind == "poisson":
                log_f = log_f - np.exp(rates[0]) - np.exp(rates[1])
                per = rates
            else:
                size = [arm["n"] * np.exp(lk) for arm in (t, c)]
                log_f = log_f - sum(s * np.logaddexp(0, r - log(s)) for s, r in zip(size, rates, strict=True))
                per = [-np.logaddexp(0, log(s) - r) for s, r in zip(size, rates, strict=True)]
            x = np.asarray(divisions)[:, None]
            value = log_sum(x * per[0] + (total - x) * per[1] + log_f, axis=1)
            found[:, j] = np.logaddexp(found[:, j], value + ways + w)
    return found


def ways_of(evidence, divisions, k):
    """What does not depend on the rates, of each division."""
    t, c, kind = evidence["treatment"], evidence["control"], family(evidence)
    total, x = t["events"] + c["events"], np.asarray(divisions)
    if kind == "poisson":
        return -gammaln(x + 1) - gammaln(total - x + 1)
    if kind == "totals":
        return sum(gammaln(e + a["n"] * k) - gammaln(a["n"] * k) - gammaln(e + 1) for e, a in ((x, t), (total - x, c)))
    return of_persons(t["n"], c["n"], total, t["persons"] + c["persons"], x, k)


def power_series(k, total, most):
    """log [x^j] ((1 - x)^-k - 1)^m, rows m, by convolution of one person's coefficients, each row scaled."""
    one = np.exp(gammaln(k + np.arange(1, total + 1)) - gammaln(k) - gammaln(np.arange(2, total + 2)))
    rows, scale = np.zeros((most + 1, total + 1)), np.zeros(most + 1)
    rows[0, 0] = 1
    for m in range(1, most + 1):
        rows[m, 1:] = np.convolve(rows[m - 1], one)[:total]
        top = rows[m].max() or 1.0
        rows[m] /= top
        scale[m] = scale[m - 1] + log(top)
    with np.errstate(divide="ignore"):
        return np.log(rows) + scale[:, None]


def of_persons(n1, n0, total, persons_, divisions, k):
    series = power_series(k, total, min(persons_, max(n1, n0)))
    found = []
    for x in divisions:
        terms = [
            gammaln(n1 + 1) - gammaln(m + 1) - gammaln(n1 - m + 1) + series[m, x]
            + gammaln(n0 + 1) - gammaln(persons_ - m + 1) - gammaln(n0 - persons_ + m + 1) + series[persons_ - m, total - x]
            for m in range(max(0, persons_ - n0), min(persons_, n1) + 1)
        ]  # fmt: skip
        found.append(log_sum(terms))
    return np.array(found)


def log_likelihood(measure, benefit, evidence, theta):
    t, c = evidence["treatment"], evidence["control"]
    if family(evidence) != "persons":
        return divided(evidence, theta, [t["events"]])[0]
    # the printed persons themselves, not every way with their total
    found = np.full(len(theta), -np.inf)
    alone = {a: dict(arm, persons=None) for a, arm in (("treatment", t), ("control", c))}
    for lk, w in zip(LOG_K, K_WEIGHT, strict=True):
        k = np.exp(lk)
        ways = 0.0
        for arm in (t, c):
            m, n = arm["persons"], arm["n"]
            ways += gammaln(n + 1) - gammaln(m + 1) - gammaln(n - m + 1)
            ways += power_series(k, arm["events"], m)[m, arm["events"]]
        of_totals = ways_of(evidence | alone, [t["events"]], k)[0]
        size = np.array([lk]), np.zeros(1)
        one = divided(evidence | alone, theta, [t["events"]], size)[0] - of_totals
        found = np.logaddexp(found, one + ways + w)
    return found
