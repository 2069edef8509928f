"""Chebyshev interpolation over a rectangle, of many functions at once."""

from __future__ import annotations

import numpy as np

from bayes.base.arrays import FloatArray


def nodes(n: int) -> FloatArray:
    """Return the n Chebyshev nodes in (-1, 1)."""
    return np.asarray(-np.cos(np.pi * (np.arange(n) + 0.5) / n))


def coefficients(values: FloatArray) -> FloatArray:
    """Return the coefficients of the interpolating polynomials from values on the nodes of both axes.

    Parameters
    ----------
    values : ndarray, shape (..., m, n)
    """
    m, n = values.shape[-2:]
    return np.asarray(_transform(m) @ values @ _transform(n).T)


def basis(x: FloatArray, n: int) -> FloatArray:
    """Return the first n Chebyshev polynomials at x, shape (*x.shape, n)."""
    found = np.empty((*x.shape, n))
    found[..., 0] = 1.0
    if n > 1:
        found[..., 1] = x
    for i in range(2, n):
        found[..., i] = 2 * x * found[..., i - 1] - found[..., i - 2]
    return found


def along(coefficients: FloatArray, x: FloatArray) -> FloatArray:
    """Return polynomials at x by Clenshaw's recurrence.

    Parameters
    ----------
    coefficients : ndarray, shape (rows, m, n)
        Of the polynomials of every row and column.
    x : ndarray, shape (rows, places, n)
        In [-1, 1].

    Returns
    -------
    ndarray, shape (rows, places, n)
    """
    twice, last, before = 2 * x, np.zeros_like(x), np.zeros_like(x)
    for m in range(coefficients.shape[1] - 1, 0, -1):
        np.subtract(twice * last, before, out=before)
        before += coefficients[:, m, None]
        last, before = before, last
    return np.asarray(x * last - before + coefficients[:, 0, None])


def _transform(n: int) -> FloatArray:
    """Return the matrix from values on the nodes to coefficients."""
    found = 2 / n * basis(nodes(n), n).T
    found[0] /= 2
    return np.asarray(found)
