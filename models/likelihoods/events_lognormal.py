"""T events in m of n persons in each of two arms, with log-normal rates between persons (Poisson-lognormal).

    count of a person ~ Poisson(mu exp(sigma e - sigma^2 / 2)),   e ~ Normal(0, 1),   so that its mean is mu
    log mu_arm = a + theta/2,  a - theta/2,  times exposure
    a ~ Normal(0, 2.5),   log sigma ~ Normal(0, 1) by default

    P(T, m) = C(n, m) p_0^(n - m) [x^T] (p_1 x + p_2 x^2 + ...)^m,   p_j = P(a person has j events)

Known: T, m, n and exposure. Estimated: theta (log rate ratio of the means), a and sigma, shared by the arms. Assumes
equal exposure within an arm. P(T, m) depends only on the median mu exp(-sigma^2 / 2) and on sigma; it is tabulated once
per arm, and the graph contains a bicubic spline of its logarithm.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytensor.tensor as pt
from scipy.special import gammaln, logsumexp

from bayes.models.shared import surface
from bayes.models.shared.event_rates import ARMS, counts, describe, rates
from bayes.models.shared.priors import nuisance, nuisance_row

KINDS = ("events",)
LOG_MEDIAN = np.linspace(-13.0, 7.0, 81)
LOG_SIGMA = np.linspace(-4.0, 2.0, 25)


def prepare(outcome, priors) -> dict:
    """Return one trial's data: exposure per arm, scalars; surfaces of log P(T, m), (cell, cell, 4, 4); both priors."""
    arms = {arm: getattr(outcome.evidence, arm) for arm in ARMS}
    tables = {
        f"log_p_{arm}": surface.table(LOG_MEDIAN, LOG_SIGMA, log_p(a.events, a.persons, a.n)) for arm, a in arms.items()
    }
    known = {k: v for k, v in counts(outcome, priors).items() if not k.startswith("events_")}
    return known | tables | nuisance_row("log_sigma", priors.spread)


@cache
def log_p(events: int, persons: int, n: int) -> np.ndarray:
    """Return log P(T events in exactly m of n persons), shape (log median, log sigma)."""
    count = np.arange(events + 1)
    found = np.empty((len(LOG_MEDIAN), len(LOG_SIGMA)))
    for j, sigma in enumerate(np.exp(LOG_SIGMA)):
        # persons' deviates: the wider the spread of the rates, the narrower a Poisson probability as their function
        deviate = np.linspace(-9.0, 9.0, int(180 + 100 * sigma))
        log_weight = -0.5 * deviate**2
        log_weight -= logsumexp(log_weight)
        log_rate = LOG_MEDIAN[:, None, None] + sigma * deviate
        log_pmf = logsumexp(log_weight - np.exp(log_rate) + count[:, None] * log_rate, axis=2) - gammaln(count + 1)
        found[:, j] = [(n - persons) * p[0] + _log_coefficient(p, persons) for p in log_pmf]
    return found + gammaln(n + 1) - gammaln(persons + 1) - gammaln(n - persons + 1)


def _log_coefficient(log_pmf: np.ndarray, m: int) -> float:
    """Return log [x^T] (p_1 x + ... + p_T x^T)^m, T = len(log_pmf) - 1.

    It squares a distribution tilted towards T / m.
    """
    events = len(log_pmf) - 1
    if m == 0:
        return 0.0
    tilted, log_scale, tilt = _tilt(log_pmf, events / m)
    result, log_r, base, log_b = np.ones(1), 0.0, tilted, 0.0
    exponent = m
    while exponent:
        if exponent % 2:
            result, log_r = _scaled(np.convolve(result, base)[: events + 1], log_r + log_b)
        exponent //= 2
        if exponent:
            base, log_b = _scaled(np.convolve(base, base)[: events + 1], 2 * log_b)
    return float(np.log(result[events]) + log_r + m * log_scale - events * tilt)


def _scaled(series: np.ndarray, log_scale: float) -> tuple[np.ndarray, float]:
    return series / series.max(), log_scale + np.log(series.max())


def _tilt(log_pmf: np.ndarray, mean: float) -> tuple[np.ndarray, float, float]:
    """Return p_j e^(t j), j >= 1, scaled to sum to one with the given mean: (distribution, log of the sum, t)."""
    j = np.arange(1, len(log_pmf))
    low, high = -60.0, 60.0
    for _ in range(40):
        t = (low + high) / 2
        log_w = log_pmf[1:] + t * j
        peak = log_w.max()
        w = np.exp(log_w - peak)
        total = w.sum()
        low, high = (low, t) if w @ j > mean * total else (t, high)
    return np.concatenate([[0.0], w / total]), float(np.log(total) + peak), t


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), and declare baseline and sigma.

    theta : (trial,), log rate ratio. data : as `prepare`, each (trial, ...).
    """
    log_sigma = nuisance("log_sigma", data)
    below = pt.exp(2 * log_sigma) / 2  # log mean minus log median of a log-normal
    return sum(
        surface.evaluate(
            pt.log(mean / data[f"n_{arm}"]) - below, log_sigma, data[f"log_p_{arm}"], LOG_MEDIAN, LOG_SIGMA
        )
        for arm, mean in rates(theta, data)
    )


def derived(effect, draws, outcome):
    """Return the rate of each arm, their difference and the SD of log rates between persons, each (chain, draw).

    effect : (chain, draw), log rate ratio. draws : own parameters, each (chain, draw).
    """
    return describe(effect, draws, outcome) | {"sigma": ((), np.exp(draws["log_sigma"]))}
