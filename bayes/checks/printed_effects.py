"""The printed effects of an outcome: where each is in the file, what it measures and what it is adjusted for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bayes.base.measures import Measure
from bayes.paper.evidence import Estimate, PrintedResult
from bayes.paper.evidence.arms import Arm, ArmSizes
from bayes.paper.evidence.design import Benefit, IntervalMethod
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
    measure: Measure
    benefit: Benefit
    adjusted: bool
    stratified: bool = False
    clustered: bool = False
    interval: IntervalMethod | None = None

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
    def percent(self) -> Mapping[Arm, Decimal]:
        """The printed percentages of persons with the event by arm; empty for evidence and if there are none."""
        return {} if isinstance(self.result, Estimate) else self.result.percent or {}

    @property
    def sizes(self) -> ArmSizes | None:
        """The denominators of the percentages, if they differ from those of the evidence."""
        return None if isinstance(self.result, Estimate) else self.result.n

    @property
    def df(self) -> float | None:
        """The degrees of freedom of its standard error; None for a normal distribution."""
        return None if self.result.df is None else float(self.result.df)

    @property
    def exact_p(self) -> Decimal | None:
        """The p-value if it is printed as a number; None for a bound."""
        return self.result.p if isinstance(self.result.p, Decimal) else None

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
    evidence, clustered = outcome.evidence, outcome.variance_factor is not None
    if isinstance(evidence, Estimate):
        adjusted, stratified = bool(outcome.adjusted), bool(outcome.stratified)
        interval = evidence.interval or outcome.interval
        yield PrintedEffect(
            "evidence", evidence, outcome.measure, outcome.benefit, adjusted, stratified, clustered, interval
        )
    for i, result in enumerate(outcome.printed):
        path = f"printed.{i}" if len(outcome.printed) > 1 else "printed"
        measure, benefit = result.measure or outcome.measure, result.benefit or outcome.benefit
        adjusted = bool(outcome.adjusted if result.adjusted is None else result.adjusted)
        stratified = bool(outcome.stratified if result.stratified is None else result.stratified)
        interval = result.interval or outcome.interval
        yield PrintedEffect(path, result, measure, benefit, adjusted, stratified, clustered, interval)
