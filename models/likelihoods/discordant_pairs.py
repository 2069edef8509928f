"""Patients with the event under one of two treatments only, compared by a conditional odds ratio.

    b ~ Binomial(b + c, p),   logit p = theta

Known: b patients with the event under treatment only, and c under control only. Estimated: theta, the log odds ratio
within a patient or a matched pair. It is the likelihood conditional on each patient's number of events, in which
whatever distinguishes patients has cancelled (Cox 1958, Biometrika 45:562-5), so that patients with the event under
both treatments or neither drop out. Assumes one odds ratio, and neither a period effect nor carry-over.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.paired import PairedCounts
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's patients with the event under treatment only, and under one treatment only.

    Parameters
    ----------
    outcome : Outcome
        With paired counts.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    evidence = of_kind(outcome.evidence, PairedCounts)
    return {"x": evidence.treatment_only, "n": evidence.discordant}


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial.

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
    x, n = data["x"], data["n"]
    coefficient = pt.gammaln(n + 1) - pt.gammaln(x + 1) - pt.gammaln(n - x + 1)
    log_l: Tensor = coefficient - x * pt.softplus(-theta) - (n - x) * pt.softplus(theta)
    return log_l


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the patients with the event under treatment only to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log odds ratio.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    evidence = of_kind(outcome.evidence, PairedCounts)
    n = pm.Data(f"discordant{of}", np.array(evidence.discordant))
    pm.Binomial(f"treatment_only{of}", n=n, p=pt.sigmoid(effect), observed=evidence.treatment_only)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return nothing: only the effect is estimated.

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
        Empty.
    """
    return {}


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
    return {}
