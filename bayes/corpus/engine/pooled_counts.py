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

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.corpus.engine.averaged_counts import Corrections, Places, Region, WithoutTau, estimate_of
from bayes.corpus.engine.conditional import OverTau, Predicted, places
from bayes.corpus.engine.count_curves import Flags
from bayes.corpus.engine.given_tau import Reports, Sums, conditional, share_of_mu, sums_of
from bayes.corpus.engine.panels import ORDER
from bayes.corpus.engine.pooled_normal import LeftOut, NormalAnswer
from bayes.corpus.engine.prior_arrays import EffectPriors, TauPriors
from bayes.corpus.engine.tau_nodes import OfTau, TauNodes, nodes_of_tau

SDS, SDS_IF_EMPTY = 10.0, 16.0  # of mu given tau, within which the exact likelihood is sought
OUTER_PRIOR = 1e-7  # of the prior of mu, up to which tables that all have an empty cell may move it
OUTER = 1e-6  # of tau's posterior, beyond which corrections are those at the edge
SATURATED = 60.0  # widths of a likelihood from which on tau changes a correction no more
WIDTH_IF_EMPTY = 12.0  # of the log odds ratio of a table with an empty cell, which only the baseline's prior ends
PASSES = 3  # places are put where the previous pass found the distribution


@dataclass(frozen=True)
class Rough:
    """A normal answer and the prior of tau; it says where the exact one is to be sought.

    Attributes
    ----------
    rows : ndarray of int
        The rows of the block that it is for.
    answer : NormalAnswer
    tau : TauPriors or None
    """

    rows: IntArray
    answer: NormalAnswer
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
        estimate, sd = estimate_of(answer.reports, answer.nodes.tau)
        centre = answer.reports.centre[:, None, None]
        own, own_sd = answer.mean + centre, np.sqrt(answer.variance)
        far = np.where(some[at], SDS_IF_EMPTY, SDS)[:, None, None] * own_sd
        away = (np.abs(own - estimate[..., None]) + far).max(axis=2)
        ends = (answer.priors.mixture.quantiles(p)[:, None] for p in (OUTER_PRIOR, 1 - OUTER_PRIOR))
        before = np.max([np.abs(end - estimate) for end in ends], axis=0)
        away = np.where(every[at, None], np.maximum(away, before), away)
        reach[at] = np.maximum(reach[at], (away / sd).max(axis=1))
        if one.tau is not None:
            widest = np.where(some[at], np.maximum(largest[at], WIDTH_IF_EMPTY), largest[at])
            outer = np.minimum(answer.of_tau.quantiles(1 - OUTER), SATURATED * widest)
            last[at] = np.maximum(last[at], np.arcsinh(outer / unit[at]))
    return Region(reports, unit, np.arcsinh(reach), last)


@dataclass(frozen=True)
class CountsAnswer:
    """The posterior of every analysis.

    Attributes
    ----------
    reports : Reports
        The normal approximations.
    nodes : TauNodes
    mu : OverTau
        The posterior of mu; its `mass` is of every pair of nodes of mu and tau.
    corrections : Corrections or WithoutTau
    log_joint : ndarray, shape (rows, places, taus)
        Log of the mass up to a constant of the row.
    error : ndarray, shape (rows,)
        Of the posterior probability of any interval, and of the variance in proportion, as far as it can be seen: of
        the nodes of tau by the embedded rule, and of the polynomials by their last terms.
    """

    reports: Reports
    nodes: TauNodes
    mu: OverTau
    corrections: Corrections | WithoutTau
    log_joint: FloatArray
    error: FloatArray

    @cached_property
    def new(self) -> Predicted:
        """The posterior predictive distribution of the effect in a new trial."""
        return Predicted(self.mu, self.nodes.tau)

    def predicted(self, error: FloatArray) -> Predicted:
        """Return the predictive distribution of a new trial's estimate, given its standard error, shape (rows,)."""
        return Predicted(self.mu, np.hypot(self.nodes.tau, error[:, None]))

    @cached_property
    def of_tau(self) -> OfTau:
        """The posterior of tau."""
        return OfTau(self.nodes, self.mu.of_tau)

    def of(self, rows: IntArray) -> CountsAnswer:
        """Return the posteriors of some analyses."""
        mu = replace(self.mu, mean=self.mu.mean[rows], sd=self.mu.sd[rows], log_mass=self.mu.log_mass[rows])
        corrections, log_joint = self.corrections.at(rows), self.log_joint[rows]
        return CountsAnswer(self.reports.at(rows), self.nodes.of(rows), mu, corrections, log_joint, self.error[rows])

    def effects(self) -> tuple[FloatArray, FloatArray]:
        """Return posterior mean and SD of every trial's own effect (shrunken), shape (rows, trials)."""
        added, at = self._joined
        mass, mu, tau = self.mu.mass, self.mu.nodes - self.reports.centre[:, None, None], self.nodes.tau
        scale = added.region.scale(tau)[:, None]
        first, second = (np.zeros_like(self.reports.y) for _ in range(2))
        for i in range(first.shape[1]):
            y, s2 = self.reports.of_trial(i)
            rest = share_of_mu(self.reports, i, tau)
            own = 1 - rest
            mean = (own * y)[:, None] + rest[:, None] * mu + at.of(added.mean[:, i]) * scale
            variance = np.maximum((own * s2)[:, None] + at.of(added.variance[:, i]) * scale**2, 0.0)
            first[:, i] = (mass * mean).sum(axis=(1, 2))
            second[:, i] = (mass * (variance + mean**2)).sum(axis=(1, 2))
        return first + self.reports.centre[:, None], np.sqrt(np.maximum(second - first**2, 0.0))

    def left_out(self) -> LeftOut:
        """Return the posterior of mu with each trial left out, on the same nodes."""
        found = LeftOut.empty(*self.reports.y.shape)
        added, at = self._joined
        mu, tau = self.mu.nodes - self.reports.centre[:, None, None], self.nodes.tau
        for i in range(self.reports.y.shape[1]):
            there = self.reports.there[:, i]
            if not there.any():
                continue
            y, s2 = (values[:, None] for values in self.reports.of_trial(i))
            variance = s2 + tau[:, None] ** 2
            own = -0.5 * ((y - mu) ** 2 / variance + np.log(variance))
            own += at.of(added.log_average[:, i]) + added.levelled(tau, i)[:, None]
            left = replace(self.mu, log_mass=_normalised(self.log_joint - np.where(there[:, None, None], own, 0.0)))
            found.mean[there, i], found.sd[there, i] = left.means[there], left.sds[there]
            found.above[there, i] = left.above(0.0)[there]
            ends = left.mass[:, [*range(ORDER // 2), *range(-ORDER // 2, 0)]]
            found.edge[there, i] = ends.sum(axis=(1, 2))[there]
        return found

    @property
    def _joined(self) -> tuple[Corrections, Places]:
        if isinstance(self.corrections, WithoutTau):
            raise TypeError("only trials joined by a tau have effects of their own")
        return self.corrections, self.corrections.places(self.mu.nodes, self.nodes.tau)


def pool_counts(
    rough: Rough, found: Corrections | WithoutTau, region: Region, panels_of_tau: int, panels_of_mu: int
) -> CountsAnswer:
    """Compute the posterior of every analysis from exact likelihoods.

    Parameters
    ----------
    rough : Rough
        The answer of the normal approximation and its priors; without a prior of tau, for a single table or trials
        that share one effect.
    found : Corrections or WithoutTau
    region : Region
    panels_of_tau, panels_of_mu : int
    """
    reports, priors = rough.answer.reports, rough.answer.priors
    nodes = nodes_of_tau(reports, priors, rough.tau, region.unit, panels_of_tau)
    sums, at = sums_of(reports, nodes.tau), places(panels_of_mu)
    mean, sd = _given_tau(sums, priors, reports)
    for passed in range(PASSES):
        over = OverTau(at, mean, sd, np.zeros((len(mean), at.nodes.shape[1], mean.shape[1])))
        log_mu = np.log(at.weights[0] * np.cosh(at.nodes[0]))[:, None] + np.log(sd)[:, None]
        log_joint = log_mu + _log_prior(priors, over.nodes) + nodes.log_weight[:, None]
        log_joint += found.added(over.nodes, nodes.tau)
        log_joint += sums.log_likelihood(over.nodes - reports.centre[:, None, None])
        if passed < PASSES - 1:
            mean, sd = _moments(log_joint, over.nodes)
    over = replace(over, log_mass=_normalised(log_joint))
    answer = CountsAnswer(reports, nodes, over, found, log_joint, np.zeros(len(mean)))
    return replace(answer, error=np.maximum(_error(over, found.doubt(over.nodes, nodes.tau)), answer.of_tau.error))


def _error(over: OverTau, doubt: FloatArray) -> FloatArray:
    """Return the error by the polynomials, and by the ends of the places of mu."""
    away = 1 + ((over.nodes - over.means[:, None, None]) / over.sds[:, None, None]) ** 2
    of_polynomials = (over.mass * doubt * away).sum(axis=(1, 2))  # far out it moves the variance by its square
    return np.maximum(of_polynomials, over.mass.sum(axis=2)[:, [0, -1]].max(axis=1))


def _given_tau(sums: Sums, priors: EffectPriors, reports: Reports) -> tuple[FloatArray, FloatArray]:
    """Return mean and SD of mu given tau by the normal approximation, shape (rows, taus)."""
    log_weight, mean, variance = conditional(sums, priors, reports.centre)
    weight = np.exp(log_weight - log_weight.max(axis=2, keepdims=True))
    weight /= weight.sum(axis=2, keepdims=True)
    at = (weight * mean).sum(axis=2)
    spread = (weight * (variance + (mean - at[..., None]) ** 2)).sum(axis=2)
    return at + reports.centre[:, None], np.sqrt(spread)


def _moments(log_joint: FloatArray, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and SD of mu given tau, shape (rows, taus)."""
    mass = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    mass /= mass.sum(axis=1, keepdims=True)
    mean = (mass * nodes).sum(axis=1)
    return mean, np.sqrt(np.maximum((mass * (nodes - mean[:, None]) ** 2).sum(axis=1), 1e-300))


def _normalised(log_joint: FloatArray) -> FloatArray:
    """Return the log of the mass of every pair of nodes; the masses of a row sum to one."""
    return np.asarray(log_joint - log_sum_exp(log_joint, axis=(1, 2))[:, None, None])


def _log_prior(priors: EffectPriors, mu: FloatArray) -> FloatArray:
    """Return the log density of the prior of mu, in the shape of mu."""
    shape = (-1, 1, 1)
    parts = [
        -0.5 * ((mu - priors.mean[:, c].reshape(shape)) / priors.sd[:, c].reshape(shape)) ** 2
        + np.log(np.maximum(priors.weight[:, c], 1e-300) / priors.sd[:, c]).reshape(shape)
        for c in range(priors.weight.shape[1])
    ]
    return parts[0] if len(parts) == 1 else log_sum_exp(parts, axis=0)
