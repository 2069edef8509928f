"""The parts of a trial file other than its evidence: thresholds, contrasts, selection, known oddities, omissions."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, WithJsonSchema, WrapValidator

from bayes.base.closed import Closed
from bayes.base.written_numbers import Level, Printed, PValue
from bayes.paper.evidence.arms import ArmSizes

NOT_STATED = "not stated"
_YEAR = TypeAdapter[int](Annotated[int, Field(strict=True, ge=1900, le=2200)])
Year = Annotated[
    int | str,
    WrapValidator(lambda value, _: value if value == NOT_STATED else _YEAR.validate_python(value)),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1900, "maximum": 2200}, {"const": NOT_STATED}]}),
]
"""Year of publication; "not stated" where a review or a table does not say it."""


class Judged(Closed):
    """A threshold on the measure's own scale, with the reason for it."""

    value: Printed
    rationale: str


class Planned(Closed):
    """The effect for which the trial was powered, on the measure's own scale, with the place where it is printed."""

    value: Printed
    source: str


class Margin(Closed):
    """A non-inferiority or equivalence margin, with the place where it is printed.

    Attributes
    ----------
    value : Decimal
        How much worse than the control the treatment may be, on the measure's own scale and on the side of harm: 1.3
        for a hazard ratio if lower is better, -0.05 for a risk difference if higher is better. For equivalence, its
        mirror image about the null, on the analysis scale, is the other margin.
    source : str
        Where the margin is printed.
    concluded : {"non_inferior", "equivalent", "not_shown"}, optional
        The paper's conclusion, which is checked but not used in the analysis.
    p : Decimal or str, optional
        The p-value of its test against the margin, a number or a bound such as "<0.001"; checked, never a likelihood.
    sides : {1, 2}
        Sides of that test.
    probability : Decimal or str, optional
        The posterior probability of no worse than the margin that a Bayesian paper prints, a number or a bound; checked
        alone.
    """

    value: Printed
    source: str
    concluded: Literal["non_inferior", "equivalent", "not_shown"] | None = None
    p: PValue | None = None
    sides: Literal[1, 2] = 1
    probability: PValue | None = None


Threshold = Literal["mcid", "planned", "margin"]
"""The fields of an endpoint that hold a threshold: `Judged`, `Planned` and `Margin`."""


class Acknowledged(Closed):
    """A known oddity of the report: its finding is still shown, but is no longer an error."""

    finding: str
    reason: str


class NotAnalysed(Closed):
    """A reported result without a number that can be analysed."""

    label: str
    reason: str
    source: str | None = None


class Contrast(Closed):
    """A comparison in a trial with more than two arms: which arm is the treatment, and which the control."""

    treatment: str
    control: str
    n: ArmSizes | None = None


class Selection(Closed):
    """Selective reporting: the result may have been printed because it was significant.

    Iyengar and Greenhouse (1988), Stat Sci 3:109-35; Copas and others (2019), ORBIT.

    Attributes
    ----------
    alpha : Decimal
        Threshold for the p-value.
    omega : Decimal
        P(printed | not significant) / P(printed | significant), between 0 and 1.
    sides : {1, 2}
        Sides of the test; a one-sided test is for benefit.
    rationale : str, optional
        Why selection is suspected.
    """

    alpha: Level = Decimal("0.05")
    omega: Annotated[Printed, Field(ge=0, le=1)] = Decimal(1)
    sides: Literal[1, 2] = 2
    rationale: str | None = None

    @property
    def upper_tail(self) -> float:
        """The probability, under no effect, of a statistic above the critical value."""
        return float(self.alpha) / self.sides


class ArmNames(Closed):
    """The treatment given in each arm."""

    treatment: str
    control: str
