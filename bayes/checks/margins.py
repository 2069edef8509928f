"""Checks of a paper's conclusion about its margin, with the p-value or posterior probability behind it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bayes.checks.finding import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING
from bayes.checks.ledger import Ledger
from bayes.checks.margin_tests import check_p_of_margin, check_probability_of_margin
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.rounding import Range, analysis_box
from bayes.paper.annotations import Margin
from bayes.paper.evidence.limits import value_of
from bayes.paper.trial import Outcome

PATH = "margin.concluded"
SAYS = {
    "non_inferior": "an interval on the good side of the margin",
    "equivalent": "an interval within the margin on both sides of no effect",
    "not_shown": "an interval that reaches the margin",
}


def check_margin(ledger: Ledger, outcome: Outcome, printed: Iterable[PrintedEffect]) -> None:
    """Check a conclusion, a p-value and a posterior probability about a margin against the printed effect.

    The first printed effect of the outcome's measure that has what a check needs is used.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome; one without a margin is skipped.
    printed : iterable of Entry
        The printed results.
    """
    if (margin := outcome.margin) is None:
        return
    entries = [entry for entry in printed if entry.measure == outcome.measure]
    _conclusion(ledger, outcome, margin, entries)
    if margin.p is not None:
        check_p_of_margin(ledger, outcome, margin, margin.p, entries)
    if margin.probability is not None:
        check_probability_of_margin(ledger, outcome, margin, margin.probability, entries)


def _conclusion(ledger: Ledger, outcome: Outcome, margin: Margin, entries: Iterable[PrintedEffect]) -> None:
    """Check that the printed interval excludes the margin if and only if the paper concludes that it does.

    An interval excludes the margin if no part of it is as bad as the margin. Its level is stated, so that the reader
    can compare it with that of the trial's test.
    """
    if margin.concluded is None:
        return
    ledger.checks += 1
    entry = next((e for e in entries if e.result.ci is not None), None)
    if entry is None:
        text = "printed a conclusion about the margin, but no interval of this measure with which to check it"
        ledger.note(PATH, NOT_CHECKABLE, margin.concluded, "", None, text)
        return
    verdict = _follows(margin, outcome, entry)
    if verdict is None:
        return
    ends = {
        ONLY_ROUNDING: "agree with it only within rounding",
        NOT_CHECKABLE: "leave it open, because the limit on that side is not printed",
        INCONSISTENT: "contradict it",
    }
    text = (
        f"printed conclusion {margin.concluded.replace('_', ' ')}, which requires {SAYS[margin.concluded]}; "
        f"the printed {100 * float(entry.result.level):g}% interval {entry.result.said} and the margin {margin.value} "
        f"{ends[verdict]}"
    )
    ledger.note(PATH, verdict, margin.concluded, entry.result.said, None, text)


def _follows(margin: Margin, outcome: Outcome, entry: PrintedEffect) -> str | None:
    """Return the verdict on a conclusion, or None if it follows from the interval."""
    low, high = entry.result.ci or (None, None)
    ends = _known(low, ">", entry.measure), _known(high, "<", entry.measure)
    way = outcome.sign * (-1 if entry.turned else 1)
    worst, best = ends if way > 0 else ends[::-1]
    allowed = analysis_box(margin.value, outcome.measure)
    if worst is None or allowed is None or (best is None and margin.concluded == "equivalent"):
        return NOT_CHECKABLE
    allowed = _from_null(allowed, -outcome.sign, outcome.null)
    room = _less(allowed, _from_null(worst, -way, outcome.null))
    if best is not None and margin.concluded == "equivalent":
        room = min(room, _less(allowed, _from_null(best, way, outcome.null)))
    if margin.concluded == "not_shown":
        follows, possible = room.value <= 0, room.low <= 0
    else:
        follows, possible = room.value > 0, room.high > 0
    return None if follows else ONLY_ROUNDING if possible else INCONSISTENT


def _known(limit: Decimal | str | None, inwards: str, measure: str) -> Range | None:
    """Return a limit, or a bound that it does not exceed, on the analysis scale; None if neither is printed."""
    if limit is None or (isinstance(limit, str) and limit[0] != inwards):
        return None
    return analysis_box(value_of(limit), measure)


def _from_null(found: Range, way: int, null: float) -> Range:
    """Return the distance from the null in a direction (`way`), and its range over rounding."""
    ends = sorted(way * (end - null) for end in (found.low, found.high))
    return Range(way * (found.value - null), *ends)


def _less(a: Range, b: Range) -> Range:
    return Range(a.value - b.value, a.low - b.high, a.high - b.low)
