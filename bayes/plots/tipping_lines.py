"""Tipping plot: the posterior probability against the sd and the mean of the prior, with the tipping points."""

from __future__ import annotations

from math import isnan
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayes.base.arrays import FloatArray
from bayes.base.numbers import number, significant
from bayes.errors import InvalidInput
from bayes.plots.axes import EffectScale, directions, positive_axis, set_scale
from bayes.plots.style import (
    BASE,
    BLUE,
    GREEN,
    GREY,
    INK,
    NARROW,
    PURPLE,
    RED,
    WIDTH,
    house_style,
    legend_above,
    new_figure,
    wrapped,
)
from bayes.plots.subject import asked_for_a_probability, name_of, subject_of
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.subject import Subject, Target
from bayes.sensitivity.tipping_points import p_better, threshold_of, tipping
from bayes.sensitivity.tipping_row import Tipped

POINTS = 161
MARKS = (("o", GREEN), ("s", RED), ("^", PURPLE), ("D", INK))
WORDS = {"p_benefit": "P(benefit)", "p_mcid": "P(≥ MCID)"}


@house_style
def tipping_plot(
    target: Target,
    table: pd.DataFrame | None = None,
    *,
    probability: Tipped = "p_benefit",
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    width: float = WIDTH,
    priors: SomePriorSet | None = None,
) -> Figure:
    """Plot a posterior probability against the sd of a prior centred on no effect and against the mean at neutral sd.

    Parameters
    ----------
    target : Fit, Outcome, Synthesis, Subject, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    table : DataFrame, optional
        The table from `sensitivity.tipping` with the points to mark; computed if not given.
    probability : {"p_benefit", "p_mcid"}
        The probability to show.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.
    width : float
        Width in inches; below 5, the panels are stacked.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    InvalidInput
        If `probability` is unknown, or is `p_mcid` and the target states no MCID.
    """
    if probability not in WORDS:
        raise InvalidInput("probability", [f"found {probability!r}; accepted: {', '.join(WORDS)}"])
    subject = asked_for_a_probability(subject_of(target, prior, prior_set, priors))
    if probability == "p_mcid" and subject.mcid is None:
        raise InvalidInput("probability", [f"p_mcid is not defined: {name_of(subject.target)} states no MCID"])
    table = tipping(subject) if table is None else table
    table = table[table["probability"] == probability]
    wide = width >= NARROW
    figure = new_figure(
        width,
        3.4 if wide else 6.0,
        f"{name_of(subject.target)}: priors at which {WORDS[probability]} tips",
        "Marked points: priors at which the probability reaches a target (brackets: central 95% of the prior).",
    )
    axes = figure.subplots(*((1, 2) if wide else (2, 1)), sharey=True)
    room = width / 2 - 0.8 if wide else width - 0.9
    for ax, vary in zip(axes, ("prior_sd", "prior_mean"), strict=True):
        columns = (table.loc[table["vary"] == vary, name].to_numpy(float).tolist() for name in _Point._fields)
        points = [_Point(*numbers) for numbers in zip(*columns, strict=True)]
        _panel(ax, subject, vary, probability, points, room)
    for ax in axes if not wide else axes[:1]:
        ax.set_ylabel(WORDS[probability])
    return figure


def curve(subject: Subject, vary: str, probability: Tipped, values: FloatArray) -> FloatArray:
    """Return the probability under priors of the family with varying sd (centred on no effect) or mean (neutral sd)."""
    values = np.asarray(values, dtype=float)
    fixed = np.full_like(values, subject.null if vary == "prior_sd" else subject.family.sd)
    means, sds = (fixed, values) if vary == "prior_sd" else (values, fixed)
    return p_better(subject, means, sds, threshold_of(subject, probability))


class _Point(NamedTuple):
    """A tipping point: the target, the sd or mean where it is reached (NaN if never), and the limits of that prior."""

    target: float
    value: float
    prior_low: float
    prior_high: float


def _panel(ax: Axes, subject: Subject, vary: str, probability: Tipped, points: list[_Point], room: float) -> None:
    scale = EffectScale.of(subject.target)
    low, high = _range(subject, vary, [point.value for point in points if not isnan(point.value)])
    values = np.geomspace(low, high, POINTS) if vary == "prior_sd" else np.linspace(low, high, POINTS)
    natural = (lambda v: v) if vary == "prior_sd" else subject.natural
    ax.plot([natural(v) for v in values], curve(subject, vary, probability, values), color=BLUE, linewidth=2)
    for (marker, colour), point in zip(MARKS * 3, points, strict=False):
        ax.axhline(point.target, color=GREY, linewidth=0.7, linestyle=":", zorder=0)
        x, y = ([natural(point.value)], [point.target]) if low <= point.value <= high else ([], [])
        ax.plot(x, y, marker, color=colour, markersize=7, linestyle="none", label=_says(point, vary, subject), zorder=4)
    ax.set_ylim(0, 1.02)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    if vary == "prior_sd":
        positive_axis(ax.xaxis, low, high, room)
        words = f"sd of a prior around {_null(subject)}\n({'log ' if scale.is_log else ''}{scale.words})"
        ax.set_xlabel(wrapped(words, room, BASE))
    else:
        set_scale(ax.xaxis, scale, subject.natural(low), subject.natural(high), room)
        ax.axvline(scale.null, color=INK, linewidth=0.8, zorder=0)
        words = f"mean of a prior of sd {significant(subject.family.sd)}\n({scale.words})"
        ax.set_xlabel(wrapped(words, room, BASE), labelpad=directions(ax, scale, room))
    legend_above(ax, room, 1.0)


def _range(subject: Subject, vary: str, found: list[float]) -> tuple[float, float]:
    """Return the range of the prior grid, extended to include tipping points beyond it."""
    means, sds = subject.family.axes(3)
    if vary == "prior_sd":
        ends, widest = (float(sds[0]), float(sds[-1])), subject.family.sd_range(subject.null)
    else:
        centred = means if subject.family.shape == "beta" else means + subject.null
        widest = subject.family.mean_range(subject.null)
        ends = max(float(centred[0]), widest[0]), min(float(centred[-1]), widest[1])
    near = [value for value in found if widest[0] <= value <= widest[1]]
    low, high = min([ends[0], *near]), max([ends[1], *near])
    air = 0.03 * (high - low) if vary == "prior_mean" and len(near) else 0.0
    return max(low - air, widest[0]), min(high + air, widest[1])


def _says(point: _Point, vary: str, subject: Subject) -> str:
    if isnan(point.value):
        return f"{point.target:g}: never"
    limits = f" [{number(point.prior_low)}, {number(point.prior_high)}]"
    at = f"sd {significant(point.value)}" if vary == "prior_sd" else f"mean {number(subject.natural(point.value))}"
    return f"{point.target:g}: {at}{limits}"


def _null(subject: Subject) -> str:
    return f"the goal {subject.null:g}" if subject.target.measure == "proportion" else "no effect"
