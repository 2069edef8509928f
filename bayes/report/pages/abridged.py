"""Long tables of a synthesis of many trials: the rows that a reader looks for; the files beside it have all.

Two hundred trials, each left out, given five weights and read with every digit, are over a thousand rows, too many
for a reader and for a telephone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bayes.base.tables import Rows
from bayes.posterior.explanation import Explanation
from bayes.posterior.names import ParameterName
from bayes.report.dossier.contents import Dossier, Row
from bayes.text.rows import MANY

FEW = 12  # of many trials: those that move the mean most, or have the widest range
OF_A_TRIAL = ("trial left out", "weight")


def is_long(dossier: Dossier) -> bool:
    """Return whether a synthesis has so many trials that its page shows some of them only."""
    return len(dossier["members"]) > MANY


def said(dossier: Dossier, shown: str) -> str:
    """Return the sentence on what a table shows; empty where it shows everything."""
    if not is_long(dossier):
        return ""
    return f"{shown}; of all {len(dossier['members'])} trials in data/{dossier['slug']}.json."


def of_explanation(dossier: Dossier, explained: Explanation) -> Explanation:
    """Return the tables with only the trials whose omission moves the mean most."""
    if not is_long(dossier):
        return explained
    order = sorted(explained.leave_one_out, key=lambda row: -abs(row["mean_moves"]))
    return replace(explained, leave_one_out=order[:FEW])


def of_parameters(dossier: Dossier) -> list[Row]:
    """Return the rows without the effects of single trials, where these are many."""
    if not is_long(dossier):
        return dossier["rows"]
    return [row for row in dossier["rows"] if ParameterName.parse(row["parameter"]).of is None]


def of_sensitivity(dossier: Dossier, tables: Mapping[str, Rows]) -> dict[str, Rows]:
    """Return the tables with only the trials whose omission moves the mean most, and the widest ranges of rounding."""
    if not is_long(dossier):
        return dict(tables)
    found = dict(tables)
    if rows := found.get("influence"):
        found["influence"] = _influential(rows)
    if rows := found.get("extraction"):
        order = sorted(rows, key=lambda row: _number(row, "low") - _number(row, "high"))
        found["extraction"] = [row for row in order if _number(row, "high") > _number(row, "low")][:FEW] or order[:1]
    return found


def _influential(rows: Rows) -> Rows:
    """Return the rows of the trials without which the mean is farthest from what it is with weight 1."""
    whole = next((_number(row, "mean") for row in rows if row["question"] == "weight" and row["weight"] == 1), 0.0)
    alone = (row for row in rows if row["question"] == "trial left out")
    moves = {str(row["variation"]): abs(_number(row, "mean") - whole) for row in alone}
    kept = sorted(moves, key=lambda name: -moves[name])[:FEW]
    return [row for row in rows if row["question"] not in OF_A_TRIAL or row["variation"] in kept]


def _number(row: Mapping[str, object], name: str) -> float:
    """Return a number of a row; zero where it has none."""
    value = row[name]
    return float(value) if isinstance(value, int | float) else 0.0
