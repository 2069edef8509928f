"""Persons with an event in two arms, compared by a risk difference.

    x_arm ~ Binomial(n_arm, p_arm),   p = m + theta/2 (treatment),  m - theta/2 (control)
    m | theta ~ Uniform(|theta|/2, 1 - |theta|/2)

Known: x and n. Estimated: theta (risk difference, within -1 to 1, with its prior truncated there) and m, the risk
midway between the arms. Assumes independent persons and one risk per arm. m is sampled as v, the mean of both log odds,
which is unbounded whatever theta is:

    logit p = v + l (treatment),  v - l (control),   l = t + asinh(sinh(t) cosh(v)),   t = atanh(theta)

solves p_treatment - p_control = theta, is smooth through theta = 0, and keeps every risk and its complement above
zero. With g = p (1 - p), dm/dv = 2 / (1/g_treatment + 1/g_control); dividing by 1 - |theta| normalises the uniform.
"""

from __future__ import annotations

import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.special import logaddexp

from bayes.base.arrays import FloatArray
from bayes.models.shared import two_risks
from bayes.models.shared.priors import shape_of
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's events and persons per arm.

    Parameters
    ----------
    outcome : Outcome
        With binary evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    return two_risks.counts(outcome)


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare the midpoint m with its uniform prior.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Risk difference.
    data : mapping of Tensor, shape (trial,)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    v = pm.Flat("mean_log_odds_raw", shape=shape_of(data["x_treatment"]))
    tilt = pt.arctanh(theta)
    gap = tilt + pt.arcsinh(pt.sinh(tilt) * pt.cosh(v))
    total, log_inverse = two_risks.log_coefficients(data), []
    for arm, logit in (("treatment", v + gap), ("control", v - gap)):
        log_p, log_q = -pt.softplus(-logit), -pt.softplus(logit)
        total += data[f"x_{arm}"] * log_p + (data[f"n_{arm}"] - data[f"x_{arm}"]) * log_q
        log_inverse.append(-log_p - log_q)
    log_slope = -logaddexp(*log_inverse)
    pm.Potential("mid_risk_prior", (log_slope - pt.log1p(-abs(theta))).sum())
    pm.Deterministic("mid_risk", (pt.sigmoid(v + gap) + pt.sigmoid(v - gap)) / 2)
    return total


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the midpoint of both risks and the persons with an event to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Risk difference.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    half = abs(effect) / 2
    mid = pm.Uniform(f"mid_risk{of}", lower=half, upper=1 - half)
    two_risks.observe((mid + effect / 2, mid - effect / 2), outcome, of)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the midpoint, both risks and every comparison of them.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Risk difference.
    draws : mapping of ndarray, shape (chain, draw)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        On their natural scales.
    """
    mid = draws["mid_risk"]
    return {"mid_risk": ((), mid), **two_risks.describe(mid + effect / 2, mid - effect / 2, outcome)}


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
