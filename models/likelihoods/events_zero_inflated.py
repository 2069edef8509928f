"""T events in m of n persons in each of two arms, where some persons never have an event (zero-inflated Poisson).

    count of a person ~ 0 with probability w, else Poisson(mu / (1 - w)),   so that its mean is mu
    log mu_arm = a + theta/2,  a - theta/2,  times exposure
    a ~ Normal(0, 2.5),   w_arm ~ Beta(1, 1) by default

    P(T, m) = C(n, m) q^m (1 - q)^(n - m) lambda^T (e^lambda - 1)^-m [x^T] (e^x - 1)^m,
    lambda = mu / (1 - w),   q = (1 - w) (1 - e^-lambda)

Known: T, m, n and exposure. Estimated: theta (log rate ratio of the means), a and w (`never`), one per arm, because
treatment may change who has events as well as how many. Assumes that persons who can have events do not differ in their
rates, and that exposure is equal within an arm.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from scipy.special import gammaln

from bayes.base.arrays import FloatArray
from bayes.models.shared import event_rates, textbook_priors
from bayes.models.shared.event_rates import ARMS, arms_of, log_surjections, persons_of
from bayes.models.shared.priors import shape_of
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence.arms import EventsInArm
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's events, persons and exposure per arm, the constant term, and the priors.

    Parameters
    ----------
    outcome : Outcome
        With event evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    arms = arms_of(outcome)
    first, second = nuisance.never.args
    own: Row = {"never_a": first, "never_b": second, "constant": sum(_constant(arm) for arm in arms.values())}
    persons: Row = {f"persons_{arm}": persons_of(a)[1] for arm, a in arms.items()}
    return event_rates.counts(outcome, nuisance) | persons | own


def _constant(arm: EventsInArm) -> float:
    """Return the term of log P(T, m) that depends on the printed counts alone."""
    n, m = persons_of(arm)
    choose = gammaln(n + 1) - gammaln(m + 1) - gammaln(n - m + 1)
    return float(choose + log_surjections(arm.events, m))


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare the baseline and both never-shares.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log rate ratio.
    data : mapping of Tensor, shape (trial,)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    total = data["constant"]
    for arm, mean in event_rates.rates(theta, data):
        n, m, events = data[f"n_{arm}"], data[f"persons_{arm}"], data[f"events_{arm}"]
        never = pm.Beta(f"never_{arm}", data["never_a"], data["never_b"], shape=shape_of(data["never_a"]))
        rate = mean / n / (1 - never)
        # log q - log(e^rate - 1) = log(1 - w) - rate
        nobody = pt.log1p(-(1 - never) * -pt.expm1(-rate))
        total = total + m * (pt.log1p(-never) - rate) + (n - m) * nobody + events * pt.log(rate)
    return total


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the baseline, both never-shares, the events of both arms and their persons to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log rate ratio.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    arms = arms_of(outcome)
    n = np.array([persons_of(arm)[0] for arm in arms.values()], dtype=float)
    m = np.array([persons_of(arm)[1] for arm in arms.values()], dtype=float)
    events = np.array([arm.events for arm in arms.values()], dtype=float)
    constant = np.array([_constant(arm) for arm in arms.values()])

    def log_p(rate: Tensor, never: Tensor) -> Tensor:
        """Return log P(T, m) of both arms, (arm,): m persons are binomial, their events Poisson above zero."""
        somebody = (1 - never) * -pt.expm1(-rate)
        binomial = m * pt.log(somebody) + (n - m) * pt.log1p(-somebody)
        log_l: Tensor = constant + binomial + events * pt.log(rate) - m * pt.log(pt.expm1(rate))
        return log_l

    mean = event_rates.expected(effect, outcome, nuisance, of) / n
    never = pt.stack([textbook_priors.named(f"never_{arm}{of}", nuisance.never) for arm in arms])
    event_rates.observe_persons(outcome, [mean / (1 - never), never], log_p, _counts, of)


def _counts(random: np.random.Generator, rate: float, never: float, n: int) -> NDArray[np.int64]:
    """Return the events of n persons, (n,), of whom some never have one."""
    return random.poisson(rate, n) * (random.random(n) >= never)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the rate of each arm and its share of persons who never have an event.

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
    never: Derived = {f"never_{arm}": ((), draws[f"never_{arm}"]) for arm in ARMS}
    return event_rates.describe(effect, draws, outcome) | never


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
    return event_rates.recovered(stored, outcome, nuisance)
