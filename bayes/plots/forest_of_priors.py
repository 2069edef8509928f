"""Forest over priors: one outcome, the posterior under every prior, one below the other."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from bayes.base.numbers import interval, probability
from bayes.errors import InvalidInput
from bayes.fitting.fitted import Fits
from bayes.plots.axes import EffectScale, effect_axis
from bayes.plots.forest_rows import ForestRow, draw_rows, height_of, reach, room_of
from bayes.plots.style import NARROW, WIDTH, house_style, new_figure
from bayes.plots.subject import name_of, subject_of
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.priors_side_by_side import named_priors
from bayes.sensitivity.subject import Target

NEEDED = ("prior", "estimate", "estimate_low", "estimate_high", "p_benefit")


@house_style
def forest(
    target: Target | Fits | pd.DataFrame,
    table: pd.DataFrame | None = None,
    *,
    prior_set: SomePriorSet = "default",
    width: float = WIDTH,
    priors: SomePriorSet | None = None,
) -> Figure:
    """Median and 95% credible interval of the effect under every prior, with P(benefit) and P(at least the MCID).

    Where nobody, or everybody, had the event, without the probabilities.

    Parameters
    ----------
    target : Fits, DataFrame, or Outcome, Synthesis, Fit, Subject, DataTree, str, path
        Fits, or rows of one outcome from a summary, are shown as they are; anything else under its named priors.
    table : DataFrame, optional
        Of `sensitivity.named_priors`, where it is at hand.
    prior_set, priors : str, path or PriorSet
        The set of priors; `priors` is the older spelling.
    width : float
        Inches; below 5 numbers stand above the lines.

    Returns
    -------
    Figure
        A Matplotlib figure, which a notebook shows when it is the last value of a cell.

    Raises
    ------
    InvalidInput
        For a table without the columns of a summary, of several outcomes, or without any posterior.

    Examples
    --------
    >>> import bayes
    >>> figure = bayes.plots.forest("mesems:gel_24w")
    >>> len(figure.axes)
    1
    """
    scale, title, table, headline = _what(target, table, prior_set if priors is None else priors)
    formed = table[table["estimate"].notna()]
    if formed.empty:
        raise InvalidInput("table", ["no row has a posterior"])
    shown = headline and (True if "headline" not in formed else formed["headline"].ne(False).all())
    rows = [
        ForestRow(row["prior"], row["estimate"], row["estimate_low"], row["estimate_high"], _said(row, width, shown))
        for row in formed.to_dict("records")
    ]
    skipped = [str(name) for name in table.loc[table["estimate"].isna(), "prior"]]
    note = "Median and 95% credible interval." + (f"\nNot formed here: {'; '.join(skipped)}." if skipped else "")
    figure = new_figure(width, height_of(rows, width), f"{title}, by prior", note)
    ax = figure.add_subplot()
    draw_rows(ax, rows, width)
    marks = scale.marks
    effect_axis(ax, scale, *reach(rows, marks, scale.is_log), room_of(rows, width))
    return figure


def _what(target, table, prior_set) -> tuple[EffectScale, str, pd.DataFrame, bool]:
    """The axis, the title, the rows, and whether the target has a headline; rows of a summary say it themselves."""
    if isinstance(target, Fits):
        if not target.fits:
            raise InvalidInput("fits", ["no prior could be formed"])
        outcome = target.fits[0].analysis.target
        return EffectScale.of(outcome), name_of(outcome), target.summary(), outcome.has_headline
    if isinstance(target, pd.DataFrame):
        missing = [name for name in (*NEEDED, "measure", "benefit", "null", "label", "mcid") if name not in target]
        if missing:
            raise InvalidInput("table", [f"no column {name!r}: give rows of a summary" for name in missing])
        if len(target[["trial", "outcome", "parameter"]].dropna().drop_duplicates()) > 1:
            raise InvalidInput("table", ["rows of one outcome and parameter are needed; these are of several"])
        first = target[target["estimate"].notna()].iloc[0]
        return EffectScale.of_row(first), f"{first['trial']}: {first['label']}", target, True
    subject = subject_of(target, prior_set=prior_set)
    table = named_priors(subject) if table is None else table
    return EffectScale.of(subject.target), name_of(subject.target), table, subject.target.has_headline


def _said(row: dict, width: float, headline: bool) -> str:
    if not headline:
        return interval(row["estimate"], row["estimate_low"], row["estimate_high"])
    beyond = "" if row.get("p_mcid") is None or pd.isna(row.get("p_mcid")) else f", ≥ MCID {probability(row['p_mcid'])}"
    numbers = interval(row["estimate"], row["estimate_low"], row["estimate_high"])
    return (
        f"{numbers}\nP(benefit) {probability(row['p_benefit'])}{beyond}"
        if width >= NARROW
        else (f"{numbers}; P(benefit) {probability(row['p_benefit'])}")
    )
