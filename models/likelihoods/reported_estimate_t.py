"""The paper's own estimate with a standard error on few degrees of freedom.

    (y_i - theta_i) / s_i ~ Student-t(nu_i)

Known: y and s on the analysis scale (from the printed effect and its interval, standard error or p-value, by quantiles
of the same Student-t), and nu as stated or implied by the arms. Estimated: theta. Assumes that y is normal about theta,
and that s estimates its standard deviation with nu degrees of freedom: given y and s, theta is then a Student-t about y
under a flat prior (Box and Tiao 1973, Bayesian Inference in Statistical Analysis, section 2.4). It is used where the
error of a report has degrees of freedom.
"""

from __future__ import annotations

from math import pi

import pymc as pm
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence.effects import effect_error_and_df
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's estimate `y`, treatment against control, and its standard error `s`, and `nu`.

    Parameters
    ----------
    outcome : Outcome
        With evidence whose standard error has degrees of freedom.
    nuisance : Nuisance

    Returns
    -------
    dict of float
        `y` and `s` on the analysis scale.
    """
    y, s, nu = effect_error_and_df(outcome.evidence, outcome.measure)
    return {"y": y, "s": s, "nu": nu}


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
    s, nu = data["s"], data["nu"]
    constant = pt.gammaln((nu + 1) / 2) - pt.gammaln(nu / 2) - 0.5 * pt.log(pi * nu) - pt.log(s)
    log_l: Tensor = constant - (nu + 1) / 2 * pt.log1p(((data["y"] - theta) / s) ** 2 / nu)
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
    y, s, df = effect_error_and_df(outcome.evidence, outcome.measure)
    nu, sigma = pm.Data(f"df{of}", df), pm.Data(f"standard_error{of}", s)
    pm.StudentT(f"estimate{of}", nu=nu, mu=effect, sigma=sigma, observed=y)


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
