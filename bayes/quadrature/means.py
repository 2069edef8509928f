"""The likelihood L(theta) of two arms' means, integrated over both standard deviations."""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.paper.evidence import Means, of_kind
from bayes.paper.evidence.arms import MeanInArm
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.integrals import log_integral
from bayes.quadrature.likelihood_curve import Curve
from bayes.quadrature.starting_point import tabulated_report

CONFLICT = 300.0  # log units by which a prior may overrule the printed SDs: 24 of its standard deviations


def curve(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of a difference of means, in the paper's units or standardised."""
    log_l = log_curve(of_kind(outcome.evidence, Means), outcome.measure)
    return tabulated_report(log_l, outcome, "quadrature over both standard deviations", like)


def log_curve(evidence: Means, measure: str) -> Callable[[FloatArray], FloatArray]:
    """Return log L(theta), with theta the treatment's mean minus the control's.

    theta is in the paper's units or, for a standardised difference, in units of the root mean square of both sigmas,
    times c where changes are put in units of final values.
    Assumes normal observations, a separate sigma per arm with the prior of `log_weight`, and Normal(the patients' mean,
    10 S) for the midpoint of both means: the model of `models/likelihoods/means.py`, given theta.

    The standard deviations are r exp(q/2) and r exp(-q/2). Given q, the log integrand is concave in 1/r apart from
    slowly varying priors, so r is integrated around its peak, however far theta lies from the means; then q.

    Parameters
    ----------
    evidence : Means
    measure : {"mean_difference", "standardised_mean_difference"}

    Returns
    -------
    callable
        theta, shape (n,) -> log L, shape (n,).
    """
    t, c, pooled = evidence.treatment, evidence.control, evidence.pooled_sd
    standardised = measure == "standardised_mean_difference"
    means, sds = (float(t.mean), float(c.mean)), (float(t.sd), float(c.sd))
    n1, n0, a = t.n, c.n, t.n + c.n - 2
    prior_mean, prior_variance = (n1 * means[0] + n0 * means[1]) / (n1 + n0), (10 * pooled) ** 2
    (low1, high1), (low0, high0) = (reach(arm, CONFLICT) for arm in (t, c))
    middle = log(sds[0] / sds[1])
    below, above = 10, 10 + 32 / a**0.5  # in widths of the peak: the integrand over log r falls off as r^-a
    points = int((below + above) / 0.7)

    def unit(s1: FloatArray, s0: FloatArray) -> FloatArray | float:
        return evidence.sd_ratio * ((s1**2 + s0**2) / 2) ** 0.5 if standardised else 1.0

    def given_sigma(theta: FloatArray, s1: FloatArray, s0: FloatArray) -> FloatArray:
        """Return the log density of both means given the sigmas, with the common mean integrated out."""
        v1, v0, half = s1 * s1 / n1, s0 * s0 / n0, unit(s1, s0) * theta / 2
        r1, r0 = means[0] - prior_mean - half, means[1] - prior_mean + half
        determinant = v1 * v0 + prior_variance * (v1 + v0)
        spread = r1 * r1 * v0 + r0 * r0 * v1 + prior_variance * (r1 - r0) ** 2
        return -0.5 * (spread / determinant + np.log(determinant)) - log(2 * pi)

    def peak(theta: FloatArray, up: FloatArray, down: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return peak and width over log r, priors aside, of a log x - b x^2 + slope x, where x = 1/r."""
        variance, difference = up**2 / n1 + down**2 / n0, means[0] - means[1]
        fixed, moving = (difference, theta * unit(up, down)) if standardised else (difference - theta, 0.0)
        squares = (n1 - 1) * (sds[0] / up) ** 2 + (n0 - 1) * (sds[1] / down) ** 2
        b, slope = (squares + fixed**2 / variance) / 2, fixed * moving / variance
        x = (slope + np.sqrt(slope**2 + 8 * a * b)) / (4 * b)
        return -np.log(x), (4 * b * x**2 - slope * x) ** -0.5

    def log_l(theta: FloatArray) -> FloatArray:
        theta = theta[:, None]

        def over_r(q: FloatArray) -> FloatArray:
            up, down = np.exp(q / 2), np.exp(-q / 2)

            def log_f(log_r: FloatArray) -> FloatArray:
                log_s1, log_s0 = log_r + q[..., None] / 2, log_r - q[..., None] / 2
                given = given_sigma(theta[..., None], np.exp(log_s1), np.exp(log_s0))
                return given + log_weight(t, pooled, log_s1) + log_weight(c, pooled, log_s0)

            centre, width = peak(theta, up, down)
            return log_integral(log_f, centre - below * width, centre + above * width, points=points, zooms=0)

        low, high = np.full(len(theta), middle + low1 - high0), np.full(len(theta), middle + high1 - low0)
        return log_integral(over_r, low, high, points=49, zooms=1)

    return log_l


def log_weight(arm: MeanInArm, pooled: float, log_sigma: FloatArray) -> FloatArray:
    """Return the log density of an arm's printed SD given the true SD, plus the log prior of the log of the true SD.

    (n - 1) s^2 / sigma^2 ~ chi-square(n - 1), and sigma ~ half-t(3, 2.5 S), with S the pooled SD.

    Parameters
    ----------
    arm : MeanInArm
    pooled : float
        S, in the paper's units.
    log_sigma : ndarray
        Log of the true SD.
    """
    scale, variance = 2.5 * pooled, np.exp(2 * log_sigma)
    log_prior = log(2 / pi / 3**0.5 / scale) - 2 * np.log1p(variance / (3 * scale**2)) + log_sigma
    return log_prior - (arm.n - 1) * (log_sigma + 0.5 * float(arm.sd) ** 2 / variance)


def log_sigmas(arm: MeanInArm, pooled: float, drop: float) -> tuple[FloatArray, FloatArray]:
    """Return values of an arm's true SD, spaced by half the width of its peak, and the log weight of each.

    Parameters
    ----------
    arm, pooled
        As in `log_weight`.
    drop : float
        As in `reach`.
    """
    low, high = reach(arm, drop)
    log_ratio = np.linspace(low, high, int(np.ceil((high - low) * (8 * arm.n - 8) ** 0.5)) + 1)
    log_sigma = log(float(arm.sd)) + log_ratio
    return np.exp(log_sigma), log_weight(arm, pooled, log_sigma) + log(log_ratio[1] - log_ratio[0])


def reach(arm: MeanInArm, drop: float) -> tuple[float, float]:
    """Return how far log(sigma / printed SD) extends below and above zero.

    Beyond these limits the printed SD is `drop` log units less likely than at best, or 3,000 times too small.

    Parameters
    ----------
    arm : MeanInArm
    drop : float
        Log units.
    """
    room = drop / (arm.n - 1)
    return -0.5 * np.log1p(2 * room**0.5 + 2 * room), min(room**0.5 + room, 8.0)
