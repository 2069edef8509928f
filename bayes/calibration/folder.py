"""The files of a calibration in a results folder: written by `write`, read back by `read`.

calibration.csv                 the scores
calibration_<table>.csv         the other tables, those that have rows
calibration.json                everything, from which a page is made
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bayes.base.csv_text import as_csv
from bayes.base.writing import write_text
from bayes.calibration.calibrated import ROWS, Calibration
from bayes.calibration.tables import FactsRow
from bayes.errors import InvalidInput

FILE = "calibration.json"


def write(found: Calibration, results_folder: str | os.PathLike[str] = "results") -> list[Path]:
    """Write the tables of a calibration, and remove those of an earlier one.

    Parameters
    ----------
    found : Calibration
    results_folder : str or path
        Made if it is missing.

    Returns
    -------
    list of Path
        The files, in order.
    """
    folder = Path(results_folder)
    written = []
    for name in ROWS:
        path = folder / ("calibration.csv" if name == "scores" else f"calibration_{name}.csv")
        if rows := found.tables()[name]:
            write_text(path, as_csv(rows, list(rows[0])))
            written.append(path)
        else:
            path.unlink(missing_ok=True)
    text = json.dumps(found.to_dict(), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    write_text(folder / FILE, text + "\n")
    return [*written, folder / FILE]


def read(results_folder: str | os.PathLike[str] = "results") -> Calibration | None:
    """Read the calibration of a results folder; None if it holds none.

    Raises
    ------
    InvalidInput
        If its file is broken, or of a version with other tables.
    """
    path = Path(results_folder) / FILE
    if not path.is_file():
        return None
    try:
        tables = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(str(path), [f"cannot be read: {error}; `bayes calibrate` writes it"]) from None
    wanted: Mapping[str, type] = {**ROWS, "facts": FactsRow}
    if not isinstance(tables, dict) or any(not _fits(tables.get(name), row) for name, row in wanted.items()):
        raise InvalidInput(str(path), ["not the tables of this version; `bayes calibrate` writes them"])
    if len(tables["facts"]) != 1:
        raise InvalidInput(str(path), ["the facts have one row; `bayes calibrate` writes it"])
    return Calibration(facts=tables["facts"][0], **{name: tables[name] for name in ROWS})


def _fits(rows: Any, row: type) -> bool:
    """Return whether a value is a list of rows with the columns of a table."""
    columns = row.__annotations__.keys()
    return isinstance(rows, list) and all(isinstance(one, dict) and one.keys() == columns for one in rows)
