"""Persons with an event in two arms, compared by a risk difference.

    x_arm ~ Binomial(n_arm, p_arm),   p = m + theta/2 (treatment),  m - theta/2 (control)
    m | theta ~ Uniform(|theta|/2, 1 - |theta|/2)

Known: x and n. Estimated: theta (risk difference, within -1 to 1) and m, the risk midway between the arms, written as
a share u ~ Uniform(0, 1) of the room that theta leaves, so that theta keeps its stated (truncated) prior.
"""

from __future__ import annotations

import pymc as pm
import pytensor.tensor as pt

from bayes.models.priors import shape_of
from bayes.models.two_risks import counts, describe, log_coefficients

KINDS = ("binary",)


def prepare(outcome, priors) -> dict[str, float]:
    """One trial's data: events and persons per arm."""
    return counts(outcome)


def log_likelihood(theta, data):
    """Log likelihood per trial; theta has shape (trial,)."""
    share = pm.Uniform("share", 0.0, 1.0, shape=shape_of(data["x_treatment"]))
    pm.Deterministic("mid_risk", abs(theta) / 2 + (1 - abs(theta)) * share)
    # Each risk and its complement is written as a sum of positive terms, so that neither can reach zero or one.
    room, up, down = 1 - abs(theta), pt.maximum(theta, 0.0), pt.maximum(-theta, 0.0)
    return log_coefficients(data) + sum(
        data[f"x_{arm}"] * pt.log(extra + room * share)
        + (data[f"n_{arm}"] - data[f"x_{arm}"]) * pt.log(less + room * (1 - share))
        for arm, extra, less in (("treatment", up, down), ("control", down, up))
    )


def readable(effect, draws, outcome):
    """Absolute risks and every other way to compare them, from the same draws."""
    mid = draws["mid_risk"]
    return {"mid_risk": ((), mid)} | describe(mid + effect / 2, mid - effect / 2, outcome)
