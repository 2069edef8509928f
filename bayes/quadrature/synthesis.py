"""The posterior of a synthesis by two-dimensional integration over mu and tau.

    p(mu, tau | all) prop. to p(mu) p(tau) prod_i exp A_i(mu, tau)

The surfaces A_i are those of `plane`. Any subset of the reports can be used, with either direction of a folded report
and under any priors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, inf, log, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.quadrature.densities import log_density, log_prior_density
from bayes.quadrature.integrals import cumulative, quantiles_of
from bayes.quadrature.likelihood_curve import Curve, landmarks_of, through
from bayes.quadrature.locating import bounds_of_mu, mu_nodes, spots_of_mu, tau_nodes, together
from bayes.quadrature.plane import MANY, Plane, Surface

NEGLIGIBLE = 1e-12  # of all mass
BRACKETS = np.array([-60, -8, -3, -1, 1, 3, 8, 60.0])  # about the mean; between two of them lies a quantile


@dataclass(frozen=True)
class Apart:
    """The posterior of the difference of two reports' own effects, a mixture of normals over mu and tau.

    Attributes
    ----------
    mean, sd, mass : ndarray
        Of each pair of nodes whose mass is not negligible.
    """

    mean: FloatArray
    sd: FloatArray
    mass: FloatArray

    def p_above(self, threshold: float) -> float:
        """Return P(difference > threshold)."""
        return float(self.mass @ ndtr((self.mean - threshold) / self.sd))

    def quantiles(self, probabilities: Iterable[float]) -> list[float]:
        """Return quantiles of the difference."""
        low, high = float((self.mean - 40 * self.sd).min()), float((self.mean + 40 * self.sd).max())
        return [float(brentq(lambda x, p=p: 1 - self.p_above(x) - p, low, high)) for p in probabilities]


@dataclass(frozen=True)
class SynthesisAnswer:
    """The joint posterior of mu and tau on nodes, and the quantities derived from it, on the analysis scale.

    Attributes
    ----------
    mu, tau : ndarray
        Nodes; without heterogeneity `tau` is the single node zero.
    mass : ndarray, shape (mu, tau)
        Posterior probability of each pair of nodes, with the integration weights included.
    mu_weight, tau_weight : ndarray
        Integration weights of the nodes, for densities.
    log_evidence : float
    plane : Plane
        The tabulated effects of all reports.
    surfaces : sequence of Surface
        Those of the reports that were used.
    bounds, tau_bounds : (float, float)
        Ranges of mu and tau.
    """

    mu: FloatArray
    tau: FloatArray
    mass: FloatArray
    mu_weight: FloatArray
    tau_weight: FloatArray
    log_evidence: float
    plane: Plane
    surfaces: Sequence[Surface]
    bounds: tuple[float, float]
    tau_bounds: tuple[float, float]

    @cached_property
    def effects(self) -> tuple[tuple[float, float], ...]:
        """The posterior mean and SD of each used report's own effect, averaged over mu and tau (shrunken)."""
        weights, found = self.plane.weights_of(self.mass, self.mu, self.tau), []
        for surface in self.surfaces:
            mean = float((weights * surface.mean).sum())
            apart = surface.second - surface.mean**2 + (surface.mean - mean) ** 2
            found.append((mean, sqrt(max(float((weights * apart).sum()), 0.0))))
        return tuple(found)

    @property
    def mu_mean(self) -> float:
        return float(self.mass.sum(axis=1) @ self.mu)

    @property
    def mu_sd(self) -> float:
        return sqrt(self.mass.sum(axis=1) @ (self.mu - self.mu_mean) ** 2)

    @property
    def p_mu_above_null(self) -> float:
        return float(self.mass[self.mu > 0].sum())

    def p_mu_above(self, threshold: float) -> float:
        """Return P(mu > threshold), from the smooth distribution function."""
        x, cdf = self.mu_cdf
        return float(1 - np.interp(threshold, x, cdf))

    def mu_quantiles(self, probabilities: Iterable[float]) -> list[float]:
        """Return quantiles of mu."""
        x, cdf = self.mu_cdf
        return quantiles_of(x, cdf, probabilities)

    @property
    def tau_mean(self) -> float:
        return float(self.mass.sum(axis=0) @ self.tau)

    @property
    def tau_sd(self) -> float:
        return sqrt(self.mass.sum(axis=0) @ (self.tau - self.tau_mean) ** 2)

    def tau_quantiles(self, probabilities: Iterable[float]) -> list[float]:
        """Return quantiles of tau."""
        density = self.mass.sum(axis=0) / self.tau_weight
        low, high = (log(bound) if bound > 0 else -inf for bound in self.tau_bounds)
        x, cdf = cumulative(np.log(self.tau), density * self.tau, (low, high))
        return [exp(log_tau) for log_tau in quantiles_of(x, cdf, probabilities)]

    @property
    def spread(self) -> FloatArray:
        """The SD tau, shape (mu, tau), combined with that of mu's cell where tau is narrower than the cell."""
        tau, width = self.tau[None, :], self.mu_weight[:, None]
        return np.where(tau < width, np.sqrt(tau**2 + width**2 / 12), tau)

    @property
    def new_sd(self) -> float | None:
        """The SD of the effect in a new trial; None where effects have no variance."""
        sd = self.plane.scatter.sd
        return None if sd is None else sqrt(self.mu_sd**2 + float(self.mass.sum(axis=0) @ self.tau**2) * sd**2)

    def p_new_above(self, threshold: float) -> float:
        """Return P(effect of a new trial > threshold)."""
        if len(self.tau) == 1:
            return self.p_mu_above(threshold)
        mu, spread, mass = self._weighty
        return float(mass @ self.plane.scatter.cdf((mu - threshold) / spread))

    def new_quantiles(self, probabilities: Iterable[float]) -> list[float]:
        """Return quantiles of the effect in a new trial, for a prediction interval."""
        unit = max(self.mu_sd, self.tau_mean + self.tau_sd, 1e-9)
        at = self.mu_mean + unit * BRACKETS
        below = [1 - self.p_new_above(x) for x in at]
        found = []
        for p in probabilities:
            i = int(np.clip(np.searchsorted(below, p), 1, len(at) - 1))
            found.append(float(brentq(lambda x, p=p: 1 - self.p_new_above(x) - p, at[i - 1], at[i], xtol=1e-10 * unit)))
        return found

    def apart(self, i: int, j: int) -> Apart:
        """Return the posterior of the difference of two reports' effects, by their positions among those used.

        Given mu and tau the effects are independent. Each is normal there if its report is; else the difference is
        taken to be normal with the exact mean and variance.
        """
        kept = self.mass > NEGLIGIBLE / self.mass.size
        moments = []
        for k in (i, j):
            surface = self.surfaces[k]
            mean = self.plane.at(surface.mean, self.mu, self.tau)
            variance = self.plane.at(surface.second - surface.mean**2, self.mu, self.tau)
            moments.append((mean[kept], np.maximum(variance[kept], 0.0)))
        (mean1, variance1), (mean0, variance0) = moments
        mass = self.mass[kept]
        return Apart(mean1 - mean0, np.sqrt(np.maximum(variance1 + variance0, 1e-300)), mass / mass.sum())

    @cached_property
    def _weighty(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The mean, the SD and the mass of every pair of nodes whose mass is not negligible."""
        kept = self.mass > NEGLIGIBLE / self.mass.size
        mu = np.broadcast_to(self.mu[:, None], self.mass.shape)
        return mu[kept], self.spread[kept], self.mass[kept]

    @cached_property
    def mu_cdf(self) -> tuple[FloatArray, FloatArray]:
        """The distribution function of mu: values of mu on a fine grid, and the function there."""
        return cumulative(self.mu, self.mass.sum(axis=1) / self.mu_weight, self.bounds)


def integrate_synthesis(
    plane: Plane,
    prior: Distribution,
    heterogeneity: Distribution | None,
    include: Sequence[int] | None = None,
    directions: Mapping[int, str] | None = None,
) -> SynthesisAnswer:
    """Compute the joint posterior of mu and tau.

    Parameters
    ----------
    plane : Plane
        The plane of all reports.
    prior : Distribution
        Prior of mu, on the analysis scale.
    heterogeneity : Distribution or None
        Prior of tau, on the analysis scale; None if all trials share one effect.
    include : sequence of int, optional
        Positions of the reports to use; all by default. An empty sequence returns the priors.
    directions : mapping of int to {"up", "down"}, optional
        Directions forced upon folded reports, by position.

    Returns
    -------
    SynthesisAnswer
    """
    used, surfaces = _used(plane, include, directions)
    tau, tau_weight = tau_nodes(heterogeneity, plane, used, prior)
    log_tau_prior = 0.0 if heterogeneity is None else log_density(heterogeneity, tau)
    total = _total(plane, used, surfaces, directions)
    spots, middle = spots_of_mu(plane, used, prior), None
    for _ in range(2):  # the first pass locates the posterior, the second places its nodes there
        mu, mu_weight = mu_nodes([*spots, *([middle] if middle else [])], prior, plane)
        log_post = log_prior_density(prior, mu)[:, None]
        log_post = log_post + log_tau_prior + plane.at(total, mu, tau)
        peak = log_post.max()
        mass = np.exp(log_post - peak) * mu_weight[:, None] * tau_weight[None, :]
        over_mu = mass.sum(axis=1) / mass.sum()
        centre = float(over_mu @ mu)
        middle = centre, sqrt(over_mu @ (mu - centre) ** 2)
    whole = mass.sum()
    mass = mass / whole
    tau_bounds = (0.0, 0.0) if heterogeneity is None else heterogeneity.support
    evidence = float(log(whole) + peak)
    bounds = bounds_of_mu(prior, plane)
    return SynthesisAnswer(mu, tau, mass, mu_weight, tau_weight, evidence, plane, surfaces, bounds, tau_bounds)


def curve_of_mean(
    plane: Plane,
    heterogeneity: Distribution | None,
    include: Sequence[int] | None = None,
    directions: Mapping[int, str] | None = None,
) -> Curve:
    """Return L(mu), the likelihood of a synthesis's mean with tau and every trial's effect integrated out.

    Parameters
    ----------
    plane, heterogeneity, include, directions
        As in `integrate_synthesis`.

    Returns
    -------
    Curve
        log L(mu), on the analysis scale.
    """
    used, surfaces = _used(plane, include, directions)
    tau, tau_weight = tau_nodes(heterogeneity, plane, used)
    log_weight = np.log(tau_weight) if heterogeneity is None else log_density(heterogeneity, tau) + np.log(tau_weight)
    total = _total(plane, used, surfaces, directions)
    log_l = log_sum_exp(plane.at(total, plane.mu, tau) + log_weight, axis=1)
    low, high = max(c.bounds[0] for c in plane.curves), min(c.bounds[1] for c in plane.curves)
    reached = plane.mu if (low, high) == (-inf, inf) else np.clip(plane.mu, low + 1e-9, high - 1e-9)
    unit = max(c.unit for c in plane.curves)
    determined = any(plane.curves[i].determined for i in used)
    log_of_mu = {"all": through(np.unique(reached), log_l)}
    shape = Curve(log_of_mu, 0.0, unit, "", (low, high), unit=unit, determined=determined)
    start = together(plane, used) if used else (0.0, unit)
    centre, width = landmarks_of(shape, (low, high), start, determined)
    return replace(shape, centre=centre, width=width, method="two-dimensional quadrature over mu and tau")


def directions(plane: Plane, prior: Distribution, heterogeneity: Distribution | None) -> dict[int, float]:
    """Return P(reported effect above the null | all reports) of each folded report, by position.

    Parameters
    ----------
    plane, prior, heterogeneity
        As in `integrate_synthesis`.
    """
    found = {}
    for i, parts in enumerate(plane.parts):
        if len(parts) > 1:
            up, down = (
                integrate_synthesis(plane, prior, heterogeneity, directions={i: way}).log_evidence
                for way in ("up", "down")
            )
            found[i] = float(1 / (1 + np.exp(down - up)))
    return found


def _used(
    plane: Plane, include: Sequence[int] | None, directions: Mapping[int, str] | None
) -> tuple[tuple[int, ...], list[Surface]]:
    """Return the positions of the reports to use, and their surfaces."""
    used = tuple(range(len(plane.curves))) if include is None else tuple(include)
    forced = directions or {}
    return used, [plane.parts[i][forced[i]] if i in forced else plane.surfaces[i] for i in used]


def _total(
    plane: Plane, used: Sequence[int], surfaces: Sequence[Surface], forced: Mapping[int, str] | None
) -> FloatArray:
    """Return the log averages of these reports together: of many, those of all without the few left out."""
    left_out = set(range(len(plane.curves))) - set(used)
    if len(plane.curves) > MANY and not forced and len(left_out) < len(used) == len(set(used)):
        return plane.total - sum(plane.surfaces[i].log_average for i in left_out)
    return sum((surface.log_average for surface in surfaces), np.zeros_like(plane.surfaces[0].log_average))
