"""Reports without an effect: nothing but a p-value, or nothing but a statement about significance."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base import measures
from bayes.base.closed import Closed, check
from bayes.base.measures import TestStatistic
from bayes.base.written_numbers import DegreesOfFreedom, Level, Positive, Printed, PValue, unbounded
from bayes.paper.evidence.arms import ArmSizes, Favours, Reference, Test

NO_DIRECTION = "the report does not say which arm it favours"


class _Bare(Closed):
    """What a bare p-value and a bare statement of significance share."""

    measures: ClassVar = tuple(m for m in measures.MEASURES if m != "proportion")
    favours: Favours
    se: Positive | None = None
    n: ArmSizes | None = None
    reference: Reference | None = None
    test: Test = "unknown"
    df: DegreesOfFreedom | None = None
    sides: Literal[1, 2] = 2
    scale_sd: Literal["raw", "residual"] | None = None
    rho: Annotated[Printed, Field(ge=0, lt=1)] | None = None

    @check
    def _directed(self) -> Iterator[str]:
        if self.se is None and self.n is None:
            yield "either se (on the analysis scale) or n per arm is needed"
        if self.test == "chi2" and self.df is not None and self.df > 1:
            yield f"a chi-square with {self.df} degrees of freedom has no direction and says nothing of an effect"
        if self.sides == 1 and self.favours == "unknown":
            yield "a one-sided p-value has a direction: say which arm it favours"
        if self.rho is not None and self.scale_sd != "residual":
            yield 'rho turns residual into raw standard deviations: it needs scale_sd = "residual"'
        if self.upper_tail == 1:
            yield "a one-sided p-value of 1 has no finite test statistic"

    @property
    def upper_tail(self) -> float:
        """Probability, without an effect, of a statistic above the reported (or the critical) one."""
        reported = self.p if self.kind == "p_value" else self.alpha
        return float(unbounded(reported)) / self.sides

    def standard_error(self, measure: str) -> float | None:
        """As printed; else Whitehead's (ordinal, with the named reference) or sqrt(1/n1 + 1/n0) (SMD)."""
        if self.se is not None:
            return float(self.se)
        if measure == "common_odds_ratio" and self.reference is not None:
            shares = [float(s) for s in self.reference.shares]
            return measures.whitehead_information(shares, self.n.treatment, self.n.control) ** -0.5
        if measure == "standardised_mean_difference":
            return self._to_raw * measures.se_standardised_mean_difference(self.n.treatment, self.n.control)
        return None

    @property
    def _to_raw(self) -> float:
        """What turns residual into raw standard deviations: sqrt(1 - rho^2) where rho is stated (METHODS 5)."""
        return 1.0 if self.rho is None else (1 - float(self.rho) ** 2) ** 0.5

    @property
    def in_residual_units(self) -> bool:
        """Whether a standardised effect is in residual standard deviations that were not turned into raw ones."""
        return self.scale_sd == "residual" and self.rho is None

    def own_estimate(self, measure: str) -> None:
        """None: no effect is printed."""
        return None

    def statistic(self, measure: str) -> TestStatistic:
        """How the test statistic behind the report is distributed (METHODS 5).

        With `df` stated it is a Student-t: central beside a printed standard error, noncentral where the standard error
        of a standardised mean difference follows from n. Without, n - 2 below 102 patients for the latter, else normal.
        """
        df = None if self.df is None or self.test == "chi2" else float(self.df)
        if measure != "standardised_mean_difference" or self.se is not None:
            return TestStatistic(df, central=df is not None)
        small = self.n.total - 2 < 100
        return TestStatistic(float(self.n.total - 2) if df is None and small else df)


class BareP(_Bare):
    """Nothing but a p-value."""

    kind: Literal["p_value"]
    p: PValue

    def why_no_estimate(self, measure: str) -> str | None:
        """Why what is printed is no test statistic and its side; None where it is."""
        if self.favours == "unknown":
            return NO_DIRECTION
        return "only a bound of the p-value is printed: there is a bound, not an estimate" if self.p_is_bound else None

    @property
    def p_is_bound(self) -> bool:
        """Whether only a bound is printed, such as "<0.001" or ">0.99"."""
        return isinstance(self.p, str)

    @property
    def falls_short(self) -> bool:
        """Whether all that is known is that the test statistic does not reach the one of the bound: p above it."""
        return str(self.p).startswith(">")

    @check
    def _bounded_on_a_side_that_tells(self) -> Iterator[str]:
        if self.falls_short and self.sides == 1:
            yield "a one-sided p-value above a bound may lie on either side: state its two-sided value"


class Significance(_Bare):
    """Nothing but "p < 0.05" or "no significant difference"."""

    kind: Literal["significance"]
    significant: bool
    alpha: Level = Decimal("0.05")

    @property
    def falls_short(self) -> bool:
        """Whether all that is known is that the test statistic does not reach the critical one."""
        return not self.significant

    def why_no_estimate(self, measure: str) -> str:
        return (
            NO_DIRECTION
            if self.favours == "unknown"
            else "being significant or not bounds an effect, and estimates none"
        )
