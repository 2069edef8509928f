"""Counts over ordered categories in two arms, under proportional odds.

    logit P(Y <= k | arm) = alpha_k + d theta/2 (treatment),  alpha_k - d theta/2 (control),   k = 1 .. K-1
    counts_arm ~ Multinomial(n_arm, cells)
    F_k = logit^-1(alpha_k),  (F_1, F_2 - F_1, ..., 1 - F_{K-1}) ~ Dirichlet(c, ..., c)

Categories run from best to worst; d = +1 where a higher effect is good (theta is the log odds of a better category),
-1 where a lower one is (log odds of a worse one). Known: the counts; merged categories are single cells, so a
cutpoint that was not printed drops out; levels empty in both arms have been merged.
Estimated: theta and the cutpoints alpha, which sit midway between the arms, so that swapping the arms inverts the
posterior exactly. Assumes one common odds ratio at every cut. c = 1 / (0.8 + 0.35 max(K, 3)) as in Harrell's rmsb.
A prior set may place the cutpoints in the control arm, or state their density, to repeat what other packages do.
"""

from __future__ import annotations

import pytensor.tensor as pt

from bayes.models.shared import cutpoints

KINDS = ("ordinal", "ordinal_cut")
FILL = cutpoints.FILL


def prepare(outcome, priors) -> dict:
    """One trial's data: counts per arm and the prior of the cutpoints."""
    return cutpoints.table(outcome, priors)


def log_likelihood(theta, data):
    """Log likelihood per trial; theta has shape (trial,)."""
    return cutpoints.log_cells(cutpoints.declare(theta, data), pt.shape_padright(theta), data)


def readable(effect, draws, outcome):
    """Cutpoints, category probabilities of both arms, and what follows from them."""
    return cutpoints.describe(effect[..., None], draws["cutpoint"], outcome)
