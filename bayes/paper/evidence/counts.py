"""Reports that count: persons with an event, event totals, and one arm against a goal."""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from bayes.base import measures
from bayes.base.closed import Closed, check
from bayes.base.written_numbers import Count, Level, Size
from bayes.paper.evidence.arms import ARMS, EventsInArm, PersonsInArm

NO_EVENT = "no event in either arm: the data do not inform the comparison"
EVERYBODY = "everybody in both arms had the event: the data do not inform the comparison"
ARMS_ALIKE = "nobody, or everybody, of both arms had the event"  # in words, wherever no P(benefit) is given
Dispersion = Literal["negative_binomial", "poisson"]


class Binary(Closed):
    """Persons with the event in each arm."""

    measures: ClassVar = ("odds_ratio", "risk_ratio", "risk_difference")
    kind: Literal["binary"]
    treatment: PersonsInArm
    control: PersonsInArm

    @property
    def no_event(self) -> bool:
        return self.treatment.events == self.control.events == 0

    @property
    def everybody(self) -> bool:
        """Whether everybody in both arms had the event."""
        return self.treatment.events == self.treatment.n and self.control.events == self.control.n

    def standard_error(self, measure: str) -> float | None:
        formula = {
            "odds_ratio": measures.se_log_odds_ratio,
            "risk_ratio": measures.se_log_risk_ratio,
            "risk_difference": measures.se_risk_difference,
        }[measure]
        return formula(self.treatment.events, self.treatment.n, self.control.events, self.control.n)

    def why_no_estimate(self, measure: str) -> str | None:
        """Why the counts determine no estimate; None exactly where its textbook standard error exists."""
        if self.standard_error(measure) is not None:
            return None
        if self.no_event:
            return NO_EVENT
        if self.everybody:
            return EVERYBODY
        arm = next(arm for arm in ARMS if getattr(self, arm).events in (0, getattr(self, arm).n))
        who = "nobody" if getattr(self, arm).events == 0 else "everybody"
        return f"{who} of the {arm} arm had the event: there is a bound, not an estimate"

    def own_estimate(self, measure: str) -> tuple[float, float] | None:
        """The crude effect and its standard error on the analysis scale; None where a cell that it needs is empty."""
        s = self.standard_error(measure)
        if s is None:
            return None
        (p1, p0) = (arm.events / arm.n for arm in (self.treatment, self.control))
        if measure == "risk_difference":
            return p1 - p0, s
        return (log(p1 / p0) if measure == "risk_ratio" else log(p1 * (1 - p0) / ((1 - p1) * p0))), s


class Events(Closed):
    """Total event counts per arm; the number of persons with an event identifies the over-dispersion.

    Without n, over exposure alone, there are no persons to differ: such counts are Poisson.
    """

    measures: ClassVar = ("rate_ratio",)
    kind: Literal["events"]
    treatment: EventsInArm
    control: EventsInArm
    per: str | None = None
    dispersion: Dispersion = "negative_binomial"

    @model_validator(mode="before")
    @classmethod
    def _poisson_without_persons(cls, data: Any) -> Any:
        """The default of counts over exposure alone: a negative binomial is of persons, and nobody says how many."""
        arms = [data.get(arm) for arm in ARMS] if isinstance(data, dict) else []
        without = arms and all(isinstance(arm, dict) and "n" not in arm and "exposure" in arm for arm in arms)
        return {"dispersion": "poisson"} | data if without else data

    @check
    def _alike(self) -> Iterator[str]:
        if self.treatment.n is None and self.control.n is None and self.dispersion != "poisson":
            yield (
                'dispersion = "negative_binomial" says how persons differ and needs n per arm; '
                'without n only "poisson" is accepted'
            )
        for field in ("n", "persons", "exposure"):
            if (getattr(self.treatment, field) is None) != (getattr(self.control, field) is None):
                yield f"{field} must be given for both arms or for neither"
        if self.per and self.treatment.exposure is None:
            yield "`per` names the unit of exposure, but no exposure is given"

    @property
    def no_event(self) -> bool:
        return self.treatment.events == self.control.events == 0

    @property
    def relative_exposure(self) -> tuple[float, float]:
        """Exposure per arm in units of `follow_up`, so that the unit of time cannot matter."""
        t, c = self.treatment, self.control
        if t.exposure is None or c.exposure is None:
            return float(t.n), float(c.n)
        return float(t.exposure) / self.follow_up, float(c.exposure) / self.follow_up

    @property
    def follow_up(self) -> float:
        """What the baseline's rate is per, in units of the printed exposure; 1 where none is printed.

        The average follow-up of a participant. Where nobody says how many there were, nothing says what rate to expect:
        the exposure in which both arms together had one event on average, so that the prior of the baseline is centred
        on the data (as that of the midpoint of two means is) and the answer is nearly that of the counts given their
        total.
        """
        t, c = self.treatment, self.control
        if t.exposure is None or c.exposure is None:
            return 1.0
        counted = max(t.events + c.events, 1) if t.n is None else t.n + c.n
        return float((t.exposure + c.exposure) / counted)

    def standard_error(self, measure: str) -> None:
        """None: with counts alone the standard error depends on a dispersion nobody printed."""
        return None

    def why_no_estimate(self, measure: str) -> str | None:
        if self.no_event:
            return NO_EVENT
        empty = min(self.treatment.events, self.control.events) == 0
        return "one arm had no event: there is a bound, not an estimate" if empty else None

    def own_estimate(self, measure: str) -> None:
        """None: its standard error depends on a dispersion nobody printed."""
        return None


class SingleProportion(Closed):
    """One arm against a goal."""

    measures: ClassVar = ("proportion",)
    kind: Literal["proportion"]
    events: Count
    n: Size
    goal: Level

    @check
    def _possible(self) -> Iterator[str]:
        if self.events > self.n:
            yield f"{self.events} events among n = {self.n} persons"

    def standard_error(self, measure: str) -> None:
        return None

    def why_no_estimate(self, measure: str) -> str | None:
        if 0 < self.events < self.n:
            return None
        return f"{'nobody' if self.events == 0 else 'everybody'} had the event: there is a bound, not an estimate"

    def own_estimate(self, measure: str) -> None:
        """None: one arm has no effect."""
        return None
