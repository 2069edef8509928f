"""Means of two arms over a grid of both standard deviations, each half-t(3, 2.5 S), the middle normal(., 10 S)."""

from math import log, sqrt

import numpy as np
from scipy import stats

from support.brute_force.persons import ARMS

DEPTH = 600  # log units below its best at which a printed SD still counts: a prior may outvote it


def log_likelihood(measure, benefit, evidence, theta):
    standardised = measure == "standardised_mean_difference"
    (s1, s0), weight = sigmas(evidence, standardised)
    (t, c), (n1, n0) = ([float(evidence[a][name]) for a in ARMS] for name in ("mean", "n"))
    middle, spread = (n1 * t + n0 * c) / (n1 + n0), (10 * pooled_sd(evidence)) ** 2
    half = np.sqrt((s1**2 + s0**2) / 2) / 2 if standardised else 0.5
    v1, v0 = s1**2 / n1 + spread, s0**2 / n0 + spread  # of each mean, with that of the middle which they share
    determinant = v1 * v0 - spread**2

    a1, a0, weight = t - middle, c - middle, weight - 0.5 * np.log(determinant)
    # the exponent is a parabola in theta: (a1 - half x, a0 + half x) weighted by the inverse covariance of both means
    at_zero = weight - 0.5 * (v0 * a1**2 + v1 * a0**2 - 2 * spread * a1 * a0) / determinant
    slope = half * (v0 * a1 - v1 * a0 + spread * (a1 - a0)) / determinant
    bend = 0.5 * half**2 * (v0 + v1 + 2 * spread) / determinant

    def at(x):
        found = slope - bend * x
        found *= x
        found += at_zero
        top = found.max()
        found -= top
        return top + np.log(np.exp(found[found > -60]).sum())  # what is left out is below 1e-20 of the sum

    return np.array([at(x) for x in theta])


def pooled_sd(evidence):
    t, c = evidence["treatment"], evidence["control"]
    squares = sum((a["n"] - 1) * float(a["sd"]) ** 2 for a in (t, c))
    return sqrt(squares / (t["n"] + c["n"] - 2))


def sigmas(evidence, standardised, depth=DEPTH, step=0.7):
    """Both standard deviations, a grid flat, and the log weight of every pair that is not negligible.

    A step is in widths of the peak of a standard deviation's own weight.
    """
    pooled, grids = pooled_sd(evidence), []
    arms = [(evidence[a]["n"], float(evidence[a]["sd"]), float(evidence[a]["mean"])) for a in ARMS]
    z = abs(arms[0][2] - arms[1][2]) / sqrt(sum(sd**2 / n for n, sd, _ in arms))
    for n, sd, _ in arms:
        room = depth / (n - 1)
        apart = step / sqrt(2 * n - 2)
        if standardised:  # a difference in units of the sigmas turns with them as fast as it is precise
            apart = min(apart, 0.5 / z) if z else apart
        log_ratio = np.arange(-min(sqrt(room), 3.5), min(sqrt(room) + room, 8), apart)
        s = sd * np.exp(log_ratio)
        log_w = -(n - 1) * (log_ratio + 0.5 * np.exp(-2 * log_ratio)) + stats.t.logpdf(s, 3, 0, 2.5 * pooled) + log(sd)
        grids.append((s, log_w + log_ratio))
    (s1, w1), (s0, w0) = grids
    s1, s0 = (a.ravel() for a in np.broadcast_arrays(s1[:, None], s0))
    weight = (w1[:, None] + w0).ravel()
    kept = weight > weight.max() - depth
    return (s1[kept], s0[kept]), weight[kept]
