"""Families of priors indexed by mean and sd, over which prior grids and tipping points vary.

The family is normal on the analysis scale, or beta for a single-arm proportion. Axes are those of a log ratio times
`unit`, which is 1 for log ratios and follows the neutral prior on other scales (METHODS 2 and 6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log, sqrt
from typing import Literal

import numpy as np
from scipy.special import betaincinv, gammaln, ndtr, ndtri

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.base.numbers import significant
from bayes.errors import NotFormable
from bayes.paper.endpoint import Endpoint
from bayes.priors import effect_rules

NEUTRAL_SD = 0.355  # of a log ratio (Zampieri 2021)
MEANS = log(3)  # a grid covers ratios from a third to three
SDS = (0.05, 2.0)  # 95% of the prior within a factor of 1.10, and of 50
STEEPEST = 0.2  # smallest a or b of a beta around the goal: smaller ones put almost all mass near 0 and 1
BETA_MEANS, BETA_SDS = (0.1, 0.9), (0.02, 0.25)


@dataclass(frozen=True)
class Family:
    """A family of priors indexed by mean and sd on the analysis scale.

    Attributes
    ----------
    shape : {"normal", "beta"}
    sd : float
        The sd of the neutral prior, at which tipping means are sought.
    unit : float
        The factor by which the axes of a log ratio are multiplied.
    basis : str
        The origin of the unit, in words.
    bounds : (float, float)
        Limits of the effect, at which a normal prior is truncated.
    """

    shape: Literal["normal", "beta"]
    sd: float
    unit: float
    basis: str
    bounds: tuple[float, float] = (-inf, inf)

    def prior(self, mean: float, sd: float) -> Distribution:
        """Return the prior with this mean and sd.

        Raises
        ------
        NotFormable
            If no beta distribution has this mean and sd.
        """
        if self.shape == "normal":
            return Distribution("normal", (float(mean), float(sd)))
        size = mean * (1 - mean) / sd**2 - 1
        if size <= 0:
            raise NotFormable(f"no beta distribution has mean {significant(mean)} and sd {significant(sd)}")
        return Distribution("beta", (mean * size, (1 - mean) * size))

    def log_densities(self, means: FloatArray, sds: FloatArray, theta: FloatArray) -> FloatArray:
        """Return log densities at `theta` of priors given by arrays of means and sds; shape (priors, nodes)."""
        m: FloatArray = np.asarray(means, float)[:, None]
        s: FloatArray = np.asarray(sds, float)[:, None]
        if self.shape == "normal":
            return -0.5 * ((theta - m) / s) ** 2 - np.log(s) - 0.5 * log(2 * np.pi)
        size = m * (1 - m) / s**2 - 1
        a, b = m * size, (1 - m) * size
        scaled: FloatArray = (a - 1) * np.log(theta) + (b - 1) * np.log1p(-theta) + gammaln(a + b)
        return scaled - gammaln(a) - gammaln(b)

    def limits(self, mean: float, sd: float, share: float = 0.95) -> tuple[float, float]:
        """Return the central interval of the prior with this mean and sd, truncated to the bounds."""
        tails = np.array([(1 - share) / 2, (1 + share) / 2])
        if self.shape == "beta":
            a, b = self.prior(mean, sd).args
            low, high = betaincinv(a, b, tails)
        elif self.bounds == (-inf, inf):
            low, high = mean + sd * ndtri(tails)
        else:
            below, above = ndtr((np.array(self.bounds) - mean) / sd)
            low, high = mean + sd * ndtri(below + (above - below) * tails)
        return float(low), float(high)

    def axes(self, size: int) -> tuple[FloatArray, FloatArray]:
        """Return the means (evenly spaced, the null in the middle) and sds (evenly spaced in logs) of a grid."""
        if self.shape == "beta":
            return np.linspace(*BETA_MEANS, size), np.geomspace(*BETA_SDS, size)
        reach = min(self.unit * MEANS, 0.95 * self.bounds[1])
        return np.linspace(-reach, reach, size), self.unit * np.geomspace(*SDS, size)

    def sd_range(self, null: float) -> tuple[float, float]:
        """Return the range in which the sd of a prior centred on the null is sought: nearly certain to nearly flat."""
        if self.shape == "beta":
            size = STEEPEST / min(null, 1 - null)
            return 0.005, sqrt(null * (1 - null) / (1 + size))
        return 0.005 * self.unit, min(100 * self.unit, self.bounds[1] - self.bounds[0])

    def mean_range(self, null: float) -> tuple[float, float]:
        """Return the range in which a mean at the neutral sd is sought: for ratios, a hundredth to a hundredfold."""
        if self.shape == "beta":
            edge = 0.5 * (1 - sqrt(1 - 4 * self.sd**2)) * 1.02  # a beta with this sd has no mean beyond it
            return edge, 1 - edge
        reach = min(log(100) * self.unit, 0.99 * self.bounds[1])
        return null - reach, null + reach


def family_of(target: Endpoint, likelihood_width: Callable[[], float]) -> Family:
    """Return the family for a target, in units of the likelihood's width if no neutral prior can be formed."""
    bounds = (-1.0, 1.0) if target.measure == "risk_difference" else (-inf, inf)
    try:
        neutral = effect_rules.form("neutral", target)
    except NotFormable as reason:
        width = likelihood_width()
        basis = f"twice the width of the likelihood ({reason})"
        return Family("normal", 2 * width, 2 * width / NEUTRAL_SD, basis, bounds)
    if target.measure == "proportion":
        a, b = neutral.univariate.args
        return Family("beta", (a * b / (a + b + 1)) ** 0.5 / (a + b), 1.0, neutral.basis, (0.0, 1.0))
    sd = neutral.univariate.args[1]
    return Family("normal", sd, sd / NEUTRAL_SD, neutral.basis, bounds)
