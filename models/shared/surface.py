"""A tabulated smooth surface in a PyMC graph: a bicubic spline on a uniform grid, linear beyond its edges."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared.signatures import Tensor


def table(x: FloatArray, y: FloatArray, values: FloatArray) -> FloatArray:
    """Return the polynomial coefficients per cell, highest powers first.

    Parameters
    ----------
    x : ndarray, shape (n,)
    y : ndarray, shape (k,)
        Uniform nodes.
    values : ndarray, shape (n, k)

    Returns
    -------
    ndarray, shape (n - 1, k - 1, 4, 4)
    """
    from scipy.interpolate import CubicSpline

    along_x = CubicSpline(x, values, axis=0).c  # (power of x, interval of x, y)
    both = CubicSpline(y, along_x, axis=2).c  # (power of y, interval of y, power of x, interval of x)
    return np.array(both.transpose(3, 1, 2, 0))


def evaluate(x: Tensor, y: Tensor, coefficients: Tensor, grid_x: FloatArray, grid_y: FloatArray) -> Tensor:
    """Return the values of one surface per trial.

    Parameters
    ----------
    x, y : Tensor, shape (trial,)
        Where the surfaces are evaluated.
    coefficients : Tensor, shape (trial, cell, cell, 4, 4)
        As `table`.
    grid_x, grid_y : ndarray, shape (cell + 1,)

    Returns
    -------
    Tensor, shape (trial,)
    """
    inside_x, i, t = _place(x, grid_x)
    inside_y, j, u = _place(y, grid_y)
    c = coefficients[pt.arange(x.shape[0]), i, j]
    px, py = (pt.stack([s**3, s**2, s, pt.ones_like(s)], axis=-1) for s in (t, u))
    dx, dy = (pt.stack([3 * s**2, 2 * s, pt.ones_like(s), pt.zeros_like(s)], axis=-1) for s in (t, u))
    value, slope_x, slope_y = (_contract(a, c, b) for a, b in ((px, py), (dx, py), (px, dy)))
    values: Tensor = value + slope_x * (x - inside_x) + slope_y * (y - inside_y)
    return values


def _place(x: Tensor, grid: FloatArray) -> tuple[Tensor, Tensor, Tensor]:
    """Return the nearest point within the grid, its interval, and the distance into that interval.

    Parameters
    ----------
    x : Tensor, shape (trial,)
    grid : ndarray, shape (cell + 1,)

    Returns
    -------
    (Tensor, Tensor, Tensor), shape (trial,)
    """
    low, step = grid[0], grid[1] - grid[0]
    inside = pt.clip(x, low, grid[-1])
    interval = pt.clip(pt.cast(pt.floor((inside - low) / step), "int64"), 0, len(grid) - 2)
    return inside, interval, inside - (low + step * interval)


def _contract(a: Tensor, c: Tensor, b: Tensor) -> Tensor:
    """Return the bilinear form of each trial.

    Parameters
    ----------
    a, b : Tensor, shape (trial, 4)
    c : Tensor, shape (trial, 4, 4)

    Returns
    -------
    Tensor, shape (trial,)
    """
    values: Tensor = (a[:, :, None] * c * b[:, None, :]).sum(axis=(1, 2))
    return values
