"""Histograms of where later estimates fell in their predictive distributions, a panel per prior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import bdtr

from bayes.calibration.calibrated import Calibration
from bayes.calibration.layout import of_tau as of_tau_in_words
from bayes.calibration.layout import words
from bayes.calibration.tables import PitRow
from bayes.calibration.tabulating import NO_TAU
from bayes.plots.axes import share_axis
from bayes.plots.calibration_rows import column, heterogeneity_of, priors_under, under
from bayes.plots.panels import panels, shape
from bayes.plots.style import BLUE, GREY, INK, PALE, WIDTH, house_style, new_figure

PANEL = 1.75  # inches: the height of a histogram
BAND = 0.99


@house_style
def calibration_pit(calibration: Calibration, heterogeneity: str | None = None, *, width: float = WIDTH) -> Figure:
    """Plot the predictive probabilities of estimates smaller than the later ones, which are even if all is right.

    Parameters
    ----------
    calibration : Calibration
    heterogeneity : str, optional
        A prior of tau, or "none"; by default that of the pair with the highest log density. An outline is without
        heterogeneity.
    width : float
        Width in inches; below 5, the layout is for a telephone.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    InvalidInput
        If nothing is predicted.
    UnknownName
        If nothing is predicted under this heterogeneity.
    """
    of_tau = heterogeneity_of(calibration, heterogeneity)
    priors = priors_under(calibration, of_tau)
    down, _ = shape(len(priors), width)
    note = "Share of later estimates by their predictive probability of a smaller one: high in the middle where "
    note += "predictions are too wide, at both ends where too narrow. Lines: even, and (dashed) what 99% of "
    note += f"even samples keep within, as if pairs were independent; blue: beyond it. {of_tau_in_words(of_tau)}"
    if of_tau != NO_TAU:
        note += " Outline: without."
    figure = new_figure(width, PANEL * down + 0.5, "Where later estimates fell in their predictions", note)
    axes = panels(figure, [words(prior) for prior in priors], width, "P(smaller)")
    for ax, prior in zip(axes, priors, strict=True):
        outline = under(calibration.pits, prior, NO_TAU) if of_tau != NO_TAU else []
        _panel(ax, under(calibration.pits, prior, of_tau), outline)
    return figure


def band(n: int, share: float) -> tuple[float, float]:
    """Return the shares within which 99% of the counts of an interval lie, Binomial(n, share), over n."""
    below = bdtr(np.arange(n + 1), n, share)
    low, high = (int(np.searchsorted(below, p)) for p in ((1 - BAND) / 2, (1 + BAND) / 2))
    return low / n, high / n


def _panel(ax: Axes, rows: Sequence[PitRow], outline: Sequence[PitRow]) -> None:
    low, high = column(rows, "low"), column(rows, "high")
    even = float(high[0] - low[0])
    least, most = band(sum(row["n"] for row in rows), even)
    shares = column(rows, "share")
    colours = [BLUE if share > most or share < least else PALE for share in shares]
    ax.bar(low, shares, width=high - low, align="edge", color=colours, linewidth=0)
    ax.axhline(even, color=GREY, linewidth=0.8)
    for limit in (least, most):
        ax.axhline(limit, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    if outline:
        ax.stairs(column(outline, "share"), np.append(low, high[-1]), color=INK, linewidth=0.8)
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    share_axis(ax.yaxis, 5)
