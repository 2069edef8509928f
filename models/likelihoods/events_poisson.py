"""Total event counts in two arms, with independent events.

    T_arm ~ Poisson(E_arm lambda_arm),   log lambda = a + theta/2 (treatment),  a - theta/2 (control)
    a ~ Normal(0, 2.5) by default

E_arm is the arm's exposure in average participant follow-ups, so that the unit of time does not affect the answer; if
the number of persons is not printed, the unit is the exposure in which both arms together had one event on average.
Known: T and E. Estimated: theta (log rate ratio) and a. Assumes that persons do not differ in their rates: where they
do, this likelihood is too narrow.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
from scipy.special import gammaln

from bayes.base.arrays import FloatArray
from bayes.models.shared import event_rates
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.arms import EventsInArm
from bayes.paper.evidence.counts import Events
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's events, relative exposure, the baseline prior and log P(m | T).

    Parameters
    ----------
    outcome : Outcome
        With event evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    known = {name: value for name, value in event_rates.counts(outcome, nuisance).items() if not name.startswith("n_")}
    evidence = of_kind(outcome.evidence, Events)
    return known | {"log_p_persons": log_p_persons(evidence.treatment) + log_p_persons(evidence.control)}


def log_p_persons(arm: EventsInArm) -> float:
    """Return log P(m persons with an event | T events among n), with events falling on persons uniformly.

    It is 0 if m is not printed. It carries no information on theta, but makes this model comparable with those that
    learn from m.

    Parameters
    ----------
    arm : EventsInArm
        Events and, where they are printed, persons with an event and n.
    """
    if arm.persons is None or arm.n is None:
        return 0.0
    log_choose = gammaln(arm.n + 1) - gammaln(arm.persons + 1) - gammaln(arm.n - arm.persons + 1)
    ways = event_rates.log_surjections(arm.events, arm.persons)
    return float(log_choose + gammaln(arm.events + 1) + ways - arm.events * np.log(arm.n))


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare the baseline.

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
    log_l: Tensor = data["log_p_persons"] + sum(
        event_rates.poisson_log_p(data[f"events_{arm}"], mean) for arm, mean in event_rates.rates(theta, data)
    )
    return log_l


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the baseline and the events of both arms to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log rate ratio.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    evidence = of_kind(outcome.evidence, Events)
    mean = event_rates.expected(effect, outcome, nuisance, of)
    pm.Poisson(f"events{of}", mu=mean, observed=[evidence.treatment.events, evidence.control.events], dims="arm")


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the rate of each arm, per average follow-up or per stated unit of time, and their difference.

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
    return event_rates.describe(effect, draws, outcome)


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
