"""The true effects at which operating characteristics are given, and those that have a name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayes.base import measures
from bayes.base.measures import to_natural
from bayes.base.numbers import article
from bayes.calibration.operating.posteriors import Thresholds
from bayes.errors import InvalidInput
from bayes.paper.evidence import Binary, Events
from bayes.paper.trial import Outcome

STEPS = 24  # between the worst and the best true effect by default
BENEFIT, HARM = 3.0, 1.0  # times the MCID, to either side of no effect
ERRORS = (4.0, 1.0)  # standard errors to either side, at least


def marked(outcome: Outcome) -> dict[float, str]:
    """Return the true effects that have a name, by value on the analysis scale: null, mcid, planned."""
    found = {outcome.null: "null"}
    for name in ("mcid", "planned"):
        value = outcome.threshold("mcid" if name == "mcid" else "planned")
        if value is not None:
            found.setdefault(value, name)
    return found


def usual_width(outcome: Outcome) -> float | None:
    """Return the standard error of the effect near no effect; None where a report does not imply one.

    That of counts is taken from the pooled risk or rate, because one with an empty arm says little about repeated
    trials.
    """
    evidence = outcome.evidence
    if isinstance(evidence, Events):
        exposures = evidence.relative_exposure
        rate = (evidence.treatment.events + evidence.control.events + 0.5) / sum(exposures)
        return float(sum(1 / (rate * exposure) for exposure in exposures) ** 0.5)
    if not isinstance(evidence, Binary):
        return outcome.standard_error
    t, c = evidence.treatment, evidence.control
    p = (t.events + c.events + 0.5) / (t.n + c.n + 1)
    unit = (p * (1 - p) * (1 / t.n + 1 / c.n)) ** 0.5
    per = {"odds_ratio": p * (1 - p), "risk_ratio": p}
    return float(unit / per.get(outcome.measure, 1.0))


def default_effects(
    outcome: Outcome, thresholds: Thresholds, width: float, natural: tuple[float, float]
) -> list[float]:
    """Return evenly spaced effects from some harm to a large benefit, with no effect and those that have a name.

    They reach from one to three times the MCID (or planned effect), or one to four standard errors where this is more.

    Parameters
    ----------
    outcome : Outcome
    thresholds : Thresholds
    width : float
        Standard error of the effect.
    natural : (float, float)
        Effects that are possible.

    Returns
    -------
    list of float
        In ascending order, on the analysis scale.
    """
    goals = [abs(value - thresholds.null) for value in marked(outcome) if value != thresholds.null]
    goal = max(goals, default=0.0)
    reach = max(BENEFIT * goal, ERRORS[0] * width), max(HARM * goal, ERRORS[1] * width)
    best, worst = thresholds.null + thresholds.sign * reach[0], thresholds.null - thresholds.sign * reach[1]
    room = 1e-3 * (natural[1] - natural[0]) if np.isfinite(natural[1] - natural[0]) else 0.0
    even = np.clip(np.linspace(worst, best, STEPS + 1), natural[0] + room, natural[1] - room)
    return sorted({*even.tolist(), *marked(outcome)})


def stated_effects(outcome: Outcome, said: Sequence[float]) -> list[float]:
    """Return effects that a user states on the measure's own scale, with no effect and those that have a name.

    Raises
    ------
    InvalidInput
        If one is not a value of the measure.
    """
    low, high = measures.natural_range(outcome.measure)
    if wrong := [value for value in said if not low < value < high]:
        listed = ", ".join(f"{value:g}" for value in wrong)
        raise InvalidInput("effects", [f"found {listed}; accepted: {article(outcome.measure)}, {low:g} to {high:g}"])
    return sorted({*(measures.to_analysis(value, outcome.measure) for value in said), *marked(outcome)})


def natural(value: float, outcome: Outcome) -> float:
    """Return an effect on the measure's own scale; a threshold that a file states comes back as it is written."""
    for name, stated in (("mcid", outcome.mcid), ("planned", outcome.planned)):
        if stated is not None and value == outcome.threshold("mcid" if name == "mcid" else "planned"):
            return float(stated.value)
    return float(to_natural(value, outcome.measure))
