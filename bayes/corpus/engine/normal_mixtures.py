"""Mixtures of normal distributions, one a row: moments, tails and quantiles of thousands of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr, ndtri

from bayes.base.arrays import FloatArray

ROOT = 1e-6  # when P(X <= x) is as near as this to what was asked, one more of Newton's steps finds the quantile
STEPS = 200  # bisection alone reaches the last bit in fewer
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
        """Return one quantile of every mixture, shape (rows,), by Newton's steps kept within a bracket."""
        low, high = self.reach(0.0)
        x = np.clip(self.means + ndtri(probability) * self.sds, low, high)
        open_, weight, mean, sd = np.arange(len(x)), self.weight, self.mean, self.sd
        for _ in range(STEPS):
            z = (x[open_, None] - mean) / sd
            missing = (weight * ndtr(z)).sum(axis=1) - probability
            low[open_] = np.where(missing < 0, x[open_], low[open_])
            high[open_] = np.where(missing < 0, high[open_], x[open_])
            density = (weight / sd * np.exp(-0.5 * z**2)).sum(axis=1) / np.sqrt(2 * np.pi)
            with np.errstate(divide="ignore", invalid="ignore"):
                step = x[open_] - missing / density
            inside = (step >= low[open_]) & (step <= high[open_])
            moved = np.where(inside, step, (low[open_] + high[open_]) / 2)
            going_on = (np.abs(missing) > ROOT) & (moved != x[open_])
            x[open_] = moved
            if not going_on.any():
                break
            if going_on.sum() < len(open_) / 2:  # arrays are copied only where this saves more than it costs
                open_, weight, mean, sd = (v[going_on] for v in (open_, weight, mean, sd))
        return x
