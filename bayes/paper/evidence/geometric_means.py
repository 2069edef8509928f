"""The geometric mean of each arm, with the spread of its observations on the log scale in one of four printed forms."""

from __future__ import annotations

from collections.abc import Iterator
from math import log, log1p, sqrt
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base import measures
from bayes.base.closed import check
from bayes.base.measures import Measure, TestStatistic
from bayes.base.written_numbers import Positive, Printed, Size
from bayes.paper.evidence.arms import ArmSizes, by_arm
from bayes.paper.evidence.effects import EffectAndError
from bayes.paper.evidence.limits import WithInterval, no_interval

SPREADS = "cv, gsd, sd_log, ci"


class GeometricMeanInArm(WithInterval):
    """The geometric mean of n persons with one statement of spread.

    `cv` is the geometric coefficient of variation in percent, 100 sqrt(exp(sigma^2) - 1), `gsd` the geometric standard
    deviation exp(sigma), `sd_log` the standard deviation sigma of natural logarithms (Kirkwood 1979, Biometrics
    35:908-9), and `ci` the interval of the geometric mean, a Student-t interval of the mean logarithm.
    """

    geometric_mean: Positive
    n: Annotated[Size, Field(ge=2)]
    cv: Positive | None = None
    gsd: Annotated[Printed, Field(gt=1)] | None = None
    sd_log: Positive | None = None

    @check
    def _one_spread(self) -> Iterator[str]:
        stated = [name for name in ("cv", "gsd", "sd_log", "ci") if getattr(self, name) is not None]
        if len(stated) != 1:
            yield f"{' and '.join(stated) or 'no spread'} stated; accepted: one of {SPREADS}"

    @check
    def _ordered(self) -> Iterator[str]:
        if self.ci is None:
            return
        if self.numbers is None or not 0 < self.numbers[0] < self.numbers[1]:
            yield no_interval(*self.ci, accepted="[low, high], both above 0")
        elif not self.numbers[0] <= self.geometric_mean <= self.numbers[1]:
            low, high = self.numbers
            yield f"the interval {low} to {high} excludes its own geometric mean {self.geometric_mean}"

    @property
    def sigma(self) -> float:
        """The standard deviation of the natural logarithms."""
        if self.sd_log is not None:
            return float(self.sd_log)
        if self.gsd is not None:
            return log(float(self.gsd))
        if self.cv is not None:
            return sqrt(log1p((float(self.cv) / 100) ** 2))
        low, high = self.numbers or (self.geometric_mean, self.geometric_mean)
        return log(high / low) / (2 * measures.ci_quantile(self.coverage, self.n - 1)) * sqrt(self.n)


class GeometricMeans(EffectAndError):
    """The geometric mean of each arm: a ratio of geometric means, by Welch's comparison of the mean logarithms.

    Combining trials on the log scale is the first of the two ways of Higgins, White and Anzures-Cabrera (2008, Stat Med
    27:6072-92) for skewed data.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("mean_ratio",)
    kind: Literal["geometric_means"]
    treatment: GeometricMeanInArm
    control: GeometricMeanInArm

    @property
    def sizes(self) -> ArmSizes:
        return ArmSizes(treatment=self.treatment.n, control=self.control.n)

    def on_analysis_scale(self, measure: str) -> tuple[float, float]:
        """Return the log of the ratio of geometric means, and its standard error with unequal variances."""
        t, c = self.treatment, self.control
        return log(t.geometric_mean / c.geometric_mean), sqrt(sum(self._variances))

    def statistic(self, measure: str) -> TestStatistic:
        """Return a Student-t with the degrees of freedom of Welch (1947, Biometrika 34:28-35) and Satterthwaite."""
        v1, v0 = self._variances
        return TestStatistic(measures.welch_df(v1, self.treatment.n, v0, self.control.n), central=True)

    def variance_of_control(self, measure: str) -> float:
        """Return the variance of the control arm's mean logarithm."""
        return self._variances[1]

    @property
    def _variances(self) -> tuple[float, float]:
        """The variance of the mean logarithm, of treatment and control."""
        v1, v0 = (arm.sigma**2 / arm.n for arm in by_arm(self).values())
        return v1, v0
