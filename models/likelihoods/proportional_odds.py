"""Counts over ordered categories in two arms, under proportional odds.

    logit P(Y <= k | arm) = alpha_k + d theta/2 (treatment),  alpha_k - d theta/2 (control),   k = 1 .. K-1
    counts_arm ~ Multinomial(n_arm, cells)
    F_k = logit^-1(alpha_k),  (F_1, F_2 - F_1, ..., 1 - F_{K-1}) ~ Dirichlet(c, ..., c)

Categories run from best to worst; d = +1 where a higher effect is good (theta is the log odds of a better category),
-1 where a lower one is (log odds of a worse one). Known: the counts; merged categories are single cells, so a
cutpoint that was not printed drops out; levels empty in both arms have been merged.
Estimated: theta and the cutpoints alpha, which sit midway between the arms, so that swapping the arms inverts the
posterior exactly. Assumes one common odds ratio at every cut. c = 1 / (0.8 + 0.35 max(K, 3)) as in Harrell's rmsb.

The Dirichlet is written by stick-breaking, v_k ~ Beta(c, c (K - k)), so that trials with fewer categories share one
graph with the others: their unused sticks are uniform and touch nothing.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.models.priors import shape_of

KINDS = ("ordinal", "ordinal_cut")
SLOTS = 7  # categories the graph has room for: the modified Rankin scale


def concentration(levels: int, nuisance) -> float:
    """Dirichlet concentration per observed level."""
    stated = nuisance.ordinal
    return 1 / (0.8 + 0.35 * max(levels, 3)) if stated is None else stated.args[0]


def prepare(outcome, nuisance) -> dict[str, np.ndarray]:
    """One trial's data, padded to `SLOTS` categories (or as many as it has)."""
    rows = outcome.evidence.observed
    k, slots = len(rows), max(SLOTS, len(rows))
    c = concentration(k, nuisance)
    counts = np.zeros((2, slots))
    counts[:, :k] = np.array([(t, c_) for _, t, c_ in rows]).T
    sticks = np.arange(1, slots)
    used = sticks < k
    return {
        "treatment": counts[0],
        "control": counts[1],
        "direction": np.array(float(outcome.sign)),
        "stick_a": np.where(used, c, 1.0),
        "stick_b": np.where(used, c * np.maximum(k - sticks, 1), 1.0),
        "last": np.arange(slots) == k - 1.0,
    }


def log_likelihood(theta, data):
    """Log likelihood per trial; theta has shape (trial,)."""
    stick = pm.Beta("stick", data["stick_a"], data["stick_b"], shape=shape_of(data["stick_a"]))
    log_above = pt.cumsum(pt.log1p(-stick), axis=-1)
    alpha = pm.Deterministic("cutpoint", pt.log1mexp(log_above) - log_above)
    shift = pt.shape_padright(data["direction"] * theta / 2)
    # log(expit(b) - expit(a)) = log(1 - exp(a - b)) + log expit(b) + log expit(-a); b - a is the same in both arms
    log_gap = pt.log1mexp(alpha[:, :-1] - alpha[:, 1:])
    return _arm(data["treatment"], alpha + shift, log_gap, data["last"]) + _arm(
        data["control"], alpha - shift, log_gap, data["last"]
    )


def _arm(counts, cut, log_gap, last):
    """Multinomial log likelihood of one arm, without the constant."""
    zero = pt.zeros_like(cut[:, :1])
    below = pt.concatenate([-pt.softplus(-cut), zero], axis=1)  # log P(Y <= k); nothing lies above the last slot
    above = pt.concatenate([zero, -pt.softplus(cut)], axis=1)  # log P(Y > k - 1)
    gap = pt.concatenate([zero, log_gap, zero], axis=1)
    log_cell = above + pt.switch(last, 0.0, below + gap)
    return (counts * log_cell).sum(axis=1)


def readable(effect, draws, outcome):
    """The cutpoints, midway between the arms, one per boundary between observed categories."""
    names = [name for name, _, _ in outcome.evidence.observed][:-1]
    return {"cutpoint": (("cut",), draws["cutpoint"][..., : len(names)], {"cut": [f"<={name}" for name in names]})}
