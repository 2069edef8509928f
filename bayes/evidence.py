"""What papers print: the evidence kinds, a closed union on `kind`.

Each kind keeps the numbers as printed and refuses what cannot be true. What a number means on the analysis scale
is said in `effects`; how it meets a prior is said by the likelihood of the same evidence under `models/`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from bayes import effects
from bayes.arms import (
    ArmSizes,
    Count,
    EventsInArm,
    Favours,
    Level,
    MeanInArm,
    PersonsInArm,
    Positive,
    PValue,
    Reference,
    Size,
    Test,
)
from bayes.ordinal import Ordinal, OrdinalCut
from bayes.reading import Closed, Printed


class Binary(Closed):
    """Persons with the event in each arm."""

    measures: ClassVar = ("odds_ratio", "risk_ratio", "risk_difference")
    kind: Literal["binary"]
    treatment: PersonsInArm
    control: PersonsInArm

    @property
    def no_event(self) -> bool:
        return self.treatment.events == self.control.events == 0

    def standard_error(self, measure: str) -> float | None:
        formula = {
            "odds_ratio": effects.se_log_odds_ratio,
            "risk_ratio": effects.se_log_risk_ratio,
            "risk_difference": effects.se_risk_difference,
        }[measure]
        return formula(self.treatment.events, self.treatment.n, self.control.events, self.control.n)


class Events(Closed):
    """Total event counts per arm; the number of persons with an event identifies the over-dispersion."""

    measures: ClassVar = ("rate_ratio",)
    kind: Literal["events"]
    treatment: EventsInArm
    control: EventsInArm
    per: str | None = None
    dispersion: Literal["negative_binomial", "poisson"] = "negative_binomial"

    @model_validator(mode="after")
    def _alike(self) -> Events:
        for field in ("persons", "exposure"):
            if (getattr(self.treatment, field) is None) != (getattr(self.control, field) is None):
                raise ValueError(f"{field} must be given for both arms or for neither")
        if self.per and self.treatment.exposure is None:
            raise ValueError("`per` names the unit of exposure, but no exposure is given")
        return self

    @property
    def no_event(self) -> bool:
        return self.treatment.events == self.control.events == 0

    @property
    def relative_exposure(self) -> tuple[float, float]:
        """Exposure per arm in average participant follow-ups, so that the unit of time cannot matter."""
        t, c = self.treatment, self.control
        if t.exposure is None or c.exposure is None:
            return float(t.n), float(c.n)
        average = (t.exposure + c.exposure) / (t.n + c.n)
        return float(t.exposure / average), float(c.exposure / average)

    def standard_error(self, measure: str) -> None:
        """None: with counts alone the standard error depends on a dispersion nobody printed."""
        return None


class Means(Closed):
    """Mean, standard deviation and n of each arm."""

    measures: ClassVar = ("mean_difference", "standardised_mean_difference")
    kind: Literal["means"]
    treatment: MeanInArm
    control: MeanInArm

    @property
    def pooled_sd(self) -> float:
        t, c = self.treatment, self.control
        return effects.pooled_sd(float(t.sd), t.n, float(c.sd), c.n)

    def standard_error(self, measure: str) -> float:
        t, c = self.treatment, self.control
        s = (float(t.sd) ** 2 / t.n + float(c.sd) ** 2 / c.n) ** 0.5
        return s if measure == "mean_difference" else s / self.pooled_sd


class Estimate(Closed):
    """The paper's own effect with an interval, a standard error (analysis scale) or a p-value.

    Where several are printed the interval is used, then the standard error; the rest is checked, never used twice.
    """

    measures: ClassVar = tuple(m for m in effects.MEASURES if m != "proportion")
    kind: Literal["estimate"]
    estimate: Printed
    ci: tuple[Printed, Printed] | None = None
    level: Level = Decimal("0.95")
    se: Positive | None = None
    p: PValue | None = None
    df: Positive | None = None
    compares: Literal["treatment_vs_control", "control_vs_treatment"] = "treatment_vs_control"

    @model_validator(mode="after")
    def _complete(self) -> Estimate:
        if self.ci is None and self.se is None and (self.p is None or isinstance(self.p, str)):
            raise ValueError("an estimate needs one of ci, se or p (a number)")
        if self.ci is not None:
            low, high = self.ci
            if not low < high:
                raise ValueError(f"ci must be [low, high], found [{low}, {high}]")
            if not low <= self.estimate <= high:
                raise ValueError(f"the interval {low} to {high} excludes its own estimate {self.estimate}")
        return self

    def on_analysis_scale(self, measure: str) -> tuple[float, float]:
        """(y, s): the effect of treatment against control and its standard error (METHODS 1)."""
        y = effects.to_analysis(float(self.estimate), measure)
        df = None if self.df is None else float(self.df)
        if self.ci is not None:
            low, high = (effects.to_analysis(float(limit), measure) for limit in self.ci)
            s = effects.se_from_ci(low, high, float(self.level), df)
        elif self.se is not None:
            s = float(self.se)
        else:
            s = effects.se_from_p(y, float(self.p), df)
        return (-y if self.compares == "control_vs_treatment" else y), s

    def standard_error(self, measure: str) -> float:
        return self.on_analysis_scale(measure)[1]


class _Bare(Closed):
    """What a bare p-value and a bare statement of significance share."""

    measures: ClassVar = tuple(m for m in effects.MEASURES if m != "proportion")
    favours: Favours
    se: Positive | None = None
    n: ArmSizes | None = None
    reference: Reference | None = None
    test: Test = "unknown"
    df: Positive | None = None
    sides: Literal[1, 2] = 2

    @model_validator(mode="after")
    def _directed(self):
        if self.se is None and self.n is None:
            raise ValueError("either se (on the analysis scale) or n per arm is needed")
        if self.test == "chi2" and self.df is not None and self.df > 1:
            raise ValueError(
                f"a chi-square with {self.df} degrees of freedom has no direction and says nothing of an effect"
            )
        if self.sides == 1 and self.favours == "unknown":
            raise ValueError("a one-sided p-value has a direction: say which arm it favours")
        if self.upper_tail == 1:
            raise ValueError("a one-sided p-value of 1 has no finite test statistic")
        return self

    @property
    def upper_tail(self) -> float:
        """Probability, without an effect, of a statistic above the reported (or the critical) one."""
        reported = getattr(self, "p", None) or getattr(self, "alpha", None)
        return float(str(reported).removeprefix("<")) / self.sides

    def standard_error(self, measure: str) -> float | None:
        """As printed; else Whitehead's (ordinal, with the named reference) or sqrt(1/n1 + 1/n0) (SMD)."""
        if self.se is not None:
            return float(self.se)
        if measure == "common_odds_ratio" and self.reference is not None:
            shares = [float(s) for s in self.reference.shares]
            return effects.whitehead_information(shares, self.n.treatment, self.n.control) ** -0.5
        if measure == "standardised_mean_difference":
            return effects.se_standardised_mean_difference(self.n.treatment, self.n.control)
        return None

    def t_degrees_of_freedom(self, measure: str) -> int | None:
        """n - 2 for a standardised mean difference of fewer than 102 patients, else None (normal)."""
        small = measure == "standardised_mean_difference" and self.se is None and self.n.total - 2 < 100
        return self.n.total - 2 if small else None


class BareP(_Bare):
    """Nothing but a p-value."""

    kind: Literal["p_value"]
    p: PValue
    scale_sd: Literal["raw", "residual"] | None = None


class Significance(_Bare):
    """Nothing but "p < 0.05" or "no significant difference"."""

    kind: Literal["significance"]
    significant: bool
    alpha: Level = Decimal("0.05")


class SingleProportion(Closed):
    """One arm against a goal."""

    measures: ClassVar = ("proportion",)
    kind: Literal["proportion"]
    events: Count
    n: Size
    goal: Level

    @model_validator(mode="after")
    def _possible(self) -> SingleProportion:
        if self.events > self.n:
            raise ValueError(f"{self.events} events among n = {self.n} persons")
        return self

    def standard_error(self, measure: str) -> None:
        return None


Evidence = Annotated[
    Ordinal | OrdinalCut | Binary | Events | Means | Estimate | BareP | Significance | SingleProportion,
    Field(discriminator="kind"),
]


class PrintedResult(Closed):
    """Another report of the same comparison: an oracle for checking, never a second likelihood."""

    measure: Literal[effects.MEASURES] | None = None
    estimate: Printed | None = None
    ci: tuple[Printed, Printed] | None = None
    level: Level = Decimal("0.95")
    se: Positive | None = None
    p: PValue | None = None
    df: Positive | None = None
    adjusted: bool | None = None
    test: str | None = None
    percent: dict[Literal["treatment", "control"], Printed] | None = None
    source: str | None = None
    notes: str | None = None
