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
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray

from bayes.base.arrays import FloatArray
from bayes.models.shared import event_rates, priors, spline, textbook_priors
from bayes.models.shared.event_rates import arms_of, persons_of
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence.arms import EventsInArm
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

GRID = np.linspace(-9.0, 13.0, 265)  # grid of log k; beyond it log f is linear


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's counts and exposure per arm, splines of log f, and both priors.

    Parameters
    ----------
    outcome : Outcome
        With event evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float or ndarray
        `log_f_treatment` and `log_f_control` of shape (interval, 4), the others scalars.
    """
    arms = arms_of(outcome)
    tables: Row = {f"log_f_{arm}": _table(a) for arm, a in arms.items()}
    persons: Row = {f"persons_{arm}": persons_of(a)[1] for arm, a in arms.items()}
    size = priors.nuisance_row("log_size", nuisance.dispersion)
    return event_rates.counts(outcome, nuisance) | persons | tables | size


def _table(arm: EventsInArm) -> FloatArray:
    """Return the spline of log f at an arm's counts as a function of log k, (interval, 4)."""
    return spline.table(GRID, log_f(arm.events, persons_of(arm)[1], GRID))


def log_f(events: int, persons: int, log_k: FloatArray) -> FloatArray:
    """Return log f(T, m; k), by the recursion in logs (f spans thousands of log units).

    Parameters
    ----------
    events, persons : int
        T and m.
    log_k : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
    """
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
    found: FloatArray = table[persons]
    return found


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare baseline and size.

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
    log_k = priors.nuisance("log_size", data)
    k = pt.exp(log_k)
    total: Tensor | float = 0.0
    for arm, mean in event_rates.rates(theta, data):
        n, m, events = data[f"n_{arm}"], data[f"persons_{arm}"], data[f"events_{arm}"]
        mu = mean / n
        choose = pt.gammaln(n + 1) - pt.gammaln(m + 1) - pt.gammaln(n - m + 1)
        log_q = pt.log(mu) - pt.log(k + mu)
        total += choose - n * k * pt.log1p(mu / k) + events * log_q + spline.evaluate(log_k, data[f"log_f_{arm}"], GRID)
    log_l: Tensor = pt.as_tensor_variable(total)
    return log_l


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the baseline, the size, the events of both arms and their persons to the current model.

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
    log_size = textbook_priors.named(f"log_size{of}", nuisance.dispersion)
    size = pm.Deterministic(f"size{of}", pt.exp(log_size))
    n = np.array([persons_of(arm)[0] for arm in arms], dtype=float)
    persons = np.array([persons_of(arm)[1] for arm in arms], dtype=float)
    events = np.array([arm.events for arm in arms], dtype=float)
    tables = pt.as_tensor_variable(np.stack([_table(arm) for arm in arms]))

    def log_p(mean: Tensor, size: Tensor) -> Tensor:
        """Return log P(T, m) of both arms, (arm,): zero with probability p^k, so that m persons are binomial."""
        p = size / (size + mean)
        nobody = (n - persons) * size * pt.log(p)
        somebody = persons * size * pt.log(p) + events * pt.log1p(-p)
        choose = pt.gammaln(n + 1) - pt.gammaln(persons + 1) - pt.gammaln(n - persons + 1)
        log_l: Tensor = choose + nobody + somebody + spline.evaluate(pt.log(size) * np.ones(2), tables, GRID)
        return log_l

    mean = event_rates.expected(effect, outcome, nuisance, of) / n
    event_rates.observe_persons(outcome, [mean, size * np.ones(2)], log_p, _counts, of)


def _counts(random: np.random.Generator, mean: float, size: float, n: int) -> NDArray[np.int64]:
    """Return the events of n persons, (n,), as Poisson counts with gamma rates."""
    return random.poisson(random.gamma(size, mean / size, n))


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the rate of each arm, their difference and the negative-binomial size.

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
    return event_rates.describe(effect, draws, outcome) | {"size": ((), np.exp(draws["log_size"]))}


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
    return {**event_rates.recovered(stored, outcome, nuisance), "log_size": np.log(stored["size"])}
