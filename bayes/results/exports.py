"""The summary of a results folder in formats that other programs read, chosen by the file suffix."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bayes.base import html
from bayes.base.writing import replaced, write_text
from bayes.errors import InvalidInput, UnknownName
from bayes.posterior.row import COLUMNS, SummaryRow
from bayes.results.office import by_target, write_document, write_workbook
from bayes.results.summary_file import as_csv, columns_of, read_rows
from bayes.text.rows import HEADINGS, cells

if TYPE_CHECKING:
    import pyarrow

Rows = Sequence[SummaryRow]
TEXT = (
    "trial", "outcome", "parameter", "model", "evidence", "prior", "prior_distribution", "heterogeneity",
    "heterogeneity_distribution", "measure", "scale", "benefit", "p_beyond", "exact_method", "status", "reason", "note",
    "key", "label", "likelihood", "prior_basis", "heterogeneity_basis", "derived",
)  # fmt: skip
CAPTION = (
    "Post hoc reanalyses, not prespecified and not adjusted for multiplicity. Medians and 95% credible intervals on "
    "the measure's own scale; tau on the analysis scale."
)
IN_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "≥": r"$\geq$",
}  # fmt: skip


def export(results_folder: str | os.PathLike[str], path: str | os.PathLike[str], only: Sequence[str] = ()) -> Path:
    """Write the summary of a results folder to one file.

    Parameters
    ----------
    results_folder : str or path
        A folder that `bayes regenerate` wrote.
    path : str or path
        The file to write, its format given by the suffix: .csv, .json and .parquet contain every column of every row,
        .tex (a `longtable`), .html and .docx the columns for a reader, .xlsx both. An existing file is replaced
        atomically.
    only : sequence of str
        Trials, outcomes (`trial:outcome`) and syntheses to which the rows are limited; all by default.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InvalidInput
        If the suffix is not one of these, or the folder is not a results folder.
    NotWritten
        If the file cannot be written.
    """
    path = Path(path)
    write = FORMATS.get(path.suffix.lower())
    if write is None:
        raise InvalidInput(str(path), [f"unknown format {path.suffix!r}; accepted: {', '.join(FORMATS)}"])
    if path.is_dir():
        raise InvalidInput(str(path), ["cannot be written: this is a folder"])
    rows = _only(read_rows(results_folder), only)
    write(rows, path)
    return path


def _only(rows: Rows, names: Sequence[str]) -> Rows:
    """Return the rows of some trials, outcomes and syntheses; an unknown name is an error."""
    known = dict.fromkeys(name for row in rows for name in _names(row))
    for name in names:
        if name not in known:
            raise UnknownName("trial, outcome or synthesis of this folder", name, known)
    return [row for row in rows if not names or not {*names}.isdisjoint(_names(row))]


def _names(row: SummaryRow) -> tuple[str, ...]:
    """Return what a row is known by: its trial and its outcome, or its synthesis."""
    return (row["trial"], f"{row['trial']}:{row['outcome']}") if row["outcome"] else (row["trial"],)


def _csv(rows: Rows, path: Path) -> None:
    write_text(path, as_csv(rows))


def _json(rows: Rows, path: Path) -> None:
    write_text(path, json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _parquet(rows: Rows, path: Path) -> None:
    """Write Parquet with a fixed type per column, whichever values this summary happens to contain."""
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema([(name, _type(name, rows)) for name in columns_of(rows)])
    with replaced(path) as unfinished:
        parquet.write_table(pyarrow.Table.from_pylist(list(rows), schema), unfinished)


def _type(column: str, rows: Rows) -> pyarrow.DataType:
    import pyarrow

    if column not in COLUMNS:  # written by another version of this package
        return pyarrow.infer_type([{**row}.get(column) for row in rows])
    if column in TEXT:
        return pyarrow.string()
    known = {"informative": pyarrow.bool_(), "headline": pyarrow.bool_(), "divergences": pyarrow.int64()}
    return known.get(column, pyarrow.float64())


def _html(rows: Rows, path: Path) -> None:
    body = html.table(HEADINGS, map(cells, rows), CAPTION)
    write_text(path, html.page("Posteriors", body))


def _latex(rows: Rows, path: Path) -> None:
    """Write a multi-page table for `\\input`; it requires only the package longtable."""
    columns = r"p{0.18\linewidth}p{0.12\linewidth}p{0.17\linewidth}lllp{0.18\linewidth}"
    head = _line(HEADINGS) + "\\hline\n\\endhead\n"
    body = "".join(_line(cells(row)) for row in rows)
    caption = f"\\caption{{{in_latex(CAPTION)}}} \\\\\n"
    lines = (
        f"% needs \\usepackage{{longtable}}\n\\begin{{longtable}}{{{columns}}}\n{caption}\\hline\n{head}{body}\\hline\n"
    )
    write_text(path, lines + "\\end{longtable}\n")


def _line(words: Sequence[str]) -> str:
    return " & ".join(map(in_latex, words)) + " \\\\\n"


def in_latex(text: str) -> str:
    """Escape the characters that LaTeX would read as commands, and turn line ends into spaces."""
    return "".join(IN_LATEX.get(character, character) for character in " ".join(text.split()))


def _docx(rows: Rows, path: Path) -> None:
    write_document(path, CAPTION, by_target(rows))


FORMATS: dict[str, Callable[[Rows, Path], None]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
    ".tex": _latex,
    ".html": _html,
    ".xlsx": write_workbook,
    ".docx": _docx,
}
