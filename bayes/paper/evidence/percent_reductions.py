"""Effects printed on another scale than that of their measure: percent reductions and probabilities of a win.

A relative reduction of r percent is the ratio 1 - r/100, exactly, so the printed digits carry over; its limits change
places. A win probability p (the probabilistic index, the desirability of outcome ranking) is the odds p / (1 - p).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from math import floor, isfinite, log10
from typing import Any

from bayes.base.written_numbers import half_unit

TURNED = "percent_reduction"


def _ratio(reduction: Decimal) -> Decimal:
    return 1 - reduction.scaleb(-2)  # a quotient would drop the last zero of 20.0, and with it a digit of precision


def _odds(probability: Decimal) -> Decimal:
    """Return the odds, to the decimal place that the rounding of the probability does not exceed."""
    if not 0 < probability < 1:
        return probability  # refused as an impossible ratio, or said so by its own interval
    odds = probability / (1 - probability)
    unit = 2 * float(half_unit(probability)) / float(1 - probability) ** 2
    return odds.quantize(Decimal(1).scaleb(floor(log10(unit))), ROUND_HALF_UP)


CONVERTED: dict[str, Callable[[Decimal], Decimal]] = {TURNED: _ratio, "win_probability": _odds}


def as_ratio(data: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an estimate with its numbers as ratios, and what was printed as text.

    Parameters
    ----------
    data : dict
        Fields as written, with `printed_as`; numbers that are not plain are left for validation to refuse.
    """
    how = data["printed_as"]
    convert = CONVERTED.get(how) if isinstance(how, str) else None
    if convert is None:
        return data  # validation says which are accepted
    written = {name: value for name, value in data.items() if name != "printed_as"}
    said = [f"{data['estimate']}"] if "estimate" in data else []
    written["estimate"] = _converted(data.get("estimate"), convert)
    limits = data.get("ci")
    if isinstance(limits, list | tuple) and len(limits) == 2:
        said.append(f"({limits[0]} to {limits[1]})")
        found = [_converted(limit, convert) for limit in limits]
        written["ci"] = found[::-1] if how == TURNED else found
    return written | {"as_printed": f"{how.replace('_', ' ')} {' '.join(said)}"}


def _converted(value: object, convert: Callable[[Decimal], Decimal]) -> object:
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float) or not isfinite(value):
        return value
    return convert(Decimal(str(value)))
