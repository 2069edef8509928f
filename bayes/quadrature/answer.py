"""Compute posterior summaries from a likelihood curve and a prior by one-dimensional quadrature."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log

import numpy as np

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.hierarchy import Hierarchy
from bayes.quadrature.densities import landmarks, log_density, log_prior_density
from bayes.quadrature.integrals import panels, singular_ends, towards
from bayes.quadrature.likelihood_curve import Curve

STEPS = (0.0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 13, 17, 25, 40)
FAR = tuple(40 * 2.0**i for i in range(1, 40))  # further steps, for heavy-tailed priors


@dataclass(frozen=True)
class Answer:
    """The posterior summaries of one effect, on the analysis scale.

    Attributes
    ----------
    mean, sd : float or None
        None where the moment does not exist.
    p_above_null, p_below_null : float
        P(theta > null) and P(theta < null).
    p_null : float
        P(theta = null); zero without a spike.
    log_evidence : float
        Log marginal likelihood under the slab.
    log_likelihood_at_null : float
        log L(null).
    """

    mean: float | None
    sd: float | None
    p_above_null: float
    p_below_null: float
    p_null: float
    log_evidence: float
    log_likelihood_at_null: float

    @property
    def bf_01(self) -> float | None:
        """The Bayes factor of exactly no effect against the slab; None without a spike."""
        if not self.p_null:
            return None
        return float(np.exp(self.log_likelihood_at_null - self.log_evidence))


@dataclass(frozen=True)
class UnimodalComponent:
    """A unimodal component of a posterior: one prior component combined with one direction of the evidence.

    Attributes
    ----------
    prior : Distribution, ArmPair, Hierarchy or None
        None for the spike; priors of both arms and of a table are never divided.
    direction : str
        The part of the curve: "all", or "up" or "down" for a folded report.
    weight : float
        Exact posterior probability of the component.
    """

    prior: Distribution | ArmPair | Hierarchy | None
    direction: str
    weight: float


def integrate(curve: Curve, prior: Distribution, null: float = 0.0) -> Answer:
    """Compute posterior moments and tail probabilities of theta.

    Parameters
    ----------
    curve : Curve
        log L(theta), on the analysis scale.
    prior : Distribution
        Prior of theta, on the analysis scale; truncated and renormalised if it reaches beyond the bounds of theta.
    null : float
        No effect, on the analysis scale; the position of a spike.

    Returns
    -------
    Answer
        Its `log_evidence` is that of the slab alone.
    """
    theta, weight = nodes(curve, prior, null)
    log_prior = log_prior_density(prior, theta)
    log_mass = _log_mass(curve, prior, weight, log_prior)
    log_post = log_prior + curve(theta) - log_mass
    log_post = log_post + singular_ends(theta, weight, log_post, curve.bounds)
    peak = log_post.max()
    density = np.exp(log_post - peak) * weight
    log_evidence = float(np.log(density.sum()) + peak)
    density /= density.sum()
    at_null = float(curve(np.array([null]))[0])
    p_null = 0.0
    if prior.spike:
        odds = log(prior.spike) + at_null - log1m(prior.spike) - log_evidence
        p_null = float(1 / (1 + np.exp(-odds)))
    mean, sd = _moments(theta, density, null, p_null, curve, prior)
    above, below = (min(float(density[side].sum()), 1.0) * (1 - p_null) for side in (theta > null, theta < null))
    return Answer(mean, sd, above, below, p_null, log_evidence, at_null)


def p_at_least(curve: Curve, prior: Distribution, null: float, threshold: float) -> float:
    """Return P(theta >= threshold), including the mass of a spike.

    Parameters
    ----------
    curve, prior, null
        As in `integrate`.
    threshold : float
        On the analysis scale.
    """
    slab = prior.parts[0][1] if prior.spike else prior
    p_null = integrate(curve, prior, null).p_null if prior.spike else 0.0
    return (1 - p_null) * integrate(curve, slab, threshold).p_above_null + p_null * (null >= threshold)


def pieces(curve: Curve, prior: Distribution, null: float = 0.0, negligible: float = 1e-5) -> list[UnimodalComponent]:
    """Split a posterior into its unimodal components with their exact weights.

    Parameters
    ----------
    curve, prior, null
        As in `integrate`.
    negligible : float
        Components with a posterior probability up to this value are dropped; the remaining weights are renormalised.

    Returns
    -------
    list of UnimodalComponent
        Heaviest first; the weights sum to one.
    """
    found: list[tuple[float, Distribution | None, str]] = []
    theta, weight = nodes(curve, prior, null)
    with np.errstate(divide="ignore"):
        log_weight = np.log(weight)
    for share, part in prior.components:
        log_prior = log(share) + log_density(part, theta) + log1m(prior.spike)
        for direction, log_l in curve.parts.items():
            found.append((float(log_sum_exp(log_prior + log_l(theta) + log_weight)), part, direction))
    if prior.spike:
        for direction, log_l in curve.parts.items():
            found.append((log(prior.spike) + float(log_l(np.array([null]))[0]), None, direction))
    total = log_sum_exp([w for w, _, _ in found])
    kept = [UnimodalComponent(part, direction, float(np.exp(w - total))) for w, part, direction in found]
    kept = sorted((p for p in kept if p.weight > negligible), key=lambda p: -p.weight)
    scale = sum(p.weight for p in kept)
    return [UnimodalComponent(p.prior, p.direction, p.weight / scale) for p in kept]


def log1m(x: float) -> float:
    """Return log(1 - x)."""
    return float(np.log1p(-x))


def nodes(curve: Curve, prior: Distribution, null: float) -> tuple[FloatArray, FloatArray]:
    """Place Gauss-Legendre nodes, dense around the likelihood and every prior component, with a break at the null.

    Returns
    -------
    theta, weight : ndarray, shape (nodes,)
    """
    low, high = max(curve.bounds[0], prior.support[0]), min(curve.bounds[1], prior.support[1])
    breaks = {null}
    spots = [(curve.centre, curve.width), *(landmarks(d) for _, d in prior.components)]
    heavy = prior.heaviest_df < inf
    for centre, width in spots:
        for step in (*STEPS, *(FAR if heavy else ())):
            breaks |= {centre - step * width, centre + step * width}
    for _, d in prior.components:
        breaks |= {edge for edge in d.support if abs(edge) < inf}
    for edge in (low, high):
        if abs(edge) < inf:
            reach = (high - low) if high - low < inf else min(width for _, width in spots)
            breaks |= set(towards(edge, reach if edge == low else -reach))
    return panels(b for b in breaks if low <= b <= high)


def _log_mass(curve: Curve, prior: Distribution, weight: FloatArray, log_prior: FloatArray) -> float:
    """Return the log prior mass within the bounds of theta; zero where nothing is cut off."""
    low, high = prior.support
    if curve.bounds[0] <= low and high <= curve.bounds[1]:
        return 0.0
    return float(np.log((np.exp(log_prior) * weight).sum()))


def _moments(
    theta: FloatArray, density: FloatArray, null: float, p_null: float, curve: Curve, prior: Distribution
) -> tuple[float | None, float | None]:
    """Return the mean and SD of a slab, of which `density` is the mass at every node, and a spike on the null."""
    order = prior.heaviest_df if curve.level_tails else inf
    if order <= 1:
        return None, None
    mean = p_null * null + (1 - p_null) * float((density * theta).sum())
    if order <= 2:
        return mean, None
    second = p_null * (null - mean) ** 2 + (1 - p_null) * float((density * (theta - mean) ** 2).sum())
    return mean, float(np.sqrt(second))
