"""L(theta) of two arms' means, over both standard deviations."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np
from scipy import stats
from scipy.special import logsumexp

from bayes.arms import MeanInArm
from bayes.evidence import Means

NODES = 97  # of each standard deviation


def log_curve(evidence: Means, measure: str) -> Callable[[np.ndarray], np.ndarray]:
    """log L(theta) of a difference of means, in the units of the paper or standardised."""
    t, c, pooled = evidence.treatment, evidence.control, evidence.pooled_sd
    standardised = measure == "standardised_mean_difference"
    means = np.array([float(t.mean), float(c.mean)])
    n = np.array([t.n, c.n])
    prior_mean = (n * means).sum() / n.sum()

    def given_sigma(theta, s1, s0):
        """Both means given the sigmas, with the common mean integrated out: a bivariate normal."""
        unit = np.sqrt((s1**2 + s0**2) / 2) if standardised else 1.0
        v1, v0, prior = s1**2 / n[0], s0**2 / n[1], (10 * pooled) ** 2
        r1, r0 = means[0] - prior_mean - unit * theta / 2, means[1] - prior_mean + unit * theta / 2
        determinant = v1 * v0 + prior * (v1 + v0)
        quadratic = (r1**2 * (v0 + prior) + r0**2 * (v1 + prior) - 2 * prior * r1 * r0) / determinant
        return -0.5 * quadratic - 0.5 * np.log(determinant) - np.log(2 * pi)

    (s1, log_w1), (s0, log_w0) = (log_sigmas(arm, pooled, NODES) for arm in (t, c))
    log_weight = log_w1[:, None] + log_w0

    def log_l(theta: np.ndarray) -> np.ndarray:
        each = given_sigma(theta[:, None, None], s1[:, None], s0) + log_weight
        return logsumexp(each, axis=(1, 2))

    return log_l


def log_sigmas(arm: MeanInArm, pooled: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Values of an arm's true standard deviation, crowded where its printed one puts it, and the log weight of each.

    The weight is that of the printed SD, (n - 1) s^2 / sigma^2 ~ chi-square(n - 1), times the prior half-t(3, 2.5 S), S
    the pooled SD.
    """
    near = (2 * arm.n - 2) ** -0.5
    step = np.linspace(-1, 1, count) * np.arcsinh(8 / near)
    log_s = np.log(float(arm.sd)) + near * np.sinh(step)
    log_l = -(arm.n - 1) * (log_s + 0.5 * (float(arm.sd) / np.exp(log_s)) ** 2)
    log_prior = stats.t.logpdf(np.exp(log_s), 3, 0, 2.5 * pooled) + log_s
    return np.exp(log_s), log_l + log_prior + np.log(near * np.cosh(step) * (step[1] - step[0]))
