"""The parts that likelihoods of two binomial arms share: their data and the presentation of two risks."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared.signatures import Derived, Report, Row, Tensor
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.counts import Binary
from bayes.paper.trial import Outcome

ARMS = ("treatment", "control")


def counts(outcome: Outcome) -> Row:
    """Return one trial's events and persons per arm.

    Parameters
    ----------
    outcome : Outcome
        With binary evidence.

    Returns
    -------
    dict of float
        `x_treatment`, `x_control`, `n_treatment`, `n_control`.
    """
    evidence = of_kind(outcome.evidence, Binary)
    arms = {"treatment": evidence.treatment, "control": evidence.control}
    events: Row = {f"x_{arm}": a.events for arm, a in arms.items()}
    return events | {f"n_{arm}": a.n for arm, a in arms.items()}


def log_coefficients(data: Report) -> Tensor:
    """Return the sum of both arms' log binomial coefficients.

    Parameters
    ----------
    data : mapping of Tensor, shape (trial,)
        As `counts`.

    Returns
    -------
    Tensor, shape (trial,)
    """
    total: Tensor = sum(
        pt.gammaln(data[f"n_{arm}"] + 1)
        - pt.gammaln(data[f"x_{arm}"] + 1)
        - pt.gammaln(data[f"n_{arm}"] - data[f"x_{arm}"] + 1)
        for arm in ARMS
    )
    return total


def observe(risks: tuple[Tensor, Tensor], outcome: Outcome, of: str = "") -> None:
    """Add both risks and the persons with an event, a binomial count per arm, to the current model.

    Parameters
    ----------
    risks : (Tensor, Tensor), shape ()
        In the treatment and in the control arm, natural scale.
    outcome : Outcome
        With binary evidence.
    of : str
        The ending of names, which says whose they are.
    """
    evidence = of_kind(outcome.evidence, Binary)
    arms = evidence.treatment, evidence.control
    for arm, risk in zip(ARMS, risks, strict=True):
        pm.Deterministic(f"risk_{arm}{of}", risk)
    n = pm.Data(f"n{of}", [a.n for a in arms], dims="arm")
    pm.Binomial(f"events{of}", n=n, p=pt.stack(risks), observed=[a.events for a in arms], dims="arm")


def expit(x: FloatArray) -> FloatArray:
    """Return the inverse logit of an array, in its shape, without overflow.

    Parameters
    ----------
    x : ndarray
        Log odds.

    Returns
    -------
    ndarray
        Probabilities.
    """
    probability: FloatArray = np.exp(-np.logaddexp(0.0, -x))
    return probability


def describe(treatment: FloatArray, control: FloatArray, outcome: Outcome) -> Derived:
    """Return both risks and every comparison of them.

    `nnt` is the number needed to treat for one more good outcome; negative values count to one more bad outcome.

    Parameters
    ----------
    treatment, control : ndarray, shape (chain, draw, ...)
        Risks, natural scale.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw, ...)
        On their natural scales.
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
