"""The mean, standard deviation and n of two arms (Behrens-Fisher).

    ybar_arm ~ Normal(m + h/2 (treatment), m - h/2 (control);  sigma_arm / sqrt(n_arm))
    (n_arm - 1) s_arm^2 / sigma_arm^2 ~ chi-square(n_arm - 1)
    h = theta (mean difference)   or   theta sqrt((sigma_1^2 + sigma_0^2) / 2) (standardised mean difference)
    m ~ Normal(pooled mean, 10 S),   sigma_arm ~ half-Student-t(3, 0, 2.5 S),   S = pooled SD

Known: ybar, s and n. Estimated: theta, m and both sigmas, which differ between the arms. Assumes normal data; heavier
tails are not identified from mean, SD and n.
"""

from __future__ import annotations

from math import log, pi

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.models.shared.priors import shape_of

KINDS = ("means",)
ARMS = ("treatment", "control")


def prepare(outcome, priors) -> dict[str, float]:
    """Return one trial's data, all scalars: mean, SD and n per arm, pooled mean and SD, and whether theta is in SDs."""
    evidence = outcome.evidence
    arms = {arm: getattr(evidence, arm) for arm in ARMS}
    n = {arm: a.n for arm, a in arms.items()}
    row = {f"{name}_{arm}": float(getattr(a, name)) for arm, a in arms.items() for name in ("mean", "sd", "n")}
    row["centre"] = sum(n[arm] * row[f"mean_{arm}"] for arm in ARMS) / sum(n.values())
    row["pooled_sd"] = evidence.pooled_sd
    row["standardised"] = float(outcome.measure == "standardised_mean_difference")
    return row


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), and declare the midpoint m and both sigmas.

    theta : (trial,), mean difference in the paper's units or in SDs. data : as `prepare`, each (trial,).
    """
    shape, scale = shape_of(data["centre"]), data["pooled_sd"]
    step = scale / pt.sqrt(data["n_treatment"] + data["n_control"])
    raw = pm.Flat("mid_mean_raw", shape=shape)
    mid = pm.Deterministic("mid_mean", data["centre"] + step * raw)
    pm.Potential("mid_mean_prior", (-0.5 * ((mid - data["centre"]) / (10 * scale)) ** 2).sum())
    sigma = {arm: _sigma(arm, data, shape, scale) for arm in ARMS}
    unit = pt.switch(data["standardised"], pt.sqrt((sigma["treatment"] ** 2 + sigma["control"] ** 2) / 2), 1.0)
    means = {"treatment": mid + unit * theta / 2, "control": mid - unit * theta / 2}
    return sum(_arm(arm, data, means[arm], sigma[arm]) for arm in ARMS)


def _sigma(arm, data, shape, scale):
    """Declare the sigma of an arm with its half-Student-t(3) prior, scaled by the uncertainty of the printed SD."""
    raw = pm.Flat(f"sd_{arm}_raw", shape=shape)
    log_ratio = raw / pt.sqrt(2 * (data[f"n_{arm}"] - 1))
    sigma = pm.Deterministic(f"sigma_{arm}", data[f"sd_{arm}"] * pt.exp(log_ratio))
    pm.Potential(f"sigma_{arm}_prior", (-2 * pt.log1p((sigma / (2.5 * scale)) ** 2 / 3) + log_ratio).sum())
    return sigma


def _arm(arm, data, mean, sigma):
    n, s = data[f"n_{arm}"], data[f"sd_{arm}"]
    log_mean = (
        -0.5 * n * ((data[f"mean_{arm}"] - mean) / sigma) ** 2 + 0.5 * pt.log(n) - pt.log(sigma) - 0.5 * log(2 * pi)
    )
    log_sd = -(n - 1) * pt.log(sigma) - 0.5 * (n - 1) * (s / sigma) ** 2
    return log_mean + log_sd


def derived(effect, draws, outcome):
    """Return the mean and SD of each arm in the paper's units, each (chain, draw).

    effect : (chain, draw), in the paper's units or in SDs. draws : own parameters, each (chain, draw).
    """
    mid, sd = draws["mid_mean"], {arm: draws[f"sigma_{arm}"] for arm in ARMS}
    shift = effect / 2
    if outcome.measure == "standardised_mean_difference":
        shift = shift * np.sqrt((sd["treatment"] ** 2 + sd["control"] ** 2) / 2)
    return {
        "mean_treatment": ((), mid + shift),
        "mean_control": ((), mid - shift),
        "sd_treatment": ((), sd["treatment"]),
        "sd_control": ((), sd["control"]),
    }
