"""L(theta) of event counts: Poisson, negative binomial, and events in persons, over baseline and dispersion."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.special import gammaln, logsumexp

from bayes.arms import EventsInArm
from bayes.evidence import Events
from bayes.exact.densities import log_density
from bayes.exact.quadrature import log_integral
from bayes.priors import Nuisance

LOG_K = np.linspace(-12.0, 16.0, 561)  # log size at which the persons' generating function is tabulated


def log_curve(evidence: Events, nuisance: Nuisance) -> tuple[Callable[[np.ndarray], np.ndarray], str]:
    """log L(theta) and the words for how it was integrated."""
    arms = (evidence.treatment, evidence.control)
    exposure = evidence.relative_exposure
    if evidence.dispersion == "poisson":
        return _over_baseline(
            lambda rates, log_k: _poisson(arms, exposure, rates), nuisance
        ), "quadrature over the baseline"
    if evidence.treatment.persons is None:
        log_p = lambda rates, log_k: _negative_binomial(arms, exposure, rates, log_k)  # noqa: E731
    else:
        tables = [_log_f(arm) for arm in arms]
        log_p = lambda rates, log_k: _in_persons(arms, exposure, tables, rates, log_k)  # noqa: E731
    return _over_dispersion(log_p, nuisance), "quadrature over baseline and dispersion"


def _over_baseline(log_p, nuisance: Nuisance):
    def log_l(theta: np.ndarray, log_k=None) -> np.ndarray:
        half = theta[..., None] / 2

        def log_f(a: np.ndarray) -> np.ndarray:
            size = None if log_k is None else log_k[..., None]
            return log_p((np.exp(a + half), np.exp(a - half)), size) + log_density(nuisance.events, a)

        reach = 40.0 + np.abs(theta)
        return log_integral(log_f, -reach, reach, points=49)

    return log_l


def _over_dispersion(log_p, nuisance: Nuisance):
    inner = _over_baseline(log_p, nuisance)

    def log_l(theta: np.ndarray) -> np.ndarray:
        def log_f(log_k: np.ndarray) -> np.ndarray:
            return inner(np.broadcast_to(theta[:, None], log_k.shape), log_k) + log_density(nuisance.dispersion, log_k)

        return log_integral(log_f, np.full_like(theta, LOG_K[0]), np.full_like(theta, LOG_K[-1]), points=41, zooms=3)

    return log_l


def _poisson(arms, exposure, rates):
    return sum(
        a.events * np.log(e * r) - e * r - gammaln(a.events + 1) for a, e, r in zip(arms, exposure, rates, strict=True)
    )


def _negative_binomial(arms, exposure, rates, log_k):
    total = 0.0
    for arm, e, rate in zip(arms, exposure, rates, strict=True):
        t, size, mean = arm.events, arm.n * np.exp(log_k), e * rate
        total = (
            total
            + gammaln(t + size)
            - gammaln(size)
            - gammaln(t + 1)
            + t * np.log(mean / (size + mean))
            - size * np.log1p(mean / size)
        )
    return total


def _in_persons(arms, exposure, tables, rates, log_k):
    k = np.exp(log_k)
    total = 0.0
    for arm, e, table, rate in zip(arms, exposure, tables, rates, strict=True):
        mu = e * rate / arm.n
        none_or_some = gammaln(arm.n + 1) - gammaln(arm.persons + 1) - gammaln(arm.n - arm.persons + 1)
        total = total + none_or_some - arm.n * k * np.log1p(mu / k) + arm.events * np.log(mu / (k + mu)) + table(log_k)
    return total


def _log_f(arm: EventsInArm):
    """log [x^T] ((1 - x)^-k - 1)^m as a function of log k, by raising the power series to the m-th power.

    The series of (1 - x)^-k - 1 has coefficients Gamma(k + j) / (Gamma(k) j!), all positive. Tilted so that its mean is
    T / m it is a distribution whose m-fold convolution peaks at T: nothing underflows there.
    """
    if arm.events == 0:
        return np.zeros_like
    k = np.exp(LOG_K)[:, None]
    j = np.arange(1, arm.events + 1)
    log_c = gammaln(k + j) - gammaln(k) - gammaln(j + 1)
    low, high = np.full((len(LOG_K), 1), -50.0), np.full((len(LOG_K), 1), 100.0)
    for _ in range(60):  # the mean falls as the tilt rises
        tilt = (low + high) / 2
        weight = np.exp(log_c - tilt * j - logsumexp(log_c - tilt * j, axis=1, keepdims=True))
        above = (weight * j).sum(axis=1, keepdims=True) > arm.events / arm.persons
        low, high = np.where(above, tilt, low), np.where(above, high, tilt)
    log_total = logsumexp(log_c - tilt * j, axis=1)
    base = np.zeros((len(LOG_K), arm.events + 1))
    base[:, 1:] = weight
    power, log_scale = _power(base, arm.persons)
    values = np.log(power[:, arm.events]) + log_scale + arm.persons * log_total + tilt[:, 0] * arm.events
    return make_interp_spline(LOG_K, values)


def _power(base: np.ndarray, exponent: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of power series raised to an exponent and cut at their length; (scaled series, log scale)."""
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


def _multiply(p: np.ndarray, q: np.ndarray, length: int, log_scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    product = np.array([np.convolve(a, b)[:length] for a, b in zip(p, q, strict=True)])
    largest = product.max(axis=1, keepdims=True)
    return product / largest, log_scale + np.log(largest[:, 0])
