"""Persons with an event in two arms, compared by an odds ratio.

    x_arm ~ Binomial(n_arm, p_arm),   logit p = a + theta/2 (treatment),  a - theta/2 (control)
    a ~ Normal(0, 2.5) by default

Known: x and n. Estimated: theta (log odds ratio) and a, the log odds midway between the arms. Zero cells need no
correction. Assumes independent persons and one risk per arm.
"""

from __future__ import annotations

import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared import priors, textbook_priors, two_risks
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's events and persons per arm, and the prior of the baseline.

    Parameters
    ----------
    outcome : Outcome
        With binary evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    row = two_risks.counts(outcome) | priors.nuisance_row("mid_log_odds", nuisance.binary)
    return row | {"baseline_offset": nuisance.baseline_offset}


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare the baseline.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log odds ratio.
    data : mapping of Tensor, shape (trial,)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    mid = priors.nuisance("mid_log_odds", data, prior_at=-data["baseline_offset"] * theta)
    log_l: Tensor = two_risks.log_coefficients(data) + sum(
        data[f"x_{arm}"] * -pt.softplus(-eta) + (data[f"n_{arm}"] - data[f"x_{arm}"]) * -pt.softplus(eta)
        for arm, eta in (("treatment", mid + theta / 2), ("control", mid - theta / 2))
    )
    return log_l


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the baseline and the persons with an event to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log odds ratio.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    mid = textbook_priors.baseline("log_odds", nuisance.binary, effect, nuisance.baseline_offset, of)
    two_risks.observe((pt.sigmoid(mid + effect / 2), pt.sigmoid(mid - effect / 2)), outcome, of)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the baseline, both risks and every comparison of them.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Log odds ratio.
    draws : mapping of ndarray, shape (chain, draw)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        The baseline in log odds, the others on their natural scales.
    """
    mid = draws["mid_log_odds"]
    risks = two_risks.expit(mid + effect / 2), two_risks.expit(mid - effect / 2)
    return {"mid_log_odds": ((), mid), **two_risks.describe(*risks, outcome)}


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
    return {"control_log_odds": stored["mid_log_odds"] - nuisance.baseline_offset * stored["effect"]}
