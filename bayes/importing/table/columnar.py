"""Parquet files and data frames: columns of values that are numbers already."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence

from bayes.errors import InvalidInput
from bayes.importing.frame import FrameSource
from bayes.importing.source import Source
from bayes.importing.table.grids import MOST_CELLS, Cell, Grid
from bayes.importing.table.written_cells import DATED

WHOLE = 1e15


def read_frame(source: FrameSource) -> Grid:
    """Read a data frame; its rows are numbered by position, from 0."""
    frame = source.frame
    columns = [frame.iloc[:, i].tolist() for i in range(frame.shape[1])]
    names = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns]
    return _grid(source.name, names, columns, first=0, row="position")


def read_parquet(source: Source) -> Grid:
    """Read a Parquet file; its rows are numbered as in a spreadsheet, in which the first holds the names.

    Raises
    ------
    InvalidInput
        If it is damaged or larger than is accepted.
    """
    import pyarrow.parquet

    content = source.read()
    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
        _refuse_large(source.name, file.metadata.num_rows, file.metadata.num_columns)
        table = file.read()
        columns = [column.to_pylist() for column in table.columns]
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise InvalidInput(source.name, [f"cannot be read as Parquet: {str(error).splitlines()[0]}"]) from None
    return _grid(source.name, table.column_names, columns, first=2, row="row")


def _refuse_large(name: str, rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise InvalidInput(name, [f"{rows:,} rows of {columns:,} columns; accepted: {MOST_CELLS:,} cells in one table"])


def _grid(name: str, names: Sequence[str], columns: Sequence[Sequence[object]], *, first: int, row: str) -> Grid:
    _refuse_large(name, max(map(len, columns), default=0), len(columns))
    heading = (first - 1, [Cell(one) for one in names])
    rows = [(first + i, [_cell(value) for value in values]) for i, values in enumerate(zip(*columns, strict=True))]
    return Grid("", [heading, *_filled(rows)], row=row)


def _filled(rows: Iterable[tuple[int, list[Cell]]]) -> Iterable[tuple[int, list[Cell]]]:
    return (row for row in rows if not all(cell.is_empty for cell in row[1]))


def _cell(value: object) -> Cell:
    """Return a value as text: whole numbers without a point, since a column with a gap stores counts as 12.0."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("NaT", "<NA>"):
        return Cell("")
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE:
        return Cell(str(int(value)))
    if hasattr(value, "isoformat"):
        return Cell(str(value).removesuffix(" 00:00:00"), damage=DATED)
    return Cell(value.decode(errors="replace") if isinstance(value, bytes) else str(value))
