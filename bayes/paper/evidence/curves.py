"""Kaplan-Meier curves that were read off a figure, with the numbers at risk below it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from math import inf, log, sqrt
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.kaplan_meier import KaplanMeier, Patients
from bayes.base.measures import Measure
from bayes.base.numbers import significant
from bayes.base.proportional_hazards import Comparison
from bayes.base.reconstruction import Curve, Reconstruction, monotone, reconstruct
from bayes.base.written_numbers import Count, Positive, Printed
from bayes.errors import Mistake
from bayes.paper.evidence.arms import Arm, ArmSizes, by_arm
from bayes.paper.evidence.effects import EffectAndError

MOST_AT_RISK, MOST_READINGS = 1_000_000, 10_000
SLIP = 0.05  # the largest rise of a curve, as a change of its readings, that is taken to be one of reading
TOP = Decimal("1.02")  # the highest proportion that is taken to be a reading of 1

Time = Annotated[Printed, Field(ge=0)]
Reading = Annotated[Printed, Field(ge=0, le=102)]
Readings = Annotated[tuple[Reading, ...], Field(min_length=2, max_length=MOST_READINGS)]
AtRisk = Annotated[Count, Field(le=MOST_AT_RISK)]


class CurveOfArm(Closed):
    """The Kaplan-Meier curve of one arm, in percent or as proportions, and the numbers at risk.

    The figure shows either the `survival`, without the event, or the `incidence`, its complement (an incidence that
    allows for competing risks is another quantity). `events` is the total number of events, if it is printed. `scale`
    is needed only for an incidence in percent that stays below 1.5.
    """

    times: Annotated[tuple[Time, ...], Field(min_length=2, max_length=MOST_READINGS)]
    survival: Readings | None = None
    incidence: Readings | None = None
    scale: Literal["percent", "proportion"] | None = None
    at_risk_times: Annotated[tuple[Time, ...], Field(min_length=1, max_length=MOST_READINGS)]
    at_risk: Annotated[tuple[AtRisk, ...], Field(min_length=1, max_length=MOST_READINGS)]
    events: Count | None = None

    @check
    def _paired(self) -> Iterator[str]:
        if (self.survival is None) == (self.incidence is None):
            yield "a curve has readings of either survival or incidence; accepted: one of them"
        elif len(self.times) != len(self.read):
            yield f"{len(self.times)} times, but {len(self.read)} readings of {self.shows}; accepted: one for each"
        if len(self.at_risk_times) != len(self.at_risk):
            yield f"{len(self.at_risk_times)} at_risk_times, but {len(self.at_risk)} at_risk; accepted: one for each"

    @check
    def _in_order(self) -> Iterator[Mistake]:
        if back := next(((a, b) for a, b in pairwise(self.times) if b < a), None):
            yield Mistake("times", f"{back[1]} follows {back[0]}; accepted: times in ascending order")
        if self.at_risk_times[0] != 0:
            yield Mistake("at_risk_times", f"begin at {self.at_risk_times[0]}; accepted: from 0, when all are at risk")
        if back := next(((a, b) for a, b in pairwise(self.at_risk_times) if b <= a), None):
            yield Mistake("at_risk_times", f"{back[1]} follows {back[0]}; accepted: times that rise")

    @check
    def _counts(self) -> Iterator[Mistake]:
        if not self.at_risk[0]:
            yield Mistake("at_risk", "no patient is at risk at time 0; accepted: at least one")
        if up := next(((a, b) for a, b in pairwise(self.at_risk) if b > a), None):
            yield Mistake("at_risk", f"rise from {up[0]} to {up[1]}; accepted: numbers that fall, or stay")
        if self.events is not None and self.events > self.at_risk[0]:
            yield Mistake("events", f"{self.events} events exceed the {self.at_risk[0]} patients at risk at time 0")

    @check
    def _falls(self) -> Iterator[Mistake]:
        if not self.read or len(self.times) != len(self.read) or any(b < a for a, b in pairwise(self.times)):
            return
        highest = max(self.read)
        if not self.in_percent and highest > TOP:
            said = (
                f'the highest reading is {highest}; accepted: up to 1, or up to 100 (below 1.5, with scale = "percent")'
            )
            yield Mistake(self.shows, said)
            return
        levelled = monotone([float(time) for time in self.times], self.proportions)[2]
        if levelled > SLIP:
            points = significant(100 * levelled)
            said = f"a reading is {points} percentage points off any curve that moves in one direction only"
            yield Mistake(self.shows, f"{said}; accepted: up to {100 * SLIP:g}, which are levelled")

    @property
    def shows(self) -> str:
        """What the figure shows: the name of the field with the readings."""
        return "survival" if self.survival is not None else "incidence"

    @property
    def read(self) -> tuple[Decimal, ...]:
        """The readings, as they were read."""
        return self.survival or self.incidence or ()

    @property
    def in_percent(self) -> bool:
        """Return whether the curve is read in percent, as stated or because a proportion cannot be so large."""
        return max(self.read) > Decimal("1.5") if self.scale is None else self.scale == "percent"

    @property
    def proportions(self) -> tuple[float, ...]:
        """The readings as proportions without the event."""
        unit, survives = 100 if self.in_percent else 1, self.survival is not None
        shares = (float(read) / unit for read in self.read)  # floats: a Decimal divides fifty times as slowly
        return tuple(share if survives else 1 - share for share in shares)

    @property
    def n(self) -> int:
        return self.at_risk[0]

    @property
    def end(self) -> float:
        """The time up to which the curve was read."""
        return float(self.times[-1])

    @property
    def curve(self) -> Curve:
        """The readings as numbers, with survival as a proportion."""
        times, starts = (tuple(map(float, stated)) for stated in (self.times, self.at_risk_times))
        return Curve(times, self.proportions, starts, self.at_risk, self.events)


Periods = tuple[float, tuple[tuple[float, float], tuple[float, float]]]
"""The time by which half of the events had occurred, and an effect with its standard error until then and after it."""


class DigitisedCurve(EffectAndError):
    """The Kaplan-Meier curves of both arms, read off a figure; patients are reconstructed from them (Guyot 2012).

    The hazard ratio is Cox's, with Efron's approximation for ties; a difference or ratio of means is one of restricted
    mean times up to `until`; a risk difference or risk ratio is one of being without the event at `time`.
    """

    measures: ClassVar[tuple[Measure, ...]] = (
        "hazard_ratio", "mean_difference", "mean_ratio", "risk_difference", "risk_ratio",
    )  # fmt: skip
    kind: Literal["digitised_curve"]
    unit: str
    treatment: CurveOfArm
    control: CurveOfArm
    until: Positive | None = None
    time: Positive | None = None

    @check
    def _one_scale(self) -> Iterator[str]:
        if self.treatment.shows != self.control.shows:
            yield "one arm has survival and the other incidence; accepted: the same in both"
        elif self.treatment.in_percent != self.control.in_percent:
            said = f"{self.control.shows} is read in percent in one arm and as a proportion in the other"
            yield f'{said}; accepted: the same in both, stated as scale = "percent" where an incidence stays below 1.5'

    @property
    def sizes(self) -> ArmSizes:
        return ArmSizes(treatment=self.treatment.n, control=self.control.n)

    @property
    def pooled_sd(self) -> float | None:
        return None if self.until is None else self._sd_behind_the_difference()

    @property
    def reconstructed(self) -> dict[Arm, Reconstruction]:
        """The patients of each arm."""
        return {arm: reconstruct(read.curve) for arm, read in by_arm(self).items()}

    @property
    def control_survival(self) -> float | None:
        """The proportion of the control arm without the event at `time`; None if no time is stated."""
        if self.time is None:
            return None
        return KaplanMeier.of(self.reconstructed["control"].patients).at(float(self.time))[0]

    @property
    def comparison(self) -> Comparison:
        """Both arms of the reconstructed patients at the times of all events."""
        return _comparison(self.treatment.curve, self.control.curve)

    @property
    def estimable(self) -> tuple[Measure, ...]:
        """The measures that these curves give, at the stated horizons."""
        return tuple(m for m in self.measures if not any(True for _ in self.lacks(m)))

    def lacks(self, measure: str) -> Iterator[Mistake]:
        """Find what a measure of effect requires and these curves do not give.

        Parameters
        ----------
        measure : str
            One of `measures`.

        Yields
        ------
        Mistake
        """
        if measure == "hazard_ratio":
            none = [arm for arm, found in self.reconstructed.items() if not found.patients.total_events]
            yield from (
                Mistake(f"evidence.{arm}", "no event; a hazard ratio requires events in both arms") for arm in none
            )
            return
        name = "until" if measure.startswith("mean") else "time"
        stated, end = getattr(self, name), min(arm.end for arm in by_arm(self).values())
        what = "the time up to which means are taken" if name == "until" else "a time at which survival is compared"
        if stated is None:
            yield Mistake("evidence", f"{measure} requires `{name}`, {what}, in {self.unit}; accepted: up to {end:g}")
        elif float(stated) > end:
            yield Mistake(f"evidence.{name}", f"{stated} is beyond the readings of a curve; accepted: up to {end:g}")
        elif measure == "risk_ratio":
            curves = {arm: KaplanMeier.of(found.patients) for arm, found in self.reconstructed.items()}
            none = [arm for arm, curve in curves.items() if not curve.at(float(stated))[0]]
            yield from (Mistake(f"evidence.{arm}", f"survival is 0 at {stated}; a ratio requires more") for arm in none)

    def on_analysis_scale(self, measure: str) -> tuple[float, float]:
        """Return the effect among the reconstructed patients and its standard error."""
        horizon = self.until if measure.startswith("mean") else self.time
        return _effect(self.treatment.curve, self.control.curve, measure, None if horizon is None else float(horizon))

    def by_period(self) -> Periods | None:
        """Return the time by which half of the events had occurred, and the log hazard ratio until then and after it.

        Returns
        -------
        tuple or None
            The time, and the effect and its standard error in either period; None if a period has events in only one
            arm.
        """
        return _by_period(self.treatment.curve, self.control.curve)


@lru_cache(maxsize=64)
def _comparison(treatment: Curve, control: Curve) -> Comparison:
    return Comparison.of(reconstruct(treatment).patients, reconstruct(control).patients)


@lru_cache(maxsize=64)
def _by_period(treatment: Curve, control: Curve) -> Periods | None:
    comparison = _comparison(treatment, control)
    if not len(comparison.times):
        return None
    middle = comparison.median_event
    early = comparison.between(-inf, middle).log_hazard_ratio()
    late = comparison.between(middle, inf).log_hazard_ratio()
    return None if inf in (early[1], late[1]) else (middle, (early, late))


@lru_cache(maxsize=256)
def _effect(treatment: Curve, control: Curve, measure: str, horizon: float | None) -> tuple[float, float]:
    """Return the effect of treatment against control and its standard error, on the analysis scale."""
    if measure == "hazard_ratio":
        return _comparison(treatment, control).log_hazard_ratio()
    if horizon is None:
        raise LookupError(f"no time is stated for {measure}")
    (y1, s1), (y0, s0) = (_of_arm(reconstruct(arm).patients, measure, horizon) for arm in (treatment, control))
    return y1 - y0, sqrt(s1**2 + s0**2)


def _of_arm(patients: Patients, measure: str, horizon: float) -> tuple[float, float]:
    """Return the restricted mean or the survival of an arm and its standard error, as logarithms for a ratio."""
    curve = KaplanMeier.of(patients)
    value, error = curve.restricted_mean(horizon) if measure.startswith("mean") else curve.at(horizon)
    return (log(value), error / value) if measure.endswith("ratio") else (value, error)
