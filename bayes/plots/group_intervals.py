"""Shares of changed conclusions by field, class of outcome, measure or period, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayes.corpus.summary.layout import BY, of_groups, words
from bayes.corpus.summary.summarising import CorpusSummary
from bayes.corpus.summary.tables import GroupRow
from bayes.errors import UnknownName
from bayes.plots.axes import share_axis
from bayes.plots.style import GREY, LINES, NARROW, PALE, SMALL, WIDTH, house_style, legend_above, new_figure, wrapped

FEW = 20  # compared answers: a group of fewer is not drawn
MOST = 20  # groups that are drawn, the largest
PERIOD = "period"
MARKERS = "osD^vP"


@house_style
def corpus_groups(summary: CorpusSummary, by: str = PERIOD, *, width: float = WIDTH) -> Figure:
    """Plot the share of a corpus whose conclusion each prior changes, by group.

    Parameters
    ----------
    summary : CorpusSummary
    by : {"period", "field", "outcome_class", "measure"}
    width : float
        Width in inches; below 5, the layout is for a telephone.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    UnknownName
        If the corpus does not state it for any group of 20 answers.
    """
    rows = drawn(summary, by)
    if not rows:
        raise UnknownName("grouping of this corpus", by, [name for name in BY if drawn(summary, name)])
    reference, of_tau = words(summary.corpus["reference"]), summary.corpus["heterogeneity"]
    names = list(dict.fromkeys(row["group"] for row in rows))
    priors = list(dict.fromkeys(row["prior"] for row in rows))
    note = f"Share whose conclusion under a prior differs from that under {reference}, with its 95% interval as if all "
    note += f"were independent. Groups of fewer than {FEW} are left out."
    if len(names) == MOST and by != PERIOD:
        note += f" The {MOST} largest groups."
    if of_tau is not None:
        note += f" Prior of the heterogeneity: {words(of_tau)}."
    title = f"Conclusions that change, by {BY[by]}"
    upright = by == PERIOD
    step = max(0.3, 0.11 * len(priors) + 0.14)
    body = 3.2 if upright else step * len(names) + 0.9
    figure = new_figure(width, body + 0.17 * len(priors), title, note)
    ax = figure.add_subplot()
    for number, prior in enumerate(priors):
        own = {row["group"]: row for row in rows if row["prior"] == prior}
        offset = 0.0 if len(priors) == 1 else (number / (len(priors) - 1) - 0.5) * (0.25 if upright else 0.55)
        _series(ax, [own.get(name) for name in names], offset, number, upright, words(prior))
    share_axis(ax.yaxis if upright else ax.xaxis, 7 if width >= NARROW else 5)
    ax.grid(axis="y" if upright else "x", color=PALE, linewidth=0.5)
    ax.set_axisbelow(True)
    sizes = {row["group"]: row["compared"] for row in rows}
    if upright:
        _periods(ax, names, width)
    else:
        _rows(ax, names, sizes, width)
    legend_above(ax, width - 1.0, 1.6)
    return figure


def drawn(summary: CorpusSummary, by: str) -> list[GroupRow]:
    """Return the rows that a figure shows: of priors other than the reference, and of groups that are large enough."""
    rows = [row for row in of_groups(summary, by) if row["changed"] is not None and row["compared"] >= FEW]
    names = list(dict.fromkeys(row["group"] for row in rows))
    kept = set(names if by == PERIOD else names[:MOST])
    return [row for row in rows if row["group"] in kept]


def _series(ax: Axes, rows: Sequence[GroupRow | None], offset: float, number: int, upright: bool, label: str) -> None:
    """Draw the shares of one prior with their intervals; those of periods are joined by a line."""
    there = [(place + offset, row) for place, row in enumerate(rows) if row is not None and row["changed"] is not None]
    place = np.array([place for place, _ in there])
    share = np.array([row["changed"] for _, row in there], dtype=float)
    low = np.array([row["changed_low"] for _, row in there], dtype=float)
    high = np.array([row["changed_high"] for _, row in there], dtype=float)
    spread = np.maximum(np.stack([share - low, high - share]), 0)
    colour, style = LINES[number % len(LINES)]
    ax.errorbar(
        place if upright else share,
        share if upright else place,
        spread if upright else None,
        None if upright else spread,
        color=colour,
        marker=MARKERS[number % len(MARKERS)],
        markersize=4,
        elinewidth=1.1,
        linewidth=1.1,
        linestyle=style if upright else "none",
        label=label,
    )


def _periods(ax: Axes, names: Sequence[str], width: float) -> None:
    every = 1 if len(names) * 0.5 < width - 0.8 else 2 if len(names) * 0.25 < width - 0.8 else 4
    said = [f"{name[:4]}\n–{name[-2:]}" if place % every == 0 else "" for place, name in enumerate(names)]
    ax.set_xticks(range(len(names)), said)
    ax.set_xlim(-0.5, len(names) - 0.5)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("conclusions that change")
    ax.set_xlabel("year of the latest study")


def _rows(ax: Axes, names: Sequence[str], sizes: dict[str, int], width: float) -> None:
    room = 2.4 if width >= NARROW else 1.3
    said = [wrapped(f"{words(name)} ({sizes[name]:,})", room, SMALL) for name in names]
    ax.set_yticks(range(len(names)), said)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.tick_params(axis="y", length=0, color=GREY)
    ax.set_xlabel("conclusions that change")
