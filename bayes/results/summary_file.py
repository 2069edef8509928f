"""The summary of a results folder: its rows as `bayes regenerate` wrote them, and rows as CSV."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bayes.errors import InvalidInput
from bayes.posterior.row import COLUMNS, empty_row

SUMMARY = "summary.json"
NEEDED = ("trial", "outcome", "parameter", "prior", "status")


def read_rows(folder: str | os.PathLike) -> list[dict[str, Any]]:
    """Read the rows of a results folder, in order; columns unknown to the version that wrote it are None.

    Parameters
    ----------
    folder : str or path
        A folder that `bayes regenerate` wrote.

    Returns
    -------
    list of dict

    Raises
    ------
    InvalidInput
        If it is not a results folder, or its summary cannot be read.
    """
    path = Path(folder) / SUMMARY
    if not path.is_file():
        raise InvalidInput(str(folder), [f"not a results folder (no {SUMMARY}); `bayes regenerate` writes one"])
    try:
        found = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except (OSError, ValueError) as error:
        raise InvalidInput(str(path), [f"cannot be read: {error}"]) from None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise InvalidInput(str(path), ["not an array of rows"])
    for i, row in enumerate(found):
        if missing := [name for name in NEEDED if name not in row]:
            raise InvalidInput(str(path), [f"not a summary of posteriors: row {i + 1} has no {', '.join(missing)}"])
    return [empty_row() | row for row in found]


def by_identity(rows: Sequence[dict[str, Any]]) -> dict[tuple, dict[str, Any]]:
    """Return rows by posterior and parameter; rows that share both are distinguished by their order."""
    found: dict[tuple, dict[str, Any]] = {}
    for row in rows:
        name = ".".join(filter(None, (row["trial"], row["outcome"])))
        key = row["key"] or "--".join((name, str(row["model"]), str(row["prior"])))
        nth = 0
        while (key, row["parameter"], nth) in found:
            nth += 1
        found[key, row["parameter"], nth] = row
    return found


def columns_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the columns of the summary, then any that only another version of this package knows."""
    return [*COLUMNS, *dict.fromkeys(name for row in rows for name in row if name not in COLUMNS)]


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Return rows as CSV with a header: the columns of the summary, then any others; missing values are empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns_of(rows), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number; missing values must be null")
