"""Tables as CSV, in which a spreadsheet finds no formula.

A text that a spreadsheet would take for a formula is written with an apostrophe before it, which the spreadsheet does
not show and `as_stored` takes away.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a formula begins with
ENDED = "\r\n"


def as_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str], heading: bool = True) -> str:
    """Return rows as CSV; missing values are empty.

    Parameters
    ----------
    rows : iterable of mappings
        With these columns, or some of them.
    columns : sequence of str
    heading : bool
        Whether the first line names the columns.
    """
    first: list[dict[str, object]] = [dict(zip(columns, columns, strict=True))] if heading else []
    cells = ({name: harmless(value) for name, value in row.items()} for row in rows)
    return "".join(_line(row, columns) for row in chain(first, cells))


def _line(row: Mapping[str, object], columns: Sequence[str]) -> str:
    """Return a row as a line; Python before 3.13 quotes a carriage return only if lines end with one."""
    text = io.StringIO()
    csv.DictWriter(text, columns, lineterminator=ENDED).writerow(row)
    return text.getvalue().removesuffix(ENDED) + "\n"


def harmless(value: object) -> object:
    """Return a cell that no spreadsheet calculates."""
    if not isinstance(value, str) or not _is_formula(value.lstrip("'")):
        return value
    return f"'{value}"


def as_stored(cell: str) -> str:
    """Return the text that `harmless` has made a cell of."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell.lstrip("'")) else cell


def _is_formula(text: str) -> bool:
    if not text.startswith(FORMULAS) or len(text) == 1:
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False
