"""The likelihood L(theta) of two arms' medians with quartiles or range, integrated over the standard deviations."""

from __future__ import annotations

from math import log, pi

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import gammaln, log_ndtr

from bayes.base.arrays import FloatArray
from bayes.paper.evidence import Medians, of_kind
from bayes.paper.evidence.arms import by_arm
from bayes.paper.evidence.medians import LOG_NORMAL, MedianOfArm
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.integrals import log_integral
from bayes.quadrature.likelihood_curve import Curve, LogCurve
from bayes.quadrature.starting_point import tabulated_report

REACH = 12.0  # standard errors of the midpoint either side, and of the log of a standard deviation
FAR, NODES = 12.0, 481  # of a location: sinh(12) standard errors either side, and the nodes of its spline


def curve(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of a difference of means or, of their logarithms, of a ratio of geometric means."""
    log_l = log_curve(of_kind(outcome.evidence, Medians), outcome.measure)
    return tabulated_report(log_l, outcome, "quadrature over the midpoint and both standard deviations", like)


def log_curve(evidence: Medians, measure: str) -> LogCurve:
    """Return log L(theta), with theta the treatment's location minus the control's, on the analysis scale.

    Given the midpoint m, the arms are independent, so each is integrated over its own sigma; then m. The model is that
    of `models/likelihoods/order_statistics.py`.

    Parameters
    ----------
    evidence : Medians
    measure : {"mean_difference", "mean_ratio"}

    Returns
    -------
    callable
        theta, shape (n,) -> log L, shape (n,).
    """
    logarithm, arms = measure == LOG_NORMAL, list(by_arm(evidence).values())
    n, means = [arm.n for arm in arms], [arm.mean(logarithm) for arm in arms]
    variances = [arm.spread(logarithm) ** 2 for arm in arms]
    centre = (n[0] * means[0] + n[1] * means[1]) / sum(n)
    pooled = float(np.sqrt(((n[0] - 1) * variances[0] + (n[1] - 1) * variances[1]) / (sum(n) - 2)))
    treatment, control = (of_location(arm, logarithm, pooled) for arm in arms)
    room = REACH * max(v / k for v, k in zip(variances, n, strict=True)) ** 0.5

    def log_l(theta: FloatArray) -> FloatArray:
        def over_mid(mid: FloatArray) -> FloatArray:
            half, away = theta[:, None] / 2, (mid - centre) / (10 * pooled)
            both = treatment(mid + half) + control(mid - half)
            return np.asarray(both - 0.5 * away**2 - log(10 * pooled) - 0.5 * log(2 * pi))

        # at the peak m lies between the two values that would put either arm at its own mean
        ends = np.array([means[0] - theta / 2, means[1] + theta / 2])
        return log_integral(over_mid, ends.min(axis=0) - room, ends.max(axis=0) + room, points=65)

    return log_l


def of_location(arm: MedianOfArm, logarithm: bool, pooled: float) -> LogCurve:
    """Return the log density of an arm's order statistics by its location, as a spline.

    Its nodes are spaced by the hyperbolic sine, so that they are dense at the peak and reach far into the tails, where
    the logarithm falls like that of a power of the distance.

    Parameters
    ----------
    arm, logarithm, pooled
        As in `log_arm`.
    """
    centre, unit = arm.mean(logarithm), arm.spread(logarithm) / arm.n**0.5
    u = np.linspace(-FAR, FAR, NODES)
    spline = CubicSpline(u, log_arm(arm, logarithm, pooled, centre + unit * np.sinh(u)))

    def log_density(location: FloatArray) -> FloatArray:
        return np.asarray(spline(np.arcsinh((location - centre) / unit)))

    return log_density


def log_arm(arm: MedianOfArm, logarithm: bool, pooled: float, mean: FloatArray) -> FloatArray:
    """Return the log density of an arm's order statistics given its location, integrated over its sigma.

    Parameters
    ----------
    arm : MedianOfArm
    logarithm : bool
        Whether the logarithms of the numbers are normal.
    pooled : float
        S, to which the prior of sigma is scaled.
    mean : ndarray, shape (...)
    """
    x, ranks = (np.array([float(value) for value in column]) for column in zip(*arm.ranked, strict=True))
    x = np.log(x) if logarithm else x
    gaps = np.diff(np.concatenate([[0.0], ranks, [arm.n + 1.0]]))
    constant = float(gammaln(arm.n + 1) - gammaln(gaps).sum()) - len(x) * 0.5 * log(2 * pi)
    scale = 2.5 * pooled

    def log_f(log_sigma: FloatArray) -> FloatArray:
        sigma = np.exp(log_sigma)
        z = [(value - mean[..., None]) / sigma for value in x]
        found = constant - len(x) * log_sigma - 0.5 * sum(one**2 for one in z)
        shares = [log_ndtr(z[0]), *(log_share(a, b) for a, b in zip(z[:-1], z[1:], strict=True)), log_ndtr(-z[-1])]
        for gap, share in zip(gaps, shares, strict=True):
            found = found + (gap - 1) * share
        log_prior = log(2 / pi / 3**0.5 / scale * 2) - 2 * np.log1p((sigma / scale) ** 2 / 3) + log_sigma
        return np.asarray(found + log_prior)

    # the further the location is from the numbers, the wider the sigma that explains them
    away = np.max([np.abs(value - mean) for value in x], axis=0)
    least, room = log(arm.spread(logarithm)), REACH / arm.n**0.5
    low = np.full_like(mean, least - room - 1.0)
    return log_integral(log_f, low, np.maximum(least, np.log(away + 1e-300)) + room + 1.0, points=49)


def log_share(low: FloatArray, high: FloatArray) -> FloatArray:
    """Return log(Phi(high) - Phi(low)), computed in the tail where both terms are small."""
    mirrored = low > 0
    a, b = np.where(mirrored, -high, low), np.where(mirrored, -low, high)
    log_b = log_ndtr(b)
    with np.errstate(divide="ignore"):
        return np.asarray(log_b + np.log(-np.expm1(log_ndtr(a) - log_b)))
