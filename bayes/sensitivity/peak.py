"""Tests for a peak of the likelihood that is determined by the data, without which there is no estimate."""

from __future__ import annotations

from collections.abc import Sequence

from bayes.paper.evidence.bare_tests import NO_DIRECTION
from bayes.paper.trial import Outcome
from bayes.quadrature import Curve

NO_MAXIMUM = "the likelihood has no maximum determined by the data: there is a bound, not an estimate"
NEVER_FALLS = "the likelihood does not fall to zero: there is a bound, not an estimate"


def uninformed(outcome: Outcome) -> str | None:
    """Return why the data cannot favour either arm (no patient or every patient had the event), or None."""
    return outcome.why_no_estimate if outcome.no_event or outcome.everybody else None


def why_no_peak(outcomes: Sequence[Outcome], curve: Curve) -> str | None:
    """Return why a likelihood has no interior maximum determined by the data, or None if it has one.

    `Curve.peaked` decides. For a single report, the reason comes from the report itself.
    """
    if all(outcome.evidence.direction_unknown for outcome in outcomes):
        return NO_DIRECTION
    if curve.peaked:
        return None
    found = outcomes[0].why_no_estimate if len(outcomes) == 1 else None
    return found or (NEVER_FALLS if curve.level_tails else NO_MAXIMUM)
