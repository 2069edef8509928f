"""The mean of each arm with its standard deviation, of final values or of changes from baseline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base import measures
from bayes.base.closed import check
from bayes.base.measures import Measure
from bayes.base.written_numbers import Positive, Printed
from bayes.paper.evidence.arms import ArmSizes, MeanInArm, by_arm
from bayes.paper.evidence.reported import Reported


class Means(Reported):
    """The mean, standard deviation and n of each arm.

    `step` is the smallest step of the scale, 1 for whole numbers; `bayes check` uses it for GRIM and GRIMMER. `values`
    says whether the means are of final values or of changes from baseline, and `least_squares` that they are adjusted.

    A standardised difference of changes is in standard deviations of the change, which trials of final values do not
    share. With the `baseline_correlation` r of baseline and final values, or the `sd_final` of both arms, it is in
    those of final values: SD(final) = SD(change) / sqrt(2 (1 - r)) if both vary alike (Cochrane Handbook 6.5.2.8).
    """

    measures: ClassVar[tuple[Measure, ...]] = ("mean_difference", "standardised_mean_difference")
    kind: Literal["means"]
    treatment: MeanInArm
    control: MeanInArm
    step: Positive | None = None
    values: Literal["final", "change"] | None = None
    least_squares: bool = False
    baseline_correlation: Annotated[Printed, Field(gt=-1, lt=1)] | None = None

    @check
    def _changes_are_converted_once(self) -> Iterator[str]:
        finals = [arm.sd_final is not None for arm in by_arm(self).values()]
        if finals.count(True) == 1:
            yield "sd_final is stated for one arm; accepted: for both arms, or for neither"
        if not any(finals) and self.baseline_correlation is None:
            return
        if self.values != "change":
            yield 'baseline_correlation and sd_final convert changes from baseline; they require values = "change"'
        if all(finals) and self.baseline_correlation is not None:
            yield "baseline_correlation and sd_final say the same; accepted: one of them"

    @property
    def sd_ratio(self) -> float:
        """The standard deviation of final values over that of what is printed: 1 unless changes are converted."""
        t, c, r = self.treatment, self.control, self.baseline_correlation
        if t.sd_final is not None and c.sd_final is not None:
            return measures.pooled_sd(float(t.sd_final), t.n, float(c.sd_final), c.n) / self.pooled_sd
        return 1.0 if r is None else (2 * (1 - float(r))) ** -0.5

    def sd_of_observations(self, measure: str) -> float:
        """Return the pooled standard deviation of what is printed, on the scale of the effect."""
        return 1 / self.sd_ratio if measure == "standardised_mean_difference" else self.pooled_sd

    @property
    def in_units_of_change(self) -> bool:
        """Return whether a standardised difference would be in standard deviations of the change from baseline."""
        return self.values == "change" and self.baseline_correlation is None and self.treatment.sd_final is None

    @property
    def sizes(self) -> ArmSizes:
        return ArmSizes(treatment=self.treatment.n, control=self.control.n)

    @property
    def pooled_sd(self) -> float:
        t, c = self.treatment, self.control
        return measures.pooled_sd(float(t.sd), t.n, float(c.sd), c.n)

    def standard_error(self, measure: str) -> float:
        return self.own_estimate(measure)[1]

    def own_estimate(self, measure: str) -> tuple[float, float]:
        """Return the mean difference with Welch's standard error, or Hedges' g with its standard error."""
        t, c = self.treatment, self.control
        difference = float(t.mean - c.mean)
        if measure == "standardised_mean_difference":
            g, error = measures.hedges_g(difference / self.pooled_sd, t.n, c.n)
            return g / self.sd_ratio, error / self.sd_ratio
        return difference, (float(t.sd) ** 2 / t.n + float(c.sd) ** 2 / c.n) ** 0.5

    def variance_of_control(self, measure: str) -> float | None:
        """Return the variance of the control arm's mean; None for a standardised difference, whose unit is shared."""
        return float(self.control.sd) ** 2 / self.control.n if measure == "mean_difference" else None

    def why_no_estimate(self, measure: str) -> None:
        """Return None: means always determine an estimate."""
        return None
