"""The likelihood of one report averaged over normal (or other) effects, at pairs of mu and tau.

    A(mu, tau) = log  integral of L(theta) g((theta - mu) / tau) / tau d theta

A synthesis of hundreds of reports needs tens of thousands of pairs a report. With normal effects the product of L and g
is most often close to a normal, so that a few nodes about its peak give the integral. Each such rule carries a coarser
one on nodes of its own or on every other node: where the two agree and nothing is left at the ends, the finer is taken.
Elsewhere, panels at every scale on which the product can bend are slower and never miss anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import log, pi

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.quadrature.likelihood_curve import Curve, LogCurve
from bayes.quadrature.scatter import NORMAL, Scatter

Places = NDArray[np.intp]
Averages = tuple[FloatArray, FloatArray, FloatArray]  # log average, mean and second moment of theta

STEPS = np.array([-9, -5, -2.5, -1, 0, 1, 2.5, 5, 9])
FAR_STEPS = np.array([-400, -100, -40, -20, -13, *STEPS, 13, 20, 40, 100, 400])
FINE_STEPS = np.array([-9, -6, -4, -2.5, -1.5, -0.7, 0, 0.7, 1.5, 2.5, 4, 6, 9])
LEGENDRE = np.polynomial.legendre.leggauss(6)
REACH = 1000.0  # reach of a report's curve, in its widths
NARROW = 0.5  # of a report's width: with effects closer together than this, the product is nearly normal
CLOSE = 1e-3  # SDs of the product to its peak, where the search ends
ROWS = 256  # pairs at once by panels, and
BLOCK = 2048  # by a rule: what a processor's cache holds


@dataclass(frozen=True)
class Quick:
    """A curve as a fast spline over nodes dense around its peak, because it is evaluated about a million times.

    The grid is uniform in u = arcsinh((theta - centre) / width), so no interval needs a search; linear beyond the grid.
    """

    centre: float
    width: float
    low: float
    step: float
    coefficients: FloatArray

    @classmethod
    def of(cls, curve: Curve, log_l: LogCurve) -> Quick:
        """Return one direction of a curve, `log_l`, as a spline."""
        node = np.linspace(-1, 1, 1201) * np.arcsinh(REACH)
        spline = CubicSpline(node, log_l(curve.centre + curve.width * np.sinh(node)))
        return cls(curve.centre, curve.width, node[0], node[1] - node[0], spline.c)

    @property
    def steepest(self) -> float:
        """The largest second derivative with respect to theta; not above zero where the curve is log-concave."""
        node = self.low + self.step * np.arange(self.coefficients.shape[1] + 1)
        return float(self.bend(self.centre + self.width * np.sinh(node))[1].max())

    def _place(self, theta: FloatArray) -> tuple[FloatArray, list[FloatArray]]:
        """Return the distance into the interval (outside it beyond the grid) and the interval's four coefficients."""
        position = (np.arcsinh((theta - self.centre) / self.width) - self.low) / self.step
        last = self.coefficients.shape[1] - 1
        i = np.clip(position, 0, last).astype(np.intp)
        return (position - i) * self.step, [c.take(i) for c in self.coefficients]

    def __call__(self, theta: FloatArray) -> FloatArray:
        t, (a, b, c, d) = self._place(theta)
        inside = np.clip(t, 0.0, self.step)
        value = ((a * inside + b) * inside + c) * inside + d
        return value + ((3 * a * inside + 2 * b) * inside + c) * (t - inside)

    def bend(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the first and second derivative with respect to theta."""
        t, (a, b, c, _) = self._place(theta)
        inside = np.clip(t, 0.0, self.step)
        first, second = (3 * a * inside + 2 * b) * inside + c, 6 * a * inside + 2 * b
        away = theta - self.centre
        slope = 1 / np.hypot(self.width, away)
        return first * slope, second * slope**2 - first * away * slope**3


@dataclass(frozen=True)
class Rule:
    """Nodes in SDs from the peak of the product, with weights of a rule and of a coarser one that it is held against.

    Attributes
    ----------
    node : ndarray, shape (k,)
    log_weight, coarse : ndarray, shape (k,)
        Minus infinity where a rule does not use a node.
    ends : tuple of int
        Positions of the outermost nodes of the finer rule.
    tolerance : float
        The largest difference of the two logs with which the finer is trusted.
    """

    node: FloatArray
    log_weight: FloatArray
    coarse: FloatArray
    ends: tuple[int, ...]
    tolerance: float


@cache
def hermite() -> Rule:
    """Return Gauss-Hermite rules of 12 and of 8 nodes, for a product that is nearly normal."""
    (x, w), (y, v) = (np.polynomial.hermite.hermgauss(n) for n in (12, 8))
    unused = np.full(len(x), -np.inf), np.full(len(y), -np.inf)
    return Rule(
        node=np.sqrt(2) * np.concatenate([x, y]),
        log_weight=np.concatenate([np.log(np.sqrt(2) * w) + x**2, unused[1]]),
        coarse=np.concatenate([unused[0], np.log(np.sqrt(2) * v) + y**2]),
        ends=(),
        tolerance=1e-8,
    )


@cache
def stretched() -> Rule:
    """Return the trapezoidal rule in x, z = sinh(x), for a skewed product; the coarser one has every other node.

    The error of this rule is about the square of that of the coarser (Trefethen and Weideman 2014, SIAM Rev 56:385), so
    that 1e-6 between them stands for less than 1e-9.
    """
    x, step = np.linspace(-4.2, 4.2, 57, retstep=True)
    log_weight = np.log(np.cosh(x) * step)
    coarse = np.where(np.arange(len(x)) % 2 == 0, log_weight + log(2), -np.inf)
    return Rule(np.sinh(x), log_weight, coarse, (0, len(x) - 1), 1e-6)


def averages(quick: Quick, mu: FloatArray, tau: FloatArray, scatter: Scatter) -> Averages:
    """Return the log average, mean and second moment of theta for every mu and tau.

    Parameters
    ----------
    quick : Quick
    mu, tau : ndarray, shape (m,) and (t,)
    scatter : Scatter
        The distribution of effects about mu in units of tau.

    Returns
    -------
    tuple of ndarray, shape (m, t)
    """
    every_mu, every_tau = (values.ravel() for values in np.broadcast_arrays(mu[:, None], tau[None, :]))
    found = np.empty((3, every_mu.size))
    left = np.arange(every_mu.size)
    if scatter == NORMAL:
        one_peak = every_tau**-2 > quick.steepest
        narrow = every_tau < NARROW * quick.width
        left = left[~one_peak]
        for rule, chosen in ((hermite(), one_peak & narrow), (stretched(), one_peak & ~narrow)):
            for block in _blocks(np.flatnonzero(chosen), BLOCK):
                found[:, block], sound = _about_peak(quick, every_mu[block], every_tau[block], rule)
                left = np.concatenate([left, block[~sound]])
    for block in _blocks(left, ROWS):
        found[:, block] = _by_panels(quick, every_mu[block], every_tau[block], scatter)
    total, mean, second = found.reshape(3, len(mu), len(tau))
    return total, mean, second


def _blocks(where: Places, size: int) -> list[Places]:
    return [where[start : start + size] for start in range(0, len(where), size)]


def _peak(quick: Quick, mu: FloatArray, tau: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the peak of the product with normal effects and the curvature there.

    By Newton's steps on its slope, or by halves where these leave the interval that contains it.
    """
    low, high = np.minimum(quick.centre, mu), np.maximum(quick.centre, mu)
    peak = (low + high) / 2
    for _ in range(16):
        first, second = quick.bend(peak)
        slope, curvature = first - (peak - mu) / tau**2, tau**-2 - second
        if np.all(slope**2 < CLOSE**2 * curvature):  # for a negative curvature this is false
            break
        low, high = np.where(slope > 0, peak, low), np.where(slope > 0, high, peak)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = peak + slope / curvature
        peak = np.where((curvature > 0) & (step >= low) & (step <= high), step, (low + high) / 2)
    return peak, tau**-2 - quick.bend(peak)[1]


def _about_peak(quick: Quick, mu: FloatArray, tau: FloatArray, rule: Rule) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the averages with normal effects by a rule about the peak, shape (3, n), and where they can be trusted."""
    peak, curvature = _peak(quick, mu, tau)
    sd = curvature**-0.5
    away = sd[:, None] * rule.node
    theta = peak[:, None] + away
    log_product = quick(theta) - 0.5 * ((theta - mu[:, None]) / tau[:, None]) ** 2
    log_mass = log_product + rule.log_weight
    total, coarse = log_sum_exp(log_mass, axis=1), log_sum_exp(log_product + rule.coarse, axis=1)
    sound = np.abs(total - coarse) < rule.tolerance
    share = np.exp(log_mass - total[:, None])
    for end in rule.ends:
        sound &= share[:, end] < 1e-13
    first, second = (share * away).sum(axis=1), (share * away**2).sum(axis=1)
    return np.stack(
        [total + np.log(sd / tau) - 0.5 * log(2 * pi), peak + first, peak**2 + 2 * peak * first + second]
    ), sound


def _by_panels(quick: Quick, mu: FloatArray, tau: FloatArray, scatter: Scatter) -> FloatArray:
    """Return the averages by Gauss-Legendre panels at three scales, shape (3, n).

    They lie around the peak of the product, around mu and around the likelihood, so that none of the three is missed
    wherever it lies. The peak is that with normal effects: it only places panels, of which those around mu and the
    likelihood reach farther for any other scatter.
    """
    steps = STEPS if scatter == NORMAL else FAR_STEPS
    peak, curvature = _peak(quick, mu, tau)
    narrow = np.minimum(quick.width, tau) / 4
    sd = np.clip(np.maximum(curvature, tau**-2) ** -0.5, np.minimum(narrow, tau), tau)
    edges = np.concatenate(
        [
            peak[:, None] + sd[:, None] * FINE_STEPS,
            mu[:, None] + tau[:, None] * steps,
            np.tile(quick.centre + quick.width * steps, (len(mu), 1)),
        ],
        axis=1,
    )
    low = np.minimum(peak - 9 * sd, mu + steps[0] * tau)[:, None]
    high = np.maximum(peak + 9 * sd, mu + steps[-1] * tau)[:, None]
    edges = np.sort(np.clip(edges, low, high), axis=1)
    half, middle = np.diff(edges, axis=1) / 2, (edges[:, 1:] + edges[:, :-1]) / 2
    node, weight = LEGENDRE
    theta = (middle[..., None] + half[..., None] * node).reshape(len(mu), -1)
    with np.errstate(divide="ignore"):
        log_weight = np.log((half[..., None] * weight).reshape(len(mu), -1))
    log_density = scatter.log_density((theta - mu[:, None]) / tau[:, None]) - np.log(tau)[:, None]
    log_mass = quick(theta) + log_density + log_weight
    total = log_sum_exp(log_mass, axis=1)
    share = np.exp(log_mass - total[:, None])
    return np.stack([total, (share * theta).sum(axis=1), (share * theta**2).sum(axis=1)])
