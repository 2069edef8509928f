"""The summary of a results folder: its rows and the long tables beside them, as `bayes regenerate` wrote them."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_type_hints

from pydantic import TypeAdapter, ValidationError

from bayes.base import csv_text
from bayes.base.unpacking import in_words, shortened
from bayes.errors import InvalidInput
from bayes.posterior.record import PosteriorRecord
from bayes.posterior.row import COLUMNS, DerivedRow, SummaryRow, ThresholdRow, empty_row
from bayes.posterior.rows import derived_of, rows_of, thresholds_of
from bayes.results.summary_check import mistakes_of

SUMMARY = "summary.json"
THRESHOLDS, DERIVED = "thresholds.csv", "derived.csv"
MISSING = dict.fromkeys(("median", "low", "high"))  # the numbers of a long table that may be missing
KNOWN = frozenset(COLUMNS)
REMEDY = "`bayes regenerate` writes it again"


@dataclass(frozen=True, slots=True)
class Summary:
    """The rows of a results folder, and the thresholds and derived quantities of their parameters in long form."""

    rows: list[SummaryRow]
    thresholds: list[ThresholdRow]
    derived: list[DerivedRow]

    @classmethod
    def of(cls, records: Iterable[PosteriorRecord], others: Iterable[SummaryRow] = ()) -> Summary:
        """Return the summary of several posteriors, with further rows that have none."""
        known = list(records)
        return cls(
            [*(row for one in known for row in rows_of(one)), *others],
            [row for one in known for row in thresholds_of(one)],
            [row for one in known for row in derived_of(one)],
        )

    def of_key(self, key: str) -> Summary:
        """Return the part that belongs to one posterior."""
        return Summary(
            [row for row in self.rows if row["key"] == key],
            [row for row in self.thresholds if row["key"] == key],
            [row for row in self.derived if row["key"] == key],
        )


def read_summary(folder: str | os.PathLike[str]) -> Summary:
    """Read the summary of a results folder with its long tables.

    Raises
    ------
    InvalidInput
        If it is not a results folder, or any of the three cannot be read.
    """
    return Summary(read_rows(folder), read_thresholds(folder), read_derived(folder))


def read_thresholds(folder: str | os.PathLike[str]) -> list[ThresholdRow]:
    """Read the thresholds of a results folder, as `read_summary` does."""
    return _read_long(Path(folder) / THRESHOLDS, ThresholdRow)


def read_derived(folder: str | os.PathLike[str]) -> list[DerivedRow]:
    """Read the derived quantities of a results folder, as `read_summary` does."""
    return _read_long(Path(folder) / DERIVED, DerivedRow)


def read_rows(folder: str | os.PathLike[str]) -> list[SummaryRow]:
    """Read the rows of a results folder, in order; columns unknown to the version that wrote it are None.

    Parameters
    ----------
    folder : str or path
        A folder that `bayes regenerate` wrote.

    Returns
    -------
    list of SummaryRow

    Raises
    ------
    InvalidInput
        If it is not a results folder, or its summary cannot be read.
    """
    path = Path(folder) / SUMMARY
    if not path.exists():
        raise InvalidInput(str(folder), [f"not a results folder (no {SUMMARY}); `bayes regenerate` writes one"])
    try:
        found = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(str(path), [f"cannot be read: {in_words(error)}; {REMEDY}"]) from None
    if mistakes := list(mistakes_of(found)):
        raise InvalidInput(str(path), [f"{one}; {REMEDY}" for one in shortened(mistakes)])
    return [{**empty_row(), **row} for row in found]


Identity = tuple[str, str, int]
"""The key of a posterior, a parameter, and its place among rows that share both."""


def by_identity(rows: Sequence[SummaryRow]) -> dict[Identity, SummaryRow]:
    """Return rows by posterior and parameter; rows that share both are distinguished by their order."""
    found: dict[Identity, SummaryRow] = {}
    for row in rows:
        name = ".".join(filter(None, (row["trial"], row["outcome"])))
        key = row["key"] or "--".join((name, str(row["model"]), str(row["prior"])))
        nth = 0
        while (key, row["parameter"], nth) in found:
            nth += 1
        found[key, row["parameter"], nth] = row
    return found


def columns_of(rows: Sequence[SummaryRow]) -> list[str]:
    """Return the columns of the summary, then any that only another version of this package knows."""
    others = (row for row in rows if not row.keys() <= KNOWN)
    return [*COLUMNS, *dict.fromkeys(name for row in others for name in row if name not in KNOWN)]


def as_csv(rows: Sequence[SummaryRow]) -> str:
    """Return rows as CSV with a header: the columns of the summary, then any others; missing values are empty."""
    return csv_text.as_csv(rows, columns_of(rows))


def long_as_csv(rows: Sequence[Mapping[str, object]], row: type) -> str:
    """Return a long table as CSV with a header, even if it has no row.

    Parameters
    ----------
    rows : sequence of rows
    row : type
        The class of the rows, which names the columns.
    """
    return csv_text.as_csv(rows, list(get_type_hints(row)))


def _read_long[Row](path: Path, row: type[Row]) -> list[Row]:
    if not path.exists():
        raise InvalidInput(str(path.parent), [f"{path.name} is missing; `bayes regenerate` writes it"])
    try:
        with open(path, encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            if lacking := [name for name in get_type_hints(row) if name not in (table.fieldnames or ())]:
                raise InvalidInput(str(path), [f"has no {', '.join(lacking)}; {REMEDY}"])
            read = [
                {name: csv_text.as_stored(value) if value else MISSING.get(name, "") for name, value in one.items()}
                for one in table
            ]
            return TypeAdapter(list[row]).validate_python(read)  # type: ignore[valid-type]  # mypy knows no type of type
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ", ".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        raise InvalidInput(str(path), [f"row {where}: {first['msg']}; {REMEDY}"]) from None
    except (OSError, ValueError, csv.Error) as error:
        raise InvalidInput(str(path), [f"cannot be read: {in_words(error)}; {REMEDY}"]) from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number; missing values must be null")
