"""Where the posterior of a synthesis may lie: nodes of mu and of tau, with their integration weights."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.quadrature.densities import landmarks, quantiles
from bayes.quadrature.integrals import crowded, panels
from bayes.quadrature.plane import Plane

TAU_QUANTILES = (
    1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1 - 1e-4, 1 - 1e-5,
    1 - 1e-7,
)  # fmt: skip
REACH = 10.0  # widths of a normal prior, or of a report, beyond which no mass is left
BEYOND = 3.0  # distances of the farthest report within which tau may lie, whatever its prior says
NARROW = 1.15  # ratio of the ends of a panel there, where a prior of light tails meets reports that contradict it
FAR = 1e6  # the same for a prior of heavy tails


def tau_nodes(
    heterogeneity: Distribution | None, plane: Plane, used: Sequence[int], prior: Distribution | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return nodes in log tau between quantiles of the prior (in tau on the lowest panel), or zero without a prior.

    Reports that lie farther apart, or farther from the prior of mu, than the prior of tau allows for may move tau
    beyond all of its quantiles; nodes follow.
    """
    if heterogeneity is None:
        return np.zeros(1), np.ones(1)
    edges = np.unique(quantiles(heterogeneity, TAU_QUANTILES))
    if used and (reach := BEYOND * _farthest(plane, used, prior)) > edges[-1]:
        farther = np.geomspace(edges[-1], reach, int(np.ceil(log(reach / edges[-1]) / log(NARROW))) + 1)[1:]
        edges = np.concatenate([edges, farther[farther < heterogeneity.support[1]]])
    below, below_weight = panels([heterogeneity.support[0], edges[0]], order=8)
    if np.isfinite(heterogeneity.support[1]):
        edges = np.append(edges, heterogeneity.support[1])
    log_tau, weight = panels(np.log(edges), order=8)
    return np.concatenate([below, np.exp(log_tau)]), np.concatenate([below_weight, np.exp(log_tau) * weight])


def spots_of_mu(plane: Plane, used: Sequence[int], prior: Distribution) -> list[tuple[float, float]]:
    """Return (centre, width) of likely features of mu's posterior: the reports together and each prior component."""
    found = [landmarks(d) for _, d in prior.components]
    return [*found, together(plane, used)] if used else found


def together(plane: Plane, used: Sequence[int]) -> tuple[float, float]:
    """Return the location and width of these reports if they share one effect."""
    centres = np.array([plane.curves[i].centre for i in used])
    weight = np.array([plane.curves[i].width for i in used]) ** -2.0
    return float(centres @ weight / weight.sum()), float(weight.sum() ** -0.5)


def _farthest(plane: Plane, used: Sequence[int], prior: Distribution | None) -> float:
    """Return the distance of the farthest of these reports, or of a part of the prior, from the location of all."""
    middle, _ = together(plane, used)
    centres = [landmarks(part)[0] for _, part in prior.components] if prior is not None else []
    return max(abs(centre - middle) for centre in [*centres, *(plane.curves[i].centre for i in used)])


def bounds_of_mu(prior: Distribution, plane: Plane) -> tuple[float, float]:
    """Return the range of mu: the support of its prior within the bounds of every report's effect."""
    every = [prior.support, *(c.bounds for c in plane.curves)]
    return max(low for low, _ in every), min(high for _, high in every)


def mu_nodes(spots: Sequence[tuple[float, float]], prior: Distribution, plane: Plane) -> tuple[FloatArray, FloatArray]:
    """Return nodes of mu, dense around every spot, with their integration weights."""
    far = FAR if prior.heaviest_df < inf else REACH
    reached = [(c, far * w) for c, w in (landmarks(d) for _, d in prior.components)]
    reached += [(c.centre, REACH * c.width) for c in plane.curves]  # reports far out in the prior draw mu to them
    low, high = bounds_of_mu(prior, plane)
    low, high = max(low, min(c - r for c, r in reached)), min(high, max(c + r for c, r in reached))
    return panels({*crowded(spots, low, high), *([0.0] if low < 0 < high else [])}, order=8)
