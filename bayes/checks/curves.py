"""Checks of digitised curves: rises, numbers at risk and events, what is printed beside them, proportional hazards.

A curve that is read off a figure with its numbers at risk gives back the hazard ratio to a few per cent (Guyot 2012).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import exp

from bayes.base import measures
from bayes.base.numbers import significant
from bayes.checks.counts import other_percent
from bayes.checks.finding import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING
from bayes.checks.ledger import Ledger
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.rounding import exactly, natural, rounds_to
from bayes.paper.evidence import DigitisedCurve, of_kind
from bayes.paper.evidence.arms import Arm, by_arm
from bayes.paper.evidence.curves import CurveOfArm
from bayes.paper.trial import Outcome

BASIS = "the patients reconstructed from the curves give"
NEAR, PART = 0.05, 0.4  # what reading may change: the logarithm of a ratio, and a difference in standard errors
SEEN = 0.001  # the least levelling that is worth a finding, as a proportion
SLACK = 0.02  # patients, as a proportion of all, by which a reading may miss a printed number
SMALL = 0.05  # of the p-value of non-proportional hazards


@dataclass(frozen=True)
class ProportionalHazards:
    """A test of proportional hazards, and the hazard ratio in two periods with as many events.

    Attributes
    ----------
    statistic, p : float
        The score test, chi-square on one degree of freedom.
    middle : float
        The time by which half of the events had occurred.
    early, late : float
        The hazard ratio until then, and after it.
    """

    statistic: float
    p: float
    middle: float
    early: float
    late: float

    @property
    def doubtful(self) -> bool:
        """Return whether the hazards are unlikely to be proportional."""
        return self.p < SMALL


def proportional_hazards(evidence: DigitisedCurve) -> ProportionalHazards | None:
    """Test whether the hazard ratio of reconstructed patients is constant.

    Parameters
    ----------
    evidence : DigitisedCurve

    Returns
    -------
    ProportionalHazards or None
        None if a period has events in only one arm.
    """
    if (periods := evidence.by_period()) is None:
        return None
    middle, ((early, _), (late, _)) = periods
    return ProportionalHazards(*evidence.comparison.test_of_proportionality(), middle, exp(early), exp(late))


def check_curves(ledger: Ledger, outcome: Outcome, entries: Iterable[PrintedEffect]) -> None:
    """Check the readings of both curves, and compare what is printed with the patients reconstructed from them.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome with evidence of kind `digitised_curve`.
    entries : iterable of Entry
        The printed results.
    """
    evidence = of_kind(outcome.evidence, DigitisedCurve)
    for arm, read in by_arm(evidence).items():
        _levelled(ledger, evidence, arm, read)
        _at_risk(ledger, evidence, arm, read)
        _events(ledger, evidence, arm, read)
    for entry in entries:
        _printed(ledger, evidence, entry)
        other_percent(ledger, entry, "digitised curves")
    if outcome.measure == "hazard_ratio":
        _proportional(ledger, evidence)


def _levelled(ledger: Ledger, evidence: DigitisedCurve, arm: Arm, read: CurveOfArm) -> None:
    ledger.checks += 1
    levelled = evidence.reconstructed[arm].levelled
    if levelled >= SEEN:
        points = f"{significant(100 * levelled, 2)} percentage points"
        wrong = "rise" if read.shows == "survival" else "fall"
        text = f"readings of {read.shows} {wrong}; levelling them, by least squares, changes none by more than {points}"
        ledger.note(f"evidence.{arm}.{read.shows}", ONLY_ROUNDING, wrong, points, None, text)


def _at_risk(ledger: Ledger, evidence: DigitisedCurve, arm: Arm, read: CurveOfArm) -> None:
    """Compare the printed numbers at risk with those of the reconstructed patients, and note the worst."""
    ledger.checks += 1
    found = evidence.reconstructed[arm].at_risk
    off, time, printed, n = max(
        (abs(a - b), t, a, b) for t, a, b in zip(read.at_risk_times, read.at_risk, found, strict=True)
    )
    if not off:
        return
    verdict = INCONSISTENT if off > max(1, SLACK * read.n) else ONLY_ROUNDING
    text = f"printed {printed} at risk at {time}; the curve leaves {n}"
    if verdict == INCONSISTENT and printed > n:
        text += ", even if no patient was censored before: do the numbers belong to the other arm?"
    ledger.note(f"evidence.{arm}.at_risk", verdict, printed, str(n), float(off), text)


def _events(ledger: Ledger, evidence: DigitisedCurve, arm: Arm, read: CurveOfArm) -> None:
    if read.events is None:
        return
    ledger.checks += 1
    found = evidence.reconstructed[arm].patients.total_events
    off = abs(found - read.events)
    if off:
        verdict = INCONSISTENT if off > max(1, SLACK * read.n) else ONLY_ROUNDING
        text = f"printed {read.events} events; the curve and the numbers at risk give {found}"
        ledger.note(f"evidence.{arm}.events", verdict, read.events, str(found), float(off), text)


def _printed(ledger: Ledger, evidence: DigitisedCurve, entry: PrintedEffect) -> None:
    """Compare a printed effect and its interval, within what reading may change, if the curves give its measure."""
    result, measure = entry.result, entry.measure
    numbers = {"estimate": result.estimate, "ci": result.ci}
    if measure not in evidence.estimable:
        for name, printed in numbers.items():
            if printed is not None:
                said = " to ".join(map(str, printed)) if isinstance(printed, tuple) else str(printed)
                text = f"printed {said}; {measure} is not given by these curves as they are stated"
                ledger.note(f"{entry.path}.{name}", NOT_CHECKABLE, said, "", None, text)
        return
    y, s = evidence.on_analysis_scale(measure)
    y = -y if entry.turned else y
    slack = NEAR if measures.is_log(measure) else PART * s

    if result.estimate is not None and not _is_near(result.estimate, y, slack, measure):
        found = exactly("", natural(y, measure))
        ledger.compare(f"{entry.path}.estimate", result.estimate, [found], BASIS, entry.doubt)
    elif result.estimate is not None:
        ledger.checks += 1
    if result.numbers is not None:
        half = measures.ci_quantile(result.coverage) * s
        limits = (y - half, y + half)
        if all(_is_near(p, limit, 2 * slack, measure) for p, limit in zip(result.numbers, limits, strict=True)):
            ledger.checks += 1
        else:
            found = exactly("Wald", *(natural(limit, measure) for limit in limits))
            ledger.compare(f"{entry.path}.ci", result.numbers, [found], BASIS, entry.doubt)


def _is_near(printed: Decimal, value: float, slack: float, measure: str) -> bool:
    """Return whether a printed number is within the slack of a value on the analysis scale, or rounds to it."""
    if rounds_to(printed, natural(value, measure)):
        return True
    return (printed > 0 or not measures.is_log(measure)) and (
        abs(measures.to_analysis(float(printed), measure) - value) <= slack
    )


def _proportional(ledger: Ledger, evidence: DigitisedCurve) -> None:
    """Note hazards that are unlikely to be proportional: their ratio then depends on how long patients were seen."""
    test = proportional_hazards(evidence)
    if test is None:
        return
    ledger.checks += 1
    if test.doubtful:
        text = (
            f"hazards are not proportional (score test on Schoenfeld residuals, {significant(test.statistic)} on 1 df, "
            f"p = {significant(test.p, 2)}): the hazard ratio is {significant(test.early)} up to "
            f"{significant(test.middle)} {evidence.unit}, by which half of the events had occurred, and "
            f"{significant(test.late)} after that"
        )
        ledger.note("evidence", NOT_CHECKABLE, "one hazard ratio", "two periods", None, text)
