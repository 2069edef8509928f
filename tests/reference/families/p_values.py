"""Reports of a p-value alone, or only of its side of 0.05: Whitehead's information and a likelihood of z."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from .density import Density, describe


def bare(inputs: dict, prior: dict) -> dict:
    """Find the posterior of a common log odds ratio, positive for the better, from a p-value and the sizes of the arms."""
    n_1, n_2 = inputs["n_treated"], inputs["n_control"]
    n = n_1 + n_2
    information = n_1 * n_2 * n / (3 * (n + 1) ** 2) * (1 - sum(p**3 for p in inputs["pooled_category_probs"]))
    se = information**-0.5
    found = {"se_logor": se, "V": information}
    if inputs["p_two_sided"] is not None:
        found["abs_z"] = float(-ndtri(inputs["p_two_sided"] / 2))
    likelihood = likelihood_of(inputs, found.get("abs_z"))

    def log_posterior(theta):
        return np.log(likelihood(theta / se)) + norm.logpdf(theta, prior["mean"], prior["sd"])

    density = Density(log_posterior, prior["mean"] - 12 * prior["sd"], prior["mean"] + 12 * prior["sd"])
    found |= describe(density, inputs)
    return found | {"E_abs_theta": found["mean"] - 2 * density.below(0.0, lambda theta: theta)}


def likelihood_of(inputs: dict, z: float | None):
    """Return the likelihood of the signal theta / se: of z with its sign, of |z|, or of |z| below a critical value."""
    kind = inputs["likelihood_kind"]
    if kind == "signed_z":
        sign = 1 if inputs["direction"] == "favours treatment" else -1
        return lambda signal: norm.pdf(sign * z - signal)
    if kind == "abs_z":
        return lambda signal: norm.pdf(z - signal) + norm.pdf(z + signal)
    critical = -ndtri(inputs["p_interval"][0] / 2)
    # in terms of |signal| both are lower tails, which keep their digits; near one they would lose all
    return lambda signal: ndtr(critical - np.abs(signal)) - ndtr(-critical - np.abs(signal))
