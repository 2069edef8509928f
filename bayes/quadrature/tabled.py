"""One likelihood curve under many priors: L(theta) is evaluated once, on nodes that suit all of them.

A posterior under any prior is then a weighted sum over these nodes: a grid of 1,681 priors is one matrix product, and
solving for the prior parameter that gives a probability needs no further likelihood evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import inf, log

import numpy as np

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.quadrature.answer import log1m
from bayes.quadrature.densities import landmarks, log_prior_density
from bayes.quadrature.integrals import crowded, cumulative, panels, quantiles_of, singular_ends, towards
from bayes.quadrature.likelihood_curve import Curve

NOTHING = 60.0  # log units: of a posterior a million times narrower than the curve it is still less than 1e-19
REACH = 1e6  # widths to which the nodes extend, for heavy-tailed priors


@dataclass(frozen=True)
class PriorBatch:
    """The posterior summaries under several priors, as arrays of equal length, on the analysis scale.

    Attributes
    ----------
    mean, sd : ndarray, shape (priors,)
        Valid where these moments exist (see `Curve.level_tails`).
    above : dict of float to ndarray, shape (priors,)
        P(theta > edge) by edge.
    log_evidence : ndarray, shape (priors,)
    """

    mean: FloatArray
    sd: FloatArray
    above: dict[float, FloatArray]
    log_evidence: FloatArray


@dataclass(frozen=True)
class Tabled:
    """The values of log L(theta) on nodes, with their integration weights.

    Attributes
    ----------
    curve : Curve
    theta, weight, log_l : ndarray, shape (nodes,)
    edges : tuple of float
        Thresholds that no panel straddles, the null first; probabilities beyond them are exact sums.
    """

    curve: Curve
    theta: FloatArray
    weight: FloatArray
    log_l: FloatArray
    edges: tuple[float, ...]

    @property
    def null(self) -> float:
        return self.edges[0]

    def many(self, log_densities: Callable[[FloatArray], FloatArray]) -> PriorBatch:
        """Summarise the posteriors under many priors at once.

        Parameters
        ----------
        log_densities : callable
            Nodes -> log densities of the priors, shape (priors, nodes).
        """
        log_prior = log_densities(self.theta)
        log_joint = self.to_the_ends(log_prior + self.log_l)
        top = log_joint.max(axis=1, keepdims=True)
        log_joint -= top
        reached = (log_joint > self._least).any(axis=0)
        total, first, second, *beyond = (np.exp(log_joint[:, reached]) @ self._moments[reached]).T
        off = first / total
        above = {edge: np.minimum(mass / total, 1.0) for edge, mass in zip(self.edges, beyond, strict=True)}
        cut_off = log_sum_exp(log_prior, weights=self.weight, axis=1) if self.curve.bounds != (-inf, inf) else 0.0
        return PriorBatch(
            mean=self.curve.centre + off,
            sd=np.sqrt(np.maximum(second / total - off**2, 0.0)),
            above=above,
            log_evidence=np.log(total) + top[:, 0] - cut_off,
        )

    @cached_property
    def _moments(self) -> FloatArray:
        """What sums of a density at the nodes give, shape (nodes, sums): mass, two moments, mass beyond each edge."""
        off = self.theta - self.curve.centre
        beyond = [np.where(self.theta > edge, self.weight, 0.0) for edge in self.edges]
        return np.stack([self.weight, self.weight * off, self.weight * off**2, *beyond], axis=1)

    @cached_property
    def _least(self) -> FloatArray:
        """The logs of a density, relative to its peak, below which each node adds nothing to mass or moments."""
        off = (self.theta - self.curve.centre) / self.curve.width
        return -NOTHING - np.log(self.weight / self.curve.width * (1 + off**2))

    def under(self, prior: Distribution) -> Posterior:
        """Return the posterior under one prior; a spike sits on the null."""
        log_prior = log_prior_density(prior, self.theta)
        low, high = prior.support
        cut = self.curve.bounds[0] > low or high > self.curve.bounds[1]
        log_mass = float(log_sum_exp(log_prior, weights=self.weight)) if cut else 0.0
        log_joint = self.to_the_ends(log_prior + self.log_l - log_mass)
        log_evidence = float(log_sum_exp(log_joint, weights=self.weight))
        p_null = 0.0
        if prior.spike:
            at_null = float(self.curve(np.array([self.null]))[0])
            p_null = float(1 / (1 + np.exp(log1m(prior.spike) + log_evidence - log(prior.spike) - at_null)))
        return Posterior(self, prior, np.exp(log_joint - log_evidence), p_null, log_evidence)

    def to_the_ends(self, log_f: FloatArray) -> FloatArray:
        """Correct a log density on the nodes for singularities at the bounds, so that its sums are right."""
        if self.curve.bounds == (-inf, inf):
            return log_f
        return log_f + singular_ends(self.theta, self.weight, log_f, self.curve.bounds)


@dataclass(frozen=True)
class Posterior:
    """A posterior density on the nodes of a `Tabled` curve.

    Attributes
    ----------
    on : Tabled
    prior : Distribution
    density : ndarray, shape (nodes,)
        The density of the slab.
    p_null : float
        Posterior mass exactly on the null.
    log_evidence : float
        Log marginal likelihood under the slab.
    """

    on: Tabled
    prior: Distribution
    density: FloatArray
    p_null: float
    log_evidence: float

    @property
    def _order(self) -> float:
        return self.prior.heaviest_df if self.on.curve.level_tails else inf

    @property
    def mean(self) -> float | None:
        """The posterior mean; None where it does not exist."""
        if self._order <= 1:
            return None
        return self.p_null * self.on.null + (1 - self.p_null) * float(self._mass @ self.on.theta)

    @property
    def sd(self) -> float | None:
        centre = self.mean
        if centre is None or self._order <= 2:
            return None
        within = float(self._mass @ (self.on.theta - centre) ** 2)
        return float(np.sqrt(self.p_null * (self.on.null - centre) ** 2 + (1 - self.p_null) * within))

    def above(self, threshold: float) -> float:
        """Return P(theta > threshold): a sum if the threshold is an edge, else from the distribution function."""
        spike = self.p_null * (self.on.null > threshold)
        if threshold in self.on.edges:
            slab = float(self._mass @ (self.on.theta > threshold))
        else:
            x, cdf = self._cdf
            slab = float(1 - np.interp(threshold, x, cdf))
        return min(max(spike + (1 - self.p_null) * slab, 0.0), 1.0)

    def at_least(self, threshold: float) -> float:
        """Return P(theta >= threshold), which includes a spike at the threshold."""
        return min(self.above(threshold) + self.p_null * (self.on.null == threshold), 1.0)

    def at_most(self, thresholds: FloatArray) -> FloatArray:
        """Return P(theta <= threshold) for many thresholds, including the spike."""
        slab = np.interp(thresholds, *self._cdf, left=0.0, right=1.0)
        return (1 - self.p_null) * slab + self.p_null * (np.asarray(thresholds) >= self.on.null)

    def quantiles(self, probabilities: Iterable[float]) -> list[float]:
        """Return quantiles, including the spike."""
        x, cdf = self._cdf
        if self.p_null:
            below = float(np.interp(self.on.null, x, cdf))
            at = int(np.searchsorted(x, self.on.null))
            cdf = np.concatenate([cdf[:at], [below], [below], cdf[at:]]) * (1 - self.p_null)
            x = np.concatenate([x[:at], [self.on.null] * 2, x[at:]])
            cdf[at + 1 :] += self.p_null
        return quantiles_of(x, cdf, probabilities)

    @cached_property
    def _mass(self) -> FloatArray:
        return self.density * self.on.weight

    @cached_property
    def _cdf(self) -> tuple[FloatArray, FloatArray]:
        (low, high), bounds = self.prior.support, self.on.curve.bounds
        return cumulative(self.on.theta, self.density, (max(low, bounds[0]), min(high, bounds[1])))


def table(curve: Curve, edges: Iterable[float], spots: Iterable[tuple[float, float]]) -> Tabled:
    """Evaluate a curve once, on nodes fine enough for every spot.

    Parameters
    ----------
    curve : Curve
    edges : iterable of float
        The null, then other thresholds.
    spots : iterable of (centre, width)
        Where posteriors may lie, besides the curve itself, and how narrow they may be there.

    Returns
    -------
    Tabled
    """
    edges = tuple(dict.fromkeys(float(edge) for edge in edges))
    spots = [(curve.centre, curve.width), *spots]
    centres, widths = np.array(spots).T
    low = max(curve.bounds[0], float((centres - REACH * widths).min()))
    high = min(curve.bounds[1], float((centres + REACH * widths).max()))
    breaks = {*crowded(spots, low, high), *(edge for edge in edges if low < edge < high)}
    for bound, inward in zip(curve.bounds, (1, -1), strict=True):
        if abs(bound) < inf:
            breaks |= set(towards(bound, inward * (high - low)))
    theta, weight = panels(breaks, order=8)
    return Tabled(curve, theta, weight, curve(theta), edges)


def spots_of(*priors: Distribution) -> list[tuple[float, float]]:
    """Return (centre, width) of every component of these priors."""
    return [landmarks(d) for prior in priors for _, d in prior.components]
