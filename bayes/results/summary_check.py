"""What a summary that was read must be: rows of the columns of this version, each value of its column's type.

Whatever reads a summary later (tables, comparisons, exports) relies on it. Columns of other versions may hold anything
plain, but every row of a column the same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args, get_type_hints

from bayes.base.unpacking import LONGEST
from bayes.posterior.names import ParameterName
from bayes.posterior.row import SummaryRow

NEEDED = ("trial", "outcome", "parameter", "prior", "status")
STATUSES = ("ok", "failed", "skipped")
OBJECTS = ("p_beyond", "derived")  # JSON in a cell
INTERVALS = {"estimate": ("estimate_low", "estimate_high"), "median": ("ci_low", "ci_high")}
ROUNDING = 1e-9  # by which a sum of floats may leave the unit interval
LARGEST = 2**53  # beyond which a whole number is not exactly a float


def mistakes_of(found: object) -> Iterator[str]:
    """Yield what is wrong with the content of a summary; the first row that is wrong, once per column.

    Parameters
    ----------
    found : object
        What the JSON of a summary holds.
    """
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        yield "not an array of rows"
        return
    for number, row in enumerate(found, 1):
        if missing := [name for name in NEEDED if name not in row]:
            yield f"not a summary of posteriors: row {number} has no {', '.join(missing)}"
            return
        wrong = [f"row {number}: {said}" for said in _wrong(row)]
        yield from wrong
        if wrong:
            return
    yield from _mixed(found)


def _wrong(row: Mapping[str, object]) -> Iterator[str]:
    kinds = _kinds()
    for name, value in row.items():
        accepted = kinds.get(name, (str, float, int, bool, type(None)))
        if name in NEEDED:
            accepted = (str,)
        if not _is_of(value, accepted):
            words = " or ".join(WORDS[kind] for kind in WORDS if kind in accepted)
            yield f"{_shown(name)} is {_shown(value)}; accepted: {words}"
        elif name == "status" and value not in STATUSES:
            yield f"status is {_shown(value)}; accepted: {', '.join(STATUSES)}"
        elif name in OBJECTS and isinstance(value, str) and not _is_object(value):
            yield f"{name} is {_shown(value)}; accepted: a JSON object as text"
        elif name == "parameter" and not _is_parameter(str(value)):
            yield f"parameter is {_shown(value)}; accepted: NAME or NAME[OF]"
        elif name in kinds and isinstance(value, int | float) and (accepted_here := _outside(name, value)):
            yield f"{name} is {_shown(value)}; accepted: {accepted_here}"
    for shown, limits in INTERVALS.items():
        if row.get(shown) is not None and (lacking := [name for name in limits if row.get(name) is None]):
            yield f"{shown} is given without {', '.join(lacking)}"


def _outside(name: str, value: float) -> str | None:
    """Return what a number may be that is not; None if it may be what it is."""
    if name.startswith("p_") and not -ROUNDING <= value <= 1 + ROUNDING:
        return "a probability"
    if name in ("ess_bulk", "ess_tail") and value <= 0:
        return "a number above 0"
    if (name in ("sd", "divergences") or name.startswith("mcse_")) and value < 0:
        return "a number of at least 0"
    return None


def _is_parameter(value: str) -> bool:
    try:
        ParameterName.parse(value)
    except ValueError:
        return False
    return True


WORDS: Mapping[type, str] = {
    str: "text", float: "a finite number", int: "a whole number", bool: "true or false", type(None): "null",
}  # fmt: skip


def _is_of(value: object, accepted: Sequence[type]) -> bool:
    if isinstance(value, bool) or value is None:
        return type(value) in accepted
    if isinstance(value, int):
        return (int in accepted or float in accepted) and abs(value) <= LARGEST
    if isinstance(value, float):
        return float in accepted and math.isfinite(value)
    return isinstance(value, str) and str in accepted and _is_text(value)


def _is_text(value: str) -> bool:
    """Return whether a text can be written: half of a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _is_object(value: str) -> bool:
    try:
        return isinstance(json.loads(value), dict)
    except (ValueError, RecursionError):
        return False


def _mixed(rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Yield the columns of other versions that hold values of several types."""
    types: dict[str, set[type]] = {}
    for row in rows:
        for name in row.keys() - _kinds().keys():
            if row[name] is not None:
                types.setdefault(name, set()).add(float if type(row[name]) is int else type(row[name]))
    for name in sorted(name for name, found in types.items() if len(found) > 1):
        yield f"the column {_shown(name)} holds values of several types; accepted: one"


def _shown(value: object) -> str:
    """Return a value as JSON, in ASCII and short."""
    said = value if isinstance(value, str) and value.isidentifier() and value.isascii() else _as_json(value)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}..."


def _as_json(value: object) -> str:
    try:
        return json.dumps(value)
    except ValueError:  # a whole number of more digits than Python writes
        return "a number of thousands of digits"


@cache
def _kinds() -> Mapping[str, tuple[type, ...]]:
    """Return the types of every column."""
    hints: Mapping[str, Any] = get_type_hints(SummaryRow)
    nullable = {name: get_args(hint) or (hint,) for name, hint in hints.items()}
    return {name: (*kinds, type(None)) for name, kinds in nullable.items()}
