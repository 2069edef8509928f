"""Quantiles of thousands of distributions at once, by Newton's steps kept within a bracket."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from bayes.base.arrays import FloatArray, IntArray

NEAR = 1e-6  # when P(X <= x) is as near as this to what was asked, one more of Newton's steps finds the quantile
STEPS = 200  # halving alone reaches the last bit in fewer


class Distributions(Protocol):
    """Distributions whose quantiles are sought, one a row."""

    def below(self, x: FloatArray, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return P(X <= x) and the density there of some rows, in their order."""
        ...


def quantiles(
    of: Distributions, probability: float, start: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return one quantile of every row, shape (rows,).

    Parameters
    ----------
    of : Distributions
    probability : float
    start, low, high : ndarray, shape (rows,)
        A rough value, and a bracket.
    """
    x, low, high, rows = np.clip(start, low, high), low.copy(), high.copy(), np.arange(len(start))
    for _ in range(STEPS):
        at = x[rows]
        found, density = of.below(at, rows)
        missing = found - probability
        low[rows] = np.where(missing < 0, at, low[rows])
        high[rows] = np.where(missing < 0, high[rows], at)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = at - missing / density
        inside = (step >= low[rows]) & (step <= high[rows])
        x[rows] = moved = np.where(inside, step, (low[rows] + high[rows]) / 2)
        rows = rows[(np.abs(missing) > NEAR) & (moved != at)]
        if not len(rows):
            break
    return x
