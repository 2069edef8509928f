"""Information of one patient or event about the effect, the baseline eliminated, by numerical derivatives."""

import numpy as np
from scipy.special import expit, logit

from support.brute_force.persons import persons

STEP = 1e-5


def per_patient(oracle, theta):
    """i at an array of effects, of persons with an event, baseline where both arms together have it; NaN without one."""
    x1, n1, x0, n0 = persons(oracle.evidence)
    p, r = (x1 + x0) / (n1 + n0), n1 / (n1 + n0)
    to, back = {"odds_ratio": (logit, expit), "risk_ratio": (np.log, np.exp)}.get(oracle.measure, (np.asarray, np.asarray))

    def risks(t, a):
        return np.array([back(a + t / 2), back(a - t / 2)])

    a = to(p)
    by_theta = (risks(theta + STEP, a) - risks(theta - STEP, a)) / (2 * STEP)
    by_a = (risks(theta, a + STEP) - risks(theta, a - STEP)) / (2 * STEP)
    here = risks(theta, a)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.array([[r], [1 - r]]) / (here * (1 - here))
        found = (weight * by_theta**2).sum(0) - (weight * by_theta * by_a).sum(0) ** 2 / (weight * by_a**2).sum(0)
    return np.where((here.min(0) <= 0) | (here.max(0) >= 1), np.nan, found)
