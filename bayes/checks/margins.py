"""What a paper concludes from a margin against the interval that it prints."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bayes.checks.finding import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING
from bayes.checks.ledger import Ledger
from bayes.checks.printed_effects import Entry
from bayes.checks.rounding import Range, analysis_box
from bayes.paper.evidence.limits import value_of
from bayes.paper.trial import Outcome

PATH = "margin.concluded"
SAYS = {
    "non_inferior": "the interval lies on the good side of the margin",
    "equivalent": "the interval lies within the margin on both sides of no effect",
    "not_shown": "the interval reaches the margin",
}


def check_margin(ledger: Ledger, outcome: Outcome, printed: Iterable[Entry]) -> None:
    """Does the printed interval exclude the margin where non-inferiority or equivalence was concluded, and only there?

    An interval excludes the margin where no part of it is as bad. The first printed interval of the outcome's measure
    is taken; whether its level is the one that the trial tests at is for the reader to see, so it is named.
    """
    margin = outcome.margin
    if margin is None or margin.concluded is None:
        return
    ledger.checks += 1
    entry = next((e for e in printed if e.measure == outcome.measure and e.result.ci is not None), None)
    if entry is None:
        text = "printed a conclusion about the margin, but no interval of this measure: it cannot be followed"
        return ledger.note(PATH, NOT_CHECKABLE, margin.concluded, "", None, text)
    verdict = _follows(outcome, entry)
    if verdict is None:
        return None
    ends = {
        ONLY_ROUNDING: "meet within their rounding",
        NOT_CHECKABLE: "leave it open: the limit on that side is not printed",
        INCONSISTENT: "say otherwise",
    }
    text = (
        f"printed conclusion {margin.concluded.replace('_', ' ')}, by which {SAYS[margin.concluded]}; the printed "
        f"{100 * float(entry.result.level):g}% interval {entry.result.said} and the margin {margin.value} "
        f"{ends[verdict]}"
    )
    return ledger.note(PATH, verdict, margin.concluded, entry.result.said, None, text)


def _follows(outcome: Outcome, entry: Entry) -> str | None:
    """The verdict on a conclusion, or None where it follows."""
    limits = [
        analysis_box(value_of(limit), entry.measure) if _known(limit, inwards) else None
        for limit, inwards in zip(entry.result.ci, "><", strict=True)
    ]
    margin = analysis_box(outcome.margin.value, outcome.measure)
    way = outcome.sign * (-1 if entry.turned else 1)
    worst, best = limits if way > 0 else limits[::-1]
    if worst is None or (best is None and outcome.margin.concluded == "equivalent"):
        return NOT_CHECKABLE
    allowed = _from_null(margin, -outcome.sign, outcome.null)
    room = _less(allowed, _from_null(worst, -way, outcome.null))
    if outcome.margin.concluded == "equivalent":
        room = min(room, _less(allowed, _from_null(best, way, outcome.null)))
    if outcome.margin.concluded == "not_shown":
        follows, possible = room.value <= 0, room.low <= 0
    else:
        follows, possible = room.value > 0, room.high > 0
    return None if follows else ONLY_ROUNDING if possible else INCONSISTENT


def _known(limit: Decimal | str | None, inwards: str) -> bool:
    """Whether a limit is a number, or a bound that it stays inside."""
    return isinstance(limit, Decimal) or (isinstance(limit, str) and limit[0] == inwards)


def _from_null(found: Range, way: int, null: float) -> Range:
    """Distance from no effect in a direction, and what it can be over rounding."""
    ends = sorted(way * (end - null) for end in (found.low, found.high))
    return Range(way * (found.value - null), *ends)


def _less(a: Range, b: Range) -> Range:
    return Range(a.value - b.value, a.low - b.high, a.high - b.low)
