"""Distributions of mu given tau on places z = (mu - mean(tau)) / SD(tau) that all analyses and all tau share.

Places are panels of t, z = sinh t, out to `REACH` SDs on either side of a rough mean; the distribution may lie several
of them away and still be resolved.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr, ndtri

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.corpus.engine import roots
from bayes.corpus.engine.panels import ORDER, UP_TO, Panels, between_nodes, to_fewer

REACH = 12.0
WIDE = 0.7  # SDs of mu given tau from which on a new effect's scatter tau smooths the sum over few places of mu
HERMITE, HERMITE_WEIGHT = (values / total for values, total in zip(
    np.polynomial.hermite_e.hermegauss(12), (1.0, np.sqrt(2 * np.pi)), strict=True
))  # fmt: skip
STEPS = np.linspace(
    -14, 14, 81
)  # of the errors of an estimate, between those that could have come from any place of mu
LOWEST = -1e4  # the log of a probability that does not count
LEAST = 1e-11  # of the posterior probability of a tau that counts


def places(panels: int) -> Panels:
    """Return the panels of t, a single row."""
    end = np.arcsinh(REACH)
    return Panels(np.linspace(-end, end, panels + 1)[None])


@dataclass(frozen=True)
class OverTau:
    """The distribution of mu, a mixture over tau.

    Attributes
    ----------
    at : Panels
        Of t, a single row.
    mean, sd : ndarray, shape (rows, taus)
        Where z is zero, and its unit.
    log_mass : ndarray, shape (rows, places, taus)
        Log of the posterior probability; the probabilities of a row sum to one.
    """

    at: Panels
    mean: FloatArray
    sd: FloatArray
    log_mass: FloatArray

    @cached_property
    def mass(self) -> FloatArray:
        """The posterior probability, in the shape of its log."""
        return np.exp(self.log_mass)

    @cached_property
    def nodes(self) -> FloatArray:
        """mu at the places, shape (rows, places, taus)."""
        return np.asarray(self.mean[:, None] + self.sd[:, None] * np.sinh(self.at.nodes[0])[:, None])

    @cached_property
    def means(self) -> FloatArray:
        return np.asarray((self.mass * self.nodes).sum(axis=(1, 2)))

    @cached_property
    def sds(self) -> FloatArray:
        away = self.nodes - self.means[:, None, None]
        return np.sqrt((self.mass * away**2).sum(axis=(1, 2)))

    def above(self, threshold: FloatArray | float) -> FloatArray:
        """Return P(mu > threshold), shape (rows,)."""
        rows = np.arange(len(self.mean))
        below, _ = self.below(np.broadcast_to(np.asarray(threshold, dtype=float), len(rows)), rows)
        return 1 - below

    def quantiles(self, probability: float) -> FloatArray:
        """Return one quantile of every row, shape (rows,)."""
        far = np.sinh(self.at.edges[0, -1])
        heavy = self.of_tau > 0
        low = np.where(heavy, self.mean - far * self.sd, np.inf).min(axis=1)
        high = np.where(heavy, self.mean + far * self.sd, -np.inf).max(axis=1)
        return roots.quantiles(self, probability, self.means + ndtri(probability) * self.sds, low, high)

    @cached_property
    def of_tau(self) -> FloatArray:
        """The posterior probability of every tau, shape (rows, taus)."""
        return np.asarray(self.mass.sum(axis=1))

    @cached_property
    def _cdf(self) -> FloatArray:
        """P(mu below each fine place, tau), shape (rows, taus, fine places); the places are even in t."""
        half = self.at.half[0, 0]
        density = np.swapaxes(self.mass, 1, 2) / self.at.weights[0]
        inside = density.reshape(*density.shape[:2], -1, ORDER) @ UP_TO.T * half
        before = np.cumsum(inside[..., -1], axis=2) - inside[..., -1]
        found = (before[..., None] + inside).reshape(*density.shape[:2], -1)
        return np.concatenate([np.zeros((*density.shape[:2], 1)), found], axis=2)

    def below(self, x: FloatArray, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return P(mu < x) and the density there of some rows, from the cubic through four fine places of every tau."""
        value, slope = self.given(x[:, None], rows[:, None], np.arange(self.mean.shape[1])[None])
        return value.sum(axis=1), np.maximum(slope.sum(axis=1), 0.0)

    @cached_property
    def _log_density(self) -> FloatArray:
        """The log density over t on the nodes of its panels, shape (rows, taus, panels, ORDER)."""
        found = np.swapaxes(self.log_mass, 1, 2) - np.log(self.at.weights[0])
        return np.asarray(found.reshape(*found.shape[:2], -1, ORDER))

    def log_density_given(self, x: FloatArray, row: IntArray, column: IntArray) -> FloatArray:
        """Return the log density of mu = x and tau for pairs of rows and taus, right far out too; x broadcasts."""
        end, half = self.at.edges[0, -1], self.at.half[0, 0]
        z = (x - self.mean[row, column]) / self.sd[row, column]
        t = np.arcsinh(z)
        position = np.clip((t + end) / (2 * half), 0.0, self.at.half.shape[1] - 1e-9)
        panel = position.astype(np.intp)
        found = between_nodes(self._log_density[row, column, panel], 2 * (position - panel) - 1)
        return np.where(np.abs(t) <= end, found - np.log(np.hypot(1.0, z) * self.sd[row, column]), LOWEST)

    def given(self, x: FloatArray, row: IntArray, column: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return P(mu < x and tau) and its density for pairs of rows and taus; x broadcasts with them."""
        last = self._cdf.shape[2] - 1
        end = self.at.edges[0, -1]
        z = (x - self.mean[row, column]) / self.sd[row, column]
        position = np.clip((np.arcsinh(z) + end) * (last / (2 * end)), 0.0, float(last))
        first = np.clip(position.astype(np.intp) - 1, 0, last - 3)
        s = position - first
        flat = self._cdf.reshape(-1)
        start = first + (last + 1) * (row * self.mean.shape[1] + column)
        a, b, c, d = (flat.take(start + i) for i in range(4))
        # Newton's form: the differences of the four values
        d1, d2, d3 = b - a, (c - 2 * b + a) / 2, (d - 3 * c + 3 * b - a) / 6
        value = a + s * (d1 + (s - 1) * (d2 + (s - 2) * d3))
        slope = d1 + (2 * s - 1) * d2 + (3 * s**2 - 6 * s + 2) * d3
        per_mu = (last / (2 * end)) / np.hypot(1.0, z) / self.sd[row, column]
        return value, slope * per_mu


@dataclass(frozen=True)
class Predicted:
    """The distribution of mu + tau e, e ~ Normal(0, 1): the effect in a new trial.

    For a tau well above the SD of mu given tau it is a sum of normals over a few places of mu, which tau smooths; for
    any other the distribution of mu, which is smooth on the scale of tau, is averaged over Gauss-Hermite places of e.

    Attributes
    ----------
    mu : OverTau
    tau : ndarray, shape (rows, taus)
    """

    mu: OverTau
    tau: FloatArray

    @cached_property
    def sds(self) -> FloatArray:
        return np.sqrt(self.mu.sds**2 + (self.mu.of_tau * self.tau**2).sum(axis=1))

    def above(self, threshold: FloatArray | float) -> FloatArray:
        """Return P(effect > threshold), shape (rows,)."""
        rows = np.arange(len(self.tau))
        below, _ = self.below(np.broadcast_to(np.asarray(threshold, dtype=float), len(rows)), rows)
        return 1 - below

    def quantiles(self, probability: float) -> FloatArray:
        """Return one quantile of every row, shape (rows,)."""
        heavy, far = self.mu.of_tau > LEAST, np.sinh(self.mu.at.edges[0, -1])
        spread = far * np.hypot(self.mu.sd, self.tau)
        low = np.where(heavy, self.mu.mean - spread, np.inf).min(axis=1)
        high = np.where(heavy, self.mu.mean + spread, -np.inf).max(axis=1)
        return roots.quantiles(self, probability, self.mu.means + ndtri(probability) * self.sds, low, high)

    @cached_property
    def _narrow(self) -> tuple[IntArray, IntArray]:
        """The rows and columns of the taus that are not wide."""
        row, column = np.nonzero((self.mu.of_tau > LEAST) & (self.tau < WIDE * self.mu.sd))
        return row, column

    @cached_property
    def _sums(self) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
        """The wide taus: their rows, places of mu, masses of these, and tau."""
        row, column = np.nonzero((self.mu.of_tau > LEAST) & (self.tau >= WIDE * self.mu.sd))
        at, mass = self.mu.at, self.mu.mass[row, :, column]
        mass = to_fewer(mass / at.weights[0], 1) * at.fewer_weights[0]
        mass *= (self.mu.of_tau[row, column] / mass.sum(axis=1))[:, None]
        z = np.sinh(at.fewer_nodes[0])
        mu = self.mu.mean[row, column][:, None] + self.mu.sd[row, column][:, None] * z
        return row, mu, mass, self.tau[row, column][:, None]

    def log_density(self, x: FloatArray) -> FloatArray:
        """Return the log density at a value a row, shape (rows,)."""
        row, mu, mass, tau = self._sums
        with np.errstate(divide="ignore"):
            wide = np.log(np.maximum(mass, 0.0) / tau) - 0.5 * ((x[row][:, None] - mu) / tau) ** 2
        other, column = self._narrow
        scatter = self.tau[other, column][:, None]
        at = x[other][:, None] + scatter * STEPS
        narrow = self.mu.log_density_given(at, other[:, None], column[:, None])
        narrow = narrow - 0.5 * STEPS**2 + np.log(STEPS[1] - STEPS[0])
        rows = np.concatenate([row, other])
        each = np.concatenate([log_sum_exp(wide, axis=1), log_sum_exp(narrow, axis=1)])
        top = np.full(len(x), LOWEST)
        np.maximum.at(top, rows, each)
        total = np.bincount(rows, np.exp(each - top[rows]), len(x))
        return np.asarray(top + np.log(total / np.sqrt(2 * np.pi)))

    def below(self, x: FloatArray, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return P(effect < x) and the density there of some rows."""
        place = np.full(len(self.tau), -1)
        place[rows] = np.arange(len(rows))
        row, mu, mass, tau = self._sums
        own = place[row] >= 0
        row, mu, mass, tau = place[row[own]], mu[own], mass[own], tau[own]
        z = (x[row][:, None] - mu) / tau
        density = mass / tau * np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
        other, column = self._narrow
        own = place[other] >= 0
        other, column = other[own], column[own]
        shifted = x[place[other]][:, None] - self.tau[other, column][:, None] * HERMITE
        value, per_mu = self.mu.given(shifted, other[:, None], column[:, None])
        at = np.concatenate([row, place[other]])
        totals = (
            np.concatenate([(mass * ndtr(z)).sum(axis=1), value @ HERMITE_WEIGHT]),
            np.concatenate([density.sum(axis=1), per_mu @ HERMITE_WEIGHT]),
        )
        first, second = (np.bincount(at, total, len(x)) for total in totals)
        return first, np.maximum(second, 0.0)
