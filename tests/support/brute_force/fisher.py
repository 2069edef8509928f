"""Information of one patient or event about the effect, the baseline eliminated, by numerical derivatives."""

import numpy as np
from scipy.special import expit, logit

from support.brute_force.persons import persons

STEP = 1e-5


def per_patient(oracle, theta):
    """i(theta) of persons with an event, baseline where both arms together have it; NaN where there is no such risk."""
    x1, n1, x0, n0 = persons(oracle.evidence)
    p, r = (x1 + x0) / (n1 + n0), n1 / (n1 + n0)
    to, back = {"odds_ratio": (logit, expit), "risk_ratio": (np.log, np.exp)}.get(oracle.measure, (float, float))

    def risks(t, a):
        return np.array([back(a + t / 2), back(a - t / 2)])

    a = to(p)
    by_theta = (risks(theta + STEP, a) - risks(theta - STEP, a)) / (2 * STEP)
    by_a = (risks(theta, a + STEP) - risks(theta, a - STEP)) / (2 * STEP)
    here = risks(theta, a)
    if here.min() <= 0 or here.max() >= 1:
        return np.nan
    weight = np.array([r, 1 - r]) / (here * (1 - here))
    return (weight * by_theta**2).sum() - (weight * by_theta * by_a).sum() ** 2 / (weight * by_a**2).sum()
