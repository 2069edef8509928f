"""Whether a likelihood has a peak that the data determine: what an estimate and its width need."""

from __future__ import annotations

from collections.abc import Sequence

from bayes.bare import NO_DIRECTION
from bayes.exact import Curve
from bayes.trial import Outcome

NEVER_FALLS = "the likelihood never falls: it has a bound, not an estimate"


def uninformed(outcome: Outcome) -> str | None:
    """Why the data do not say which arm is better, or None: nobody, or everybody, had the event in both arms."""
    return outcome.why_no_estimate if outcome.no_event or outcome.everybody else None


def why_no_peak(outcomes: Sequence[Outcome], curve: Curve) -> str | None:
    """Why a likelihood has no interior maximum that the data determine, or None where it has one.

    Of a single report by what it says; of a synthesis, whose curve averages several reports, by the curve alone.
    """
    if all(getattr(outcome.evidence, "favours", None) == "unknown" for outcome in outcomes):
        return NO_DIRECTION
    if len(outcomes) == 1 and outcomes[0].why_no_estimate is not None:
        return outcomes[0].why_no_estimate
    return NEVER_FALLS if curve.level_tails else None
