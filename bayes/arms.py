"""What is printed of one arm, of a p-value, and of a reference distribution: the parts evidence kinds are made of."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor, isclose
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from bayes.reading import Closed, Printed, half_unit

ARMS = ("treatment", "control")

Count = Annotated[int, Field(strict=True, ge=0)]
Size = Annotated[int, Field(strict=True, ge=1)]
Positive = Annotated[Printed, Field(gt=0)]
Percent = Annotated[Printed, Field(ge=0, le=100)]
Coverage = Annotated[Printed, Field(gt=0, le=Decimal("0.999999"))]
DegreesOfFreedom = Annotated[Printed, Field(ge=1)]
Level = Annotated[Printed, Field(gt=0, lt=1)]
Favours = Literal["treatment", "control", "unknown"]
Test = Literal["wilcoxon", "po", "score", "cmh", "t", "mixed_model", "chi2", "unknown"]


def _p_as_text(value: object) -> object:
    """Accept 0.04 and "<0.001"; keep the text of the bound."""
    if isinstance(value, str):
        bound = value.replace(" ", "").removeprefix("<").removeprefix("=")
        if not value.strip().startswith("<") or not bound.replace(".", "", 1).isdecimal():
            raise ValueError('a p-value is a number, or a bound such as "<0.001"')
        return "<" + bound
    if isinstance(value, bool):
        raise ValueError('a p-value is a number, or a bound such as "<0.001"')
    return Decimal(repr(value)) if isinstance(value, float) else value


def _p_in_range(value: Decimal | str) -> Decimal | str:
    p = Decimal(str(value).removeprefix("<"))
    if not 0 < p <= 1:
        raise ValueError("a p-value lies above 0 and is at most 1")
    return value


P_SCHEMA = {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"type": "string", "pattern": "^<"}]}
PValue = Annotated[Decimal | str, BeforeValidator(_p_as_text), AfterValidator(_p_in_range), WithJsonSchema(P_SCHEMA)]


def nearest_count(percent: Decimal, n: int) -> int:
    """The count among n whose percentage is nearest to the printed one (half up)."""
    return int((percent * n / 100).quantize(Decimal(1), ROUND_HALF_UP))


def counts_of_percent(percent: Decimal, n: int) -> tuple[int, ...]:
    """Every count among n whose percentage lies within half a unit of the last printed digit; empty if none does."""
    half = half_unit(percent)
    low, high = ((percent - half) * n / 100, (percent + half) * n / 100)
    return tuple(range(max(0, ceil(low)), min(n, floor(high)) + 1))


class ArmSizes(Closed):
    """Patients per arm."""

    treatment: Size
    control: Size

    @property
    def total(self) -> int:
        return self.treatment + self.control


class PersonsInArm(Closed):
    """Persons with the event among n persons: a count, or a percentage that becomes the nearest count.

    Where both are given the count is used and the percentage is checked against it.
    """

    events: Count
    n: Size
    percent: Percent | None = None

    @model_validator(mode="before")
    @classmethod
    def _count_from_percent(cls, data: Any) -> Any:
        if isinstance(data, dict) and "events" not in data and {"percent", "n"} <= data.keys():
            percent, n = data["percent"], data["n"]
            sound = isinstance(percent, Decimal | int | float) and isinstance(n, int) and 0 <= percent <= 100
            # what is wrong with the percentage is said of the percentage, not of a count that nobody wrote
            return data | {"events": nearest_count(Decimal(str(percent)), n) if sound else 0}
        return data

    @model_validator(mode="after")
    def _possible(self) -> PersonsInArm:
        if self.events > self.n:
            raise ValueError(f"{self.events} events among n = {self.n} persons")
        return self

    @property
    def possible(self) -> tuple[int, ...]:
        """Every count that the report allows: those whose percentage rounds to the printed one."""
        if self.percent is None:
            return (self.events,)
        return counts_of_percent(self.percent, self.n) or (self.events,)


class EventsInArm(Closed):
    """Events in an arm of n persons; `persons` had at least one; `exposure` is the arm's total person-time.

    `n` may be left out beside an exposure: infections per catheter-day, say, of nobody knows how many patients.
    """

    events: Count
    n: Size | None = None
    persons: Count | None = None
    exposure: Positive | None = None

    @model_validator(mode="after")
    def _possible(self) -> EventsInArm:
        if self.n is None and self.exposure is None:
            raise ValueError("n, the persons of the arm, or its exposure is needed; found neither")
        if self.n is None and self.persons is not None:
            raise ValueError(f"{self.persons} persons with an event among how many? `persons` needs n")
        if self.persons is not None:
            if self.persons > self.n:
                raise ValueError(f"{self.persons} persons with an event among n = {self.n}")
            if self.persons > self.events:
                raise ValueError(f"{self.persons} persons with an event, but only {self.events} events")
            if self.events and not self.persons:
                raise ValueError(f"{self.events} events, but nobody with an event")
        return self


class MeanInArm(Closed):
    """Mean and standard deviation of n persons."""

    mean: Printed
    sd: Positive
    n: Annotated[int, Field(strict=True, ge=2)]


class Reference(Closed):
    """A named distribution over the categories of an ordinal scale, standing in for one that was not printed."""

    shares: tuple[Annotated[Printed, Field(ge=0)], ...]
    source: str

    @model_validator(mode="after")
    def _sums_to_one(self) -> Reference:
        total = sum(self.shares)
        if sum(share > 0 for share in self.shares) < 2 or not isclose(float(total), 1, abs_tol=0.02):
            raise ValueError(
                f"shares must be positive in at least two categories and sum to 1 within 0.02; they sum to {total}"
            )
        return self
