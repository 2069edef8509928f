"""Forest plot of a synthesis: each trial alone and in the synthesis, the mean effect, and a new trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from bayes.base import measures
from bayes.base.numbers import interval, number, probability
from bayes.errors import InvalidInput, NotFormable
from bayes.fitting.fitted import SynthesisFit
from bayes.paper.trial import Outcome
from bayes.plots.axes import EffectScale, effect_axis
from bayes.plots.forest_of_many import draw_many, height_of_many, reach_of_many, room_of_many, shortly_named
from bayes.plots.forest_rows import ForestRow, draw_rows, height_of, reach, room_of
from bayes.plots.style import NARROW, PALE, WIDTH, house_style, new_figure
from bayes.plots.subject import as_fit
from bayes.posterior.names import MU, NEW_TRIAL, TAU, effect_of
from bayes.posterior.row import SummaryRow
from bayes.posterior.told import told
from bayes.text.rows import MANY

Ends = tuple[float, float, float]  # of a report alone: lower end, peak and upper end, on the measure's own scale
HOLLOW = "Hollow squares: peak of the likelihood of the report alone, with lines"
THIN = "Thin lines: the likelihood of the report alone,"
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
        Width in inches; below 5, the numbers are placed above the lines. More than 40 trials have a thin line each, in
        the order of their effects and without numbers.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.
    """
    found = as_fit(fit)
    if not isinstance(found, SynthesisFit):
        raise InvalidInput("fit", ["not a fitted synthesis; accepted: what `bayes.synthesise` returns, or its tree"])
    summary = {row["parameter"]: told(row) for row in found.rows}
    members = {str(effect_of(member.name)): member for member in found.analysis.members}
    scale, alone = EffectScale.of(found.analysis.target), reports_alone(found)
    trials = [_of_trial(members[name], row, found, alone) for name, row in summary.items() if name in members]
    mean = _of_all("mean effect", summary[str(MU)], "D")
    new = _of_all("new trial (prediction)", summary[str(NEW_TRIAL)], "|")
    label, many = found.analysis.target.label, len(trials) > MANY
    note = _note(found, summary.get(str(TAU)), many)
    if many:
        trials = shortly_named(trials)
        bands = (row.said.replace("\n", ", ") for row in (mean, new))
        note = "Bands: the mean, {}, and a new trial, {}. Trials by the size of their effect. ".format(*bands) + note
        figure = new_figure(width, height_of_many(trials), label, note)
        ax = figure.add_subplot()
        draw_many(ax, trials, mean, new)
        also = [*scale.marks, mean.low, mean.high, new.low, new.high]
        limits = reach_of_many(trials, also, scale.is_log)
        effect_axis(ax, scale, *limits, room_of_many([*trials, mean, new], width))
        return figure
    rows = [row if width >= NARROW else _short(row) for row in (*trials, mean, new)]
    figure = new_figure(width, height_of(rows, width), label, note)
    ax = figure.add_subplot()
    draw_rows(ax, rows, width)
    if width >= NARROW:
        ax.axhline(len(rows) - 2.5, color=PALE, linewidth=0.8)
    marks = scale.marks
    effect_axis(ax, scale, *reach(rows, marks, scale.is_log), room_of(rows, width))
    return figure


def reports_alone(fit: SynthesisFit) -> dict[str, Ends]:
    """Return (low, peak, high) of each report with a peak, on the measure's own scale; none for a meta-regression."""
    measure, explained = fit.analysis.target.measure, fit.record.explanation
    found: dict[str, Ends] = {}
    for row in [] if explained is None else explained.trials:
        if row["own"] is not None and row["standard_error"] is not None:
            y, reach_ = measures.to_analysis(row["own"], measure), WIDTHS * row["standard_error"]
            low, peak, high = measures.to_natural(np.array([y - reach_, y, y + reach_]), measure).tolist()
            found[row["trial"]] = low, peak, high
    return found


def _of_trial(member: Outcome, row: SummaryRow, fit: SynthesisFit, alone: Mapping[str, Ends]) -> ForestRow:
    own = alone.get(member.name)
    middle, low, high = _estimate(row)
    said = interval(middle, low, high)
    said += f"\nalone {interval(own[1], own[0], own[2])}" if own else "\nalone: no direction, no estimate"
    if fit.record.explanation is None:
        said = said.split("\n")[0]
    return ForestRow(f"{member.name}\n{member.evidence.kind.replace('_', ' ')}", middle, low, high, said, own=own)


def _of_all(name: str, row: SummaryRow, marker: str) -> ForestRow:
    middle, low, high = _estimate(row)
    said = f"{interval(middle, low, high)}\nP(benefit) {probability(row['p_benefit'])}"
    return ForestRow(name, middle, low, high, said, marker=marker, strong=True)


def _estimate(row: SummaryRow) -> tuple[float, float, float]:
    middle, low, high = row["estimate"], row["estimate_low"], row["estimate_high"]
    if middle is None or low is None or high is None:
        raise NotFormable(f"{row['parameter']} has no posterior")
    return middle, low, high


def _short(row: ForestRow) -> ForestRow:
    """Shorten a row for a telephone: the name on one line, the numbers on the next."""
    return replace(row, name=row.name.split("\n")[0], said=row.said.split("\n")[0])


def _note(fit: SynthesisFit, row: SummaryRow | None, many: bool) -> str:
    tau = ""
    middle, low, high = (None, None, None) if row is None else (row["median"], row["ci_low"], row["ci_high"])
    if middle is not None and low is not None and high is not None:
        numbers = f"{number(middle)} ({number(low)} to {number(high)})"
        tau = f"Heterogeneity tau {numbers} on the analysis scale. "
    alone = "" if fit.record.explanation is None else f"{THIN if many else HOLLOW} 1.96 widths to either side. "
    return f"Filled: posterior median and 95% credible interval in the synthesis. {alone}{tau}Prior of the mean: " + (
        f"{fit.analysis.prior.name}."
    )
