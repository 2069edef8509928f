"""T events in m of n persons in each of two arms, with log-normal rates between persons (Poisson-lognormal).

    count of a person ~ Poisson(mu exp(sigma e - sigma^2 / 2)),   e ~ Normal(0, 1),   so that its mean is mu
    log mu_arm = a + theta/2,  a - theta/2,  times exposure
    a ~ Normal(0, 2.5),   log sigma ~ Normal(0, 1) by default

    P(T, m) = C(n, m) p_0^(n - m) [x^T] (p_1 x + p_2 x^2 + ...)^m,   p_j = P(a person has j events)

Known: T, m, n and exposure. Estimated: theta (log rate ratio of the means), a and sigma, shared by the arms. Assumes
equal exposure within an arm. P(T, m) depends only on the median mu exp(-sigma^2 / 2) and on sigma; it is tabulated once
per arm, and the graph contains a bicubic spline of its logarithm. Its axes are log sigma and the log median in units of
(1 + sigma^2 / 4)^(1/2): the median of a given mean falls as exp(-sigma^2 / 2), but in these units only as sigma, and
an arm without events has a level surface at the edge. (In plain log medians its log probability, continued linearly,
rises above zero, and a sampler may follow it.)
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from scipy.special import gammaln

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.models.shared import event_rates, priors, surface, textbook_priors
from bayes.models.shared.event_rates import arms_of, persons_of
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence.arms import EventsInArm
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

SCALED_LOG_MEDIAN = np.linspace(-13.0, 7.0, 81)
LOG_SIGMA = np.linspace(-4.0, 3.0, 29)


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's exposure per arm, surfaces of log P(T, m), and both priors.

    Parameters
    ----------
    outcome : Outcome
        With event evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float or ndarray
        `log_p_treatment` and `log_p_control` of shape (cell, cell, 4, 4), the others scalars.
    """
    tables: Row = {f"log_p_{arm}": _table(a) for arm, a in arms_of(outcome).items()}
    known = {k: v for k, v in event_rates.counts(outcome, nuisance).items() if not k.startswith("events_")}
    return known | tables | priors.nuisance_row("log_sigma", nuisance.spread)


def _table(arm: EventsInArm) -> FloatArray:
    """Return the surface of log P(T, m) at an arm's counts over both axes, (cell, cell, 4, 4)."""
    n, persons = persons_of(arm)
    return surface.table(SCALED_LOG_MEDIAN, LOG_SIGMA, log_p(arm.events, persons, n))


def _unit(sigma: Any) -> Any:
    """Return the unit of log medians, (1 + sigma^2 / 4)^(1/2), in the shape of sigma."""
    return (1 + sigma**2 / 4) ** 0.5


@cache
def log_p(events: int, persons: int, n: int) -> FloatArray:
    """Return log P(T events in exactly m of n persons) for every median and sigma of the grid.

    Parameters
    ----------
    events, persons, n : int
        T, m and n.

    Returns
    -------
    ndarray, shape (len(SCALED_LOG_MEDIAN), len(LOG_SIGMA))
    """
    count = np.arange(events + 1)
    found = np.empty((len(SCALED_LOG_MEDIAN), len(LOG_SIGMA)))
    for j, sigma in enumerate(np.exp(LOG_SIGMA)):
        # persons' deviates: the wider the spread of the rates, the narrower a Poisson probability as their function
        deviate = np.linspace(-9.0, 9.0, int(180 + 100 * sigma))
        log_weight = -0.5 * deviate**2
        log_weight -= log_sum_exp(log_weight)
        log_rates = _unit(sigma) * SCALED_LOG_MEDIAN[:, None] + sigma * deviate
        rows = [log_sum_exp(log_weight - np.exp(x) + count[:, None] * x, axis=1) for x in log_rates]
        log_pmf = np.array(rows) - gammaln(count + 1)
        found[:, j] = (n - persons) * log_pmf[:, 0] + _log_coefficient(log_pmf, persons)
    table: FloatArray = found + gammaln(n + 1) - gammaln(persons + 1) - gammaln(n - persons + 1)
    return table


def _log_coefficient(log_pmf: FloatArray, m: int) -> FloatArray:
    """Return log [x^T] (p_1 x + ... + p_T x^T)^m, by squaring distributions tilted towards T / m.

    Parameters
    ----------
    log_pmf : ndarray, shape (median, T + 1)
        Log probabilities p_0 to p_T of a person's count.
    m : int
        Persons with an event.

    Returns
    -------
    ndarray, shape (median,)
    """
    events = log_pmf.shape[1] - 1
    if m == 0:
        return np.zeros(len(log_pmf))
    tilted, log_scale, tilt = _tilt(log_pmf, events / m)
    powers = np.array([_log_power(row, m)[events] for row in tilted])
    found: FloatArray = powers + m * log_scale - events * tilt
    return found


def _log_power(series: FloatArray, m: int) -> FloatArray:
    """Return the log coefficients of the m-th power of a power series, both cut off at the same term, (T + 1,)."""
    events = len(series) - 1
    result, log_r, base, log_b = np.ones(1), 0.0, series, 0.0
    while m:
        if m % 2:
            result, log_r = _scaled(np.convolve(result, base)[: events + 1], log_r + log_b)
        m //= 2
        if m:
            base, log_b = _scaled(np.convolve(base, base)[: events + 1], 2 * log_b)
    with np.errstate(divide="ignore"):
        log_coefficients: FloatArray = np.log(result) + log_r
    return log_coefficients


def _scaled(series: FloatArray, log_scale: float) -> tuple[FloatArray, float]:
    """Return a power series, (n,), divided by its largest coefficient, and the log of its scale."""
    return series / series.max(), log_scale + np.log(series.max())


def _tilt(log_pmf: FloatArray, mean: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return p_j e^(t j), j >= 1, scaled to sum to one with the given mean (exponential tilting).

    Parameters
    ----------
    log_pmf : ndarray, shape (median, T + 1)
        Log probabilities p_0 to p_T.
    mean : float

    Returns
    -------
    (ndarray, ndarray, ndarray)
        The distributions, (median, T + 1), the logs of the sums and t, (median,).
    """
    j = np.arange(1, log_pmf.shape[1])
    low, high = np.full(len(log_pmf), -60.0), np.full(len(log_pmf), 60.0)
    for _ in range(40):
        t = (low + high) / 2
        log_w = log_pmf[:, 1:] + t[:, None] * j
        peak = log_w.max(axis=1)
        w = np.exp(log_w - peak[:, None])
        total = w.sum(axis=1)
        above = w @ j > mean * total
        low, high = np.where(above, low, t), np.where(above, t, high)
    distribution = np.column_stack([np.zeros(len(w)), w / total[:, None]])
    return distribution, np.log(total) + peak, t


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare baseline and sigma.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log rate ratio.
    data : mapping of Tensor, shape (trial, ...)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    log_sigma = priors.nuisance("log_sigma", data)
    of_arms = (
        _log_p_at(mean / data[f"n_{arm}"], pt.exp(log_sigma), data[f"log_p_{arm}"])
        for arm, mean in event_rates.rates(theta, data)
    )
    log_l: Tensor = pt.as_tensor_variable(sum(of_arms))
    return log_l


def _log_p_at(mean: Tensor, sigma: Tensor, table: Tensor) -> Tensor:
    """Return log P(T, m) from tabulated surfaces.

    Parameters
    ----------
    mean, sigma : Tensor, shape (trial,)
        Mean count of a person, and standard deviation of the log rates.
    table : Tensor, shape (trial, cell, cell, 4, 4)

    Returns
    -------
    Tensor, shape (trial,)
    """
    log_median = pt.log(mean) - sigma**2 / 2
    return surface.evaluate(log_median / _unit(sigma), pt.log(sigma), table, SCALED_LOG_MEDIAN, LOG_SIGMA)


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the baseline, sigma, the events of both arms and their persons to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log rate ratio.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    arms = arms_of(outcome).values()
    sigma = pm.Deterministic(f"sigma{of}", pt.exp(textbook_priors.named(f"log_sigma{of}", nuisance.spread)))
    mean = event_rates.expected(effect, outcome, nuisance, of) / np.array([persons_of(arm)[0] for arm in arms])
    tables = pt.as_tensor_variable(np.stack([_table(arm) for arm in arms]))

    def log_p(mean: Tensor, sigma: Tensor) -> Tensor:
        """Return log P(T, m) of both arms, (arm,), from the surface at their printed counts."""
        return _log_p_at(mean, sigma, tables)

    event_rates.observe_persons(outcome, [mean, sigma * np.ones(2)], log_p, _counts, of)


def _counts(random: np.random.Generator, mean: float, sigma: float, n: int) -> NDArray[np.int64]:
    """Return the events of n persons, (n,), as Poisson counts with log-normal rates."""
    return random.poisson(mean * np.exp(sigma * random.standard_normal(n) - sigma**2 / 2))


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the rate of each arm, their difference and the SD of log rates between persons.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Log rate ratio.
    draws : mapping of ndarray, shape (chain, draw)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        On their natural scales.
    """
    return event_rates.describe(effect, draws, outcome) | {"sigma": ((), np.exp(draws["log_sigma"]))}


def recovered(stored: Draws, outcome: Outcome, nuisance: Nuisance) -> Draws:
    """Return the parameters of `observe` that a stored posterior does not have under their own names.

    Parameters
    ----------
    stored : mapping of ndarray, shape (chain, draw)
        As `derived` names them, with `effect`.
    outcome : Outcome
    nuisance : Nuisance

    Returns
    -------
    dict of ndarray, shape (chain, draw)
    """
    return {**event_rates.recovered(stored, outcome, nuisance), "log_sigma": np.log(stored["sigma"])}
