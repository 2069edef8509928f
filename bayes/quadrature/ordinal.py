"""The likelihood L(theta) of an ordinal table, with its cutpoints integrated out one after another.

With cutpoints a_1 < ... < a_{K-1} at the arm average, the likelihood and the Dirichlet prior of the mid-distribution
factor over neighbouring cutpoints, so the (K-1)-fold integral is a chain:

    G_{K-1}(a) = last cell(a),     G_k(a) = integral over a' > a of  cell_{k+1}(a, a') f(a') G_{k+1}(a')
    L(theta)   = integral of  first cell(a) f(a) G_1(a),       f = derivative of the inverse logit

Each step substitutes a' = a + s log(1 + exp(v)), with s the spread of a', which turns the power law of a narrow cell
into an exponential tail and leaves a wide cell as it is, and applies the trapezoidal rule; a cubic spline carries log G
from step to step. The log likelihood has errors of up to 1e-5 within four standard errors of its maximum where every
category is nearly empty, and of 1e-7 otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import expit, gammaln, polygamma

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.quadrature.densities import log_density
from bayes.quadrature.likelihood_curve import LogCurve
from bayes.quadrature.row_splines import RowSplines, finer

REACH = 8.5  # half-width of a cutpoint's window in standard deviations
NODES, MOST = 41, 161  # per cutpoint, and no more than so many where its window is wide
WIDEST, FINEST = 0.9, 0.3  # logits between nodes, and between those that a step interpolates on
FINER = 2  # how many times finer than the nodes these are at least
STEP = 1.0  # of the trapezoidal rule, in standard deviations of the integrand
COARSE, DROP = 4, 40.0  # every which node finds those that matter: less than so many log units below the highest
CLOSE = 16.0  # -v beyond which only the cell between two cutpoints changes
ROWS = 10  # integrated at once: arrays that stay in the processor's cache


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
    chunks = np.array_split(np.arange(len(up)), -(-len(up) // ROWS))
    parts = [_chain(table, up[i], down[i], low[i], high[i]) for i in chunks]
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
    cuts, width = _Cuts(table, up, down), high - low
    unit = np.linspace(0.0, 1.0, int(np.clip(width.max() / WIDEST, NODES, MOST)))
    nodes = low[..., None] + width[..., None] * unit
    log_g = np.zeros_like(nodes[:, -1])
    for k in range(nodes.shape[1] - 1, 0, -1):
        log_g = _step(cuts, k, nodes[:, k - 1], log_g, low[:, k], high[:, k])
    log_f = log_g + cuts.log_edges(nodes[:, 0], 0)
    return log_sum_exp(log_f, axis=1) + np.log(width[:, 0] / (len(unit) - 1))


@dataclass(frozen=True)
class _Cuts:
    """The cutpoints of a table with their shifts in both arms; those of the prior are not shifted.

    The log of the cell between two of them is a function of the lower, one of the upper and one of their distance.
    """

    table: Table
    up: FloatArray
    down: FloatArray

    def powers(self, k: int) -> tuple[float, float, float]:
        """Return the powers of the share of category k in both arms and in the density of the prior."""
        return self.table.treatment[k], self.table.control[k], self.table.concentration[k] - 1

    def moves(self, k: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the shifts of one cutpoint in both arms and in the prior."""
        return self.up[:, k : k + 1], self.down[:, k : k + 1], np.zeros((1, 1))

    def log_edges(self, at: FloatArray, k: int) -> FloatArray:
        """Return all that depends on cutpoint k alone: its prior, and of the cells on both sides of it their part."""
        total = self.table.log_prior(at)
        for sign, category in ((-1, k), (1, k + 1)):
            for n, move in zip(self.powers(category), self.moves(k), strict=True):
                total -= n * np.log1p(np.exp(np.minimum(sign * (at + move), 350.0)))
        return total

    def apart(self, k: int) -> tuple[FloatArray, list[FloatArray]]:
        """Return how far cutpoints k - 1 and k must be apart for a cell in each arm, and its width then in each."""
        moved = [later - earlier for earlier, later in zip(self.moves(k - 1), self.moves(k), strict=True)]
        room = np.maximum(np.maximum(-moved[0], -moved[1]), 0.0)
        return room, [room + one for one in moved]

    def log_width(self, gap: FloatArray, apart: Sequence[FloatArray], k: int) -> FloatArray:
        """Return what depends on the distance of cutpoints k - 1 and k, which are wider apart than needed by a gap."""
        powers = self.powers(k)
        if not any(one.any() for one in apart):
            return np.asarray(sum(powers) * np.log(-np.expm1(-gap)))
        total = np.zeros(gap.shape)
        for n, one in zip(powers, apart, strict=True):
            if n:
                total += n * np.log(-np.expm1(-gap - one))
        return total


def _step(cuts: _Cuts, k: int, a: FloatArray, log_g: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the log integral over cutpoint k, a + room + s log(1 + exp(v)), for every row and every node a.

    `room` keeps the cell positive in both arms where their cuts move apart; it is zero under proportional odds. Of the
    values of v, which all rows and nodes share, every fourth finds those that matter.
    """
    powers, (room, apart) = cuts.powers(k), cuts.apart(k)
    v, step = _even(a + room, sum(powers) + 1, low, high)
    spread = ((high - low) / (2 * REACH))[:, None]
    gap = spread * np.logaddexp(0.0, v)
    of_gap = cuts.log_width(gap, apart, k) + np.log(spread) - np.logaddexp(0.0, -v)
    # below the first v, the integrand goes on as the power of the gap that it is there
    slope = 1 + sum(n * (one == 0) for n, one in zip(powers, apart, strict=True))
    of_gap[:, :1] -= np.log(-np.expm1(-slope * step))

    following = _through(low, high, log_g, lambda b: cuts.log_edges(b, k))
    at, steps = following.position(a)[..., None], following.in_steps(room + gap)
    coarse = following(at + steps[:, None, ::COARSE]) + of_gap[:, None, ::COARSE]
    near = coarse > coarse.max(axis=-1, keepdims=True) - DROP
    first = COARSE * np.maximum(near.argmax(axis=-1) - 1, 0)
    last = np.minimum(COARSE * (near.shape[-1] - near[..., ::-1].argmax(axis=-1)), len(v) - 1)
    count = int((last - first).max()) + 1
    those = np.arange(len(a))[:, None], np.minimum(first, len(v) - count)
    log_f = following(at + sliding_window_view(steps, count, axis=1)[those])
    log_f += sliding_window_view(of_gap, count, axis=1)[those]
    value: FloatArray = log_sum_exp(log_f, axis=-1) + np.log(step)
    return value


def _even(a: FloatArray, power: float, low: FloatArray, high: FloatArray) -> tuple[FloatArray, float]:
    """Return the values of v for all rows and nodes, and the step between them, which suits the narrowest integrand."""
    spread, middle = (high - low)[:, None] / (2 * REACH), (low + high)[:, None] / 2
    # the sum must capture mass beyond the next window as well: a cliff in log G would make its spline oscillate
    farthest = max(float(((high[:, None] - a) / spread).max()), 4 * (1 + np.sqrt(power)))
    nearest = -min(CLOSE, 3.0 + 42.0 / power)
    halfway = float(((middle - a.mean(axis=1, keepdims=True)) / spread).min()) / 2  # to the next cutpoint
    bend = 1.0 if halfway <= 0 else float(expit(halfway) / np.logaddexp(0.0, halfway))  # d log gap / dv there
    finest = max(WIDEST / float(spread.max()), (farthest - nearest) / MOST)
    step = min(STEP / np.sqrt(power * bend**2 + 1), finest)
    return np.arange(nearest, farthest + step, step), step


def _log_slope(a: FloatArray) -> FloatArray:
    size = np.abs(a)
    value = np.log1p(np.exp(-size))
    value *= -2
    value -= size
    return value


def _through(low: FloatArray, high: FloatArray, values: FloatArray, added: LogCurve) -> RowSplines:
    """Return splines through values with whatever is added to them, which is computed on a finer grid than theirs."""
    nodes = values.shape[1]
    spacing = float((high - low).max()) / (nodes - 1)
    to_finer = finer(nodes, max(FINER, int(np.ceil(spacing / FINEST))))
    grid = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, to_finer.shape[1])
    return RowSplines(low, high, values @ to_finer + added(grid))
