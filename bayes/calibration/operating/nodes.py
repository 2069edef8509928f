"""Quadrature of the posteriors of many reports on nodes that they share, under any prior of the effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

import numpy as np

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.calibration.operating.posteriors import Posteriors, Thresholds
from bayes.quadrature.densities import log_prior_density
from bayes.quadrature.integrals import crowded, panels, singular_ends, towards
from bayes.quadrature.tabled import spots_of

FAR, FURTHER = 40.0, 1e6  # widths of a prior that nodes reach: with light and with heavy tails
ORDER = 8  # nodes of a panel
BETWEEN = 2.0  # widths between two spots of a row


@dataclass(frozen=True)
class Nodes:
    """Nodes and weights of the effect.

    Attributes
    ----------
    theta, weight : ndarray, shape (nodes,)
    edges : tuple of float
        Effects that no panel straddles.
    bounds : (float, float)
        Range of the effect.
    """

    theta: FloatArray
    weight: FloatArray
    edges: tuple[float, ...]
    bounds: tuple[float, float]

    @classmethod
    def placed(
        cls,
        priors: Iterable[Distribution],
        spots: Iterable[tuple[float, float]],
        edges: tuple[float, ...],
        bounds: tuple[float, float],
    ) -> Nodes:
        """Place nodes where priors or likelihoods have mass.

        Parameters
        ----------
        priors : iterable of Distribution
        spots : iterable of (centre, width)
            Of the likelihoods.
        edges, bounds
            As in `Nodes`.
        """
        priors, spots = list(priors), list(spots)
        lows, highs = zip(*((c - 12 * w, c + 12 * w) for c, w in spots), strict=True)
        ends = [*lows, *highs]
        for prior in priors:
            far = FURTHER if prior.heaviest_df < inf else FAR
            ends += [end for c, w in spots_of(prior) for end in (c - far * w, c + far * w)]
        low, high = max(bounds[0], min(ends)), min(bounds[1], max(ends))
        breaks = {*crowded([*spots, *spots_of(*priors)], low, high), *(e for e in edges if low < e < high)}
        for prior in priors:
            breaks |= {e for _, part in prior.components for e in part.support if low < e < high}
        for bound, inward in zip(bounds, (1, -1), strict=True):
            if abs(bound) < inf:
                breaks |= set(towards(bound, inward * (high - low)))
        return cls(*panels(breaks, order=ORDER), edges, bounds)

    def posteriors(
        self, log_l: FloatArray, at_null: FloatArray, prior: Distribution, thresholds: Thresholds
    ) -> Posteriors:
        """Integrate the posteriors of many reports.

        Parameters
        ----------
        log_l : ndarray, shape (reports, nodes)
            Log likelihoods on the nodes.
        at_null : ndarray, shape (reports,)
            Log likelihoods at the null, on which a spike lies.
        prior : Distribution
            Truncated to the bounds and renormalised.
        thresholds : Thresholds

        Returns
        -------
        Posteriors
        """
        log_prior = log_prior_density(prior, self.theta)
        joint = log_l + log_prior
        joint += singular_ends(self.theta, self.weight, joint, self.bounds)
        top = joint.max(axis=1, keepdims=True)
        mass = np.exp(joint - top) * self.weight
        total = mass.sum(axis=1)
        edges = np.array(self.edges)
        beyond = np.minimum(mass @ (self.theta[:, None] > edges) / total[:, None], 1.0)
        mean = mass @ self.theta / total
        if not prior.spike:
            return Posteriors(thresholds, self.edges, beyond, np.zeros(len(total)), mean)
        within = float(log_sum_exp(log_prior, weights=self.weight)) if self.bounds != (-inf, inf) else 0.0
        slab = np.log1p(-prior.spike) + np.log(total) + top[:, 0] - within
        p_null = 1 / (1 + np.exp(slab - np.log(prior.spike) - at_null))
        null = thresholds.null
        beyond = beyond * (1 - p_null[:, None]) + p_null[:, None] * (null > edges)
        return Posteriors(thresholds, self.edges, beyond, p_null, mean * (1 - p_null) + null * p_null)


def row_of_spots(low: float, high: float, width: float) -> list[tuple[float, float]]:
    """Return spots of one width side by side, for likelihoods whose centres lie anywhere between two values."""
    number = int(np.ceil((high - low) / (BETWEEN * width))) + 1
    return [(float(centre), width) for centre in np.linspace(low, high, number)]


def chunks(reports: int, nodes: int, most: float = 4e6) -> Iterator[slice]:
    """Yield slices of the reports whose arrays over nodes fit into memory."""
    step = max(1, int(most / nodes))
    for start in range(0, reports, step):
        yield slice(start, min(start + step, reports))
