"""The likelihood L(theta) of two arms' days alive and free, integrated over the shape of the distribution of days."""

from __future__ import annotations

from math import inf, log, pi

import numpy as np
from scipy.special import gammaln

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.paper.evidence import DaysFree, of_kind
from bayes.paper.evidence.arms import by_arm
from bayes.paper.evidence.days_free import DaysInArm
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.beta_tables import BetaTable, softplus
from bayes.quadrature.lattices import PASSES, LogDensity, log_integrals, peaks_of
from bayes.quadrature.likelihood_curve import Curve, LogCurve, landmarks_of, through

PRIORS = {
    "floor_log_odds": (0.0, 2.5),
    "zero_log_odds": (-1.5, 1.5),
    "mid_log_days": (0.0, 1.5),
    "log_steepness": (0.0, 0.75),
}
REACH = 12.0  # widths either side of the peak
THETAS, BOUNDED = 33, 65  # values of theta between which a spline runs; more where one end of it is steep
NODE, WEIGHT = np.polynomial.legendre.leggauss(14)
End = FloatArray | None


def curve(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of a common odds ratio of days.

    theta spans twelve widths either side of its peak, which are found first as if the shape were normal given theta.
    """
    evidence = of_kind(outcome.evidence, DaysFree)
    names = names_of(evidence)
    log_f, start = joint(evidence, outcome.sign), [evidence.rough_shape[name] for name in names]
    scale = np.array([PRIORS[name][1] for name in names])
    both = np.array([1.0, *scale])
    whole = peaks_of(lambda _, x: log_f(x[..., 0], x[..., 1:]), np.zeros(1), np.array([[0.0, *start]]), both)
    slope = whole.covariance[0, 1:, 0] / whole.covariance[0, 0, 0]
    centre, width = (like.centre, like.width) if like else (whole.at[0, 0], whole.covariance[0, 0, 0] ** 0.5)
    nodes = THETAS if outcome.has_estimate else BOUNDED
    u = np.linspace(-np.arcsinh(REACH), np.arcsinh(REACH), nodes)

    def tabulated(passes: int) -> LogCurve:
        theta = centre + width * np.sinh(u)
        away = np.clip((theta - whole.at[0, 0])[:, None] * slope, -2 * scale, 2 * scale)
        peaks = peaks_of(log_f, theta, whole.at[0, 1:] + away, scale)
        return through(theta, log_integrals(log_f, theta, peaks, passes))

    for _ in range(4):
        before = width
        centre, width = landmarks_of(tabulated(0), (-inf, inf), (centre, width))
        if 0.7 < width / before < 1.4:
            break
    log_l = tabulated(len(PASSES))
    centre, width = landmarks_of(log_l, (-inf, inf), (centre, width))
    return Curve({"all": log_l}, centre, width, "quadrature over the shape of the distribution of days")


def names_of(evidence: DaysFree) -> list[str]:
    """Return the names of the parameters that are integrated: zero days stand apart only from a worst rank below 0."""
    return [name for name in PRIORS if name != "zero_log_odds" or evidence.floor < 0]


def joint(evidence: DaysFree, sign: int) -> LogDensity:
    """Return the log of likelihood times prior, given theta (n, 1) and the shape of the days (n, k, parameter).

    The model is that of `models/likelihoods/proportional_odds_of_days.py`.

    Parameters
    ----------
    evidence : DaysFree
    sign : int
        1 if theta is the log odds ratio of more days, -1 if of fewer.
    """
    arms = [Arm(evidence, arm) for arm in by_arm(evidence).values()]
    mean, sd = np.array([PRIORS[name] for name in names_of(evidence)]).T
    constant = -float(np.log(sd).sum()) - len(sd) / 2 * log(2 * pi)

    def log_f(theta: FloatArray, shape: FloatArray) -> FloatArray:
        half = np.broadcast_to(sign * theta / 2, shape.shape[:-1])
        prior = constant - 0.5 * (((shape - mean) / sd) ** 2).sum(axis=-1)
        return np.asarray(prior + arms[0].log_l(shape, half) + arms[1].log_l(shape, -half))

    return log_f


class Arm:
    """An arm's quantiles and count: the log likelihood, given the shape of the days and the arm's shift.

    Given where the middle quantile lies, the outer two are independent, each a Beta share of what lies on its side; the
    middle one is integrated over its cell.

    Parameters
    ----------
    evidence : DaysFree
    arm : DaysInArm
    """

    def __init__(self, evidence: DaysFree, arm: DaysInArm) -> None:
        self.floor, self.maximum = evidence.floor, evidence.maximum
        self.count, self.n = arm.count, arm.n
        known = {round(4 * (rank + (arm.count or 0)) / (arm.n + 1)): (days, rank) for days, rank in
                 evidence.informative(arm)}  # fmt: skip
        size = arm.n - (arm.count or 0)
        # a quantile that stands alone is the middle one, whichever it is
        low, mid, high = known.get(1), known.get(2), known.get(3)
        if mid is None:
            mid, high = high, None
        self.days = tuple(one[0] if one is not None else None for one in (low, mid, high))
        self.mid = None if mid is None else BetaTable(mid[1], size + 1 - mid[1])
        self.low = None if low is None or mid is None else BetaTable(low[1], mid[1] - low[1])
        self.high = None if high is None or mid is None else BetaTable(high[1] - mid[1], size + 1 - high[1])
        self.constant = 0.0
        if arm.count is not None:
            self.constant = float(gammaln(arm.n + 1) - gammaln(arm.count + 1) - gammaln(size + 1))

    def log_l(self, shape: FloatArray, shift: FloatArray) -> FloatArray:
        """Return the log likelihood.

        Parameters
        ----------
        shape : ndarray, shape (..., parameter)
        shift : ndarray, shape (...)
            By which the log odds of at most d days are lower than midway between the arms.

        Returns
        -------
        ndarray, shape (...)
        """
        found = np.full(shift.shape, self.constant)
        if self.count is not None:
            at = shape[..., 0] - shift
            found += self.count * -softplus(-at) + (self.n - self.count) * -softplus(at)
        if self.mid is not None:
            found += self._quantiles(self.mid, [self._cell(days, shape, shift) for days in self.days])
        return found

    def _cell(self, days: float | None, shape: FloatArray, shift: FloatArray) -> tuple[End, End]:
        """Return the ends of a quantile's cell: log odds, None where it is open; twice the same between days."""
        if days is None:
            return None, None
        upto = int(np.floor(days))
        high = self._log_odds(upto, shape, shift)
        return (self._log_odds(upto - 1, shape, shift) if upto == days else high), high

    def _log_odds(self, days: int, shape: FloatArray, shift: FloatArray) -> End:
        """Return the log odds of at most so many days, of those above the floor where their number is known."""
        if days >= self.maximum or days < self.floor + (self.count is not None):
            return None
        at_floor, reached = shape[..., 0], softplus(shape[..., 0])
        if days == self.floor:
            return np.asarray(at_floor - shift)
        h = shape[..., 1] if self.floor < 0 else at_floor
        if days > 0:
            t = np.exp(shape[..., -1]) * (log(days / (self.maximum - days)) - shape[..., -2])
            h = np.logaddexp(h, t + softplus(h)) if self.floor < 0 else t
        if self.count is None:
            return np.asarray(np.logaddexp(at_floor, h + reached) - shift)
        return np.asarray(h + reached - shift - softplus(at_floor - shift))

    def _quantiles(self, mid: BetaTable, cells: list[tuple[End, End]]) -> FloatArray:
        """Return the log probability that the quantiles lie in their cells."""
        (low, high), exact = cells[1], self.days[1] != np.floor(self.days[1] or 0.0)
        if exact and high is not None:
            at = high[..., None]
            log_p = mid.log_density(at, less=0.5)
        else:
            peak = np.clip(mid.middle, -inf if low is None else low, inf if high is None else high)
            left, right = peak - 6.5 * mid.error - 8 / mid.a, peak + 6.5 * mid.error + 8 / mid.b
            left = left if low is None else np.maximum(left, low)
            right = right if high is None else np.minimum(right, high)
            half = np.maximum(right - left, 1e-300)[..., None] / 2
            at = left[..., None] + half * (1 + NODE)
            log_p = mid.log_density(at) + np.log(half) + np.log(WEIGHT)
        if self.low is not None:
            log_p = log_p + _share(self.low, cells[0], -softplus(-at), 1, self.days[0])
        if self.high is not None:
            log_p = log_p + _share(self.high, cells[2], -softplus(at), -1, self.days[2])
        return np.asarray(log_sum_exp(log_p, axis=-1))


def _share(table: BetaTable, cell: tuple[End, End], log_whole: FloatArray, side: int, days: float | None) -> FloatArray:
    """Return the log probability of an outer quantile's cell, given the middle one.

    Parameters
    ----------
    table : BetaTable
        Of the quantile's share of the patients on its side of the middle one, from the middle one for the upper.
    cell : tuple of ndarray or None
    log_whole : ndarray, shape (..., node)
        Log of the share of all on that side.
    side : {1, -1}
        1 below the middle quantile, -1 above it.
    days : float or None
    """

    def within(cut: End) -> End:
        if cut is None:
            return None
        log_share = np.minimum(-softplus(-side * cut)[..., None] - log_whole, -1e-15)
        return np.asarray(side * (log_share - np.log(-np.expm1(log_share))))

    low, high = (within(cut) for cut in cell)
    if days != np.floor(days or 0.0) and high is not None:
        return table.log_density(high, less=0.5)
    return table.log_between(low, high)
