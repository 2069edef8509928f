"""Normal likelihoods pooled over trials, thousands of analyses at once: mu in closed form, tau by panels.

    y_i ~ Normal(theta_i, s_i),   theta_i ~ Normal(mu, tau),   mu ~ sum_c w_c Normal(m_c, v_c),   tau ~ its prior

Given tau and a component c, everything is normal: with w_i = 1 / (s_i^2 + tau^2), P = sum w_i + v_c^-2,

    mu | tau, c ~ Normal((sum w_i y_i + m_c / v_c^2) / P, P^-1/2)
    log p(y | tau, c) = 1/2 (sum log w_i - sum w_i y_i^2 - m_c^2 / v_c^2 + P E(mu)^2 - log P) - log v_c + constant

so that mu, a new trial's effect and every trial's own effect are mixtures of normals over the nodes of tau (as in
bayesmeta: Rover 2020, J Stat Softw 93(6)). Without heterogeneity, or for a single report, tau is the one node zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.corpus.engine.normal_mixtures import NormalMixtures
from bayes.corpus.engine.panels import Panels, placed, quantiles
from bayes.corpus.engine.prior_arrays import FURTHEST, LANDMARKS, EffectPriors, TauPriors

START, PANELS = 48, 32
OUT = 100.0  # spreads of the reports beyond which their likelihood of tau has fallen away


@dataclass(frozen=True)
class Reports:
    """Estimates and standard errors of the trials of every analysis, on the analysis scale.

    Attributes
    ----------
    y, s : ndarray, shape (rows, trials)
        Padding has an infinite s.
    """

    y: FloatArray
    s: FloatArray

    @cached_property
    def there(self) -> NDArray[np.bool_]:
        """The places that hold a trial, shape (rows, trials)."""
        return np.isfinite(self.s)

    @cached_property
    def count(self) -> FloatArray:
        """The number of trials of every analysis, shape (rows,)."""
        return np.asarray(self.there.sum(axis=1))

    @cached_property
    def centre(self) -> FloatArray:
        """The mean weighted by precision, shape (rows,)."""
        weight = self.s**-2
        return np.asarray((weight * self.y).sum(axis=1) / weight.sum(axis=1))

    def at(self, rows: IntArray) -> Reports:
        """Return the reports of some rows."""
        return Reports(self.y[rows], self.s[rows])

    def without(self, trial: IntArray) -> Reports:
        """Return the reports without one trial of each row."""
        s = self.s.copy()
        s[np.arange(len(s)), trial] = np.inf
        return Reports(self.y, s)


@dataclass(frozen=True)
class Sums:
    """What a normal likelihood of mu says at nodes of tau, relative to the centre of the reports.

    Attributes
    ----------
    log_w, w, wy, wyy : ndarray, shape (rows, nodes)
        Sums over trials of log w, w, w y and w y^2.
    """

    log_w: FloatArray
    w: FloatArray
    wy: FloatArray
    wyy: FloatArray

    def log_likelihood(self, mu: FloatArray) -> FloatArray:
        """Return the log likelihood, shape (rows, mu, nodes), at mu relative to the centre, shape (rows, mu)."""
        mu = mu[..., None]
        linear = mu * (mu * self.w[:, None] - 2 * self.wy[:, None])
        return np.asarray(0.5 * (self.log_w[:, None] - self.wyy[:, None] - linear))


def sums_of(reports: Reports, tau: FloatArray) -> Sums:
    """Return the sums over trials at places of tau, shape (rows, nodes)."""
    y = np.where(reports.there, reports.y - reports.centre[:, None], 0.0)
    log_w, w, wy, wyy = (np.zeros_like(tau) for _ in range(4))
    for trial in range(reports.y.shape[1]):  # over the places of trials, not over analyses
        here = np.where(reports.there[:, trial, None], 1 / (reports.s[:, trial, None] ** 2 + tau**2), 0.0)
        log_w += np.log(np.where(here > 0, here, 1.0))
        w += here
        wy += here * y[:, trial, None]
        wyy += here * y[:, trial, None] ** 2
    return Sums(log_w, w, wy, wyy)


def conditional(sums: Sums, priors: EffectPriors, centre: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log weight, mean (relative to the centre) and variance of mu given tau, shape (rows, nodes, components).

    The log weight is log w_c + log p(y | tau, c).
    """
    m, v = (priors.mean - centre[:, None])[:, None], priors.sd[:, None]
    w, wy = sums.w[..., None], sums.wy[..., None]
    precision = w + v**-2
    mean = (wy + m / v**2) / precision
    with np.errstate(divide="ignore"):
        log_weight = np.log(priors.weight)[:, None] - np.log(v)
    quadratic = sums.log_w[..., None] - sums.wyy[..., None] - (m / v) ** 2 + precision * mean**2 - np.log(precision)
    return log_weight + 0.5 * quadratic, mean, 1 / precision


@dataclass(frozen=True)
class NormalAnswer:
    """The posterior of every analysis.

    Attributes
    ----------
    reports : Reports
    panels : Panels or None
        Panels of x, tau = unit sinh x; None without heterogeneity.
    tau : ndarray, shape (rows, nodes)
    mass : ndarray, shape (rows, nodes, components)
        Posterior probability; sums to one over nodes and components.
    mean, variance : ndarray, shape (rows, nodes, components)
        Of mu given tau and the component; means are relative to the centre of the reports.
    error : ndarray, shape (rows,)
        How much the mass differs from that by the embedded rule.
    """

    reports: Reports
    panels: Panels | None
    unit: FloatArray
    tau: FloatArray
    mass: FloatArray
    mean: FloatArray
    variance: FloatArray
    error: FloatArray
    sums: Sums
    priors: EffectPriors
    log_tau_weight: FloatArray

    @cached_property
    def mu(self) -> NormalMixtures:
        """The posterior of mu."""
        return self._mixture(self.variance)

    @cached_property
    def new(self) -> NormalMixtures:
        """The posterior predictive distribution of the effect in a new trial."""
        return self._mixture(self.variance + self.tau[..., None] ** 2)

    @cached_property
    def tau_mass(self) -> FloatArray:
        """The posterior probability of every node of tau, shape (rows, nodes)."""
        return np.asarray(self.mass.sum(axis=2))

    @property
    def tau_means(self) -> FloatArray:
        return np.asarray((self.tau_mass * self.tau).sum(axis=1))

    @property
    def tau_sds(self) -> FloatArray:
        return np.sqrt((self.tau_mass * (self.tau - self.tau_means[:, None]) ** 2).sum(axis=1))

    @cached_property
    def _tau_cdf(self) -> tuple[FloatArray, FloatArray]:
        if self.panels is None:
            raise TypeError("without heterogeneity tau has no distribution")
        return self.panels.fine(), self.panels.cumulated(self.tau_mass / self.panels.weights)

    def tau_quantiles(self, probability: float) -> FloatArray:
        """Return a quantile of tau, shape (rows,)."""
        return np.asarray(self.unit * np.sinh(quantiles(*self._tau_cdf, probability)))

    @cached_property
    def effects(self) -> tuple[FloatArray, FloatArray]:
        """Posterior mean and SD of every trial's own effect (shrunken), shape (rows, trials)."""
        y, s2 = self._relative, self.reports.s**2
        at, var = (self.mass * self.mean).sum(axis=2), (self.mass * (self.variance + self.mean**2)).sum(axis=2)
        first, second = np.zeros_like(y), np.zeros_like(y)
        for i in range(y.shape[1]):
            there = self.reports.there[:, i, None]
            own = np.where(there, self.tau**2 / (self.tau**2 + s2[:, i, None]), 0.0)
            rest = 1 - own
            shift = own * y[:, i, None]
            first[:, i] = (self.tau_mass * shift + rest * at).sum(axis=1)
            within = own * np.where(there, s2[:, i, None], 0.0)
            square = self.tau_mass * (within + shift**2) + 2 * shift * rest * at + rest**2 * var
            second[:, i] = square.sum(axis=1)
        return first + self.reports.centre[:, None], np.sqrt(np.maximum(second - first**2, 0.0))

    @cached_property
    def left_out(self) -> LeftOut:
        """The posterior of mu with each trial left out, on the same nodes."""
        shape = self.reports.y.shape
        mean, sd, above = (np.full(shape, np.nan) for _ in range(3))
        y = self._relative
        for i in range(shape[1]):
            there = self.reports.there[:, i]
            if not there.any():
                continue
            own = np.where(there[:, None], 1 / (self.reports.s[:, i, None] ** 2 + self.tau**2), 0.0)
            own_y = own * y[:, i, None]
            sums = Sums(
                self.sums.log_w - np.log(np.where(own > 0, own, 1.0)),
                np.maximum(self.sums.w - own, 0.0),
                self.sums.wy - own_y,
                self.sums.wyy - own_y * y[:, i, None],
            )
            log_weight, at, variance = conditional(sums, self.priors, self.reports.centre)
            mass = _normalised(log_weight + self.log_tau_weight[..., None])
            mixture = NormalMixtures(*(a.reshape(len(a), -1) for a in (mass, at, np.sqrt(variance))))
            mean[:, i] = mixture.means + self.reports.centre
            sd[:, i] = mixture.sds
            above[:, i] = mixture.above(-self.reports.centre)
        gone = ~self.reports.there
        for found in (mean, sd, above):
            found[gone] = np.nan
        return LeftOut(mean, sd, above, np.zeros(shape))

    @cached_property
    def _relative(self) -> FloatArray:
        return np.where(self.reports.there, self.reports.y - self.reports.centre[:, None], 0.0)

    def _mixture(self, variance: FloatArray) -> NormalMixtures:
        rows = len(self.mass)
        mean = (self.mean + self.reports.centre[:, None, None]).reshape(rows, -1)
        return NormalMixtures(self.mass.reshape(rows, -1), mean, np.sqrt(variance).reshape(rows, -1))


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
    rows = len(reports.y)
    if heterogeneity is None:
        tau, log_weight, placed_at, unit = np.zeros((rows, 1)), np.zeros((rows, 1)), None, np.ones(rows)
    else:
        unit = reports.s.min(axis=1) / 2
        placed_at = tau_panels(reports, priors, heterogeneity, unit, panels)
        tau = unit[:, None] * np.sinh(placed_at.nodes)
        stretch = heterogeneity.log_density(tau) + np.log(unit[:, None] * np.cosh(placed_at.nodes))
        with np.errstate(divide="ignore"):
            log_weight = stretch + np.log(placed_at.weights)
    sums = sums_of(reports, tau)
    log_component, mean, variance = conditional(sums, priors, reports.centre)
    mass = _normalised(log_component + log_weight[..., None])
    error = np.zeros(rows)
    if placed_at is not None:
        other = mass.sum(axis=2) / placed_at.weights * placed_at.embedded
        error = np.abs(np.cumsum(other / other.sum(axis=1, keepdims=True), axis=1)[:, 7::8]
                       - np.cumsum(mass.sum(axis=2), axis=1)[:, 7::8]).max(axis=1)  # fmt: skip
    return NormalAnswer(reports, placed_at, unit, tau, mass, mean, variance, error, sums, priors, log_weight)


def tau_panels(
    reports: Reports, priors: EffectPriors, heterogeneity: TauPriors, unit: FloatArray, panels: int
) -> Panels:
    """Place panels of x = arcsinh(tau / unit) where the posterior of tau is."""
    spread = np.where(reports.there, np.abs(reports.y - reports.centre[:, None]) + reports.s, 0.0).max(axis=1)
    low, high = heterogeneity.support
    top = np.maximum(heterogeneity.quantiles([FURTHEST])[:, 0], OUT * spread)
    first, last = np.arcsinh(low / unit), np.arcsinh(np.minimum(top, high) / unit)
    even = first[:, None] + (last - first)[:, None] * np.linspace(0, 1, START)
    marks = np.arcsinh(heterogeneity.quantiles(LANDMARKS) / unit[:, None])
    start = np.sort(np.clip(np.concatenate([even, marks], axis=1), first[:, None], last[:, None]), axis=1)

    def log_post(x: FloatArray) -> FloatArray:
        tau = unit[:, None] * np.sinh(x)
        log_component, _, _ = conditional(sums_of(reports, tau), priors, reports.centre)
        found = heterogeneity.log_density(tau) + log_sum_exp(log_component, axis=2)
        found = found + np.log(np.cosh(x))
        return np.where(np.isfinite(found), found, -1e300)

    return placed(log_post, start, panels)


def shrinkage(reports: Reports, tau: FloatArray, mass: FloatArray) -> FloatArray:
    """Return the posterior mean of s^2 / (s^2 + tau^2), the weight of mu in each trial's own effect, (rows, trials).

    Parameters
    ----------
    reports : Reports
    tau, mass : ndarray, shape (rows, nodes)
        Nodes of tau and their posterior probabilities.
    """
    found = np.full(reports.s.shape, np.nan)
    for i in range(reports.s.shape[1]):
        s2 = np.where(reports.there[:, i], reports.s[:, i], 1.0)[:, None] ** 2
        found[:, i] = np.where(reports.there[:, i], (mass * s2 / (s2 + tau**2)).sum(axis=1), np.nan)
    return found


def _normalised(log_mass: FloatArray) -> FloatArray:
    """Return masses of rows that sum to one over all other axes."""
    top = log_mass.max(axis=(1, 2), keepdims=True)
    mass = np.exp(log_mass - top)
    return np.asarray(mass / mass.sum(axis=(1, 2), keepdims=True))
