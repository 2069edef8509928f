"""A row of the summary as the few cells that a reader needs: in a notebook, on a page, in a manuscript."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypedDict

from bayes.base import html, naming
from bayes.base.numbers import in_table, interval, probability
from bayes.posterior.names import NEW_TRIAL, TAU, ParameterName
from bayes.posterior.row import SummaryRow
from bayes.posterior.told import told

MANY, ENDS = 40, 8  # trials, beyond which only so many with the lowest and the highest effects are shown
Probability = Literal["p_benefit", "p_mcid", "p_harm", "p_rope", "p_margin"]  # the columns that a headline may give
HEADINGS = ("outcome", "prior", "median (95% credible interval)", "P(benefit)", "P(≥ MCID)", "P(harm)", "status")


def as_html(rows: Sequence[SummaryRow]) -> str:
    """Return the rows of one outcome or synthesis as an HTML table for a notebook, and below it each note once.

    Missing values are None.
    """
    if not rows:
        return html.table(HEADINGS, ())
    first = rows[0]
    measure = str(first["measure"]).replace("_", " ")
    shown = html.table(HEADINGS, map(_in_short, rows), f"{first['label']}; {measure}, {first['benefit']} is better")
    return "\n".join([shown, html.paragraphs("\n".join(_said(rows)))]).rstrip()


def as_text(name: str, rows: Sequence[SummaryRow]) -> str:
    """Return the rows of one outcome or synthesis for a terminal, one line each, and below them each note once.

    Parameters
    ----------
    name : str
        What the rows belong to; it precedes them.
    rows : sequence of SummaryRow
        Missing values are None.
    """
    lines = []
    for row in rows:
        outcome, prior, effect, benefit, mcid, _, status = _in_short(row)
        said = [effect, benefit and f"P(benefit) {benefit}", mcid and f"P(>= MCID) {mcid}", status]
        lines.append(f"{outcome}, {prior}: {'; '.join(filter(None, said))}")
    notes = list(_said(rows))
    if len(lines) != 1:
        return "\n    ".join([f"{name}:", *lines, *notes])
    return f"{name}: {': '.join([lines[0], *notes])}"


def _in_short(row: SummaryRow) -> tuple[str, ...]:
    """Return the cells under `HEADINGS`, without notes."""
    return *cells(row)[:-1], str(row["status"])


def _said(rows: Sequence[SummaryRow]) -> Iterator[str]:
    """Yield each note and reason once, after the priors of the rows that it is about unless these are all."""
    for group, text in remarks(rows, prior):
        yield text if group is None else f"{group}: {text}"


def cells(row: SummaryRow) -> tuple[str, ...]:
    """Return the cells under `HEADINGS`, as plain text.

    Parameters
    ----------
    row : SummaryRow

    Returns
    -------
    tuple of str
        The median and its interval are on the measure's own scale (tau on the analysis scale). The status is followed
        by the reason why a row is not sound, or by the notes on a sound row.
    """
    probabilities = p_text(row, "p_benefit"), p_text(row, "p_mcid"), p_text(row, "p_harm")
    return what(row), prior(row), effect(row), *probabilities, ": ".join(filter(None, (row["status"], _remark(row))))


def headlined(row: SummaryRow) -> bool:
    """Return whether a probability of this row may be given in a text, a table or a figure (`Outcome.has_headline`)."""
    return row.get("headline") is not False


def by_construction(row: SummaryRow) -> str | None:
    """Return P(benefit) where the prior and the silent report settle it: "0.50", "1" or "0"; None where the data do."""
    p = row.get("p_by_construction")
    return None if p is None else "0.50" if p == 0.5 else f"{p:.0f}"


def p_text(row: SummaryRow, name: Probability) -> str:
    """Return a probability as a table cell; empty if it does not exist or may not be headlined."""
    return probability(told(row).get(name), table=True) if headlined(row) else ""


def what(row: SummaryRow) -> str:
    """Return `trial:outcome` and its measure; for a synthesis or a table also the parameter."""
    name = ":".join(filter(None, (row["trial"], row["outcome"])))
    if row["parameter"] == "tau":
        return f"{name} tau"
    part = "" if row["parameter"] == "effect" else f" {parameter(row)}"
    return f"{name}{part}, {str(row['measure']).replace('_', ' ')}"


def parameter(row: SummaryRow) -> str:
    """Return the trial or the term whose effect a row is about; of any other parameter, its name."""
    name = ParameterName.parse(row["parameter"])
    return name.of or name.quantity.replace("_", " ")


def remarks(rows: Sequence[SummaryRow], named: Callable[[SummaryRow], str]) -> Iterator[tuple[str | None, str]]:
    """Yield the notes and the reasons of rows once, after the names of all rows that they are about.

    Parameters
    ----------
    rows : sequence of SummaryRow
    named : callable
        Returns the name of a row.

    Yields
    ------
    tuple of (str or None, str)
        The names, None for all rows; and the text.
    """
    about: dict[str, dict[str, None]] = {}
    for row in rows:
        texts = (row["note"] or "").split("; ") + [f"{row['status']}: {row['reason']}" if row["reason"] else ""]
        for text in filter(None, texts):
            about.setdefault(text, {})[named(row)] = None
    together: dict[tuple[str, ...], list[str]] = {}
    for text, names in about.items():
        together.setdefault(tuple(names), []).append(text)
    everyone = tuple(dict.fromkeys(map(named, rows)))
    for group, said in together.items():
        between = "; " if any("," in name for name in group) else ", "
        yield (None if group == everyone else naming.named(group, between)), "; ".join(said)


class UnderPrior(TypedDict):
    """The part of a row that says under which priors it was found."""

    prior: str
    heterogeneity: str | None
    selection_omega: float | None


def prior(row: UnderPrior) -> str:
    """Return the name of the prior, with the heterogeneity prior and the omega of a selection if there are any."""
    tau = None if row["heterogeneity"] is None else f"tau {row['heterogeneity']}"
    omega = None if row["selection_omega"] is None else f"omega {row['selection_omega']:g}"
    return ", ".join(filter(None, (str(row["prior"]), tau, omega)))


def effect(row: SummaryRow) -> str:
    """Return median and credible interval on the measure's own scale (tau: analysis scale); empty if there are none."""
    row = told(row)
    limits = row["estimate"], row["estimate_low"], row["estimate_high"]
    if row["parameter"] == "tau":
        limits = row["median"], row["ci_low"], row["ci_high"]
    if limits[0] is None:
        return ""
    middle, low, high = map(given, limits)
    return interval(middle, low, high, in_table)


def without_the_middle[Shown: SummaryRow](rows: Sequence[Shown]) -> list[Shown]:
    """Return the rows of a synthesis, of many trials' effects only the lowest and the highest, in this order."""
    effects = [row for row in rows if ParameterName.parse(row["parameter"]).of is not None]
    joined = any(row["parameter"] in (str(TAU), str(NEW_TRIAL)) for row in rows)  # not a table of adverse events
    if len(effects) <= MANY or not joined:
        return list(rows)
    known = sorted((row for row in effects if row["median"] is not None), key=lambda row: given(row["median"]))
    return [row for row in rows if row not in effects] + known[:ENDS] + known[-ENDS:]


def given(value: float | None) -> float:
    """Return a number that a row has because it is sound.

    Raises
    ------
    ValueError
        If it is missing.
    """
    if value is None:
        raise ValueError("a sound row has this number")
    return value


def _remark(row: SummaryRow) -> str | None:
    return row["reason"] or row["note"]
