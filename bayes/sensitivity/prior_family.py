"""Priors of one shape, by mean and sd: what a grid of priors and a tipping point move about in.

Normal on the analysis scale; for a single-arm proportion beta. Axes come in units of the scale: those of a log ratio
times `unit`, which is 1 there and follows the neutral prior elsewhere (METHODS 2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log, sqrt

import numpy as np
from scipy.special import betaincinv, gammaln, ndtr, ndtri

from bayes.base.distributions import Distribution
from bayes.base.numbers import significant
from bayes.errors import NotFormable
from bayes.paper.endpoint import Endpoint
from bayes.priors import effect_rules

NEUTRAL_SD = 0.355  # of a log ratio (Zampieri 2021)
MEANS = log(3)  # a grid runs from a third to three on a ratio
SDS = (0.05, 2.0)  # 95% of the prior within a factor of 1.10, and of 50
STEEPEST = 0.2  # smallest a or b of a beta about the goal: steeper ones believe in none and all, and in little between
BETA_MEANS, BETA_SDS = (0.1, 0.9), (0.02, 0.25)


@dataclass(frozen=True)
class Family:
    """Priors by mean and sd on the analysis scale.

    Attributes
    ----------
    shape : {"normal", "beta"}
    sd : float
        Of the neutral prior: what a tipping mean is sought at.
    unit : float
        What axes of a log ratio are multiplied by.
    basis : str
        Where the unit comes from, in words.
    bounds : (float, float)
        Where the effect may lie: a normal is cut off there.
    """

    shape: str
    sd: float
    unit: float
    basis: str
    bounds: tuple[float, float] = (-inf, inf)

    def prior(self, mean: float, sd: float) -> Distribution:
        """The prior of this mean and sd.

        Raises
        ------
        NotFormable
            If no beta has them.
        """
        if self.shape == "normal":
            return Distribution("normal", (float(mean), float(sd)))
        size = mean * (1 - mean) / sd**2 - 1
        if size <= 0:
            raise NotFormable(f"no beta has mean {significant(mean)} and sd {significant(sd)}")
        return Distribution("beta", (mean * size, (1 - mean) * size))

    def log_densities(self, means: np.ndarray, sds: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """Log densities of priors given by arrays of means and sds, shape (priors, nodes)."""
        m, s = np.asarray(means, float)[:, None], np.asarray(sds, float)[:, None]
        if self.shape == "normal":
            return -0.5 * ((theta - m) / s) ** 2 - np.log(s) - 0.5 * log(2 * np.pi)
        size = m * (1 - m) / s**2 - 1
        a, b = m * size, (1 - m) * size
        return (a - 1) * np.log(theta) + (b - 1) * np.log1p(-theta) + gammaln(a + b) - gammaln(a) - gammaln(b)

    def limits(self, mean: float, sd: float, share: float = 0.95) -> tuple[float, float]:
        """Central interval of the prior of this mean and sd, cut off at the bounds."""
        tails = np.array([(1 - share) / 2, (1 + share) / 2])
        if self.shape == "beta":
            low, high = betaincinv(*self.prior(mean, sd).args, tails)
        elif self.bounds == (-inf, inf):
            low, high = mean + sd * ndtri(tails)
        else:
            below, above = ndtr((np.array(self.bounds) - mean) / sd)
            low, high = mean + sd * ndtri(below + (above - below) * tails)
        return float(low), float(high)

    def axes(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Means (evenly spaced, the null in the middle) and sds (evenly spaced in logs) of a grid."""
        if self.shape == "beta":
            return np.linspace(*BETA_MEANS, size), np.geomspace(*BETA_SDS, size)
        reach = min(self.unit * MEANS, 0.95 * self.bounds[1])
        return np.linspace(-reach, reach, size), self.unit * np.geomspace(*SDS, size)

    def sd_range(self, null: float) -> tuple[float, float]:
        """From nearly certain to nearly flat: where the sd of a prior around the null is sought."""
        if self.shape == "beta":
            size = STEEPEST / min(null, 1 - null)
            return 0.005, sqrt(null * (1 - null) / (1 + size))
        return 0.005 * self.unit, min(100 * self.unit, self.bounds[1] - self.bounds[0])

    def mean_range(self, null: float) -> tuple[float, float]:
        """Where a mean at the neutral sd is sought: a hundredth to a hundredfold on a ratio."""
        if self.shape == "beta":
            edge = 0.5 * (1 - sqrt(1 - 4 * self.sd**2)) * 1.02  # no beta of this sd has a mean beyond it
            return edge, 1 - edge
        reach = min(log(100) * self.unit, 0.99 * self.bounds[1])
        return null - reach, null + reach


def family_of(target: Endpoint, likelihood_width: Callable[[], float]) -> Family:
    """The family for a target; without a neutral prior of its scale, in units of the likelihood's width."""
    bounds = (-1.0, 1.0) if target.measure == "risk_difference" else (-inf, inf)
    try:
        neutral = effect_rules.form("neutral", target)
    except NotFormable as reason:
        width = likelihood_width()
        basis = f"twice the width of the likelihood ({reason})"
        return Family("normal", 2 * width, 2 * width / NEUTRAL_SD, basis, bounds)
    if target.measure == "proportion":
        a, b = neutral.distribution.args
        return Family("beta", (a * b / (a + b + 1)) ** 0.5 / (a + b), 1.0, neutral.basis, (0.0, 1.0))
    sd = neutral.distribution.args[1]
    return Family("normal", sd, sd / NEUTRAL_SD, neutral.basis, bounds)
