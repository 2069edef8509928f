"""Counts over ordered categories in two arms, with the worst category apart (partial proportional odds).

    logit P(Y <= k | arm) = alpha_k + d (theta + gamma g_k)/2 (treatment),  alpha_k - d (theta + gamma g_k)/2 (control)
    g_k = 1 at the last cut, 0 elsewhere
    gamma ~ Normal(0, 0.25) by default, cut off where a cell would become negative;  alpha as in `proportional_odds`

Known: the counts. Estimated: theta, gamma (`departure`) and the cutpoints. Assumes that the worst category (death on
the modified Rankin scale) has a log odds ratio of its own, theta + gamma; theta is that of all other cuts (Peterson
and Harrell 1990, J R Stat Soc C 39:205-17; constrained form).
Where cells stay positive does not depend on theta, so theta keeps its stated prior. Needs three categories.
"""

from __future__ import annotations

import numpy as np

from bayes.models.shared import cutpoints, departure

KINDS = ("ordinal", "ordinal_cut")
FILL = cutpoints.FILL


def prepare(outcome, priors) -> dict:
    """One trial's data: counts, the prior of the cutpoints, the shape of the departure and its prior."""
    return cutpoints.table(outcome, priors) | departure.row(outcome, priors, shape)


def shape(cuts: int) -> np.ndarray:
    """g at every cut."""
    return (np.arange(cuts) == cuts - 1).astype(float)


def log_likelihood(theta, data):
    """Log likelihood per trial; theta has shape (trial,)."""
    alpha = cutpoints.declare(theta, data)
    return cutpoints.log_cells(alpha, departure.effects(theta, alpha, data), data)


def readable(effect, draws, outcome):
    """As under proportional odds, with the departure and the log odds ratio at every cut."""
    return departure.describe(effect, draws, outcome, shape)
