"""The evidence kinds, that is, what papers print: a closed union, discriminated by `kind`.

Each kind keeps the numbers as printed and rejects impossible ones. `bayes.base.measures` converts numbers to the
analysis scale; the likelihoods of each kind are in `models/likelihoods`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, ValidationError, model_validator

from bayes.base import measures
from bayes.base.closed import check
from bayes.base.measures import Measure, TestStatistic
from bayes.base.written_numbers import DegreesOfFreedom, Percent, Positive, Printed, PValue, unbounded
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.evidence.arms import Arm, ArmSizes
from bayes.paper.evidence.bare_tests import BareP, BareTest, Significance
from bayes.paper.evidence.censored_counts import CensoredCounts
from bayes.paper.evidence.counts import Binary, Events, SingleProportion
from bayes.paper.evidence.curves import DigitisedCurve
from bayes.paper.evidence.days_free import DaysFree
from bayes.paper.evidence.design import Benefit, Compares, IntervalMethod
from bayes.paper.evidence.effects import EffectAndError
from bayes.paper.evidence.geometric_means import GeometricMeans
from bayes.paper.evidence.limits import WithInterval, no_interval, value_of
from bayes.paper.evidence.means import Means
from bayes.paper.evidence.medians import Medians
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut, OrdinalTable
from bayes.paper.evidence.paired import PairedCounts, PairedMeans
from bayes.paper.evidence.percent_reductions import as_ratio
from bayes.paper.evidence.posteriors import ACCEPTED_PRIORS, problem_of, without_prior
from bayes.paper.evidence.rates import Percentages, Rates
from bayes.paper.evidence.reported import Reported, Tested
from bayes.paper.evidence.survival import LogRank, MedianSurvival, RestrictedMeans, Survival

__all__ = [
    "BY_KIND",
    "AdverseEvents",
    "BareP",
    "BareTest",
    "Binary",
    "CensoredCounts",
    "DigitisedCurve",
    "DaysFree",
    "EffectAndError",
    "Estimate",
    "Events",
    "Evidence",
    "GeometricMeans",
    "LogRank",
    "Means",
    "MedianSurvival",
    "Medians",
    "Ordinal",
    "OrdinalCut",
    "OrdinalTable",
    "PairedCounts",
    "PairedMeans",
    "Percentages",
    "PrintedResult",
    "Rates",
    "Reported",
    "RestrictedMeans",
    "Significance",
    "SingleProportion",
    "Survival",
    "Tested",
    "of_kind",
]


Probability = Annotated[Printed, Field(gt=0, lt=1)]


class Estimate(WithInterval, EffectAndError):
    """The paper's own effect, with an interval, a standard error (analysis scale) or a p-value.

    A p-value may be a bound, "<0.001": the standard error is then the largest that it allows. `printed_as` reads a
    ratio printed as a percent reduction (`1 - ratio`, as vaccine efficacy is) or a win odds printed as a probability.
    With `prior`, the estimate and its credible interval are a posterior, whose prior is undone (see `posteriors`);
    `probability` is the printed posterior probability of benefit, which `bayes check` compares with them.

    If several of these are printed, the interval takes precedence, then the standard error; the others are checked but
    not used. An interval may have a single limit, or a bound in place of the other (see `limits`); if neither limit is
    a number, the standard error or the p-value is used.
    """

    measures: ClassVar[tuple[Measure, ...]] = tuple(m for m in measures.MEASURES if m != "proportion")
    kind: Literal["estimate"]
    estimate: Printed
    se: Positive | None = None
    p: PValue | None = None
    df: DegreesOfFreedom | None = None
    compares: Compares = "treatment_vs_control"
    test: str | None = None
    interval: IntervalMethod | None = None
    prior: str | None = None
    probability: Probability | None = None
    printed_as: Literal["percent_reduction", "win_probability"] | None = None
    as_printed: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_ratio(cls, data: object) -> object:
        return as_ratio(data) if isinstance(data, dict) and "printed_as" in data else data

    @check
    def _undoes_its_prior(self) -> Iterator[str]:
        if self.prior is not None and (problem := problem_of(self.prior)) is not None:
            yield f"prior {self.prior!r}: {problem}; accepted: {ACCEPTED_PRIORS}"

    @check
    def _complete(self) -> Iterator[str]:
        if not self.gives_width and self.se is None and (self.p is None or str(self.p).startswith(">")):
            lacks = "nothing implies a standard error" if self.ci is None else "no limit of this ci is a number"
            yield f'{lacks}; an estimate requires one of ci, se or p (a number, or a bound such as "<0.001")'

    @check
    def _ordered(self) -> Iterator[str]:
        ci = self.ci or (None, None)
        low, high = (value_of(limit) for limit in ci)
        if low is not None and high is not None and not low < high:
            yield no_interval(*ci)
        elif self.excludes(self.estimate):
            yield f"the interval {self.said} excludes its own estimate {self.estimate}"

    def on_analysis_scale(self, measure: str) -> tuple[float, float]:
        """Return the effect of treatment against control and its standard error, on the analysis scale (METHODS 1)."""
        y = measures.to_analysis(float(self.estimate), measure)
        df = None if self.df is None else float(self.df)
        if self.gives_width:
            s = self.width(self.estimate, measure, df)
        elif self.se is not None:
            s = float(self.se)
        elif self.p is not None:
            s = measures.se_from_p(y, float(unbounded(self.p)), df)
        else:
            raise LookupError("nothing implies a standard error")
        if self.prior is not None:
            y, s = without_prior(y, s, self.prior)
        return (-y if self.compares == "control_vs_treatment" else y), s

    @property
    def error_is_bound(self) -> bool:
        """Return whether the standard error is the largest that a bound on the p-value allows."""
        return not self.gives_width and self.se is None and isinstance(self.p, str)

    @property
    def two_sided_p(self) -> float | None:
        return float(self.p) if isinstance(self.p, Decimal) else None

    def statistic(self, measure: str) -> TestStatistic:
        """Return the distribution of the estimate over its standard error: Student-t if `df` is stated, else normal."""
        return TestStatistic(None if self.df is None else float(self.df), central=self.df is not None)


Evidence = Annotated[
    Ordinal
    | OrdinalCut
    | Binary
    | CensoredCounts
    | Events
    | Means
    | GeometricMeans
    | Medians
    | PairedMeans
    | PairedCounts
    | DaysFree
    | Estimate
    | LogRank
    | Survival
    | MedianSurvival
    | RestrictedMeans
    | DigitisedCurve
    | Rates
    | Percentages
    | BareP
    | Significance
    | SingleProportion
    | AdverseEvents,
    Field(discriminator="kind"),
]


BY_KIND: dict[str, type[Reported]] = {
    get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in get_args(get_args(Evidence)[0])
}
"""Every class of evidence by the name of its kind in files."""


def of_kind[Kind: Reported](evidence: Evidence, kind: type[Kind]) -> Kind:
    """Return evidence as the one kind that a caller reads, typed as such.

    Parameters
    ----------
    evidence : Evidence
    kind : type
        A class of evidence, for example `Binary`.

    Raises
    ------
    TypeError
        If the evidence is of another kind: its card or likelihood was chosen wrongly.
    """
    if not isinstance(evidence, kind):
        raise TypeError(f"{evidence.kind} evidence where {kind.__name__} was expected")
    return evidence


class PrintedResult(WithInterval):
    """A further report of the same comparison: used for checking, never as a second likelihood.

    Fields that are not stated are inherited from the outcome (`measure`, `adjusted`, `interval`, `stratified`,
    `benefit`) or from its evidence (`compares`). A hazard ratio of death printed with the odds of survival, for
    example, needs its own `benefit`. `n` is the denominator of the percentages if it differs from the evidence's.
    """

    measure: Measure | None = None
    estimate: Printed | None = None
    se: Positive | None = None
    p: PValue | None = None
    df: DegreesOfFreedom | None = None
    adjusted: bool | None = None
    test: str | None = None
    compares: Compares | None = None
    benefit: Benefit | None = None
    interval: IntervalMethod | None = None
    stratified: bool | None = None
    percent: dict[Arm, Percent] | None = None
    n: ArmSizes | None = None
    source: str | None = None
    notes: str | None = None

    def as_estimate(self) -> Estimate | None:
        """Return the same numbers as evidence, or None if they do not give an effect with a standard error."""
        names = ("estimate", "ci", "level", "se", "p", "df", "test", "interval")
        data = {name: getattr(self, name) for name in names}
        try:
            found = Estimate(kind="estimate", compares=self.compares or "treatment_vs_control", **data)
        except ValidationError:
            return None
        return None if found.error_is_bound else found
