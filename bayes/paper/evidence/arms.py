"""What is printed of one arm, of a p-value, and of a reference distribution: the parts evidence kinds are made of."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor, isclose, isfinite
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from bayes.base.closed import Closed, check
from bayes.base.written_numbers import (
    MOST_EVENTS_IN_PERSONS,
    MOST_PERSONS,
    Count,
    Percent,
    Positive,
    Printed,
    Size,
    half_unit,
)

ARMS = ("treatment", "control")

Favours = Literal["treatment", "control", "unknown"]
Test = Literal["wilcoxon", "po", "score", "cmh", "t", "mixed_model", "chi2", "unknown"]


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
            known = isinstance(percent, Decimal | int | float) and isinstance(n, int) and isfinite(percent)
            sound = known and 0 <= percent <= 100 and 1 <= n <= MOST_PERSONS
            # what is wrong with the percentage is said of the percentage, not of a count that nobody wrote
            return data | {"events": nearest_count(Decimal(str(percent)), n) if sound else 0}
        return data

    @check
    def _possible(self) -> Iterator[str]:
        if self.events > self.n:
            yield f"{self.events} events among n = {self.n} persons"

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

    @check
    def _possible(self) -> Iterator[str]:
        if self.n is None and self.exposure is None:
            yield "n, the persons of the arm, or its exposure is needed; found neither"
        if self.persons is None:
            return
        if self.n is None:
            yield f"{self.persons} persons with an event among how many? `persons` needs n"
        elif self.persons > self.n:
            yield f"{self.persons} persons with an event among n = {self.n}"
        if self.persons > self.events:
            yield f"{self.persons} persons with an event, but only {self.events} events"
        if self.events and not self.persons:
            yield f"{self.events} events, but nobody with an event"
        if self.events > MOST_EVENTS_IN_PERSONS:
            most = f"{MOST_EVENTS_IN_PERSONS} events at most can be spread over persons"
            yield f"{self.events} events of {self.persons} persons: {most}; leave `persons` out"


class MeanInArm(Closed):
    """Mean and standard deviation of n persons."""

    mean: Printed
    sd: Positive
    n: Annotated[Size, Field(ge=2)]


class Reference(Closed):
    """A named distribution over the categories of an ordinal scale, standing in for one that was not printed."""

    shares: tuple[Annotated[Printed, Field(ge=0)], ...]
    source: str

    @check
    def _sums_to_one(self) -> Iterator[str]:
        total = sum(self.shares)
        if sum(share > 0 for share in self.shares) < 2 or not isclose(float(total), 1, abs_tol=0.02):
            yield f"shares must be positive in at least two categories and sum to 1 within 0.02; they sum to {total}"
