"""What papers print: the evidence kinds, a closed union on `kind`.

Each kind keeps the numbers as printed and refuses what cannot be true. What a number means on the analysis scale
is said in `effects`; how it meets a prior is said by the likelihood of the same evidence under `models/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationError

from bayes.base import measures
from bayes.base.closed import Closed, check
from bayes.base.written_numbers import DegreesOfFreedom, Percent, Positive, Printed, PValue
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.evidence.arms import ArmSizes, MeanInArm
from bayes.paper.evidence.bare_tests import BareP, Significance
from bayes.paper.evidence.counts import Binary, Events, SingleProportion
from bayes.paper.evidence.design import Compares, IntervalMethod
from bayes.paper.evidence.limits import WithInterval, value_of
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut


class Means(Closed):
    """Mean, standard deviation and n of each arm.

    `step` is the smallest step of the scale, 1 for whole numbers; it lets `bayes check` try GRIM and GRIMMER.
    """

    measures: ClassVar = ("mean_difference", "standardised_mean_difference")
    kind: Literal["means"]
    treatment: MeanInArm
    control: MeanInArm
    step: Positive | None = None

    @property
    def pooled_sd(self) -> float:
        t, c = self.treatment, self.control
        return measures.pooled_sd(float(t.sd), t.n, float(c.sd), c.n)

    def standard_error(self, measure: str) -> float:
        return self.own_estimate(measure)[1]

    def own_estimate(self, measure: str) -> tuple[float, float]:
        """The difference of the means with Welch's standard error, or Hedges' g with its own."""
        t, c = self.treatment, self.control
        difference = float(t.mean - c.mean)
        if measure == "standardised_mean_difference":
            return measures.hedges_g(difference / self.pooled_sd, t.n, c.n)
        return difference, (float(t.sd) ** 2 / t.n + float(c.sd) ** 2 / c.n) ** 0.5

    def why_no_estimate(self, measure: str) -> None:
        """None: there is one."""
        return None


class Estimate(WithInterval):
    """The paper's own effect with an interval, a standard error (analysis scale) or a p-value.

    Where several are printed the interval is used, then the standard error; the rest is checked, never used twice. An
    interval may have one limit only, or a bound for the other (`limits`); without any limit in numbers the
    standard error or the p-value is used.
    """

    measures: ClassVar = tuple(m for m in measures.MEASURES if m != "proportion")
    kind: Literal["estimate"]
    estimate: Printed
    se: Positive | None = None
    p: PValue | None = None
    df: DegreesOfFreedom | None = None
    compares: Compares = "treatment_vs_control"
    test: str | None = None
    interval: IntervalMethod | None = None

    @check
    def _complete(self) -> Iterator[str]:
        if not self.gives_width and self.se is None and (self.p is None or isinstance(self.p, str)):
            need = "an estimate needs one of ci, se or p (a number)"
            yield need if self.ci is None else f"{need}; no limit of this ci is a number"

    @check
    def _ordered(self) -> Iterator[str]:
        low, high = map(value_of, self.ci or (None, None))
        if low is not None and high is not None and not low < high:
            yield f"ci must be [low, high], found [{self.ci[0]}, {self.ci[1]}]"
        elif self.ci is not None and self.excludes(self.estimate):
            yield f"the interval {self.said} excludes its own estimate {self.estimate}"

    def on_analysis_scale(self, measure: str) -> tuple[float, float]:
        """(y, s): the effect of treatment against control and its standard error (METHODS 1)."""
        y = measures.to_analysis(float(self.estimate), measure)
        df = None if self.df is None else float(self.df)
        if self.gives_width:
            s = self.width(self.estimate, measure, df)
        elif self.se is not None:
            s = float(self.se)
        else:
            s = measures.se_from_p(y, float(self.p), df)
        return (-y if self.compares == "control_vs_treatment" else y), s

    def standard_error(self, measure: str) -> float:
        return self.on_analysis_scale(measure)[1]

    def statistic(self, measure: str) -> measures.TestStatistic:
        """The estimate over its standard error: normal, or a Student-t where degrees of freedom are stated."""
        return measures.TestStatistic(None if self.df is None else float(self.df), central=self.df is not None)

    def why_no_estimate(self, measure: str) -> None:
        """None: there is one."""
        return None

    def own_estimate(self, measure: str) -> tuple[float, float]:
        return self.on_analysis_scale(measure)


Evidence = Annotated[
    Ordinal | OrdinalCut | Binary | Events | Means | Estimate | BareP | Significance | SingleProportion | AdverseEvents,
    Field(discriminator="kind"),
]


class PrintedResult(WithInterval):
    """Another report of the same comparison: an oracle for checking, never a second likelihood.

    What it does not say of itself is as the outcome says: `measure`, `adjusted`, `interval`, `stratified`, `benefit` (a
    hazard ratio of death beside the odds of survival states its own), and `compares`, as the evidence says. `n` is of
    the percentages, where their patients are not those of the evidence.
    """

    measure: Literal[measures.MEASURES] | None = None
    estimate: Printed | None = None
    se: Positive | None = None
    p: PValue | None = None
    df: DegreesOfFreedom | None = None
    adjusted: bool | None = None
    test: str | None = None
    compares: Compares | None = None
    benefit: Literal["higher", "lower"] | None = None
    interval: IntervalMethod | None = None
    stratified: bool | None = None
    percent: dict[Literal["treatment", "control"], Percent] | None = None
    n: ArmSizes | None = None
    source: str | None = None
    notes: str | None = None

    def as_estimate(self) -> Estimate | None:
        """The same numbers as evidence; None where they give no effect with a standard error."""
        names = ("estimate", "ci", "level", "se", "p", "df", "test", "interval")
        data = {name: getattr(self, name) for name in names}
        try:
            return Estimate(kind="estimate", compares=self.compares or "treatment_vs_control", **data)
        except ValidationError:
            return None
