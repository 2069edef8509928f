"""The likelihood L(theta) of two arms' medians with quartiles or range, integrated over the standard deviations."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log, pi

import numpy as np
from scipy.interpolate import CubicSpline

from bayes.base.arrays import FloatArray
from bayes.paper.evidence import Medians, of_kind
from bayes.paper.evidence.arms import by_arm
from bayes.paper.evidence.medians import RATIO, MedianOfArm
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.families import Family, family_of
from bayes.quadrature.integrals import log_integral
from bayes.quadrature.likelihood_curve import Curve, LogCurve
from bayes.quadrature.starting_point import tabulated_report

REACH = 12.0  # standard errors of the midpoint either side, and of the log of a standard deviation
FAR, NODES = 12.0, 481  # of a location: sinh(12) standard errors either side, and the nodes of its spline


def curve(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of a difference or a ratio in the family of the report."""
    return curve_of_family(outcome, family_of(of_kind(outcome.evidence, Medians), outcome.measure), like)


def curve_of_family(outcome: Outcome, family: Family, like: Curve | None = None) -> Curve:
    """Return the curve of a difference or a ratio of the locations of both arms, in any family.

    Parameters
    ----------
    outcome : Outcome
        With medians as evidence.
    family : Family
        Whose location is what the effect compares: means, or medians of log-normal observations.
    like : Curve, optional
        A similar curve with a known peak.
    """
    log_l = log_curve(of_kind(outcome.evidence, Medians), outcome.measure, family)
    return tabulated_report(log_l, outcome, "quadrature over the midpoint and both standard deviations", like)


def log_curve(evidence: Medians, measure: str, family: Family | None = None) -> LogCurve:
    """Return log L(theta), with theta the comparison of the treatment's location with the control's.

    The locations of the arms are m + h and m - h, with h a function of theta and m where the effect is on another scale
    than the locations. Given m, the arms are independent, so each is integrated over its own sigma; then m. In the
    family of the report the model is that of `models/likelihoods/order_statistics.py`.

    Parameters
    ----------
    evidence : Medians
    measure : {"mean_difference", "mean_ratio"}
    family : Family, optional
        By default that of the report.

    Returns
    -------
    callable
        theta on the analysis scale, shape (n,) -> log L, shape (n,).
    """
    family, arms = family or family_of(evidence, measure), list(by_arm(evidence).values())
    logarithm, n = family.logarithmic, [arm.n for arm in arms]
    half = _half(logarithm, measure == RATIO)
    starts = [family.start(arm) for arm in arms]
    centre = sum(k * arm.mean(logarithm) for k, arm in zip(n, arms, strict=True)) / sum(n)
    squares = sum((k - 1) * arm.spread(logarithm) ** 2 for k, arm in zip(n, arms, strict=True))
    pooled = float((squares / (sum(n) - 2)) ** 0.5)
    treatment, control = (of_location(arm, family, pooled) for arm in arms)
    room = REACH * max(sd / k**0.5 for (_, sd), k in zip(starts, n, strict=True))
    (mean1, _), (mean0, _) = starts

    # locations cannot be distinguished beyond some distance, nor then effects beyond twice that distance
    most = 2 * family.farthest if logarithm and measure == RATIO else inf

    def log_l(theta: FloatArray) -> FloatArray:
        theta = np.clip(theta, -most, most)

        def over_mid(mid: FloatArray) -> FloatArray:
            apart, away = half(theta[:, None], mid), (mid - centre) / (10 * pooled)
            both = treatment(mid + apart) + control(mid - apart)
            return np.asarray(both - 0.5 * away**2 - log(10 * pooled) - 0.5 * log(2 * pi))

        # at the peak m lies between the two values that would put either arm at its own location
        at = np.array([half(theta, np.full_like(theta, mean)) for mean in (min(mean1, mean0), max(mean1, mean0))])
        ends = np.array([mean1 - at, mean0 + at])
        return log_integral(over_mid, ends.min(axis=(0, 1)) - room, ends.max(axis=(0, 1)) + room, points=65)

    return log_l


def _half(logarithm: bool, ratio: bool) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """Return h(theta, m), half the distance between the locations of the arms, on the scale of the locations.

    For a difference of exp(m + h) and exp(m - h), theta = 2 exp(m) sinh(h); for a ratio of m + h and m - h,
    theta = log((m + h) / (m - h)).
    """
    if logarithm == ratio:
        return lambda theta, mid: theta / 2
    if logarithm:
        return lambda theta, mid: np.arcsinh(theta / 2 * np.exp(-mid))
    return lambda theta, mid: mid * np.tanh(theta / 2)


def of_location(arm: MedianOfArm, family: Family, pooled: float) -> LogCurve:
    """Return the log density of an arm's order statistics by its location, as a spline.

    Its nodes are spaced by the hyperbolic sine, so that they are dense at the peak and reach far into the tails, where
    the logarithm falls like that of a power of the distance.

    Parameters
    ----------
    arm, family, pooled
        As in `log_arm`.
    """
    centre, sd = family.start(arm)
    unit = sd / arm.n**0.5
    far = min(FAR, float(np.arcsinh(family.farthest / unit)))
    u = np.linspace(-far, far, NODES)
    spline = CubicSpline(u, log_arm(arm, family, pooled, centre + unit * np.sinh(u)))

    def log_density(location: FloatArray) -> FloatArray:
        return np.asarray(spline(np.clip(np.arcsinh((location - centre) / unit), -far, far)))

    return log_density


def log_arm(arm: MedianOfArm, family: Family, pooled: float, location: FloatArray) -> FloatArray:
    """Return the log density of an arm's order statistics given its location, integrated over its sigma.

    Parameters
    ----------
    arm : MedianOfArm
    family : Family
    pooled : float
        S, to which the prior of sigma is scaled.
    location : ndarray, shape (...)
    """
    scale, least = 2.5 * pooled, family.start(arm)[1]

    def log_f(log_sigma: FloatArray) -> FloatArray:
        log_prior = log(2 / pi / 3**0.5 / scale * 2) - 2 * np.log1p((np.exp(log_sigma) / scale) ** 2 / 3) + log_sigma
        return family.log_density(arm, location[..., None], log_sigma) + log_prior

    # the further the location is from the numbers, the wider the sigma that explains them: in proportion or, with an
    # exponential tail, as the root of their ratio
    numbers = [float(value) for value, _ in arm.ranked]
    away = np.max([np.abs((log(x) if family.logarithmic else x) - location) for x in numbers], axis=0)
    room, wide = REACH / arm.n**0.5, np.log(away + 1e-300)
    wide = np.maximum(wide, away / 2) if family.exponential else wide
    low = np.full_like(location, log(least) - room - 1.0)
    return log_integral(log_f, low, np.maximum(log(least), wide) + room + 1.0, points=49)
