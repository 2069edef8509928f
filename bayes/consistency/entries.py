"""The effects a report prints of one outcome: where each stands, what it measures, whether it is adjusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bayes.evidence import Estimate, PrintedResult
from bayes.trial import Outcome


@dataclass(frozen=True)
class Entry:
    """One printed result.

    Attributes
    ----------
    path : str
        `evidence`, `printed`, or `printed.<i>` where several are printed.
    result : Estimate or PrintedResult
    measure : str
    adjusted : bool
    """

    path: str
    result: Estimate | PrintedResult
    measure: str
    adjusted: bool

    @property
    def doubt(self) -> str:
        """Why counts or means that disagree with this result would not prove it wrong."""
        return "adjusted against unadjusted: not the same quantity" if self.adjusted else ""

    @property
    def test(self) -> str | None:
        return getattr(self.result, "test", None)

    @property
    def remark(self) -> str:
        """Said where data of the report disagree: the result may be adjusted, and does not say."""
        silent = isinstance(self.result, PrintedResult) and self.result.adjusted is None and not self.adjusted
        return "adjusted or not is not stated" if silent else ""


def entries(outcome: Outcome) -> Iterator[Entry]:
    """Every printed effect of an outcome, the evidence first where it is an estimate."""
    if outcome.evidence.kind == "estimate":
        yield Entry("evidence", outcome.evidence, outcome.measure, bool(outcome.adjusted))
    for i, result in enumerate(outcome.printed):
        path = f"printed.{i}" if len(outcome.printed) > 1 else "printed"
        adjusted = bool(outcome.adjusted) if result.adjusted is None else result.adjusted
        yield Entry(path, result, result.measure or outcome.measure, adjusted)
