"""Whether a likelihood has a peak that the data determine: what an estimate and its width need."""

from __future__ import annotations

from collections.abc import Sequence

from bayes.paper.evidence.bare_tests import NO_DIRECTION
from bayes.paper.trial import Outcome
from bayes.quadrature import Curve

NO_MAXIMUM = "the data determine no maximum of the likelihood: there is a bound, not an estimate"
NEVER_FALLS = "the likelihood never falls: it has a bound, not an estimate"


def uninformed(outcome: Outcome) -> str | None:
    """Why the data do not say which arm is better, or None: nobody, or everybody, had the event in both arms."""
    return outcome.why_no_estimate if outcome.no_event or outcome.everybody else None


def why_no_peak(outcomes: Sequence[Outcome], curve: Curve) -> str | None:
    """Why a likelihood has no interior maximum that the data determine, or None where it has one.

    `Curve.peaked` decides; of a single report its own words say why.
    """
    if all(getattr(outcome.evidence, "favours", None) == "unknown" for outcome in outcomes):
        return NO_DIRECTION
    if curve.peaked:
        return None
    found = outcomes[0].why_no_estimate if len(outcomes) == 1 else None
    return found or (NEVER_FALLS if curve.level_tails else NO_MAXIMUM)
