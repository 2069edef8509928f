"""The median of each arm with its quartiles, its range, or both; or with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import exp, log, pi, sqrt
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.measures import Measure, ci_quantile, normal_quantile
from bayes.base.written_numbers import Coverage, Printed, Size
from bayes.paper.evidence.arms import ArmSizes, by_arm
from bayes.paper.evidence.reported import Reported

RATIO: Measure = "mean_ratio"
"""The measure that compares logarithms, and whose own family is the log-normal; that of a difference is the normal."""

Relation = Literal["same_scale", "difference_of_logs", "ratio_of_values"]
"""How the effect compares the locations of a family: on their own scale, or on the other one."""


class MedianOfArm(Closed):
    """The median of n persons, with the quartiles, the least and greatest value, or both; or with its interval.

    The interval of a median has order statistics as its limits, of ranks (n + 1)/2 -+ q sqrt(n)/2 (Conover 1999,
    Practical Nonparametric Statistics, section 3.2), to which McGrath et al. (2020, Stat Med 39:969-84) reduce it too.
    """

    median: Printed
    n: Annotated[Size, Field(ge=4)]
    quartiles: tuple[Printed, Printed] | None = None
    range: tuple[Printed, Printed] | None = None
    ci: tuple[Printed, Printed] | None = None
    level: Coverage = Decimal("0.95")

    @check
    def _in_order(self) -> Iterator[str]:
        if self.quartiles is None and self.range is None and self.ci is None:
            said = "a median alone has no precision; add quartiles = [lower, upper], range = [least, greatest]"
            yield f"{said} or its interval, ci = [low, high]"
            return
        if self.ci is not None and not self.quartiles == self.range is None:
            yield "ci stated with quartiles or range, which say more; accepted: one or the other"
            return
        if self.ranked[0][1] < 1:
            yield f"the {100 * float(self.level):g}% interval of a median of n = {self.n} reaches beyond the sample"
            return
        numbers = [float(number) for number, _ in self.ranked]
        if sorted(set(numbers)) != numbers:
            said = ", ".join(str(number) for number, _ in self.ranked)
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
        if self.ci is not None:
            (low, high), reach = self.ci, ci_quantile(float(self.level)) * sqrt(n) / 2
            found = [(low, (n + 1) / 2 - reach), *found, (high, (n + 1) / 2 + reach)]
        return found

    def spread(self, logarithm: bool) -> float:
        """Return a standard deviation of the observations, or of their logarithms, from the printed quantiles.

        From quartiles as in Wan et al. (2014, BMC Med Res Methodol 14:135, scenario C3), else from the range (C1). From
        the interval of the median as sqrt(2 n / pi) times its standard error, that of a normal sample.
        """
        if self.ci is not None:
            return self.error(logarithm) * sqrt(2 * self.n / pi)
        n = self.n
        if self.quartiles is not None:
            (low, high), share = self.quartiles, (0.75 * n - 0.125) / (n + 0.25)
        else:
            (low, high), share = self.range or (self.median, self.median), (n - 0.375) / (n + 0.25)
        width = log(high / low) if logarithm else float(high - low)
        return width / (2 * normal_quantile(share))

    def error(self, logarithm: bool) -> float:
        """Return a standard error of the location: that of the median from its interval, else spread / sqrt(n)."""
        if self.ci is None:
            return self.spread(logarithm) / sqrt(self.n)
        low, high = (self._on(limit, logarithm) for limit in self.ci)
        return (high - low) / (2 * ci_quantile(float(self.level)))

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

    def skewed(self, logarithm: bool) -> bool:
        """Return whether the printed numbers, or their logarithms, are skewed: a test at 5% of normal observations.

        Shi et al. (2023, Stat Methods Med Res 32:1338-60), scenarios S1 to S3: twice the distance of the median from
        the middle of the quartiles, of the range, or of both, in their own widths, against a critical value of n.
        """
        n, middle = self.n, self._on(self.median, logarithm)

        def off(pair: tuple[Printed, Printed]) -> float:
            low, high = (self._on(number, logarithm) for number in pair)
            return abs(low + high - 2 * middle) / (high - low)

        if self.quartiles is None:
            return self.range is not None and off(self.range) > 1 / log(n + 9) + 2.5 / (n + 1)
        if self.range is None:
            return off(self.quartiles) > 2.65 / sqrt(n) - 6 / n**2
        tails = 2.65 * log(0.6 * n) / sqrt(n) * off(self.range)
        return max(tails, off(self.quartiles)) > 3 / sqrt(n) - 40 / n**3

    @staticmethod
    def _on(number: Printed, logarithm: bool) -> float:
        return log(number) if logarithm else float(number)


class Medians(Reported):
    """The median of each arm with quartiles or range, read by the joint density of these order statistics.

    Observations are normal or log-normal: as `family` states, or else by a rule. A difference takes them to be normal
    and a ratio log-normal, unless the numbers of an arm are skewed on that scale (Shi 2023) and those of neither arm
    are on the other. The effect compares means of normal observations and medians of log-normal ones, so that a
    `mean_difference` of log-normal observations is one of medians.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("mean_difference", "mean_ratio")
    kind: Literal["medians"]
    treatment: MedianOfArm
    control: MedianOfArm
    family: Literal["normal", "log_normal"] | None = None

    @property
    def sizes(self) -> ArmSizes:
        return ArmSizes(treatment=self.treatment.n, control=self.control.n)

    @property
    def least(self) -> Printed:
        """The least printed number of both arms."""
        return min(number for arm in by_arm(self).values() for number, _ in arm.ranked)

    def log_normal(self, measure: str) -> bool:
        """Return whether observations are read as log-normal, as the file states or the rule says."""
        if self.family is not None:
            return self.family == "log_normal"
        own = measure == RATIO
        if self.least <= 0:
            return False
        skewed = {scale: any(arm.skewed(scale) for arm in by_arm(self).values()) for scale in (own, not own)}
        return not own if skewed[own] and not skewed[not own] else own

    def relation(self, measure: str) -> Relation:
        """Return how the effect compares the locations of the arms."""
        logarithm, ratio = self.log_normal(measure), measure == RATIO
        return "same_scale" if logarithm == ratio else "difference_of_logs" if logarithm else "ratio_of_values"

    def standard_error(self, measure: str) -> float:
        return self.own_estimate(measure)[1]

    def own_estimate(self, measure: str) -> tuple[float, float]:
        """Return the effect that the family of the report compares, with its standard error, on the analysis scale.

        The locations of the arms are those that the quantiles imply on the scale of the family (Luo 2018, with Wan's
        standard deviations), or their medians with the errors of their intervals; where the effect is on the other
        scale they follow by the delta method, as a difference of log-normal medians does.
        """
        (y1, s1), (y0, s0) = (self._location(arm, measure) for arm in by_arm(self).values())
        return y1 - y0, sqrt(s1**2 + s0**2)

    def converted(self, measure: str) -> tuple[float, float]:
        """Return the usual conversion, whatever the family: Luo's means and Wan's errors, on the analysis scale."""
        t, c = by_arm(self).values()
        ratio = measure == RATIO
        return t.mean(ratio) - c.mean(ratio), sqrt(t.error(ratio) ** 2 + c.error(ratio) ** 2)

    def variance_of_control(self, measure: str) -> float:
        """Return the variance of the control arm's location on the analysis scale."""
        return self._location(self.control, measure)[1] ** 2

    def _location(self, arm: MedianOfArm, measure: str) -> tuple[float, float]:
        """Return the location of an arm and its standard error, on the analysis scale."""
        logarithm = self.log_normal(measure)
        at, error = arm.mean(logarithm), arm.error(logarithm)
        match self.relation(measure):
            case "same_scale":
                return at, error
            case "difference_of_logs":
                return exp(at), exp(at) * error
            case "ratio_of_values":
                return log(at), error / at

    def why_no_estimate(self, measure: str) -> None:
        """Return None: medians with quartiles or a range determine an estimate."""
        return None
