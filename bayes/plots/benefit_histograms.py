"""Histograms of P(benefit) over a corpus, one per prior, with the outline of that under the reference prior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayes.base.arrays import FloatArray
from bayes.corpus.summary.concluding import CUTOFF
from bayes.corpus.summary.layout import words
from bayes.corpus.summary.summarising import CorpusSummary
from bayes.corpus.summary.tables import DistributionRow
from bayes.errors import UnknownName
from bayes.plots.axes import share_axis
from bayes.plots.panels import panels, shape
from bayes.plots.style import BLUE, FAINT, INK, RED, WIDTH, house_style, new_figure

PANEL = 1.75  # inches: the height of a histogram
NAMES = {"effect": "results", "mu": "meta-analyses", "new_trial": "meta-analyses, effect in a new trial"}


@house_style
def corpus_probabilities(summary: CorpusSummary, parameter: str | None = None, *, width: float = WIDTH) -> Figure:
    """Plot the distribution of P(benefit) over a corpus under every prior.

    Parameters
    ----------
    summary : CorpusSummary
    parameter : {"effect", "mu", "new_trial"}, optional
        By default the main one: effect or mu.
    width : float
        Width in inches; below 5, the layout is for a telephone.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    UnknownName
        If the corpus has no such parameter.
    """
    wanted = parameter or summary.main
    known = list(dict.fromkeys(row["parameter"] for row in summary.distribution))
    if wanted not in known:
        raise UnknownName("parameter of this corpus", wanted, known)
    of_tau, reference = summary.corpus["heterogeneity"], summary.corpus["reference"]
    rows = [row for row in summary.distribution if (row["parameter"], row["heterogeneity"]) == (wanted, of_tau)]
    priors = list(dict.fromkeys(row["prior"] for row in rows))
    down, _ = shape(len(priors), width)
    note = f"Share of {NAMES[wanted]} in intervals of 0.025. Line: the {words(reference)} prior. "
    note += f"Blue: P(benefit) at least {CUTOFF:g}; red: P(harm) at least {CUTOFF:g}."
    if of_tau is not None:
        note += f" Prior of the heterogeneity: {words(of_tau)}."
    figure = new_figure(width, PANEL * down + 0.5, "P(benefit) by prior", note)
    axes = panels(figure, [words(prior) for prior in priors], width, "P(benefit)")
    outline = _shares([row for row in rows if row["prior"] == reference])
    for ax, prior in zip(axes, priors, strict=True):
        own = [row for row in rows if row["prior"] == prior]
        _panel(ax, own, outline if prior != reference and len(outline) else None)
    return figure


def _shares(rows: Sequence[DistributionRow]) -> FloatArray:
    counts = np.array([row["n"] for row in rows], dtype=float)
    shares: FloatArray = counts / max(counts.sum(), 1)
    return shares


def _panel(ax: Axes, rows: Sequence[DistributionRow], outline: FloatArray | None) -> None:
    low = np.array([row["low"] for row in rows])
    high = np.array([row["high"] for row in rows])
    colours = [
        BLUE if a >= CUTOFF else RED if b <= 1 - CUTOFF + 1e-9 else FAINT for a, b in zip(low, high, strict=True)
    ]
    ax.bar(low, _shares(rows), width=high - low, align="edge", color=colours, linewidth=0)
    if outline is not None:
        ax.stairs(outline, np.append(low, high[-1]), color=INK, linewidth=0.8)
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    share_axis(ax.yaxis, 5)
