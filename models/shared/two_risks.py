"""What the likelihoods of two binomial arms share: their data and how two risks are shown."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt

ARMS = ("treatment", "control")


def counts(outcome) -> dict[str, float]:
    """Events and persons per arm."""
    arms = {arm: getattr(outcome.evidence, arm) for arm in ARMS}
    return {f"x_{arm}": a.events for arm, a in arms.items()} | {f"n_{arm}": a.n for arm, a in arms.items()}


def log_coefficients(data):
    """Sum of both arms' log binomial coefficients."""
    return sum(
        pt.gammaln(data[f"n_{arm}"] + 1)
        - pt.gammaln(data[f"x_{arm}"] + 1)
        - pt.gammaln(data[f"n_{arm}"] - data[f"x_{arm}"] + 1)
        for arm in ARMS
    )


def expit(x: np.ndarray) -> np.ndarray:
    """Inverse logit of an array, without overflow."""
    return np.exp(-np.logaddexp(0.0, -x))


def describe(treatment: np.ndarray, control: np.ndarray, outcome) -> dict:
    """Both risks and every way to compare them, from the same draws.

    `nnt` is the number needed to treat for one more good outcome; negative values count patients to one more bad one.
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
