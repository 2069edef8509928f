"""The style of all figures: fonts, colours distinguishable in colour blindness and greyscale, titles and small print.

Colours are those of Okabe and Ito (2008); where two are used together, line style, marker or shade differs as well.
Figures are instances of `matplotlib.figure.Figure`, made without pyplot, and leave the settings of a notebook
unchanged.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import TYPE_CHECKING

from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.textpath import text_to_path

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType  # not in every version that is supported

INK, GREY, PALE, FAINT = "#000000", "#666666", "#BBBBBB", "#DDDDDD"
BLUE, SKY, GREEN, ORANGE, RED, PURPLE = "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7"
LINES = ((BLUE, "-"), (RED, "--"), (GREEN, "-."), (PURPLE, ":"), (ORANGE, (0, (6, 1.5))), (SKY, (0, (1, 1))))

WIDTH = 7.0  # inches: a page, or a screen
NARROW = 5.0  # below this a figure is laid out for a telephone
BASE, SMALL = 10.5, 9.0  # points
FONTS = ["DejaVu Sans", "Verdana", "Arial", "Helvetica"]
DPI, FINE_DPI = 100, 150  # of a figure on a screen, and of an image of it
RC: dict[RcKeyType, object] = {
    "font.family": ["sans-serif"],
    "font.sans-serif": FONTS,
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
    "figure.dpi": DPI,
    "savefig.dpi": FINE_DPI,
    "svg.fonttype": "none",
}


_titled: ContextVar[bool] = ContextVar("titled", default=True)


class ShownFigure(Figure):
    """A figure that a notebook displays as the last value of a cell, whether or not it uses pyplot.

    It is drawn in the style of the house, whatever the notebook's settings, and laid out when it is first drawn.
    """

    def draw(self, renderer: RendererBase) -> None:
        """Draw the figure; ticks are created here, and take the style of the moment."""
        with _style():
            super().draw(renderer)
        self.set_layout_engine("none")  # drawing again moves nothing

    def _repr_png_(self) -> tuple[bytes, dict[str, int | str]]:
        """Return the image at higher than screen resolution, with its title as the alternative text."""
        written = io.BytesIO()
        self.savefig(written, format="png", dpi=FINE_DPI, metadata={"Software": None})
        across, down = (round(DPI * inches) for inches in self.get_size_inches())
        return written.getvalue(), {"width": across, "height": down, "alt": " ".join(self.get_suptitle().split())}


def house_style[**Arguments](draw: Callable[Arguments, Figure]) -> Callable[Arguments, Figure]:
    """Decorate a drawing function so that its figures look the same whatever the notebook's settings."""

    @wraps(draw)
    def styled(*arguments: Arguments.args, **more: Arguments.kwargs) -> Figure:
        with _style():
            return draw(*arguments, **more)

    return styled


@contextmanager
def _style() -> Iterator[None]:
    """Set the style of the house within the context; the salt of the ids in an SVG stays as it is."""
    salt = rcParams["svg.hashsalt"]
    with rc_context():
        rcdefaults()
        rcParams.update(RC | {"svg.hashsalt": salt})
        yield


@contextmanager
def without_titles() -> Iterator[None]:
    """Draw figures within the context without their titles, for a page or a manuscript whose caption says it."""
    before = _titled.set(False)
    try:
        yield
    finally:
        _titled.reset(before)


def new_figure(width: float, body: float, title: str, note: str = "") -> Figure:
    """Create an empty figure with its title and small print, both wrapped to its width.

    Parameters
    ----------
    width : float
        Width in inches.
    body : float
        Height in inches between title and small print, for axes with their labels and legends.
    title : str
        The title above the axes, unless figures are drawn `without_titles`.
    note : str
        The small print below the axes; line breaks are kept.
    """
    heading = wrapped(title, width - 0.25, BASE + 1, "bold") if _titled.get() else ""
    small_print = wrapped(note, width - 0.25, SMALL)
    around = (
        0.25 + (1.3 * (BASE + 1) * (lines_of(heading) if heading else 0) + 1.3 * SMALL * lines_of(small_print)) / 72
    )
    layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.06)
    figure = ShownFigure(figsize=(width, body + around), layout=layout)
    if heading:
        figure.suptitle(heading, x=0.08 / width, ha="left", fontsize=BASE + 1, weight="bold")
    figure.supxlabel(small_print, x=0.08 / width, ha="left", fontsize=SMALL, color=GREY)
    return figure


def wrapped(text: str, inches: float, size: float, weight: str = "normal") -> str:
    """Break text between words into lines that fit a width at a font size in points, keeping existing line breaks."""
    lines, space = [], length("n n", size, weight) - length("nn", size, weight)
    for paragraph in text.split("\n"):
        line, end = "", 0.0
        for word in paragraph.split(" "):
            wide = length(word, size, weight)
            if line and end + space + wide > inches:
                lines.append(line)
                line, end = word, wide
            else:
                line, end = (f"{line} {word}", end + space + wide) if line else (word, wide)
        lines.append(line)
    return "\n".join(lines)


@cache  # measuring takes milliseconds, and the figures of a page have most of their words in common
def length(text: str, size: float, weight: str = "normal") -> float:
    """Return the width in inches of a line of text."""
    font = FontProperties(family=FONTS[0], size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] / 72


def legend_above(ax: Axes, room: float, handle: float = 2.4) -> None:
    """Place the legend above the axes, where it hides nothing, with labels wrapped to a width in inches.

    Parameters
    ----------
    ax : Axes
        The axes whose labelled artists are listed.
    room : float
        Width in inches.
    handle : float
        Length of the line samples, in font sizes.
    """
    handles, labels = ax.get_legend_handles_labels()
    labels = [wrapped(label, room - (handle + 1.5) * SMALL / 72, SMALL) for label in labels]
    ax.legend(
        handles,
        labels,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderpad=0.2,
        borderaxespad=0.3,
        handlelength=handle,
        handletextpad=0.6,
        labelspacing=0.35,
    )


def lines_of(text: str) -> int:
    """Return the number of lines of a wrapped text."""
    return text.count("\n") + 1 if text else 0
