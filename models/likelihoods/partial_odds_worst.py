"""Counts over ordered categories in two arms, with the worst category separate (partial proportional odds).

    logit P(Y <= k | arm) = alpha_k + d (theta + gamma g_k)/2 (treatment),  alpha_k - d (theta + gamma g_k)/2 (control)
    g_k = 1 at the last cut, 0 elsewhere
    gamma ~ Normal(0, 0.25) by default, cut off where a cell would become negative;  alpha as in `proportional_odds`

Known: the counts. Estimated: theta, gamma (`departure`) and the cutpoints. Assumes that the worst category (death on
the modified Rankin scale) has its own log odds ratio, theta + gamma; theta is that of all other cuts (Peterson and
Harrell 1990, J R Stat Soc C 39:205-17; constrained form). The range in which cells stay positive does not depend on
theta, so theta keeps its stated prior. At least three categories are needed.
"""

from __future__ import annotations

import numpy as np

from bayes.models.shared import cutpoints, departure

KINDS = ("ordinal", "ordinal_cut")
FILL = cutpoints.FILL


def prepare(outcome, priors) -> dict:
    """Return one trial's data: counts (category,), cutpoint priors and the direction g (cut,), and scalar priors."""
    return cutpoints.table(outcome, priors) | departure.row(outcome, priors, shape)


def shape(cuts: int) -> np.ndarray:
    """Return g at every cut, (cut,)."""
    return (np.arange(cuts) == cuts - 1).astype(float)


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), and declare cutpoints and departure.

    theta : (trial,), log odds ratio of all cuts but the last. data : as `prepare`, each (trial, ...).
    """
    alpha = cutpoints.declare(theta, data)
    return cutpoints.log_cells(alpha, departure.effects(theta, alpha, data), data)


def derived(effect, draws, outcome):
    """Return the quantities of `proportional_odds`, the departure, and the log odds ratio at every cut.

    effect : (chain, draw), log odds ratio. draws : own parameters, each (chain, draw, ...).
    """
    return departure.describe(effect, draws, outcome, shape)
