"""Rows as a table for a terminal."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

WIDTH = 100  # where the output is no terminal


def show(rows: list[dict[str, Any]]) -> None:
    """Print rows, one table per outcome or synthesis, notes below."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    for _, group in groupby(rows, key=lambda row: (row["trial"], row["outcome"])):
        _show_one(console, list(group))


def _show_one(console: Console, rows: list[dict[str, Any]]) -> None:
    first = rows[0]
    name = ":".join(filter(None, (first["trial"], first["outcome"])))
    measure = str(first["measure"]).replace("_", " ")
    title = f"{name} · {first['label']}\n{measure}, {first['benefit']} is better; median (95% credible interval)"
    table = Table(title=escape(title), title_justify="left", box=box.SIMPLE_HEAD)
    synthesis = first["model"] == "random_effects"
    table.add_column("prior")
    if synthesis:
        table.add_column("parameter")
    for heading in (measure, "P(benefit)", "P(≥ MCID)", "P(harm)"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status")
    for row in rows:
        table.add_row(*_cells(row, synthesis))
    console.print(table)
    lines = dict.fromkeys(f"{row['prior']}: {text}" for row in rows for text in (row["note"], row["reason"]) if text)
    for line in lines:
        console.print(escape(line), soft_wrap=True)
    console.print()


def _cells(row: dict[str, Any], synthesis: bool) -> list[str]:
    scale = ("median", "ci_low", "ci_high")
    if row["parameter"] != "tau":
        scale = ("estimate", "estimate_low", "estimate_high")
    middle, low, high = (_number(row[column]) for column in scale)
    effect = f"{middle} ({low} to {high})" if row["status"] != "skipped" else ""
    parameter = [escape(row["parameter"].removeprefix("effect[").removesuffix("]"))] if synthesis else []
    probabilities = (_number(row[column]) for column in ("p_benefit", "p_mcid", "p_harm"))
    return [escape(str(row["prior"])), *parameter, effect, *probabilities, str(row["status"])]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.4g}"
