"""Mixtures of normal distributions, one a row: moments, tails and quantiles of thousands of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr, ndtri

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.corpus.engine import roots

FAR = 9.0  # standard deviations beyond which a component has no mass


@dataclass(frozen=True)
class NormalMixtures:
    """Independent mixtures of normals.

    Attributes
    ----------
    weight, mean, sd : ndarray, shape (rows, components)
        The weights of a row sum to one; a component of weight zero may have any mean and SD above zero.
    """

    weight: FloatArray
    mean: FloatArray
    sd: FloatArray

    @cached_property
    def means(self) -> FloatArray:
        """The mean of every mixture, shape (rows,)."""
        return np.asarray((self.weight * self.mean).sum(axis=1))

    @cached_property
    def sds(self) -> FloatArray:
        """The standard deviation of every mixture, shape (rows,)."""
        variance = self.weight * (self.sd**2 + (self.mean - self.means[:, None]) ** 2)
        return np.sqrt(variance.sum(axis=1))

    def above(self, threshold: FloatArray | float) -> FloatArray:
        """Return P(X > threshold), a threshold a row or one for all, shape (rows,)."""
        at = np.broadcast_to(threshold, len(self.weight))[:, None]
        return np.asarray((self.weight * ndtr((self.mean - at) / self.sd)).sum(axis=1))

    def reach(self, negligible: float) -> tuple[FloatArray, FloatArray]:
        """Return the range of all components of more than a negligible weight, to `FAR` of their SDs, each (rows,)."""
        heavy = self.weight > negligible
        low = np.where(heavy, self.mean - FAR * self.sd, np.inf).min(axis=1)
        return low, np.where(heavy, self.mean + FAR * self.sd, -np.inf).max(axis=1)

    def quantiles(self, probability: float) -> FloatArray:
        """Return one quantile of every mixture, shape (rows,)."""
        low, high = self.reach(0.0)
        return roots.quantiles(self, probability, self.means + ndtri(probability) * self.sds, low, high)

    def log_density(self, x: FloatArray) -> FloatArray:
        """Return the log density at a value a row, shape (rows,)."""
        z = (x[:, None] - self.mean) / self.sd
        return log_sum_exp(-0.5 * z**2 - np.log(self.sd * np.sqrt(2 * np.pi)), axis=1, weights=self.weight)

    def below(self, x: FloatArray, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return P(X <= x) and the density there of some mixtures, each (len(rows),)."""
        every = (self.weight, self.mean, self.sd)
        weight, mean, sd = every if len(rows) == len(self.weight) else (values[rows] for values in every)
        z = (x[:, None] - mean) / sd
        density = (weight / sd * np.exp(-0.5 * z**2)).sum(axis=1) / np.sqrt(2 * np.pi)
        return (weight * ndtr(z)).sum(axis=1), density
