"""What a trial file states beside its evidence: thresholds, contrasts, selection, known oddities, what is left out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from bayes.base.closed import Closed
from bayes.base.written_numbers import Level, Printed
from bayes.paper.evidence.arms import ArmSizes


class Judged(Closed):
    """A threshold on the measure's own scale, and why."""

    value: Printed
    rationale: str


class Planned(Closed):
    """The effect the trial was sized for, and where that is printed."""

    value: Printed
    source: str


class Margin(Closed):
    """How much worse than the control a treatment may be and still pass, and where that is printed.

    `value` stands on the measure's own scale, on the side of harm: 1.3 for a hazard ratio of which lower is better,
    -0.05 for a risk difference of which higher is better. For equivalence its mirror image on the other side of no
    effect (on the analysis scale) is the other margin. `concluded` is what the paper concluded: checked, never used.
    """

    value: Printed
    source: str
    concluded: Literal["non_inferior", "equivalent", "not_shown"] | None = None


class Acknowledged(Closed):
    """A known oddity of the report: still shown, no longer an error."""

    finding: str
    reason: str


class NotAnalysed(Closed):
    """A reported result that carries no analysable number."""

    label: str
    reason: str
    source: str | None = None


class Contrast(Closed):
    """One comparison of a trial with more than two arms: which arm is the treatment, which the control."""

    treatment: str
    control: str
    n: ArmSizes | None = None


class Selection(Closed):
    """That an abstract may print what came out: P(printed | not significant) is `omega` times P(printed | significant).

    Iyengar and Greenhouse (1988), Stat Sci 3:109-35; Copas and others (2019), ORBIT.
    """

    alpha: Level = Decimal("0.05")
    omega: Annotated[Printed, Field(ge=0, le=1)] = Decimal(1)
    sides: Literal[1, 2] = 2
    rationale: str | None = None


class ArmNames(Closed):
    """What each arm received."""

    treatment: str
    control: str
