"""Bars of the conclusions that a prior changes over a corpus: those lost to the left, those gained to the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayes.corpus.summary.counting import Question
from bayes.corpus.summary.layout import TITLES, of_tau, with_interval, words
from bayes.corpus.summary.summarising import CorpusSummary
from bayes.corpus.summary.tables import ChangeRow
from bayes.errors import UnknownName
from bayes.plots.axes import share_axis
from bayes.plots.style import (
    BLUE,
    GREY,
    INK,
    NARROW,
    ORANGE,
    PALE,
    RED,
    SKY,
    SMALL,
    WIDTH,
    house_style,
    new_figure,
    wrapped,
)

ROW = 0.42  # inches
AXIS = ("lost (left); gained or reversed (right)", "lost to the left, gained or reversed to the right")
LOST = (("benefit", "open", SKY, "benefit to open"), ("harm", "open", ORANGE, "harm to open"))
GAINED = (("open", "benefit", BLUE, "open to benefit"), ("open", "harm", RED, "open to harm"))
REVERSED = (("benefit", "harm", INK, "benefit to harm"), ("harm", "benefit", GREY, "harm to benefit"))


@house_style
def corpus_changes(summary: CorpusSummary, question: Question = "prior", *, width: float = WIDTH) -> Figure:
    """Plot the shares of a corpus whose conclusion changes, by what it changes from and to.

    Parameters
    ----------
    summary : CorpusSummary
    question : {"prior", "heterogeneity", "common effect", "normal approximation"}
        What differs between the two conclusions.
    width : float
        Width in inches; below 5, the layout is for a telephone.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    UnknownName
        If nothing of the corpus was compared in this way.
    """
    rows = [row for row in summary.changes if row["question"] == question]
    if not rows:
        raise UnknownName("comparison of this corpus", question, dict.fromkeys(r["question"] for r in summary.changes))
    wide = width >= NARROW
    note = "Numbers: share that changes, with its 95% interval as if all were independent. A conclusion is benefit or "
    note += "harm where its probability is at least 0.975, and else open."
    against = summary.corpus["reference"] if question == "prior" else summary.corpus["heterogeneity"]
    row_height = ROW if wide else 1.35 * ROW
    figure = new_figure(width, row_height * len(rows) + 1.35, TITLES[question].format(against), note)
    ax = figure.add_subplot()
    _bars(ax, summary, rows)
    _numbers(ax, rows, wide)
    ax.set_ylim(len(rows) - 0.5, -0.5 if wide else -0.75)
    ax.set_yticks(range(len(rows)), [_name(summary, row, wide) for row in rows])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=INK, linewidth=1)
    ax.grid(axis="x", color=PALE, linewidth=0.5)
    ax.set_axisbelow(True)
    ax.set_xlabel(AXIS[wide])
    columns = 3 if wide else 2
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.2, handlelength=1.2)
    return figure


def _name(summary: CorpusSummary, row: ChangeRow, wide: bool) -> str:
    of = of_tau(summary, row["heterogeneity"])
    both = f"{words(row['prior'])}, {of}" if of else words(row["prior"])
    return both if wide else wrapped(both, 0.95, SMALL)


def _counts(summary: CorpusSummary, row: ChangeRow) -> Mapping[tuple[str, str], int]:
    key = (row["question"], row["prior"], row["heterogeneity"], row["against"])
    return {
        (one["before"], one["after"]): one["n"]
        for one in summary.transitions
        if (one["question"], one["prior"], one["heterogeneity"], one["against"]) == key
    }


def _bars(ax: Axes, summary: CorpusSummary, rows: Sequence[ChangeRow]) -> None:
    counted = [_counts(summary, row) for row in rows]
    for side, kinds in ((-1, LOST), (1, (*GAINED, *REVERSED))):
        ends = [0.0] * len(rows)
        for before, after, colour, label in kinds:
            shares = [side * own[before, after] / row["n"] for own, row in zip(counted, rows, strict=True)]
            if any(shares):
                ax.barh(range(len(rows)), shares, left=ends, height=0.62, color=colour, linewidth=0, label=label)
            ends = [end + share for end, share in zip(ends, shares, strict=True)]
    if not ax.patches:
        ax.plot([], [], " ", label="no conclusion changes")


def _numbers(ax: Axes, rows: Sequence[ChangeRow], wide: bool) -> None:
    """Write the share of every row to the right of its bar, or above it where there is little room."""
    far = max((row["gained"] + row["reversed"]) / row["n"] for row in rows)
    least = -max(row["lost"] / row["n"] for row in rows)
    extent = max(far - least, 0.01)
    for place, row in enumerate(rows):
        said = with_interval(row["share"], row["low"], row["high"])
        if wide:
            end = (row["gained"] + row["reversed"]) / row["n"]
            ax.text(end + 0.012 * extent, place, said, va="center", fontsize=SMALL)
        else:
            start = least if -least > 0.05 * extent else 0.012 * extent
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
            ax.text(start, place - 0.36, said, va="bottom", fontsize=SMALL, bbox=box)
    share_axis(ax.xaxis, 7 if wide else 4)
    ticks = ax.xaxis.get_major_locator().tick_values(least, far) if far > least else [0.0]
    ax.set_xticks([tick for tick in ticks if least - 1e-9 <= tick <= far + 1e-9])
    room = 0.41 if wide else 0.04  # for a share with its interval
    ax.set_xlim(least - 0.03 * extent, far + room * extent)
