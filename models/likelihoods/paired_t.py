"""A mean difference within patients, with the standard error of a paired t test.

    (y - theta) / s ~ Student-t(n - 1)

Known: y, the difference of the means of the same n patients under both treatments; s, its standard error, from what is
printed of the differences within patients or from both standard deviations and the stated correlation. Estimated:
theta. It is what remains of normal differences, y ~ Normal(theta, sigma / sqrt(n)) and (n - 1) n s^2 / sigma^2 ~
chi-square(n - 1), once their standard deviation sigma is integrated out under a prior of 1 / sigma (Box and Tiao 1973,
Bayesian Inference in Statistical Analysis, section 2.4). Assumes neither a period effect nor carry-over.
"""

from __future__ import annotations

from math import pi

import pymc as pm
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.paired import PairedMeans
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's mean difference `y`, its standard error `s` and degrees of freedom `nu`.

    Parameters
    ----------
    outcome : Outcome
        With paired means.
    nuisance : Nuisance

    Returns
    -------
    dict of float
        `y` and `s` in the unit of the means.
    """
    evidence = of_kind(outcome.evidence, PairedMeans)
    y, s = evidence.on_analysis_scale(outcome.measure)
    return {"y": y, "s": s, "nu": evidence.n - 1}


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Mean difference.
    data : mapping of Tensor, shape (trial,)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    y, s, nu = data["y"], data["s"], data["nu"]
    constant = pt.gammaln((nu + 1) / 2) - pt.gammaln(nu / 2) - 0.5 * pt.log(pi * nu) - pt.log(s)
    log_l: Tensor = constant - 0.5 * (nu + 1) * pt.log1p(((y - theta) / s) ** 2 / nu)
    return log_l


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the mean difference to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Mean difference.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    evidence = of_kind(outcome.evidence, PairedMeans)
    y, s = evidence.on_analysis_scale(outcome.measure)
    nu, sigma = pm.Data(f"df{of}", float(evidence.n - 1)), pm.Data(f"standard_error{of}", s)
    pm.StudentT(f"mean_difference{of}", nu=nu, mu=effect, sigma=sigma, observed=y)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return nothing: only the effect is estimated.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Mean difference.
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
