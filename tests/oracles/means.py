"""Means of two arms over a grid of both standard deviations, each half-t(3, 2.5 S)."""

from math import log, sqrt

import numpy as np
from scipy import stats
from scipy.special import logsumexp

from oracles.persons import ARMS


def log_likelihood(measure, benefit, evidence, theta):
    unit, variance, weight = sigmas(evidence)
    difference = float(evidence["treatment"]["mean"]) - float(evidence["control"]["mean"])
    scale = unit if measure == "standardised_mean_difference" else 1.0
    return np.array([logsumexp(weight - 0.5 * (difference - x * scale) ** 2 / variance) for x in theta])


def pooled_sd(evidence):
    t, c = evidence["treatment"], evidence["control"]
    squares = sum((a["n"] - 1) * float(a["sd"]) ** 2 for a in (t, c))
    return sqrt(squares / (t["n"] + c["n"] - 2))


def sigmas(evidence, count=161, depth=150):
    """(root mean square, variance of the difference, log weight) on a grid of both standard deviations."""
    pooled, grids = pooled_sd(evidence), []
    for a in ARMS:
        n, sd = evidence[a]["n"], float(evidence[a]["sd"])
        near = 1 / sqrt(2 * n - 2)
        u = np.linspace(-np.arcsinh(10 / near), np.arcsinh(10 / near), count)
        log_s = log(sd) + near * np.sinh(u)
        s = np.exp(log_s)
        log_w = -(n - 1) * log_s - (n - 1) * sd**2 / (2 * s**2) + stats.t.logpdf(s, 3, 0, 2.5 * pooled) + log_s
        grids.append((s, log_w + np.log(np.cosh(u))))
    (s1, w1), (s0, w0) = grids
    variance = s1[:, None] ** 2 / evidence["treatment"]["n"] + s0**2 / evidence["control"]["n"]
    weight = w1[:, None] + w0 - 0.5 * np.log(variance)
    kept = weight > weight.max() - depth
    return np.sqrt((s1[:, None] ** 2 + s0**2) / 2)[kept], variance[kept], weight[kept]
