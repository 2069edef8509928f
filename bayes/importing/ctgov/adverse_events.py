"""Adverse events: tables of serious and of other terms by organ system, patients with any of them, and deaths.

A registry asks for persons per term and arm. Serious terms are listed however rare they are; other terms only above a
frequency in an arm (`frequencyThreshold`), which the table keeps. Fewer of them are better by definition. The ids of
these outcomes have a hyphen, which ids made of titles never have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bayes.base.documents import TomlTable
from bayes.importing.ctgov.arms import Comparisons, Pair
from bayes.importing.ctgov.drafting import Drafted
from bayes.importing.ctgov.reasons import LEFT_OUT, NOT_POSTED, PAIRED, Unusable
from bayes.importing.ctgov.record import Group, Node
from bayes.importing.ctgov.study import Study
from bayes.importing.ctgov.values import number, whole
from bayes.importing.drafts import OutcomeDraft, Result, slug
from bayes.paper.evidence.arms import Arm, by_arm

MODULE = ("resultsSection", "adverseEventsModule")
LESS_IS_BETTER = "Direction of benefit: fewer adverse events are better, by definition."
NO_EVENT = "no event in either of the two arms"
TWICE = "the same term of the same organ system is listed twice"
NO_COUNT = "no count is posted for both arms"
NO_PERSONS = "no participant at risk in an arm"
ROW_OF_TABLE = "a row of the table"
CONTRAST_IN_ID = 22


@dataclass(frozen=True)
class Table:
    """A list of terms of the record: serious ones, or others."""

    key: str
    id: str
    label: str
    at_risk: str
    has_threshold: bool


TABLES = (
    Table("seriousEvents", "safety-serious_terms", "Serious adverse events", "seriousNumAtRisk", has_threshold=False),
    Table("otherEvents", "safety-other_terms", "Other adverse events", "otherNumAtRisk", has_threshold=True),
)
TOTALS = (
    ("safety-any_serious", "Any serious adverse event", "seriousNumAffected", "seriousNumAtRisk"),
    ("safety-any_other", "Any other adverse event", "otherNumAffected", "otherNumAtRisk"),
    ("safety-death", "Death from any cause", "deathsNumAffected", "deathsNumAtRisk"),
)


def draft_adverse_events(study: Study, into: Drafted) -> None:
    """Add the outcomes of a record's adverse events, and a row for every total and every term.

    Parameters
    ----------
    study : Study
        Of randomised arms.
    into : Drafted
        The drafts of its other results, to which these are added.
    """
    module = study.record.at(*MODULE)
    listed = {node.text("id"): node for node in module.items("eventGroups")}
    groups = [
        Group(name, node.text("title") or name, node.text("description")) for name, node in listed.items() if name
    ]
    if not groups:
        return
    if (why_not := study.why_not or (PAIRED if study.crossover else None)) is not None:
        into.results += [Result(place, label, "refused", why_not) for place, label in _places(module)]
        return
    try:
        pairs = Comparisons(groups, study.arms, study.answers.about(study.id, "adverse_events")).pairs()
    except Unusable as why:
        into.results += [Result(place, label, why.status, why.reason) for place, label in _places(module)]
        into.questions += [
            f"# [records.{study.id}.outcomes.adverse_events]",
            f'# treatment = "..."   # one of: {" | ".join(group.title for group in groups)}',
        ]
        return
    suffixes = _suffixes(pairs)
    for pair, suffix in zip(pairs, suffixes, strict=True):
        for name, label, affected, at_risk in TOTALS:
            _draft_total(study, into, listed, pair, (name + suffix, label, affected, at_risk))
        for table in TABLES:
            _draft_table(study, into, module, listed, pair, table, suffix)


def _suffixes(pairs: Sequence[Pair]) -> list[str]:
    """Return what tells the outcomes of several pairs of arms apart in their ids."""
    found: list[str] = []
    for pair in pairs if len(pairs) > 1 else ():
        found.append(slug(slug(pair.treatment.title)[:CONTRAST_IN_ID].strip("_"), found))
    return [f"_{suffix}" for suffix in found] or [""]


def _places(module: Node) -> Iterator[tuple[str, str]]:
    """Yield the place and the title of every total and of every term."""
    for node in module.items("eventGroups"):
        yield node.path, f"Adverse events: {node.text('title')}"
    for table in TABLES:
        for node in module.items(table.key):
            yield node.path, f"{table.label}: {node.text('term')}"


def _draft_total(
    study: Study, into: Drafted, listed: dict[str, Node], pair: Pair, total: tuple[str, str, str, str]
) -> None:
    name, label, affected, at_risk = total
    nodes = {arm: listed[group.id] for arm, group in by_arm(pair).items()}
    place = f"{nodes['treatment'].path}.{affected}, {nodes['control'].path}.{affected}"
    label = _with_arms(label, pair)
    if all(node.at(affected).value is None for node in nodes.values()):
        into.results.append(Result(place, label, "refused", NOT_POSTED))
        return
    try:
        arms = {arm: _persons(node, affected, at_risk) for arm, node in nodes.items()}
    except Unusable as why:
        into.results.append(Result(place, label, why.status, why.reason))
        return
    sources = {f"{arm}.events": f"{node.path}.{affected}" for arm, node in nodes.items()}
    sources |= {f"{arm}.n": f"{node.path}.{at_risk}" for arm, node in nodes.items()}
    result = Result(place, label, "imported", "", name, "binary", "odds_ratio")
    _add(
        study,
        into,
        pair,
        label,
        result,
        {"kind": "binary"} | {str(arm): one for arm, one in arms.items()},
        sources,
        {arm: n["n"] for arm, n in arms.items()},
    )


def _persons(node: Node, affected: str, at_risk: str) -> dict[str, int]:
    events, n = (whole(node.text(key), "the number of participants") for key in (affected, at_risk))
    if n == 0:
        raise Unusable(NO_PERSONS)
    return {"events": events, "n": n}


def _draft_table(
    study: Study, into: Drafted, module: Node, listed: dict[str, Node], pair: Pair, table: Table, suffix: str
) -> None:
    """Add a table of terms, with the participants at risk of the whole table and of the terms that have their own."""
    nodes = {arm: listed[group.id] for arm, group in by_arm(pair).items()}
    terms = list(module.items(table.key))
    label = _with_arms(table.label, pair)
    try:
        n = {arm: whole(node.text(table.at_risk), "the number at risk") for arm, node in nodes.items()}
        if not all(n.values()):
            raise Unusable(NO_PERSONS)
    except Unusable as why:
        into.results += [Result(node.path, f"{label}: {node.text('term')}", why.status, why.reason) for node in terms]
        return
    rows: list[TomlTable] = []
    sources = {f"n.{arm}": f"{node.path}.{table.at_risk}" for arm, node in nodes.items()}
    seen: set[tuple[str, str]] = set()
    name = table.id + suffix
    for node in terms:
        said = f"{label}: {node.text('term')}"
        try:
            row, places = _row(node, pair, n, len(rows))
            key = (row["soc"].casefold(), row["term"].casefold())
            if key in seen:
                raise Unusable(TWICE)
        except Unusable as why:
            into.results.append(Result(node.path, said, why.status, why.reason))
            continue
        seen.add(key)
        rows.append(row)
        sources |= places
        into.results.append(Result(node.path, said, "imported", ROW_OF_TABLE, name, "adverse_events", "odds_ratio"))
    if not rows:
        return
    evidence: TomlTable = {"kind": "adverse_events", "n": n}
    if table.has_threshold and (above := _threshold(module)) is not None:
        evidence["listed_above"], sources["listed_above"] = above, f"{module.path}.frequencyThreshold"
    evidence["rows"] = rows
    result = Result(f"{module.path}.{table.key}", label, "imported", "", name, "adverse_events", "odds_ratio")
    _add(study, into, pair, label, result, evidence, sources, dict(n))


def _row(node: Node, pair: Pair, n: dict[Arm, int], index: int) -> tuple[TomlTable, dict[str, str]]:
    """Return a term as a row of the table, with the places of its numbers."""
    stats = {one.text("groupId"): one for one in node.items("stats")}
    found = {arm: stats[group.id] for arm, group in by_arm(pair).items() if group.id in stats}
    if len(found) < 2 or any(one.at("numAffected").value is None for one in found.values()):
        raise Unusable(NO_COUNT)
    persons = {arm: whole(one.text("numAffected"), "the number affected") for arm, one in found.items()}
    if not any(persons.values()):
        raise Unusable(NO_EVENT)
    row: TomlTable = {"soc": node.text("organSystem") or "not stated", "term": node.text("term") or "not stated"}
    row |= {arm: {"persons": count} for arm, count in persons.items()}
    places = {f"rows.{index}.{arm}.persons": f"{one.path}.numAffected" for arm, one in found.items()}
    at_risk = {arm: whole(one.text("numAtRisk") or str(n[arm]), "the number at risk") for arm, one in found.items()}
    if at_risk != n:
        if not all(at_risk.values()):
            raise Unusable(NO_PERSONS)
        row["n"] = at_risk
        places |= {f"rows.{index}.n.{arm}": f"{one.path}.numAtRisk" for arm, one in found.items()}
    return row, places


def _threshold(module: Node) -> object:
    """Return the percentage above which other events are listed; None if all are, or it is not a number."""
    try:
        above = number(module.text("frequencyThreshold").rstrip("% "))
    except Unusable:
        return None
    return above if above is not None and 0 < above < 100 else None


def _with_arms(label: str, pair: Pair) -> str:
    return f"{label} [{pair.treatment.title} v {pair.control.title}]"


def _add(
    study: Study,
    into: Drafted,
    pair: Pair,
    label: str,
    result: Result,
    evidence: TomlTable,
    sources: dict[str, str],
    sizes: dict[Arm, int],
) -> None:
    """Add an outcome and its row."""
    if study.answers.about(study.id, result.outcome).leave_out:
        name = result.outcome
        into.results = [one.refused(LEFT_OUT) if one.outcome == name else one for one in [*into.results, result]]
        return
    module = study.record.at(*MODULE)
    fields: TomlTable = {"label": label, "measure": result.measure, "benefit": "lower", "role": "safety"}
    if frame := module.text("timeFrame"):
        fields["timepoint"] = " ".join(frame.split())[:400]
    fields["source"] = f"ClinicalTrials.gov {study.registration or study.id}, posted adverse events"
    fields["source_level"] = "registry"
    notes = [LESS_IS_BETTER, f"The treatment is {pair.treatment.title}, {pair.because}.", module.text("description")]
    fields["notes"] = " ".join(" ".join(note.split())[:600] for note in notes if note)
    fields["evidence"] = evidence
    fields["sources"] = {name: {"path": path} for name, path in sources.items()}
    into.outcomes.append(OutcomeDraft(result.outcome, fields))
    into.pairs[result.outcome] = pair
    into.sizes[result.outcome] = {str(arm): n for arm, n in sizes.items()}
    into.results.append(result)
