"""Exact answers of a random-effects synthesis: two-dimensional integration over mu and tau.

    p(mu, tau | all) prop. to p(mu) p(tau) prod_i  integral of L_i(theta) Normal(theta; mu, tau) d theta

The inner integral uses Gauss-Hermite nodes where tau is narrow against L_i, and nodes along L_i where it is wide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, pi, sqrt

import numpy as np
from scipy.special import logsumexp, ndtr

from bayes.distributions import Distribution
from bayes.exact.densities import FROZEN, landmarks, log_density
from bayes.exact.likelihood_curve import Curve
from bayes.exact.quadrature import panels

HERMITE = np.polynomial.hermite_e.hermegauss(61)
TAU_QUANTILES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 0.99999, 1 - 1e-7)
LogPosterior = Callable[[np.ndarray, np.ndarray], np.ndarray]
MU_STEPS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.5, 8.0)


@dataclass(frozen=True)
class SynthesisAnswer:
    """Posterior numbers of mu, tau and a new trial's effect, on the analysis scale."""

    mu_mean: float
    mu_sd: float
    p_mu_above_null: float
    tau_mean: float
    tau_sd: float
    p_new_above_null: float


def integrate_synthesis(curves: Sequence[Curve], prior: Distribution, heterogeneity: Distribution) -> SynthesisAnswer:
    """Posterior of mu, tau and a new trial for likelihood curves of several trials."""
    tau, tau_weight = _tau_nodes(heterogeneity)

    def log_post(mu: np.ndarray, tau: np.ndarray) -> np.ndarray:
        total = logsumexp([log(w) + log_density(d, mu) for w, d in prior.components], axis=0)[:, None]
        total = total + log_density(heterogeneity, tau)[None, :]
        for curve in curves:
            total = total + np.stack([_averaged(curve, mu, t) for t in tau], axis=1)
        return total

    mu, mu_weight = _mu_nodes(curves, prior, log_post, tau)
    values = log_post(mu, tau)
    mass = np.exp(values - values.max()) * mu_weight[:, None] * tau_weight[None, :]
    mass /= mass.sum()
    over_mu, over_tau = mass.sum(axis=1), mass.sum(axis=0)
    mu_mean, tau_mean = float(over_mu @ mu), float(over_tau @ tau)
    return SynthesisAnswer(
        mu_mean=mu_mean,
        mu_sd=sqrt(over_mu @ (mu - mu_mean) ** 2),
        p_mu_above_null=float(over_mu[mu > 0].sum()),
        tau_mean=tau_mean,
        tau_sd=sqrt(over_tau @ (tau - tau_mean) ** 2),
        p_new_above_null=float((mass * ndtr(mu[:, None] / tau[None, :])).sum()),
    )


def _averaged(curve: Curve, mu: np.ndarray, tau: float) -> np.ndarray:
    """log of the average of L over Normal(mu, tau), for every mu."""
    if tau <= curve.width or curve.level_tails:
        node, weight = HERMITE
        return logsumexp(_log_l(curve, mu[:, None] + tau * node) + np.log(weight), axis=1) - 0.5 * log(2 * pi)
    theta = curve.centre + curve.width * np.linspace(-14, 14, 449)
    log_normal = -0.5 * ((theta - mu[:, None]) / tau) ** 2 - log(tau) - 0.5 * log(2 * pi)
    return logsumexp(_log_l(curve, theta) + log_normal, axis=1) + log(theta[1] - theta[0])


def _log_l(curve: Curve, theta: np.ndarray) -> np.ndarray:
    inside = (theta > curve.bounds[0]) & (theta < curve.bounds[1])
    values = np.full(theta.shape, -np.inf)
    values[inside] = curve(theta[inside])
    return values


def _tau_nodes(heterogeneity: Distribution) -> tuple[np.ndarray, np.ndarray]:
    if heterogeneity.name == "half_student_t":
        from scipy import stats

        df, scale = heterogeneity.args
        edges = scale * stats.t(df).ppf((1 + np.array(TAU_QUANTILES)) / 2)
    else:
        edges = FROZEN[heterogeneity.name](*heterogeneity.args).ppf(TAU_QUANTILES)
    return panels([heterogeneity.support[0], *edges], order=8)


def _mu_nodes(curves: Sequence[Curve], prior: Distribution, log_post: LogPosterior, tau: np.ndarray):
    """Nodes where mu has mass: a coarse look at a few values of tau finds range and peak, panels crowd there."""
    spots = [landmarks(d) for _, d in prior.components] + [(c.centre, c.width) for c in curves]
    breaks = [0.0, *(centre + sign * step * width for centre, width in spots for step in MU_STEPS for sign in (-1, 1))]
    low, high = max(prior.support[0], min(breaks)), min(prior.support[1], max(breaks))
    few = tau[:: max(1, len(tau) // 16)]
    coarse = np.unique(np.clip(breaks, low, high))
    coarse = coarse[:: max(1, len(coarse) // 200)]
    edges = []
    for drop in (40, 40, 40, 2, 2):
        found = log_post(coarse, few).max(axis=1)
        near = np.flatnonzero(found > found.max() - drop)
        low, high = coarse[max(near[0] - 1, 0)], coarse[min(near[-1] + 1, len(coarse) - 1)]
        edges = [low, high] if drop == 40 else edges
        centre, coarse = coarse[found.argmax()], np.linspace(low, high, 81)
    width = (high - low) / 4
    reach = np.arcsinh(max(edges[1] - centre, centre - edges[0]) / width)
    breaks = centre + width * np.sinh(np.linspace(-reach, reach, 45))
    return panels(
        {*edges, *([0.0] if edges[0] < 0 < edges[1] else []), *breaks[(breaks > edges[0]) & (breaks < edges[1])]}, 6
    )
