"""The page of a corpus: how often conclusions change with the prior, how far effects shrink, and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from markupsafe import Markup

from bayes import plots
from bayes.base.numbers import in_table, probability
from bayes.corpus.holdings import NAMES
from bayes.corpus.summary import layout
from bayes.corpus.summary.summarising import CorpusSummary
from bayes.corpus.summary.tables import ChangeRow
from bayes.report.dossier.disclosures import Counted
from bayes.report.pages.figures import Wanted, drawn
from bayes.report.pages.render import render
from bayes.report.pages.tables import table
from bayes.text.printed import Fact

DATA = "corpus.json"  # every table of the summary
FEW = 40  # groups that a table of the page has, the largest


def counted_in_words(summary: CorpusSummary) -> str:
    """Return what the corpus is, for pages that only mention it."""
    return f"a corpus of {summary.corpus['subjects']:,} {NAMES[summary.holdings.kind]}"


def corpus_page(summary: CorpusSummary, counted: Counted) -> str:
    """Return the page of a corpus."""
    return render(
        "corpus.html",
        counted,
        "",
        title=f"{summary.corpus['subjects']:,} {NAMES[summary.holdings.kind]}",
        what=NAMES[summary.holdings.kind],
        pooled=summary.corpus["kind"] == "analyses",
        reference=layout.words(summary.corpus["reference"]),
        lead=list(_lead(summary)),
        facts=_facts(summary),
        pictures=list(drawn(_wanted(summary))),
        cautions=layout.CAUTIONS,
        changed=_tables(layout.changes(summary, "prior")),
        probabilities=_tables(layout.probabilities(summary)),
        shrinkage=_tables(layout.shrinkage(summary)),
        heterogeneity=_tables(layout.changes(summary, "heterogeneity")),
        common=_tables(layout.changes(summary, "common effect")),
        normal=_tables(layout.changes(summary, "normal approximation")),
        of_groups=[f"by_{by}" for by in layout.BY],
        groups=[one for by in layout.BY for one in _tables(layout.groups(summary, by))],
        data=DATA,
    )


def _tables(laid_out: Iterable[layout.LaidOut]) -> list[Markup]:
    return [_table(*one) for one in laid_out]


def _table(title: str, headings: list[str], cells: list[list[str]]) -> Markup:
    note = f"The {FEW} largest of {len(cells)}; {DATA} has all." if len(cells) > FEW else ""
    return table(title, headings, cells[:FEW], note=note, name="shares")


def _lead(summary: CorpusSummary) -> Iterator[str]:
    """Yield the answer in sentences: what is concluded under the reference, and what every other prior changes."""
    corpus, of = summary.corpus, NAMES[summary.holdings.kind]
    under = "" if corpus["heterogeneity"] is None else f" and {layout.words(corpus['heterogeneity'])} heterogeneity"
    row = next(
        row
        for row in summary.priors
        if (row["prior"], row["heterogeneity"]) == (corpus["reference"], corpus["heterogeneity"])
    )
    yield (
        f"Under the {layout.words(corpus['reference'])} prior{under}, P(benefit) is above 0.975 in "
        f"{layout.share(row['benefit_975'])} of {row['n']:,} {of}, and P(harm) in {layout.share(row['harm_975'])}."
    )
    for change in summary.changes:
        if change["question"] == "prior" and change["heterogeneity"] == corpus["heterogeneity"]:
            yield _in_words(change)


def _in_words(row: ChangeRow) -> str:
    counts = [f"{row[name]:,} {name}" for name in ("lost", "gained", "reversed") if row[name]]
    found = f" ({', '.join(counts)})" if counts else ""
    changed = f"{layout.share(row['share'])} of {row['n']:,} conclusions{found}"
    return f"The {layout.words(row['prior'])} prior changes {changed}."


def _facts(summary: CorpusSummary) -> list[Fact]:
    held, corpus = summary.holdings, summary.corpus
    rejected = f"{held.rejected:,}" + (", with the reasons in corpus_rejected.csv" if held.rejected else "")
    facts = [
        ("answers", " and ".join(f"{rows:,} rows in {name}" for name, rows in held.rows.items())),
        ("rejected rows", rejected),
        ("audit", "none" if held.audit is None else f"{held.audit}, in audit.csv"),
        ("reference prior", layout.words(corpus["reference"])),
    ]
    if corpus["heterogeneity"] is not None:
        facts.append(("heterogeneity", f"{layout.words(corpus['heterogeneity'])}, in the figures and by group"))
    skipped = list(_skipped(summary))
    if skipped:
        why = "the prior cannot be formed or read, or none or all of both arms had the event"
        facts.append(("without an answer", f"{'; '.join(skipped)}; {why}"))
    return facts


def _skipped(summary: CorpusSummary) -> Iterator[str]:
    """Yield how many go without an answer under each prior; under each of its pairs where their numbers differ."""
    rows = [row for row in summary.priors if row["parameter"] == summary.main]
    for prior in dict.fromkeys(row["prior"] for row in rows if row["skipped"]):
        own = [row for row in rows if row["prior"] == prior]
        if len({row["skipped"] for row in own}) == 1:
            yield f"{layout.words(prior)} {own[0]['skipped']:,}"
            continue
        for row in own:
            if row["skipped"]:
                yield f"{layout.words(prior)} with {layout.of_tau(summary, row['heterogeneity'])} {row['skipped']:,}"


def _wanted(summary: CorpusSummary) -> Iterator[Wanted]:
    reference, of_tau = summary.corpus["reference"], summary.corpus["heterogeneity"]
    said = " ".join(_lead(summary))
    yield Wanted(
        "changes", f"Conclusions that change, against {reference}", said, partial(plots.corpus_changes, summary)
    )
    medians = [
        f"{row['prior']} {probability(row['p_benefit_50'])}"
        for row in summary.priors
        if (row["parameter"], row["heterogeneity"]) == (summary.main, of_tau) and row["n"]
    ]
    said = f"Histograms of P(benefit) by prior; medians: {'; '.join(medians)}."
    yield Wanted("probabilities", "P(benefit) by prior", said, partial(plots.corpus_probabilities, summary))
    ratios = [
        f"{row['prior']} {in_table(row['ratio_50'])}"
        for row in summary.shrinkage
        if row["heterogeneity"] == of_tau and row["n"]
    ]
    said = f"Quartiles of the effect under each prior by that under {reference}; median ratios: {'; '.join(ratios)}."
    yield Wanted("shrinkage", f"Effects beside those under {reference}", said, partial(plots.corpus_shrinkage, summary))
    draw = partial(plots.corpus_changes, summary, "common effect")
    said = "Shares of conclusions that a common effect changes from random effects, by what they change from and to."
    yield Wanted("common", "Common effect, against random effects", said, draw)
    for by, words in layout.BY.items():
        said = f"The share of conclusions that each prior changes, with its interval, by {words}; the table has all."
        yield Wanted(
            f"by_{by}", f"Conclusions that change, by {words}", said, partial(plots.corpus_groups, summary, by)
        )
