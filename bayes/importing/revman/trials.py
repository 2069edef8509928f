"""A trial file per study, with an outcome for each of its rows in the analyses of a review."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bayes.base.documents import TomlTable
from bayes.importing.answers import Answers
from bayes.importing.drafts import OutcomeDraft, Record, Result, TrialDraft, slug
from bayes.importing.revman import evidence
from bayes.importing.revman.evidence import Found
from bayes.importing.revman.reading import Reading
from bayes.importing.revman.review import Number, Review, Row, Study

LEFT_OUT = "left out, as decided"
NO_SIZES = "the number of patients per arm is not stated, by which a difference of means would be scaled"
BESIDE = "kept as `printed`, beside the evidence"
SIZES = "The numbers of patients are the largest of the outcomes; the review does not state how many were randomised."
LONGEST_TEXT = 600  # characters of the methods of a study


Arms = tuple[str, str]
Sizes = tuple[int, int]


@dataclass(frozen=True)
class Entry:
    """A row of a study in an analysis, with the id of its outcome."""

    reading: Reading
    row: Row
    outcome: str

    @property
    def label(self) -> str:
        analysis = self.reading.analysis
        group = next((one for one in analysis.subgroups if one.number == self.row.subgroup), None)
        return analysis.label if group is None else analysis.label_of(group)


@dataclass(frozen=True)
class StudyFile:
    """A study with the id of its trial file and its rows."""

    id: str
    study: Study
    entries: tuple[Entry, ...]


def files_of(review: Review, readings: list[Reading]) -> list[StudyFile]:
    """Return the studies that have rows in the analyses of a review, with ids that depend on the document alone."""
    entries: dict[str, dict[str, Entry]] = {}
    for reading in readings:
        for row in reading.analysis.rows:
            own = entries.setdefault(row.study, {})
            outcome = slug(f"analysis_{row.subgroup or reading.analysis.number}", own)
            own[outcome] = Entry(reading, row, outcome)
    files, taken_ids = [], {reading.id for reading in readings}
    for key, found in entries.items():
        study = review.studies.get(key, Study(key, key))
        name = slug(study.name, taken_ids)
        taken_ids.add(name)
        files.append(StudyFile(name, study, tuple(found.values())))
    return files


def record_of(file: StudyFile, review: Review, answers: Answers) -> Record:
    """Return the trial file of a study, and a result for each of its rows and each effect printed in them."""
    made = [(entry, *_made(entry, answers, file.id)) for entry in file.entries]
    compared = _compared(entry for entry, status, _ in made if status == "imported")
    if not any(compared.values()):
        made = [(e, *(("refused", Found(reason=NO_SIZES)) if _needs_sizes(e, s) else (s, f))) for e, s, f in made]
    usable = [(entry, found) for entry, status, found in made if status == "imported"]
    named = contrasts_of(compared)
    drafts = [_outcome(entry, found, review, named.get(entry.reading.arms)) for entry, found in usable]
    head = _head(file, review, compared, answers)
    results = tuple(result for entry, status, found in made for result in _results(entry, status, found))
    comments = (f'From the review "{review.title}" ({review.document}).',)
    trial = TrialDraft(file.id, head, tuple(drafts), comments) if drafts else None
    return Record(file.id, results, trial=trial)


def _needs_sizes(entry: Entry, status: str) -> bool:
    """Return whether an outcome cannot be used without the patients of its trial: its unit would be unknown."""
    return status == "imported" and entry.reading.measure == "mean_difference"


def _made(entry: Entry, answers: Answers, name: str) -> tuple[str, Found]:
    if answers.about(name, entry.outcome).leave_out or entry.reading.decided.leave_out:
        return "refused", Found(reason=LEFT_OUT)
    if entry.reading.lacks:
        return "offered", Found(reason="; ".join(entry.reading.lacks))
    found = evidence.of_row(entry.reading, entry.row)
    return ("imported" if found.kind else "refused"), found


def _results(entry: Entry, status: str, found: Found) -> Iterator[Result]:
    """Yield a row of the ledger for the data of a row, and one for the effect that is printed beside them."""
    measure = entry.reading.measure or ""
    outcome = entry.outcome if status != "refused" else ""
    yield Result(entry.row.place, entry.label, status, found.reason, outcome, found.kind, measure)  # type: ignore[arg-type]
    effect: Number | None = entry.row.numbers.get("effect")
    if effect is None or found.kind == "estimate":
        return
    place = effect.place
    if status != "imported":
        yield Result(place, entry.label, status, found.reason, outcome, "estimate", measure)  # type: ignore[arg-type]
    elif found.printed:
        yield Result(place, entry.label, "imported", BESIDE, entry.outcome, "estimate", measure)
    else:
        reason = evidence.PETO_ONLY if entry.reading.peto else "impossible for the measure"
        yield Result(place, entry.label, "refused", reason, "", "estimate", measure)


def _outcome(entry: Entry, found: Found, review: Review, contrast: str | None) -> OutcomeDraft:
    reading = entry.reading
    analysis = reading.analysis
    number = entry.row.subgroup or analysis.number
    fields: TomlTable = {"label": entry.label, "measure": reading.measure, "benefit": reading.benefit}
    if reading.decided.mcid is not None:
        fields["mcid"] = reading.decided.mcid.model_dump()
    fields["source"] = f"{review.document}: Analysis {number}"
    fields["source_level"] = "secondary"
    if contrast is not None:
        fields["contrast"] = contrast
    notes = [*_notes(entry), *found.notes]
    if notes:
        fields["notes"] = " ".join(notes)
    if found.printed:
        fields["printed"] = [{**found.printed, "notes": "as the review prints it"}]
    fields["evidence"] = found.evidence
    fields["sources"] = found.sources
    return OutcomeDraft(entry.outcome, fields)


def _notes(entry: Entry) -> Iterator[str]:
    reading, row = entry.reading, entry.row
    if reading.analysis.comparison:
        yield f"Comparison: {reading.analysis.comparison.rstrip('.')}."
    if reading.analysis.unit:
        yield f"Unit: {reading.analysis.unit}."
    if reading.swapped:
        yield "The event is the absence of what the label says: the review exchanges event and non-event."
    if reading.peto:
        yield "The review pools Peto's odds ratios; the counts are read as an odds ratio."
    yield from reading.remarks
    if row.notes:
        yield f"Footnote: {row.notes}"


def _head(file: StudyFile, review: Review, compared: Mapping[Arms, Sizes | None], answers: Answers) -> TomlTable:
    """Return the fields of a trial other than its outcomes; `n` is absent if no outcome states it."""
    study = file.study
    names = contrasts_of(compared)
    main = next((arms for arms in compared if arms not in names), ("experimental", "control"))
    year = study.year.strip()
    head: TomlTable = {
        "title": study.title or study.name,
        "year": int(year) if re.fullmatch(r"(19|20|21)[0-9][0-9]", year) else "not stated",
        "condition": answers.condition or f'not stated for the study; the review is "{review.title}"',
        "design": answers.design or _cut(study.methods) or "not stated in the file of the review",
        "arms": _named(main),
    }
    if n := compared.get(main) or next((sizes for sizes in compared.values() if sizes), None):
        head["n"] = _named(n)
    if names:
        head["contrasts"] = {
            name: _named(arms) | ({"n": _named(n)} if (n := compared[arms]) else {}) for arms, name in names.items()
        }
    if re.fullmatch(r"10\.\S+/\S+", study.doi):
        head["doi"] = study.doi
    if study.judgements:
        head["risk_of_bias"] = "; ".join(f"{domain.rstrip(' ?:')}: {risk}" for domain, risk in study.judgements)
    head["sources"] = [f"{review.title}: {study.name} ({review.document})"]
    if "n" in head:
        head["notes"] = SIZES
    return head


def _compared(usable: Iterable[Entry]) -> dict[Arms, Sizes | None]:
    """Return the arms that are compared in the outcomes, in order, with the largest numbers of patients."""
    most: dict[Arms, Sizes | None] = {}
    for entry in usable:
        arms, sizes = entry.reading.arms, evidence.sizes(entry.reading, entry.row)
        most[arms] = _larger(most.get(arms), sizes)
    return most


def _larger(one: Sizes | None, other: Sizes | None) -> Sizes | None:
    if one is None or other is None:
        return one or other
    return max(one[0], other[0]), max(one[1], other[1])


def contrasts_of(compared: Mapping[Arms, Sizes | None]) -> dict[Arms, str]:
    """Return the ids of the contrasts of a trial by their arms: all but the first are named in it."""
    return {arms: f"contrast_{i}" for i, arms in enumerate(compared, 1) if i > 1}


def _named[Value](pair: tuple[Value, Value]) -> dict[str, Value]:
    return {"treatment": pair[0], "control": pair[1]}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT].rsplit(' ', 1)[0]} ..."
