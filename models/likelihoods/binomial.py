"""Persons with an event in two arms, compared by an odds ratio.

    x_arm ~ Binomial(n_arm, p_arm),   logit p = a + theta/2 (treatment),  a - theta/2 (control)
    a ~ Normal(0, 2.5) by default

Known: x and n. Estimated: theta (log odds ratio) and a, the log odds midway between the arms. Zero cells need no
correction. Assumes independent persons and one risk per arm.
"""

from __future__ import annotations

import pytensor.tensor as pt

from bayes.models.shared.priors import nuisance, nuisance_row
from bayes.models.shared.two_risks import counts, describe, expit, log_coefficients

KINDS = ("binary",)


def prepare(outcome, priors) -> dict[str, float]:
    """Return one trial's data, all scalars: events and persons per arm, and the prior of the baseline."""
    return counts(outcome) | nuisance_row("mid_log_odds", priors.binary) | {"baseline_offset": priors.baseline_offset}


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,).

    theta : (trial,), log odds ratio. data : as `prepare`, each (trial,).
    """
    mid = nuisance("mid_log_odds", data, prior_at=-data["baseline_offset"] * theta)
    return log_coefficients(data) + sum(
        data[f"x_{arm}"] * -pt.softplus(-eta) + (data[f"n_{arm}"] - data[f"x_{arm}"]) * -pt.softplus(eta)
        for arm, eta in (("treatment", mid + theta / 2), ("control", mid - theta / 2))
    )


def derived(effect, draws, outcome):
    """Return the baseline, both risks and every comparison of them, each (chain, draw).

    effect : (chain, draw), log odds ratio. draws : own parameters, each (chain, draw).
    """
    mid = draws["mid_log_odds"]
    return {"mid_log_odds": ((), mid)} | describe(expit(mid + effect / 2), expit(mid - effect / 2), outcome)
