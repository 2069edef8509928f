"""Likelihood curves of thousands of two-by-two tables, tabulated together.

For the log odds ratio theta and the log odds a midway between the arms (or of the control arm), with a ~ Normal,

    L(theta) = integral of Binomial(x_1 | a + theta/2) Binomial(x_0 | a - theta/2) p(a) da

The integrand is log-concave with at least the curvature of its prior, so that its mass lies within a known distance of
its peak: a trapezoidal sum in sinh around the peak converges exponentially. L is then a spline over
u = arcsinh((theta - y) / s), as in `quadrature.likelihood_curve`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.special import gammaln

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.two_risks import OfArm, log_risk_ratio

FAR = 60.0  # log odds ratios beyond which a curve is continued as a line
NODES, NODES_WITH_A_CORNER = 111, 441  # of the spline; the likelihood of a risk ratio bends at no effect
SUM = 33  # nodes of a trapezoidal sum
REACH = 8.5  # SDs of a normal factor beyond which a product with log-concave functions has no mass
AT_ONCE = 64  # tables whose arrays fit into a processor's cache
OF_EACH = ("centre", "width", "reach", "peak", "one_sided")  # what a curve has one of
NEWTON = 60  # steps towards a peak at the most; each halves its bracket or does better


type Flags = NDArray[np.bool_]
type Slopes = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True)
class Tables:
    """Two-by-two tables.

    Attributes
    ----------
    x1, n1, x0, n0 : ndarray, shape (tables,)
        Persons with the event and all persons, of the treatment and of the control arm.
    """

    x1: FloatArray
    n1: FloatArray
    x0: FloatArray
    n0: FloatArray

    def estimates(self, measure: str) -> tuple[FloatArray, FloatArray]:
        """Return the log ratio and its standard error, with half a patient in every cell where there would be none."""
        a, b, c, d = self.x1, self.n1 - self.x1, self.x0, self.n0 - self.x0
        if measure == "risk_ratio":  # an arm in which all had the event has a risk of one, which a ratio of risks takes
            missing = (a == 0) | (c == 0) | ((b == 0) & (d == 0))
        else:
            missing = self.has_empty_cell
        half = np.where(missing, 0.5, 0.0)
        a, b, c, d = a + half, b + half, c + half, d + half
        if measure == "risk_ratio":
            n1, n0 = a + b, c + d
            return np.log(a / n1) - np.log(c / n0), np.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n0)
        return np.log(a * d / (b * c)), np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)

    def at(self, tables: slice | IntArray) -> Tables:
        """Return some of the tables."""
        return Tables(self.x1[tables], self.n1[tables], self.x0[tables], self.n0[tables])

    @property
    def has_empty_cell(self) -> Flags:
        """Tables in which no or all persons of an arm had the event, shape (tables,)."""
        return np.asarray((self.x1 == 0) | (self.x0 == 0) | (self.x1 == self.n1) | (self.x0 == self.n0))


@dataclass(frozen=True)
class Curves:
    """The log likelihoods of tables as splines.

    Attributes
    ----------
    centre, width, reach : ndarray, shape (tables,)
        The spline of a table covers u from -reach to reach.
    peak : ndarray, shape (tables,)
        Where the curve is highest on its nodes.
    one_sided : ndarray of bool, shape (tables,)
        Whether an empty cell lets the curve fall off to one side only.
    coefficients : ndarray, shape (4, tables, intervals)
        Of the cubic in (position within an interval) from its start, in units of the interval.
    """

    centre: FloatArray
    width: FloatArray
    reach: FloatArray
    peak: FloatArray
    one_sided: Flags
    coefficients: FloatArray

    def _place(self, theta: FloatArray) -> tuple[FloatArray, list[FloatArray]]:
        shape = (-1,) + (1,) * (theta.ndim - 1)
        intervals = self.coefficients.shape[2]
        u = np.arcsinh((theta - self.centre.reshape(shape)) / self.width.reshape(shape))
        position = (u / self.reach.reshape(shape) + 1) * (intervals / 2)
        i = np.clip(position, 0, intervals - 1).astype(np.intp)
        flat = i + intervals * np.arange(len(theta)).reshape(shape)
        return position - i, [c.reshape(-1).take(flat) for c in self.coefficients]

    def __call__(self, theta: FloatArray) -> FloatArray:
        """Return log L, shape (tables, ...) as theta; linear in u beyond the spline."""
        t, (a, b, c, d) = self._place(theta)
        inside = np.clip(t, 0.0, 1.0)
        value = ((a * inside + b) * inside + c) * inside + d
        return np.asarray(value + ((3 * a * inside + 2 * b) * inside + c) * (t - inside))

    def slopes(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the first and second derivative of log L with respect to theta."""
        t, (a, b, c, _) = self._place(theta)
        inside = np.clip(t, 0.0, 1.0)
        shape = (-1,) + (1,) * (theta.ndim - 1)
        per_u = self.coefficients.shape[2] / (2 * self.reach.reshape(shape))
        first, second = ((3 * a * inside + 2 * b) * inside + c) * per_u, (6 * a * inside + 2 * b) * per_u**2
        away = theta - self.centre.reshape(shape)
        slope = 1 / np.hypot(self.width.reshape(shape), away)
        return first * slope, second * slope**2 - first * away * slope**3

    def at(self, tables: IntArray) -> Curves:
        """Return the curves of some tables."""
        one = {name: getattr(self, name)[tables] for name in OF_EACH}
        return Curves(**one, coefficients=self.coefficients[:, tables])

    def only(self, place: IntArray) -> tuple[Curves, IntArray]:
        """Return the curves that places name, and these places among them; a place below zero names none."""
        kept = np.unique(place[place >= 0])
        return self.at(kept), np.where(place >= 0, np.searchsorted(kept, place), -1)


def curves_of(tables: Tables, measure: str, nuisance: Nuisance) -> Curves:
    """Tabulate the likelihoods of a log ratio.

    Parameters
    ----------
    tables : Tables
    measure : {"odds_ratio", "risk_ratio"}
    nuisance : Nuisance
        Its prior of the baseline log odds must be a normal.
    """
    centre, width = tables.estimates(measure)
    reach = np.arcsinh(np.maximum(FAR, 12 * width) / width)
    nodes = NODES if measure == "odds_ratio" else NODES_WITH_A_CORNER
    u = np.linspace(-1, 1, nodes)
    theta = centre[:, None] + width[:, None] * np.sinh(reach[:, None] * u)
    of, at_once = (log_of_odds_ratio, AT_ONCE) if measure == "odds_ratio" else (log_of_risk_ratio, AT_ONCE // 8)
    chunks = [slice(i, i + at_once) for i in range(0, len(theta), at_once)]
    log_l = np.concatenate([of(tables.at(part), theta[part], nuisance) for part in chunks])
    spline = CubicSpline(np.arange(nodes, dtype=float), log_l, axis=1)
    peak = theta[np.arange(len(theta)), log_l.argmax(axis=1)]
    return Curves(centre, width, reach, peak, tables.has_empty_cell, np.ascontiguousarray(np.moveaxis(spline.c, 1, 2)))


def together(parts: Sequence[Curves]) -> Curves:
    """Return the curves of several sets of tables, one after the other."""
    most = max(part.coefficients.shape[2] for part in parts)
    parts = [_refined(part, most // part.coefficients.shape[2]) for part in parts]
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in OF_EACH}
    return Curves(**joined, coefficients=np.concatenate([part.coefficients for part in parts], axis=1))


def _refined(curves: Curves, times: int) -> Curves:
    """Return the same cubics on intervals divided into equal parts."""
    if times == 1:
        return curves
    a, b, c, d = (values[..., None] for values in curves.coefficients)
    start = np.arange(times) / times
    # of a t^3 + b t^2 + c t + d with t = start + u / times, in powers of u
    parts = (
        a / times**3 + 0 * start,
        (3 * a * start + b) / times**2,
        ((3 * a * start + 2 * b) * start + c) / times,
        ((a * start + b) * start + c) * start + d,
    )
    tables, intervals = curves.coefficients.shape[1:]
    return replace(curves, coefficients=np.stack([part.reshape(tables, intervals * times) for part in parts]))


def log_of_odds_ratio(tables: Tables, theta: FloatArray, nuisance: Nuisance) -> FloatArray:
    """Return log L of log odds ratios, shape (tables, n), with the baseline integrated out."""
    mean, sd = nuisance.binary.args
    offset = nuisance.baseline_offset
    x1, n1, x0, n0 = (v[:, None] for v in (tables.x1, tables.n1, tables.x0, tables.n0))
    middle = mean + offset * theta

    def slopes(a: FloatArray) -> tuple[FloatArray, FloatArray]:
        p1, p0 = _expit(a + theta / 2), _expit(a - theta / 2)
        return (
            x1 - n1 * p1 + x0 - n0 * p0 - (a - middle) / sd**2,
            -n1 * p1 * (1 - p1) - n0 * p0 * (1 - p0) - sd**-2,
        )

    rough = np.log((tables.x1 + tables.x0 + 0.5) / (tables.n1 + tables.n0 - tables.x1 - tables.x0 + 0.5))[:, None]
    span = np.abs(theta) / 2 + np.abs(rough) + 2
    peak = peak_of(slopes, np.minimum(middle, rough - span), np.maximum(middle, rough + span))
    narrow = (-slopes(peak)[1]) ** -0.5
    far = np.arcsinh(REACH * sd / narrow)
    v = np.linspace(-1, 1, SUM)
    a = peak[..., None] + narrow[..., None] * np.sinh(far[..., None] * v)
    up, down = a + theta[..., None] / 2, a - theta[..., None] / 2
    log_f = x1[..., None] * up - n1[..., None] * np.logaddexp(0, up)
    log_f += x0[..., None] * down - n0[..., None] * np.logaddexp(0, down)
    log_f -= 0.5 * ((a - middle[..., None]) / sd) ** 2
    log_f += np.log(np.cosh(far[..., None] * v))
    step = np.log(narrow * far * 2 / (SUM - 1)) - np.log(sd) - 0.5 * np.log(2 * np.pi)
    ways = _log_choose(tables.n1, tables.x1) + _log_choose(tables.n0, tables.x0)
    return np.asarray(log_sum_exp(log_f, axis=-1) + step + ways[:, None])


def log_of_risk_ratio(tables: Tables, theta: FloatArray, nuisance: Nuisance) -> FloatArray:
    """Return log L of log risk ratios, shape (tables, n), by the integral of the ordinary quadrature."""
    each = theta.shape[1]

    def arm(x: FloatArray, n: FloatArray) -> OfArm:
        events, persons, ways = (np.repeat(v, each)[:, None] for v in (x, n, _log_choose(n, x)))
        return lambda logit, log_not: np.asarray(events * logit + persons * log_not + ways)

    arms = arm(tables.x1, tables.n1), arm(tables.x0, tables.n0)
    return log_risk_ratio(arms, nuisance)(theta.ravel()).reshape(theta.shape)


def peak_of(slopes: Slopes, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return where a log-concave function has its peak, within a bracket, by Newton's steps or halves."""
    at = (low + high) / 2
    for _ in range(NEWTON):
        first, second = slopes(at)
        low, high = np.where(first > 0, at, low), np.where(first > 0, high, at)
        step = at - first / second
        moved = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        if np.all(np.abs(moved - at) * np.sqrt(-second) < 1e-3):
            return moved
        at = moved
    return at


def _expit(x: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-x)))


def _log_choose(n: FloatArray, x: FloatArray) -> FloatArray:
    return np.asarray(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1))
