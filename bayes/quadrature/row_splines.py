"""Cubic splines in rows, each on an evenly spaced grid of its own and evaluated at points of its own."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.interpolate import CubicSpline

from bayes.base.arrays import FloatArray


class RowSplines:
    """A cubic spline per row, with the not-a-knot condition at its ends, linear beyond them.

    SciPy's splines evaluate every row at every point.

    Parameters
    ----------
    low, high : ndarray, shape (rows,)
        Ends of the grids.
    values : ndarray, shape (rows, nodes)
    """

    def __init__(self, low: FloatArray, high: FloatArray, values: FloatArray) -> None:
        rows, nodes = values.shape
        self._last = nodes - 1
        self._low, self._step = low[:, None], (high - low)[:, None] / self._last
        slope = values @ _slopes(nodes)
        rise, first, second = np.diff(values), slope[:, :-1], slope[:, 1:]
        c = np.zeros((4, rows, nodes + 1))  # power, row, and interval, with a line at either end
        c[0, :, 1:-1] = first + second - 2 * rise
        c[1, :, 1:-1] = 3 * rise - 2 * first - second
        c[2, :, 0], c[2, :, 1:] = slope[:, 0], slope
        c[3, :, 0], c[3, :, 1:] = values[:, 0] - slope[:, 0], values
        self._c = c.reshape(4, -1)

    def in_steps(self, distance: FloatArray) -> FloatArray:
        """Return a distance for every row in steps of its grid."""
        steps: FloatArray = distance / self._step
        return steps

    def position(self, x: FloatArray) -> FloatArray:
        """Return the position of x on the grid of its row, counted from the first node."""
        return self.in_steps(x - self._low)

    def __call__(self, position: FloatArray) -> FloatArray:
        """Return the values at positions, shape (rows, ...)."""
        interval = np.clip(position, -1.0, self._last)
        np.floor(interval, out=interval)
        t = position - interval
        rows = np.arange(len(position)).reshape(-1, *(1,) * (position.ndim - 1))
        place = interval.astype(np.intp)
        place += 1 + (self._last + 2) * rows
        value: FloatArray = self._c[0].take(place)
        for c in self._c[1:]:
            value *= t
            value += c.take(place)
        return value


@cache
def finer(nodes: int, times: int) -> FloatArray:
    """Return the matrix, shape (nodes, finer nodes), that takes rows of values to a grid some times as fine."""
    coarse, fine = np.arange(nodes), np.arange(times * (nodes - 1) + 1)
    return CubicSpline(coarse, np.eye(nodes))(fine / times).T.copy()


@cache
def _slopes(nodes: int) -> FloatArray:
    """Return the matrix that takes rows of values to their slopes at the nodes, in steps."""
    at = np.arange(nodes)
    return CubicSpline(at, np.eye(nodes))(at, 1).T.copy()
