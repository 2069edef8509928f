"""The extremes of what patients without an outcome could change: all of them counted as well, or as badly, as can be.

They are the limits of an infinite departure in a trial with an event in every cell (Gamble and Hollis 2005, J Clin
Epidemiol 58:579-88; Higgins, White and Wood 2008, Clin Trials 5:225-39): bounds, not readings to be believed.
"""

from __future__ import annotations

from decimal import Decimal

from bayes.paper.evidence import Binary, Evidence, Ordinal, OrdinalCut, OrdinalTable
from bayes.paper.evidence.arms import ARMS, Arm, PersonsInArm, by_arm
from bayes.paper.evidence.ordinal import Cut
from bayes.paper.missing import Missing
from bayes.paper.trial import Outcome


def counted_as(outcome: Outcome, missing: Missing, best: bool) -> Evidence | None:
    """Return the evidence with the missing patients counted in favour of one arm; None if it has no best or worst.

    Parameters
    ----------
    outcome : Outcome
    missing : Missing
    best : bool
        Whether missing treated patients do as well, and missing controls as badly, as can be; otherwise the reverse.
    """
    well = {arm: best == (arm == "treatment") for arm in ARMS}
    match outcome.evidence:
        case Binary() as counts:
            good = outcome.sign > 0  # whether the event is
            return counts.model_copy(update=_arms(counts, missing, {arm: well[arm] == good for arm in ARMS}))
        case OrdinalCut() as table:
            cuts = tuple(cut.model_copy(update=_arms(cut, missing, well)) for cut in table.cuts)
            return table.model_copy(update={"cuts": cuts})
        case Ordinal() as table:
            counted: dict[str, object] = {arm: _categories(table, arm, by_arm(missing)[arm], well[arm]) for arm in ARMS}
            return table.model_copy(update={"unit": "count", "n": None, **counted})
    return None


def _arms(report: Binary | Cut, missing: Missing, had_event: dict[Arm, bool]) -> dict[str, PersonsInArm]:
    """Return the persons with the event of both arms, among all patients."""
    return {arm: _all(seen, by_arm(missing)[arm], had_event[arm]) for arm, seen in by_arm(report).items()}


def _all(seen: PersonsInArm, missing: int, had_event: bool) -> PersonsInArm:
    events = seen.events + missing * had_event
    return seen.model_copy(update={"events": events, "n": seen.n + missing, "percent": None})


def _categories(table: Ordinal, arm: Arm, missing: int, well: bool) -> tuple[Decimal, ...]:
    """Return the patients of an arm by category, the missing ones in the first (best) or in the last."""
    counts = list(table.counts(arm))
    counts[0 if well else -1] += missing
    return tuple(Decimal(count) for count in counts)


def extreme_in_words(outcome: Outcome, best: bool) -> str:
    """Describe an extreme.

    Parameters
    ----------
    outcome, best
        As in `counted_as`.
    """
    case = "best case" if best else "worst case"
    if isinstance(outcome.evidence, OrdinalTable):
        treated, controls = ("best", "worst") if best else ("worst", "best")
        return f"{case}: all missing treated patients in the {treated} category, all missing controls in the {controls}"
    treated, controls = ("all", "no") if best == (outcome.sign > 0) else ("no", "all")
    return f"{case}: {treated} missing treated patients had the event, and {controls} missing controls"
