"""Whether a likelihood has a peak that the data determine: what an estimate and its width need."""

from __future__ import annotations

from collections.abc import Sequence

from bayes.exact import Curve
from bayes.trial import Outcome

NO_DIRECTION = "the report does not say which arm it favours"
NEVER_FALLS = "the likelihood never falls: it has a bound, not an estimate"


def uninformed(outcome: Outcome) -> str | None:
    """Why the data say nothing of the comparison, or None: nobody, or everybody, had the event in both arms."""
    evidence = outcome.evidence
    if evidence.kind not in ("binary", "events"):
        return None
    if evidence.no_event:
        return "no event in either arm: the data do not inform the comparison"
    if evidence.kind == "binary" and all(arm.events == arm.n for arm in (evidence.treatment, evidence.control)):
        return "everybody in both arms had the event: the data do not inform the comparison"
    return None


def why_no_peak(outcomes: Sequence[Outcome], curve: Curve) -> str | None:
    """Why a likelihood has no interior maximum that the data determine, or None where it has one.

    Of a single report by what it says; of a synthesis, whose curve averages several reports, by the curve alone.
    """
    if all(getattr(outcome.evidence, "favours", None) == "unknown" for outcome in outcomes):
        return NO_DIRECTION
    if len(outcomes) == 1 and (found := _of_counts(outcomes[0])) is not None:
        return found
    return NEVER_FALLS if curve.level_tails else None


def _of_counts(outcome: Outcome) -> str | None:
    evidence = outcome.evidence
    if (found := uninformed(outcome)) is not None:
        return found
    if evidence.kind == "binary":
        for arm in ("treatment", "control"):
            if (persons := getattr(evidence, arm)).events in (0, persons.n):
                who = "nobody" if persons.events == 0 else "everybody"
                return f"{who} of the {arm} arm had the event: there is a bound, not an estimate"
    if evidence.kind == "events" and 0 in (evidence.treatment.events, evidence.control.events):
        return "one arm had no event: there is a bound, not an estimate"
    if evidence.kind in ("ordinal", "ordinal_cut"):
        _, *arms = zip(*evidence.observed, strict=True)
        (low1, high1), (low0, high0) = ((min(at), max(at)) for at in ([i for i, x in enumerate(a) if x] for a in arms))
        if high1 <= low0 or high0 <= low1:
            return "all of one arm did at least as well as anybody of the other: there is a bound, not an estimate"
    return None
