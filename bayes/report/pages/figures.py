"""The figures of a page, each drawn for a wide and for a narrow screen, with a text that describes it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from bayes import plots
from bayes.base.numbers import in_table, percent
from bayes.errors import InvalidInput, NotFormable
from bayes.plots.style import WIDTH
from bayes.report.dossier.stored import Stored
from bayes.text.rows import headlined
from bayes.text.wording import main_row, one_a_prior

PHONE = 3.6  # inches
CURVES = ("neutral", "sceptical", "enthusiastic")
WORDS = {"p_benefit": "P(benefit)", "p_mcid": "P(at least the MCID)"}
Dossier = dict[str, Any]
Draw = Callable[[float], Figure]


@dataclass(frozen=True)
class Picture:
    """A figure as two SVG elements; `id` is its anchor on the page."""

    id: str
    title: str
    description: str
    wide: Markup
    narrow: Markup


def pictures(stored: Stored, dossier: Dossier) -> list[Picture]:
    """Return every figure that can be drawn for a target; the dossier gives the reasons for those that cannot."""
    if stored.main is None:
        return []
    found = []
    for name, title, description, draw in _wanted(stored, dossier):
        title = f"{title}: {dossier['label']}"
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the reader's font may contain it
                svg = [Markup(plots.to_svg(draw(width), title, description)) for width in (WIDTH, PHONE)]
        except (NotFormable, InvalidInput):
            continue
        found.append(Picture(name, title, description, *svg))
    return found


def _wanted(stored: Stored, dossier: Dossier) -> Iterator[tuple[str, str, str, Draw]]:
    if stored.kind == "adverse_events":
        fit = stored.main_fit
        title = "Probability of an increase, by body system"
        yield "dots", title, dossier["plain"], lambda w: plots.adverse_event_dots(fit, width=w)
        return
    yield from _posterior(stored, dossier)
    if stored.kind == "synthesis":
        fit = stored.main_fit
        said = "Each report on its own, its effect in the synthesis, the mean effect and the effect in a new trial."
        yield "trials", "Trials and their mean", said, lambda w: plots.synthesis_forest(fit, width=w)
        return
    kind = stored.target.evidence.kind
    if kind in ("ordinal", "ordinal_cut"):
        fit = stored.main_fit
        said = "Share of patients in each category, observed and fitted, one bar per arm, best category on the left."
        yield "bars", "Categories, observed and fitted", said, lambda w: plots.stacked_bars(fit, width=w)
    elif kind in ("binary", "events"):
        fit = stored.main_fit
        said = _checked(dossier)
        yield "predictive", "Observed and predicted counts", said, lambda w: plots.predictive_bars(fit, width=w)


def _posterior(stored: Stored, dossier: Dossier) -> Iterator[tuple[str, str, str, Draw]]:
    """Yield the figures based on the likelihood curve; none for a target without a likelihood curve."""
    try:
        subject, found = stored.subject, stored.examination
    except (NotFormable, InvalidInput):
        return
    row = main_row(dossier)
    benefit = f"; P(benefit) {percent(row['p_benefit'])}" if headlined(row) else ""
    said = (
        f"Under the {row['prior']} prior, the median is {in_table(row['estimate'])} (95% credible interval "
        f"{in_table(row['estimate_low'])} to {in_table(row['estimate_high'])}){benefit}."
    )
    yield "triplot", "Prior, likelihood and posterior", said, lambda w: plots.triplot(subject, width=w)
    rows = one_a_prior(dossier)
    each = "; ".join(f"{r['prior']} {in_table(r['estimate'])}" for r in rows)
    table = pd.DataFrame(rows + [r for r in dossier["rows"] if r["status"] == "skipped"])
    yield "forest", "The effect under every prior", f"Medians: {each}.", lambda w: plots.forest(subject, table, width=w)
    if not headlined(row):
        return
    names = [name for name in CURVES if any(r["prior"] == name for r in rows)]
    curves = [None if name == dossier["main"]["prior"] else name for name in names] or [None]
    said = (
        f"The posterior probability of an effect at least as good as x, by x, under these priors: {', '.join(names)}."
    )
    yield "threshold", "Threshold curve", said, lambda w: plots.threshold_curve(subject, curves, width=w)
    grid, tips = found.table("prior_grid"), found.table("tipping")
    for name in WORDS if subject.mcid is not None else ("p_benefit",):
        values = grid[name].astype(float)
        said = f"{WORDS[name]} ranges from {values.min():.2f} to {values.max():.2f} over the priors shown."
        yield (
            f"grid_{name}",
            f"{WORDS[name]} by prior mean and sd",
            said,
            lambda w, name=name: plots.prior_heatmap(subject, grid, probability=name, width=w),
        )
    said = "The priors at which P(benefit) reaches 0.90, 0.95 and 0.975 as the prior sd or the prior mean changes."
    yield "tipping", "Tipping points", said, lambda w: plots.tipping_plot(subject, tips, width=w)


def _checked(dossier: Dossier) -> str:
    said = [
        f"{row['arm']}: {row['observed']:g} observed, {row['low']:g} to {row['high']:g} predicted"
        for row in dossier["predictive"]["rows"]
    ]
    return f"Posterior predictive probabilities of the count in each arm. {'; '.join(said)}."
