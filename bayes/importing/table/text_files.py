"""Separated text in any encoding: commas, semicolons, tabs or bars between the columns."""

from __future__ import annotations

import codecs
import csv
import io
import re

from bayes.errors import InvalidInput
from bayes.importing.source import Source
from bayes.importing.table.grids import MOST_CELLS, Cell, Grid
from bayes.importing.table.written_cells import FORMULA

SEPARATORS = (",", ";", "\t", "|")
LONGEST_CELL = 1 << 20
IN_SAMPLE = 1 << 16
ROWS_IN_SAMPLE = 60
NOT_TABLES = (
    (re.compile(rb"\s*(?:<!doctype|<html|<\?xml|<[a-z]+[ >])", re.IGNORECASE), "a page of HTML or XML"),
    (re.compile(rb"\s*[{\[]\s*(?:[\"{\[\]}]|-?\d)"), "JSON"),
    (re.compile(rb"%PDF"), "a PDF"),
    (re.compile(rb"\{\\rtf"), "a document of a word processor"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "a workbook of Excel 97 to 2003 (.xls)"),
    (re.compile(rb"PK\x03\x04"), "a spreadsheet of another kind or an archive"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8"), "a picture"),
    (re.compile(rb"\x89HDF|SIMPLE|\x93NUMPY|RDX[23]|RDA[23]"), "a binary file"),
)
ACCEPTED = "accepted: separated text (CSV, TSV), Excel (.xlsx) or Parquet"
FORMULAS = re.compile(r"=\s*[A-Za-z($+\-\d].*[A-Za-z(/*+\d)].*")


def what_else(start: bytes) -> str | None:
    """Return what a document is if it is certainly not separated text."""
    found = next((what for pattern, what in NOT_TABLES if pattern.match(start.removeprefix(codecs.BOM_UTF8))), None)
    if found is None and encoding_of(start) == "cp1252" and re.search(rb"[\x00-\x08\x0e-\x1a]", start):
        return "a binary file"
    return found


def encoding_of(content: bytes) -> str:
    """Return the encoding of a text: UTF-8, UTF-16 in either order, or else Windows' of western Europe."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = content[:4096]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(sample) >= 8 and zeros.count(0) > 0.7 * len(zeros):
            return encoding
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(content) - 4:  # a sample may end within a character
            return "cp1252"
    return "cp1252" if b"\x00" in sample else "utf-8-sig"


def decoded(content: bytes) -> str:
    """Return a text; bytes that its encoding does not know become the sign of replacement."""
    return content.decode(encoding_of(content), errors="replace").removeprefix("\ufeff")


def separator_of(text: str) -> str | None:
    """Return the separator with which most rows have the same number of columns, more than one; None if none has."""
    best, found = (0.0, 0), None
    for separator in SEPARATORS:
        widths = [len(row) for row in _rows(text[:IN_SAMPLE], separator, ROWS_IN_SAMPLE) if any(row)]
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        usual = max(set(wide), key=wide.count)
        score = (widths.count(usual) / len(widths), usual)
        if score > best:
            best, found = score, separator
    return found


def _rows(text: str, separator: str, most: int) -> list[list[str]]:
    """Return the first rows; none if the text breaks off within quotes before the first row ends."""
    csv.field_size_limit(LONGEST_CELL)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(row)
            if len(rows) == most:
                break
    except csv.Error:
        pass
    return rows


def read_text(source: Source) -> Grid:
    """Read separated text.

    Raises
    ------
    InvalidInput
        If it is something else, has a single column, or is larger than is accepted.
    """
    content = source.read()
    if (what := what_else(content[:4096])) is not None:
        raise InvalidInput(source.name, [f"{what}, not a table; {ACCEPTED}"])
    text = decoded(content)
    if not text.strip():
        raise InvalidInput(source.name, ["the file is empty"])
    if (separator := separator_of(text)) is None:
        raise InvalidInput(source.name, ["not a table: no separator divides its lines into columns; accepted: , ; tab"])
    return Grid("", _cells(text, separator, source.name), separator=separator)


def _cells(text: str, separator: str, name: str) -> list[tuple[int, list[Cell]]]:
    csv.field_size_limit(LONGEST_CELL)
    found, many = [], 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1):
            many += len(row)
            if many > MOST_CELLS:
                raise InvalidInput(name, [f"more than {MOST_CELLS:,} cells in one table"])
            if any(cell.strip() for cell in row):
                found.append((number, [_cell(cell) for cell in row]))
    except csv.Error as error:
        raise InvalidInput(name, [f"cannot be read as separated text: {error}; is a quotation mark missing?"]) from None
    return found


def _cell(text: str) -> Cell:
    return Cell(text, damage=FORMULA if text.startswith("=") and FORMULAS.fullmatch(text.strip()) else "")
