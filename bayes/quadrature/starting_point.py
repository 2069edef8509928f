"""A starting point for locating a likelihood: a rough estimate and its standard error, on the analysis scale.

They are textbook approximations with half a patient added to every cell. They only start the search for the peak, and
they carry the unit of the paper, so that no constant of one scale has to serve another.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from bayes.paper.evidence import EffectAndError, Means, Medians
from bayes.paper.evidence.arms import PersonsInArm
from bayes.paper.evidence.bare_tests import BareP, Significance
from bayes.paper.evidence.censored_counts import CensoredCounts
from bayes.paper.evidence.counts import Binary, Events, SingleProportion
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.evidence.paired import PairedCounts
from bayes.paper.trial import Outcome
from bayes.quadrature.likelihood_curve import Curve, Landmarks, LogCurve, tabulated


def tabulated_report(log_l: LogCurve, outcome: Outcome, method: str, like: Curve | None) -> Curve:
    """Tabulate a costly curve as a spline, starting the search for its peak at a textbook approximation.

    Parameters
    ----------
    log_l : callable
        theta, shape (n,) -> log L, shape (n,).
    outcome : Outcome
    method : str
        How the curve is computed, in words.
    like : Curve, optional
        A similar curve with a known peak.
    """
    start = starting_point(outcome)
    return tabulated(log_l, start, method, unit=outcome.unit, determined=outcome.has_estimate, like=like)


def starting_point(outcome: Outcome) -> Landmarks:
    """Return a rough estimate of the effect in a report.

    Parameters
    ----------
    outcome : Outcome
        Not a table of adverse events, whose rows have an effect each.

    Returns
    -------
    estimate, standard_error : float
        On the analysis scale.

    Raises
    ------
    TypeError
        For a table of adverse events.
    """
    match outcome.evidence:
        case Ordinal() | OrdinalCut() as table:
            return _ordinal(table, outcome)
        case Binary() as counts:
            return _binary(counts, outcome.measure)
        case CensoredCounts() as counts:
            return _binary(counts.midway, outcome.measure)
        case Events() as events:
            return _events(events)
        case Means() | Medians() | EffectAndError() as estimate:
            return estimate.own_estimate(outcome.measure)
        case PairedCounts(treatment_only=b, control_only=c):
            return log((b + 0.5) / (c + 0.5)), sqrt(1 / (b + 0.5) + 1 / (c + 0.5))
        case SingleProportion() as arm:
            p = (arm.events + 1) / (arm.n + 2)
            return p, sqrt(p * (1 - p) / (arm.n + 3))
        case BareP() | Significance():
            return 0.0, outcome.standard_error or outcome.unit
    raise TypeError(f"{outcome.evidence.kind} evidence has no single effect")


def _ordinal(table: Ordinal | OrdinalCut, outcome: Outcome) -> Landmarks:
    """Return Z / V and V^-1/2 (Whitehead 1993, Stat Med 12:2257-71)."""
    _, treatment, control = (np.array(column) for column in zip(*table.observed, strict=True))
    worse = control.sum() - np.cumsum(control)
    better = np.cumsum(control) - control
    score = float(treatment @ (worse - better)) / (treatment.sum() + control.sum() + 1)
    s = table.standard_error(outcome.measure)
    return outcome.sign * score * s**2, s


def _binary(counts: Binary, measure: str) -> Landmarks:
    (p1, p0), (n1, n0) = (
        map(_risk, (counts.treatment, counts.control)),
        (counts.treatment.n + 1.0, counts.control.n + 1.0),
    )
    if measure == "risk_difference":
        return p1 - p0, sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    if measure == "risk_ratio":
        return log(p1 / p0), sqrt((1 - p1) / (n1 * p1) + (1 - p0) / (n0 * p0))
    odds_ratio = log(p1 / (1 - p1)) - log(p0 / (1 - p0))
    return odds_ratio, sqrt(1 / (n1 * p1 * (1 - p1)) + 1 / (n0 * p0 * (1 - p0)))


def _risk(arm: PersonsInArm) -> float:
    return (arm.events + 0.5) / (arm.n + 1)


def _events(events: Events) -> Landmarks:
    x1, x0 = events.treatment.events + 0.5, events.control.events + 0.5
    e1, e0 = events.relative_exposure
    return log(x1 / e1) - log(x0 / e0), sqrt(1 / x1 + 1 / x0)
