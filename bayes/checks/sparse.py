"""Checks of counts printed with an estimate: the normal likelihood of an estimate does not fit a sparse table."""

from __future__ import annotations

from collections.abc import Iterator

from bayes.checks.finding import NOT_CHECKABLE
from bayes.checks.ledger import Ledger
from bayes.paper.evidence import Binary, Estimate, PrintedResult
from bayes.paper.evidence.arms import by_arm
from bayes.paper.trial import Outcome

FEW = 5  # with fewer events, or patients without events, the likelihood of a log odds ratio is far from normal


def counts_beside(outcome: Outcome) -> Iterator[tuple[str, Binary]]:
    """Find counts of the same result as the evidence, in other reports or in printed percentages.

    Parameters
    ----------
    outcome : Outcome

    Yields
    ------
    path : str
        Field within the outcome.
    counts : Binary
    """
    for i, name in enumerate(outcome.other_reports):
        other = outcome.trial.outcomes[name]
        if isinstance(other.evidence, Binary):
            yield f"other_reports.{i}", other.evidence
    for i, result in enumerate(outcome.printed):
        counts = _of_percent(outcome, result)
        if counts is not None:
            yield (f"printed.{i}" if len(outcome.printed) > 1 else "printed") + ".percent", counts


def _of_percent(outcome: Outcome, result: PrintedResult) -> Binary | None:
    """Return the counts behind the percentages of both arms, or None unless each determines exactly one count."""
    sizes = result.n or outcome.trial.n
    of_others = (outcome.patients and result.n is None) or result.benefit not in (None, outcome.benefit)
    percent = result.percent or {}
    if sizes is None or len(percent) < 2 or of_others:
        return None
    arms = {arm: {"percent": percent[arm], "n": n} for arm, n in by_arm(sizes).items()}
    counts = Binary.model_validate({"kind": "binary", **arms})
    return counts if all(len(arm.possible) == 1 for arm in by_arm(counts).values()) else None


def is_sparse(counts: Binary) -> bool:
    """Return whether a cell of the table is too small for a normal likelihood."""
    arms = (counts.treatment, counts.control)
    return min(min(arm.events, arm.n - arm.events) for arm in arms) < FEW


def check_sparse(ledger: Ledger, outcome: Outcome) -> None:
    """Note that an estimate is used as the evidence although it is printed with the counts of a sparse table.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome; evidence of a kind other than `estimate` is skipped.
    """
    if not isinstance(outcome.evidence, Estimate):
        return
    for path, counts in counts_beside(outcome):
        ledger.checks += 1
        if is_sparse(counts):
            t, c = counts.treatment, counts.control
            said = f"{t.events}/{t.n} v {c.events}/{c.n}"
            text = (
                f"printed with the estimate: {said}, a table too sparse for the normal likelihood of an estimate; "
                "enter the counts as 'binary' evidence, which has an exact likelihood"
            )
            ledger.note(path, NOT_CHECKABLE, said, "", None, text)
