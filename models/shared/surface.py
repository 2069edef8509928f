"""A tabulated smooth surface in a PyMC graph: a bicubic spline on a uniform grid, linear beyond its edges."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt


def table(x: np.ndarray, y: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the polynomial coefficients per cell, shape (len(x) - 1, len(y) - 1, 4, 4), highest powers first."""
    from scipy.interpolate import CubicSpline

    along_x = CubicSpline(x, values, axis=0).c  # (power of x, interval of x, y)
    both = CubicSpline(y, along_x, axis=2).c  # (power of y, interval of y, power of x, interval of x)
    return np.array(both.transpose(3, 1, 2, 0))


def evaluate(x, y, coefficients, grid_x: np.ndarray, grid_y: np.ndarray):
    """Return the values at (x, y), each (trial,), one surface per trial; coefficients : (trial, cell, cell, 4, 4)."""
    inside_x, i, t = _place(x, grid_x)
    inside_y, j, u = _place(y, grid_y)
    c = coefficients[pt.arange(x.shape[0]), i, j]
    px, py = (pt.stack([s**3, s**2, s, pt.ones_like(s)], axis=-1) for s in (t, u))
    dx, dy = (pt.stack([3 * s**2, 2 * s, pt.ones_like(s), pt.zeros_like(s)], axis=-1) for s in (t, u))
    value, slope_x, slope_y = (_contract(a, c, b) for a, b in ((px, py), (dx, py), (px, dy)))
    return value + slope_x * (x - inside_x) + slope_y * (y - inside_y)


def _place(x, grid: np.ndarray):
    """Return the nearest point within the grid, its interval, and the distance into that interval."""
    low, step = grid[0], grid[1] - grid[0]
    inside = pt.clip(x, low, grid[-1])
    interval = pt.clip(pt.cast(pt.floor((inside - low) / step), "int64"), 0, len(grid) - 2)
    return inside, interval, inside - (low + step * interval)


def _contract(a, c, b):
    return (a[:, :, None] * c * b[:, None, :]).sum(axis=(1, 2))
