"""Ribbons of shrinkage over a corpus: the effect under each prior, by that under the reference prior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayes.corpus.summary.layout import words
from bayes.corpus.summary.summarising import CorpusSummary
from bayes.corpus.summary.tables import BesideRow
from bayes.corpus.summary.tabulating import ENOUGH
from bayes.errors import InvalidInput
from bayes.plots.panels import panels, shape
from bayes.plots.style import BLUE, GREY, PALE, SKY, WIDTH, house_style, new_figure

PANEL = 2.2  # inches
TICKS = (-6, -4, -2, 0, 2, 4, 6)


@house_style
def corpus_shrinkage(summary: CorpusSummary, *, width: float = WIDTH) -> Figure:
    """Plot the quartiles of the effect under every prior, by the effect under the reference prior.

    Parameters
    ----------
    summary : CorpusSummary
    width : float
        Width in inches; below 5, the layout is for a telephone.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    InvalidInput
        If fewer than 20 effects lie in every interval, or there is no prior but the reference.
    """
    of_tau, reference = summary.corpus["heterogeneity"], words(summary.corpus["reference"])
    rows = [row for row in summary.beside if row["heterogeneity"] == of_tau and row["effect_50"] is not None]
    if not rows:
        raise InvalidInput("shrinkage", [f"no other prior has {ENOUGH} effects in an interval of half an sd; accepted: "
                                         "a larger corpus"])  # fmt: skip
    priors = list(dict.fromkeys(row["prior"] for row in rows))
    down, across = shape(len(priors), width)
    note = f"Effects are posterior means from no effect, in posterior standard deviations under {reference}; positive: "
    note += "benefit. Line and band: median and quartiles; dashed: no shrinkage."
    if of_tau is not None:
        note += f" Prior of the heterogeneity: {words(of_tau)}."
    height = PANEL if across > 1 else min(0.6 * width, 3.6)
    figure = new_figure(width, height * down + 0.5, f"Effects by prior, beside those under {reference}", note)
    axes = panels(figure, [words(prior) for prior in priors], width, f"under {reference}")
    ends = max(max(abs(row["low"]), abs(row["high"])) for row in rows)
    for ax, prior in zip(axes, priors, strict=True):
        _panel(ax, [row for row in rows if row["prior"] == prior])
    axes[0].set(xlim=(-ends, ends), ylim=(-ends, ends))
    ticks = [tick for tick in TICKS if abs(tick) <= ends]
    axes[0].set(xticks=ticks, yticks=ticks)
    for ax in axes[::across]:
        ax.set_ylabel("under this prior")
    return figure


def _panel(ax: Axes, rows: Sequence[BesideRow]) -> None:
    middle = np.array([(row["low"] + row["high"]) / 2 for row in rows])
    low = np.array([row["effect_25"] for row in rows], dtype=float)
    median = np.array([row["effect_50"] for row in rows], dtype=float)
    high = np.array([row["effect_75"] for row in rows], dtype=float)
    ax.axhline(0, color=PALE, linewidth=0.8)
    ax.axvline(0, color=PALE, linewidth=0.8)
    ax.axline((0, 0), slope=1, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    ax.fill_between(middle, low, high, color=SKY, alpha=0.45, linewidth=0)
    ax.plot(middle, median, color=BLUE, linewidth=1.8)
