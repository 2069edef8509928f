"""Shrinkage of an estimate given the Cochrane database, and the probability that its sign is correct.

    theta / s ~ sum_k p_k Normal(0, t_k^2),    z | theta ~ Normal(theta / s, 1)

so that component k has posterior weight w_k proportional to p_k phi(z; 0, 1 + t_k^2), mean z t_k^2 / (1 + t_k^2) and
variance t_k^2 / (1 + t_k^2) (van Zwet, Schwab and Senn 2021, Stat Med 40:6107-17; METHODS 7).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from bayes.priors.effect_rules import COCHRANE


class Shrinkage(NamedTuple):
    """What the Cochrane database says about an estimate.

    Attributes
    ----------
    p_sign_correct : float
        The probability that the effect has the sign of the estimate.
    shrinkage : float
        The posterior mean of the effect divided by the estimate, between 0 and 1.
    """

    p_sign_correct: float
    shrinkage: float


def shrinkage(z: float) -> Shrinkage:
    """Infer sign and shrinkage of an estimate from the z-values of 23,551 trials.

    Parameters
    ----------
    z : float
        The estimate divided by its standard error, not zero.

    Returns
    -------
    Shrinkage
    """
    weight, sd = np.array(COCHRANE).T
    variance = 1 + sd**2
    posterior = weight * np.exp(-0.5 * z**2 / variance) / np.sqrt(variance)
    posterior /= posterior.sum()
    return Shrinkage(
        p_sign_correct=float(posterior @ ndtr(abs(z) * sd / np.sqrt(variance))),
        shrinkage=float(posterior @ (sd**2 / variance)),
    )
