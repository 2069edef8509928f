"""The probability of one arm's event counts under every family, given its expected events and a shape.

A family takes an arm and, where it has one, the log of its shape; it returns the log probability as a function of the
log of the expected events, so that what depends on the shape alone is computed once for all of these.

For T events in n persons, of whom m had at least one, with mu = mean / n expected events of a person (METHODS 3):

    poisson             each person's events are Poisson(mu)
    negative_binomial   T has mean n mu and size n k: each person's rate is gamma with shape k, log k has a prior
    in_persons          the same for T and m together
    zero_inflated       a share pi of persons never has an event, the others are Poisson(mu / (1 - pi))
    lognormal           each person's rate is lognormal with mean mu and log SD sigma, log sigma has a prior
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.special import gammaln, roots_jacobi

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.paper.evidence.arms import EventsInArm
from bayes.quadrature.densities import log_choose, log_normal
from bayes.quadrature.row_splines import RowSplines

LOG_K = np.linspace(-12.0, 16.0, 561)  # grid of log size for the generating function of persons with events
LOG_MEDIAN = np.linspace(-14.0, 7.0, 106)  # axes of the Poisson-lognormal table; log medians in units of `_unit`
LOG_SIGMA = np.linspace(-4.5, 3.0, 38)
WIDE = 7.5  # sigma beyond which nodes of the deviates grow in number with it
BLOCK = 32  # powers of a rate between two returns to the log scale: too few for a relevant term to underflow


@dataclass(frozen=True)
class Arm:
    """The report of one arm and its exposure, in units of the report's `follow_up`."""

    printed: EventsInArm
    exposure: float

    @property
    def events(self) -> int:
        """The events of the arm."""
        return self.printed.events

    @property
    def n(self) -> int:
        """The persons of the arm, for a likelihood that reads reports with this number only."""
        return _stated(self.printed.n)

    @property
    def persons(self) -> int:
        """The persons with at least one event, for a likelihood that reads reports with this number only."""
        return _stated(self.printed.persons)


def _stated(number: int | None) -> int:
    if number is None:
        raise TypeError("a number of persons that is not printed was expected")
    return number


type OfMean = Callable[[FloatArray], FloatArray]  # log of the expected events -> log probability
type Family = Callable[..., OfMean]  # (arm) or, where the family has a shape, (arm, log shape)
type Table = Callable[[FloatArray], FloatArray]


def poisson(arm: Arm) -> OfMean:
    """Return log P of a total without variation between persons, and of the persons with an event if these are known.

    Given the total, all allocations to persons are equally likely: their number adds only a constant.
    """
    t = arm.events
    constant = -float(gammaln(t + 1))
    if arm.printed.persons is not None:
        constant = log_choose(arm.n, arm.persons) + log_onto(t, arm.persons) - t * np.log(arm.n)

    def log_p(log_mean: FloatArray) -> FloatArray:
        value: FloatArray = t * log_mean - np.exp(log_mean) + constant
        return value

    return log_p


def negative_binomial(arm: Arm, log_k: FloatArray) -> OfMean:
    """Return log P of an over-dispersed total, the sum over persons of the size k."""
    t, log_size = arm.events, log_k + np.log(arm.n)
    size = np.exp(log_size)
    return _gamma_poisson(t, log_size, gammaln(t + size) - gammaln(size) - gammaln(t + 1))


def in_persons(tables: Mapping[Arm, Table]) -> Family:
    """Return log P(T, m) of over-dispersed events in persons, given `log_generating` of each arm."""

    def of_arm(arm: Arm, log_k: FloatArray) -> OfMean:
        constant = log_choose(arm.n, arm.persons) + tables[arm](log_k)
        return _gamma_poisson(arm.events, log_k + np.log(arm.n), constant)

    return of_arm


def _gamma_poisson(t: int, log_size: FloatArray, constant: FloatArray) -> OfMean:
    """Return the constant + t log(mean / (size + mean)) - size log(1 + mean / size)."""
    total = t + np.exp(log_size)

    def log_p(log_mean: FloatArray) -> FloatArray:
        log_ratio = log_mean - log_size
        value: FloatArray = constant + t * log_ratio - total * np.log1p(np.exp(log_ratio))
        return value

    return log_p


def zero_inflated(prior: Distribution) -> Family:
    """Return log P(T, m), integrated over the share of persons who never have an event (Gauss-Jacobi)."""
    alpha, beta = prior.args
    node, weight = roots_jacobi(300, beta - 1, alpha - 1)
    never, log_weight = (1 + node) / 2, np.log(weight / weight.sum())

    def of_arm(arm: Arm) -> OfMean:
        n, t, m = arm.n, arm.events, arm.persons
        constant = log_choose(n, m) + log_onto(t, m)

        def log_p(log_mean: FloatArray) -> FloatArray:
            log_rate = (log_mean - np.log(n))[..., None] - np.log1p(-never)
            rate = np.exp(log_rate)
            log_l = m * (np.log1p(-never) - rate) + t * log_rate if m else np.zeros_like(rate)
            if n > m:
                log_l = log_l + (n - m) * np.log(never + (1 - never) * np.exp(-rate))
            return log_sum_exp(log_l + log_weight, axis=-1) + constant

        return log_p

    return of_arm


def lognormal(tables: Mapping[Arm, Table]) -> Family:
    """Return log P(T, m) of Poisson counts with log-normal rates, given `log_p_lognormal` of each arm.

    The shape is the log SD of the log rates, with a last axis of length 1. Of the table, which is a spline in both
    directions, each of these needs one curve.
    """

    def of_arm(arm: Arm, log_sigma: FloatArray) -> OfMean:
        sigma, lead = np.exp(log_sigma), log_sigma.shape[:-1]
        unit, mean_over_median = _unit(sigma), sigma**2 / 2 + np.log(arm.n)
        along = tables[arm](log_sigma.ravel())
        low, high = (np.full(len(along), end) for end in LOG_MEDIAN[[0, -1]])
        curves = RowSplines(low, high, along)

        def log_p(log_mean: FloatArray) -> FloatArray:
            x = (log_mean - mean_over_median) / unit
            rows = np.broadcast_to(x, (*lead, x.shape[-1])).reshape(len(along), -1)
            return curves(curves.position(rows)).reshape(*lead, -1)

        return log_p

    return of_arm


def log_p_lognormal(arm: Arm) -> Table:
    """Return log P(T, m) of one arm's Poisson counts with log-normal rates, as a function of log sigma.

    Its values are those on the scaled log medians `LOG_MEDIAN`, along a new last axis.
    """
    t, m, n = arm.events, arm.persons, arm.n

    def column(sigma: float) -> FloatArray:
        deviate, log_weight = _deviates(int(280 * max(sigma / WIDE, 1.0)))
        log_rate = _unit(sigma) * LOG_MEDIAN[:, None] + sigma * deviate
        rate = np.exp(log_rate)
        upto = np.empty((len(LOG_MEDIAN), t + 1))  # log of the mean of exp(-rate) rate^j
        for start in range(0, t + 1, BLOCK):
            log_f = log_weight - rate + start * log_rate
            f = np.exp(log_f - (top := log_f.max(axis=1, keepdims=True)))
            for j in range(start, min(start + BLOCK, t + 1)):
                upto[:, j] = np.log(f.sum(axis=1)) + top[:, 0]
                f = f * rate
        return upto

    upto = np.concatenate([column(sigma) for sigma in np.exp(LOG_SIGMA)])
    log_c = upto[:, 1:] - gammaln(np.arange(2, t + 2))
    values = (n - m) * upto[:, 0] + (log_power(log_c, m) if t else 0.0) + log_choose(n, m)
    return make_interp_spline(LOG_SIGMA, values.reshape(len(LOG_SIGMA), -1))


@cache
def _deviates(count: int) -> tuple[FloatArray, FloatArray]:
    """Return so many nodes for a standard normal deviate, and the logs of its density times their weights."""
    node, weight = np.polynomial.legendre.leggauss(count)
    return 9 * node, np.log(9 * weight) + log_normal(9 * node)


def _unit[Sigma: (float, FloatArray)](sigma: Sigma) -> Sigma:
    """Return the unit of log medians, (1 + sigma^2 / 4)^(1/2).

    Of a given mean the log median falls as sigma^2 / 2, in this unit as sigma: at the edge of the table an arm without
    events is certain to have none, whatever sigma is, and its level surface can be continued.
    """
    unit: Sigma = (1 + sigma**2 / 4) ** 0.5
    return unit


def log_onto(t: int, m: int) -> float:
    """Return log [x^T] (e^x - 1)^m by raising the series to the power m."""
    if t == 0:
        return 0.0
    return float(log_power(-gammaln(np.arange(1, t + 1) + 1)[None], m)[0])


def log_generating(arm: Arm) -> Table:
    """Return log [x^T] ((1 - x)^-k - 1)^m as a function of log k.

    The coefficients of the series are Gamma(k + j) / (Gamma(k) j!).
    """
    if arm.events == 0:
        return np.zeros_like
    k = np.exp(LOG_K)[:, None]
    j = np.arange(1, arm.events + 1)
    return make_interp_spline(LOG_K, log_power(gammaln(k + j) - gammaln(k) - gammaln(j + 1), arm.persons))


def log_power(log_c: FloatArray, m: int) -> FloatArray:
    """Return log [x^T] (c_1 x + ... + c_T x^T)^m for rows of log coefficients, shape (rows, T).

    Each row is tilted to a distribution with mean T / m, whose m-fold convolution peaks at T: nothing underflows.
    """
    rows, t = log_c.shape
    j = np.arange(1, t + 1)
    low, high = np.full((rows, 1), -150.0), np.full((rows, 1), 150.0)
    for _ in range(30):  # the mean falls as the tilt rises; any tilt is exact, this one preserves precision
        tilt = (low + high) / 2
        weight = np.exp((tilted := log_c - tilt * j) - tilted.max(axis=1, keepdims=True))
        above = weight @ j > weight.sum(axis=1) * t / m
        low, high = np.where(above[:, None], tilt, low), np.where(above[:, None], high, tilt)
    weight /= weight.sum(axis=1, keepdims=True)
    log_total = log_sum_exp(log_c - tilt * j, axis=1)
    base = np.zeros((rows, t + 1))
    base[:, 1:] = weight
    power, log_scale = _power(base, m)
    with np.errstate(divide="ignore"):
        value: FloatArray = np.log(power[:, t]) + log_scale + m * log_total + tilt[:, 0] * t
        return value


def _power(base: FloatArray, exponent: int) -> tuple[FloatArray, FloatArray]:
    """Raise rows of power series to an exponent, truncated at their length; return (scaled series, log scale)."""
    length = base.shape[1]
    result, log_r = np.zeros_like(base), np.zeros(len(base))
    result[:, 0] = 1.0
    log_b = np.zeros(len(base))
    while exponent:
        if exponent % 2:
            result, log_r = _multiply(result, base, length, log_r + log_b)
        exponent //= 2
        if exponent:
            base, log_b = _multiply(base, base, length, 2 * log_b)
    return result, log_r


def _multiply(p: FloatArray, q: FloatArray, length: int, log_scale: FloatArray) -> tuple[FloatArray, FloatArray]:
    product = np.array([np.convolve(a, b)[:length] for a, b in zip(p, q, strict=True)])
    largest = product.max(axis=1, keepdims=True)
    return product / largest, log_scale + np.log(largest[:, 0])
