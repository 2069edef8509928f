"""Likelihood curves of event counts, integrated over the baseline and the shape parameter of each family."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.interpolate import RectBivariateSpline, make_interp_spline
from scipy.special import gammaln, roots_jacobi

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.arms import EventsInArm
from bayes.paper.evidence.counts import Events
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_choose, log_density, log_normal
from bayes.quadrature.integrals import log_integral
from bayes.quadrature.likelihood_curve import Curve, LogCurve
from bayes.quadrature.starting_point import tabulated_report

LOG_K = np.linspace(-12.0, 16.0, 561)  # grid of log size for the generating function of persons with events
LOG_MEDIAN = np.linspace(-14.0, 7.0, 106)  # axes of the Poisson-lognormal table; log medians in units of `_unit`
LOG_SIGMA = np.linspace(-4.5, 3.0, 38)
WIDE = 7.5  # sigma beyond which nodes of the deviates grow in number with it
BLOCK = 32  # powers of a rate between two returns to the log scale: too few for a relevant term to underflow


def poisson(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of counts without variation between persons."""
    arms = _arms(of_kind(outcome.evidence, Events))
    log_l = _without_shape(_over_baseline(_of_both(_poisson, arms), nuisance))
    return tabulated_report(log_l, outcome, "quadrature over the baseline", like)


def negative_binomial(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of over-dispersed totals, integrated over the size of the negative binomial."""
    log_l = log_negative_binomial(of_kind(outcome.evidence, Events), nuisance)
    return tabulated_report(log_l, outcome, "quadrature over baseline and dispersion", like)


def in_persons(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of over-dispersed totals in a known number of persons."""
    log_l = log_in_persons(of_kind(outcome.evidence, Events), nuisance)
    return tabulated_report(log_l, outcome, "quadrature over baseline and dispersion", like)


def zero_inflated(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of counts in persons of whom some never have an event."""
    arms = _arms(of_kind(outcome.evidence, Events))
    log_l = _without_shape(_over_baseline(_of_both(_zero_inflated(nuisance.never), arms), nuisance))
    return tabulated_report(log_l, outcome, "quadrature over baseline and never-shares", like)


def lognormal(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of counts in persons with log-normal rates."""
    arms = _arms(of_kind(outcome.evidence, Events))
    log_p = _of_both(_lognormal({arm: _log_p_lognormal(arm) for arm in arms}), arms)
    log_l = _over_shape(log_p, nuisance.spread, LOG_SIGMA, nuisance)
    return tabulated_report(log_l, outcome, "quadrature over baseline and spread between persons", like)


def log_negative_binomial(evidence: Events, nuisance: Nuisance) -> LogCurve:
    """Return log L of over-dispersed totals as a function of the log rate ratio."""
    log_p = _of_both(_negative_binomial, _arms(evidence))
    return _over_shape(log_p, nuisance.dispersion, LOG_K, nuisance)


def log_in_persons(evidence: Events, nuisance: Nuisance) -> LogCurve:
    """Return log L of over-dispersed totals in a known number of persons, as a function of the log rate ratio."""
    arms = _arms(evidence)
    log_p = _of_both(_in_persons({arm: _log_f(arm) for arm in arms}), arms)
    return _over_shape(log_p, nuisance.dispersion, LOG_K, nuisance)


@dataclass(frozen=True)
class _Arm:
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


type OfArm = Callable[..., FloatArray]  # (arm, expected events) or, where the family has a shape, (..., shape)
type OfBoth = Callable[[FloatArray, FloatArray, FloatArray | None], FloatArray]  # both rates, the shape
type GivenShape = Callable[[FloatArray, FloatArray | None], FloatArray]  # theta, the shape


def _arms(evidence: Events) -> tuple[_Arm, _Arm]:
    t, c = evidence.relative_exposure
    return _Arm(evidence.treatment, t), _Arm(evidence.control, c)


def _of_both(log_p: OfArm, arms: tuple[_Arm, _Arm]) -> OfBoth:
    """Return the log probability of both reports, given both rates and, where the family has one, the shape."""
    treatment, control = arms

    def total(treated: FloatArray, untreated: FloatArray, shape: FloatArray | None) -> FloatArray:
        more = () if shape is None else (shape,)
        of_treatment = log_p(treatment, treatment.exposure * treated, *more)
        return of_treatment + log_p(control, control.exposure * untreated, *more)

    return total


def _without_shape(log_l: GivenShape) -> LogCurve:
    return lambda theta: log_l(theta, None)


def _over_baseline(log_p: OfBoth, nuisance: Nuisance) -> GivenShape:
    """Integrate over the midpoint of the log rates; its prior applies there or to the control arm."""

    def log_l(theta: FloatArray, shape: FloatArray | None) -> FloatArray:
        half = theta[..., None] / 2

        def log_f(a: FloatArray) -> FloatArray:
            known = None if shape is None else shape[..., None]
            log_prior = log_density(nuisance.events, a - 2 * nuisance.baseline_offset * half)
            return log_p(np.exp(a + half), np.exp(a - half), known) + log_prior

        reach = 40.0 + np.abs(theta)
        return log_integral(log_f, -reach, reach, points=57, zooms=3)

    return log_l


def _over_shape(log_p: OfBoth, prior: Distribution, grid: FloatArray, nuisance: Nuisance) -> LogCurve:
    """Integrate over the baseline and one shape parameter, on the part of `grid` that its prior reaches."""
    inner = _over_baseline(log_p, nuisance)
    low, high = _reach(prior, grid)

    def log_l(theta: FloatArray) -> FloatArray:
        def log_f(shape: FloatArray) -> FloatArray:
            return inner(np.broadcast_to(theta[:, None], shape.shape), shape) + log_density(prior, shape)

        return log_integral(log_f, np.full_like(theta, low), np.full_like(theta, high), points=41, zooms=2)

    return log_l


def _reach(prior: Distribution, grid: FloatArray) -> tuple[float, float]:
    """Return the range to integrate over: where a normal prior has its mass within `grid`, else all of `grid`."""
    if prior.name != "normal":
        return grid[0], grid[-1]
    mean, sd = prior.args
    return max(grid[0], mean - 12 * sd), min(grid[-1], mean + 12 * sd)


def _poisson(arm: _Arm, mean: FloatArray) -> FloatArray:
    t = arm.events
    total = t * np.log(mean) - mean - gammaln(t + 1)
    if arm.printed.persons is None:
        return total
    # given the total, all allocations to persons are equally likely: the number of persons adds only a constant
    value: FloatArray = (
        total + log_choose(arm.n, arm.persons) + gammaln(t + 1) + _log_onto(t, arm.persons) - t * np.log(arm.n)
    )
    return value


def _negative_binomial(arm: _Arm, mean: FloatArray, log_k: FloatArray) -> FloatArray:
    t, size = arm.events, arm.n * np.exp(log_k)
    coefficient = gammaln(t + size) - gammaln(size) - gammaln(t + 1)
    value: FloatArray = coefficient + t * np.log(mean / (size + mean)) - size * np.log1p(mean / size)
    return value


def _in_persons(tables: Mapping[_Arm, Callable[[FloatArray], FloatArray]]) -> OfArm:
    def log_p(arm: _Arm, mean: FloatArray, log_k: FloatArray) -> FloatArray:
        k, n, t, m = np.exp(log_k), arm.n, arm.events, arm.persons
        mu = mean / n
        value: FloatArray = log_choose(n, m) - n * k * np.log1p(mu / k) + t * np.log(mu / (k + mu)) + tables[arm](log_k)
        return value

    return log_p


def _zero_inflated(prior: Distribution) -> OfArm:
    """Return log P(T, m) of one arm, integrated over the share of persons who never have an event (Gauss-Jacobi)."""
    alpha, beta = prior.args
    node, weight = roots_jacobi(300, beta - 1, alpha - 1)
    never, log_weight = (1 + node) / 2, np.log(weight / weight.sum())

    def log_p(arm: _Arm, mean: FloatArray) -> FloatArray:
        n, t, m = arm.n, arm.events, arm.persons
        rate = (mean / n)[..., None] / (1 - never)
        log_l = m * (np.log1p(-never) - rate) + t * np.log(rate) if m else np.zeros_like(rate)
        if n > m:
            log_l = log_l + (n - m) * np.log(never + (1 - never) * np.exp(-rate))
        return log_sum_exp(log_l + log_weight, axis=-1) + log_choose(n, m) + _log_onto(t, m)

    return log_p


def _lognormal(tables: Mapping[_Arm, RectBivariateSpline]) -> OfArm:
    def log_p(arm: _Arm, mean: FloatArray, log_sigma: FloatArray) -> FloatArray:
        log_median = np.log(mean / arm.n) - np.exp(2 * log_sigma) / 2
        x, y = np.broadcast_arrays(log_median / _unit(np.exp(log_sigma)), log_sigma)
        inside = np.clip(x, LOG_MEDIAN[0], LOG_MEDIAN[-1])
        value = tables[arm].ev(inside, y)
        beyond = x != inside
        if beyond.any():
            value[beyond] += tables[arm].ev(inside[beyond], y[beyond], dx=1) * (x - inside)[beyond]
        return value

    return log_p


def _log_p_lognormal(arm: _Arm) -> RectBivariateSpline:
    """Tabulate log P(T, m) of one arm's Poisson counts with log-normal rates, over scaled log median and log sigma."""
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
    values = (n - m) * upto[:, 0] + (_log_power(log_c, m) if t else 0.0) + log_choose(n, m)
    return RectBivariateSpline(LOG_MEDIAN, LOG_SIGMA, values.reshape(len(LOG_SIGMA), -1).T)


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


def _log_onto(t: int, m: int) -> float:
    """Return log [x^T] (e^x - 1)^m by raising the series to the power m."""
    if t == 0:
        return 0.0
    return float(_log_power(-gammaln(np.arange(1, t + 1) + 1)[None], m)[0])


def _log_f(arm: _Arm) -> Callable[[FloatArray], FloatArray]:
    """Return log [x^T] ((1 - x)^-k - 1)^m as a function of log k.

    The coefficients of the series are Gamma(k + j) / (Gamma(k) j!).
    """
    if arm.events == 0:
        return lambda log_k: np.zeros_like(log_k)
    k = np.exp(LOG_K)[:, None]
    j = np.arange(1, arm.events + 1)
    return make_interp_spline(LOG_K, _log_power(gammaln(k + j) - gammaln(k) - gammaln(j + 1), arm.persons))


def _log_power(log_c: FloatArray, m: int) -> FloatArray:
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
