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

from bayes.models.shared.normal import log_ndtr
from bayes.models.shared.priors import shape_of
from bayes.models.shared.two_risks import counts, describe, log_coefficients

KINDS = ("binary",)


def prepare(outcome, priors) -> dict[str, float]:
    """Return one trial's data, all scalars: events and persons per arm, and the normal prior of the baseline.

    Raises
    ------
    bayes.errors.NotFormable
        If the baseline prior is not normal: the normalising constant is that of a normal.
    """
    from bayes.errors import NotFormable

    if priors.binary.name != "normal":
        raise NotFormable("a risk ratio needs a normal baseline prior")
    mean, sd = priors.binary.args
    return counts(outcome) | {"baseline_mean": mean, "baseline_sd": sd}


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), and declare the midpoint a with its prior given theta.

    theta : (trial,), log risk ratio. data : as `prepare`, each (trial,).
    """
    v = pm.Flat("log_room_raw", shape=shape_of(data["x_treatment"]))
    half = theta / 2
    m = pt.sqrt(half**2 + pt.exp(2 * v))
    a = pm.Deterministic("mid_log_risk", -m)
    z, z_bound = ((value - data["baseline_mean"]) / data["baseline_sd"] for value in (a, -abs(half)))
    log_jacobian = 2 * v - pt.log(m)
    log_prior = -0.5 * z**2 - pt.log(data["baseline_sd"]) - 0.5 * np.log(2 * np.pi) - log_ndtr(z_bound)
    pm.Potential("mid_log_risk_prior", (log_prior + log_jacobian).sum())
    return log_coefficients(data) + sum(
        data[f"x_{arm}"] * log_p + (data[f"n_{arm}"] - data[f"x_{arm}"]) * pt.log1mexp(log_p)
        for arm, log_p in (("treatment", _log_risk(m, half, v)), ("control", _log_risk(m, -half, v)))
    )


def _log_risk(m, half, v):
    """Return half - m without cancellation where half is close to m."""
    return pt.switch(half > 0, -pt.exp(2 * v) / (m + abs(half)), half - m)


def derived(effect, draws, outcome):
    """Return the midpoint, both risks and every comparison of them, each (chain, draw).

    effect : (chain, draw), log risk ratio. draws : own parameters, each (chain, draw).
    """
    a = draws["mid_log_risk"]
    return {"mid_log_risk": ((), a)} | describe(np.exp(a + effect / 2), np.exp(a - effect / 2), outcome)
