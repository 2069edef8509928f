"""Rows as a table for a terminal."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table


def show(rows: list[dict[str, Any]]) -> None:
    """Print rows, one table per outcome or synthesis, notes below."""
    console = Console(highlight=False)
    for _, group in groupby(rows, key=lambda row: (row["trial"], row["outcome"])):
        _show_one(console, list(group))


def _show_one(console: Console, rows: list[dict[str, Any]]) -> None:
    first = rows[0]
    name = ":".join(filter(None, (first["trial"], first["outcome"])))
    measure = str(first["measure"]).replace("_", " ")
    title = f"{name} · {first['label']}\n{measure}, {first['benefit']} is better; median (95% credible interval)"
    table = Table(title=escape(title), title_justify="left", box=box.SIMPLE_HEAD)
    synthesis = first["model"] == "random_effects"
    for heading in (
        "prior",
        *(("parameter",) if synthesis else ()),
        measure,
        "P(benefit)",
        "P(≥ MCID)",
        "P(harm)",
        "status",
    ):
        table.add_column(
            heading, justify="left" if heading in ("prior", "parameter", "status") else "right", overflow="fold"
        )
    for row in rows:
        scale = (
            ("median", "ci_low", "ci_high")
            if row["parameter"] == "tau"
            else ("estimate", "estimate_low", "estimate_high")
        )
        middle, low, high = (_number(row[c]) for c in scale)
        cells = [f"{middle} ({low} to {high})" if row["status"] != "skipped" else ""]
        cells += [_number(row[c]) for c in ("p_benefit", "p_mcid", "p_harm")]
        parameter = [escape(row["parameter"])] if synthesis else []
        table.add_row(escape(str(row["prior"])), *parameter, *cells, str(row["status"]))
    console.print(table)
    lines = dict.fromkeys(f"{row['prior']}: {text}" for row in rows for text in (row["note"], row["reason"]) if text)
    for line in lines:
        console.print(escape(line), soft_wrap=True)
    console.print()


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.4g}"
