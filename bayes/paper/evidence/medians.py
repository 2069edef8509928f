"""The median of each arm with its quartiles, its range, or both."""

from __future__ import annotations

from collections.abc import Iterator
from math import log, sqrt
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.measures import Measure, normal_quantile
from bayes.base.written_numbers import Printed, Size
from bayes.paper.evidence.arms import ArmSizes, by_arm
from bayes.paper.evidence.reported import Reported

LOG_NORMAL: Measure = "mean_ratio"
"""The measure under which observations are log-normal; under a difference they are normal."""


class MedianOfArm(Closed):
    """The median of n persons, with the quartiles, the least and greatest value, or both."""

    median: Printed
    n: Annotated[Size, Field(ge=4)]
    quartiles: tuple[Printed, Printed] | None = None
    range: tuple[Printed, Printed] | None = None

    @check
    def _in_order(self) -> Iterator[str]:
        if self.quartiles is None and self.range is None:
            yield "a median alone has no precision; add quartiles = [lower, upper] or range = [least, greatest]"
            return
        numbers = [number for number, _ in self.ranked]
        if sorted(set(numbers)) != numbers:
            said = ", ".join(map(str, numbers))
            yield f"{said}: the range, the quartiles and the median must rise, without ties: a density has none"

    @property
    def ranked(self) -> list[tuple[Printed, float]]:
        """The printed numbers from least to greatest with their ranks: a quartile has (n + 1)/4 or thrice it."""
        n, found = self.n, [(self.median, (self.n + 1) / 2)]
        if self.quartiles is not None:
            low, high = self.quartiles
            found = [(low, (n + 1) / 4), *found, (high, 3 * (n + 1) / 4)]
        if self.range is not None:
            least, greatest = self.range
            found = [(least, 1.0), *found, (greatest, float(n))]
        return found

    def spread(self, logarithm: bool) -> float:
        """Return a standard deviation of the observations, or of their logarithms, from the printed quantiles.

        From quartiles as in Wan et al. (2014, BMC Med Res Methodol 14:135, scenario C3), else from the range (C1).
        """
        n = self.n
        if self.quartiles is not None:
            (low, high), share = self.quartiles, (0.75 * n - 0.125) / (n + 0.25)
        else:
            (low, high), share = self.range or (self.median, self.median), (n - 0.375) / (n + 0.25)
        width = log(high / low) if logarithm else float(high - low)
        return width / (2 * normal_quantile(share))

    def mean(self, logarithm: bool) -> float:
        """Return the mean of the observations, or of their logarithms, from the printed quantiles.

        Luo et al. (2018, Stat Methods Med Res 27:1785-805): from quartiles with the weight 0.7 + 0.39 / n, else from
        the range with 4 / (4 + n^0.75).
        """
        n = self.n
        low, high = self.quartiles or self.range or (self.median, self.median)
        weight = 0.7 + 0.39 / n if self.quartiles is not None else 4 / (4 + n**0.75)
        ends, middle = (float(low), float(high)), float(self.median)
        if logarithm:
            ends, middle = (log(ends[0]), log(ends[1])), log(middle)
        return weight * (ends[0] + ends[1]) / 2 + (1 - weight) * middle


class Medians(Reported):
    """The median of each arm with quartiles or range, read by the joint density of these order statistics.

    A difference (`mean_difference`) takes observations to be normal, a ratio (`mean_ratio`) log-normal, in which case
    it is one of geometric means, and of medians.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("mean_difference", "mean_ratio")
    kind: Literal["medians"]
    treatment: MedianOfArm
    control: MedianOfArm

    @property
    def sizes(self) -> ArmSizes:
        return ArmSizes(treatment=self.treatment.n, control=self.control.n)

    @property
    def least(self) -> Printed:
        """The least printed number of both arms."""
        return min(number for arm in by_arm(self).values() for number, _ in arm.ranked)

    def standard_error(self, measure: str) -> float:
        return self.own_estimate(measure)[1]

    def own_estimate(self, measure: str) -> tuple[float, float]:
        """Return the difference of the means that the quantiles imply (Luo 2018), with Wan's standard deviations."""
        arms, logarithm = list(by_arm(self).values()), measure == LOG_NORMAL
        t, c = (arm.mean(logarithm) for arm in arms)
        return t - c, sqrt(sum(arm.spread(logarithm) ** 2 / arm.n for arm in arms))

    def variance_of_control(self, measure: str) -> float:
        """Return the variance of the control arm's mean, by the standard deviation that its quantiles imply."""
        return self.control.spread(measure == LOG_NORMAL) ** 2 / self.control.n

    def why_no_estimate(self, measure: str) -> None:
        """Return None: medians with quartiles or a range determine an estimate."""
        return None
