"""Excel workbooks: the sheets, with merged cells, dates and formulas marked as such."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bayes.base.unpacking import DAMAGE
from bayes.errors import InvalidInput
from bayes.importing.source import MEGABYTE, MOST_BYTES, Source
from bayes.importing.table.grids import MOST_CELLS, Cell, Grid
from bayes.importing.table.written_cells import DATED, FORMULA, MERGED

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS_IN_SHEET = 100_000
DECIMALS = re.compile(r"(?:#,##)?0\.(0+)(_\))?")
DAMAGED = "cannot be read as an Excel workbook"
LONGEST = 120  # of the message of a library about a damaged file
SHOWN = 15  # digits that Excel keeps


def read_workbook(source: Source) -> list[Grid]:
    """Read the sheets of a workbook, without those that are empty.

    Raises
    ------
    InvalidInput
        If it is damaged, not a workbook of tables, or larger than is accepted.
    """
    content = source.read()
    _refuse_large(source.name, content)
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except InvalidInput:
        raise
    except Exception as error:  # openpyxl raises whatever the damaged part of a file makes it stumble upon
        raise InvalidInput(source.name, [f"{DAMAGED}: {str(error)[:LONGEST]}"]) from None
    found = [_grid(sheet, source.name) for sheet in book.worksheets]
    if not (grids := [grid for grid in found if grid.rows]):
        raise InvalidInput(source.name, ["the workbook has no cells with content"])
    return grids


def _refuse_large(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            total = sum(member.file_size for member in archive.infolist())
    except DAMAGE as error:
        raise InvalidInput(name, [f"{DAMAGED}: {str(error)[:LONGEST]}"]) from None
    if total > MOST_BYTES:
        said = f"{total // MEGABYTE:,} MB when unpacked; accepted: {MOST_BYTES // MEGABYTE} MB, or the table as CSV"
        raise InvalidInput(name, [said])


def _grid(sheet: Worksheet, name: str) -> Grid:
    if sheet.max_row > MOST_ROWS_IN_SHEET or sheet.max_row * sheet.max_column > MOST_CELLS:
        said = (
            f"sheet {sheet.title!r} has {sheet.max_row:,} rows; accepted: {MOST_ROWS_IN_SHEET:,}, or the table as CSV"
        )
        raise InvalidInput(name, [said])
    merged = _merged(sheet)
    rows = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [_cell(cell, sheet.title, merged) for cell in row]
        if not all(cell.is_empty for cell in cells):
            rows.append((number, cells))
    return Grid(sheet.title, rows)


def _merged(sheet: Worksheet) -> dict[str, str]:
    """Return the text of the first cell of each block of merged cells, by the name of every other cell of it."""
    found: dict[str, str] = {}
    for block in sheet.merged_cells.ranges:
        names = [f"{sheet.cell(r, c).coordinate}" for r, c in list(block.cells)[:MOST_ROWS_IN_SHEET]]
        text = _text(sheet.cell(block.min_row, block.min_col))
        found |= dict.fromkeys(names[1:], text)
    return found


def _cell(cell: Any, title: str, merged: dict[str, str]) -> Cell:
    place = f"{title}!{cell.coordinate}"
    if cell.coordinate in merged:
        return Cell(merged[cell.coordinate], place, MERGED)
    if cell.data_type == "f":
        return Cell(str(getattr(cell.value, "text", cell.value)), place, FORMULA)
    if isinstance(cell.value, datetime.date | datetime.time | datetime.timedelta):
        return Cell(str(cell.value).removesuffix(" 00:00:00"), place, DATED)
    return Cell(_text(cell), place)


def _text(cell: Any) -> str:
    """Return what a cell shows: a number with the zeros at its end that its format adds, a percentage as such."""
    value, form = cell.value, str(cell.number_format)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    number = Decimal(f"{value:.{SHOWN}g}")
    if form.endswith("%"):
        return f"{(number * 100).normalize():f}%"
    if found := DECIMALS.fullmatch(form):
        number = max(number, number.quantize(Decimal(1).scaleb(-len(found[1]))), key=lambda n: _decimals(n, number))
    return f"{number:f}"


def _decimals(candidate: Decimal, number: Decimal) -> int:
    """Return the number of decimals of a candidate that equals a number; -1 if it does not."""
    return -int(candidate.as_tuple().exponent) if candidate == number else -1
