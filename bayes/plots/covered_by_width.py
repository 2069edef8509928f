"""Coverage of predictive intervals by their width, a point per prior of the effect and of tau."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bayes.calibration.calibrated import Calibration
from bayes.calibration.layout import words
from bayes.calibration.tables import ScoresRow
from bayes.calibration.tabulating import NO_TAU
from bayes.errors import InvalidInput
from bayes.plots.axes import positive_axis
from bayes.plots.calibration_rows import column
from bayes.plots.style import GREY, INK, LINES, NARROW, PALE, SMALL, WIDTH, house_style, length, new_figure

LEVELS = (("coverage_95", 0.95), ("coverage_50", 0.5))
MARKERS = "osD^vP*X<>"
PANEL = 2.7  # inches
HANDLE = 0.55  # inches that an entry of the legend takes besides its words


@house_style
def calibration_coverage(calibration: Calibration, *, width: float = WIDTH) -> Figure:
    """Plot the coverage of 95% and 50% predictive intervals by the median width of those of 95%.

    Parameters
    ----------
    calibration : Calibration
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
    """
    rows = calibration.predicted
    if not rows:
        raise InvalidInput("calibration", ["no pair has a prediction, so that there is nothing to draw"])
    wide = width >= NARROW
    note = "Share of later estimates within their intervals, with its bootstrap interval over groups; dashed: as "
    note += "stated. Width: median of the 95% intervals, on the analysis scale."
    priors = list(dict.fromkeys(row["prior"] for row in rows))
    taus = list(dict.fromkeys(row["heterogeneity"] for row in rows))
    entries = [*map(words, priors), *map(_of_tau, taus)]
    columns = max(1, int((width - 1) / (max(length(name, SMALL) for name in entries) + HANDLE)))
    legend = 0.2 * ceil(len(entries) / columns)
    down, across = (1, 2) if wide else (2, 1)
    figure = new_figure(width, (PANEL + 0.5) * down + legend, "Coverage of predictive intervals, by width", note)
    grid = figure.add_gridspec(1 + down, across, height_ratios=[legend, *[PANEL] * down])
    _key(figure.add_subplot(grid[0, :]), priors, taus, columns)
    widths = column(rows, "width_95")
    for place, (name, nominal) in enumerate(LEVELS):
        ax = figure.add_subplot(grid[1, place] if wide else grid[1 + place, 0])
        _panel(ax, rows, name, nominal, priors, taus)
        ax.set_title(f"{100 * nominal:.0f}% intervals", loc="left")
        ax.set_ylabel("coverage")
        ax.set_xlabel("width")
        positive_axis(ax.xaxis, widths.min() / 1.15, widths.max() * 1.15, 0.4 * width if wide else width - 1)
    return figure


def _key(ax: Axes, priors: Sequence[str], taus: Sequence[str], columns: int) -> None:
    """Turn axes into a legend: a line per prior of the effect, a marker per prior of tau."""
    ax.set_axis_off()
    for i, prior in enumerate(priors):
        colour, style = LINES[i % len(LINES)]
        ax.plot([], [], color=colour, linestyle=style, label=words(prior))
    for i, tau in enumerate(taus):
        ax.plot([], [], color=GREY, marker=MARKERS[i % len(MARKERS)], linestyle="none", label=_of_tau(tau))
    ax.legend(loc="upper left", ncols=columns, borderaxespad=0, columnspacing=1.2)


def _of_tau(name: str) -> str:
    return "no heterogeneity" if name == NO_TAU else words(name)


def _panel(
    ax: Axes, rows: Sequence[ScoresRow], name: str, nominal: float, priors: Sequence[str], taus: Sequence[str]
) -> None:
    ax.axhline(nominal, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    for number, prior in enumerate(priors):
        colour, style = LINES[number % len(LINES)]
        own = sorted((row for row in rows if row["prior"] == prior), key=lambda row: row["width_95"] or 0.0)
        x, y = column(own, "width_95"), column(own, name)
        ax.plot(x, y, color=colour, linestyle=style, linewidth=0.9)
        ax.vlines(x, column(own, f"{name}_low", name), column(own, f"{name}_high", name), color=colour, linewidth=1.0)
        for row, across, up in zip(own, x, y, strict=True):
            marker = MARKERS[taus.index(row["heterogeneity"]) % len(MARKERS)]
            ax.plot([across], [up], color=colour, marker=marker, markersize=5, linestyle="none")
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.grid(axis="y", color=PALE, linewidth=0.4)
    ax.set_axisbelow(True)
