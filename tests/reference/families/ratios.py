"""Estimates that are normal on the log scale: updates in closed form, reverse-Bayes roots and the delta method."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri
from scipy.stats import norm, truncnorm

from .density import TAILS, normal_mixture, probabilities, quantile


def likelihood(inputs: dict) -> tuple[float, float]:
    """Return the log of the printed estimate (not the midpoint of its interval) and the se from its interval."""
    width = log(inputs["ci_high"]) - log(inputs["ci_low"])
    return log(inputs["estimate"]), width / (2 * ndtri((1 + inputs["ci_level"]) / 2))


def reported_ratio(inputs: dict, prior: dict) -> dict:
    """Update a prior of any of the five kinds by a reported ratio."""
    y, se = likelihood(inputs)
    if prior["name"] == "spike_slab":
        return spike_and_slab(y, se, inputs, prior)
    if "low" in prior:
        return truncated(y, se, inputs, prior)
    return mixture(y, se, inputs, prior.get("components")) | {"lik_mean": y, "lik_se": se}


def mixture(y: float, se: float, inputs: dict, components: list[dict] | None) -> dict:
    """Update a mixture of normals, or a flat prior where there are no components."""
    if components is None:
        weight, mean, sd = np.ones(1), np.array([y]), np.array([se])
    else:
        w, m, s = (np.array([c[key] for c in components], float) for key in ("weight", "mean", "sd"))
        weight = w * norm.pdf(y, m, np.hypot(s, se))
        weight /= weight.sum()
        sd = (s**-2 + se**-2) ** -0.5
        mean = sd**2 * (m / s**2 + y / se**2)
    cdf, low, high = normal_mixture(weight, mean, sd)
    centre = float(weight @ mean)
    found = {"mean": centre, "sd": sqrt(weight @ (sd**2 + (mean - centre) ** 2))}
    found |= {name: quantile(cdf, p, low, high) for name, p in TAILS.items()}
    found |= probabilities(cdf, inputs)
    found |= {f"ratio_{name}": exp(found[name]) for name in TAILS}
    return found | ({"post_weights": weight.tolist()} if len(weight) > 1 else {})


def spike_and_slab(y: float, se: float, inputs: dict, prior: dict) -> dict:
    """Weigh no effect at all against a normal slab; the spike counts as equivalence and not as benefit."""
    m, s, w = prior["slab"]["mean"], prior["slab"]["sd"], prior["spike_weight"]
    bf = norm.pdf(y, prior["spike_at"], se) / norm.pdf(y, m, sqrt(s**2 + se**2))
    spike = w * bf / (w * bf + 1 - w)
    v = 1 / (s**-2 + se**-2)
    centre = v * (m / s**2 + y / se**2)
    mean = (1 - spike) * centre
    slab = probabilities(lambda x: float(ndtr((x - centre) / sqrt(v))), inputs)
    found = {"mean": mean, "sd": sqrt((1 - spike) * (v + centre**2) - mean**2), "p_spike": spike, "BF01": bf}
    return found | {name: (1 - spike) * p + spike * (name == "p_rope") for name, p in slab.items()}


def truncated(y: float, se: float, inputs: dict, prior: dict) -> dict:
    """Cut the likelihood off where a uniform prior ends."""
    posterior = truncnorm((prior["low"] - y) / se, (prior["high"] - y) / se, y, se)
    found = {"mean": posterior.mean(), "sd": posterior.std()}
    found |= {name: posterior.ppf(p) for name, p in TAILS.items()}
    return found | probabilities(posterior.cdf, inputs)


def ratio_of_means(inputs: dict, prior: dict) -> dict:
    """Take the log ratio of two means with its delta-method error, and the dispersions by moments."""
    m, s, n = ([inputs[f"{what}_{arm}"] for arm in ("treated", "control")] for what in ("mean", "sd", "n"))
    y, se = log(m[0] / m[1]), sqrt(sum((s[i] / m[i]) ** 2 / n[i] for i in (0, 1)))
    phi = [(s[i] ** 2 - m[i]) / m[i] ** 2 for i in (0, 1)]
    return approximation(y, se, prior["b"]) | {"phi_moment_treated": phi[0], "phi_moment_control": phi[1]}


def approximation(y: float, se: float, prior: dict) -> dict:
    """Update a normal prior by a normal approximation of the data, a lower ratio being the better one."""
    v = 1 / (prior["sd"] ** -2 + se**-2)
    mean = v * (prior["mean"] / prior["sd"] ** 2 + y / se**2)
    found = {"y": y, "se": se, "mean": mean, "sd": sqrt(v), "p_benefit": float(ndtr(-mean / sqrt(v)))}
    return {f"approx_{name}": value for name, value in found.items()}


def curve(inputs: dict, sds: list[float]) -> dict:
    """Follow two probabilities over the sd of a sceptical prior, and give the limit of the first under a flat one."""
    y, se = likelihood(inputs)
    s = np.array(sds)
    shrink = s**2 / (s**2 + se**2)
    sd = se * np.sqrt(shrink)
    below = {"p_benefit": 0.0, "p_hr_lt_0p9": log(0.9)}
    found = {name: ndtr((bound - shrink * y) / sd).tolist() for name, bound in below.items()}
    return found | {"sup_p_benefit": float(ndtr(-y / se))}


def reverse(inputs: dict, prior: dict) -> dict:
    """Find the prior that would just make the finding credible, by several definitions of that prior."""
    y, se = likelihood(inputs)
    low, high = log(inputs["ci_low"]), log(inputs["ci_high"])
    limit = -(low + high) * (high - low) ** 2 / (2 * low * high)
    found = {"lik_mean": y, "lik_se": se, "z": y / se, "p_benefit_flat": float(ndtr(-y / se))}
    found |= {"matthews_AL_log": limit, "matthews_AL_ratio": exp(limit)}
    for names, centre in (
        (("advocacy_prior_mean_roots", "advocacy_limit_ratio"), y),
        (("advocacy_mean_roots_midpoint", "advocacy_limit_ratio_midpoint"), (low + high) / 2),
    ):
        roots = advocacy(centre, se)
        found |= dict(zip(names, (roots, [exp(2 * mu) for mu in roots]), strict=True))
    found |= {f"tip_sd_{name}": tipping_sd(y, se, p) for name, p in (("p95", 0.95), ("p90", 0.90))}
    tips = (("p95", 0.95), ("p975", 0.975))
    return found | {f"tip_prior_mean_sd0p355_{name}": tipping_mean(y, se, 0.355, p) for name, p in tips}


def advocacy(y: float, se: float) -> list[float]:
    """Search all means mu < 0 of N(mu, |mu| / 1.96) at which the posterior interval ends exactly at no effect."""
    z = ndtri(0.975)

    def gap(log_size):
        mu = -np.exp(log_size)
        precision = (z / mu) ** 2 + se**-2
        return (z**2 / mu + y / se**2) / np.sqrt(precision) + z

    grid = np.linspace(log(1e-4), log(1e3), 4000)
    value = gap(grid)
    crossings = np.flatnonzero(np.sign(value[1:]) != np.sign(value[:-1]))
    return [-exp(brentq(gap, grid[i], grid[i + 1], xtol=1e-14, rtol=1e-14)) for i in crossings]


def tipping_sd(y: float, se: float, p: float) -> float | None:
    """Solve for the s of N(0, s) at which benefit has probability p; None where even a flat prior does not reach it."""
    excess = (y / se) ** 2 - ndtri(p) ** 2
    return None if y >= 0 or excess <= 0 else se * ndtri(p) / sqrt(excess)


def tipping_mean(y: float, se: float, s: float, p: float) -> float:
    """Solve for the mean of a normal prior with sd s at which benefit has probability p."""
    precision = s**-2 + se**-2
    return s**2 * (-ndtri(p) * sqrt(precision) - y / se**2)
