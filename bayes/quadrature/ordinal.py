"""The likelihood L(theta) of an ordinal table, with its cutpoints integrated out one after another.

With cutpoints a_1 < ... < a_{K-1} at the arm average, the likelihood and the Dirichlet prior of the mid-distribution
factor over neighbouring cutpoints, so the (K-1)-fold integral is a chain:

    G_{K-1}(a) = last cell(a),     G_k(a) = integral over a' > a of  cell_{k+1}(a, a') f(a') G_{k+1}(a')
    L(theta)   = integral of  first cell(a) f(a) G_1(a),       f = derivative of the inverse logit

Each step substitutes a' = a + exp(w), which turns the power law of a narrow cell into an exponential tail, and applies
the trapezoidal rule; a cubic spline carries log G from step to step. The log likelihood
has errors of about 1e-5 within four standard errors of its maximum where every category is nearly empty, and of 1e-7
otherwise.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import expit, gammaln, polygamma

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.quadrature.densities import log_density

NODES = 55  # per cutpoint
Counts = tuple[float, float, float]  # of one category: in the treatment arm, in the control arm, and of the prior
Moves = tuple[FloatArray, FloatArray]  # of one cutpoint, in the treatment and in the control arm
REACH = 8.5  # half-width of a cutpoint's window in standard deviations
STEP = 0.8  # of the trapezoidal rule, in standard deviations of the integrand


@dataclass(frozen=True)
class Table:
    """The counts of two arms, best category first, and the prior of the cutpoints.

    Attributes
    ----------
    treatment, control : ndarray, shape (K,)
        Patients per category.
    concentration : ndarray, shape (K,)
        Dirichlet concentrations of the category shares before any shift; ones if `threshold` is set.
    threshold : Distribution or None
        An alternative prior: of every cutpoint, independent except for their order (as in R's brms).
    """

    treatment: FloatArray
    control: FloatArray
    concentration: FloatArray
    threshold: Distribution | None = None

    @property
    def log_constant(self) -> float:
        c = self.concentration
        return 0.0 if self.threshold is not None else float(gammaln(c.sum()) - gammaln(c).sum())

    def log_prior(self, a: FloatArray) -> FloatArray:
        """Return the log prior of a cutpoint that the cells do not contain: the logistic slope, or its own density."""
        return _log_slope(a) if self.threshold is None else log_density(self.threshold, a)


def concentration(levels: int, stated: Distribution | None) -> float:
    """Return the Dirichlet concentration of each category's share; 1 where a density of the cutpoints replaces it.

    Parameters
    ----------
    levels : int
        Categories of the scale.
    stated : Distribution or None
        The prior of the prior set; None for the default, 1 / (0.8 + 0.35 max(levels, 3)).
    """
    if stated is None:
        return 1 / (0.8 + 0.35 * max(levels, 3))
    return stated.args[0] if stated.name == "dirichlet" else 1.0


def log_curve(table: Table, up: FloatArray, down: FloatArray) -> FloatArray:
    """Return the log likelihood for every row of shifts, up to the multinomial constants.

    Parameters
    ----------
    table : Table
    up, down : ndarray, shape (rows, 1) or (rows, K - 1)
        Added to the cutpoints in the treatment and in the control arm: one shift for all cuts under proportional odds,
        one per cut otherwise.

    Returns
    -------
    ndarray, shape (rows,)
    """
    cuts = len(table.treatment) - 1
    up, down = (np.broadcast_to(np.asarray(move, float), (len(move), cuts)) for move in (up, down))
    low, high = _windows(table, up, down)
    chunks = np.array_split(np.arange(len(up)), max(1, len(up) // 12))
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # NumPy releases the GIL, so the threads run in parallel
        parts = list(pool.map(lambda i: _chain(table, up[i], down[i], low[i], high[i]), chunks))
    return np.concatenate(parts) + table.log_constant


def _windows(table: Table, up: FloatArray, down: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return, per row, an interval for every cutpoint that contains its conditional mass."""
    x, y, c = table.treatment, table.control, table.concentration
    below = np.cumsum(x + y + c)[:-1]
    total = (x + y + c).sum()
    sd = np.sqrt(polygamma(1, below) + polygamma(1, total - below))
    share_t = (x.sum() + c.sum() / 2) / total
    centre = np.tile(np.log(below / (total - below)), (len(up), 1)) - (up + down) / 2
    for _ in range(60):  # damped Newton: solve for `below` patients of both arms at or under the cut
        p, q = expit(centre + up), expit(centre + down)
        gap = below / total - share_t * p - (1 - share_t) * q
        slope = share_t * p * (1 - p) + (1 - share_t) * q * (1 - q)
        centre = centre + np.clip(gap / np.maximum(slope, 1e-12), -1.0, 1.0)
    # far from zero, the data hardly inform a cutpoint between the arms: widen its window with their distance
    width = np.maximum(sd, np.minimum(1 / np.sqrt(total * np.maximum(slope, 1e-12)), sd + np.abs(up - down) / 8))
    return centre - REACH * width, centre + REACH * width


def _chain(table: Table, up: FloatArray, down: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the log likelihood of some rows of shifts, integrating from the last cutpoint to the first."""
    x, y, c = table.treatment, table.control, table.concentration
    unit = np.linspace(0.0, 1.0, NODES)
    last = len(x) - 1
    grid = low[:, -1:] + (high - low)[:, -1:] * unit
    arms = _Arms(up, down)
    log_g = _open_cell(grid, 1, (x[last], y[last], c[last]), arms.at(last - 1))
    for k in range(last - 1, 0, -1):
        following = _Spline(low[:, k], high[:, k], log_g)
        grid = low[:, k - 1 : k] + (high - low)[:, k - 1 : k] * unit
        log_g = _step(table, grid, following, k, arms, low[:, k], high[:, k])
    log_f = log_g + _open_cell(grid, -1, (x[0], y[0], c[0]), arms.at(0)) + table.log_prior(grid)
    return log_sum_exp(log_f, axis=1) + np.log((high - low)[:, 0] / (NODES - 1))


@dataclass(frozen=True)
class _Arms:
    """The shifts of the cutpoints in both arms; the cutpoints of the prior are not shifted."""

    up: FloatArray
    down: FloatArray

    def at(self, cut: int) -> Moves:
        return self.up[:, cut : cut + 1], self.down[:, cut : cut + 1]


def _step(
    table: Table, a: FloatArray, following: _Spline, k: int, arms: _Arms, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return the log integral over the next cutpoint a' = a + room + exp(w), for every row and every node a.

    `room` keeps the cell positive in both arms where their cuts move apart; it is zero under proportional odds.
    """
    counts = table.treatment[k], table.control[k], table.concentration[k]
    lower, upper = arms.at(k - 1), arms.at(k)
    room = np.maximum(np.maximum(lower[0] - upper[0], lower[1] - upper[1]), 0.0)
    power = sum(counts)
    middle, sd = (low + high) / 2, (high - low) / (2 * REACH)
    # the step must capture mass beyond the next window as well: a cliff in log G would make its spline oscillate
    top = np.log(np.maximum(high[:, None] - a - room, 4 * (1 + np.sqrt(power)) * sd[:, None]))
    typical = np.log(np.maximum(middle[:, None] - a - room, sd[:, None]))
    bottom = np.minimum(typical, top) - 3.0 / np.sqrt(power) - 42.0 / power
    step = STEP * min(1 / np.sqrt(power), float((sd / np.exp(typical).max(axis=1)).min()))
    count = int(np.clip(np.ceil((top - bottom).max() / step), 40, 600))
    w = bottom[..., None] + (top - bottom)[..., None] * np.linspace(0.0, 1.0, count)
    gap = room[..., None] + np.exp(w)
    b = a[..., None] + gap
    log_f = following(b)
    log_f += w
    log_f += table.log_prior(b)
    log_f += _inner_cell((a[..., None], b, gap), counts, lower, upper)
    value: FloatArray = log_sum_exp(log_f, axis=-1) + np.log((top - bottom) / (count - 1))
    return value


def _inner_cell(
    edges: tuple[FloatArray, FloatArray, FloatArray], counts: Counts, lower: Moves, upper: Moves
) -> FloatArray:
    """Return the log of the cell between cutpoints a and b in both arms and in the prior; gap is b - a."""
    a, b, gap = edges
    x, y, c = counts
    above, below = np.exp(np.minimum(a, 350.0)), np.exp(np.minimum(-b, 350.0))
    moved_alike = np.array_equal(lower[0], upper[0]) and np.array_equal(lower[1], upper[1])
    total = np.zeros_like(b)
    if moved_alike:
        total += (x + y + c - 1.0) * np.log(-np.expm1(-gap))
    for n, one, next_ in zip((x, y, c - 1.0), _deeper(lower), _deeper(upper), strict=True):
        if n == 0:  # an empty category of an arm
            continue
        if not moved_alike:
            total += n * np.log(-np.expm1(-np.maximum(gap + (next_ - one), 1e-300)))
        upto = below * np.exp(np.minimum(-next_, 350.0))
        np.log1p(upto, out=upto)
        upto *= n
        total -= upto
        total -= n * np.log1p(above * np.exp(np.minimum(one, 350.0)))
    return total


def _deeper(moves: Moves) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the shifts of one cutpoint with a further axis, for the nodes of the next one."""
    return moves[0][..., None], moves[1][..., None], np.zeros(())


def _open_cell(edge: FloatArray, sign: int, counts: Counts, moves: Moves) -> FloatArray:
    """Return the log of the first (sign -1) or the last (sign +1) cell in both arms and in the prior."""
    (x, y, c), (up, down) = counts, moves
    e = np.exp(np.minimum(sign * edge, 350.0))
    in_treatment = x * np.log1p(e * np.exp(np.minimum(sign * up, 350.0)))
    in_control = y * np.log1p(e * np.exp(np.minimum(sign * down, 350.0)))
    return -(in_treatment + in_control + (c - 1.0) * np.log1p(e))


def _log_slope(a: FloatArray) -> FloatArray:
    size = np.abs(a)
    value = np.log1p(np.exp(-size))
    value *= -2
    value -= size
    return value


class _Spline:
    """A cubic spline per theta, each on its own uniform grid; linear beyond the ends."""

    def __init__(self, low: FloatArray, high: FloatArray, values: FloatArray) -> None:
        self.low, self.step = low, (high - low) / (values.shape[1] - 1)
        self.c = CubicSpline(np.arange(values.shape[1]), values.T).c  # (4, interval, theta)

    def __call__(self, x: FloatArray) -> FloatArray:
        n = self.c.shape[1]
        position = (x - self.low[:, None, None]) / self.step[:, None, None]
        inside = np.clip(position, 0.0, n)
        i = np.minimum(inside.astype(np.intp), n - 1)
        row = np.arange(len(x))[:, None, None]
        t = inside - i
        place = i * len(x) + row
        c = self.c.reshape(4, -1)
        value: FloatArray = c[0].take(place)
        for k in (1, 2, 3):
            value *= t
            value += c[k].take(place)
        slope = np.where(position < 0, self.c[2, 0][row], (3 * self.c[0, -1] + 2 * self.c[1, -1] + self.c[2, -1])[row])
        value += slope * (position - inside)
        return value
