"""One-dimensional integrals, vectorised: the arithmetic behind every answer by quadrature."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf

import numpy as np
from scipy.integrate import cumulative_simpson
from scipy.interpolate import CubicSpline

from bayes.base.arrays import FloatArray, log_sum_exp

DROP = 45.0  # log units below the peak beyond which an integrand is negligible
NEAR, SHARPEST, MOST = 1.0, 0.3, 4096  # within one log unit of the peak, second differences are at most 0.3
RELEVANT = 60.0  # log units: an integral so far below the largest need not be accurate
HALVINGS = 26  # halvings of the distance to a finite bound; the outermost panel spans 1.5e-8 of that distance


def log_integral(
    log_f: Callable[[FloatArray], FloatArray], low: FloatArray, high: FloatArray, points: int = 97, zooms: int = 4
) -> FloatArray:
    """Return the log of the integral of exp(log_f), for a smooth function with one peak that vanishes at both ends.

    Parameters
    ----------
    log_f : callable
        x, shape (..., points) -> log values of that shape.
    low, high : ndarray, shape (...)
        Bounds that contain the mass. They are narrowed around the peak before the final trapezoidal sum, which
        converges exponentially for these functions (Trefethen and Weideman 2014, SIAM Rev 56:385-458).
    points : int
        Nodes of the sum; a quarter of them, and at least 25, narrow the bounds. Where an integrand has a long tail
        beside a narrow peak, the nodes of all are doubled until the peak is resolved, unless the integral is negligible
        beside the others.
    zooms : int
        Passes that narrow the bounds; with none, bounds and nodes are taken as they are.

    Returns
    -------
    ndarray, shape (...)
    """
    low, high = np.broadcast_arrays(np.asarray(low, float), np.asarray(high, float))
    coarse = np.linspace(0.0, 1.0, max(points // 4, 25))
    for _ in range(zooms):
        x = low[..., None] + (high - low)[..., None] * coarse
        near = (values := log_f(x)) > values.max(axis=-1, keepdims=True) - DROP
        first = np.maximum(near.argmax(axis=-1) - 1, 0)
        last = np.minimum(len(coarse) - near[..., ::-1].argmax(axis=-1), len(coarse) - 1)
        low = np.take_along_axis(x, first[..., None], -1)[..., 0]
        high = np.take_along_axis(x, last[..., None], -1)[..., 0]
    while True:
        x = low[..., None] + (high - low)[..., None] * np.linspace(0.0, 1.0, points)
        values = log_f(x)
        found = log_sum_exp(values, axis=-1) + np.log((high - low) / (points - 1))
        if zooms == 0 or points > MOST or _sharpest(values[found > found.max() - RELEVANT]) <= SHARPEST:
            return found
        points = 2 * points - 1


def _sharpest(log_f: FloatArray) -> float:
    """Return the largest negative second difference near the peak: of a normal, (distance of nodes / its SD)^2."""
    middle = log_f[..., 1:-1]
    bend = 2 * middle - log_f[..., :-2] - log_f[..., 2:]
    return float(np.max(bend, where=middle > log_f.max(axis=-1, keepdims=True) - NEAR, initial=0.0))


def panels(breaks: Iterable[float], order: int = 16) -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Legendre nodes and weights on every interval between break points.

    Parameters
    ----------
    breaks : iterable of float
        In any order, repetitions allowed.
    order : int
        Nodes per interval.

    Returns
    -------
    nodes, weights : ndarray, shape (intervals * order,)
    """
    edges = np.unique(np.asarray(list(breaks), dtype=float))
    node, weight = np.polynomial.legendre.leggauss(order)
    half = np.diff(edges)[:, None] / 2
    middle = (edges[:-1] + edges[1:])[:, None] / 2
    return (middle + half * node).ravel(), (half * weight).ravel()


def towards(bound: float, reach: float) -> list[float]:
    """Return breaks that approach a finite bound, where a density may be steep or singular.

    Parameters
    ----------
    bound : float
    reach : float
        Signed distance from the bound, pointing inwards.
    """
    return [bound, *(bound + reach * 2.0**-i for i in range(2, HALVINGS + 1))]


def singular_ends(theta: FloatArray, weight: FloatArray, log_f: FloatArray, bounds: tuple[float, float]) -> FloatArray:
    """Return corrections of log f on the outermost panels, for densities singular at a finite bound.

    At distance x from the bound, f may rise as x^(p - 1) times a constant, whose integral is known; Gauss-Legendre
    nodes miss much of it when p is small.

    Parameters
    ----------
    theta, weight : ndarray, shape (nodes,)
        In ascending order, on panels whose breaks include `towards` each finite bound.
    log_f : ndarray, shape (..., nodes)
    bounds : (float, float)

    Returns
    -------
    ndarray, shape (..., nodes)
        To be added to `log_f`; zero away from finite bounds.
    """
    found = np.zeros_like(log_f)
    for bound, order in zip(bounds, (1, -1), strict=True):
        if abs(bound) == inf:
            continue
        distance = abs(theta - bound)[::order]
        width = 2.0**-HALVINGS * (bounds[1] - bounds[0])
        outer = np.arange(len(theta))[::order][distance < width]
        if len(outer) < 2:
            continue
        x, last, middle = abs(theta[outer] - bound) / width, outer[-1], outer[len(outer) // 2]
        with np.errstate(invalid="ignore"):  # where f is 0
            slope = (log_f[..., last] - log_f[..., middle]) / np.log(x[-1] / x[len(outer) // 2])
        power = np.clip(np.nan_to_num(slope, nan=0.0, posinf=0.0), -1 + 1e-9, 0.0)[..., None]
        seen = (weight[outer] / width * x**power).sum(axis=-1, keepdims=True)
        found[..., outer] = -np.log(seen * (power + 1))
    return found


def crowded(spots: Iterable[tuple[float, float]], low: float, high: float) -> FloatArray:
    """Return edges of panels from `low` to `high` that are as narrow as each spot near it and widen away from it.

    Parameters
    ----------
    spots : iterable of (centre, width)
    low, high : float
    """
    spots = [(c, w) for c, w in spots]
    steps = np.sinh(np.linspace(-1, 1, 41) * np.arcsinh(1e3))
    x = np.unique(np.clip(np.concatenate([[low, high], *(c + w * steps for c, w in spots)]), low, high))
    for _ in range(3):  # midpoints beyond the steps keep the trapezoidal sum below accurate
        x = np.sort(np.concatenate([x, (x[1:] + x[:-1]) / 2]))
    squared = np.full(len(x), inf)  # width of a panel: (w^2 + ((x - c) / 3)^2)^(1/2) beside the nearest spot
    for c, w in spots:
        np.minimum(squared, w**2 + ((x - c) / 3) ** 2, out=squared)
    per_unit = squared**-0.5
    level = np.concatenate([[0.0], np.cumsum(np.diff(x) * (per_unit[1:] + per_unit[:-1]) / 2)])
    value: FloatArray = np.interp(np.linspace(0, level[-1], int(np.ceil(level[-1])) + 1), level, x)
    return value


def cumulative(
    nodes: FloatArray, density: FloatArray, bounds: tuple[float, float] = (-inf, inf)
) -> tuple[FloatArray, FloatArray]:
    """Return a distribution function on a fine grid, from a density on nodes and a spline of its logarithm.

    Parameters
    ----------
    nodes, density : ndarray, shape (n,)
    bounds : (float, float)
        Where the density ends, possibly at its highest (as a half-normal does); the mass between a bound and the
        outermost node is included.

    Returns
    -------
    x, cdf : ndarray, shape (m,)
    """
    inside = np.flatnonzero((nodes > bounds[0]) & (nodes < bounds[1]))
    near = inside[density[inside] > density.max() * 1e-25]
    index = np.arange(len(near))
    x = np.interp(np.linspace(0, index[-1], 40 * index[-1] + 1), index, nodes[near])
    log_density = CubicSpline(nodes[near], np.log(density[near]))
    ends = [np.linspace(b, nodes[i], 40) for b, i, outer in zip(bounds, near[[0, -1]], inside[[0, -1]], strict=True)
            if i == outer and np.isfinite(b)]  # fmt: skip
    x = np.unique(np.concatenate([x, *ends]))
    level = np.clip(x, *nodes[near[[0, -1]]])
    y = np.exp(log_density(level) + log_density(level, 1) * (x - level))
    cdf = cumulative_simpson(y, x=x, initial=0.0)
    return x, cdf / cdf[-1]


def quantiles_of(x: FloatArray, cdf: FloatArray, probabilities: Iterable[float]) -> list[float]:
    """Return quantiles from a distribution function on a grid: the cubic through the four points around each.

    Parameters
    ----------
    x, cdf : ndarray, shape (n,)
        As `cumulative` returns them; where the distribution function jumps, the line between two points is taken.
    probabilities : iterable of float
    """
    return [_inverse(x, cdf, p) for p in probabilities]


def _inverse(x: FloatArray, cdf: FloatArray, p: float) -> float:
    i = int(np.searchsorted(cdf, p))
    y, at = cdf[max(i - 2, 0) : i + 2], x[max(i - 2, 0) : i + 2]
    step = np.diff(y)
    if len(y) < 4 or step.min() <= step.max() / 8:
        return float(np.interp(p, cdf, x))
    for width in range(1, 4):  # Neville's scheme
        near, far = y[: 4 - width], y[width:]
        at = ((p - far) * at[:-1] + (near - p) * at[1:]) / (near - far)
    return float(at[0])
