"""T events in m of n persons in each of two arms, where the persons identify the over-dispersion.

The count of each person is negative binomial with mean mu_arm and size k (variance mu + mu^2 / k), p = k / (k + mu):

    P(T, m) = C(n, m) p^(n k) (1 - p)^T f(T, m; k),   f(T, m; k) = [x^T] ((1 - x)^(-k) - 1)^m
    log mu = a + theta/2 + log(E_arm / n_arm) (treatment),   a - theta/2 + log(E_arm / n_arm) (control)
    a ~ Normal(0, 2.5),   log k ~ Normal(0, 1) by default

Known: T, m, n and the relative exposure E. Estimated: theta (log rate ratio), a and k, shared by the arms. Assumes
equal exposure within an arm and independent persons. f depends only on k: log f is tabulated on a grid of log k by
f(t+1, m) = [(t + m k) f(t, m) + m k f(t, m-1)] / (t + 1) and enters the graph as a cubic spline.
"""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt

from bayes.models.shared import spline
from bayes.models.shared.event_rates import ARMS, counts, describe, rates
from bayes.models.shared.priors import nuisance, nuisance_row

KINDS = ("events",)
GRID = np.linspace(-9.0, 13.0, 265)  # grid of log k; beyond it log f is linear


def prepare(outcome, priors) -> dict[str, np.ndarray]:
    """Return one trial's data: counts and exposure per arm, scalars; splines of log f, (interval, 4); both priors."""
    arms = {arm: getattr(outcome.evidence, arm) for arm in ARMS}
    tables = {f"log_f_{arm}": spline.table(GRID, log_f(a.events, a.persons, GRID)) for arm, a in arms.items()}
    persons = {f"persons_{arm}": a.persons for arm, a in arms.items()}
    return counts(outcome, priors) | persons | tables | nuisance_row("log_size", priors.dispersion)


def log_f(events: int, persons: int, log_k: np.ndarray) -> np.ndarray:
    """Return log f(T, m; k) in the shape of `log_k`, by the recursion in logs (f spans thousands of log units)."""
    with np.errstate(divide="ignore"):
        log_m = np.log(np.arange(persons + 1))[:, None]
    log_mk = log_m + log_k
    table = np.full((persons + 1, len(log_k)), -np.inf)
    table[0] = 0.0
    for t in range(events):
        log_t = np.log(t) if t else -np.inf
        stay = np.logaddexp(log_t, log_mk) + table
        stay[1:] = np.logaddexp(stay[1:], log_mk[1:] + table[:-1])
        table = stay - np.log(t + 1)
    return table[persons]


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), and declare baseline and size.

    theta : (trial,), log rate ratio. data : as `prepare`, each (trial, ...).
    """
    log_k = nuisance("log_size", data)
    k = pt.exp(log_k)
    total = 0.0
    for arm, mean in rates(theta, data):
        n, m, events = data[f"n_{arm}"], data[f"persons_{arm}"], data[f"events_{arm}"]
        mu = mean / n
        choose = pt.gammaln(n + 1) - pt.gammaln(m + 1) - pt.gammaln(n - m + 1)
        log_q = pt.log(mu) - pt.log(k + mu)
        total += choose - n * k * pt.log1p(mu / k) + events * log_q + spline.evaluate(log_k, data[f"log_f_{arm}"], GRID)
    return total


def derived(effect, draws, outcome):
    """Return the rate of each arm, their difference and the negative-binomial size, each (chain, draw).

    effect : (chain, draw), log rate ratio. draws : own parameters, each (chain, draw).
    """
    return describe(effect, draws, outcome) | {"size": ((), np.exp(draws["log_size"]))}
