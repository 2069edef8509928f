"""The printed effects of an outcome: where each is in the file, what it measures and what it is adjusted for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bayes.paper.evidence import Estimate, PrintedResult
from bayes.paper.trial import Outcome


@dataclass(frozen=True)
class PrintedEffect:
    """A printed result.

    Attributes
    ----------
    path : str
        `evidence`, `printed`, or `printed.<i>` if several are printed.
    result : Estimate or PrintedResult
    measure : str
        Measure of effect.
    benefit : {"higher", "lower"}
        The direction of the effect that is good for the patient.
    adjusted, stratified, clustered : bool
        What the analysis allowed for, unlike a crude table.
    interval : str or None
        Kind of its interval, if stated.
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
        """Return whether the result compares control with treatment."""
        return self.result.compares == "control_vs_treatment"

    @property
    def doubt(self) -> str:
        """The reason why disagreement with crude counts or means is not an error, or an empty string."""
        if self.adjusted:
            return "adjusted v unadjusted: different quantities"
        made = [name for name in ("stratified", "clustered") if getattr(self, name)]
        return f"{' and '.join(made)}: not comparable with the crude table" if made else ""

    @property
    def test(self) -> str | None:
        return self.result.test

    @property
    def remark(self) -> str:
        """A remark on disagreement with the data if the file does not state whether the result is adjusted."""
        silent = isinstance(self.result, PrintedResult) and self.result.adjusted is None and not self.adjusted
        return "`adjusted` is not stated" if silent else ""


def entries(outcome: Outcome) -> Iterator[PrintedEffect]:
    """Yield the printed effects of an outcome as `Entry`: the evidence first if it is an estimate."""
    said = {
        "adjusted": bool(outcome.adjusted),
        "stratified": bool(outcome.stratified),
        "clustered": outcome.variance_factor is not None,
        "interval": outcome.interval,
    }
    if outcome.evidence.kind == "estimate":
        own = said | {"interval": outcome.evidence.interval or outcome.interval}
        yield PrintedEffect("evidence", outcome.evidence, outcome.measure, outcome.benefit, **own)
    for i, result in enumerate(outcome.printed):
        path = f"printed.{i}" if len(outcome.printed) > 1 else "printed"
        own = said | {
            name: getattr(result, name)
            for name in ("adjusted", "stratified", "interval")
            if getattr(result, name) is not None
        }
        yield PrintedEffect(path, result, result.measure or outcome.measure, result.benefit or outcome.benefit, **own)
