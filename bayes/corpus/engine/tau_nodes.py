"""Nodes of tau for thousands of analyses, placed where its posterior is, and that posterior."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.corpus.engine import panels
from bayes.corpus.engine.given_tau import Reports, conditional, share_of_mu, sums_of
from bayes.corpus.engine.panels import ORDER, Panels
from bayes.corpus.engine.prior_arrays import FURTHEST, LANDMARKS, EffectPriors, TauPriors

START = 48  # places of tau where its posterior is first looked at, besides the quantiles of its prior
OUT = 100.0  # spreads of the reports beyond which their likelihood of tau has fallen away


@dataclass(frozen=True)
class TauNodes:
    """Nodes of tau.

    Attributes
    ----------
    unit : ndarray, shape (rows,)
    panels : Panels or None
        Of x, where tau = unit sinh x; None without heterogeneity, where tau is the one node zero.
    tau : ndarray, shape (rows, nodes)
    log_weight : ndarray, shape (rows, nodes)
        Log of the prior probability of each node.
    """

    unit: FloatArray
    panels: Panels | None
    tau: FloatArray
    log_weight: FloatArray

    def of(self, rows: IntArray) -> TauNodes:
        """Return the nodes of some analyses."""
        at = None if self.panels is None else Panels(self.panels.edges[rows])
        return TauNodes(self.unit[rows], at, self.tau[rows], self.log_weight[rows])


def nodes_of_tau(
    reports: Reports, priors: EffectPriors, heterogeneity: TauPriors | None, unit: FloatArray, number: int
) -> TauNodes:
    """Place nodes of tau where its posterior by normal likelihoods is.

    Parameters
    ----------
    reports : Reports
    priors : EffectPriors
    heterogeneity : TauPriors or None
        None if all trials share one effect.
    unit : ndarray, shape (rows,)
        Nodes are even in tau below, and in log tau beyond it.
    number : int
        Of panels of eight nodes.
    """
    if heterogeneity is None:
        zero = np.zeros((len(unit), 1))
        return TauNodes(unit, None, zero, zero)

    def log_prior(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        tau = unit[:, None] * np.sinh(x)
        return tau, heterogeneity.log_density(tau) + np.log(unit[:, None] * np.cosh(x))

    def log_post(x: FloatArray) -> FloatArray:
        tau, found = log_prior(x)
        log_component, _, _ = conditional(sums_of(reports, tau), priors, reports.centre)
        found = found + log_sum_exp(log_component, axis=2)
        return np.where(np.isfinite(found), found, -1e300)

    spread = np.where(reports.there, np.abs(reports.relative) + reports.s, 0.0).max(axis=1)
    low, high = heterogeneity.support
    top = np.maximum(heterogeneity.quantiles([FURTHEST])[:, 0], OUT * spread)
    first, last = np.arcsinh(low / unit), np.arcsinh(np.minimum(top, high) / unit)
    even = first[:, None] + (last - first)[:, None] * np.linspace(0, 1, START)
    marks = np.arcsinh(heterogeneity.quantiles(LANDMARKS) / unit[:, None])
    start = np.sort(np.clip(np.concatenate([even, marks], axis=1), first[:, None], last[:, None]), axis=1)
    placed = panels.placed(log_post, start, number)
    tau, log_density = log_prior(placed.nodes)
    with np.errstate(divide="ignore"):
        return TauNodes(unit, placed, tau, log_density + np.log(placed.weights))


@dataclass(frozen=True)
class OfTau:
    """The posterior of tau.

    Attributes
    ----------
    nodes : TauNodes
    mass : ndarray, shape (rows, nodes)
        Posterior probabilities; those of a row sum to one.
    """

    nodes: TauNodes
    mass: FloatArray

    @property
    def means(self) -> FloatArray:
        return np.asarray((self.mass * self.nodes.tau).sum(axis=1))

    @property
    def sds(self) -> FloatArray:
        return np.sqrt((self.mass * (self.nodes.tau - self.means[:, None]) ** 2).sum(axis=1))

    def quantiles(self, probability: float) -> FloatArray:
        """Return a quantile of tau, shape (rows,)."""
        return np.asarray(self.nodes.unit * np.sinh(panels.quantiles(*self._cdf, probability)))

    @cached_property
    def _cdf(self) -> tuple[FloatArray, FloatArray]:
        at = self.nodes.panels
        if at is None:
            raise TypeError("without heterogeneity tau has no distribution")
        return at.fine(), at.cumulated(self.mass / at.weights)

    def shares_of_mu(self, reports: Reports) -> FloatArray:
        """Return the posterior mean of s^2 / (s^2 + tau^2), the weight of mu in each trial's effect, (rows, trials)."""
        found = [(self.mass * share_of_mu(reports, i, self.nodes.tau)).sum(axis=1) for i in range(reports.y.shape[1])]
        return np.where(reports.there, np.stack(found, axis=1), np.nan)

    @property
    def error(self) -> FloatArray:
        """How far the probability of any tau differs from that by the embedded rule, shape (rows,)."""
        at = self.nodes.panels
        if at is None:
            return np.zeros(len(self.mass))
        other = self.mass / at.weights * at.embedded
        away = np.cumsum(other / other.sum(axis=1, keepdims=True), axis=1) - np.cumsum(self.mass, axis=1)
        return np.abs(away[:, ORDER - 1 :: ORDER]).max(axis=1)
