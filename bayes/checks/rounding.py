"""Rounding: the values that a printed number may stand for, and the range of a calculation over them (METHODS 1).

A number printed as 1.50 stands for 1.495 to 1.505, its box. A calculation from several printed numbers has a value,
from the numbers as printed, and a range over their boxes, which is evaluated at their corners and centres and at known
turning points in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import inf, isnan, log
from typing import NamedTuple

from bayes.base import measures
from bayes.base.written_numbers import half_unit, unbounded

LARGEST_LOG = 709.0  # the logarithm of a number that a float still holds
SLACK = 1e-9  # in units of the last digit, so that a half may be rounded up or down


class Range(NamedTuple):
    """A calculated value, and its range over the rounding of its inputs."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Implied:
    """The result of a named calculation: a range for each printed number, or for both limits of an interval."""

    name: str
    parts: tuple[Range, ...]


def exactly(name: str, *values: float) -> Implied:
    """Return the result of a calculation whose inputs are not rounded."""
    return Implied(name, tuple(Range(v, v, v) for v in values))


def unit(printed: Decimal | str) -> float:
    """Return one unit of the last printed digit."""
    return 2 * float(half_unit(unbounded(printed)))


def box(printed: Decimal) -> Range:
    """Return a printed number and the limits of the values for which it may stand."""
    half = half_unit(printed)
    return Range(float(printed), float(printed - half), float(printed + half))


def analysis_box(printed: Decimal, measure: str) -> Range | None:
    """Return the box of a printed effect on the analysis scale.

    Parameters
    ----------
    printed : Decimal
        Effect on the measure's own scale, with its printed digits.
    measure : str
        Measure of effect.

    Returns
    -------
    Range or None
        None for a negative ratio. A ratio printed as 0.00 lies between zero and half a unit, and is represented by a
        quarter of a unit.
    """
    value, low, high = box(printed)
    if not measures.is_log(measure):
        return Range(value, low, high)
    if value < 0:
        return None
    if low <= 0:
        value, low = value or high / 2, high / 1000
    return Range(log(value), log(low), log(high))


def natural(value: float, measure: str) -> float:
    """Convert an effect from the analysis scale to the measure's own; a ratio that no float holds is infinite."""
    return inf if measures.is_log(measure) and value > LARGEST_LOG else float(measures.to_natural(value, measure))


def extent(function: Callable[..., float], *boxes: Range, through: Sequence[Iterable[float]] = ()) -> Range:
    """Calculate the value and the range of a function of printed numbers.

    Parameters
    ----------
    function : callable
        Takes one number per box.
    boxes : Range
        The value and the range of each argument.
    through : sequence of iterables, one per box
        Turning points of the function, which are evaluated if they lie inside the box.

    Returns
    -------
    Range
    """
    turning = [*through, *([()] * (len(boxes) - len(through)))]
    grid = [{*b, *(x for x in extra if b.low < x < b.high)} for b, extra in zip(boxes, turning, strict=True)]
    found = [function(*point) for point in product(*grid)]
    return _spread(function(*(b.value for b in boxes)), found)


def over[*Cells](
    name: str, function: Callable[[*Cells], float | tuple[float, ...]], tables: Sequence[tuple[*Cells]]
) -> Implied | None:
    """Evaluate a function over the tables that a report allows.

    Parameters
    ----------
    name : str
        Name of the calculation.
    function : callable
        Takes the elements of a table; returns a number, or a tuple of limits, with nan for no result.
    tables : sequence of tuple
        The most likely table first.

    Returns
    -------
    Implied or None
        None if the function has no result for the first table.
    """
    rows = [found if isinstance(found, tuple) else (found,) for found in (function(*table) for table in tables)]
    if any(isnan(v) for v in rows[0]):
        return None
    return Implied(name, tuple(_spread(column[0], column) for column in zip(*rows, strict=True)))


def _spread(value: float, found: Iterable[float]) -> Range:
    known = [v for v in found if not isnan(v)]
    return Range(value, min(known, default=value), max(known, default=value))


def distance(printed: Decimal | str, value: float) -> float:
    """Return the distance of a value from a printed number or bound, in units of the last printed digit.

    The distance from a bound is zero on its allowed side.
    """
    gap = (Decimal(value) if abs(value) < float("inf") else Decimal("Infinity")) - unbounded(printed)
    side = str(printed)[0]
    gap = max(gap if side == "<" else -gap, Decimal(0)) if side in "<>" else abs(gap)
    return float(gap) / unit(printed)


def _number(printed: Decimal | str) -> str:
    """Return the digits of a number or of a bound."""
    return str(printed).lstrip("<>")


def is_bound(printed: Decimal | str) -> bool:
    """Return whether only a bound is printed, such as "<0.1" or ">5"."""
    return str(printed)[0] in "<>"


def rounds_to(printed: Decimal | str, value: float) -> bool:
    """Return whether a value rounds to the printed number (a half up or down), or satisfies the printed bound."""
    allowed = 0.0 if str(printed)[0] in "<>" else 0.5
    return distance(printed, value) <= allowed + SLACK


def meets(printed: Decimal | str, found: Range) -> bool:
    """Return whether the range of a calculation overlaps with the values for which the printed number may stand."""
    if (side := str(printed)[0]) in "<>":
        return rounds_to(printed, found.low if side == "<" else found.high)
    inside = found.low <= float(printed) <= found.high
    return inside or rounds_to(printed, found.low) or rounds_to(printed, found.high)


def shown(value: float, like: Decimal | str) -> str:
    """Format a calculated number with the digits of a printed one, or with more if it would appear as zero."""
    if abs(value) == float("inf"):
        return "infinite"
    digits = max(0, -int(unbounded(like).as_tuple().exponent))
    if 0 < abs(value) < 1e-6:
        return "<0.000001" if value > 0 else ">-0.000001"
    while value and float(f"{value:.{digits}f}") == 0:
        digits += 1
    return f"{value:.{digits}f}"
