"""The summary of a results folder in the formats that other programs read, chosen by suffix."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bayes.base import html
from bayes.errors import InvalidInput
from bayes.posterior.row import COLUMNS
from bayes.results.store import write_text
from bayes.results.summary_file import as_csv, columns_of, read_rows
from bayes.text.rows import HEADINGS, cells

Rows = Sequence[dict[str, Any]]
TEXT = (
    "trial", "outcome", "parameter", "model", "evidence", "prior", "prior_distribution", "heterogeneity",
    "heterogeneity_distribution", "measure", "scale", "benefit", "p_beyond", "exact_method", "status", "reason", "note",
    "key", "label", "likelihood", "prior_basis", "heterogeneity_basis", "derived",
)  # fmt: skip
CAPTION = (
    "Reanalyses after the fact, not prespecified, without adjustment for their number. Medians and 95% credible "
    "intervals on the measure's own scale, tau on the analysis scale."
)
IN_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "≥": r"$\geq$",
}  # fmt: skip


def export(results_folder: str | os.PathLike, path: str | os.PathLike) -> Path:
    """Write the rows of a results folder to one file.

    Parameters
    ----------
    results_folder : str or path
        As `bayes regenerate --out` names it.
    path : str or path
        Where to; the suffix decides: .csv, .json and .parquet hold every column of every row, .tex (a `longtable`) and
        .html the columns a reader wants. A file that is there is replaced in one step.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InvalidInput
        If the suffix is none of these, the folder is no results folder, or the file cannot be written.
    """
    path = Path(path)
    write = FORMATS.get(path.suffix.lower())
    if write is None:
        raise InvalidInput(str(path), [f"suffix {path.suffix!r} names no format; accepted: {', '.join(FORMATS)}"])
    if path.is_dir():
        raise InvalidInput(str(path), ["cannot be written: it is a folder"])
    rows = read_rows(results_folder)
    try:
        write(rows, path)
    except OSError as error:
        raise InvalidInput(str(path), [f"cannot be written: {error}"]) from None
    return path


def _csv(rows: Rows, path: Path) -> None:
    write_text(path, as_csv(rows))


def _json(rows: Rows, path: Path) -> None:
    write_text(path, json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _parquet(rows: Rows, path: Path) -> None:
    """Columns have one type each, whatever this summary holds: text, true or false, whole or real numbers."""
    import pyarrow
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    schema = pyarrow.schema([(name, _type(name, rows)) for name in columns_of(rows)])
    try:
        parquet.write_table(pyarrow.Table.from_pylist(list(rows), schema), unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _type(column: str, rows: Rows):
    import pyarrow

    if column not in COLUMNS:  # of another version of this package
        return pyarrow.infer_type([row.get(column) for row in rows])
    if column in TEXT:
        return pyarrow.string()
    known = {"informative": pyarrow.bool_(), "headline": pyarrow.bool_(), "divergences": pyarrow.int64()}
    return known.get(column, pyarrow.float64())


def _html(rows: Rows, path: Path) -> None:
    body = html.table(HEADINGS, map(cells, rows), CAPTION)
    write_text(path, html.page("Posteriors", body))


def _latex(rows: Rows, path: Path) -> None:
    """A table over several pages, for `\\input`; needs nothing but the package longtable."""
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
    """Text with everything that LaTeX would read as a command written out; line ends become spaces."""
    return "".join(IN_LATEX.get(character, character) for character in " ".join(text.split()))


FORMATS: dict[str, Callable[[Rows, Path], None]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
    ".tex": _latex,
    ".html": _html,
}
