"""Reports of the same patients under both treatments: crossover, within-person and matched comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import log, sqrt
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base import measures
from bayes.base.closed import Closed, check
from bayes.base.measures import Measure, TestStatistic
from bayes.base.written_numbers import Count, Positive, Printed, PValue, Size, unbounded
from bayes.paper.evidence.arms import ArmSizes
from bayes.paper.evidence.effects import EffectAndError
from bayes.paper.evidence.reported import Reported

STANDARDISED: Measure = "standardised_mean_difference"
WithinPatient = Annotated[Printed, Field(gt=-1, lt=1)]


class MeanUnder(Closed):
    """The mean of all patients under one treatment, with its standard deviation or its standard error."""

    mean: Printed
    sd: Positive | None = None
    se: Positive | None = None

    @check
    def _once(self) -> Iterator[str]:
        if self.sd is not None and self.se is not None:
            yield "sd and se are both stated; accepted: one of them"

    def spread(self, n: int) -> float | None:
        """Return the standard deviation of n patients, from its own or from the standard error; None without either."""
        if self.se is not None:
            return float(self.se) * sqrt(n)
        return None if self.sd is None else float(self.sd)


class WithinDifference(Closed):
    """The precision of the mean difference within patients: an SD, a standard error, or the p of a paired t test."""

    sd: Positive | None = None
    se: Positive | None = None
    p: PValue | None = None

    @check
    def _one_of_them(self) -> Iterator[str]:
        stated = [name for name in ("sd", "se", "p") if getattr(self, name) is not None]
        if len(stated) != 1:
            found = " and ".join(stated) or "nothing"
            yield f"{found} stated; accepted: one of sd, se or p of the differences within patients"
        if isinstance(self.p, str) and self.p.startswith(">"):
            yield f"{self.p} leaves the standard error open; accepted: a number, or a bound from above"


class PairedMeans(EffectAndError):
    """The means of the same n patients under both treatments, and how the two results of a patient are related.

    With standard deviations s1 and s0 and the correlation r within patients, the difference of the means has the
    standard error sqrt((s1^2 + s0^2 - 2 r s1 s0) / n) with n - 1 degrees of freedom (Elbourne et al. 2002, Int J
    Epidemiol 31:140-9); what is printed of the differences themselves (`difference`) is used in preference. A
    standardised difference is in units of the root mean square of s1 and s0 (Bonett 2008, Psychol Methods 13:99-109).
    """

    measures: ClassVar[tuple[Measure, ...]] = ("mean_difference", STANDARDISED)
    kind: Literal["paired_means"]
    n: Annotated[Size, Field(ge=2)]
    treatment: MeanUnder
    control: MeanUnder
    difference: WithinDifference | None = None
    correlation: WithinPatient | None = None

    @check
    def _related(self) -> Iterator[str]:
        if self.difference is None and self.correlation is None:
            yield (
                "nothing says how the two results of a patient are related; required: the correlation within patients, "
                "or difference = { sd = ... }, { se = ... } or { p = ... }"
            )
        elif self.difference is None and self.spreads is None:
            yield "a correlation requires sd (or se) under both treatments"
        elif self.difference is not None and self.difference.p is not None and self._gap == 0:
            yield "a p-value does not imply a standard error if the means are equal; state sd or se of the differences"
        elif self.difference is not None and self.difference.p == 1:
            yield "a p-value of 1 does not imply a standard error if the means differ"

    @property
    def _gap(self) -> float:
        return float(self.treatment.mean - self.control.mean)

    @property
    def spreads(self) -> tuple[float, float] | None:
        """The standard deviations of patients under treatment and control; None if one of them is not printed."""
        s1, s0 = self.treatment.spread(self.n), self.control.spread(self.n)
        return None if s1 is None or s0 is None else (s1, s0)

    @property
    def pooled_sd(self) -> float | None:
        """The root mean square of both standard deviations; None if one of them is not printed."""
        return None if self.spreads is None else sqrt(sum(s**2 for s in self.spreads) / 2)

    @property
    def assumes_correlation(self) -> bool:
        """Return whether the precision rests on the stated correlation, and not on what is printed of differences."""
        return self.difference is None

    @property
    def error_is_bound(self) -> bool:
        """Return whether the standard error is the largest that a bound on the p-value allows."""
        return self.difference is not None and isinstance(self.difference.p, str)

    @property
    def error(self) -> float:
        """The standard error of the mean difference, in the unit of the means."""
        printed = self.difference
        if printed is not None and printed.p is not None:
            return measures.se_from_p(self._gap, float(unbounded(printed.p)), self.n - 1)
        if printed is not None and printed.se is not None:
            return float(printed.se)
        if printed is not None and printed.sd is not None:
            return float(printed.sd) / sqrt(self.n)
        if self.spreads is None or self.correlation is None:
            raise LookupError("nothing says how the two results of a patient are related")
        (s1, s0), r = self.spreads, float(self.correlation)
        return sqrt((s1**2 + s0**2 - 2 * r * s1 * s0) / self.n)

    @property
    def implied_correlation(self) -> float | None:
        """The correlation within patients that the precision of the differences implies, or the stated one."""
        if self.difference is None:
            return None if self.correlation is None else float(self.correlation)
        if self.spreads is None:
            return None
        s1, s0 = self.spreads
        return (s1**2 + s0**2 - self.n * self.error**2) / (2 * s1 * s0)

    def on_analysis_scale(self, measure: str) -> tuple[float, float]:
        """Return the mean difference with its standard error, or the standardised difference with its own."""
        return self._standardised if measure == STANDARDISED else (self._gap, self.error)

    @property
    def _standardised(self) -> tuple[float, float]:
        """The difference over the root mean square SD, times 1 - 3/(4 nu - 1), and Bonett's standard error."""
        unit = self.pooled_sd
        if self.spreads is None or unit is None or self.implied_correlation is None:
            raise LookupError("a standardised difference requires both standard deviations")
        (s1, s0), nu = self.spreads, self.n - 1
        r = min(max(self.implied_correlation, -1.0), 1.0)
        g = (1 - 3 / (4 * nu - 1)) * self._gap / unit
        of_unit = g**2 * (s1**4 + s0**4 + 2 * (r * s1 * s0) ** 2) / (8 * unit**4)
        return g, sqrt((self.n * (self.error / unit) ** 2 + of_unit) / nu)

    def statistic(self, measure: str) -> TestStatistic:
        """Return Student-t with n - 1 degrees of freedom; normal for a standardised difference."""
        return TestStatistic() if measure == STANDARDISED else TestStatistic(float(self.n - 1), central=True)

    @property
    def two_sided_p(self) -> float | None:
        p = None if self.difference is None else self.difference.p
        return float(p) if isinstance(p, Decimal) else None


class PairedCounts(Reported):
    """How many patients had the event under both treatments, under one only, and under neither; pairs if matched.

    Only patients who differ (discordant pairs) inform the conditional odds ratio: of b with the event under treatment
    only and c under control only, b is binomial with log odds theta (McNemar 1947, Psychometrika 12:153-7).
    """

    measures: ClassVar[tuple[Measure, ...]] = ("odds_ratio",)
    kind: Literal["paired_counts"]
    treatment_only: Count
    control_only: Count
    both: Count | None = None
    neither: Count | None = None

    @check
    def _informs(self) -> Iterator[str]:
        if not self.discordant:
            yield "no patient had the event under one treatment only, so that the odds ratio is not informed; omit it"

    @property
    def discordant(self) -> int:
        """The patients with the event under one treatment only."""
        return self.treatment_only + self.control_only

    @property
    def n(self) -> int | None:
        """All patients, or pairs; None if those who did not differ are not printed."""
        return None if self.both is None or self.neither is None else self.discordant + self.both + self.neither

    @property
    def sizes(self) -> ArmSizes | None:
        """None: the patients of one treatment are those of the other."""
        return None

    def standard_error(self, measure: str) -> float | None:
        b, c = self.treatment_only, self.control_only
        return sqrt(1 / b + 1 / c) if b and c else None

    def own_estimate(self, measure: str) -> tuple[float, float] | None:
        """Return the log of b / c and its standard error, or None if either is 0."""
        s = self.standard_error(measure)
        return None if s is None else (log(self.treatment_only / self.control_only), s)

    def why_no_estimate(self, measure: str) -> str | None:
        if self.standard_error(measure) is not None:
            return None
        name = "control" if self.treatment_only else "treatment"
        return f"no patient had the event under {name} only: there is a bound, not an estimate"
