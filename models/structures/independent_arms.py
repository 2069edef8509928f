"""Two arms with separate priors; the effect follows from both.

    p_arm ~ Beta(a_arm, b_arm),        x_arm ~ Binomial(n_arm, p_arm)          persons with an event
    lambda_arm ~ Gamma(a_arm, b_arm),  T_arm ~ Poisson(E_arm lambda_arm)       events
    effect = log odds ratio, log risk ratio or risk difference of the p; log rate ratio of the lambda

Known: the counts, n or exposure, and both priors (each may be a mixture). Estimated: both risks or rates. Assumes that
the arms are independent: unlike a prior of the effect, this makes very large effects as likely as the arms' priors
imply. The posterior is also known in closed form (conjugate).
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.models.shared import priors
from bayes.models.shared.event_rates import compared
from bayes.models.shared.two_risks import describe

ARMS = ("treatment", "control")


def prepare(outcome) -> dict[str, float]:
    """Return events and persons, or events and exposure (as printed, else persons), per arm; all scalars."""
    arms = {arm: getattr(outcome.evidence, arm) for arm in ARMS}
    size = {arm: float(getattr(a, "exposure", None) or a.n) for arm, a in arms.items()}
    return {f"x_{arm}": a.events for arm, a in arms.items()} | {f"size_{arm}": s for arm, s in size.items()}


def build(family: str, data: dict[str, np.ndarray], beliefs: dict[str, dict[str, np.ndarray]]) -> pm.Model:
    """Build the PyMC model; every number enters as `pm.Data`.

    Parameters
    ----------
    family : {"beta", "gamma"}
        Prior family of the arms, on the natural scale: a risk or a rate.
    data : dict of scalars
        As `prepare` returns it.
    beliefs : dict of dicts
        Per arm the numbers of its prior, as `priors.table` returns them (for risks also `low` and `high`).
    """
    with pm.Model() as model:
        report = {name: pm.Data(name, value) for name, value in data.items()}
        for arm in ARMS:
            known = {name: pm.Data(f"prior_{arm}_{name}", value) for name, value in beliefs[arm].items()}
            x, size = report[f"x_{arm}"], report[f"size_{arm}"]
            if family == "beta":
                risk = priors.declare(arm, known, "interval", shape=(1,))
                log_l = x * pt.log(risk) + (size - x) * pt.log1p(-risk)
            else:
                rate = priors.declare(arm, known, "positive", shape=(1,), unit=1.0)
                log_l = x * pt.log(rate) - size * rate
            pm.Potential(f"report_{arm}", log_l.sum())
    return model


def effect(treatment: np.ndarray, control: np.ndarray, measure: str) -> np.ndarray:
    """Return the effect on the analysis scale from draws of both arms, in their shape (numpy)."""
    if measure == "risk_difference":
        return treatment - control
    if measure == "odds_ratio":
        return np.log(treatment) - np.log1p(-treatment) - np.log(control) + np.log1p(-control)
    return np.log(treatment) - np.log(control)


def derived(draws: dict[str, np.ndarray], outcome) -> dict[str, tuple]:
    """Return both arms and every comparison of them, in the shape of the draws."""
    t, c = draws["treatment"], draws["control"]
    if outcome.evidence.kind == "binary":
        return describe(t, c, outcome)
    return compared(t, c, outcome)
