"""The components of evidence kinds: what is printed for one arm, for a p-value and for a reference distribution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor, isclose, isfinite, sqrt
from typing import Annotated, Literal, Protocol, Self, get_args

from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from bayes.base import measures
from bayes.base.closed import Closed, check
from bayes.base.written_numbers import (
    MOST_EVENTS_IN_PERSONS,
    MOST_PERSONS,
    Count,
    Coverage,
    Percent,
    Positive,
    Printed,
    Size,
    half_unit,
    printed,
)
from bayes.paper.evidence.limits import no_interval

Arm = Literal["treatment", "control"]
ARMS: tuple[Arm, ...] = get_args(Arm)

Favours = Literal["treatment", "control", "unknown"]
Test = Literal["wilcoxon", "po", "score", "cmh", "t", "mixed_model", "chi2", "unknown"]


class TwoArmed[InArm](Protocol):
    """Anything that states the same for both arms."""

    @property
    def treatment(self) -> InArm: ...
    @property
    def control(self) -> InArm: ...


def by_arm[InArm](stated: TwoArmed[InArm]) -> dict[Arm, InArm]:
    """Return what a record states for both arms, in the order of `ARMS`."""
    return {"treatment": stated.treatment, "control": stated.control}


def nearest_count(percent: Decimal, n: int) -> int:
    """Return the count out of n whose percentage is nearest to the printed one (rounding half up)."""
    return int((percent * n / 100).quantize(Decimal(1), ROUND_HALF_UP))


def counts_of_percent(percent: Decimal, n: int) -> range:
    """Return all counts out of n that agree with a printed percentage, without storing them.

    Parameters
    ----------
    percent : Decimal
        Percentage with its printed digits.
    n : int
        Number of persons.

    Returns
    -------
    range
        Counts whose percentage is within half a unit of the last printed digit; empty if there are none.
    """
    half = half_unit(percent)
    low, high = ((percent - half) * n / 100, (percent + half) * n / 100)
    return range(max(0, ceil(low)), min(n, floor(high)) + 1)


class ArmSizes(Closed):
    """The number of patients per arm."""

    treatment: Size
    control: Size

    @property
    def total(self) -> int:
        return self.treatment + self.control


class CountInArm(Closed):
    """The number of events, or of persons with the event, in one arm."""

    events: Count


class PersonsInArm(CountInArm):
    """The number of persons with the event out of n, from a count or from a percentage (the nearest count).

    If both are given, the count is used and the percentage is checked against it.
    """

    n: Size
    percent: Percent | None = None

    _count_is_printed: bool = PrivateAttr(default=True)

    @model_validator(mode="wrap")
    @classmethod
    def _count_from_percent(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(data, dict) or "events" in data or data.get("percent") is None or "n" not in data:
            return handler(data)
        percent, n = _as_decimal(data["percent"]), data["n"]
        known = percent is not None and 0 <= percent <= 100 and isinstance(n, int) and 1 <= n <= MOST_PERSONS
        # report an invalid percentage as such, not as an error in the derived count
        arm = handler(data | {"events": nearest_count(percent, n) if percent is not None and known else 0})
        arm._count_is_printed = False
        return arm

    @check
    def _possible(self) -> Iterator[str]:
        if self.events > self.n:
            yield f"{self.events} events exceed n = {self.n} persons"

    @property
    def possible(self) -> Sequence[int]:
        """The counts that the report allows: the printed one, else those whose percentage rounds to the printed one."""
        if self.percent is None or self._count_is_printed:
            return (self.events,)
        return counts_of_percent(self.percent, self.n) or (self.events,)


class EventsInArm(CountInArm):
    """The number of events in an arm of n persons.

    `persons` is the number with at least one event, `exposure` the total person-time of the arm. `n` may be omitted if
    the exposure is stated, as for infections per catheter-day in an unknown number of patients.
    """

    n: Size | None = None
    persons: Count | None = None
    exposure: Positive | None = None

    @property
    def size(self) -> int:
        """The number of persons in the arm; a `LookupError` if only its exposure is stated."""
        if self.n is None:
            raise LookupError("the number of persons is not stated")
        return self.n

    @check
    def _possible(self) -> Iterator[str]:
        if self.n is None and self.exposure is None:
            yield "neither n nor exposure is stated; at least one of them is required"
        if self.persons is None:
            return
        if self.n is None:
            yield f"{self.persons} persons with an event, but n is not stated; `persons` requires n"
        elif self.persons > self.n:
            yield f"{self.persons} persons with an event exceed n = {self.n}"
        if self.persons > self.events:
            yield f"{self.persons} persons with an event, but only {self.events} events"
        if self.events and not self.persons:
            yield f"{self.events} events, but 0 persons with an event"
        if self.events > MOST_EVENTS_IN_PERSONS:
            most = f"at most {MOST_EVENTS_IN_PERSONS} are accepted with `persons`"
            yield f"{self.events} events in {self.persons} persons: {most}; omit `persons`"


class MeanInArm(Closed):
    """The mean and standard deviation in n persons.

    In place of the standard deviation, a paper may print the standard error of the mean, or its interval (`ci`, a
    Student-t interval with n - 1 degrees of freedom), as it does for least-squares means. The standard deviation is
    then the error times sqrt(n). `sd_final` is the standard deviation of final values beside a mean change.
    """

    mean: Printed
    sd: Positive
    n: Annotated[Size, Field(ge=2)]
    se: Positive | None = None
    ci: tuple[Printed, Printed] | None = None
    level: Coverage = Decimal("0.95")
    sd_final: Positive | None = None

    @model_validator(mode="before")
    @classmethod
    def _sd_from_error(cls, data: object) -> object:
        if not isinstance(data, dict) or "sd" in data:
            return data
        found = _implied_sd(data.get("n"), data.get("se"), data.get("ci"), data.get("level", 0.95))
        return data if found is None else data | {"sd": found}

    @check
    def _ordered(self) -> Iterator[str]:
        if self.ci is not None and not self.ci[0] < self.ci[1]:
            yield no_interval(*self.ci)

    @check
    def _one_precision(self) -> Iterator[str]:
        if self.se is not None and self.ci is not None:
            yield "se and ci are both stated; accepted: one of them"
        elif not self.sd_is_printed and self.sd != _implied_sd(self.n, self.se, self.ci, self.level):
            yield f"sd is stated with {'ci' if self.se is None else 'se'}; accepted: one of sd, se or ci"
        if self.ci is not None and not self.ci[0] <= self.mean <= self.ci[1]:
            yield f"the interval {self.ci[0]} to {self.ci[1]} excludes its own mean {self.mean}"

    @property
    def sd_is_printed(self) -> bool:
        """Return whether the standard deviation itself is printed, not only the precision of the mean."""
        return self.se is None and self.ci is None

    @property
    def sd_half_unit(self) -> float:
        """Half the unit to which the standard deviation is known, from the rounding of what is printed in its place."""
        if self.sd_is_printed:
            return float(half_unit(self.sd))
        numbers = self.ci or (self.se or Decimal(1),)
        width = float(numbers[-1] - numbers[0]) if len(numbers) == 2 else float(numbers[0])
        return float(self.sd) * float(sum(half_unit(number) for number in numbers)) / width


def _implied_sd(n: object, se: object, ci: object, level: object) -> Decimal | None:
    """Return the standard deviation that the error or the interval of a mean implies; None if they are no numbers."""
    if not isinstance(n, int) or n < 2:
        return None
    if (error := _as_decimal(se)) is not None:
        return _scaled(error, sqrt(n))
    if not isinstance(ci, list | tuple) or len(ci) != 2:
        return None
    low, high, covered = _as_decimal(ci[0]), _as_decimal(ci[1]), _as_decimal(level)
    if low is None or high is None or covered is None or not low < high or not 0 < covered < 1:
        return None
    return _scaled(high - low, sqrt(n) / (2 * measures.ci_quantile(float(covered), n - 1)))


def _as_decimal(value: object) -> Decimal | None:
    """Return a number with its digits; None for anything that is refused as a printed number."""
    try:
        return printed(value)
    except ValueError:
        return None


def _scaled(value: Decimal, factor: float) -> Decimal:
    """Return value x factor to seven digits."""
    product = float(value) * factor
    return Decimal(f"{product:.7g}") if product > 0 and isfinite(product) else value


class Reference(Closed):
    """A named distribution over the categories of an ordinal scale, in place of one that was not printed."""

    shares: tuple[Annotated[Printed, Field(ge=0)], ...]
    source: str

    @check
    def _sums_to_one(self) -> Iterator[str]:
        total = sum(self.shares)
        if sum(share > 0 for share in self.shares) < 2 or not isclose(float(total), 1, abs_tol=0.02):
            yield f"shares sum to {total}; at least two must be positive, and their sum must be 1 within 0.02"
