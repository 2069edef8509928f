"""The row of names, and the rows below it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bayes.errors import InvalidInput, did_you_mean
from bayes.importing.table.grids import Cell, Grid, placed
from bayes.importing.table.vocabulary import ABOUT, MAPPED, SCHEMES, squashed
from bayes.importing.table.written_cells import Mark, decimal_mark, is_missing, looks_numeric

DEEPEST_HEADING = 40
KNOWN = frozenset(
    [name for _, _, names in SCHEMES for name in names.values()]
    + [name for names in ABOUT.values() for name in names]
    + ["yi", "vi", "sei", "te", "sete", "estimate", "ri", "tp", "fp", "fn", "tn", "n", "ni", "or", "hr", "rr", "se"]
)
TOTAL = re.compile(
    r"(?:sub-?|grand )?totals?(?:\s*[(:,].*)?|overall\b.*|pooled\b.*|summary\b.*|combined\b.*"
    r"|all (?:studies|trials)\b.*|(?:fixed|random|common)[- ]effects?\b.*|heterogeneity\b.*|test for\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Row:
    """A row below the names, with a cell for each of them, and the cells beyond."""

    number: int
    cells: Sequence[Cell]
    place: str
    beyond: Sequence[Cell] = ()


@dataclass(frozen=True)
class Table:
    """A table whose columns have names.

    Attributes
    ----------
    name : str
        Name of the sheet; empty for a file with a single table.
    columns : tuple of str
        The names, as they are written.
    rows : tuple of Row
    separator : str
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    separator: str = ""

    @property
    def squashed(self) -> list[str]:
        return [squashed(name) for name in self.columns]

    def find(self, names: Sequence[str]) -> int | None:
        """Return the index of the first column with one of these squashed names, in the order of the names."""
        known = self.squashed
        return next((known.index(name) for name in names if name in known), None)

    def texts(self, column: int) -> list[str]:
        """Return what the cells of a column say, without spaces at either end."""
        return [" ".join(row.cells[column].text.split()) for row in self.rows]

    def mark(self, columns: Sequence[int]) -> Mark:
        """Return the decimal mark of the numbers in some columns."""
        return decimal_mark(row.cells[i].text for row in self.rows for i in columns)

    def twice(self, columns: Sequence[int]) -> list[str]:
        """Return the names of those columns that another column has as well."""
        known = self.squashed
        return [self.columns[i] for i in columns if known.count(known[i]) > 1 and not self._alike(i)]

    def _alike(self, column: int) -> bool:
        """Return whether all columns with the name of this one hold the same."""
        known = self.squashed
        return len({tuple(self.texts(i)) for i, name in enumerate(known) if name == known[column]}) == 1


def table_of(grid: Grid) -> Table | None:
    """Find the row of names in a grid, which need not be the first; None if there is none, or no row below it."""
    rows = list(grid.rows)
    scored = [(_score(cells), -i) for i, (_, cells) in enumerate(rows[:DEEPEST_HEADING])]
    if not scored or max(scored)[0] <= 0:
        return None
    at = -max(scored)[1]
    heading = [" ".join(cell.text.split()) for cell in rows[at][1]]
    if at:
        heading = _under(heading, [" ".join(cell.text.split()) for cell in rows[at - 1][1]])
    while heading and not heading[-1]:
        heading.pop()
    below = rows[at + 1 :]
    if below and len(heading) > 1 and all(len(cells) == len(heading) + 1 for _, cells in below):
        heading = ["", *heading]  # as R writes a table whose rows have names
    return Table(grid.name, tuple(heading), tuple(_row(grid, heading, n, cells) for n, cells in below), grid.separator)


def _under(heading: Sequence[str], above: Sequence[str]) -> list[str]:
    """Return names of which some are alike with what stands above them: "Drug n" and "Placebo n"."""
    known = [squashed(name) for name in heading]
    over, last = [], ""
    for i in range(len(heading)):
        last = (above[i] if i < len(above) else "") or last
        over.append(last)
    repeated = [i for i, name in enumerate(known) if name and known.count(name) > 1 and over[i]]
    return [f"{over[i]} {name}" if i in repeated else name for i, name in enumerate(heading)]


def _score(cells: Sequence[Cell]) -> int:
    """Return how much a row looks like names: known names count, numbers count against it."""
    texts = [cell.text.strip() for cell in cells if not cell.is_empty]
    if len(texts) < 2 or any(len(text) > 120 for text in texts):
        return 0
    numbers = sum(looks_numeric(text) or is_missing(text) for text in texts)
    known = sum(squashed(text) in KNOWN for text in texts)
    return 3 * known + len(set(texts)) - 4 * numbers


def _row(grid: Grid, heading: Sequence[str], number: int, cells: Sequence[Cell]) -> Row:
    own = [placed(cell, grid.row, number, heading[i] or str(i + 1)) for i, cell in enumerate(cells[: len(heading)])]
    own += [Cell("", f"{grid.row} {number}, column {name}") for name in heading[len(own) :]]
    sheet = f"{grid.name}!row {number}" if grid.name else f"{grid.row} {number}"
    return Row(number, own, sheet, [cell for cell in cells[len(heading) :] if not cell.is_empty])


def mapped(table: Table, columns: Mapping[str, str], name: str) -> dict[str, int]:
    """Return the index of each column that a person named for a field.

    Raises
    ------
    InvalidInput
        If there is no such field or no such column.
    """
    found, mistakes = {}, []
    for field, column in columns.items():
        index = next((i for i, one in enumerate(table.columns) if one == column), None)
        index = table.find([squashed(column)]) if index is None else index
        if field not in MAPPED:
            said = f"columns.{field}: not a field{did_you_mean(field, MAPPED)}; accepted: {', '.join(MAPPED)}"
            mistakes.append(said)
        elif index is None:
            known = ", ".join(filter(None, table.columns[:60]))
            mistakes.append(
                f"columns.{field}: no column {column!r}{did_you_mean(column, table.columns)}; there are {known}"
            )
        else:
            found[field] = index
    if mistakes:
        raise InvalidInput(name, mistakes)
    return found


def is_total(label: str) -> bool:
    """Return whether a row is a total of the others, or of some of them."""
    return TOTAL.fullmatch(label.strip()) is not None


def is_known(table: Table) -> bool:
    """Return whether a table has rows, and several columns whose names are known."""
    return bool(table.rows) and sum(name in KNOWN for name in table.squashed) > 1
