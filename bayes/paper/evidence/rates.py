"""Rates, mean counts and percentages of each arm as a model gives them: with a precision, without what was counted."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log, sqrt
from typing import ClassVar, Literal

from bayes.base import measures
from bayes.base.closed import check
from bayes.base.measures import Measure
from bayes.base.written_numbers import Positive, Size
from bayes.paper.evidence.arms import ArmSizes, by_arm
from bayes.paper.evidence.effects import TwoArms
from bayes.paper.evidence.limits import WithInterval, no_interval
from bayes.paper.evidence.survival import PercentInArm


class RateInArm(WithInterval):
    """The rate of events in one arm, or their mean number, with its interval or standard error."""

    rate: Positive
    se: Positive | None = None  # in the unit of the rate
    n: Size | None = None

    @check
    def _precise(self) -> Iterator[str]:
        if self.numbers is None and self.se is None:
            yield "a rate requires its interval (ci, two numbers) or its se, in the unit of the rate"

    @check
    def _ordered(self) -> Iterator[str]:
        if self.numbers is None:
            return
        low, high = self.numbers
        if not 0 < low < high:
            yield no_interval(low, high, "[low, high], both above 0, or the se in its place")
        elif not low <= self.rate <= high:
            yield f"the interval {low} to {high} excludes its own rate {self.rate}"

    @property
    def relative_error(self) -> float:
        """The standard error of the log rate, which is that of the rate over the rate (the delta method).

        The interval is read on the scale on which the rate is nearer to its centre: the log scale, as for a model of
        counts and for the limits of a Poisson rate, or the rate's own, as for a mean with a normal interval.
        """
        rate = float(self.rate)
        if self.numbers is None:
            return float(self.se or 0) / rate
        low, high = (float(limit) for limit in self.numbers)
        width = 2 * measures.ci_quantile(self.coverage)
        if abs(rate - sqrt(low * high)) <= abs(rate - (low + high) / 2):
            return log(high / low) / width
        return (high - low) / (width * rate)


class Rates(TwoArms):
    """The rate of events in each arm per `per`, such as "100 person-years"; of a mean count, per "patient".

    The logarithms of the rates are compared for a rate ratio, and the rates for their difference, which is in their
    unit; the arms are independent. The standard error of a log rate is that of the rate over the rate (Rothman,
    Greenland and Lash 2008, Modern Epidemiology, chapter 14).
    """

    measures: ClassVar[tuple[Measure, ...]] = ("rate_ratio", "rate_difference")
    kind: Literal["rates"]
    per: str
    treatment: RateInArm
    control: RateInArm

    @property
    def sizes(self) -> ArmSizes | None:
        n1, n0 = self.treatment.n, self.control.n
        return None if n1 is None or n0 is None else ArmSizes(treatment=n1, control=n0)

    def _arms(self, measure: str) -> tuple[tuple[float, float], tuple[float, float]]:
        found = [(float(arm.rate), arm.relative_error) for arm in by_arm(self).values()]
        if measure == "rate_difference":
            found = [(rate, rate * s) for rate, s in found]
        else:
            found = [(log(rate), s) for rate, s in found]
        return found[0], found[1]


class ModelledPercent(PercentInArm):
    """The percentage of an arm with the event, such as an adjusted one or one of multiply imputed patients."""

    @property
    def error_of_log_odds(self) -> float:
        """The standard error of the log odds, which is that of the proportion p over p (1 - p) (the delta method).

        The interval is read on the scale on which the percentage is nearer to its centre: the log odds, as for a
        logistic model, or the percentage's own.
        """
        p = self.share
        if self.numbers is not None:
            low, high = (float(limit) / 100 for limit in self.numbers)
            odds = [log(share / (1 - share)) for share in (low, high)]
            if abs(p - 1 / (1 + exp(-sum(odds) / 2))) <= abs(p - (low + high) / 2):
                return measures.se_from_ci(odds[0], odds[1], self.coverage)
        return self.error / (p * (1 - p))


class Percentages(TwoArms):
    """The percentage of persons with the event in each arm, without the number of persons in which it was counted.

    A risk difference, a risk ratio and an odds ratio follow from the arms, which are independent. With denominators,
    counts (`binary`) are exact.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("risk_difference", "risk_ratio", "odds_ratio")
    kind: Literal["percentages"]
    treatment: ModelledPercent
    control: ModelledPercent

    @property
    def sizes(self) -> ArmSizes | None:
        n1, n0 = self.treatment.n, self.control.n
        return None if n1 is None or n0 is None else ArmSizes(treatment=n1, control=n0)

    def _arms(self, measure: str) -> tuple[tuple[float, float], tuple[float, float]]:
        found = [(arm.share, arm.error_of_log_odds) for arm in by_arm(self).values()]
        match measure:
            case "odds_ratio":
                found = [(log(p / (1 - p)), s) for p, s in found]
            case "risk_ratio":
                found = [(log(p), s * (1 - p)) for p, s in found]
            case _:
                found = [(p, s * p * (1 - p)) for p, s in found]
        return found[0], found[1]
