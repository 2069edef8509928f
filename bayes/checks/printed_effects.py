"""The effects a report prints of one outcome: where each stands, what it measures, whether it is adjusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bayes.paper.evidence import Estimate, PrintedResult
from bayes.paper.trial import Outcome


@dataclass(frozen=True)
class Entry:
    """One printed result.

    Attributes
    ----------
    path : str
        `evidence`, `printed`, or `printed.<i>` where several are printed.
    result : Estimate or PrintedResult
    measure : str
    benefit : str
        Which direction of this effect is good, "higher" or "lower".
    adjusted, stratified, clustered : bool
        What the analysis behind it allowed for, and a crude table does not.
    interval : str or None
        How its interval was made, where that is said.
    """

    path: str
    result: Estimate | PrintedResult
    measure: str
    benefit: str
    adjusted: bool
    stratified: bool = False
    clustered: bool = False
    interval: str | None = None

    @property
    def turned(self) -> bool:
        """Whether it compares control with treatment."""
        return self.result.compares == "control_vs_treatment"

    @property
    def doubt(self) -> str:
        """Why counts or means that disagree with this result would not prove it wrong."""
        if self.adjusted:
            return "adjusted against unadjusted: not the same quantity"
        made = [name for name in ("stratified", "clustered") if getattr(self, name)]
        return f"{' and '.join(made)}: not comparable with the crude table" if made else ""

    @property
    def test(self) -> str | None:
        return self.result.test

    @property
    def remark(self) -> str:
        """Said where data of the report disagree: the result may be adjusted, and does not say."""
        silent = isinstance(self.result, PrintedResult) and self.result.adjusted is None and not self.adjusted
        return "adjusted or not is not stated" if silent else ""


def entries(outcome: Outcome) -> Iterator[Entry]:
    """Every printed effect of an outcome, the evidence first where it is an estimate."""
    said = {
        "adjusted": bool(outcome.adjusted),
        "stratified": bool(outcome.stratified),
        "clustered": outcome.variance_factor is not None,
        "interval": outcome.interval,
    }
    if outcome.evidence.kind == "estimate":
        own = said | {"interval": outcome.evidence.interval or outcome.interval}
        yield Entry("evidence", outcome.evidence, outcome.measure, outcome.benefit, **own)
    for i, result in enumerate(outcome.printed):
        path = f"printed.{i}" if len(outcome.printed) > 1 else "printed"
        own = said | {
            name: getattr(result, name)
            for name in ("adjusted", "stratified", "interval")
            if getattr(result, name) is not None
        }
        yield Entry(path, result, result.measure or outcome.measure, result.benefit or outcome.benefit, **own)
