"""The parts that likelihoods of two binomial arms share: their data and the presentation of two risks."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt

ARMS = ("treatment", "control")


def counts(outcome) -> dict[str, float]:
    """Return events and persons per arm, all scalars."""
    arms = {arm: getattr(outcome.evidence, arm) for arm in ARMS}
    return {f"x_{arm}": a.events for arm, a in arms.items()} | {f"n_{arm}": a.n for arm, a in arms.items()}


def log_coefficients(data):
    """Return the sum of both arms' log binomial coefficients, (trial,)."""
    return sum(
        pt.gammaln(data[f"n_{arm}"] + 1)
        - pt.gammaln(data[f"x_{arm}"] + 1)
        - pt.gammaln(data[f"n_{arm}"] - data[f"x_{arm}"] + 1)
        for arm in ARMS
    )


def expit(x: np.ndarray) -> np.ndarray:
    """Return the inverse logit of an array, without overflow."""
    return np.exp(-np.logaddexp(0.0, -x))


def describe(treatment: np.ndarray, control: np.ndarray, outcome) -> dict:
    """Return both risks and every comparison of them, in the shape of the risks.

    `nnt` is the number needed to treat for one more good outcome; negative values count to one more bad outcome.
    """
    with np.errstate(divide="ignore"):
        odds = (treatment / (1 - treatment)) / (control / (1 - control))
        shown = {
            "risk_treatment": treatment,
            "risk_control": control,
            "risk_difference": treatment - control,
            "risk_ratio": treatment / control,
            "odds_ratio": odds,
            "nnt": 1 / (outcome.sign * (treatment - control)),
        }
    return {name: ((), values) for name, values in shown.items()}
