"""Heat map of the prior grid: the conclusion of readers with any prior mean and any degree of certainty."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayes.base.arrays import FloatArray
from bayes.errors import InvalidInput
from bayes.plots.axes import EffectScale, effect_axis, positive_axis
from bayes.plots.style import BASE, INK, NARROW, WIDTH, house_style, legend_above, new_figure, wrapped
from bayes.plots.subject import asked_for_a_probability, name_of, prior_in_words, subject_of
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.grid_of_priors import prior_grid
from bayes.sensitivity.subject import Subject, Target

CONTOURS = (0.1, 0.5, 0.9)
WORDS = {"p_benefit": "P(benefit)", "p_mcid": "P(≥ MCID)", "p_harm": "P(harm)"}


@house_style
def prior_heatmap(
    target: Target,
    grid: pd.DataFrame | None = None,
    *,
    probability: str = "p_benefit",
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    width: float = WIDTH,
    priors: SomePriorSet | None = None,
) -> Figure:
    """Plot a posterior probability over prior means and prior sds, with contours at 0.1, 0.5 and 0.9.

    Parameters
    ----------
    target : Fit, Outcome, Synthesis, Subject, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree. A cross marks the main prior if it is normal and
        within the grid.
    grid : DataFrame, optional
        The table from `sensitivity.prior_grid`; computed if not given.
    probability : {"p_benefit", "p_mcid", "p_harm"}
        The probability to show.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.
    width : float
        Width in inches; below 5, the layout is for a telephone.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    InvalidInput
        If `probability` is unknown or empty in the grid, as `p_mcid` is without an MCID.
    """
    if probability not in WORDS:
        raise InvalidInput("probability", [f"found {probability!r}; accepted: {', '.join(WORDS)}"])
    subject = asked_for_a_probability(subject_of(target, prior, prior_set, priors))
    grid = prior_grid(subject) if grid is None else grid
    cells = grid.pivot(index="prior_sd", columns="prior_natural", values=probability).astype(float)
    if cells.isna().all(axis=None):
        raise InvalidInput("probability", [f"{probability} is empty in this grid; p_mcid requires a stated MCID"])
    scale = EffectScale.of(subject.target)
    note = f"Each point is a prior; its colour shows the posterior {WORDS[probability]} under that prior."
    if scale.is_log:
        note += " An sd of 0.355 puts 95% of a prior within a factor of 2 of its mean."
    wide = width >= NARROW
    figure = new_figure(width, 4.1 if wide else 4.2, f"{name_of(subject.target)}: {WORDS[probability]} by prior", note)
    room = width - 2.0 if wide else width - 0.9
    ax = figure.add_subplot()
    values = np.ma.masked_invalid(cells.to_numpy())
    where = cells.columns.to_numpy(float), cells.index.to_numpy(float)
    bands = ax.contourf(*where, values, levels=np.linspace(0, 1, 11), cmap="cividis")
    crossed = [c for c in CONTOURS if values.min() < c < values.max()]
    if crossed:
        lines = ax.contour(*where, values, levels=crossed, colors=INK, linewidths=[1.2] * len(crossed))
        halo = ax.clabel(lines, fmt="%g", fontsize=9)
        for text in halo:
            text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.85})
            text.set_rotation(0)
    location, aspect = ("right", 25) if wide else ("bottom", 30)
    ticks = [0, *CONTOURS, 1]
    bar = figure.colorbar(bands, ax=ax, ticks=ticks, format="%g", pad=0.03, location=location, aspect=aspect)
    bar.set_label(f"posterior {WORDS[probability]}")
    bar.outline.set_visible(False)
    effect_axis(ax, scale, where[0].min(), where[0].max(), room, "mean of the prior: ")
    positive_axis(ax.yaxis, where[1].min(), where[1].max(), 3.0)
    ax.set_ylabel(wrapped(f"sd of the prior ({'log ' if scale.is_log else ''}{scale.words})", 2.2, BASE))
    _mark_main(ax, subject, where, room)
    return figure


def _mark_main(ax: Axes, subject: Subject, where: tuple[FloatArray, FloatArray], room: float) -> None:
    """Mark the main prior with a cross if it is normal and within the grid."""
    if subject.prior.name != "normal":
        return
    mean, sd = subject.prior.args
    x = subject.natural(mean)
    if where[0].min() <= x <= where[0].max() and where[1].min() <= sd <= where[1].max():
        label = f"main prior: {prior_in_words(subject)}"
        ax.plot([x], [sd], "P", color="white", markeredgecolor=INK, markersize=9, label=label, clip_on=False)
        legend_above(ax, room, 1.0)
