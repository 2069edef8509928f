"""How every figure looks: fonts, colours that the colour-blind and a photocopier tell apart, titles and small print.

Colours are those of Okabe and Ito (2008); wherever two of them meet, line style, marker or shade differs, too. A figure
is a plain `matplotlib.figure.Figure`: no pyplot, no window, nothing left behind in the settings of a notebook.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from textwrap import fill
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, GREY, PALE = "#000000", "#666666", "#BBBBBB"
BLUE, SKY, GREEN, ORANGE, RED, PURPLE = "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7"
LINES = ((BLUE, "-"), (RED, "--"), (GREEN, "-."), (PURPLE, ":"), (ORANGE, (0, (6, 1.5))), (SKY, (0, (1, 1))))

WIDTH = 7.0  # inches: a page, or a screen
NARROW = 5.0  # below this a figure is laid out for a telephone
BASE, SMALL = 10.5, 9.0  # points
RC = {
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica"],
    "font.size": BASE,
    "axes.labelsize": BASE,
    "axes.titlesize": BASE,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.linewidth": 0.8,
    "figure.facecolor": "white",
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "svg.fonttype": "none",
}


def house_style(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """A function that draws a figure, made to draw it alike whatever a notebook has set."""

    @wraps(draw)
    def styled(*arguments: Any, **more: Any) -> Figure:
        with rc_context():
            from matplotlib import rcdefaults, rcParams

            rcdefaults()
            rcParams.update(RC)
            figure = draw(*arguments, **more)
            figure.draw_without_rendering()  # ticks are made as they are first drawn: here, in this style
            return figure

    return styled


def new_figure(width: float, height: float, title: str, note: str = "") -> Figure:
    """An empty figure with its title and, below, the small print; both wrapped to its width.

    Parameters
    ----------
    width, height : float
        Inches.
    note : str
        Small print; a line break starts a new sentence on a line of its own.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.06)
    figure.suptitle(wrapped(title, width - 0.2, BASE + 1), x=0.08 / width, ha="left", fontsize=BASE + 1, weight="bold")
    if note:
        lines = "\n".join(wrapped(line, width - 0.2, SMALL) for line in note.split("\n"))
        figure.supxlabel(lines, x=0.08 / width, ha="left", fontsize=SMALL, color=GREY)
    return figure


def wrapped(text: str, inches: float, size: float) -> str:
    """Text broken into lines that fit a width at a font size in points."""
    return fill(text, max(8, int(inches * 72 / (0.58 * size))))


def legend_above(ax: Axes, columns: int = 1) -> None:
    """A legend over the axes, where it hides nothing."""
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.4, ncols=columns, handlelength=2.4)


def lines_of(text: str) -> int:
    """Lines that a wrapped text takes."""
    return text.count("\n") + 1 if text else 0
