"""Chebyshev interpolation over a rectangle, of many functions at once, with NumPy's polynomials."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import chebyshev

from bayes.base.arrays import FloatArray


def nodes(n: int) -> FloatArray:
    """Return the n Chebyshev nodes in (-1, 1), in ascending order."""
    return np.asarray(chebyshev.chebpts1(n))


def coefficients(values: FloatArray) -> FloatArray:
    """Return the coefficients of the interpolating polynomials from values on the nodes of both axes.

    Parameters
    ----------
    values : ndarray, shape (..., m, n)
    """
    m, n = values.shape[-2:]
    return np.asarray(_transform(m) @ values @ _transform(n).T)


def values_at(coefficients: FloatArray, x: FloatArray, basis: FloatArray) -> FloatArray:
    """Return polynomials at places x of the first variable, for every place of the second.

    Parameters
    ----------
    coefficients : ndarray, shape (rows, m, n)
    x : ndarray, shape (rows, places, others)
        In [-1, 1].
    basis : ndarray, shape (rows, others, n)
        As `basis` returns it, at the places of the second variable.

    Returns
    -------
    ndarray, shape (rows, places, others)
    """
    of_x = np.moveaxis(coefficients @ np.swapaxes(basis, 1, 2), 1, 0)
    return np.asarray(chebyshev.chebval(x, of_x[:, :, None], tensor=False))


def basis(x: FloatArray, n: int) -> FloatArray:
    """Return the first n Chebyshev polynomials at x, shape (*x.shape, n)."""
    return np.asarray(chebyshev.chebvander(x, n - 1))


def _transform(n: int) -> FloatArray:
    """Return the matrix from values on the nodes to coefficients."""
    found = 2 / n * basis(nodes(n), n).T
    found[0] /= 2
    return np.asarray(found)
