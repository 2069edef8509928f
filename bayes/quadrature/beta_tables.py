"""The distribution function of a Beta variable, tabulated, because it is evaluated millions of times."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicHermiteSpline
from scipy.special import betainc, betaln, expit

from bayes.base.arrays import FloatArray

REACH, NODES = 32.0, 1201  # standard errors of the log odds either side of the middle, and the nodes of a table
LEAST = 1e-280  # probability beyond which a logarithm goes on as a straight line


def softplus(x: FloatArray) -> FloatArray:
    """Return log(1 + exp(x))."""
    return np.logaddexp(0.0, x)


class BetaTable:
    """The logarithms of P(X <= x) and P(X > x) of a Beta(a, b) variable, by the log odds of x.

    Cubic Hermite polynomials with exact derivatives. Beyond the table the logarithms are straight lines, as they are
    in the limit.

    Parameters
    ----------
    a, b : float
    """

    def __init__(self, a: float, b: float) -> None:
        self.a, self.b, self.constant = a, b, float(betaln(a, b))
        self.middle, self.error = float(np.log(a / b)), float((1 / a + 1 / b) ** 0.5)
        x = self.middle + self.error * np.linspace(-REACH, REACH, NODES)
        known = np.flatnonzero(np.minimum(betainc(a, b, expit(x)), betainc(b, a, expit(-x))) > LEAST)
        x = np.linspace(x[known[0]], x[known[-1]], NODES)
        self._low, self._step = float(x[0]), float(x[1] - x[0])
        upto, beyond = betainc(a, b, expit(x)), betainc(b, a, expit(-x))
        self._upto, self._beyond = (
            _pieces(x, np.log(share), side * np.exp(self.log_density(x)) / share)
            for share, side in ((upto, 1), (beyond, -1))
        )

    def log_density(self, x: FloatArray, less: float = 0.0) -> FloatArray:
        """Return the log density of the log odds.

        Parameters
        ----------
        x : ndarray
            Log odds.
        less : float
            By which both parameters are reduced, without a change of the constant.
        """
        return (self.a - less) * -softplus(-x) + (self.b - less) * -softplus(x) - self.constant

    def log_between(self, low: FloatArray | None, high: FloatArray | None) -> FloatArray:
        """Return log P(low < X <= high), with both ends as log odds and None for one that is open."""
        if high is None:
            return np.zeros(()) if low is None else self._at(low, self._beyond)
        if low is None:
            return self._at(high, self._upto)
        above = low > self.middle
        more = np.where(above, self._at(low, self._beyond), self._at(high, self._upto))
        less = np.where(above, self._at(high, self._beyond), self._at(low, self._upto))
        return np.asarray(more + np.log(np.maximum(-np.expm1(np.minimum(less - more, 0.0)), 1e-300)))

    def _at(self, x: FloatArray, pieces: list[FloatArray]) -> FloatArray:
        place = np.clip(np.floor((x - self._low) / self._step), -1, NODES - 1).astype(np.intp)
        t = x - (self._low + self._step * np.maximum(place, 0))
        a, b, c, d = (piece.take(place + 1) for piece in pieces)
        return np.asarray(((a * t + b) * t + c) * t + d)


def _pieces(x: FloatArray, values: FloatArray, slopes: FloatArray) -> list[FloatArray]:
    """Return the coefficients of every interval, highest power first, with a straight line before and after them."""
    inside = CubicHermiteSpline(x, values, slopes).c
    before, after = ([[0.0], [0.0], [slopes[i]], [values[i]]] for i in (0, -1))
    return [np.ascontiguousarray(row) for row in np.concatenate([before, inside, after], axis=1)]
