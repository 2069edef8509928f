"""Exact binomial likelihoods pooled over trials: the normal answer, corrected, on places of mu for every tau.

The log likelihood at (mu, tau) is that of the normal approximation, in closed form, plus the interpolated corrections
of `averaged_counts`; empty cells need none of the half patients that the approximation adds. A single table, and
trials that share one effect, are the case tau = 0, where the correction is that of the curve itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.corpus.engine import chebyshev, panels
from bayes.corpus.engine.averaged_counts import Corrections, Region, estimate_of
from bayes.corpus.engine.conditional import OverTau, Predicted, places
from bayes.corpus.engine.count_curves import Curves
from bayes.corpus.engine.panels import Panels
from bayes.corpus.engine.pooled_normal import LeftOut, NormalAnswer, Reports, Sums, conditional, sums_of, tau_panels
from bayes.corpus.engine.prior_arrays import EffectPriors, TauPriors

type Flags = NDArray[np.bool_]
type Found = Corrections | tuple[Curves, IntArray]
SDS, SDS_IF_EMPTY = 10.0, 16.0  # of mu given tau, within which the exact likelihood is sought
WIDER = 8.0  # prior SDs to which tables that all have an empty cell may move it
OUTER = 1e-6  # of tau's posterior, beyond which corrections are those at the edge
SATURATED = 60.0  # widths of a likelihood from which on tau changes a correction no more
WIDTH_IF_EMPTY = 12.0  # of the log odds ratio of a table with an empty cell, which only the baseline's prior ends
PASSES = 3  # places are put where the previous pass found the distribution


@dataclass(frozen=True)
class Rough:
    """A normal answer that says where the exact one is to be sought.

    Attributes
    ----------
    rows : ndarray of int
        The rows of the block that it is for.
    answer : NormalAnswer
    effect : EffectPriors
    tau : TauPriors or None
    """

    rows: IntArray
    answer: NormalAnswer
    effect: EffectPriors
    tau: TauPriors | None


def region_of(reports: Reports, rough: Iterable[Rough], some: Flags, every: Flags) -> Region:
    """Return the places of mu and tau that contain the posteriors under all priors.

    Parameters
    ----------
    reports : Reports
    rough : iterable of Rough
        Under each pair of priors; together they have every row.
    some, every : ndarray of bool, shape (rows,)
        Whether some or all trials have an empty cell, whose likelihood falls off to one side only.
    """
    reach, last = np.full(len(reports.y), SDS), np.ones(len(reports.y))
    unit = reports.s.min(axis=1) / 2
    largest = np.where(reports.there, reports.s, 0.0).max(axis=1)
    for one in rough:
        at, answer = one.rows, one.answer
        estimate, sd = estimate_of(answer.reports, answer.tau)
        centre = answer.reports.centre[:, None, None]
        own, own_sd = answer.mean + centre, np.sqrt(answer.variance)
        far = np.where(some[at], SDS_IF_EMPTY, SDS)[:, None, None] * own_sd
        away = (np.abs(own - estimate[..., None]) + far).max(axis=2)
        before = (np.abs(one.effect.mean[:, None] - estimate[..., None]) + WIDER * one.effect.sd[:, None]).max(axis=2)
        away = np.where(every[at, None], np.maximum(away, before), away)
        reach[at] = np.maximum(reach[at], (away / sd).max(axis=1))
        if answer.panels is not None:
            widest = np.where(some[at], np.maximum(largest[at], WIDTH_IF_EMPTY), largest[at])
            outer = np.minimum(answer.tau_quantiles(1 - OUTER), SATURATED * widest)
            last[at] = np.maximum(last[at], np.arcsinh(outer / unit[at]))
    return Region(reports, unit, np.arcsinh(reach), last)


@dataclass(frozen=True)
class CountsAnswer:
    """The posterior of every analysis; attributes and methods are those of `NormalAnswer` where both have them.

    Attributes
    ----------
    reports : Reports
        The normal approximations.
    mu : OverTau
        The posterior of mu; its `mass` is that of every pair of nodes of mu and tau.
    tau : ndarray, shape (rows, taus)
    tau_panels : Panels or None
        Of x = arcsinh(tau / unit).
    error : ndarray, shape (rows,)
        Of the posterior probability of any interval, and of the variance in proportion, as far as it can be seen: of
        the panels of tau by the embedded rule, and of the polynomials by their last terms.
    corrections : Corrections or None
        None without heterogeneity.
    log_joint : ndarray, shape (rows, places, taus)
        Log of the mass up to a constant of the row.
    """

    reports: Reports
    mu: OverTau
    unit: FloatArray
    tau_panels: Panels | None
    tau: FloatArray
    error: FloatArray
    corrections: Corrections | None
    log_joint: FloatArray

    @cached_property
    def new(self) -> Predicted:
        """The posterior predictive distribution of the effect in a new trial."""
        return Predicted(self.mu, self.tau)

    @cached_property
    def tau_mass(self) -> FloatArray:
        """The posterior probability of every node of tau, shape (rows, taus)."""
        return self.mu.of_tau

    @property
    def tau_means(self) -> FloatArray:
        return np.asarray((self.tau_mass * self.tau).sum(axis=1))

    @property
    def tau_sds(self) -> FloatArray:
        return np.sqrt((self.tau_mass * (self.tau - self.tau_means[:, None]) ** 2).sum(axis=1))

    @cached_property
    def _tau_cdf(self) -> tuple[FloatArray, FloatArray]:
        if self.tau_panels is None:
            raise TypeError("without heterogeneity tau has no distribution")
        return self.tau_panels.fine(), self.tau_panels.cumulated(self.tau_mass / self.tau_panels.weights)

    def tau_quantiles(self, probability: float) -> FloatArray:
        """Return a quantile of tau, shape (rows,)."""
        return np.asarray(self.unit * np.sinh(panels.quantiles(*self._tau_cdf, probability)))

    @cached_property
    def effects(self) -> tuple[FloatArray, FloatArray]:
        """Posterior mean and SD of every trial's own effect (shrunken), shape (rows, trials)."""
        found, mass, mu = self._joined, self.mu.mass, self.mu.nodes - self.reports.centre[:, None, None]
        place, at_tau = self._places
        scale = found.region.scale(self.tau)[:, None]
        y = np.where(self.reports.there, self.reports.y - self.reports.centre[:, None], 0.0)
        first, second = np.zeros_like(y), np.zeros_like(y)
        for i in range(y.shape[1]):
            s2 = np.where(self.reports.there[:, i], self.reports.s[:, i], 1.0)[:, None] ** 2
            own, rest = self.tau**2 / (self.tau**2 + s2), s2 / (self.tau**2 + s2)
            mean = (own * y[:, i, None])[:, None] + rest[:, None] * mu
            mean += chebyshev.along(found.mean[:, i] @ np.swapaxes(at_tau, 1, 2), place) * scale
            variance = chebyshev.along(found.variance[:, i] @ np.swapaxes(at_tau, 1, 2), place) * scale**2
            variance = np.maximum(variance + (own * s2)[:, None], 0.0)
            first[:, i] = (mass * mean).sum(axis=(1, 2))
            second[:, i] = (mass * (variance + mean**2)).sum(axis=(1, 2))
        return first + self.reports.centre[:, None], np.sqrt(np.maximum(second - first**2, 0.0))

    @cached_property
    def left_out(self) -> LeftOut:
        """The posterior of mu with each trial left out, on the same nodes."""
        shape = self.reports.y.shape
        mean, sd, above, edge = (np.full(shape, np.nan) for _ in range(4))
        place, at_tau = self._places
        for i in range(shape[1]):
            there = self.reports.there[:, i]
            if not there.any():
                continue
            log_mass = self.log_joint - np.where(there[:, None, None], self._of_trial(i, place, at_tau), 0.0)
            mass = np.exp(log_mass - log_mass.max(axis=(1, 2), keepdims=True))
            left = replace(self.mu, mass=mass / mass.sum(axis=(1, 2), keepdims=True))
            mean[:, i], sd[:, i], above[:, i] = left.means, left.sds, left.above(0.0)
            outer = panels.ORDER // 2
            edge[:, i] = left.mass[:, :outer].sum(axis=(1, 2)) + left.mass[:, -outer:].sum(axis=(1, 2))
        for found in (mean, sd, above):
            found[~self.reports.there] = np.nan
        return LeftOut(mean, sd, above, np.nan_to_num(edge))

    @property
    def _joined(self) -> Corrections:
        if self.corrections is None:
            raise TypeError("only trials joined by a tau have effects of their own")
        return self.corrections

    @property
    def _places(self) -> tuple[FloatArray, FloatArray]:
        """The places of mu in the region of the corrections, and the polynomials of tau."""
        region = self._joined.region
        n = self._joined.log_average.shape[3]
        return region.v(self.mu.nodes, self.tau), chebyshev.basis(region.x(self.tau), n)

    def _of_trial(self, i: int, place: FloatArray, at_tau: FloatArray) -> FloatArray:
        """Return what one trial adds to the log likelihood, shape (rows, places, taus)."""
        there = self.reports.there[:, i]
        y, s = np.where(there, self.reports.y[:, i], 0.0), np.where(there, self.reports.s[:, i], 1.0)
        variance = (s**2)[:, None] + self.tau**2
        normal = -0.5 * (y[:, None, None] - self.mu.nodes) ** 2 / variance[:, None] - 0.5 * np.log(variance)[:, None]
        own = self._joined.log_average[:, i] @ np.swapaxes(at_tau, 1, 2)
        return np.asarray(normal + chebyshev.along(own, place) + self._joined.levelled(self.tau, i)[:, None])


def pool_counts(rough: Rough, found: Found, region: Region, panels_of_tau: int, panels_of_mu: int) -> CountsAnswer:
    """Compute the posterior of every analysis from exact likelihoods.

    Parameters
    ----------
    rough : Rough
        The answer of the normal approximation and its priors; without a prior of tau, for a single table or trials
        that share one effect.
    found : Corrections, or (Curves, ndarray)
        Without heterogeneity the curves, and the place of each trial among them, shape (rows, trials).
    region : Region
    panels_of_tau, panels_of_mu : int
    """
    reports, priors, heterogeneity = rough.answer.reports, rough.effect, rough.tau
    if heterogeneity is None:
        unit, tau_at, tau = np.ones(len(reports.y)), None, np.zeros((len(reports.y), 1))
        log_tau = np.zeros_like(tau)
    else:
        unit = region.unit
        tau_at = tau_panels(reports, priors, heterogeneity, unit, panels_of_tau)
        tau = unit[:, None] * np.sinh(tau_at.nodes)
        with np.errstate(divide="ignore"):
            log_tau = np.log(tau_at.weights * unit[:, None] * np.cosh(tau_at.nodes))
        log_tau = log_tau + heterogeneity.log_density(tau)
    sums, at = sums_of(reports, tau), places(panels_of_mu)
    mean, sd = _given_tau(sums, priors, reports)
    mass = log_joint = np.zeros(0)
    for passed in range(PASSES):
        over = OverTau(at, mean, sd, np.zeros((len(mean), at.nodes.shape[1], mean.shape[1])))
        log_mu = np.log(at.weights[0] * np.cosh(at.nodes[0]))[:, None] + np.log(sd)[:, None]
        added, last = _added(found, over.nodes, tau)
        log_joint = log_mu + _log_prior(priors, over.nodes) + log_tau[:, None] + added
        log_joint = log_joint + _log_normal(sums, over.nodes - reports.centre[:, None, None])
        mass = np.exp(log_joint - log_joint.max(axis=(1, 2), keepdims=True))
        mass /= mass.sum(axis=(1, 2), keepdims=True)
        if passed == PASSES - 1:
            break
        own = log_joint - log_joint.max(axis=1, keepdims=True)
        own = np.exp(own)
        own /= own.sum(axis=1, keepdims=True)
        mean, sd = _moments(own, over.nodes)
    over = replace(over, mass=mass)
    away = 1 + ((over.nodes - over.means[:, None, None]) / over.sds[:, None, None]) ** 2
    error = (mass * last * away).sum(axis=(1, 2))  # an error far out moves the variance by its square
    if tau_at is not None:
        other = mass.sum(axis=1) / tau_at.weights * tau_at.embedded
        other = np.cumsum(other / other.sum(axis=1, keepdims=True), axis=1) - np.cumsum(mass.sum(axis=1), axis=1)
        error = np.maximum(error, np.abs(other[:, panels.ORDER - 1 :: panels.ORDER]).max(axis=1))
    error = np.maximum(error, mass.sum(axis=2)[:, [0, -1]].max(axis=1))
    return CountsAnswer(reports, over, unit, tau_at, tau, error, None if isinstance(found, tuple) else found, log_joint)


def _given_tau(sums: Sums, priors: EffectPriors, reports: Reports) -> tuple[FloatArray, FloatArray]:
    """Return mean and SD of mu given tau by the normal approximation, shape (rows, taus)."""
    log_weight, mean, variance = conditional(sums, priors, reports.centre)
    weight = np.exp(log_weight - log_weight.max(axis=2, keepdims=True))
    weight /= weight.sum(axis=2, keepdims=True)
    at = (weight * mean).sum(axis=2)
    spread = (weight * (variance + (mean - at[..., None]) ** 2)).sum(axis=2)
    return at + reports.centre[:, None], np.sqrt(spread)


def _moments(mass: FloatArray, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and SD of mu given tau, shape (rows, taus)."""
    mean = (mass * nodes).sum(axis=1)
    return mean, np.sqrt(np.maximum((mass * (nodes - mean[:, None]) ** 2).sum(axis=1), 1e-300))


def _log_normal(sums: Sums, mu: FloatArray) -> FloatArray:
    """Return the log likelihood by the normal approximation at mu, relative to the centre, (rows, places, taus)."""
    quadratic = mu * (mu * sums.w[:, None] - 2 * sums.wy[:, None])
    return np.asarray(0.5 * (sums.log_w[:, None] - sums.wyy[:, None] - quadratic))


def _log_prior(priors: EffectPriors, mu: FloatArray) -> FloatArray:
    """Return the log density of the prior of mu, in the shape of mu."""
    shape = (-1, 1, 1)
    parts = [
        -0.5 * ((mu - priors.mean[:, c].reshape(shape)) / priors.sd[:, c].reshape(shape)) ** 2
        + np.log(np.maximum(priors.weight[:, c], 1e-300) / priors.sd[:, c]).reshape(shape)
        for c in range(priors.weight.shape[1])
    ]
    return parts[0] if len(parts) == 1 else log_sum_exp(parts, axis=0)


def _added(found: Found, mu: FloatArray, tau: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what exact likelihoods add to the normal ones, shape (rows, places, taus), and how far off it may be."""
    if not isinstance(found, tuple):
        total, n = found.log_average.sum(axis=1), found.log_average.shape[3]
        at_tau, place = chebyshev.basis(found.region.x(tau), n), found.region.v(mu, tau)
        value = chebyshev.along(total @ np.swapaxes(at_tau, 1, 2), place)
        rough = chebyshev.along(total[:, :-2, :-2] @ np.swapaxes(at_tau[..., :-2], 1, 2), place)
        return value + found.levelled(tau)[:, None], np.abs(value - rough)
    curves, where = found
    rows, trials = np.nonzero(where >= 0)
    at = curves.at(where[rows, trials])
    added = at(mu[rows]) + 0.5 * ((mu[rows] - at.centre[:, None, None]) / at.width[:, None, None]) ** 2
    total = np.zeros_like(mu)
    np.add.at(total, rows, added)
    return total, np.zeros((1, 1, 1))
