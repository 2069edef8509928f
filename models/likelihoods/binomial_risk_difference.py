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

from bayes.models.shared.priors import shape_of
from bayes.models.shared.two_risks import counts, describe, log_coefficients

KINDS = ("binary",)


def prepare(outcome, priors) -> dict[str, float]:
    """Return one trial's data, all scalars: events and persons per arm."""
    return counts(outcome)


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), and declare the midpoint m with its uniform prior.

    theta : (trial,), risk difference. data : as `prepare`, each (trial,).
    """
    v = pm.Flat("mean_log_odds_raw", shape=shape_of(data["x_treatment"]))
    tilt = pt.arctanh(theta)
    gap = tilt + pt.arcsinh(pt.sinh(tilt) * pt.cosh(v))
    total, log_inverse = log_coefficients(data), []
    for arm, logit in (("treatment", v + gap), ("control", v - gap)):
        log_p, log_q = -pt.softplus(-logit), -pt.softplus(logit)
        total += data[f"x_{arm}"] * log_p + (data[f"n_{arm}"] - data[f"x_{arm}"]) * log_q
        log_inverse.append(-log_p - log_q)
    log_slope = -pt.logaddexp(*log_inverse)
    pm.Potential("mid_risk_prior", (log_slope - pt.log1p(-abs(theta))).sum())
    pm.Deterministic("mid_risk", (pt.sigmoid(v + gap) + pt.sigmoid(v - gap)) / 2)
    return total


def derived(effect, draws, outcome):
    """Return the midpoint, both risks and every comparison of them, each (chain, draw).

    effect : (chain, draw), risk difference. draws : own parameters, each (chain, draw).
    """
    mid = draws["mid_risk"]
    return {"mid_risk": ((), mid)} | describe(mid + effect / 2, mid - effect / 2, outcome)
