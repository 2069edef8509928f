"""Forest plot over priors: the posterior of one outcome under every prior."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan, nan
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from bayes.base.numbers import interval, probability
from bayes.errors import InvalidInput
from bayes.fitting.fitted import Fits
from bayes.plots.axes import EffectScale, effect_axis
from bayes.plots.forest_rows import ForestRow, draw_rows, height_of, reach, room_of
from bayes.plots.style import NARROW, WIDTH, house_style, new_figure
from bayes.plots.subject import name_of, subject_of
from bayes.posterior.rows import frame
from bayes.posterior.told import told
from bayes.priors.sets import PriorSet, SomePriorSet, as_set
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
    """Plot median and 95% credible interval of the effect under every prior, with P(benefit) and P(at least the MCID).

    The probabilities are left out if no patient or every patient had the event, since they then reflect the priors
    alone.

    Parameters
    ----------
    target : Fits, DataFrame, or Outcome, Synthesis, Fit, Subject, DataTree, str, path
        Fits, or rows of one outcome from a summary, are shown as they are; anything else under its named priors.
    table : DataFrame, optional
        The table from `sensitivity.named_priors`; computed if not given.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.
    width : float
        Width in inches; below 5, the numbers are placed above the lines.

    Returns
    -------
    Figure
        A Matplotlib figure; a notebook displays it if it is the last value of a cell.

    Raises
    ------
    InvalidInput
        If the table lacks the columns of a summary, contains several outcomes, or has no posterior.

    Examples
    --------
    >>> import bayes
    >>> figure = bayes.plots.forest("mesems:gel_24w")
    >>> len(figure.axes)
    1
    """
    scale, title, table, headline = _what(target, table, as_set(prior_set, priors))
    formed = table[table["estimate"].notna()]
    if formed.empty:
        raise InvalidInput("table", ["no row has a posterior; at least one is required"])
    shown = headline and ("headline" not in formed or bool(formed["headline"].ne(False).all()))
    rows = [_row(posterior, width, shown) for posterior in _posteriors(formed)]
    skipped = [str(name) for name in table.loc[table["estimate"].isna(), "prior"]]
    note = "Posterior median and 95% credible interval."
    note += f"\nPriors that could not be formed: {'; '.join(skipped)}." if skipped else ""
    figure = new_figure(width, height_of(rows, width), f"{title}, by prior", note)
    ax = figure.add_subplot()
    draw_rows(ax, rows, width)
    marks = scale.marks
    effect_axis(ax, scale, *reach(rows, marks, scale.is_log), room_of(rows, width))
    return figure


def _what(
    target: Target | Fits | pd.DataFrame, table: pd.DataFrame | None, prior_set: PriorSet
) -> tuple[EffectScale, str, pd.DataFrame, bool]:
    """Return the axis, the title, the rows, and whether the target has a headline; summary rows state it themselves."""
    if isinstance(target, Fits):
        if not target.fits:
            raise InvalidInput("fits", ["no prior could be formed"])
        outcome = target.fits[0].analysis.target
        return EffectScale.of(outcome), name_of(outcome), frame(list(map(told, target.rows))), outcome.has_headline
    if isinstance(target, pd.DataFrame):
        missing = [name for name in (*NEEDED, "measure", "benefit", "null", "label", "mcid") if name not in target]
        if missing:
            raise InvalidInput("table", [f"no column {name!r}; rows of a summary are required" for name in missing])
        if len(target[["trial", "outcome", "parameter"]].dropna().drop_duplicates()) > 1:
            raise InvalidInput("table", ["the rows are of several outcomes or parameters; exactly one is accepted"])
        first = target[target["estimate"].notna()].iloc[0]
        return EffectScale.of_row(first), f"{first['trial']}: {first['label']}", target, True
    subject = subject_of(target, prior_set=prior_set)
    table = named_priors(subject) if table is None else table
    return EffectScale.of(subject.target), name_of(subject.target), table, subject.target.has_headline


class _Posterior(NamedTuple):
    """The posterior under one prior: median and limits on the measure's own scale; NaN for a probability not given."""

    prior: str
    middle: float
    low: float
    high: float
    p_benefit: float
    p_mcid: float


def _posteriors(table: pd.DataFrame) -> Iterator[_Posterior]:
    names = ("estimate", "estimate_low", "estimate_high", "p_benefit", "p_mcid")
    columns = [table[name].to_numpy(float).tolist() if name in table else [nan] * len(table) for name in names]
    for prior, *numbers in zip(table["prior"].astype(str), *columns, strict=True):
        yield _Posterior(prior, *numbers)


def _row(found: _Posterior, width: float, headline: bool) -> ForestRow:
    said = interval(found.middle, found.low, found.high)
    if headline and width >= NARROW:
        beyond = "" if isnan(found.p_mcid) else f", ≥ MCID {probability(found.p_mcid)}"
        said += f"\nP(benefit) {probability(found.p_benefit)}{beyond}"
    elif headline:
        said += f"; P(benefit) {probability(found.p_benefit)}"
    return ForestRow(found.prior, found.middle, found.low, found.high, said)
