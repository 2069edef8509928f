"""A tabulated smooth curve in a PyMC graph: a cubic spline on a uniform grid, linear beyond its ends."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared.signatures import Tensor


def table(grid: FloatArray, values: FloatArray) -> FloatArray:
    """Return the polynomial coefficients per interval, highest power first.

    Parameters
    ----------
    grid, values : ndarray, shape (n,)
        Uniform nodes and the curve there.

    Returns
    -------
    ndarray, shape (n - 1, 4)
    """
    from scipy.interpolate import CubicSpline

    return np.ascontiguousarray(CubicSpline(grid, values).c.T)


def evaluate(x: Tensor, coefficients: Tensor, grid: FloatArray) -> Tensor:
    """Return the values of one curve per trial.

    Parameters
    ----------
    x : Tensor, shape (trial,)
        Where the curves are evaluated.
    coefficients : Tensor, shape (trial, interval, 4)
        As `table`.
    grid : ndarray, shape (interval + 1,)

    Returns
    -------
    Tensor, shape (trial,)
    """
    low, high, step = grid[0], grid[-1], grid[1] - grid[0]
    inside = pt.clip(x, low, high)
    interval = pt.clip(pt.cast(pt.floor((inside - low) / step), "int64"), 0, len(grid) - 2)
    c = coefficients[pt.arange(x.shape[0]), interval]
    t = inside - (low + step * interval)
    value = ((c[:, 0] * t + c[:, 1]) * t + c[:, 2]) * t + c[:, 3]
    first, last = coefficients[:, 0], coefficients[:, -1]
    slope_low = first[:, 2]
    slope_high = (3 * last[:, 0] * step + 2 * last[:, 1]) * step + last[:, 2]
    values: Tensor = value + slope_low * pt.minimum(x - low, 0.0) + slope_high * pt.maximum(x - high, 0.0)
    return values
