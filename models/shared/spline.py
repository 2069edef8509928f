"""A tabulated smooth curve in a PyMC graph: a cubic spline on a uniform grid, linear beyond its ends."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt


def table(grid: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the polynomial coefficients per interval, shape (len(grid) - 1, 4), highest power first."""
    from scipy.interpolate import CubicSpline

    return np.ascontiguousarray(CubicSpline(grid, values).c.T)


def evaluate(x, coefficients, grid: np.ndarray):
    """Return the values at x, (trial,), of one curve per trial; coefficients : (trial, interval, 4)."""
    low, high, step = grid[0], grid[-1], grid[1] - grid[0]
    inside = pt.clip(x, low, high)
    interval = pt.clip(pt.cast(pt.floor((inside - low) / step), "int64"), 0, len(grid) - 2)
    c = coefficients[pt.arange(x.shape[0]), interval]
    t = inside - (low + step * interval)
    value = ((c[:, 0] * t + c[:, 1]) * t + c[:, 2]) * t + c[:, 3]
    first, last = coefficients[:, 0], coefficients[:, -1]
    slope_low = first[:, 2]
    slope_high = (3 * last[:, 0] * step + 2 * last[:, 1]) * step + last[:, 2]
    return value + slope_low * pt.minimum(x - low, 0.0) + slope_high * pt.maximum(x - high, 0.0)
