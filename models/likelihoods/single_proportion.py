"""A single arm compared with a goal.

    x ~ Binomial(n, theta),   theta in (0, 1) with its prior

Known: x and n. Estimated: theta, the proportion itself; the goal enters only the statements about it. Assumes
independent persons with one risk.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.counts import SingleProportion
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one arm's events and persons.

    Parameters
    ----------
    outcome : Outcome
        With single-arm evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    evidence = of_kind(outcome.evidence, SingleProportion)
    return {"x": evidence.events, "n": evidence.n}


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        A proportion.
    data : mapping of Tensor, shape (trial,)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    x, n = data["x"], data["n"]
    coefficient = pt.gammaln(n + 1) - pt.gammaln(x + 1) - pt.gammaln(n - x + 1)
    log_l: Tensor = coefficient + x * pt.log(theta) + (n - x) * pt.log1p(-theta)
    return log_l


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the persons with an event to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        A proportion.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    evidence = of_kind(outcome.evidence, SingleProportion)
    pm.Binomial(f"events{of}", n=pm.Data(f"n{of}", np.array(evidence.n)), p=effect, observed=evidence.events)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return nothing: only the proportion is estimated.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        A proportion.
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
