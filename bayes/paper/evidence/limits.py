"""Limits of a printed interval: numbers, bounds such as "<0.1", and "none" for a side that is not printed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, overload

from pydantic import (
    BeforeValidator,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    TypeAdapter,
    WithJsonSchema,
)

from bayes.base import measures
from bayes.base.closed import Closed, check
from bayes.base.written_numbers import NOT_ESTIMATED, Coverage, Printed, limits, plainly, unbounded

ACCEPTED = 'accepted: a number, a bound such as "<0.1" or ">5", or "none" if only the other limit is printed'
NOT_REACHED = "not reached"
LIMIT_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "^([<>] *-?[0-9]|none$)"}]}
_PRINTED: TypeAdapter[Decimal] = TypeAdapter(Printed)


def _limit(value: object) -> Decimal | str | None:
    """Validate a limit: a bound, "none" (as None), or a printed number."""
    number = _PRINTED.validate_python
    if value is None or not isinstance(value, str):
        return None if value is None else number(value)
    text = value.strip()
    if text.casefold() == "none":
        return None
    if text[:1] in ("<", ">") and (plain := plainly(text[1:])) is not None:
        return f"{text[0]}{number(Decimal(plain)):f}"
    if plainly(text) is not None or text.casefold() in NOT_ESTIMATED:
        return number(value)  # raises an error that says how to write it
    raise ValueError(f"not a limit of an interval; {ACCEPTED}")


def _limit_of_time(value: object) -> Decimal | str | None:
    """Validate a limit of a time, which may not have been reached."""
    reached = not isinstance(value, str) or value.strip().casefold() not in NOT_ESTIMATED
    return _limit(value) if reached else NOT_REACHED


def _as_it_is(limit: Decimal | str | None, info: SerializationInfo) -> Decimal | str | None:
    return str(limit) if info.mode == "json" and isinstance(limit, Decimal) else limit


Limit = Annotated[
    Decimal | str | None, PlainValidator(_limit), PlainSerializer(_as_it_is), WithJsonSchema(LIMIT_SCHEMA)
]
"""A number as printed, a bound such as "<0.1", or None."""
Limits = Annotated[tuple[Limit, Limit], BeforeValidator(limits)]
LimitOfTime = Annotated[
    Decimal | str | None,
    PlainValidator(_limit_of_time),
    PlainSerializer(_as_it_is),
    WithJsonSchema({"anyOf": [*LIMIT_SCHEMA["anyOf"], {"const": NOT_REACHED}]}),
]
"""A limit of an interval, or "not reached" for an upper limit of a time beyond the follow-up."""
LimitsOfTime = Annotated[tuple[LimitOfTime, LimitOfTime], BeforeValidator(limits)]


def no_interval(low: Decimal | str | None, high: Decimal | str | None, accepted: str = "[low, high]") -> str:
    """Say what is wrong with limits that are alike, or not in order."""
    if low == high:
        return f"both limits are printed as {low}, which implies no standard error; accepted: {accepted}"
    return f"ci is [{low}, {high}]; accepted: {accepted}"


@overload
def value_of(limit: None) -> None: ...
@overload
def value_of(limit: Decimal | str) -> Decimal: ...
def value_of(limit: Decimal | str | None) -> Decimal | None:
    """Return a limit or its bound as a number, or None if it is not printed."""
    return unbounded(limit) if isinstance(limit, str) else limit


class WithInterval(Closed):
    """A record with an interval: two limits and a level.

    If one limit is "none" the interval is one-sided, and `level` is its one-sided coverage: the upper limit of a
    two-sided 95% interval, printed alone, has level 0.975.
    """

    ci: Limits | None = None
    level: Coverage = Decimal("0.95")

    @check
    def _limits_make_an_interval(self) -> Iterator[str]:
        if self.ci == (None, None):
            yield "ci has no limits; omit it"
        elif self.one_sided and self.level <= Decimal("0.5"):
            yield f"level {self.level} puts the limit of a one-sided interval on the wrong side; accepted: above 0.5"

    @property
    def numbers(self) -> tuple[Decimal, Decimal] | None:
        """Both limits, or None unless both are printed as numbers."""
        low, high = self.ci or (None, None)
        return (low, high) if isinstance(low, Decimal) and isinstance(high, Decimal) else None

    @property
    def one_sided(self) -> bool:
        return self.ci is not None and None in self.ci

    @property
    def coverage(self) -> float:
        """The level of a two-sided interval with the same limits."""
        return 2 * float(self.level) - 1 if self.one_sided else float(self.level)

    @property
    def gives_width(self) -> bool:
        """Return whether the interval implies a standard error of an estimate: at least one limit is a number."""
        return self.ci is not None and any(isinstance(limit, Decimal) for limit in self.ci)

    @property
    def said(self) -> str:
        """The interval in words: `0.58 to 1.50`, `<0.1 to 5.5`, `none to 1.15`; empty without an interval."""
        return " to ".join("none" if limit is None else f"{limit}" for limit in self.ci or ())

    def excludes(self, estimate: Decimal) -> bool:
        """Return whether an estimate is outside the interval, or equal to its limit if only one limit is a number."""
        alone = self.numbers is None
        low, high = self.ci or (None, None)
        for limit, way, inwards in ((low, 1, ">"), (high, -1, "<")):
            value = None if limit == NOT_REACHED else value_of(limit)
            if value is None or (isinstance(limit, str) and limit[0] != inwards):
                continue
            room = way * (estimate - value)
            if room < 0 or (alone and room == 0):
                return True
        return False

    def width(self, estimate: Decimal, measure: str, df: float | None) -> float:
        """Return the standard error implied by the interval, on the analysis scale.

        Two limits are 2 q s apart, whatever the estimate y (METHODS 1), where q is the quantile of the level. With one
        limit only, |limit - y| = q s, where q is one-sided if the other limit is "none", but not if it is a time that
        was not reached. If the other limit is a bound
        such as "<0.1" (a lower limit somewhere below 0.1), the interval is wider than the distance from the bound to
        the numeric limit, which bounds s from below; a bound inside the interval, such as a lower limit ">0.02", bounds
        s from above.

        Parameters
        ----------
        estimate : Decimal
            Estimate on the measure's own scale.
        measure : str
            Measure of effect.
        df : float or None
            Degrees of freedom of a Student-t interval; None for a normal interval.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If neither limit is a number (`gives_width`).
        """

        def at(printed: Decimal) -> float:
            return measures.to_analysis(float(printed), measure)

        q, y = measures.ci_quantile(self.coverage, df), at(estimate)
        match self.ci:
            case (Decimal() as low, Decimal() as high):
                return (at(high) - at(low)) / (2 * q)
            case (Decimal() as known, other):
                s, outwards = (y - at(known)) / q, ">"
            case (other, Decimal() as known):
                s, outwards = (at(known) - y) / q, "<"
            case _:
                raise ValueError("no limit of the interval is a number")
        if not isinstance(other, str) or other == NOT_REACHED:
            return s
        span = abs(at(known) - at(value_of(other)))
        return (max if other.startswith(outwards) else min)(s, span / (2 * q))
