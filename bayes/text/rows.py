"""A row of the summary as the few cells that a reader needs: in a notebook, on a page, in a manuscript."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bayes.base import html
from bayes.base.numbers import alike, in_table, probability, significant

Row = dict[str, Any]
HEADINGS = ("outcome", "prior", "median (95% credible interval)", "P(benefit)", "P(≥ MCID)", "P(harm)", "status")


def as_html(rows: Sequence[Row]) -> str:
    """Return the rows of one outcome or synthesis as an HTML table for a notebook; missing values are None."""
    if not rows:
        return html.table(HEADINGS, ())
    first = rows[0]
    measure = str(first["measure"]).replace("_", " ")
    return html.table(HEADINGS, map(cells, rows), f"{first['label']}; {measure}, {first['benefit']} is better")


def as_text(name: str, rows: Sequence[Row]) -> str:
    """Return the rows of one outcome or synthesis for a terminal, one line each.

    Parameters
    ----------
    name : str
        What the rows belong to; it precedes them.
    rows : sequence of rows
        Missing values are None.
    """
    lines = []
    for row in rows:
        outcome, prior, effect, benefit, mcid, _, status = cells(row)
        said = [effect, benefit and f"P(benefit) {benefit}", mcid and f"P(>= MCID) {mcid}", status]
        lines.append(f"{outcome}, {prior}: {'; '.join(filter(None, said))}")
    return "\n    ".join([f"{name}:", *lines] if len(lines) != 1 else [f"{name}: {lines[0]}"])


def cells(row: Row) -> tuple[str, ...]:
    """Return the cells under `HEADINGS`, as plain text.

    Parameters
    ----------
    row : dict
        A row of the summary; missing values are None.

    Returns
    -------
    tuple of str
        The median and its interval are on the measure's own scale (tau on the analysis scale). The status is followed
        by the reason why a row is not sound, or by the notes on a sound row.
    """
    probabilities = (p_text(row, name) for name in ("p_benefit", "p_mcid", "p_harm"))
    return what(row), prior(row), effect(row), *probabilities, ": ".join(filter(None, (row["status"], _remark(row))))


def headlined(row: Row) -> bool:
    """Return whether a probability of this row may be given in a text, a table or a figure (`Outcome.has_headline`)."""
    return row.get("headline") is not False


def by_construction(row: Row) -> str | None:
    """Return P(benefit) where the prior and the silent report settle it: "0.50", "1" or "0"; None where the data do."""
    p = row.get("p_by_construction")
    return None if p is None else "0.50" if p == 0.5 else f"{p:.0f}"


def p_text(row: Row, name: str) -> str:
    """Return a probability as a table cell; empty if it does not exist or may not be headlined."""
    return probability(row.get(name), table=True) if headlined(row) else ""


def rounded(distribution: str | None) -> str:
    """Return a distribution as text, with its numbers to three digits."""
    return re.sub(r"\d+\.\d{3,}(e[+-]?\d+)?", lambda found: significant(float(found[0]), group=""), distribution or "")


def what(row: Row) -> str:
    """Return `trial:outcome` and its measure; for a synthesis or a table also the parameter."""
    name = ":".join(filter(None, (row["trial"], row["outcome"])))
    if row["parameter"] == "tau":
        return f"{name} tau"
    part = "" if row["parameter"] == "effect" else f" {row['parameter'].removeprefix('effect[').removesuffix(']')}"
    return f"{name}{part}, {str(row['measure']).replace('_', ' ')}"


def prior(row: Row) -> str:
    """Return the name of the prior, with the heterogeneity prior and the omega of a selection if there are any."""
    tau = None if row["heterogeneity"] is None else f"tau {row['heterogeneity']}"
    omega = None if row["selection_omega"] is None else f"omega {row['selection_omega']:g}"
    return ", ".join(filter(None, (str(row["prior"]), tau, omega)))


def effect(row: Row) -> str:
    """Return median and credible interval on the measure's own scale (tau: analysis scale); empty if there are none."""
    natural = ("estimate", "estimate_low", "estimate_high")
    middle, low, high = (
        row[name] for name in (("median", "ci_low", "ci_high") if row["parameter"] == "tau" else natural)
    )
    return "" if middle is None else "{} ({} to {})".format(*alike(middle, low, high, in_table))


def _remark(row: Row) -> str | None:
    return row["reason"] or row["note"]
