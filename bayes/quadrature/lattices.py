"""Integrals over a few parameters at once, for many values of the effect: lattices around the peak of each.

The sum over a lattice converges exponentially for smooth functions with one peak, as the trapezoidal rule does. Two
cubic lattices, the second in the centres of the cells of the first, estimate the integral twice; together they are a
body-centred lattice, which is far more accurate than either, so that their difference bounds the error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from math import log, pi

import numpy as np

from bayes.base.arrays import FloatArray, log_sum_exp

LogDensity = Callable[[FloatArray, FloatArray], FloatArray]

# spacing and radius in standard deviations; those after the first, with better moments, where lattices disagree
PASSES = ((1.7, 4.7), (1.9, 5.0), (1.8, 5.2), (1.5, 5.5))
AGREE = 0.03  # log units between two lattices, beside which the error of both together is far smaller
RELEVANT = 20.0  # log units below the highest integral, beyond which an approximation is good enough
LEFT = 0.04  # of a covariance in the next one
STEP = 0.01  # for derivatives by differences
TRIED = np.array([1.0, 0.5, 0.25, 0.1, 0.02])  # parts of a Newton step
FLATTEST = 0.5  # the least curvature, in units of that of the scale


@dataclass(frozen=True)
class Peaks:
    """The peaks of log f over the parameters, one for each value of theta.

    Attributes
    ----------
    at : ndarray, shape (theta, parameter)
    covariance : ndarray, shape (theta, parameter, parameter)
        The inverse of the curvature there.
    log_f : ndarray, shape (theta,)
    """

    at: FloatArray
    covariance: FloatArray
    log_f: FloatArray

    @property
    def log_normal(self) -> FloatArray:
        """The log integral, were f normal."""
        size = self.at.shape[-1]
        return np.asarray(self.log_f + size / 2 * log(2 * pi) + 0.5 * np.linalg.slogdet(self.covariance)[1])


def peaks_of(log_f: LogDensity, theta: FloatArray, start: FloatArray, scale: FloatArray) -> Peaks:
    """Find the peaks by Newton's steps on differences.

    Parameters
    ----------
    log_f : callable
        theta (n, 1) and parameters (n, k, parameter) -> log values (n, k).
    theta : ndarray, shape (n,)
    start : ndarray, shape (n, parameter)
    scale : ndarray, shape (parameter,)
        Standard deviations of the priors.
    """
    size, at, rows, effect = len(scale), np.array(start), np.arange(len(theta)), theta[:, None]
    pairs = list(combinations(range(size), 2))
    unit = np.eye(size)
    moves = [np.zeros(size), *unit, *-unit, *(unit[i] + unit[j] for i, j in pairs)]
    nodes = STEP * np.array([*moves, *(-unit[i] - unit[j] for i, j in pairs)]) * scale
    for _ in range(25):
        values = log_f(effect, at[:, None] + nodes)
        slope, curvature = _derivatives(values, size, pairs)
        root, axes = np.linalg.eigh(-curvature)
        root = np.maximum(root, FLATTEST)
        step = np.einsum("nij,nj->ni", axes, np.einsum("nji,nj->ni", axes, slope) / root)
        step = step * np.minimum(1.0, 1.5 / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1e-300)) * scale
        tried = at[:, None] + TRIED[:, None] * step[:, None]
        found = log_f(effect, tried)
        best = found.argmax(axis=1)
        gain = found[rows, best] - values[:, 0]
        at = np.where((gain > 0)[:, None], tried[rows, best], at)
        if gain.max() < 1e-3:
            break
    covariance = np.einsum("nij,nj,nkj->nik", axes, 1 / root, axes) * np.outer(scale, scale)
    return Peaks(at, covariance, np.maximum(found[rows, best], values[:, 0]))


def _derivatives(values: FloatArray, size: int, pairs: list[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
    """Return first and second derivatives, in units of the scale, from values on the nodes of `peaks_of`."""
    middle, up, down = values[:, 0], values[:, 1 : size + 1], values[:, size + 1 : 2 * size + 1]
    slope = (up - down) / (2 * STEP)
    bend = up + down - 2 * middle[:, None]
    curvature = np.einsum("ni,ij->nij", bend, np.eye(size))
    both = values[:, 2 * size + 1 :].reshape(len(values), 2, len(pairs)).sum(axis=1) - 2 * middle[:, None]
    for k, (i, j) in enumerate(pairs):
        curvature[:, i, j] = curvature[:, j, i] = (both[:, k] - bend[:, i] - bend[:, j]) / 2
    return slope, curvature / STEP**2


def log_integrals(log_f: LogDensity, theta: FloatArray, peaks: Peaks, passes: int = len(PASSES)) -> FloatArray:
    """Return the log integral of f over its parameters for every theta.

    Where it is negligible beside the highest, f is taken to be normal.

    Parameters
    ----------
    log_f, theta
        As for `peaks_of`.
    peaks : Peaks
    passes : int
        How many times a lattice may be refined.

    Returns
    -------
    ndarray, shape (n,)
    """
    found = peaks.log_normal
    near = np.flatnonzero(found > found.max() - RELEVANT)
    around = Peaks(peaks.at[near], peaks.covariance[near], peaks.log_f[near])
    for spacing, radius in PASSES[:passes]:
        found[near], apart, around = _on_lattices(log_f, theta[near], around, spacing, radius)
        if apart.max() < AGREE:
            break
    return found


def _on_lattices(
    log_f: LogDensity, theta: FloatArray, peaks: Peaks, spacing: float, radius: float
) -> tuple[FloatArray, FloatArray, Peaks]:
    """Return log integrals, how far two lattices differ, and mean and covariance of f in place of its peaks."""
    size = peaks.at.shape[-1]
    reach = np.ceil(radius / spacing)
    cube = np.stack(np.meshgrid(*[spacing * np.arange(-reach, reach + 1)] * size), axis=-1).reshape(-1, size)
    lattices = [nodes[(nodes**2).sum(axis=1) <= radius**2] for nodes in (cube, cube + spacing / 2)]
    root = np.linalg.cholesky(peaks.covariance)
    nodes = peaks.at[:, None] + np.einsum("nij,kj->nki", root, np.concatenate(lattices))
    values = np.nan_to_num(log_f(theta[:, None], nodes), nan=-np.inf)
    cell = size * log(spacing) + np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    first, second = (log_sum_exp(v, axis=1) + cell for v in np.split(values, [len(lattices[0])], axis=1))
    together = np.logaddexp(first, second)
    weight = np.exp(values - (together - cell)[:, None])
    mean = np.einsum("nk,nki->ni", weight, nodes)
    away = nodes - mean[:, None]
    # where a single node has all the mass, the next lattice is a fifth as wide
    covariance = np.einsum("nk,nki,nkj->nij", weight, away, away) + LEFT * peaks.covariance
    moments = replace(peaks, at=mean, covariance=covariance)
    return together - log(2), np.abs(first - second), moments
