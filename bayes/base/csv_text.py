"""Tables as CSV, in which a spreadsheet finds no formula.

A text that a spreadsheet would take for a formula is written with an apostrophe before it, which the spreadsheet does
not show and `as_stored` takes away.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a formula begins with
SUSPECT = {*FORMULAS, "'"}  # what a cell begins with that holds one, marked as text or not
ENDED = "\r\n"  # Python before 3.13 quotes a carriage return only if lines end with one


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
    lines: list[str] = []
    table, known = csv.writer(SimpleNamespace(write=lines.append), lineterminator=ENDED), set(columns)
    if heading:
        table.writerow(columns)
    for row in rows:
        if not row.keys() <= known:
            raise ValueError(f"columns {sorted(row.keys() - known)}; accepted: {sorted(known)}")
        table.writerow([harmless(row.get(name)) for name in columns])
    return "".join(line.removesuffix(ENDED) + "\n" for line in lines)


def harmless(value: object) -> object:
    """Return a cell that no spreadsheet calculates."""
    if not isinstance(value, str) or value[:1] not in SUSPECT or not _is_formula(value.lstrip("'")):
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
