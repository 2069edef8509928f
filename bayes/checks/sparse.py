"""Checks of counts printed with an estimate: the normal likelihood of an estimate does not fit a sparse table."""

from __future__ import annotations

from collections.abc import Iterator

from bayes.checks.finding import NOT_CHECKABLE
from bayes.checks.ledger import Ledger
from bayes.paper.evidence import PrintedResult
from bayes.paper.evidence.arms import ARMS
from bayes.paper.evidence.counts import Binary
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
        if other.evidence.kind == "binary":
            yield f"other_reports.{i}", other.evidence
    for i, result in enumerate(outcome.printed):
        counts = _of_percent(outcome, result)
        if counts is not None:
            yield (f"printed.{i}" if len(outcome.printed) > 1 else "printed") + ".percent", counts


def _of_percent(outcome: Outcome, result: PrintedResult) -> Binary | None:
    """Return the counts behind the percentages of both arms, or None unless each determines exactly one count."""
    sizes = result.n or outcome.trial.n
    of_others = (outcome.patients and result.n is None) or result.benefit not in (None, outcome.benefit)
    if sizes is None or len(result.percent or {}) < 2 or of_others:
        return None
    arms = {arm: {"percent": result.percent[arm], "n": getattr(sizes, arm)} for arm in ARMS}
    counts = Binary.model_validate({"kind": "binary"} | arms)
    possible = (len(getattr(counts, arm).possible) == 1 for arm in ARMS)
    return counts if all(possible) else None


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
    if outcome.evidence.kind != "estimate":
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
