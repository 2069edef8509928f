"""CSV as RevMan writes it: read by the names of its columns, each cell with its row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bayes.errors import InvalidInput
from bayes.importing.revman.review import Number, number
from bayes.importing.source import Source

MOST_FIELD = 1 << 20  # characters in one cell


@dataclass(frozen=True)
class Line:
    """A row of a sheet: its number in the file as a spreadsheet counts it, and its cells by column."""

    number: int
    cells: Mapping[str, str]

    @property
    def place(self) -> str:
        return f"row {self.number}"

    def text(self, column: str) -> str:
        """Return a cell with single spaces; empty if the column is missing."""
        return " ".join((self.cells.get(column) or "").split())

    def number_in(self, column: str) -> Number | None:
        """Return the number in a cell with its place, or None if there is none."""
        return number(self.cells.get(column), f"{self.place}, column {column}")


def decoded(content: bytes) -> str:
    """Decode a sheet: UTF-8 with or without a mark, UTF-16 with one, else Windows' Latin."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def heading(source: Source) -> tuple[str, ...]:
    """Return the names of the columns, by the first line."""
    first = decoded(source.start(1 << 16)).partition("\n")[0].strip("\r")
    return _columns(first)


def lines(source: Source) -> Iterator[Line]:
    """Yield the rows of a sheet.

    Raises
    ------
    InvalidInput
        If it cannot be read as CSV.
    """
    text = decoded(source.read())
    names = _columns(text.partition("\n")[0].strip("\r"))
    csv.field_size_limit(MOST_FIELD)
    rows = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=_delimiter(text))
    try:
        next(rows, None)
        for i, row in enumerate(rows, 2):
            if any(cell.strip() for cell in row):
                yield Line(i, dict(zip(names, row, strict=False)))
    except csv.Error as error:
        raise InvalidInput(source.name, [f"cannot be read as CSV: {error}"]) from None


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _columns(first: str) -> tuple[str, ...]:
    try:
        return tuple(name.strip() for name in next(csv.reader([first], delimiter=_delimiter(first)), []))
    except csv.Error:
        return ()
