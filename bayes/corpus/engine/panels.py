"""Densities on Gauss-Legendre panels of their own, one a row: where to put the panels, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bayes.base.arrays import FloatArray

ORDER = 8  # nodes a panel
NODE, WEIGHT = np.polynomial.legendre.leggauss(ORDER)
BARYCENTRIC = 1 / np.array([np.prod(np.delete(node - NODE, i)) for i, node in enumerate(NODE)])
KEPT = np.array([0, 2, 3, 4, 5, 7])  # six of the eight nodes, whose own rule shows how well the panels resolve
FLATTENED = 0.25  # panels follow the density to this power, so that its tails have some
SPREAD = 0.1  # share of the panels that is spread evenly over the range
FINE = 16  # places within a panel where a distribution function is tabulated

LogDensity = Callable[[FloatArray], FloatArray]
"""x, shape (rows, n) -> log density of every row there, up to a constant of the row."""


def _interpolatory(nodes: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return weights by which values on the nodes give the integral of their polynomial from low to high."""
    powers = np.arange(len(nodes))
    moments = (high[:, None] ** (powers + 1) - low[:, None] ** (powers + 1)) / (powers + 1)
    return np.asarray(np.linalg.solve(np.vander(nodes, increasing=True).T, moments.T).T)


EMBEDDED = np.zeros(ORDER)
EMBEDDED[KEPT] = _interpolatory(NODE[KEPT], np.array([-1.0]), np.array([1.0]))[0]
PLACES = np.linspace(-1, 1, FINE + 1)[1:]
UP_TO = _interpolatory(NODE, np.full(FINE, -1.0), PLACES)  # (places, nodes): integrals from the start of the panel

FEWER = 4  # nodes a panel where half of them will do
FEW, FEW_WEIGHT = np.polynomial.legendre.leggauss(FEWER)
TO_FEW = np.linalg.solve(np.vander(NODE, increasing=True).T, np.vander(FEW, ORDER, increasing=True).T).T


@dataclass(frozen=True)
class Panels:
    """Gauss-Legendre panels that tile the range of a variable, those of each row its own.

    Attributes
    ----------
    edges : ndarray, shape (rows, panels + 1)
        In ascending order.
    """

    edges: FloatArray

    @cached_property
    def half(self) -> FloatArray:
        """Half the width of each panel, shape (rows, panels)."""
        return np.asarray(np.diff(self.edges, axis=1) / 2)

    @cached_property
    def nodes(self) -> FloatArray:
        """The nodes, shape (rows, panels * ORDER)."""
        middle = (self.edges[:, 1:] + self.edges[:, :-1]) / 2
        return (middle[..., None] + self.half[..., None] * NODE).reshape(len(self.edges), -1)

    @cached_property
    def weights(self) -> FloatArray:
        """Their integration weights, shape (rows, panels * ORDER)."""
        return (self.half[..., None] * WEIGHT).reshape(len(self.edges), -1)

    @cached_property
    def embedded(self) -> FloatArray:
        """The weights of the embedded rule, on six of the eight nodes of a panel."""
        return (self.half[..., None] * EMBEDDED).reshape(len(self.edges), -1)

    @cached_property
    def fewer_nodes(self) -> FloatArray:
        """Half as many nodes, shape (rows, panels * FEWER)."""
        middle = (self.edges[:, 1:] + self.edges[:, :-1]) / 2
        return (middle[..., None] + self.half[..., None] * FEW).reshape(len(self.edges), -1)

    @property
    def fewer_weights(self) -> FloatArray:
        """Their integration weights, shape (rows, panels * FEWER)."""
        return (self.half[..., None] * FEW_WEIGHT).reshape(len(self.edges), -1)

    def fine(self) -> FloatArray:
        """Return places where a distribution function is tabulated, shape (rows, panels * FINE + 1)."""
        middle = (self.edges[:, 1:] + self.edges[:, :-1]) / 2
        places = (middle[..., None] + self.half[..., None] * PLACES).reshape(len(self.edges), -1)
        return np.concatenate([self.edges[:, :1], places], axis=1)

    def cumulated(self, density: FloatArray) -> FloatArray:
        """Return the integral of a density from the first edge to each of the fine places.

        Parameters
        ----------
        density : ndarray, shape (rows, panels * ORDER)

        Returns
        -------
        ndarray, shape (rows, panels * FINE + 1)
            Divided by the integral over all panels.
        """
        rows = len(self.edges)
        inside = density.reshape(rows, -1, ORDER) @ UP_TO.T * self.half[..., None]
        before = np.concatenate([np.zeros((rows, 1)), np.cumsum(inside[..., -1], axis=1)], axis=1)
        found = (before[:, :-1, None] + inside).reshape(rows, -1)
        found = np.maximum.accumulate(np.concatenate([np.zeros((rows, 1)), found], axis=1), axis=1)
        return np.asarray(found / found[:, -1:])


def between_nodes(values: FloatArray, place: FloatArray) -> FloatArray:
    """Return the polynomial through the values on the nodes of one panel, at places in it.

    Parameters
    ----------
    values : ndarray, shape (..., ORDER)
    place : ndarray, shape (...)
        From -1 to 1.
    """
    away = place[..., None] - NODE
    near = np.abs(away) < 1e-12
    share = BARYCENTRIC / np.where(near, 1.0, away)
    share = np.where(near.any(axis=-1, keepdims=True), near, share)
    return np.asarray((share * values).sum(axis=-1) / share.sum(axis=-1))


def to_fewer(density: FloatArray, axis: int) -> FloatArray:
    """Interpolate a density on the nodes of panels to half as many, along one axis."""
    found = np.moveaxis(density, axis, -1)
    panels = found.shape[-1] // ORDER
    found = found.reshape(*found.shape[:-1], panels, ORDER) @ TO_FEW.T
    return np.moveaxis(found.reshape(*found.shape[:-2], panels * FEWER), -1, axis)


def quantiles(x: FloatArray, cdf: FloatArray, probability: float) -> FloatArray:
    """Return a quantile of every row from its distribution function on a fine grid, shape (rows,).

    Between the two places that contain it the function is taken as the cubic through four, as far as they rise.

    Parameters
    ----------
    x, cdf : ndarray, shape (rows, places)
    probability : float
    """
    rows = np.arange(len(x))
    after = np.clip((cdf < probability).sum(axis=1), 1, x.shape[1] - 1)
    first = np.clip(after - 2, 0, x.shape[1] - 4)
    at = first[:, None] + np.arange(4)
    p, q = cdf[rows[:, None], at], x[rows[:, None], at]
    low, high = cdf[rows, after - 1], cdf[rows, after]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (probability - low) / (high - low)
        line = x[rows, after - 1] + share * (x[rows, after] - x[rows, after - 1])
        cubic = np.zeros(len(x))
        for j in range(4):
            others = [i for i in range(4) if i != j]
            cubic += q[:, j] * np.prod([(probability - p[:, i]) / (p[:, j] - p[:, i]) for i in others], axis=0)
    step = np.diff(p, axis=1)
    smooth = step.min(axis=1) > step.max(axis=1) / 8
    inside = (cubic >= x[rows, after - 1]) & (cubic <= x[rows, after])
    return np.where(smooth & inside, cubic, line)


def above(x: FloatArray, cdf: FloatArray, threshold: FloatArray | float) -> FloatArray:
    """Return P(X > threshold) of every row from its distribution function on a fine grid, shape (rows,).

    Parameters
    ----------
    x, cdf : ndarray, shape (rows, places)
    threshold : float or ndarray, shape (rows,)
    """
    rows = np.arange(len(x))
    at = np.clip(np.broadcast_to(threshold, len(x)), x[:, 0], x[:, -1])
    after = np.clip((x < at[:, None]).sum(axis=1), 1, x.shape[1] - 1)
    first = np.clip(after - 2, 0, x.shape[1] - 4)
    four = first[:, None] + np.arange(4)
    q, p = x[rows[:, None], four], cdf[rows[:, None], four]
    found = np.zeros(len(x))
    for j in range(4):
        others = [i for i in range(4) if i != j]
        found += p[:, j] * np.prod([(at - q[:, i]) / (q[:, j] - q[:, i]) for i in others], axis=0)
    return 1 - np.clip(found, cdf[rows, after - 1], cdf[rows, after])


def placed(log_density: LogDensity, start: FloatArray, panels: int, passes: int = 2) -> Panels:
    """Place panels where a density is, from rough values of it.

    Each pass evaluates the density between the places known so far, more of them where it is larger.

    Parameters
    ----------
    log_density : callable
    start : ndarray, shape (rows, n)
        Places that span the range and come near every feature of the density, in ascending order.
    panels : int
    passes : int
    """
    x, log_f = start, log_density(start)
    for _ in range(passes):
        more = _crowded(x, log_f, start.shape[1])[:, 1:-1]
        x = np.concatenate([x, more], axis=1)
        log_f = np.concatenate([log_f, log_density(more)], axis=1)
        order = np.argsort(x, axis=1)
        x, log_f = np.take_along_axis(x, order, 1), np.take_along_axis(log_f, order, 1)
    return Panels(_crowded(x, log_f, panels + 1))


def _crowded(x: FloatArray, log_f: FloatArray, places: int) -> FloatArray:
    """Return places from the first to the last x, crowded where f is large, shape (rows, places)."""
    f = np.exp(FLATTENED * (log_f - log_f.max(axis=1, keepdims=True)))
    width = np.diff(x, axis=1)
    share = width * (f[:, 1:] + f[:, :-1]) / 2
    share = share / share.sum(axis=1, keepdims=True)
    share = (1 - SPREAD) * share + SPREAD * width / (x[:, -1:] - x[:, :1])
    level = np.concatenate([np.zeros((len(x), 1)), np.cumsum(share, axis=1)], axis=1)
    level /= level[:, -1:]
    return _along(level, x, np.linspace(0, 1, places))


def _along(level: FloatArray, x: FloatArray, wanted: FloatArray) -> FloatArray:
    """Interpolate x at the wanted levels in every row, shape (rows, wanted)."""
    rows = len(level)
    # every row is moved to an interval of its own, so that one sorted search serves them all
    offset = 2.0 * np.arange(rows)[:, None]
    at = np.searchsorted((level + offset).ravel(), (wanted + offset).ravel(), side="left").reshape(rows, -1)
    at = np.clip(at - level.shape[1] * np.arange(rows)[:, None], 1, level.shape[1] - 1)
    low, high = np.take_along_axis(level, at - 1, 1), np.take_along_axis(level, at, 1)
    left, right = np.take_along_axis(x, at - 1, 1), np.take_along_axis(x, at, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(high > low, (wanted - low) / (high - low), 0.5)
    found = left + np.clip(share, 0, 1) * (right - left)
    found[:, 0], found[:, -1] = x[:, 0], x[:, -1]
    return found
