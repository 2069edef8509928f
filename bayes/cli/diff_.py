"""`bayes diff`: which conclusions moved between two results folders."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bayes.cli.options import FOLDER
from bayes.cli.terminal import LaidOut, line, show_tables

if TYPE_CHECKING:
    from bayes.results.differences import Change, Value


@click.command(name="diff")
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of changes.")
def command(old: Path, new: Path, as_json: bool) -> None:
    """Compare two results folders: rows in only one of them, and changes beyond Monte Carlo error.

    That is four combined standard errors, or more where many numbers are compared: the probability of any false alarm
    is at most 0.1%.

    Exit code 0: no change beyond Monte Carlo error. 1: something moved. 2: not results folders.
    """
    from bayes.results.differences import differences
    from bayes.results.summary_file import read_rows

    before, after = read_rows(old), read_rows(new)
    changes = list(differences(before, after))
    moved = sum(change["moved"] for change in changes)
    if as_json:
        click.echo(json.dumps(changes, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        show_tables(_laid_out(changes))
        line(f"{len(before)} rows in {old}, {len(after)} in {new}; {_several(moved)} beyond Monte Carlo error")
    sys.exit(int(moved > 0))


def _several(count: int) -> str:
    return f"{count or 'no'} change{'s' * (count != 1)}"


def _laid_out(changes: list[Change]) -> Iterator[LaidOut]:
    """Yield title, headings and cells of three tables: changed numbers, changed inputs, and rows in one folder only."""
    from bayes.text.rows import prior

    def row(change: Change) -> list[str]:
        name = ":".join(filter(None, (change["trial"], change["outcome"])))
        part = "" if change["parameter"] == "effect" else f" {change['parameter']}"
        return [name + part, prior(change), str(change["model"])]

    sides = [change for change in changes if change["change"].startswith("only")]
    numbers = [change for change in changes if change["change"] in ("value", "class")]
    stated = [change for change in changes if change["change"] in ("status", "stated")]
    names = ["outcome", "prior", "model"]
    if numbers:
        headings = [*names, "quantity", "old", "new", "allowed", "class", "beyond"]
        yield "Conclusions", headings, [row(c) + _values(c) for c in numbers]
    if stated:
        cells = [[*row(c), c["quantity"] or "", _text(c["old"]), _text(c["new"])] for c in stated]
        yield "Inputs and status", [*names, "quantity", "old", "new"], cells
    if sides:
        yield "In one folder only", [*names, "where"], [[*row(c), c["change"]] for c in sides]


def _values(change: Change) -> list[str]:
    classes = dict.fromkeys(filter(None, (change["old_class"], change["new_class"])))
    numbers = _text(change["old"]), _text(change["new"]), _text(change["tolerance"])
    return [change["quantity"] or "", *numbers, " to ".join(classes), "yes" if change["moved"] else "no"]


def _text(value: Value) -> str:
    from bayes.base.numbers import in_table

    return value if isinstance(value, str) else in_table(value)
