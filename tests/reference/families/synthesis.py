"""Random-effects meta-analyses of estimates: normal given tau, with tau integrated by panels."""

from __future__ import annotations

import re
from math import sqrt

import numpy as np
from scipy.special import ndtr
from scipy.stats import halfcauchy, halfnorm, lognorm

from .density import TAILS, Density, normal_mixture, quantile


def prior_of_tau(stated: str | dict):
    """Return the log density of tau that a case states."""
    if isinstance(stated, dict):
        return lognorm(stated["sdlog_tau"], scale=np.exp(stated["meanlog_tau"])).logpdf
    kind, scale = re.fullmatch(r"(\w+)\(([\d.]+)\)", stated).groups()
    return {"half_normal": halfnorm, "half_cauchy": halfcauchy}[kind](scale=float(scale)).logpdf


def given_tau(y, s, tau):
    """Return, for every tau, the mean and variance of mu under a flat prior and the log marginal likelihood of tau."""
    w = 1 / (s[:, None] ** 2 + tau**2)
    precision = w.sum(axis=0)
    mean = (w * y[:, None]).sum(axis=0) / precision
    log_m = 0.5 * (np.log(w).sum(axis=0) - np.log(precision) - (w * (y[:, None] - mean) ** 2).sum(axis=0))
    return mean, 1 / precision, log_m


def estimates(inputs: dict, prior: dict) -> dict:
    """Integrate over mu in closed form and over u = tau / (c + tau) by panels, which reach an infinite tau."""
    y, s = np.array(inputs["y"]), np.array(inputs["se"])
    c, log_prior = float(np.median(s)), prior_of_tau(prior["tau"])

    def log_posterior(u):
        tau = c * u / (1 - u)
        return given_tau(y, s, tau)[2] + log_prior(tau) - 2 * np.log1p(-u)

    density = Density(log_posterior, 0.0, 1.0)
    tau, mass = c * density.x / (1 - density.x), density.mass
    mean, variance, _ = given_tau(y, s, tau)
    found = mixture("mu", mass, mean, variance) | mixture("pred", mass, mean, variance + tau**2)
    centre = float(mass @ tau)
    found |= {"tau_mean": centre, "tau_sd": sqrt(mass @ (tau - centre) ** 2)}
    u = [density.quantile(p) for p in TAILS.values()]
    found["tau_q"] = [c * v / (1 - v) for v in u]
    # given tau a trial's effect is its estimate pulled towards mu, and what mu does not know adds to its variance
    pull = s[:, None] ** 2 / (s[:, None] ** 2 + tau**2)
    effect = (1 - pull) * y[:, None] + pull * mean
    spread = (1 - pull) * s[:, None] ** 2 + pull**2 * variance
    found["shrink_mean"] = (effect @ mass).tolist()
    found["shrink_sd"] = np.sqrt((spread + (effect - (effect @ mass)[:, None]) ** 2) @ mass).tolist()
    return found


def mixture(name: str, mass, mean, variance) -> dict:
    """Describe a mixture of normals, one of them for every node of tau."""
    keep = mass > 1e-20  # the rest has spreads without bound, and no part in the answer
    mass, mean, sd = mass[keep], mean[keep], np.sqrt(variance[keep])
    centre = float(mass @ mean)
    cdf, low, high = normal_mixture(mass, mean, sd)
    found = {f"{name}_mean": centre, f"{name}_sd": sqrt(mass @ (sd**2 + (mean - centre) ** 2))}
    found[f"{name}_q"] = [quantile(cdf, p, low, high) for p in TAILS.values()]
    return found | {f"p_{name}_lt0": float(mass @ ndtr(-mean / sd))}
