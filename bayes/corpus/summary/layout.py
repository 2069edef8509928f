"""Layout of the summary of a corpus as headings and cells of text, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bayes.base.numbers import in_table, probability
from bayes.corpus.summary.counting import Question
from bayes.corpus.summary.summarising import CorpusSummary
from bayes.corpus.summary.tables import ChangeRow, GroupRow, PriorRow, ShrinkageRow

type LaidOut = tuple[str, list[str], list[list[str]]]  # the title, headings and cells of a table

COMMON = "common effect"
CAUTIONS = (
    "Intervals of shares treat every answer as independent. Analyses of one review share studies and questions, so "
    "that these intervals are too narrow.",
    "Benefit is the direction that the corpus states. Where a database has set the direction of its effects "
    "arbitrarily, benefit and harm are two sides of no effect and nothing more.",
    "A conclusion changes where a probability crosses 0.975, however short the way: read the share together with the "
    "differences of P(benefit).",
)
BY: Mapping[str, str] = {
    "field": "field",
    "outcome_class": "class of outcome",
    "measure": "measure",
    "period": "period of the latest study",
}
TITLES: Mapping[Question, str] = {
    "prior": "Conclusions that change with the prior, against {}",
    "heterogeneity": "Conclusions that change with the prior of the heterogeneity, against {}",
    "common effect": "Conclusions that change with a common effect, against random effects under {}; two or more "
    "studies",
    "normal approximation": "Conclusions that change with the normal approximation of counts, against their exact "
    "likelihood",
}


def lay_out(found: CorpusSummary) -> Iterator[LaidOut]:
    """Yield every table that a reader is shown, in order."""
    yield from probabilities(found)
    for question in TITLES:
        yield from changes(found, question)
    yield from shrinkage(found)
    for by in BY:
        yield from groups(found, by)


def probabilities(found: CorpusSummary) -> Iterator[LaidOut]:
    """Yield the probabilities by prior: of the effect or mu, and of a new trial."""
    titles = {"effect": "Probabilities by prior", "mu": "Probabilities of the mean effect by prior"}
    titles["new_trial"] = "Probabilities of the effect in a new trial by prior"
    headings = ["prior", "heterogeneity", "n", "P(benefit) > 0.95", "P(benefit) > 0.975", "P(harm) > 0.95"]
    headings += ["P(benefit): median (quartiles)", "width, log ratios", "width, relative"]
    for parameter in dict.fromkeys(row["parameter"] for row in found.priors):
        rows = [row for row in found.priors if row["parameter"] == parameter]
        yield titles[parameter], headings, [_probabilities(found, row) for row in rows]


def _probabilities(found: CorpusSummary, row: PriorRow) -> list[str]:
    middle, low, high = row["p_benefit_50"], row["p_benefit_25"], row["p_benefit_75"]
    spread = "" if middle is None else f"{probability(middle)} ({probability(low)} to {probability(high)})"
    return [
        row["prior"],
        of_tau(found, row["heterogeneity"]),
        f"{row['n']:,}",
        share(row["benefit_95"]),
        share(row["benefit_975"]),
        share(row["harm_95"]),
        spread,
        in_table(row["log_width"]),
        "1" if row["prior"] == found.corpus["reference"] else in_table(row["width_ratio"]),
    ]


def changes(found: CorpusSummary, question: Question) -> Iterator[LaidOut]:
    """Yield how often conclusions change with one thing; nothing if it never differs."""
    rows = [row for row in found.changes if row["question"] == question]
    if not rows:
        return
    against = {
        "prior": found.corpus["reference"],
        "heterogeneity": found.corpus["heterogeneity"],
        "common effect": found.corpus["heterogeneity"],
    }
    headings = ["prior", "heterogeneity", "n", "changed (95% interval)", "lost", "gained", "reversed"]
    headings += ["difference: median", "90%", "99%", "largest"]
    yield TITLES[question].format(against.get(question)), headings, [_changes(found, row) for row in rows]


def _changes(found: CorpusSummary, row: ChangeRow) -> list[str]:
    differences = (row["difference_50"], row["difference_90"], row["difference_99"], row["difference_max"])
    return [
        row["prior"],
        of_tau(found, row["heterogeneity"]),
        f"{row['n']:,}",
        with_interval(row["share"], row["low"], row["high"]),
        f"{row['lost']:,}",
        f"{row['gained']:,}",
        f"{row['reversed']:,}",
        *(probability(value, table=True) for value in differences),
    ]


def shrinkage(found: CorpusSummary) -> Iterator[LaidOut]:
    """Yield how far effects shrink: relative to the reference prior, and those of studies towards their mean."""
    relative = [row for row in found.shrinkage if row["n"] or row["tiny"]]
    if relative:
        headings = ["prior", "heterogeneity", "n", "left out", "ratio: median", "quartiles"]
        reference = found.corpus["reference"]
        yield f"Effects relative to those under {reference}", headings, [_relative(found, row) for row in relative]
    of_studies = [row for row in found.shrinkage if row["studies"]]
    if of_studies:
        headings = ["prior", "heterogeneity", "studies", "weight of the mean: median", "quartiles"]
        yield "Shrinkage of studies to the mean effect", headings, [_of_studies(found, row) for row in of_studies]


def _relative(found: CorpusSummary, row: ShrinkageRow) -> list[str]:
    return [
        row["prior"],
        of_tau(found, row["heterogeneity"]),
        f"{row['n']:,}",
        f"{row['tiny']:,}",
        in_table(row["ratio_50"]),
        _quartiles(row["ratio_25"], row["ratio_75"]),
    ]


def _of_studies(found: CorpusSummary, row: ShrinkageRow) -> list[str]:
    names = [row["prior"], of_tau(found, row["heterogeneity"]), f"{row['studies']:,}"]
    return [*names, in_table(row["studies_50"]), _quartiles(row["studies_25"], row["studies_75"])]


def _quartiles(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{in_table(low)} to {in_table(high)}"


def groups(found: CorpusSummary, by: str) -> Iterator[LaidOut]:
    """Yield the shares by field, class of outcome, measure or period, under the main prior of tau; nothing if unstated.

    Conclusions are those under the reference prior; every other prior has a column with the share that it changes.
    """
    rows = of_groups(found, by)
    if not rows:
        return
    reference = found.corpus["reference"]
    others = [prior for prior in dict.fromkeys(row["prior"] for row in rows) if prior != reference]
    at = {(row["group"], row["prior"]): row for row in rows}
    headings = [BY[by], "n", f"benefit, {reference}", f"harm, {reference}", *(f"changed, {prior}" for prior in others)]
    cells = []
    for group in dict.fromkeys(row["group"] for row in rows):
        own = at.get((group, reference))
        if own is not None:
            changed = [_changed(at.get((group, prior))) for prior in others]
            cells.append([words(group), f"{own['n']:,}", share(own["benefit"]), share(own["harm"]), *changed])
    yield f"Conclusions by {BY[by]}", headings, cells


def of_groups(found: CorpusSummary, by: str) -> list[GroupRow]:
    """Return the rows of a way of grouping under the main prior of tau; periods in order, others by their number."""
    main = found.corpus["heterogeneity"]
    rows = [row for row in found.groups if row["by"] == by and row["heterogeneity"] == main]
    if by == "period":
        return rows
    size = {row["group"]: row["n"] for row in rows if row["prior"] == found.corpus["reference"]}
    return sorted(rows, key=lambda row: -size.get(row["group"], 0))


def _changed(row: GroupRow | None) -> str:
    return "" if row is None else with_interval(row["changed"], row["changed_low"], row["changed_high"])


def of_tau(found: CorpusSummary, heterogeneity: str | None) -> str:
    """Return the name of a prior of tau; of a corpus of single results nothing."""
    if found.corpus["kind"] == "results":
        return ""
    return COMMON if heterogeneity is None else words(heterogeneity)


def words(name: str) -> str:
    """Return a name without underscores."""
    return name.replace("_", " ")


def share(value: float | None) -> str:
    """Write a share as a percentage with one decimal; empty for None."""
    return "" if value is None else f"{100 * value:.1f}%"


def with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """Write a share with its limits; empty for None."""
    return "" if value is None else f"{share(value)} ({share(low)} to {share(high)})"
