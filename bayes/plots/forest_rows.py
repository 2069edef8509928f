"""Rows of a forest plot: a point and its interval, the name on the left and the numbers on the right, or above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes

from bayes.plots.style import BLUE, GREY, INK, NARROW, SMALL, length


@dataclass(frozen=True)
class ForestRow:
    """A row of a forest plot, on the measure's own scale.

    Attributes
    ----------
    name : str
        The label on the left.
    middle, low, high : float
        The median and the limits of the interval.
    said : str
        The label on the right, with the numbers.
    marker : str
        A Matplotlib marker.
    own : (float, float, float), optional
        The report alone: lower end, peak and upper end.
    strong : bool
        True for a summary row, drawn in bold.
    """

    name: str
    middle: float
    low: float
    high: float
    said: str
    marker: str = "o"
    own: tuple[float, float, float] | None = None
    strong: bool = False


def draw_rows(ax: Axes, rows: list[ForestRow], width: float) -> None:
    """Draw rows from top to bottom, at y = 0, 1, 2, ...

    Parameters
    ----------
    ax : Axes
        The axes to draw in.
    rows : list of ForestRow
        The rows, from top to bottom.
    width : float
        Width of the figure in inches.
    """
    lift = 0.0 if not any(row.own for row in rows) else 0.16 if width >= NARROW else 0.11
    for place, row in enumerate(rows):
        colour = INK if row.strong else BLUE
        at = place + (lift if row.own else 0)
        ax.plot([row.low, row.high], [at, at], color=colour, linewidth=2.0, solid_capstyle="butt")
        ax.plot([row.middle], [at], row.marker, color=colour, markersize=7.5 if row.strong else 6.5, label=row.name)
        if row.own:
            low, peak, high = row.own
            ax.plot([low, high], [place - lift, place - lift], color=GREY, linewidth=1.0, solid_capstyle="butt")
            ax.plot([peak], [place - lift], "s", color="white", markeredgecolor=GREY, markersize=4.5)
    ax.set_ylim(len(rows) - 0.4, -0.6 if width >= NARROW else -0.85)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    if width >= NARROW:
        ax.set_yticks(range(len(rows)), [row.name for row in rows])
        for place, row in enumerate(rows):
            _say(ax, row.said, (1, place), (8, 0), "left", "center", row.strong)
    else:
        ax.set_yticks([])
        for place, row in enumerate(rows):
            _say(
                ax,
                f"{row.name}\n{row.said}".replace("\n\n", "\n"),
                (0, place - 0.26),
                (0, 0),
                "left",
                "bottom",
                row.strong,
            )


def _say(
    ax: Axes,
    text: str,
    where: tuple[float, float],
    offset: tuple[float, float],
    side: Literal["left", "center", "right"],
    level: Literal["bottom", "center", "top"],
    strong: bool,
) -> None:
    ax.annotate(
        text,
        where,
        offset,
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha=side,
        va=level,
        fontsize=SMALL,
        weight="bold" if strong else "normal",
        annotation_clip=False,
        linespacing=1.15,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        zorder=3,
    )


def height_of(rows: list[ForestRow], width: float) -> float:
    """Return the height in inches of the rows and their axis, between title and small print."""
    own = 0.12 if any(row.own for row in rows) else 0.0
    return 1.1 + len(rows) * (0.36 + own / 2 if width >= NARROW else 0.56 + own)


def room_of(rows: list[ForestRow], width: float) -> float:
    """Return the approximate width in inches left for the axis between names and numbers."""
    if width < NARROW:
        return width - 0.3
    beside = _widest((row.name, row.strong) for row in rows) + _widest((row.said, row.strong) for row in rows)
    return max(width - beside - 0.5, 1.0)


def _widest(texts: Iterable[tuple[str, bool]]) -> float:
    """Return the width in inches of the longest line of (text, whether bold)."""
    return max(
        length(line, SMALL, "bold" if strong else "normal") for text, strong in texts for line in text.split("\n")
    )


def reach(rows: list[ForestRow], also: list[float], is_log: bool) -> tuple[float, float]:
    """Return axis limits that include every row and the values in `also`, with a small margin."""
    own = [end for row in rows if row.own for end in row.own]
    return with_air([v for row in rows for v in (row.low, row.high)] + own + also, is_log)


def with_air(values: list[float], is_log: bool) -> tuple[float, float]:
    """Return the least and the largest of these values with a small margin."""
    low, high = min(values), max(values)
    if is_log:
        air = (high / low) ** 0.04
        return low / air, high * air
    air = 0.04 * (high - low)
    return low - air, high + air
