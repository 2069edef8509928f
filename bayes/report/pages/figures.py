"""The figures of a page, each with a text that describes it, in a layout that serves a telephone and a wide screen."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from bayes import plots
from bayes.base.numbers import in_table, percent, probability
from bayes.calibration.operating import Operating, parse_rule
from bayes.errors import InvalidInput, NotFormable, UnknownName
from bayes.fitting.fitted import Fit, SynthesisFit
from bayes.paper.evidence import DigitisedCurve, Evidence
from bayes.paper.evidence.counts import Binary, Events
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.trial import Outcome
from bayes.plots.style import without_titles
from bayes.report.dossier.contents import Dossier, Row
from bayes.report.dossier.reading import main_row, one_a_prior
from bayes.report.dossier.stored import Stored
from bayes.report.pages import terms
from bayes.sensitivity.examination import Examination
from bayes.sensitivity.subject import Subject
from bayes.text.rows import given, headlined

DRAWN, SHOWN = 4.5, 5.6  # inches: its letters stay legible on a telephone, and fit those of a page
CURVES = ("neutral", "sceptical", "enthusiastic")
WORDS = {"p_benefit": "P(benefit)", "p_mcid": "P(at least the MCID)"}


class Draw(Protocol):
    """A function that draws a figure of a given width, in inches."""

    def __call__(self, *, width: float) -> Figure: ...


class Wanted(NamedTuple):
    """A figure to draw: its anchor on the page, its title, the text that describes it and what draws it."""

    id: str
    title: str
    description: str
    draw: Draw


@dataclass(frozen=True)
class Picture:
    """A figure as an SVG element; `id` is its anchor on the page."""

    id: str
    title: str
    description: str
    svg: Markup


def drawn(wanted: Iterable[Wanted]) -> Iterator[Picture]:
    """Draw figures, and leave out those that there are no numbers for."""
    for one in wanted:
        try:
            with without_titles():
                svg = plots.to_svg(one.draw(width=DRAWN), one.title, one.description, SHOWN)
        except (InvalidInput, UnknownName):
            continue
        yield Picture(one.id, one.title, one.description, Markup(svg))


def pictures(stored: Stored, dossier: Dossier) -> list[Picture]:
    """Return every figure that can be drawn for a target; the dossier gives the reasons for those that cannot."""
    if stored.main is None:
        return []
    found = []
    for wanted in _wanted(stored, dossier):
        title = f"{wanted.title}: {dossier['label']}"
        try:
            with warnings.catch_warnings(), without_titles():
                warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the reader's font may contain it
                svg = plots.to_svg(wanted.draw(width=DRAWN), title, wanted.description, SHOWN)
        except (NotFormable, InvalidInput):
            continue
        found.append(Picture(wanted.id, wanted.title, wanted.description, Markup(svg)))
    return found


def _wanted(stored: Stored, dossier: Dossier) -> Iterator[Wanted]:
    if stored.kind == "adverse_events":
        title = terms.titled(dossier, "Probability of an increase, by body system")
        shown = dossier["terms"] and dossier["terms"]["shown"]
        draw = partial(plots.adverse_event_dots, stored.main_fit, terms=shown)
        yield Wanted("dots", title, dossier["plain"], draw)
        return
    yield from _posterior(stored, dossier)
    yield from _operating(stored)
    fit = stored.main_fit
    if isinstance(fit, SynthesisFit):
        said = "Each report on its own, its effect in the synthesis, the mean effect and the effect in a new trial."
        yield Wanted("trials", "Trials and their mean", said, partial(plots.synthesis_forest, fit))
    elif isinstance(stored.target, Outcome):
        yield from _of_counts(fit, stored.target.evidence, dossier)


def _operating(stored: Stored) -> Iterator[Wanted]:
    """Yield the power curves of every decision rule that was studied."""
    if not isinstance(stored.target, Outcome):
        return
    for number, rule in enumerate(dict.fromkeys(row["rule"] for row in stored.operating), start=1):
        rows = tuple(row for row in stored.operating if row["rule"] == rule)
        errors = [f"{r['prior']} {probability(r['value'])}" for r in rows if r["characteristic"] == "type_i_error"]
        said = f"P(success) by the true effect under each prior, by the rule {rule}. Type I error: {'; '.join(errors)}."
        found = Operating(stored.target, parse_rule(rule), rows)
        yield Wanted(f"power_{number}", f"Power curves, {rule}", said, partial(plots.power_curves, found))


def _of_counts(fit: Fit, evidence: Evidence, dossier: Dossier) -> Iterator[Wanted]:
    """Yield the figure that compares the printed counts with the fitted model; none for a report without counts."""
    match evidence:
        case Ordinal() | OrdinalCut():
            said = (
                "Share of patients in each category, observed and fitted, one bar per arm, best category on the left."
            )
            yield Wanted("bars", "Categories, observed and fitted", said, partial(plots.stacked_bars, fit))
        case DigitisedCurve():
            said = "Readings of the published figure, the curves of reconstructed patients, and the numbers at risk."
            yield Wanted("curves", "Curves as read and as reconstructed", said, partial(plots.survival_curves, fit))
        case Binary() | Events():
            draw = partial(plots.predictive_bars, fit)
            yield Wanted("predictive", "Observed and predicted counts", _checked(dossier), draw)


def _posterior(stored: Stored, dossier: Dossier) -> Iterator[Wanted]:
    """Yield the figures based on the likelihood curve; none for a target without a likelihood curve."""
    try:
        subject, found = stored.subject, stored.examination
    except (NotFormable, InvalidInput):
        return
    row = main_row(dossier)
    benefit = f"; P(benefit) {percent(given(row['p_benefit']))}" if headlined(row) else ""
    said = (
        f"Under the {row['prior']} prior, the median is {in_table(row['estimate'])} (95% credible interval "
        f"{in_table(row['estimate_low'])} to {in_table(row['estimate_high'])}){benefit}."
    )
    yield Wanted("triplot", "Prior, likelihood and posterior", said, partial(plots.triplot, subject))
    rows = one_a_prior(dossier)
    each = "; ".join(f"{r['prior']} {in_table(r['estimate'])}" for r in rows)
    table = pd.DataFrame(rows + [r for r in dossier["rows"] if r["status"] == "skipped"])
    yield Wanted("forest", "The effect under every prior", f"Medians: {each}.", partial(plots.forest, subject, table))
    if headlined(row):
        yield from _of_probabilities(subject, found, rows)


def _of_probabilities(subject: Subject, found: Examination, rows: Sequence[Row]) -> Iterator[Wanted]:
    """Yield the figures of how the probabilities depend on thresholds and priors."""
    names = [name for name in CURVES if any(row["prior"] == name for row in rows)]
    said = (
        f"The posterior probability of an effect at least as good as x, by x, under these priors: {', '.join(names)}."
    )
    yield Wanted("threshold", "Threshold curve", said, partial(plots.threshold_curve, subject, names or None))
    grid, tips = found.table("prior_grid"), found.table("tipping")
    for name in WORDS if subject.mcid is not None else ("p_benefit",):
        values = grid[name].astype(float)
        said = f"{WORDS[name]} ranges from {values.min():.2f} to {values.max():.2f} over the priors shown."
        draw = partial(plots.prior_heatmap, subject, grid, probability=name)
        yield Wanted(f"grid_{name}", f"{WORDS[name]} by prior mean and sd", said, draw)
    said = "The priors at which P(benefit) reaches 0.90, 0.95 and 0.975 as the prior sd or the prior mean changes."
    yield Wanted("tipping", "Tipping points", said, partial(plots.tipping_plot, subject, tips))


def _checked(dossier: Dossier) -> str:
    said = [
        f"{row['arm']}: {row['observed']:g} observed, {row['low']:g} to {row['high']:g} predicted"
        for row in dossier["predictive"]["rows"]
    ]
    return f"Posterior predictive probabilities of the count in each arm. {'; '.join(said)}."
