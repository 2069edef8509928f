"""Patients without an outcome: how they may differ from those with one, and what share of all patients they are.

In each arm, a departure lambda compares the patients without an outcome with those who have one: the log odds ratio of
the event (IMOR, informative missingness odds ratio; White, Higgins and Wood 2008, Stat Med 27:711-27), or the
difference of their means in standard deviations (IMDOM; Mavridis et al. 2015, Stat Med 34:721-41). Zero means missing
at random. The data say nothing about lambda: under a flat prior of the effect, its posterior is its prior.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy.special import polygamma

from bayes.base.arrays import FloatArray, log_sum_exp

REACH = 8.5  # standard deviations of a normal distribution that its sum of nodes covers
COARSEST = 0.7  # standard deviations between two nodes, at most
NEAR = 0.9
MOST = 2001  # nodes
FARTHEST = 12.0  # beyond an odds ratio of e^12, the missing patients are as good as all events, or none
FINE = 0.4  # standard deviations of the logit share of patients without an outcome, between two nodes


@dataclass(frozen=True)
class Departures:
    """The joint normal distribution of the departures of both arms.

    Attributes
    ----------
    treatment, control : (float, float)
        Mean and standard deviation of lambda in the arm; a standard deviation of zero fixes it.
    correlation : float
        Correlation of both departures, between -1 and 1.
    """

    treatment: tuple[float, float]
    control: tuple[float, float]
    correlation: float = 0.0

    @property
    def together(self) -> bool:
        """Return whether the departures vary together."""
        return self.correlation != 0 and self.treatment[1] > 0 and self.control[1] > 0

    def given_shared(self, z: FloatArray) -> tuple[tuple[FloatArray, float], tuple[FloatArray, float]]:
        """Split each departure into a part shared by both arms and an independent part.

        Parameters
        ----------
        z : ndarray, shape (k,)
            Values of the shared part, standard normal.

        Returns
        -------
        treatment, control : (ndarray of shape (k,), float)
            Mean of lambda given each z, and the standard deviation of its independent part.
        """
        shared = sqrt(abs(self.correlation)) if self.together else 0.0
        own = sqrt(1 - shared**2)
        (mean1, sd1), (mean0, sd0) = self.treatment, self.control
        way = -1.0 if self.correlation < 0 else 1.0
        return (mean1 + sd1 * shared * z, sd1 * own), (mean0 + way * sd0 * shared * z, sd0 * own)


def normal_nodes(width: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes of a standard normal distribution and their log weights, which sum to one.

    Parameters
    ----------
    width : float
        The width of the narrowest factor of the integrand. The trapezoidal rule takes `NEAR` of it, at most `COARSEST`:
        its error for a normal of sd w is exp(-2 (pi w / h)^2) at a distance h between nodes.
    """
    count = min(2 * int(np.ceil(REACH / min(NEAR * width, COARSEST))) + 1, MOST)
    z = np.linspace(-REACH, REACH, count)
    return z, _scaled(-0.5 * z**2)


def shares_missing(missing: int, seen: int) -> tuple[FloatArray, FloatArray]:
    """Return shares of patients without an outcome, and the log of their posterior weights, which sum to one.

    The share of an arm is Beta(m, n) for m patients without and n with an outcome, with mean m / (m + n): its prior is
    flat on the logit. The limits lambda = +-infinity are then the analyses of an odds ratio in which all, or none, of
    the missing patients are counted as events.

    Parameters
    ----------
    missing, seen : int
        Patients without and with an outcome.
    """
    if not missing:
        return np.zeros(1), np.zeros(1)
    centre, sd = log(missing / seen), sqrt(polygamma(1, missing) + polygamma(1, seen))
    low, high = centre - 7 * sd - 16 / missing, centre + 7 * sd + 16 / seen
    logit = np.linspace(low, high, int(np.ceil((high - low) / (FINE * sd))) + 1)
    log_weight = missing * logit - (missing + seen) * np.logaddexp(0.0, logit)
    return 1 / (1 + np.exp(-logit)), _scaled(log_weight)


def _scaled(log_weight: FloatArray) -> FloatArray:
    return log_weight - log_sum_exp(log_weight)
