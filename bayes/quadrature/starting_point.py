"""A starting point for locating a likelihood: a rough estimate and its standard error, on the analysis scale.

They are textbook approximations with half a patient added to every cell. They only start the search for the peak, and
they carry the unit of the paper, so that no constant of one scale has to serve another.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, sqrt

import numpy as np

from bayes.paper.evidence.arms import PersonsInArm
from bayes.paper.trial import Outcome


def starting_point(outcome: Outcome) -> tuple[float, float]:
    """Return a rough estimate of the effect in a report that prints data per arm.

    Parameters
    ----------
    outcome : Outcome

    Returns
    -------
    estimate, standard_error : float
        On the analysis scale.
    """
    return STARTS[outcome.evidence.kind](outcome)


def _ordinal(outcome: Outcome) -> tuple[float, float]:
    """Return Z / V and V^-1/2 (Whitehead 1993, Stat Med 12:2257-71)."""
    _, treatment, control = (np.array(column) for column in zip(*outcome.evidence.observed, strict=True))
    worse = control.sum() - np.cumsum(control)
    better = np.cumsum(control) - control
    score = float(treatment @ (worse - better)) / (treatment.sum() + control.sum() + 1)
    s = outcome.standard_error
    return outcome.sign * score * s**2, s


def _binary(outcome: Outcome) -> tuple[float, float]:
    arms = outcome.evidence.treatment, outcome.evidence.control
    (p1, p0), (n1, n0) = map(_risk, arms), (arm.n + 1.0 for arm in arms)
    if outcome.measure == "risk_difference":
        return p1 - p0, sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    if outcome.measure == "risk_ratio":
        return log(p1 / p0), sqrt((1 - p1) / (n1 * p1) + (1 - p0) / (n0 * p0))
    odds_ratio = log(p1 / (1 - p1)) - log(p0 / (1 - p0))
    return odds_ratio, sqrt(1 / (n1 * p1 * (1 - p1)) + 1 / (n0 * p0 * (1 - p0)))


def _risk(arm: PersonsInArm) -> float:
    return (arm.events + 0.5) / (arm.n + 1)


def _events(outcome: Outcome) -> tuple[float, float]:
    evidence = outcome.evidence
    x1, x0 = evidence.treatment.events + 0.5, evidence.control.events + 0.5
    e1, e0 = evidence.relative_exposure
    return log(x1 / e1) - log(x0 / e0), sqrt(1 / x1 + 1 / x0)


def _means(outcome: Outcome) -> tuple[float, float]:
    return outcome.evidence.own_estimate(outcome.measure)


STARTS: dict[str, Callable[[Outcome], tuple[float, float]]] = {
    "ordinal": _ordinal,
    "ordinal_cut": _ordinal,
    "binary": _binary,
    "events": _events,
    "means": _means,
}
