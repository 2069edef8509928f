"""Means with standard deviations, and medians with quartiles or range, of two arms of normal observations.

The priors of the midpoint m and of both standard deviations have a centre c and a scale S that are computed from the
report: m ~ N(c, 10 S), sigma ~ half-t(3, 2.5 S). Such a model is calibrated with the joint density

    p(effect) N(m; c(D), 10 S(D)) h(sigma; 2.5 S(D)) L(D | effect, m, sigma) w(D)

for any function w of the data alone. Here w admits 0.7 <= S <= 1. Standard deviations are drawn from h(.; 2.5) with
their data, and accepted with the ratio of h(.; 2.5 S) to it, over its greatest value; neither depends on the effect.
Whatever m is, shifting it and the data shifts the posterior, so that m = 0, and the density of m, exp(-(c/S)^2 / 200)
but for a constant, accepts the report as a whole.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from calibration.sbc.simulated import SIDES, Random, Report, by_arm
from numpy.typing import NDArray
from scipy.stats import norm

Floats = NDArray[np.float64]
LEAST_SCALE, SCALE = 0.7, 2.5


def _half_t(sigma: Floats, scale: float) -> float:
    """Return the density of both standard deviations, half-Student-t with 3 degrees of freedom, up to a constant."""
    return float(np.prod((1 + (sigma / scale) ** 2 / 3) ** -2 / scale))


def _with_scale[Data](random: Random, draw: Callable[[Floats], tuple[Data, float]]) -> tuple[Floats, Data, float]:
    """Draw both standard deviations, the data that depend on them but not on the effect, and the scale S of these."""
    while True:
        sigma = SCALE * np.abs(random.standard_t(3, 2))
        data, scale = draw(sigma)
        ratio = _half_t(sigma, SCALE * scale) / _half_t(sigma, SCALE)
        if LEAST_SCALE <= scale <= 1 and random.random() < ratio * LEAST_SCALE**2:
            return sigma, data, scale


def _accepted(random: Random, centre: float, scale: float) -> bool:
    """Return whether a report whose midpoint is 0 is accepted, given its centre."""
    return bool(random.random() < np.exp(-((centre / scale) ** 2) / 200))


def means(random: Random, effect: float, n: tuple[int, int], standardised: bool) -> Report | None:
    """Draw the mean and the standard deviation of each arm."""
    size = np.array(n)

    def draw(sigma: Floats) -> tuple[Floats, float]:
        sd = sigma * np.sqrt(random.chisquare(size - 1) / (size - 1))
        return sd, float(np.sqrt(((size - 1) * sd**2).sum() / (size.sum() - 2)))

    sigma, sd, scale = _with_scale(random, draw)
    distance = effect * np.sqrt((sigma**2).mean()) if standardised else effect
    mean = np.array(SIDES) * distance + sigma / np.sqrt(size) * random.standard_normal(2)
    if not _accepted(random, float((size * mean).sum() / size.sum()), scale):
        return None
    columns = {"mean": mean.tolist(), "sd": sd.tolist(), "n": n}
    return Report({"kind": "means", **by_arm(**columns)}, {"mid_mean": 0.0, "sigma_treatment": float(sigma[0])})


def _standard_quantiles(random: Random, n: int, with_range: bool) -> Floats:
    """Draw the quartiles and the median of n standard normal patients, between the least and the greatest if asked for.

    Ranks are k (n + 1)/4. Where they are not whole, the shares of one that the quantiles divide are Dirichlet with the
    gaps between ranks, as the model reads them.
    """
    ranks = np.arange(1, 4) * (n + 1) / 4
    if (ranks % 1 == 0).all():
        patients = np.sort(random.standard_normal(n))
        printed = patients[ranks.astype(int) - 1]
        return np.concatenate([patients[:1], printed, patients[-1:]]) if with_range else printed
    ranks = np.array([1.0, *ranks, n]) if with_range else ranks
    return norm.ppf(np.cumsum(random.dirichlet(np.diff([0.0, *ranks, n + 1.0])))[:-1])


def medians(random: Random, effect: float, n: tuple[int, int], log: bool, with_range: bool = False) -> Report | None:
    """Draw median and quartiles of each arm, with the range if asked for, of normal or log-normal patients.

    c is the mean of the means that Luo et al. (2018) take from the quartiles; S pools the standard deviations that Wan
    et al. (2014) take from them.
    """
    low, middle, high = (1, 2, 3) if with_range else (0, 1, 2)

    def draw(sigma: Floats) -> tuple[list[Floats], float]:
        drawn = [sd * _standard_quantiles(random, size, with_range) for sd, size in zip(sigma, n, strict=True)]
        spreads = [(x[high] - x[low]) / (2 * norm.ppf((0.75 * size - 0.125) / (size + 0.25))) for x, size in zip(drawn, n, strict=True)]
        pooled = sum((size - 1) * s**2 for s, size in zip(spreads, n, strict=True)) / (sum(n) - 2)
        return drawn, float(np.sqrt(pooled))

    sigma, quantiles, scale = _with_scale(random, draw)
    quantiles = [x + side * effect for x, side in zip(quantiles, SIDES, strict=True)]
    weights = [0.7 + 0.39 / size for size in n]
    each = [w * (x[low] + x[high]) / 2 + (1 - w) * x[middle] for w, x in zip(weights, quantiles, strict=True)]
    if not _accepted(random, float(sum(size * y for size, y in zip(n, each, strict=True)) / sum(n)), scale):
        return None
    quantiles = [np.exp(x) if log else x for x in quantiles]
    columns = {"median": [float(x[middle]) for x in quantiles], "quartiles": [[float(x[low]), float(x[high])] for x in quantiles], "n": n}
    columns |= {"range": [[float(x[0]), float(x[-1])] for x in quantiles]} if with_range else {}
    evidence = {"kind": "medians", "family": "log_normal" if log else "normal", **by_arm(**columns)}
    return Report(evidence, {"mid_mean": 0.0, "sigma_treatment": float(sigma[0])})
