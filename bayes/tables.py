"""Published tables of effect sizes by field, shipped as data and refused on any scale but their own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bayes.errors import NotFormable, did_you_mean
from bayes.reading import read_toml

# which column of the Cochrane field table speaks for a measure; the others have none
COLUMN = {
    "standardised_mean_difference": "smd",
    "mean_difference": "smd",
    "odds_ratio": "log_or",
    "common_odds_ratio": "log_or",
    "risk_ratio": "log_rr",
    "risk_difference": "rd",
    "hazard_ratio": "log_hr",
}


@cache
def cochrane_fields() -> dict[str, Any]:
    """The table of Bartos et al. 2021 and 2023 as shipped."""
    return read_toml(Path(str(files("bayes.data"))) / "tables" / "cochrane_fields.toml")


def field_row(field: str | None, measure: str) -> tuple[float, float, str]:
    """(scale, df, words) of the Student-t effect prior of a Cochrane field.

    Raises
    ------
    NotFormable
        If no field is stated, or the table has no entry for it on this scale.
    """
    if field is None:
        raise NotFormable("the trial states no Cochrane `field`")
    fields = cochrane_fields()["effect"]
    if field not in fields:
        raise NotFormable(f"{field!r} is not a field of the table{did_you_mean(field, fields)}")
    column = COLUMN.get(measure)
    # hazard ratios were estimated for the whole database only
    row = fields["whole database" if column == "log_hr" else field]
    if column is None or column not in row:
        raise NotFormable(f"the table of the field {field!r} has no column for a {measure}")
    scale, df = (float(x) for x in row[column])
    where = "whole database" if column == "log_hr" else field
    return scale, df, f"Cochrane {where}, {column} (Bartos 2021, 2023)"
