"""Families of observations whose order statistics are printed: normal, log-normal and gamma.

    normal      x ~ Normal(l, sigma)
    log-normal  log x ~ Normal(l, sigma): exp(l) is the median and the geometric mean
    gamma       x ~ Gamma with mean exp(l) and coefficient of variation sigma (shape 1 / sigma^2)

A report takes the normal or the log-normal, by its rule or as it states; the others are alternative readings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log, pi

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammainc, gammaincc, gammaln, log_ndtr

from bayes.base.arrays import FloatArray
from bayes.paper.evidence.arms import by_arm
from bayes.paper.evidence.medians import MedianOfArm, Medians
from bayes.quadrature.densities import log_normal_between

TINY = 1e-300  # below it a share of a gamma distribution counts as this

Parts = tuple[FloatArray, list[FloatArray]]
"""The sum of the log densities at the numbers, and the logs of the shares below, between and above them."""


@dataclass(frozen=True)
class Family:
    """A family of distributions of one arm's observations, by location and the log of sigma.

    Attributes
    ----------
    name : str
        In words.
    logarithmic : bool
        Whether the location is on the log scale.
    location : str
        What exp(location), or the location of the normal, is of the observations.
    parts : callable
        (numbers, location, log sigma) -> `Parts`, elementwise in location and log sigma.
    of_logarithms : bool
        Whether the density is that of the logarithms of the numbers.
    exponential : bool
        Whether the upper tail falls off exponentially in the numbers themselves.
    farthest : float
        Distance from the numbers beyond which a location is not told from one at that distance.
    """

    name: str
    logarithmic: bool
    location: str
    parts: Callable[[FloatArray, FloatArray, FloatArray], Parts]
    of_logarithms: bool = False
    exponential: bool = False
    farthest: float = inf

    def start(self, arm: MedianOfArm) -> tuple[float, float]:
        """Return the location and sigma that the quantiles imply in closed form."""
        mean, sd = arm.mean(self.logarithmic), arm.spread(self.logarithmic)
        return (mean + sd**2 / 2 if self.logarithmic and not self.of_logarithms else mean), sd

    def log_density(self, arm: MedianOfArm, location: FloatArray, log_sigma: FloatArray) -> FloatArray:
        """Return the log of the joint density of an arm's order statistics, elementwise."""
        numbers, ranks = (np.array([float(value) for value in column]) for column in zip(*arm.ranked, strict=True))
        gaps = np.diff(np.concatenate([[0.0], ranks, [arm.n + 1.0]]))
        density, shares = self.parts(numbers, location, log_sigma)
        found = gammaln(arm.n + 1) - gammaln(gaps).sum() + density
        for gap, share in zip(gaps, shares, strict=True):
            found = found + (gap - 1) * share
        return np.asarray(found)

    def greatest(self, arm: MedianOfArm) -> float:
        """Return the greatest log density of an arm's printed numbers over location and sigma, to compare families."""
        location, sigma = self.start(arm)

        def negative(at: FloatArray) -> float:
            return -float(self.log_density(arm, at[0], at[1]))

        found = minimize(
            negative,
            np.array([location, log(sigma)]),
            method="Nelder-Mead",
            options={"xatol": 1e-6 * max(1.0, abs(location)), "fatol": 1e-8},
        )
        jacobian = sum(log(x) for x, _ in arm.ranked) if self.of_logarithms else 0.0
        return -float(found.fun) - jacobian


def _normal(numbers: FloatArray, location: FloatArray, log_sigma: FloatArray) -> Parts:
    z = [(x - location) * np.exp(-log_sigma) for x in numbers]
    density = -len(numbers) * (log_sigma + 0.5 * log(2 * pi)) - 0.5 * np.sum([one**2 for one in z], axis=0)
    between = [log_normal_between(a, b) for a, b in zip(z[:-1], z[1:], strict=True)]
    return density, [log_ndtr(z[0]), *between, log_ndtr(-z[-1])]


def _log_normal(numbers: FloatArray, location: FloatArray, log_sigma: FloatArray) -> Parts:
    return _normal(np.log(numbers), location, log_sigma)


def _gamma(numbers: FloatArray, location: FloatArray, log_sigma: FloatArray) -> Parts:
    shape = np.exp(-2 * log_sigma)
    log_rate = -2 * log_sigma - location
    scaled = [x * np.exp(log_rate) for x in numbers]
    density = len(numbers) * (shape * log_rate - gammaln(shape))
    density = density + (shape - 1) * np.log(numbers).sum() - np.sum(scaled, axis=0)
    below, above = ([tail(shape, x) for x in scaled] for tail in (gammainc, gammaincc))
    between = [
        np.where(low > 0.5, over - beyond, up - low)
        for low, up, over, beyond in zip(below[:-1], below[1:], above[:-1], above[1:], strict=True)
    ]
    return density, [np.log(np.maximum(share, TINY)) for share in (below[0], *between, above[-1])]


NORMAL = Family("normal", False, "means", _normal)
LOGNORMAL = Family("log-normal", True, "medians", _log_normal, of_logarithms=True)
GAMMA = Family(
    "gamma", True, "means", _gamma, exponential=True, farthest=60.0
)  # e^60: beyond, a double is soon exhausted
FAMILIES = (NORMAL, LOGNORMAL, GAMMA)


def family_of(medians: Medians, measure: str) -> Family:
    """Return the family as which a report is read."""
    return LOGNORMAL if medians.log_normal(measure) else NORMAL


def other_families(medians: Medians, measure: str) -> list[tuple[Family, float]]:
    """Return the families as which a report is not read, each with how much better it fits.

    Returns
    -------
    list of (Family, float)
        The greatest log likelihood of both arms minus that of the family of the report. Numbers that are not positive
        admit the normal alone.
    """
    taken = family_of(medians, measure)
    open_to = [family for family in FAMILIES if medians.least > 0 or not family.logarithmic]
    fits = {family: sum(family.greatest(arm) for arm in by_arm(medians).values()) for family in open_to}
    return [(family, fit - fits[taken]) for family, fit in fits.items() if family is not taken]
