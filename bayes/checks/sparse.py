"""Counts that stand beside an estimate: those of a sparse table have a likelihood that no estimate can stand for."""

from __future__ import annotations

from collections.abc import Iterator

from bayes.checks.finding import NOT_CHECKABLE
from bayes.checks.ledger import Ledger
from bayes.paper.evidence import PrintedResult
from bayes.paper.evidence.arms import ARMS
from bayes.paper.evidence.counts import Binary
from bayes.paper.trial import Outcome

FEW = 5  # events, or patients without one, below which a log odds ratio is far from normal


def counts_beside(outcome: Outcome) -> Iterator[tuple[str, Binary]]:
    """(path, counts) of the same result as the evidence: another report that counts persons, or printed percentages."""
    for i, name in enumerate(outcome.other_reports):
        other = outcome.trial.outcomes[name]
        if other.evidence.kind == "binary":
            yield f"other_reports.{i}", other.evidence
    for i, result in enumerate(outcome.printed):
        counts = _of_percent(outcome, result)
        if counts is not None:
            yield (f"printed.{i}" if len(outcome.printed) > 1 else "printed") + ".percent", counts


def _of_percent(outcome: Outcome, result: PrintedResult) -> Binary | None:
    """Counts of the percentages of both arms, where some count among the patients gives each of them."""
    sizes = result.n or (outcome.trial.n if outcome.trial else None)
    of_others = (outcome.patients and result.n is None) or result.benefit not in (None, outcome.benefit)
    if sizes is None or len(result.percent or {}) < 2 or of_others:
        return None
    arms = {arm: {"percent": result.percent[arm], "n": getattr(sizes, arm)} for arm in ARMS}
    counts = Binary.model_validate({"kind": "binary"} | arms)
    possible = (len(getattr(counts, arm).possible) == 1 for arm in ARMS)
    return counts if all(possible) else None


def is_sparse(counts: Binary) -> bool:
    """Whether a cell of the table is too small for a normal likelihood."""
    arms = (counts.treatment, counts.control)
    return min(min(arm.events, arm.n - arm.events) for arm in arms) < FEW


def check_sparse(ledger: Ledger, outcome: Outcome) -> None:
    """Say so where an estimate is taken for the evidence although the counts beside it are few."""
    if outcome.evidence.kind != "estimate":
        return
    for path, counts in counts_beside(outcome):
        ledger.checks += 1
        if is_sparse(counts):
            t, c = counts.treatment, counts.control
            said = f"{t.events}/{t.n} v {c.events}/{c.n}"
            text = (
                f"printed beside the estimate: {said}, a table too sparse for the normal likelihood of an estimate; "
                "as evidence of kind binary the counts have their own"
            )
            ledger.note(path, NOT_CHECKABLE, said, "", None, text)
