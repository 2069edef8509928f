"""The summary as an Excel workbook, with every number, and as a Word document, with the columns for a reader.

Texts are written as texts, never as formulas, whatever they begin with.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from bayes.base.writing import replaced
from bayes.errors import NotWritten
from bayes.posterior.row import SummaryRow, meanings
from bayes.results.summary_file import columns_of
from bayes.text.rows import HEADINGS, cells

Rows = Sequence[SummaryRow]
Part = tuple[str, Sequence[Sequence[str]]]
ILLEGAL = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])  # control characters, which neither format can hold


def write_workbook(rows: Rows, path: Path) -> None:
    """Write a workbook: the rows for a reader, every column of every row, and what each column means.

    Parameters
    ----------
    rows : sequence of SummaryRow
    path : Path
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(book, "for a reader", HEADINGS, (cells(row) for row in rows))
    columns = columns_of(rows)
    _sheet(book, "summary", columns, ([{**row}.get(name) for name in columns] for row in rows))
    _sheet(book, "columns", ("column", "meaning"), meanings(SummaryRow).items())
    from lxml.etree import SerialisationError  # type: ignore[import-untyped]

    with replaced(path) as unfinished:
        try:
            book.save(str(unfinished))
        except SerialisationError as error:  # of the temporary files from which openpyxl makes the workbook
            raise NotWritten(tempfile.gettempdir(), str(error)) from None


def by_target(rows: Rows) -> Iterator[Part]:
    """Yield a heading and the lines of a table for each outcome and synthesis.

    Parameters
    ----------
    rows : sequence of SummaryRow
    """
    for name, group in groupby(rows, key=lambda row: (row["trial"], row["outcome"], row["label"])):
        lines = [HEADINGS[1:], *(cells(row)[1:] for row in group)]  # without the outcome, which the heading names
        yield f"{':'.join(filter(None, name[:2]))}: {name[2]}", lines


def write_document(path: Path, caption: str, parts: Iterable[Part]) -> None:
    """Write a document with a table under each heading.

    Parameters
    ----------
    path : Path
    caption : str
        A paragraph before the tables.
    parts : iterable of (str, sequence of sequence of str)
        The heading of each table, and its lines, the first with the headings of its columns.
    """
    import docx

    document = docx.Document()
    document.add_paragraph(_text(caption))
    for heading, lines in parts:
        document.add_heading(_text(heading), level=2)
        table = document.add_table(rows=len(lines), cols=len(lines[0]), style="Light List")
        for into, line in zip(table.rows, lines, strict=True):
            for cell, text in zip(into.cells, line, strict=True):
                cell.text = _text(text)
    with replaced(path) as unfinished:
        document.save(str(unfinished))


def _sheet(book: Any, title: str, headings: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    sheet = book.create_sheet(title)
    for i, line in enumerate((headings, *lines), start=1):
        for j, value in enumerate(line, start=1):
            if value is None:
                continue
            cell = sheet.cell(i, j)
            cell.value = _text(value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"
    sheet.freeze_panes = "A2"


def _text(text: str) -> str:
    return text.translate(ILLEGAL)
