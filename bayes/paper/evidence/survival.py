"""Times to an event without a hazard ratio: a log-rank statistic, and survival, its median or mean in each arm."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import log
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from bayes.base import measures
from bayes.base.closed import check
from bayes.base.measures import Measure
from bayes.base.written_numbers import NOT_ESTIMATED, Positive, Printed, Size
from bayes.paper.evidence.arms import ArmSizes, by_arm
from bayes.paper.evidence.effects import EffectAndError, TwoArms
from bayes.paper.evidence.limits import NOT_REACHED, LimitsOfTime, WithInterval, no_interval

BetweenNoneAndAll = Annotated[Printed, Field(gt=0, lt=100)]


class LogRank(EffectAndError):
    """A log-rank statistic: observed minus expected events of an arm, and its hypergeometric variance.

    The log hazard ratio is (O - E) / V with standard error V^-1/2 (Yusuf and Peto 1985, Prog Cardiovasc Dis 27:335-71;
    Tierney 2007, Trials 8:16, equations 1 to 3), which is accurate near no effect.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("hazard_ratio",)
    kind: Literal["log_rank"]
    o_minus_e: Printed
    variance: Positive
    of: Literal["treatment", "control"] = "treatment"

    def on_analysis_scale(self, measure: str) -> tuple[float, float]:
        """Return (O - E) / V of the treatment arm, and V^-1/2."""
        v = float(self.variance)
        return (1 if self.of == "treatment" else -1) * float(self.o_minus_e) / v, v**-0.5


class PercentInArm(WithInterval):
    """A percentage of an arm, with its interval or standard error."""

    percent: BetweenNoneAndAll
    se: Positive | None = None  # in percentage points
    n: Size | None = None

    @check
    def _precise(self) -> Iterator[str]:
        if self.numbers is None and self.se is None:
            yield "a percentage requires its interval (ci, two numbers, in percent) or its se (in percentage points)"

    @check
    def _ordered(self) -> Iterator[str]:
        if self.numbers is None:
            return
        low, high = self.numbers
        if not 0 < low < high < 100:
            yield no_interval(low, high, "[low, high] in percent, above 0 and below 100")
        elif not low <= self.percent <= high:
            yield f"the interval {low} to {high} excludes its own percentage {self.percent}"

    @property
    def share(self) -> float:
        """The percentage as a proportion."""
        return float(self.percent) / 100

    @property
    def error(self) -> float:
        """The standard error of the proportion: as printed, or the width of the interval over twice its quantile."""
        if self.numbers is None:
            return float(self.se or 0) / 100
        low, high = (float(limit) / 100 for limit in self.numbers)
        return (high - low) / (2 * measures.ci_quantile(self.coverage))


class SurvivalInArm(PercentInArm):
    """The percentage of an arm without the event at a time (Kaplan-Meier)."""

    @property
    def log_hazard(self) -> tuple[float, float]:
        """The log cumulative hazard, log(-log S), and its standard error: symmetric there, as such intervals are."""
        here = log(-log(self.share))
        if self.numbers is None:
            return here, self.error / (self.share * -log(self.share))
        low, high = (log(-log(float(limit) / 100)) for limit in self.numbers)
        return here, (low - high) / (2 * measures.ci_quantile(self.coverage))


class Survival(TwoArms):
    """The Kaplan-Meier percentage without the event in each arm at one time.

    A hazard ratio follows under proportional hazards up to that time: log(-log S1) - log(-log S0), whose standard
    errors are those of the arms on that scale (Parmar 1998, Stat Med 17:2815-34, section 3.4). A risk difference is
    S1 - S0 and a risk ratio S1 / S0, of surviving without the event, and need no such assumption.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("hazard_ratio", "risk_difference", "risk_ratio")
    kind: Literal["survival"]
    time: str
    treatment: SurvivalInArm
    control: SurvivalInArm

    @property
    def sizes(self) -> ArmSizes | None:
        n1, n0 = self.treatment.n, self.control.n
        return None if n1 is None or n0 is None else ArmSizes(treatment=n1, control=n0)

    @property
    def control_survival(self) -> float:
        """The proportion of the control arm without the event at the time."""
        return self.control.share

    def _arms(self, measure: str) -> tuple[tuple[float, float], tuple[float, float]]:
        arms = by_arm(self).values()
        match measure:
            case "hazard_ratio":
                found = [arm.log_hazard for arm in arms]
            case "risk_ratio":
                found = [(log(arm.share), arm.error / arm.share) for arm in arms]
            case _:
                found = [(arm.share, arm.error) for arm in arms]
        return found[0], found[1]


def _reached(median: object) -> object:
    """Refuse a median that was not reached, and say what to enter in its place."""
    if isinstance(median, str) and median.strip().casefold() in NOT_ESTIMATED:
        instead = 'survival of both arms at one time (kind = "survival"), or the hazard ratio (kind = "estimate")'
        raise ValueError(f"a median that was not reached is unknown, and cannot be an estimate; enter {instead}")
    return median


class MedianInArm(WithInterval):
    """The median time to the event in one arm, with its interval, of which one limit may not have been reached.

    `ci = [30.2, "not reached"]` is a two-sided interval, as printed.
    """

    median: Annotated[Positive, BeforeValidator(_reached)]
    ci: LimitsOfTime | None = None
    n: Size | None = None

    @check
    def _ordered(self) -> Iterator[str]:
        if not self.gives_width:
            yield "a median requires its interval (ci, in the unit of the median), with a number for at least one limit"
            return
        low, high = self.ci or (None, None)
        if low == NOT_REACHED:
            yield f"ci begins with {NOT_REACHED!r}, which only an upper limit can be"
        elif not 0 < min(known := [limit for limit in (low, high) if isinstance(limit, Decimal)]) or (
            self.numbers is not None and known[0] >= known[1]
        ):
            yield no_interval(low, high, "[low, high], both above 0")
        elif self.excludes(self.median):
            yield f"the interval {self.said} excludes its own median {self.median}"

    @property
    def log_median(self) -> tuple[float, float]:
        """The log median and its standard error, from the width of the interval on the log scale.

        With one limit, the width is twice the distance of the log median from it.
        """
        return log(float(self.median)), self.width(self.median, "mean_ratio", None)


class MedianSurvival(TwoArms):
    """The median time to the event in each arm.

    A ratio of means is that of the medians where times are exponential or of one shape; the hazard ratio is its inverse
    under exponential times (Parmar 1998, Stat Med 17:2815-34, section 3.5), an assumption that the model states.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("hazard_ratio", "mean_ratio")
    kind: Literal["median_survival"]
    unit: str
    treatment: MedianInArm
    control: MedianInArm

    @property
    def sizes(self) -> ArmSizes | None:
        n1, n0 = self.treatment.n, self.control.n
        return None if n1 is None or n0 is None else ArmSizes(treatment=n1, control=n0)

    def _arms(self, measure: str) -> tuple[tuple[float, float], tuple[float, float]]:
        found = [arm.log_median for arm in by_arm(self).values()]
        turned = -1 if measure == "hazard_ratio" else 1
        (y1, s1), (y0, s0) = found
        return (turned * y1, s1), (turned * y0, s0)


class RestrictedMeanInArm(WithInterval):
    """The mean time without the event in one arm up to a horizon, with its interval or standard error."""

    mean: Positive
    se: Positive | None = None
    n: Size | None = None

    @check
    def _precise(self) -> Iterator[str]:
        if self.numbers is None and self.se is None:
            yield "a mean requires its interval (ci, two numbers) or its se, in the unit of the mean"
        elif self.numbers is not None and not self.numbers[0] <= self.mean <= self.numbers[1]:
            yield f"the interval {self.numbers[0]} to {self.numbers[1]} excludes its own mean {self.mean}"
        elif self.numbers is not None and not self.numbers[0] < self.numbers[1]:
            yield no_interval(*self.numbers)

    @property
    def error(self) -> float:
        """The standard error of the mean: from the width of the interval, or as printed."""
        if self.numbers is None:
            return float(self.se or 0)
        low, high = self.numbers
        return float(high - low) / (2 * measures.ci_quantile(self.coverage))


class RestrictedMeans(TwoArms):
    """The restricted mean survival time of each arm: the area under its Kaplan-Meier curve up to a stated time.

    Their difference is in the unit of time. The standard error of the logarithm of a mean, for their ratio, is the
    mean's own over the mean (the delta method; Uno et al. 2014, J Clin Oncol 32:2380-5).
    """

    measures: ClassVar[tuple[Measure, ...]] = ("mean_difference", "mean_ratio")
    kind: Literal["rmst"]
    until: Positive
    unit: str
    treatment: RestrictedMeanInArm
    control: RestrictedMeanInArm

    @check
    def _within_the_horizon(self) -> Iterator[str]:
        for arm, report in by_arm(self).items():
            if report.mean > self.until:
                over = f"exceeds the {self.until} {self.unit} up to which it is taken"
                yield f"the mean of the {arm} arm, {report.mean}, {over}"

    @property
    def sizes(self) -> ArmSizes | None:
        n1, n0 = self.treatment.n, self.control.n
        return None if n1 is None or n0 is None else ArmSizes(treatment=n1, control=n0)

    @property
    def pooled_sd(self) -> float | None:
        return self._sd_behind_the_difference()

    def _arms(self, measure: str) -> tuple[tuple[float, float], tuple[float, float]]:
        found = [(float(arm.mean), arm.error) for arm in by_arm(self).values()]
        if measure == "mean_ratio":
            found = [(log(mean), error / mean) for mean, error in found]
        return found[0], found[1]
