"""Counts over ordered categories in two arms, under proportional odds.

    logit P(Y <= k | arm) = alpha_k + d theta/2 (treatment),  alpha_k - d theta/2 (control),   k = 1 .. K-1
    counts_arm ~ Multinomial(n_arm, cells)
    F_k = logit^-1(alpha_k),  (F_1, F_2 - F_1, ..., 1 - F_{K-1}) ~ Dirichlet(c, ..., c)

Categories run from best to worst; d = +1 where a higher effect is good (theta is the log odds ratio of a better
category), -1 where a lower effect is good (of a worse category). Known: the counts. Merged categories are single cells,
so a cutpoint that was not printed drops out; levels empty in both arms have been merged. Estimated: theta and the
cutpoints alpha, which are midway between the arms, so that swapping the arms inverts the posterior exactly. Assumes one
common odds ratio at every cut. c = 1 / (0.8 + 0.35 max(K, 3)), as in Harrell's rmsb. A prior set may place the
cutpoints in the control arm, or state their density, to reproduce other packages.
"""

from __future__ import annotations

import pytensor.tensor as pt

from bayes.models.shared import cutpoints

KINDS = ("ordinal", "ordinal_cut")
FILL = cutpoints.FILL


def prepare(outcome, priors) -> dict:
    """Return one trial's data: counts per arm (category,), cutpoint priors (cut,), and scalars."""
    return cutpoints.table(outcome, priors)


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), up to the multinomial constants, and declare the cutpoints.

    theta : (trial,), log odds ratio. data : as `prepare`, each (trial, ...).
    """
    return cutpoints.log_cells(cutpoints.declare(theta, data), pt.shape_padright(theta), data)


def derived(effect, draws, outcome):
    """Return cutpoints, category probabilities of both arms, and derived quantities, each (chain, draw, ...).

    effect : (chain, draw), log odds ratio. draws : own parameters, each (chain, draw, ...).
    """
    return cutpoints.describe(effect[..., None], draws["cutpoint"], outcome)
