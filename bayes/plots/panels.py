"""Panels that share their axes, one per prior, as many beside one another as the width allows."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayes.plots.style import NARROW, SMALL, wrapped


def shape(number: int, width: float) -> tuple[int, int]:
    """Return how many panels stand below and how many beside one another, at a width in inches."""
    across = min(number, 3 if width >= NARROW else 2)
    return ceil(number / across), across


def title_of(ax: Axes, title: str, width: float, across: int) -> None:
    """Write the title of a panel, in lines as long as its share of the width in inches."""
    ax.set_title(wrapped(title, width / across - 0.5, SMALL), loc="left", fontsize=SMALL + 0.5)


def panels(figure: Figure, titles: Sequence[str], width: float, label: str) -> list[Axes]:
    """Make panels with their titles, and the label of the horizontal axis below the last of each column.

    Parameters
    ----------
    figure : Figure
    titles : sequence of str
    width : float
        Of the figure, in inches.
    label : str
    """
    down, across = shape(len(titles), width)
    axes = list(figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel())
    for ax in axes[len(titles) :]:
        ax.set_visible(False)
    for place, (ax, title) in enumerate(zip(axes, titles, strict=False)):
        title_of(ax, title, width, across)
        ax.tick_params(labelbottom=True)
        if place + across >= len(titles):
            ax.set_xlabel(label)
    return axes[: len(titles)]
