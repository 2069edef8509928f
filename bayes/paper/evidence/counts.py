"""Reports of counts: persons with an event, numbers of events, and one arm against a goal."""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import ClassVar, Literal

from pydantic import model_validator

from bayes.base import measures
from bayes.base.closed import check
from bayes.base.measures import Measure
from bayes.base.written_numbers import Count, Level, Size
from bayes.paper.evidence.arms import ARMS, ArmSizes, EventsInArm, PersonsInArm, by_arm
from bayes.paper.evidence.reported import Reported

NO_EVENT = "no event in either arm: the data do not inform the comparison"
EVERYBODY = "all patients in both arms had the event: the data do not inform the comparison"
ARMS_ALIKE = "none or all of the patients in both arms had the event"  # the words for any report without P(benefit)
Dispersion = Literal["negative_binomial", "poisson"]


class Binary(Reported):
    """The number of persons with the event in each arm."""

    measures: ClassVar[tuple[Measure, ...]] = ("odds_ratio", "risk_ratio", "risk_difference")
    kind: Literal["binary"]
    treatment: PersonsInArm
    control: PersonsInArm

    @property
    def sizes(self) -> ArmSizes:
        return ArmSizes(treatment=self.treatment.n, control=self.control.n)

    @property
    def no_event(self) -> bool:
        return self.treatment.events == self.control.events == 0

    @property
    def everybody(self) -> bool:
        """Return whether all persons in both arms had the event."""
        return self.treatment.events == self.treatment.n and self.control.events == self.control.n

    def standard_error(self, measure: str) -> float | None:
        formula = {
            "odds_ratio": measures.se_log_odds_ratio,
            "risk_ratio": measures.se_log_risk_ratio,
            "risk_difference": measures.se_risk_difference,
        }[measure]
        return formula(self.treatment.events, self.treatment.n, self.control.events, self.control.n)

    def why_no_estimate(self, measure: str) -> str | None:
        """Return why the counts do not determine an estimate; None if and only if its standard error exists."""
        if self.standard_error(measure) is not None:
            return None
        if self.no_event:
            return NO_EVENT
        if self.everybody:
            return EVERYBODY
        arm, report = next((arm, report) for arm, report in by_arm(self).items() if report.events in (0, report.n))
        who = "no patient" if report.events == 0 else "every patient"
        return f"{who} in the {arm} arm had the event: there is a bound, not an estimate"

    def own_estimate(self, measure: str) -> tuple[float, float] | None:
        """Return the crude effect and its standard error on the analysis scale, or None if a required cell is empty."""
        s = self.standard_error(measure)
        if s is None:
            return None
        (p1, p0) = (arm.events / arm.n for arm in (self.treatment, self.control))
        if measure == "risk_difference":
            return p1 - p0, s
        return (log(p1 / p0) if measure == "risk_ratio" else log(p1 * (1 - p0) / ((1 - p1) * p0))), s

    def variance_of_control(self, measure: str) -> float | None:
        """Return the variance of the control arm's log odds, log risk or risk; None if a required cell is empty."""
        x, n = self.control.events, self.control.n
        match measure:
            case "odds_ratio":
                return 1 / x + 1 / (n - x) if 0 < x < n else None
            case "risk_ratio":
                return 1 / x - 1 / n if x else None
        return x * (n - x) / n**3


class Events(Reported):
    """The total number of events per arm; the number of persons with an event identifies the over-dispersion.

    Without n (exposure only) over-dispersion between persons is not defined, and the counts are Poisson.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("rate_ratio",)
    kind: Literal["events"]
    treatment: EventsInArm
    control: EventsInArm
    per: str | None = None
    dispersion: Dispersion = "negative_binomial"

    @model_validator(mode="before")
    @classmethod
    def _poisson_without_persons(cls, data: object) -> object:
        """Make Poisson the default without n: a negative binomial needs the number of persons."""
        if not isinstance(data, dict):
            return data
        arms = [data.get(arm) for arm in ARMS]
        without = all(isinstance(arm, dict) and "n" not in arm and "exposure" in arm for arm in arms)
        return {"dispersion": "poisson"} | data if without else data

    @check
    def _alike(self) -> Iterator[str]:
        if self.treatment.n is None and self.control.n is None and self.dispersion != "poisson":
            yield (
                'dispersion = "negative_binomial" describes differences between persons and requires n per arm; '
                'accepted without n: "poisson"'
            )
        for field in ("n", "persons", "exposure"):
            if (getattr(self.treatment, field) is None) != (getattr(self.control, field) is None):
                yield f"{field} is stated for one arm only; state it for both arms or for neither"
        if self.per and self.treatment.exposure is None:
            yield "`per` is the unit of exposure, but exposure is not stated"

    @property
    def no_event(self) -> bool:
        return self.treatment.events == self.control.events == 0

    @property
    def sizes(self) -> ArmSizes | None:
        t, c = self.treatment.n, self.control.n
        return None if t is None or c is None else ArmSizes(treatment=t, control=c)

    @property
    def relative_exposure(self) -> tuple[float, float]:
        """The exposure per arm in units of `follow_up`, so that the answer does not depend on the unit of time."""
        t, c = self.treatment, self.control
        if t.exposure is None or c.exposure is None:
            return float(t.size), float(c.size)
        return float(t.exposure) / self.follow_up, float(c.exposure) / self.follow_up

    @property
    def follow_up(self) -> float:
        """The unit of exposure of the baseline rate, in the unit of the printed exposure; 1 if none is printed.

        It is the average follow-up of a participant. If the number of participants is unknown there is no prior
        expectation of the rate: the unit is then the exposure per event of both arms together, so that the prior of the
        baseline is centred on the data (like that of the midpoint of two means) and the answer is close to the
        likelihood conditional on the total number of events.
        """
        t, c = self.treatment, self.control
        if t.exposure is None or c.exposure is None:
            return 1.0
        counted = max(t.events + c.events, 1) if t.n is None or c.n is None else t.n + c.n
        return float((t.exposure + c.exposure) / counted)

    def standard_error(self, measure: str) -> None:
        """Return None: the standard error depends on an over-dispersion that is not printed."""
        return None

    def why_no_estimate(self, measure: str) -> str | None:
        if self.no_event:
            return NO_EVENT
        empty = min(self.treatment.events, self.control.events) == 0
        return "one arm had no events: there is a bound, not an estimate" if empty else None


class SingleProportion(Reported):
    """The number of persons with the event in a single arm, compared with a goal."""

    measures: ClassVar[tuple[Measure, ...]] = ("proportion",)
    kind: Literal["proportion"]
    events: Count
    n: Size
    goal: Level

    @check
    def _possible(self) -> Iterator[str]:
        if self.events > self.n:
            yield f"{self.events} events exceed n = {self.n} persons"

    def standard_error(self, measure: str) -> None:
        """Return None: a single arm does not have an effect."""
        return None

    def why_no_estimate(self, measure: str) -> str | None:
        if 0 < self.events < self.n:
            return None
        who = "no patient" if self.events == 0 else "every patient"
        return f"{who} had the event: there is a bound, not an estimate"
