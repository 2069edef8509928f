"""The content of a file as a page: a trial, an outcome or a synthesis, with undisclosed items marked as not stated.

The page consists of plain values, for a terminal (`bayes show`) or a report. Nothing is computed from the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from bayes.base import measures
from bayes.base.numbers import digits, equals, p_value, significant
from bayes.paper.annotations import NOT_STATED, Margin
from bayes.paper.endpoint import Endpoint
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.evidence.counts import ARMS_ALIKE
from bayes.paper.missing import Missing
from bayes.paper.places import located
from bayes.paper.trial import Outcome, Trial
from bayes.synthesis.file import Heterogeneity, Synthesis
from bayes.synthesis.models import MODELS, OWN_MODELS
from bayes.text.evidence import evidence, printed_result
from bayes.text.printed import Fact, Table, sizes, words

LEVELS = {
    "paper": "the paper itself",
    "registry": "a registry entry",
    "secondary": "secondary: another publication reports it",
    "derived": "derived from other printed numbers",
}
SETS = {"itt": "intention to treat", "as_treated": "as treated", "per_protocol": "per protocol"}


@dataclass(frozen=True)
class Portrait:
    """A page: its name as the command accepts it, a title, facts in order, tables, and pages within it.

    Attributes
    ----------
    name, title : str
    facts : tuple of (str, str)
        A label and its text; "not stated" where the file does not disclose it.
    tables : tuple of Table
    parts : tuple of Portrait
    """

    name: str
    title: str
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...] = ()
    parts: tuple[Portrait, ...] = ()


def portrait(target: Trial | Outcome | Synthesis) -> Portrait:
    """Return the page of a trial with all its outcomes, of one outcome, or of a synthesis.

    Parameters
    ----------
    target : Trial, Outcome or Synthesis
        As loaded; values keep their printed digits and the measure's own scale.
    """
    if isinstance(target, Trial):
        return _trial(target)
    return _outcome(target) if isinstance(target, Outcome) else _synthesis(target)


def direction(endpoint: Endpoint) -> str:
    """Return in words the measure and which direction of the effect is good; the null is on the measure's own scale."""
    words = endpoint.measure.replace("_", " ")
    side = "above" if endpoint.sign > 0 else "below"
    null = f"{measures.to_natural(endpoint.null, endpoint.measure):g}"
    if endpoint.measure == "proportion":
        return f"{words}, {endpoint.benefit} is better: {side} {null}, the goal, is good"
    of = ""
    if endpoint.measure == "common_odds_ratio":
        of = " of a better category" if endpoint.sign > 0 else " of a worse category"
    return f"{words}{of}, {endpoint.benefit} is better: {side} {null} favours the treatment"


def source_level(outcome: Outcome) -> str:
    """Return where the numbers of an outcome come from, in words."""
    return NOT_STATED if outcome.source_level is None else LEVELS[outcome.source_level]


def analysis_set(outcome: Outcome) -> str:
    """Return which patients were analysed, in words."""
    return NOT_STATED if outcome.analysis_set is None else SETS[outcome.analysis_set]


def _trial(trial: Trial) -> Portrait:
    facts = [
        ("year", str(trial.year)),
        ("condition", trial.condition),
        ("design", trial.design),
        ("treatment", trial.arms.treatment),
        ("control", trial.arms.control),
        ("patients", sizes(trial.n) if trial.n else NOT_STATED),
        *((f"contrast {name}", _contrast(trial, name)) for name in trial.contrasts),
        ("registration", trial.registration or NOT_STATED),
        ("doi", trial.doi or NOT_STATED),
        ("Cochrane field", trial.field or NOT_STATED),
        ("blinding", trial.blinding or NOT_STATED),
        ("risk of bias", trial.risk_of_bias or NOT_STATED),
        *(("source", source) for source in trial.sources or (NOT_STATED,)),
        *((("notes", trial.notes),) if trial.notes else ()),
    ]
    parts = [_outcome(outcome) for outcome in trial.outcomes.values()]
    if trial.not_analysed:
        left_out = tuple(
            (name, f"{item.label}: {item.reason} (source: {item.source or NOT_STATED})")
            for name, item in trial.not_analysed.items()
        )
        parts.append(Portrait(trial.id, "Reported, but not analysed", left_out))
    return Portrait(trial.id, trial.title, tuple(facts), (), tuple(parts))


def _contrast(trial: Trial, name: str) -> str:
    contrast = trial.contrasts[name]
    return f"{contrast.treatment} v {contrast.control}" + (f"; {sizes(contrast.n)}" if contrast.n else "")


def _outcome(outcome: Outcome) -> Portrait:
    report = evidence(outcome.evidence)
    facts = [
        ("measure", direction(outcome)),
        ("role", outcome.role or NOT_STATED),
        ("time", outcome.timepoint or NOT_STATED),
        ("printed in", outcome.source),
        ("source level", source_level(outcome)),
        ("analysis set", analysis_set(outcome)),
        ("adjusted", {True: "yes", False: "no", None: NOT_STATED}[outcome.adjusted]),
        *report.facts,
        *(("also printed", printed_result(result)) for result in outcome.printed),
        *_thresholds(outcome),
        *_particulars(outcome),
        *(("acknowledged", f"{known.finding}: {known.reason}") for known in outcome.acknowledged),
        *((("notes", outcome.notes),) if outcome.notes else ()),
    ]
    tables = [table for table in (report.table, _places(outcome)) if table]
    return Portrait(outcome.name, outcome.label, tuple(facts), tuple(tables))


def _places(outcome: Outcome) -> Table | None:
    """Return a table of where each number is printed, for the numbers whose place the file states."""
    if not outcome.sources:
        return None
    numbers = located(outcome)
    cells = tuple((path, numbers[path], str(place)) for path, place in outcome.sources.items())
    return Table("Where the numbers are printed", ("number", "printed", "place"), cells, _about(outcome))


def _about(outcome: Outcome) -> tuple[str | None, ...]:
    """Return which row of a table of adverse events each stated place is about; empty for other reports."""
    if not isinstance(outcome.evidence, AdverseEvents):
        return ()
    rows, paths = outcome.evidence.rows, (path.split(".") for path in outcome.sources)
    return tuple(rows[int(rest[0])].name if first == "rows" else None for first, *rest in paths)


def _thresholds(endpoint: Endpoint) -> list[Fact]:
    """Return the MCID and the planned effect with their reasons, and the region of practical equivalence."""
    mcid, planned, rope = endpoint.mcid, endpoint.planned, endpoint.rope_natural
    said = NOT_STATED if rope is None else f"{significant(rope[0])} to {significant(rope[1])}"
    return [
        ("MCID", f"{digits(mcid.value)} ({mcid.rationale})" if mcid else NOT_STATED),
        ("planned effect", f"{digits(planned.value)} ({planned.source})" if planned else NOT_STATED),
        *((("margin", _margin(endpoint.margin)),) if endpoint.margin else ()),
        ("equivalence", said + (" (default)" if endpoint.rope is None and rope is not None else "")),
    ]


CONCLUDED = {
    "non_inferior": "non-inferiority was concluded",
    "equivalent": "equivalence was concluded",
    "not_shown": "the effect was not shown to be within it",
}


def _margin(margin: Margin) -> str:
    """Return the margin, where it is printed, and the paper's conclusion about it with its test."""
    said = [CONCLUDED[margin.concluded]] if margin.concluded else []
    sided = "one-sided" if margin.sides == 1 else "two-sided"
    said += [f"{sided} {p_value(margin.p)} in the paper"] if margin.p is not None else []
    if (printed := margin.probability) is not None:
        said += [f"P(no worse) {equals(printed)} in the paper"]
    return "; ".join([f"{digits(margin.value)} ({margin.source})", *said])


def _without_outcome(missing: Missing) -> str:
    """Return how many patients have no outcome, with the stated prior of their departure from the others."""
    said = f"{missing.treatment} v {missing.control}"
    if not missing.stated:
        return said
    priors = " v ".join(text for _, text in missing.stated)
    return f"{said}; departure {priors}, correlation {digits(missing.correlation)} ({missing.rationale})"


def _particulars(outcome: Outcome) -> list[Fact]:
    """Return the facts that only some outcomes state."""
    facts = [("patients of", ", ".join(sorted(outcome.patient_sources)))] if outcome.patients else []
    facts += [("contrast", _contrast(outcome.trial, outcome.contrast))] if outcome.contrast else []
    facts += [("not imputed", sizes(outcome.observed))] if outcome.observed else []
    facts += [("without an outcome", _without_outcome(outcome.missing))] if outcome.missing else []
    facts += [("stratified", "yes" if outcome.stratified else "no")] if outcome.stratified is not None else []
    facts += [("interval method", words(outcome.interval))] if outcome.interval else []
    facts += _clusters(outcome)
    facts += [("likelihood", outcome.likelihood)] if outcome.likelihood else []
    facts += [("other reports", ", ".join(outcome.other_reports))] if outcome.other_reports else []
    facts += [] if outcome.reported else [("reported", "no: measured, but no result is printed")]
    if not outcome.has_headline:
        said = "about the size of the difference, not its direction" if outcome.is_informative else "no"
        facts.append(("informative", f"{said}: {ARMS_ALIKE}"))
    facts += [("SD for scaling", digits(outcome.sd_ref))] if outcome.sd_ref is not None else []
    if chosen := outcome.selection:
        how = f"omega {digits(chosen.omega)} at alpha {digits(chosen.alpha)}, {'one' if chosen.sides == 1 else 'two'}"
        facts.append(("selection", f"{how}-sided" + (f" ({chosen.rationale})" if chosen.rationale else "")))
    return facts


def _clusters(outcome: Outcome) -> list[Fact]:
    """Return what is stated of clusters and periods."""
    facts = [("periods", "the first only")] if outcome.first_period else []
    size = ""
    if outcome.cluster_size is not None:
        cv = f", CV {digits(outcome.cluster_size_cv)}" if outcome.cluster_size_cv is not None else ""
        size = f"{digits(outcome.cluster_size)} patients per cluster{cv}"
    if (factor := outcome.variance_factor) is not None:
        how = "stated" if outcome.icc is None else f"ICC {digits(outcome.icc)}, {size}"
        return [*facts, ("design effect", f"{significant(factor)} ({how})")]
    if outcome.icc_is_open:
        prior = outcome.icc_prior
        icc = f"ICC ~ {prior.distribution} ({prior.rationale})" if prior else f"ICC {NOT_STATED}"
        facts.append(("clusters", f"{size}; {icc}"))
    return facts


def _synthesis(synthesis: Synthesis) -> Portrait:
    facts = [
        ("measure", direction(synthesis)),
        ("trials", str(len(synthesis.members))),
        ("search", synthesis.search or NOT_STATED),
        ("model", f"{synthesis.model}: {(MODELS | OWN_MODELS)[synthesis.model]}"),
        ("heterogeneity", _heterogeneity(synthesis.heterogeneity)),
        ("outcome class", synthesis.outcome_class or NOT_STATED),
        ("comparison", synthesis.comparison or NOT_STATED),
        ("Cochrane field", synthesis.field or NOT_STATED),
        *_thresholds(synthesis),
        *_relations(synthesis),
        *((("notes", synthesis.notes),) if synthesis.notes else ()),
    ]
    cells = tuple((m.name, m.evidence.kind, m.source, m.label) for m in synthesis.members)
    members = Table("Trials", ("outcome", "evidence", "printed in", "what it is"), cells)
    return Portrait(synthesis.id, synthesis.label, tuple(facts), (members,))


def _heterogeneity(stated: Heterogeneity | None) -> str:
    if stated is None:
        return f"{NOT_STATED}: taken from the prior set"
    given = stated.model_dump(exclude_none=True, exclude={"rule", "distribution", "rationale", "source"})
    more = "".join(f", {name} {value}" for name, value in given.items())
    source = f"; {stated.source}" if stated.source else ""
    return f"tau ~ {stated.distribution or f'rule {stated.rule}'}{more} ({stated.rationale}{source})"


def _relations(synthesis: Synthesis) -> list[Fact]:
    """Return the correlations of results of the same patients, rho and the covariate."""
    facts = [
        (
            "same patients",
            f"{' and '.join(c.outcomes)} joined by {c.said}" + (f" ({c.rationale})" if c.rationale else ""),
        )
        for c in synthesis.correlations
    ]
    if synthesis.rho is not None:
        facts.append(("rho", f"{digits(synthesis.rho.value)} ({synthesis.rho.rationale})"))
    if (groups := synthesis.subgroups) is not None:
        printed = f"; {p_value(groups.p_interaction)} for interaction" if groups.p_interaction is not None else ""
        facts.append(("subgroups", f"of one trial, by {groups.by}{printed}"))
    if (line := synthesis.covariate) is not None:
        values = ", ".join(map(digits, line.values))
        facts.append(("covariate", f"{line.label}: {values}; slope ~ {line.distribution} ({line.rationale})"))
    return facts
