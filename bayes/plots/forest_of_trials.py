"""Forest plot of a synthesis: each trial alone and in the synthesis, the mean effect, and a new trial."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from bayes.base import measures
from bayes.base.numbers import interval, number, probability
from bayes.fitting.fitted import SynthesisFit
from bayes.plots.axes import EffectScale, effect_axis
from bayes.plots.forest_rows import ForestRow, draw_rows, height_of, reach, room_of
from bayes.plots.style import NARROW, PALE, WIDTH, house_style, new_figure
from bayes.plots.subject import as_fit

WIDTHS = 1.959963984540054  # the line of a report alone extends by this many widths to either side of its peak


@house_style
def synthesis_forest(fit: SynthesisFit | xr.DataTree, *, width: float = WIDTH) -> Figure:
    """Plot every trial's effect in a synthesis, the mean effect and the effect in a new trial.

    The numbers are those of `fit.summary()` and, for the reports alone, of `fit.table("trials")`: a hollow square at
    the peak of the likelihood, with a thin line extending 1.96 widths to either side. A report that does not say which
    arm it favours has neither.

    Parameters
    ----------
    fit : SynthesisFit or DataTree
        A fitted synthesis, or its stored tree.
    width : float
        Width in inches; below 5, the numbers are placed above the lines.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.
    """
    fit = as_fit(fit)
    synthesis = fit.analysis.target
    scale, summary = EffectScale.of(synthesis), fit.summary().set_index("parameter")
    alone = reports_alone(fit)
    rows = [
        *(_of_trial(name, row, fit, alone) for name, row in summary.iterrows() if name.startswith("effect[")),
        _of_all("mean effect", summary.loc["mu"], "D"),
        _of_all("new trial (prediction)", summary.loc["new_trial"], "|"),
    ]
    rows = [row if width >= NARROW else _short(row) for row in rows]
    figure = new_figure(width, height_of(rows, width), synthesis.label, _note(fit, summary))
    ax = figure.add_subplot()
    draw_rows(ax, rows, width)
    if width >= NARROW:
        ax.axhline(len(rows) - 2.5, color=PALE, linewidth=0.8)
    marks = scale.marks
    effect_axis(ax, scale, *reach(rows, marks, scale.is_log), room_of(rows, width))
    return figure


def reports_alone(fit: SynthesisFit) -> dict[str, tuple[float, float, float]]:
    """Return (low, peak, high) of each report with a peak, on the measure's own scale; none for a meta-regression."""
    if fit.analysis.structure_card.has_covariate:
        return {}
    measure, found = fit.analysis.target.measure, {}
    for row in fit.table("trials").dropna(subset="own").to_dict("records"):
        y, reach_ = measures.to_analysis(row["own"], measure), WIDTHS * row["standard_error"]
        ends = (y - reach_, y, y + reach_)
        found[row["trial"]] = tuple(float(v) for v in measures.to_natural(np.array(ends), measure))
    return found


def _of_trial(name: str, row: pd.Series, fit: SynthesisFit, alone: dict) -> ForestRow:
    trial = name.removeprefix("effect[").removesuffix("]")
    kinds = {member.name: member.evidence.kind for member in fit.analysis.members}
    own = alone.get(trial)
    said = interval(row["estimate"], row["estimate_low"], row["estimate_high"])
    said += f"\nalone {interval(own[1], own[0], own[2])}" if own else "\nalone: no direction, no estimate"
    if fit.analysis.structure_card.has_covariate:
        said = said.split("\n")[0]
    kind = kinds[trial].replace("_", " ")
    return ForestRow(f"{trial}\n{kind}", row["estimate"], row["estimate_low"], row["estimate_high"], said, own=own)


def _of_all(name: str, row: pd.Series, marker: str) -> ForestRow:
    said = interval(row["estimate"], row["estimate_low"], row["estimate_high"])
    said += f"\nP(benefit) {probability(row['p_benefit'])}"
    return ForestRow(name, row["estimate"], row["estimate_low"], row["estimate_high"], said, marker=marker, strong=True)


def _short(row: ForestRow) -> ForestRow:
    """Shorten a row for a telephone: the name on one line, the numbers on the next."""
    return replace(row, name=row.name.split("\n")[0], said=row.said.split("\n")[0])


def _note(fit: SynthesisFit, summary: pd.DataFrame) -> str:
    tau = ""
    if "tau" in summary.index:
        row = summary.loc["tau"]
        numbers = f"{number(row['median'])} ({number(row['ci_low'])} to {number(row['ci_high'])})"
        tau = f"Heterogeneity tau {numbers} on the analysis scale. "
    alone = (
        ""
        if fit.analysis.structure_card.has_covariate
        else ("Hollow squares: peak of the likelihood of the report alone, with lines 1.96 widths to either side. ")
    )
    return f"Filled: posterior median and 95% credible interval in the synthesis. {alone}{tau}Prior of the mean: " + (
        f"{fit.analysis.prior.name}."
    )
