"""Persons with an event in two arms, compared by a risk ratio.

    x_arm ~ Binomial(n_arm, p_arm),   log p = a + theta/2 (treatment),  a - theta/2 (control)
    a | theta ~ Normal(0, 2.5) truncated to a < -|theta|/2, and normalised

Known: x and n. Estimated: theta (log risk ratio) and a. Normalising the truncation (dividing by
Phi(-|theta|/2 / 2.5)) is what leaves theta its stated prior. The bound is met by a = -|theta|/2 - exp(w), w on the
real line.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.models.normal import log_ndtr
from bayes.models.priors import shape_of
from bayes.models.two_risks import counts, describe, log_coefficients

KINDS = ("binary",)


def prepare(outcome, priors) -> dict[str, float]:
    """One trial's data; the baseline prior must be normal.

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
    """Log likelihood per trial, plus the density of a given theta; theta has shape (trial,)."""
    w = pm.Flat("log_room_raw", shape=shape_of(data["x_treatment"]))
    bound = -abs(theta) / 2
    a = pm.Deterministic("mid_log_risk", bound - pt.exp(w))
    z, z_bound = ((v - data["baseline_mean"]) / data["baseline_sd"] for v in (a, bound))
    log_prior = -0.5 * z**2 - pt.log(data["baseline_sd"]) - 0.5 * np.log(2 * np.pi) - log_ndtr(z_bound) + w
    pm.Potential("mid_log_risk_prior", log_prior.sum())
    return log_coefficients(data) + sum(
        data[f"x_{arm}"] * log_p + (data[f"n_{arm}"] - data[f"x_{arm}"]) * pt.log1mexp(log_p)
        for arm, log_p in (("treatment", a + theta / 2), ("control", a - theta / 2))
    )


def readable(effect, draws, outcome):
    """Absolute risks and every other way to compare them, from the same draws."""
    a = draws["mid_log_risk"]
    return {"mid_log_risk": ((), a)} | describe(np.exp(a + effect / 2), np.exp(a - effect / 2), outcome)
