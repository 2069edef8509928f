"""Adverse events: the probability that each is more frequent under treatment, by body system."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayes.base.numbers import interval
from bayes.errors import InvalidInput, did_you_mean
from bayes.fitting.fitted import Fit
from bayes.paper.evidence.arms import Arm
from bayes.paper.trial import Outcome
from bayes.plots.axes import arm_names
from bayes.plots.style import (
    BASE,
    BLUE,
    GREY,
    INK,
    NARROW,
    PALE,
    RED,
    SMALL,
    WIDTH,
    house_style,
    length,
    lines_of,
    new_figure,
    wrapped,
)
from bayes.plots.subject import as_fit, name_of
from bayes.posterior.names import ParameterName
from bayes.posterior.rows import frame
from bayes.posterior.told import told

NEEDED = ("parameter", "measure", "benefit", "estimate", "estimate_low", "estimate_high", "p_benefit", "p_harm")
FLAG = 0.9


class Increase(NamedTuple):
    """A row of the table: whether an adverse event is more frequent under treatment.

    Attributes
    ----------
    system, term : str
        The adverse event, a term within its body system.
    p : float
        P(more frequent under treatment).
    said : str
        Median and 95% credible interval of the effect, on the measure's own scale.
    """

    system: str
    term: str
    p: float
    said: str


Line = str | Increase  # a heading (the name of a body system), or a row below it


@house_style
def adverse_event_dots(
    target: Fit | pd.DataFrame | xr.DataTree,
    *,
    flag: float = FLAG,
    width: float = WIDTH,
    terms: Collection[str] | None = None,
) -> Figure:
    """Plot the probability that each adverse event is more frequent under treatment, grouped by body system.

    An increase is an effect above no effect, whatever the direction of `benefit`; an effect of exactly zero is not an
    increase. Rows with a probability of at least `flag` are red squares.

    Parameters
    ----------
    target : Fit, DataTree or DataFrame
        A fitted table of adverse events, or its summary, with one row per term and `parameter` as effect[system/term].
    flag : float
        Probability, between 0 and 1, from which a row is highlighted.
    width : float
        Width in inches; below 5, the estimates are left out.
    terms : collection of str, optional
        The rows to draw of a long table, each as "system/term"; by default all of them.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    InvalidInput
        If the rows are not those of a table of adverse events, if `terms` names no row or one that is not there, or
        if `flag` is not between 0 and 1.
    """
    if not 0 < flag < 1:
        raise InvalidInput("flag", [f"found {flag:g}; a number between 0 and 1 is required"])
    shown = as_fit(target)
    table = frame(list(map(told, shown.rows))) if isinstance(shown, Fit) else shown
    rows = _among(increases(table), terms)
    lines: list[Line] = []
    for system in dict.fromkeys(row.system for row in rows):
        lines += [system, *(row for row in rows if row.system == system)]
    measure = table["measure"].iloc[0].replace("_", " ")
    title, arms = _named(shown, table)
    note = f"Right: {measure}, posterior median and 95% credible interval. " if width >= NARROW else ""
    note += f"Red squares: probability of at least {flag:g}."
    labels = [wrapped(x if isinstance(x, str) else f"\u00a0\u00a0{x.term}", 0.36 * width, SMALL) for x in lines]
    labels = [label.replace("\n", "\n\u00a0\u00a0") if label.startswith("\u00a0") else label for label in labels]
    heights = [max(0.26, 0.06 + 0.16 * lines_of(label)) for label in labels]  # inches
    if terms is None:  # evenly spaced; rows chosen from a long table stand as close as their own names allow
        heights = [max(heights)] * len(heights)
    figure = new_figure(width, 0.8 + sum(heights), title, note)
    ax = figure.add_subplot()
    places = _places(heights)
    _draw(ax, lines, places, flag, width)
    ax.set_ylim(places[-1] + 0.6 * heights[-1] / max(heights), -0.6 * heights[0] / max(heights))
    _name(ax, lines, labels, places)
    words = f"P(more frequent with {arms['treatment']} than with {arms['control']})"
    ax.set_xlabel(wrapped(words, 0.55 * width, BASE))
    return figure


def increases(table: pd.DataFrame) -> list[Increase]:
    """List system, term, P(increase) and the formatted estimate of each row, in the order of the table."""
    if not isinstance(table, pd.DataFrame) or any(name not in table for name in NEEDED):
        raise InvalidInput("table", ["not the summary of a fitted table of adverse events; give that or its fit"])
    rows = []
    for row in table.to_dict("records"):
        system, slash, term = _place(str(row["parameter"])).partition("/")
        if not slash:
            wrong = f"parameter {row['parameter']!r} is not a row of a table of adverse events"
            raise InvalidInput("table", [f"{wrong}; accepted: effect[system/term]"])
        p = row["p_harm"] if row["benefit"] == "lower" else row["p_benefit"]
        said = interval(row["estimate"], row["estimate_low"], row["estimate_high"])
        rows.append(Increase(system, term, float(p), said))
    return rows


def _among(rows: list[Increase], terms: Collection[str] | None) -> list[Increase]:
    """Return the rows with these names, all of them by default."""
    if terms is None:
        return rows
    of = {f"{row.system}/{row.term}": row for row in rows}
    if unknown := [name for name in terms if name not in of]:
        raise InvalidInput("terms", [f"{name!r} is not a row of the table{did_you_mean(name, of)}" for name in unknown])
    if not terms:
        raise InvalidInput("terms", ["no row is named; give at least one, or leave `terms` out for all rows"])
    return [row for name, row in of.items() if name in terms]


def _place(parameter: str) -> str:
    """Return what is in the brackets of effect[system/term]; empty for any other text."""
    try:
        return ParameterName.parse(parameter).of or ""
    except ValueError:
        return ""


def _places(heights: list[float]) -> list[float]:
    """Return the middle of each row from that of the first, in units of the highest; heights in inches."""
    relative = np.array(heights) / max(heights)
    return list(map(float, np.cumsum(relative) - relative / 2 - relative[0] / 2))


def _draw(ax: Axes, lines: list[Line], places: list[float], flag: float, width: float) -> None:
    """Draw the dots from top to bottom, leaving room for the headings."""
    for place, line in zip(places, lines, strict=True):
        if isinstance(line, str):
            continue
        flagged = line.p >= flag
        ax.plot([0, 1], [place, place], color=PALE, linewidth=0.6, zorder=0)
        ax.plot([line.p], [place], "s" if flagged else "o", color=RED if flagged else BLUE, markersize=6.5)
        if width >= NARROW:
            ax.annotate(
                line.said,
                (1, place),
                (10, 0),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                annotation_clip=False,
                va="center",
                fontsize=SMALL,
            )
    ax.axvline(0.5, color=GREY, linewidth=0.8)
    ax.axvline(flag, color=RED, linewidth=0.8, linestyle="--")
    ax.set_xlim(-0.02, 1.02)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    ax.spines["left"].set_visible(False)


def _name(ax: Axes, lines: list[Line], labels: list[str], places: list[float]) -> None:
    """Label body systems in bold and the terms below them, all flush left."""
    ax.set_yticks(places, labels)
    for label, line in zip(ax.get_yticklabels(), lines, strict=True):
        label.set(weight="bold" if isinstance(line, str) else "normal", color=INK, ha="left")
    longest = max(length(line, SMALL, "bold") for label in labels for line in label.split("\n"))
    ax.tick_params(axis="y", length=0, pad=72 * longest + 4)


def _named(target: Fit | pd.DataFrame, table: pd.DataFrame) -> tuple[str, dict[Arm, str]]:
    if isinstance(target, Fit) and isinstance(target.analysis.target, Outcome):
        return name_of(target.analysis.target), arm_names(target.analysis.target)
    label = (
        f"{table['trial'].iloc[0]}: {table['label'].iloc[0]}" if {"trial", "label"} <= {*table} else "Adverse events"
    )
    return label, {"treatment": "treatment", "control": "control"}
