"""Limits of a printed interval: numbers, bounds such as "<0.1", and "none" where only one side is printed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    PlainSerializer,
    SerializationInfo,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)

from bayes.base import measures
from bayes.base.closed import Closed, check
from bayes.base.written_numbers import NOT_ESTIMATED, Coverage, Printed, limits, plainly

ACCEPTED = 'a limit is a number, a bound such as "<0.1" or ">5", or "none" where only the other side is printed'
LIMIT_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "^([<>] *-?[0-9]|none$)"}]}


def _limit(value: Any, number: ValidatorFunctionWrapHandler) -> Decimal | str | None:
    """A bound, nothing, or whatever a printed number may be."""
    if value is None or not isinstance(value, str):
        return None if value is None else number(value)
    text = value.strip()
    if text.casefold() == "none":
        return None
    if text[:1] in ("<", ">") and (plain := plainly(text[1:])) is not None:
        return f"{text[0]}{number(Decimal(plain)):f}"
    if plainly(text) is not None or text.casefold() in NOT_ESTIMATED:
        return number(value)  # refused there, with how it is written
    raise ValueError(ACCEPTED)


def _as_it_is(limit: Decimal | str | None, info: SerializationInfo) -> Decimal | str | None:
    return str(limit) if info.mode == "json" and isinstance(limit, Decimal) else limit


Limit = Annotated[Printed, WrapValidator(_limit), PlainSerializer(_as_it_is), WithJsonSchema(LIMIT_SCHEMA)]
"""A number as printed, a bound such as "<0.1", or None."""
Limits = Annotated[tuple[Limit, Limit], BeforeValidator(limits)]


def value_of(limit: Decimal | str | None) -> Decimal | None:
    """The number of a limit or of its bound; None where there is none."""
    return Decimal(limit[1:]) if isinstance(limit, str) else limit


class WithInterval(Closed):
    """What prints an interval: its two limits, and its level.

    An interval of which one limit is "none" is one-sided, and `level` is then its one-sided coverage: the upper limit
    of a two-sided 95% interval that stands alone has level 0.975.
    """

    ci: Limits | None = None
    level: Coverage = Decimal("0.95")

    @check
    def _limits_make_an_interval(self) -> Iterator[str]:
        if self.ci == (None, None):
            yield "ci has no limit at all: leave it out"
        elif self.one_sided and self.level <= Decimal("0.5"):
            yield f"level {self.level} of a one-sided interval: its limit would lie on the wrong side"

    @property
    def numbers(self) -> tuple[Decimal, Decimal] | None:
        """Both limits, where both are printed as numbers."""
        both = self.ci is not None and all(isinstance(limit, Decimal) for limit in self.ci)
        return self.ci if both else None

    @property
    def one_sided(self) -> bool:
        return self.ci is not None and None in self.ci

    @property
    def coverage(self) -> float:
        """The level that a two-sided interval with the same limits would have."""
        return 2 * float(self.level) - 1 if self.one_sided else float(self.level)

    @property
    def gives_width(self) -> bool:
        """Whether an estimate beside it has a standard error: one limit at least is a number."""
        return self.ci is not None and any(isinstance(limit, Decimal) for limit in self.ci)

    @property
    def said(self) -> str:
        """`0.58 to 1.50`, `<0.1 to 5.5`, `none to 1.15`."""
        return " to ".join("none" if limit is None else f"{limit}" for limit in self.ci)

    def excludes(self, estimate: Decimal) -> bool:
        """Whether an estimate lies outside; a limit that stands alone in numbers may not lie at the estimate either."""
        alone = self.numbers is None
        for limit, way, inwards in ((self.ci[0], 1, ">"), (self.ci[1], -1, "<")):
            value = value_of(limit)
            if value is None or (isinstance(limit, str) and limit[0] != inwards):
                continue
            room = way * (estimate - value)
            if room < 0 or (alone and room == 0):
                return True
        return False

    def width(self, estimate: Decimal, measure: str, df: float | None) -> float:
        """Standard error that the interval of an estimate implies, on the analysis scale.

        Two limits lie 2 q s apart, whatever the estimate (METHODS 1). Of one limit alone the estimate is the other end:
        |limit - y| = q s, q the quantile of the level, one-sided where nothing is printed on the other side. Where a
        bound is, such as a lower limit "<0.1", the limit lies somewhere below it, so that the whole interval is wider
        than from the bound to the other limit: s is never less than that allows (nor more, for a bound that lies
        inside, such as a lower limit ">0.02").
        """
        q = measures.ci_quantile(self.coverage, df)
        y = measures.to_analysis(float(estimate), measure)
        low, high = (None if v is None else measures.to_analysis(float(v), measure) for v in map(value_of, self.ci))
        if self.numbers is not None:
            return (high - low) / (2 * q)
        lower_is_known = isinstance(self.ci[0], Decimal)
        s = (y - low if lower_is_known else high - y) / q
        if self.one_sided:
            return s
        outside = self.ci[1 if lower_is_known else 0].startswith(">" if lower_is_known else "<")
        return (max if outside else min)(s, (high - low) / (2 * q))
