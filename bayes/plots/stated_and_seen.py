"""Calibration curves: how often events happened that were given about the same probability, a panel per prior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayes.base.numbers import significant
from bayes.calibration.calibrated import Calibration
from bayes.calibration.layout import of_tau as of_tau_in_words
from bayes.calibration.layout import words
from bayes.calibration.tables import CurveRow
from bayes.errors import UnknownName
from bayes.plots.calibration_rows import column, heterogeneity_of, priors_under, under
from bayes.plots.panels import shape, title_of
from bayes.plots.style import BLUE, GREY, INK, PALE, WIDTH, house_style, new_figure

type Event = Literal["direction", "mcid", "significant"]

PANEL, BARS = 2.0, 0.45  # inches: the height of a curve, and of the bars below it
EVENTS: Mapping[Event, str] = {
    "direction": "the likelier direction",
    "mcid": "an estimate beyond the MCID",
    "significant": "an estimate 1.96 standard errors or more from no effect",
}


@house_style
def calibration_curve(
    calibration: Calibration, event: Event = "direction", heterogeneity: str | None = None, *, width: float = WIDTH
) -> Figure:
    """Plot how often an event happened against the probability that was stated for it.

    Parameters
    ----------
    calibration : Calibration
    event : {"direction", "mcid", "significant"}
        Of the later estimate: on the side of no effect that was the likelier; beyond the MCID; 1.96 standard errors or
        more from no effect.
    heterogeneity : str, optional
        A prior of tau, or "none"; by default that of the pair with the highest log density.
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
        If the calibration has no such event or heterogeneity.
    """
    of_tau = heterogeneity_of(calibration, heterogeneity)
    known = list(dict.fromkeys(row["event"] for row in calibration.curves))
    if event not in known:
        raise UnknownName("event of this calibration", event, known)
    rows = [row for row in calibration.curves if row["event"] == event]
    panels = {prior: own for prior in priors_under(calibration, of_tau) if (own := under(rows, prior, of_tau))}
    if not panels:
        raise UnknownName("heterogeneity with this event", of_tau, dict.fromkeys(row["heterogeneity"] for row in rows))
    down, across = shape(len(panels), width)
    note = "Share of later estimates, with its bootstrap interval over groups, against the mean of the stated "
    note += f"probabilities; diagonal: as stated. Bars: number of pairs. {of_tau_in_words(of_tau)}"
    title = f"Stated probability of {EVENTS[event]}, and how often it happened"
    figure = new_figure(width, (PANEL + BARS + 0.35) * down + 0.4, title, note)
    ratios = [PANEL, BARS] * down
    grid = figure.subplots(2 * down, across, sharex=True, squeeze=False, height_ratios=ratios)
    low = 0.5 if event == "direction" else 0.0
    most = max(row["n"] for own in panels.values() for row in own)
    for place, (prior, own) in enumerate(panels.items()):
        top, bars = (grid[2 * (place // across) + part, place % across] for part in (0, 1))
        _curve(top, own, low)
        _bars(bars, own, most, place % across == 0)
        title_of(top, words(prior), width, across)
        if place % across == 0:
            top.set_ylabel("seen")
        else:
            top.tick_params(labelleft=False)
        if place + across >= len(panels):
            bars.set_xlabel("stated")
        bars.tick_params(labelbottom=True)
    for place in range(len(panels), across * down):
        for part in (0, 1):
            grid[2 * (place // across) + part, place % across].set_visible(False)
    return figure


def _curve(ax: Axes, rows: Sequence[CurveRow], low: float) -> None:
    kept = [row for row in rows if row["seen"] is not None]
    stated, seen = column(kept, "stated"), column(kept, "seen")
    least, most = column(kept, "seen_low", "seen"), column(kept, "seen_high", "seen")
    ax.plot([low, 1], [low, 1], color=INK, linewidth=0.8)
    spread = np.maximum(np.stack([seen - least, most - seen]), 0)
    ax.errorbar(stated, seen, spread, color=BLUE, marker="o", markersize=4, elinewidth=1.1, linewidth=1.1, label="seen")
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlim(low - 0.02, 1.02)
    ax.set_xticks([low, (1 + low) / 2, 1], [significant(low), significant((1 + low) / 2), "1"])
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    ax.grid(color=PALE, linewidth=0.4)
    ax.set_axisbelow(True)
    ax.tick_params(labelbottom=False)


def _bars(ax: Axes, rows: Sequence[CurveRow], most: int, labelled: bool) -> None:
    low, high = column(rows, "low"), column(rows, "high")
    ax.bar(low, [row["n"] for row in rows], width=0.9 * (high - low), align="edge", color=GREY, linewidth=0)
    ax.set_ylim(0, 1.1 * most)
    ax.set_yticks([0, most], ["0", f"{most:,}"] if labelled else ["", ""])
