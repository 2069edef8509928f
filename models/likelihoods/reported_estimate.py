"""The paper's own estimate with its standard error.

    y_i ~ Normal(theta_i, s_i)

Known: y and s on the analysis scale (from the printed effect and its interval, standard error or p-value; from a
log-rank statistic; or from the survival of two arms).
Estimated: theta. Assumes that the likelihood of the effect is normal on that scale, and that s is known.
"""

from __future__ import annotations

from math import log, pi

import pymc as pm
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence.effects import effect_and_error
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's estimate `y`, treatment against control, and its standard error `s`.

    Parameters
    ----------
    outcome : Outcome
        With evidence from which an estimate and its standard error follow.
    nuisance : Nuisance

    Returns
    -------
    dict of float
        `y` and `s` on the analysis scale.
    """
    y, s = effect_and_error(outcome.evidence, outcome.measure)
    return {"y": y, "s": s}


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        On the analysis scale.
    data : mapping of Tensor, shape (trial,)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    log_l: Tensor = -0.5 * ((data["y"] - theta) / data["s"]) ** 2 - pt.log(data["s"]) - 0.5 * log(2 * pi)
    return log_l


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the estimate to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        On the analysis scale.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    y, s = effect_and_error(outcome.evidence, outcome.measure)
    pm.Normal(f"estimate{of}", mu=effect, sigma=pm.Data(f"standard_error{of}", s), observed=y)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return nothing: only the effect is estimated.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        On the analysis scale.
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
