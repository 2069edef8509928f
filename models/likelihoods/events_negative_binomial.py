"""Total event counts in two arms, over-dispersed by an unreported amount.

    T_arm ~ NegativeBinomial(mean E_arm lambda_arm, size n_arm k),   log lambda = a + theta/2,  a - theta/2
    a ~ Normal(0, 2.5),   log k ~ Normal(0, 1) by default

The sum of n persons' counts, each negative binomial with size k (variance mu + mu^2 / k), is negative binomial with
size n k if exposure is equal within the arm. Known: T, n and the relative exposure E. Estimated: theta (log rate
ratio), a and k, shared by the arms. Assumes equal exposure within an arm and independent persons. Totals alone do not
identify k: its posterior is close to its prior, as a note on the row states.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared import event_rates, priors, textbook_priors
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.counts import Events
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's events, persons and relative exposure per arm, and both nuisance priors.

    Parameters
    ----------
    outcome : Outcome
        With event evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    return event_rates.counts(outcome, nuisance) | priors.nuisance_row("log_size", nuisance.dispersion)


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare baseline and size.

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
    k = pt.exp(priors.nuisance("log_size", data))
    of_arms = (
        _log_p(data[f"events_{arm}"], mean, data[f"n_{arm}"] * k) for arm, mean in event_rates.rates(theta, data)
    )
    log_l: Tensor = pt.as_tensor_variable(sum(of_arms))
    return log_l


def _log_p(events: Tensor, mean: Tensor, size: Tensor) -> Tensor:
    """Return the negative binomial log probability of a count.

    Parameters
    ----------
    events, mean, size : Tensor, shape (trial,)

    Returns
    -------
    Tensor, shape (trial,)
    """
    coefficient = pt.gammaln(events + size) - pt.gammaln(size) - pt.gammaln(events + 1)
    log_p: Tensor = coefficient - size * pt.log1p(mean / size) + events * (pt.log(mean) - pt.log(size + mean))
    return log_p


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the baseline, the negative-binomial size and the events of both arms to the current model.

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
    size = pm.Deterministic(f"size{of}", pt.exp(textbook_priors.named(f"log_size{of}", nuisance.dispersion)))
    mean = event_rates.expected(effect, outcome, nuisance, of)
    arms = evidence.treatment, evidence.control
    n = pm.Data(f"n{of}", [a.n for a in arms], dims="arm")
    pm.NegativeBinomial(f"events{of}", mu=mean, alpha=n * size, observed=[a.events for a in arms], dims="arm")


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
