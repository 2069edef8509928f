"""Rounding: what a printed number may stand for, and what a calculation can give over all of it.

A number printed as 1.50 stands for 1.495 to 1.505, its box. A calculation from several printed numbers has a value,
from the numbers as printed, and a range over their boxes: corners and centres are tried, and the places in between
where it is known to turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import isnan, log
from typing import NamedTuple

from bayes.base import measures
from bayes.base.written_numbers import half_unit, unbounded

SLACK = 1e-9  # of a unit: a half may be rounded either way


class Range(NamedTuple):
    """A calculated value and what it can be over the rounding of what went into it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Implied:
    """What one named calculation gives: a range for each printed number (one, or the two limits of an interval)."""

    name: str
    parts: tuple[Range, ...]


def exactly(name: str, *values: float) -> Implied:
    """A calculation whose ingredients are not rounded."""
    return Implied(name, tuple(Range(v, v, v) for v in values))


def unit(printed: Decimal | str) -> float:
    """One unit of the last printed digit."""
    return 2 * float(half_unit(unbounded(printed)))


def box(printed: Decimal) -> Range:
    """A printed number and the limits of what it may stand for."""
    half = half_unit(printed)
    return Range(float(printed), float(printed - half), float(printed + half))


def analysis_box(printed: Decimal, measure: str) -> Range | None:
    """The box of a printed effect on the analysis scale; None where no ratio can be printed so (below 0).

    A ratio printed as 0.00 lies between nothing and half a unit: a quarter of a unit stands for it.
    """
    value, low, high = box(printed)
    if not measures.is_log(measure):
        return Range(value, low, high)
    if value < 0:
        return None
    if low <= 0:
        value, low = value or high / 2, high / 1000
    return Range(log(value), log(low), log(high))


def extent(function: Callable[..., float], *boxes: Range, through: Sequence[Iterable[float]] = ()) -> Range:
    """Value and range of a function of printed numbers.

    Parameters
    ----------
    function : callable
        Takes one number per box.
    boxes : Range
        What each ingredient is and may be.
    through : sequence of iterables, one per box
        Points at which the function turns, tried where they lie inside the box.
    """
    turning = [*through, *([()] * (len(boxes) - len(through)))]
    grid = [{*b, *(x for x in extra if b.low < x < b.high)} for b, extra in zip(boxes, turning, strict=True)]
    found = [function(*point) for point in product(*grid)]
    return _spread(function(*(b.value for b in boxes)), found)


def over(name: str, function: Callable[..., float | tuple[float, ...]], tables: Sequence[tuple]) -> Implied | None:
    """What a function gives over the tables a report allows, the first being the most likely one.

    Returns
    -------
    Implied or None
        None where the function has no answer for the first table.
    """
    rows = [found if isinstance(found, tuple) else (found,) for found in (function(*table) for table in tables)]
    if any(isnan(v) for v in rows[0]):
        return None
    return Implied(name, tuple(_spread(column[0], column) for column in zip(*rows, strict=True)))


def _spread(value: float, found: Iterable[float]) -> Range:
    known = [v for v in found if not isnan(v)]
    return Range(value, min(known, default=value), max(known, default=value))


def distance(printed: Decimal | str, value: float) -> float:
    """How far a value is from a printed number, in units of its last digit; a bound is missed from one side only."""
    gap = (Decimal(value) if abs(value) < float("inf") else Decimal("Infinity")) - unbounded(printed)
    side = str(printed)[0]
    gap = max(gap if side == "<" else -gap, Decimal(0)) if side in "<>" else abs(gap)
    return float(gap) / unit(printed)


def _number(printed: Decimal | str) -> str:
    """The digits of a number or of its bound."""
    return str(printed).lstrip("<>")


def is_bound(printed: Decimal | str) -> bool:
    """Whether only a bound is printed: "<0.1" or ">5"."""
    return str(printed)[0] in "<>"


def rounds_to(printed: Decimal | str, value: float) -> bool:
    """Whether a value is printed so, rounding a half either way; on its side of a bound "<c" or ">c"."""
    allowed = 0.0 if str(printed)[0] in "<>" else 0.5
    return distance(printed, value) <= allowed + SLACK


def meets(printed: Decimal | str, found: Range) -> bool:
    """Whether the range of a calculation reaches what the printed number may stand for."""
    if (side := str(printed)[0]) in "<>":
        return rounds_to(printed, found.low if side == "<" else found.high)
    inside = found.low <= float(printed) <= found.high
    return inside or rounds_to(printed, found.low) or rounds_to(printed, found.high)


def shown(value: float, like: Decimal | str) -> str:
    """A calculated number with the digits of a printed one, or more where those would hide it."""
    if abs(value) == float("inf"):
        return "infinite"
    digits = max(0, -int(unbounded(like).as_tuple().exponent))
    if 0 < abs(value) < 1e-6:
        return "<0.000001" if value > 0 else ">-0.000001"
    while value and float(f"{value:.{digits}f}") == 0:
        digits += 1
    return f"{value:.{digits}f}"
