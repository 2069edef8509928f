"""Normal likelihoods pooled over trials, thousands of analyses at once: mu in closed form, tau by panels.

    y_i ~ Normal(theta_i, s_i),   theta_i ~ Normal(mu, tau),   mu ~ sum_c w_c Normal(m_c, v_c),   tau ~ its prior

Given tau and a component c, everything is normal (`given_tau`), so that mu, a new trial's effect and every trial's own
effect are mixtures of normals over the nodes of tau (as in bayesmeta: Rover 2020, J Stat Softw 93(6)). Without
heterogeneity, or for a single report, tau is the one node zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.engine.given_tau import Reports, Sums, conditional, share_of_mu, sums_of
from bayes.corpus.engine.normal_mixtures import NormalMixtures
from bayes.corpus.engine.prior_arrays import EffectPriors, TauPriors
from bayes.corpus.engine.tau_nodes import OfTau, TauNodes, nodes_of_tau

PANELS = 32


@dataclass(frozen=True)
class LeftOut:
    """The posterior of mu with each trial left out, every array of shape (rows, trials).

    Attributes
    ----------
    mean, sd, above : ndarray
        `above` is P(mu > 0).
    edge : ndarray
        Posterior probability at the edge of the places of mu, where the posterior may lie beyond them.
    """

    mean: FloatArray
    sd: FloatArray
    above: FloatArray
    edge: FloatArray

    @classmethod
    def empty(cls, rows: int, trials: int) -> LeftOut:
        """Return a posterior that is all missing, and nowhere at an edge."""
        return cls(*(np.full((rows, trials), start) for start in (np.nan, np.nan, np.nan, 0.0)))


@dataclass(frozen=True)
class NormalAnswer:
    """The posterior of every analysis.

    Attributes
    ----------
    reports : Reports
    priors : EffectPriors
    nodes : TauNodes
    sums : Sums
    mass : ndarray, shape (rows, nodes, components)
        Posterior probability; sums to one over nodes and components.
    mean, variance : ndarray, shape (rows, nodes, components)
        Of mu given tau and the component; means are relative to the centre of the reports.
    """

    reports: Reports
    priors: EffectPriors
    nodes: TauNodes
    sums: Sums
    mass: FloatArray
    mean: FloatArray
    variance: FloatArray

    @cached_property
    def mu(self) -> NormalMixtures:
        """The posterior of mu."""
        return self._mixture(self.variance)

    @cached_property
    def new(self) -> NormalMixtures:
        """The posterior predictive distribution of the effect in a new trial."""
        return self.predicted(np.zeros(len(self.mass)))

    def predicted(self, error: FloatArray) -> NormalMixtures:
        """Return the predictive distribution of a new trial's estimate, given its standard error, shape (rows,)."""
        return self._mixture(self.variance + self.nodes.tau[..., None] ** 2 + error[:, None, None] ** 2)

    @cached_property
    def of_tau(self) -> OfTau:
        """The posterior of tau."""
        return OfTau(self.nodes, self.mass.sum(axis=2))

    @property
    def error(self) -> FloatArray:
        """How far the probability of any tau differs from that by the embedded rule, shape (rows,)."""
        return self.of_tau.error

    def effects(self) -> tuple[FloatArray, FloatArray]:
        """Return posterior mean and SD of every trial's own effect (shrunken), shape (rows, trials)."""
        of_tau = self.of_tau.mass
        at, square = (self.mass * self.mean).sum(axis=2), (self.mass * (self.variance + self.mean**2)).sum(axis=2)
        first, second = (np.zeros_like(self.reports.y) for _ in range(2))
        for i in range(first.shape[1]):
            y, s2 = self.reports.of_trial(i)
            rest = share_of_mu(self.reports, i, self.nodes.tau)
            own = 1 - rest
            first[:, i] = (of_tau * own * y + rest * at).sum(axis=1)
            second[:, i] = (of_tau * own * (s2 + own * y**2) + 2 * own * rest * y * at + rest**2 * square).sum(axis=1)
        return first + self.reports.centre[:, None], np.sqrt(np.maximum(second - first**2, 0.0))

    def left_out(self) -> LeftOut:
        """Return the posterior of mu with each trial left out, on the same nodes."""
        found = LeftOut.empty(*self.reports.y.shape)
        for i in range(self.reports.y.shape[1]):
            there = self.reports.there[:, i]
            if not there.any():
                continue
            sums = self.sums.without(there, *self.reports.of_trial(i), self.nodes.tau)
            log_weight, at, variance = conditional(sums, self.priors, self.reports.centre)
            mass = _normalised(log_weight + self.nodes.log_weight[..., None])
            mixture = NormalMixtures(*(a.reshape(len(a), -1) for a in (mass, at, np.sqrt(variance))))
            found.mean[there, i] = (mixture.means + self.reports.centre)[there]
            found.sd[there, i] = mixture.sds[there]
            found.above[there, i] = mixture.above(-self.reports.centre)[there]
        return found

    def of(self, rows: IntArray) -> NormalAnswer:
        """Return the posteriors of some analyses."""
        nodes = self.nodes.of(rows)
        sums = Sums(*(values[rows] for values in vars(self.sums).values()))
        of_mu = (values[rows] for values in (self.mass, self.mean, self.variance))
        return NormalAnswer(self.reports.at(rows), self.priors.at(rows), nodes, sums, *of_mu)

    def _mixture(self, variance: FloatArray) -> NormalMixtures:
        rows = len(self.mass)
        mean = (self.mean + self.reports.centre[:, None, None]).reshape(rows, -1)
        return NormalMixtures(self.mass.reshape(rows, -1), mean, np.sqrt(variance).reshape(rows, -1))


def pool(reports: Reports, priors: EffectPriors, heterogeneity: TauPriors | None, panels: int = PANELS) -> NormalAnswer:
    """Compute the posterior of every analysis.

    Parameters
    ----------
    reports : Reports
    priors : EffectPriors
        Of mu.
    heterogeneity : TauPriors or None
        Of tau; None if all trials share one effect.
    panels : int
        Panels of tau.
    """
    nodes = nodes_of_tau(reports, priors, heterogeneity, reports.s.min(axis=1) / 2, panels)
    sums = sums_of(reports, nodes.tau)
    log_component, mean, variance = conditional(sums, priors, reports.centre)
    mass = _normalised(log_component + nodes.log_weight[..., None])
    return NormalAnswer(reports, priors, nodes, sums, mass, mean, variance)


def _normalised(log_mass: FloatArray) -> FloatArray:
    """Return masses of rows that sum to one over all other axes."""
    mass = np.exp(log_mass - log_mass.max(axis=(1, 2), keepdims=True))
    return np.asarray(mass / mass.sum(axis=(1, 2), keepdims=True))
