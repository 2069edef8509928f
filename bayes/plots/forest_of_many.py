"""Rows of a forest plot of many trials: one thin line each, in the order of their effects, across bands of all trials.

Names and numbers beside two hundred lines would make a page of several metres. Here a row is as high as its name, the
numbers are in the tables, and the mean and a new trial stand first, where a telephone shows them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes

from bayes.plots.forest_rows import ForestRow, with_air
from bayes.plots.style import BLUE, FAINT, GREY, INK, PALE, length

PITCH, LETTERS = 0.135, 7.0  # inches from row to row, and points of the names
TOP = 2.6  # rows that the mean and a new trial take above the trials
KEPT = 0.9  # share of the reports alone whose lines set the limits of the axis


def draw_many(ax: Axes, trials: list[ForestRow], mean: ForestRow, new: ForestRow) -> None:
    """Draw the mean and a new trial at the top, then the trials at y = 0, 1, 2, ... by their effects.

    Parameters
    ----------
    ax : Axes
    trials : list of ForestRow
        In any order, with names of one line.
    mean, new : ForestRow
        The rows of all trials, whose intervals are bands behind them.
    """
    ordered = sorted(trials, key=lambda row: row.middle)
    places = np.arange(float(len(ordered)))
    ax.axvspan(new.low, new.high, color=FAINT, alpha=0.45, linewidth=0, zorder=0)
    ax.axvspan(mean.low, mean.high, color=PALE, alpha=0.55, linewidth=0, zorder=0.5)
    alone = [(place, row.own) for place, row in zip(places, ordered, strict=True) if row.own]
    if alone:
        at, ends = np.array([place for place, _ in alone]), np.array([own for _, own in alone])
        ax.hlines(at, ends[:, 0], ends[:, 2], color=GREY, linewidth=0.5, zorder=1)
    limits = np.array([(row.low, row.middle, row.high) for row in ordered])
    ax.hlines(places, limits[:, 0], limits[:, 2], color=BLUE, linewidth=1.6, zorder=2)
    ax.plot(limits[:, 1], places, "o", color=BLUE, markersize=3.2, zorder=3)
    for place, row in ((-TOP + 0.4, mean), (-TOP + 1.5, new)):
        ax.hlines([place], [row.low], [row.high], color=INK, linewidth=2.0)
        ax.plot([row.middle], [place], row.marker, color=INK, markersize=6)
    ax.set_ylim(len(ordered) - 0.4, -TOP - 0.6)
    ax.margins(x=0)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0, labelsize=LETTERS)
    ax.set_yticks([-TOP + 0.4, -TOP + 1.5, *places.tolist()], [row.name for row in (mean, new, *ordered)])


def shortly_named(trials: list[ForestRow]) -> list[ForestRow]:
    """Return the rows with their names on one line: trials alone where all have the same outcome, without its name."""
    names = [row.name.split("\n")[0] for row in trials]
    if len({name.partition(":")[2] for name in names}) == 1:
        names = [name.partition(":")[0] for name in names]
    return [replace(row, name=name) for row, name in zip(trials, names, strict=True)]


def height_of_many(trials: list[ForestRow]) -> float:
    """Return the height in inches of the rows and their axis, between title and small print."""
    return 1.0 + PITCH * (len(trials) + TOP)


def room_of_many(rows: list[ForestRow], width: float) -> float:
    """Return the approximate width in inches left for the axis beside the names."""
    beside = max(length(row.name, LETTERS) for row in rows)
    return max(width - beside - 0.5, 1.0)


def reach_of_many(trials: list[ForestRow], also: list[float], is_log: bool) -> tuple[float, float]:
    """Return axis limits that include every effect in the synthesis and the values in `also`.

    Of the reports alone, the widest twentieth at either end is cut off: a few trials without events would leave no
    room for the others.
    """
    values = [v for row in trials for v in (row.low, row.high)] + also
    if own := [row.own for row in trials if row.own]:
        low, _, high = zip(*own, strict=True)
        values += [float(np.quantile(low, (1 - KEPT) / 2)), float(np.quantile(high, (1 + KEPT) / 2))]
    return with_air(values, is_log)
