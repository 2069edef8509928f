"""Operating characteristics in a results folder: `operating.csv`, to which each run adds the rows of its rule."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from pathlib import Path

from bayes.base.csv_text import as_csv, as_stored
from bayes.base.writing import write_text
from bayes.calibration.operating.row import COLUMNS, FILE, OperatingRow
from bayes.errors import InvalidInput
from bayes.paper.trial import Outcome
from bayes.quadrature.reports import ON_CURVE

THRESHOLDS = {"mcid", "planned", "rope"}
NUMBERS = {"effect", "value", "mcse"}
TEXTS = {
    name for name, hint in OperatingRow.__annotations__.items() if "Text" in str(hint)
}  # columns in which nothing stands for None


def read(folder: Path) -> list[OperatingRow]:
    """Read the operating characteristics of a results folder; an empty list where they were never computed.

    Raises
    ------
    InvalidInput
        If the file has other columns.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InvalidInput(str(path), [f"other columns than expected; accepted: {', '.join(COLUMNS)}"])
        return [_typed(row) for row in reader]


def fingerprint(outcome: Outcome) -> str:
    """Return a hash of what operating characteristics depend on in a trial file, of 16 hexadecimal digits."""
    return hashlib.sha256(outcome.model_dump_json(include=ON_CURVE | THRESHOLDS).encode()).hexdigest()[:16]


def of_outcome(rows: Iterable[OperatingRow], outcome: Outcome) -> list[OperatingRow]:
    """Return the rows of an outcome that were computed for the report as its file has it now."""
    own, now = (outcome.trial.id, outcome.id), fingerprint(outcome)
    return [row for row in rows if (row["trial"], row["outcome"]) == own and row["fingerprint"] == now]


def write(rows: Iterable[OperatingRow], folder: Path) -> Path:
    """Add rows to a results folder; those of the same outcome and rule are replaced.

    Parameters
    ----------
    rows : iterable of OperatingRow
    folder : Path
        Made if it does not exist.

    Returns
    -------
    Path
        The file.
    """
    new = list(rows)
    again = {(row["trial"], row["outcome"], row["rule"]) for row in new}
    kept = [row for row in read(folder) if (row["trial"], row["outcome"], row["rule"]) not in again]
    path = folder / FILE
    write_text(path, as_csv(kept + new, COLUMNS))
    return path


def _typed(row: dict[str, str]) -> OperatingRow:
    """Return a row with numbers as numbers and None for what is missing."""
    found: dict[str, object] = {}
    for name, value in row.items():
        if name in NUMBERS:
            found[name] = float(value) if value else None
        else:
            found[name] = as_stored(value) or (None if name in TEXTS else "")
    return found  # type: ignore[return-value]  # its keys are the columns, which were compared
