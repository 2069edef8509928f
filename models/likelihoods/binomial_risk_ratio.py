"""Persons with an event in two arms, compared by a risk ratio.

    x_arm ~ Binomial(n_arm, p_arm),   log p = a + theta/2 (treatment),  a - theta/2 (control)
    a | theta ~ Normal(0, 2.5) truncated to a < -|theta|/2, and normalised

Known: x and n. Estimated: theta (log risk ratio) and a, the log risk midway between the arms. Assumes independent
persons and one risk per arm. Normalising the truncation (dividing by Phi(-|theta|/2 / 2.5)) leaves theta its stated
prior. The bound is met by sampling an unbounded v, with log p_1 log p_0 = exp(2 v), that is
a = -sqrt(theta^2 / 4 + exp(2 v)): this is smooth in theta, whereas a = -|theta|/2 - exp(w) has a kink at no effect on
which NUTS stumbles.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.errors import NotFormable
from bayes.models.shared import two_risks
from bayes.models.shared.normal import log_ndtr
from bayes.models.shared.priors import shape_of
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's events and persons per arm, and the normal prior of the baseline.

    Parameters
    ----------
    outcome : Outcome
        With binary evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float

    Raises
    ------
    bayes.errors.NotFormable
        If the baseline prior is not normal: the normalising constant is that of a normal.
    """
    mean, sd = _normal(nuisance)
    return two_risks.counts(outcome) | {"baseline_mean": mean, "baseline_sd": sd}


def _normal(nuisance: Nuisance) -> tuple[float, float]:
    """Return mean and standard deviation of the baseline prior, log scale; raise if it is not normal."""
    if nuisance.binary.name != "normal":
        raise NotFormable("a risk ratio needs a normal baseline prior")
    mean, sd = nuisance.binary.args
    return mean, sd


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare the midpoint a with its prior given theta.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log risk ratio.
    data : mapping of Tensor, shape (trial,)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    v = pm.Flat("log_room_raw", shape=shape_of(data["x_treatment"]))
    half = theta / 2
    m = pt.sqrt(half**2 + pt.exp(2 * v))
    a = pm.Deterministic("mid_log_risk", -m)
    z, z_bound = ((value - data["baseline_mean"]) / data["baseline_sd"] for value in (a, -abs(half)))
    log_jacobian = 2 * v - pt.log(m)
    log_prior = -0.5 * z**2 - pt.log(data["baseline_sd"]) - 0.5 * np.log(2 * np.pi) - log_ndtr(z_bound)
    pm.Potential("mid_log_risk_prior", (log_prior + log_jacobian).sum())
    log_l: Tensor = two_risks.log_coefficients(data) + sum(
        data[f"x_{arm}"] * log_p + (data[f"n_{arm}"] - data[f"x_{arm}"]) * pt.log1mexp(log_p)
        for arm, log_p in (("treatment", _log_risk(m, half, v)), ("control", _log_risk(m, -half, v)))
    )
    return log_l


def _log_risk(m: Tensor, half: Tensor, v: Tensor) -> Tensor:
    """Return half - m without cancellation where half is close to m.

    Parameters
    ----------
    m, half, v : Tensor, shape (trial,)
        The midpoint with its sign changed, half the effect and the unbounded parameter, log scale.

    Returns
    -------
    Tensor, shape (trial,)
        Log risk.
    """
    log_risk: Tensor = pt.switch(half > 0, -pt.exp(2 * v) / (m + abs(half)), half - m)
    return log_risk


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the midpoint of both log risks and the persons with an event to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log risk ratio.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    mean, sd = _normal(nuisance)
    mid = pm.TruncatedNormal(f"mid_log_risk{of}", mu=mean, sigma=sd, upper=-abs(effect) / 2)
    two_risks.observe((pt.exp(mid + effect / 2), pt.exp(mid - effect / 2)), outcome, of)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the midpoint, both risks and every comparison of them.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Log risk ratio.
    draws : mapping of ndarray, shape (chain, draw)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        The midpoint as a log risk, the others on their natural scales.
    """
    a = draws["mid_log_risk"]
    risks = np.exp(a + effect / 2), np.exp(a - effect / 2)
    return {"mid_log_risk": ((), a), **two_risks.describe(*risks, outcome)}


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
