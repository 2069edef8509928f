"""Reports without an effect: a p-value alone, or a statement about significance alone (METHODS 5)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from decimal import Decimal
from math import sqrt
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base import measures
from bayes.base.closed import Closed, check
from bayes.base.measures import Measure, TestStatistic
from bayes.base.written_numbers import Count, DegreesOfFreedom, Level, Positive, Printed, PValue, unbounded
from bayes.paper.evidence.arms import ArmSizes, Favours, Reference, Test
from bayes.paper.evidence.reported import Tested

OF_RISK = ("odds_ratio", "risk_ratio", "risk_difference")
NO_DIRECTION = "the report does not say which arm it favours"


Happened = Annotated[Count, Field(ge=1)]


class EventsOfArms(Closed):
    """The number of events, or of persons with the event, in each arm; without any, no standard error follows."""

    treatment: Happened
    control: Happened


class BareTest(Tested):
    """A report without an effect: what a bare p-value and a bare statement about significance have in common."""

    measures: ClassVar[tuple[Measure, ...]] = tuple(m for m in measures.MEASURES if m != "proportion")
    favours: Favours
    se: Positive | None = None
    n: ArmSizes | None = None
    events: EventsOfArms | Happened | None = None
    reference: Reference | None = None
    test: Test = "unknown"
    df: DegreesOfFreedom | None = None
    sides: Literal[1, 2] = 2
    scale_sd: Literal["raw", "residual"] | None = None
    rho: Annotated[Printed, Field(ge=0, lt=1)] | None = None

    @check
    def _directed(self) -> Iterator[str]:
        if self.se is None and self.n is None and self.events is None:
            yield "neither se, n nor events is stated; se (on the analysis scale), n or events per arm is required"
        if self.test == "chi2" and self.df is not None and self.df > 1:
            yield f"a chi-square test with {self.df} degrees of freedom has no direction; accepted: 1"
        if self.sides == 1 and self.favours == "unknown":
            yield 'favours is "unknown", but a one-sided p-value has a direction; accepted: "treatment", "control"'
        if self.rho is not None and self.scale_sd != "residual":
            yield 'rho converts residual to raw standard deviations and requires scale_sd = "residual"'
        if self.upper_tail == 1:
            yield "a one-sided p-value of 1 has no finite test statistic"

    @property
    def upper_tail(self) -> float:
        """The probability, under no effect, of a statistic above the reported (or the critical) value."""
        return float(self.reported_p) / self.sides

    @property
    @abstractmethod
    def reported_p(self) -> Decimal:
        """The p-value, its bound, or the level of significance that it was compared with."""

    @property
    def is_exact(self) -> bool:
        """Return whether the p-value itself is reported, not only whether the statistic passes a known value."""
        return False

    @property
    @abstractmethod
    def falls_short(self) -> bool:
        """Return whether the report says that the test statistic does not reach a known value."""

    @property
    def sizes(self) -> ArmSizes | None:
        return self.n

    @property
    def direction_unknown(self) -> bool:
        return self.favours == "unknown"

    def why_no_estimate(self, measure: str) -> str | None:
        """Return why there is no signed test statistic, or None if there is one."""
        return NO_DIRECTION if self.direction_unknown else self._only_a_bound

    @property
    @abstractmethod
    def _only_a_bound(self) -> str | None:
        """The reason why the report gives a bound on the test statistic, or None if it gives its value."""

    def standard_error(self, measure: str) -> float | None:
        """Return the standard error on the analysis scale, or None if the report does not imply one.

        It is the printed one; otherwise that of the events (hazard and rate ratio; with n, of risks), Whitehead's, with
        the reference distribution (common odds ratio), or sqrt(1/n1 + 1/n0) (standardised mean difference).
        """
        if self.se is not None:
            return float(self.se)
        if self.events is not None and measure in ("hazard_ratio", "rate_ratio"):
            return self._error_of_events(self.events)
        if self.n is None:
            return None
        if measure in OF_RISK:
            return self._error_of_risks(measure, self.n)
        if measure == "common_odds_ratio" and self.reference is not None:
            shares = [float(s) for s in self.reference.shares]
            return float(measures.whitehead_information(shares, self.n.treatment, self.n.control) ** -0.5)
        if measure == "standardised_mean_difference":
            return self._to_raw * measures.se_standardised_mean_difference(self.n.treatment, self.n.control)
        return None

    def _error_of_events(self, events: EventsOfArms | int) -> float:
        """Return V^-1/2 of a log-rank test near no effect (Parmar 1998, Stat Med 17:2815-34, equations 6 and 7).

        V = d1 d0 / (d1 + d0) with the events of both arms; with their total d alone, V = d n1 n0 / (n1 + n0)^2, or
        d / 4 for arms of one size.
        """
        if isinstance(events, EventsOfArms):
            return sqrt(1 / events.treatment + 1 / events.control)
        share = 0.5 if self.n is None else self.n.treatment / self.n.total
        return 1 / sqrt(events * share * (1 - share))

    def _error_of_risks(self, measure: str, n: ArmSizes) -> float | None:
        """Return the standard error of a comparison of risks near no effect, from the events of both arms together.

        With p of all patients affected it is that of the score test, sqrt(p (1 - p) (1/n1 + 1/n0)) for a difference of
        risks, over p (1 - p) for a log odds ratio and over p for a log risk ratio.
        """
        events = self.events if isinstance(self.events, int) else None
        if events is None or events >= n.total:
            return None
        p = events / n.total
        unit = sqrt(p * (1 - p) * (1 / n.treatment + 1 / n.control))
        return unit / {"odds_ratio": p * (1 - p), "risk_ratio": p, "risk_difference": 1.0}[measure]

    @property
    def _to_raw(self) -> float:
        """The factor from residual to raw standard deviations, sqrt(1 - rho^2) if rho is stated (METHODS 5)."""
        return 1.0 if self.rho is None else (1 - float(self.rho) ** 2) ** 0.5

    @property
    def in_residual_units(self) -> bool:
        return self.scale_sd == "residual" and self.rho is None

    def statistic(self, measure: str) -> TestStatistic:
        """Return the distribution of the test statistic behind the report (METHODS 5).

        If `df` is stated it is Student-t: central with a printed standard error, noncentral if the standard error of a
        standardised mean difference follows from n. In the latter case `df` is n - 2 by default below 102 patients. In
        all other cases the statistic is normal.
        """
        df = None if self.df is None or self.test == "chi2" else float(self.df)
        if measure != "standardised_mean_difference" or self.se is not None or self.n is None:
            return TestStatistic(df, central=df is not None)
        small = self.n.total - 2 < 100
        return TestStatistic(float(self.n.total - 2) if df is None and small else df)


class BareP(BareTest):
    """A p-value alone."""

    kind: Literal["p_value"]
    p: PValue

    @property
    def reported_p(self) -> Decimal:
        return unbounded(self.p)

    @property
    def is_exact(self) -> bool:
        return not self.p_is_bound

    @property
    def two_sided_p(self) -> float | None:
        if self.p_is_bound:
            return None
        p = float(self.reported_p)
        return p if self.sides == 2 else 2 * min(p, 1 - p)

    @property
    def _only_a_bound(self) -> str | None:
        return "only a bound on the p-value is printed: there is a bound, not an estimate" if self.p_is_bound else None

    @property
    def p_is_bound(self) -> bool:
        """Return whether only a bound is printed, such as "<0.001" or ">0.99"."""
        return isinstance(self.p, str)

    @property
    def falls_short(self) -> bool:
        return str(self.p).startswith(">")

    @check
    def _bounded_on_a_side_that_tells(self) -> Iterator[str]:
        if self.falls_short and self.sides == 1:
            yield "a one-sided p-value above a bound leaves the direction open; state the two-sided p-value"


class Significance(BareTest):
    """A statement about significance alone: "p < 0.05", or "no significant difference"."""

    kind: Literal["significance"]
    significant: bool
    alpha: Level = Decimal("0.05")

    @property
    def reported_p(self) -> Decimal:
        return self.alpha

    @property
    def falls_short(self) -> bool:
        return not self.significant

    @property
    def _only_a_bound(self) -> str:
        return "a statement about significance gives a bound, not an estimate"
