"""L(theta) of an ordinal table under proportional odds, by integrating out the cutpoints one after another.

With cutpoints a_1 < ... < a_{K-1} at the arm average, the likelihood and the Dirichlet prior of the mid-distribution
factor over neighbouring cutpoints, so the (K-1)-fold integral is a chain:

    G_{K-1}(a) = last cell(a),     G_k(a) = integral over a' > a of  cell_{k+1}(a, a') f(a') G_{k+1}(a')
    L(theta)   = integral of  first cell(a) f(a) G_1(a),       f = derivative of the inverse logit

Each step substitutes a' = a + exp(w), which turns the power law of a narrow cell into an exponential tail, and uses
the trapezoidal rule; log G is carried from step to step by a cubic spline. Errors are about 1e-6 of a posterior sd.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import expit, gammaln, logsumexp, polygamma

NODES = 65  # per cutpoint
REACH = 10.0  # half-width of a cutpoint's window, in standard deviations


def log_curve(treatment, control, concentration: float, direction: int, theta: np.ndarray) -> np.ndarray:
    """log L(theta) up to the multinomial constants.

    Parameters
    ----------
    treatment, control : array of K counts, best category first, no category empty in both
    concentration : float
        Dirichlet concentration per category.
    direction : int
        +1 where theta is the log odds of a better category, -1 of a worse one.
    theta : ndarray
    """
    x, y = np.asarray(treatment, float), np.asarray(control, float)
    shift = direction * np.asarray(theta, float)[:, None] / 2  # one row per theta
    low, high = _windows(x, y, concentration, shift)
    chunks = np.array_split(np.arange(len(shift)), max(1, len(shift) // 24))
    parts = [_chain(x, y, concentration, shift[i], low[i], high[i]) for i in chunks]
    k = len(x)
    return np.concatenate(parts) + gammaln(k * concentration) - k * gammaln(concentration)


def _windows(x, y, c, shift):
    """Interval of every cutpoint, per theta, that holds its conditional mass."""
    below = np.cumsum(x + y + c)[:-1]
    total = (x + y + c).sum()
    sd = np.sqrt(polygamma(1, below) + polygamma(1, total - below))
    share_t = (x.sum() + len(x) * c / 2) / total
    centre = np.tile(np.log(below / (total - below)), (len(shift), 1))
    for _ in range(60):  # damped Newton for: both arms together have `below` patients at or under the cut
        p, q = expit(centre + shift), expit(centre - shift)
        gap = below / total - share_t * p - (1 - share_t) * q
        slope = share_t * p * (1 - p) + (1 - share_t) * q * (1 - q)
        centre = centre + np.clip(gap / np.maximum(slope, 1e-12), -1.0, 1.0)
    # far from zero, a cutpoint between the arms is hardly informed: its window widens with the shift
    width = np.maximum(sd, np.minimum(1 / np.sqrt(total * np.maximum(slope, 1e-12)), sd + np.abs(shift) / 4))
    return centre - REACH * width, centre + REACH * width


def _chain(x, y, c, shift, low, high):
    unit = np.linspace(0.0, 1.0, NODES)
    last = len(x) - 1
    grid = low[:, -1:] + (high - low)[:, -1:] * unit
    log_g = _cell(grid, None, x[last], y[last], c, shift)
    for k in range(last - 1, 0, -1):
        following = _Spline(low[:, k], high[:, k], log_g)
        grid = low[:, k - 1 : k] + (high - low)[:, k - 1 : k] * unit
        log_g = _step(grid, following, x[k], y[k], c, shift, low[:, k], high[:, k])
    log_f = log_g + _cell(None, grid, x[0], y[0], c, shift) + _log_slope(grid)
    return logsumexp(log_f, axis=1) + np.log((high - low)[:, 0] / (NODES - 1))


def _step(a, following, x, y, c, shift, low, high):
    """log of the integral over the next cutpoint a' = a + exp(w), for every theta and every node a."""
    power = x + y + c
    middle, sd = (low + high) / 2, (high - low) / (2 * REACH)
    # beyond the next window, too, the step must see its mass: a cliff in log G would make its spline swing
    top = np.log(np.maximum(high[:, None] - a, 4 * (1 + np.sqrt(power)) * sd[:, None]))
    typical = np.log(np.maximum(middle[:, None] - a, sd[:, None]))
    bottom = np.minimum(typical, top) - 3.0 / np.sqrt(power) - 42.0 / power
    step = 0.45 * min(1 / np.sqrt(power), float((sd / np.exp(typical).max(axis=1)).min()))
    count = int(np.clip(np.ceil((top - bottom).max() / step), 40, 600))
    w = bottom[..., None] + (top - bottom)[..., None] * np.linspace(0.0, 1.0, count)
    b = a[..., None] + np.exp(w)
    log_f = _cell(a[..., None], b, x, y, c, shift[..., None]) + _log_slope(b) + w + following(b)
    return logsumexp(log_f, axis=-1) + np.log((top - bottom) / (count - 1))


def _cell(a, b, x, y, c, shift):
    """Log of (cell between a and b) in both arms and in the prior; None is an open end.

    With e = exp(-b): log P(Y <= b + move) = -log1p(e exp(-move)); likewise above a with exp(a).
    """
    total = 0.0
    if a is not None and b is not None:
        total = (x + y + c - 1.0) * np.log(-np.expm1(np.minimum(a - b, -1e-300)))
    for edge, sign in ((b, -1), (a, 1)):
        if edge is not None:
            e = np.exp(np.minimum(sign * edge, 350.0))
            for count, move in ((x, shift), (y, -shift), (c - 1.0, 0.0)):
                total = total - count * np.log1p(e * np.exp(np.minimum(sign * move, 350.0)))
    return total


def _log_slope(a):
    size = np.abs(a)
    return -size - 2 * np.log1p(np.exp(-size))


class _Spline:
    """One cubic spline per theta on its own uniform grid; linear beyond the ends."""

    def __init__(self, low: np.ndarray, high: np.ndarray, values: np.ndarray) -> None:
        self.low, self.step = low, (high - low) / (values.shape[1] - 1)
        self.c = CubicSpline(np.arange(values.shape[1]), values.T).c  # (4, interval, theta)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        n = self.c.shape[1]
        position = (x - self.low[:, None, None]) / self.step[:, None, None]
        inside = np.clip(position, 0.0, n)
        i = np.minimum(inside.astype(int), n - 1)
        row = np.arange(len(x))[:, None, None]
        t = inside - i
        c = self.c[:, i, row]
        value = ((c[0] * t + c[1]) * t + c[2]) * t + c[3]
        slope = np.where(position < 0, self.c[2, 0][row], (3 * self.c[0, -1] + 2 * self.c[1, -1] + self.c[2, -1])[row])
        return value + slope * (position - inside)
