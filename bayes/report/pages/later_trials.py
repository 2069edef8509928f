"""The page of a calibration: how early trials predicted later ones, what the numbers say, and what they cannot show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from markupsafe import Markup

from bayes import plots
from bayes.base.numbers import percent, significant
from bayes.calibration import layout, wording
from bayes.calibration.calibrated import Calibration, several
from bayes.calibration.folder import FILE
from bayes.plots.stated_and_seen import EVENTS
from bayes.report.dossier.disclosures import Counted
from bayes.report.pages.figures import Wanted, drawn
from bayes.report.pages.render import render
from bayes.report.pages.tables import table
from bayes.text.printed import Fact

DATA = FILE  # every table, beside the page under the name that it has in the results folder
FEW = 40  # lines that a table of the page has


def calibrated_in_words(found: Calibration) -> str:
    """Return what was calibrated, for pages that only mention it."""
    return f"a calibration on {several(found.facts['pairs'], 'pair')} of an early and a later trial"


def calibration_page(found: Calibration, counted: Counted) -> str:
    """Return the page of a calibration."""
    answer, *lessons = wording.lessons(found)
    return render(
        "calibration.html",
        counted,
        "",
        title=f"{several(found.facts['pairs'], 'later trial')}, predicted from early ones",
        prior_set=found.facts["prior_set"],
        lead=f"{wording.lead(found)} {answer}",
        lessons=lessons,
        cautions=list(wording.cautions(found)),
        facts=_facts(found),
        pictures=list(drawn(_wanted(found))),
        curves=[f"curve_{event}" for event in EVENTS],
        reference=layout.reference(found),
        scores=_tables(layout.scores(found)),
        gains=_tables(layout.gains(found)),
        direction=_tables(layout.direction(found)),
        events=_tables(layout.events(found)),
        counts=_tables(layout.likelihoods(found)),
        parts_of=_tables(_parts(found)),
        shown="" if found.best is None else layout.of_tau(found.best["heterogeneity"]),
        sources=_tables([*layout.priors(found), *layout.skipped(found), *layout.rejected(found)]),
        data=DATA,
    )


def _tables(laid_out: Iterable[layout.LaidOut]) -> list[Markup]:
    return [_table(*one) for one in laid_out]


def _table(title: str, headings: list[str], cells: list[list[str]]) -> Markup:
    note = f"The first {FEW} of {len(cells):,}; {DATA} has all." if len(cells) > FEW else ""
    return table(title, headings, cells[:FEW], note=note, name="shares")


def _parts(found: Calibration) -> Iterator[layout.LaidOut]:
    """Yield the parts under the prior of tau of the best pair."""
    best = found.best
    if best is not None:
        tau = best["heterogeneity"]
        shown = [(row["prior"], tau) for row in found.predicted if row["heterogeneity"] == tau]
        for by in layout.BY:
            yield from layout.splits(found, by, shown)


def _facts(found: Calibration) -> list[Fact]:
    facts = found.facts
    rejected = f"{len(found.rejected):,}" + (", with the reasons in calibration_rejected.csv" if found.rejected else "")
    said = [
        ("table of pairs", facts["file"] or "a data frame"),
        ("pairs", f"{facts['pairs']:,} in {several(facts['groups'], 'group')}"),
        ("rows that cannot be used", rejected),
        ("early trials read by exact counts", f"{facts['counts']:,}"),
        ("pairs with an MCID", f"{facts['thresholds']:,}"),
        ("later estimates above no effect", percent(facts["positive"])),
        ("later estimates 1.96 standard errors from no effect", percent(facts["significant"])),
        ("reference", layout.reference(found)),
        ("bootstrap", f"{facts['samples']:,} samples of groups, seed {facts['seed']}"),
    ]
    if facts["first_year"] is not None and facts["last_year"] is not None:
        said.insert(2, ("years of the early trials", f"{facts['first_year']:.0f} to {facts['last_year']:.0f}"))
    if facts["information"] is not None:
        said.insert(2, ("information of the later trial", f"{significant(facts['information'], 2)} times, median"))
    return said


def _wanted(found: Calibration) -> Iterator[Wanted]:
    covered = [
        f"{layout.both(row)} {layout.number(row, 'coverage_95')} and {layout.number(row, 'coverage_50')} at width "
        f"{layout.number(row, 'width_95')}"
        for row in found.predicted
    ]
    said = f"Coverage of 95% and of 50% intervals against the median width of those of 95%: {'; '.join(covered)}."
    draw = partial(plots.calibration_coverage, found)
    yield Wanted("coverage", "Coverage of predictive intervals, by width", said, draw)
    said = "Histograms of the predictive probability of an estimate smaller than the one found, by prior, with the "
    said += "even line and the band of 99% of even samples."
    draw = partial(plots.calibration_pit, found)
    yield Wanted("places", "Where later estimates fell in their predictions", said, draw)
    for event, words in EVENTS.items():
        said = f"How often {words} happened against its stated probability, by prior, with bootstrap intervals, the "
        said += "diagonal, and bars of the number of pairs."
        draw = partial(plots.calibration_curve, found, event)
        yield Wanted(f"curve_{event}", f"Stated and seen: {words}", said, draw)
