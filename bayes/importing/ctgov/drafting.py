"""Outcome measures to drafts of outcomes, rows of the ledger and open questions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bayes.base.documents import TomlTable
from bayes.importing.answers import Benefit
from bayes.importing.ctgov import posteriors
from bayes.importing.ctgov.arms import Pair
from bayes.importing.ctgov.comparing import of_model, oriented, plausible
from bayes.importing.ctgov.degrees import with_degrees
from bayes.importing.ctgov.directions import Stated, stated
from bayes.importing.ctgov.effects import Effect, Oriented, effect_of
from bayes.importing.ctgov.joining import ARMS_OF_MODEL, Planned, how, join, printed_table
from bayes.importing.ctgov.matching import part_of
from bayes.importing.ctgov.parts import Part, Parts, pair_of, parts_of
from bayes.importing.ctgov.population import analysis_set
from bayes.importing.ctgov.posted import Summary, shown, size_of
from bayes.importing.ctgov.reasons import (
    BENEFIT,
    FIRST,
    LEFT_OUT,
    NOT_THE_ARMS,
    POSTERIOR,
    TREATMENT,
    Unusable,
    undecided,
)
from bayes.importing.ctgov.record import Analysis, Class, Group, Measure
from bayes.importing.ctgov.reference_sd import reference_sd
from bayes.importing.ctgov.study import Study
from bayes.importing.ctgov.values import whole
from bayes.importing.drafts import OutcomeDraft, Result
from bayes.paper.evidence.arms import by_arm

ROLES = {"PRIMARY": "primary", "SECONDARY": "secondary"}
WHICH_PART = "The record does not say which of the {n} results of this outcome measure the analysis is of."
HOW_KNOWN = {
    "recomputed": "",
    "inside": "Direction of the posted effect: that in which it is near the effect of the arms.",
    "stated": "Direction of the posted effect: as its description says.",
    "convention": "Direction of the posted effect: as of the other effects of the record whose direction is known.",
    "decided": "Direction of the posted effect: treatment v control, as decided.",
}
NOT_CRUDE = "Taken to be adjusted: its method is a regression, and it is not the effect of the arms."
LONGEST_NOTE = 400
ENOUGH, MOST = 3, 0.9  # effects of known direction that make a convention, and the share that must follow it


@dataclass(frozen=True)
class Found:
    """An analysis that posts an effect of two arms, with the result that it is of.

    Attributes
    ----------
    part : Part
    effect : Effect
    oriented : Oriented, optional
        None as long as its direction is not known.
    """

    part: Part
    effect: Effect
    oriented: Oriented | None


@dataclass
class Read:
    """What was read of an outcome measure."""

    measure: Measure
    parts: tuple[Part, ...]
    found: list[Found] = field(default_factory=list)
    tests: list[tuple[Part, Analysis]] = field(default_factory=list)
    rows: list[Result] = field(default_factory=list)


@dataclass
class Drafted:
    """The outcomes of a trial file, with the arms that each compares."""

    outcomes: list[OutcomeDraft] = field(default_factory=list)
    pairs: dict[str, Pair] = field(default_factory=dict)
    sizes: dict[str, dict[str, int]] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)


def drafted(study: Study) -> Drafted:
    """Return the outcomes of a study, a row for every result, and the questions that are open."""
    into = Drafted()
    if study.why_not is not None:
        for measure in study.measures:
            places = [measure.path, *(analysis.path for analysis in measure.analyses)]
            into.results += [Result(place, measure.title, "refused", study.why_not) for place in places]
        return into
    read = [read_measure(study, measure) for measure in study.measures]
    first = _convention([found for one in read for found in one.found])
    for one in read:
        _draft(study, one, first, into)
    return into


def read_measure(study: Study, measure: Measure) -> Read:
    """Read an outcome measure: its parts, and its analyses with the part and the direction of each."""
    parts = parts_of(study, measure)
    read = Read(measure, parts.parts, rows=list(parts.refused))
    bayesian = study.bayesian or posteriors.of_measure(measure)
    for analysis in measure.analyses:
        try:
            if bayesian or posteriors.is_posterior(analysis):
                raise Unusable(POSTERIOR)
            _read_analysis(measure, analysis, parts, read)
        except Unusable as why:
            read.rows.append(Result(analysis.path, measure.title, why.status, why.reason))
    return read


def _read_analysis(measure: Measure, analysis: Analysis, parts: Parts, read: Read) -> None:
    pair = pair_of(analysis, parts.comparisons)
    if not parts.parts and parts.refused and parts.refused[0].reason == NOT_THE_ARMS:
        raise undecided(NOT_THE_ARMS)
    effect, why = None, None
    try:
        effect = effect_of(measure, analysis)
    except Unusable as found:
        why = found
    part = part_of(analysis, pair, parts.parts, effect) or _apart(measure, analysis, pair, parts)
    if effect is None:
        if analysis.parameter or not analysis.p:
            raise why or Unusable("no estimate is posted")
        read.tests.append((part, analysis))
        return
    effect = with_degrees(_with_unit(effect, part, pair), _participants(part))
    known = oriented(effect, part.known, pair)
    if known is not None and part.summary is not None and of_model(known, part.summary):
        effect = replace(effect, of_model=True, notes=(*effect.notes, NOT_CRUDE))
        known = replace(known, effect=effect)
    read.found.append(Found(part, effect, known))


def _participants(part: Part) -> list[int]:
    """Return the participants of the two arms, and of all groups of the outcome measure, where all are posted."""
    found = []
    for groups in (tuple(by_arm(part.pair).values()), part.measure.groups):
        sizes = [size_of(part.measure, part.one, group) for group in groups]
        try:
            found.append(sum(whole(size.value, "the number analysed") for size in sizes if size is not None))
        except Unusable:
            continue
    return found


def _apart(measure: Measure, analysis: Analysis, pair: Pair, parts: Parts) -> Part:
    """Return a part for an analysis of which the record does not say what it is of."""
    number = measure.analyses.index(analysis) + 1
    base = next((part.id for part in parts.parts), "")
    name = f"{base[:60]}_analysis_{number}" if base else f"analysis_{number}"
    said = f": {analysis.description}" if analysis.description else f" (analysis {number})"
    why = Unusable(WHICH_PART.format(n=len(measure.classes)))
    label = " ".join(f"{measure.title}{said}".split())[:200]
    return Part(measure, Class("", (), {}, measure.path), None, pair, name, label, "", None, why)


def _with_unit(effect: Effect, part: Part, pair: Pair) -> Effect:
    """Return a difference of risks in the unit in which it is that of the arms, if one of the two is."""
    if not effect.unit_is_open:
        return effect
    known = [
        one
        for one in (Effect(**{**vars(effect), "unit_is_open": False}), effect.divided())
        if (found := oriented(one, part.known, pair)) is not None and found.how == "recomputed"
    ]
    return known[0] if len(known) == 1 else effect


def _convention(found: Sequence[Found]) -> bool:
    """Return whether the effects of known direction put the treatment first, but for a few."""
    known = [one.oriented.compares for one in found if one.oriented is not None]
    return len(known) >= ENOUGH and known.count("treatment_vs_control") >= MOST * len(known)


def _draft(study: Study, read: Read, convention: bool, into: Drafted) -> None:
    """Draft the outcomes of one outcome measure."""
    into.results += read.rows
    asked: dict[str, str] = {}
    if any(row.reason in (TREATMENT, NOT_THE_ARMS) for row in read.rows):
        names = " | ".join(group.title for group in read.measure.groups)
        asked["treatment"] = f'"..."   # one of: {names}'
    apart = {id(part): part for part in (*(one.part for one in read.found), *(part for part, _ in read.tests))}
    for part in [*read.parts, *(part for part in apart.values() if part not in read.parts)]:
        _draft_part(study, read, part, convention, into, asked)
    if asked:
        into.questions.append(f"# [records.{study.id}.outcomes.{study.bases[read.measure.path]}]")
        into.questions += [f"# {name} = {value}" for name, value in asked.items()]


def _draft_part(study: Study, read: Read, part: Part, convention: bool, into: Drafted, asked: dict[str, str]) -> None:
    effects, rows = [], []
    for one in (one for one in read.found if one.part is part):
        known = one.oriented
        if known is not None and convention and known.how == "inside" and known.compares != "treatment_vs_control":
            known = None  # weak numbers against the convention of the record: undecided
        elif known is None and convention and plausible(one.effect, part.known, treatment_first=True):
            known = Oriented(one.effect, "treatment_vs_control", "convention")
        if known is None:
            rows.append(Result(one.effect.analysis.path, part.label, "offered", FIRST))
            asked.setdefault(
                "treatment", f'"{_quoted(part.pair.treatment.title)}"   # if effects are of it against the other'
            )
        else:
            effects.append(known)
    tests = [analysis for of, analysis in read.tests if of is part]
    planned, more = join(part, effects, tests, study.decided(part.measure, part.id).measure)
    rows += [row for row in more if row.place]
    for plan in planned:
        rows += _draft_outcome(study, plan, into, asked)
    into.results += rows


def _draft_outcome(study: Study, plan: Planned, into: Drafted, asked: dict[str, str]) -> list[Result]:
    """Add the draft of an outcome; return its rows, which are offered as long as a decision is missing."""
    decided = study.decided(plan.part.measure, plan.id)
    if decided.leave_out:
        return [row.refused(LEFT_OUT) for row in plan.rows]
    good = _direction(plan, decided.benefit)
    if good is None:
        asked.setdefault("benefit", f'"lower"   # or "higher"; {_quoted(plan.part.label)}')
        return [Result(row.place, row.label, "offered", BENEFIT, "", row.kind, row.measure) for row in plan.rows]
    fields, places = _fields(study, plan, good)
    if decided.mcid is not None:
        fields["mcid"] = {"value": decided.mcid.value, "rationale": decided.mcid.rationale}
    if plan.id in into.pairs:
        return [row.refused("an id that repeats") for row in plan.rows]
    into.outcomes.append(
        OutcomeDraft(plan.id, fields | {"sources": {name: {"path": path} for name, path in places.items()}})
    )
    into.pairs[plan.id] = plan.part.pair
    if (sizes := _sizes(plan)) is not None:
        into.sizes[plan.id] = sizes
    return plan.rows


def _sizes(plan: Planned) -> dict[str, int] | None:
    """Return the participants per arm of a result: those in its evidence, else those of its outcome measure."""
    if plan.part.summary is not None and plan.part.summary.n is not None:
        return {str(arm): n for arm, n in plan.part.summary.n.items()}
    try:
        counts = {
            arm: size_of(plan.part.measure, plan.part.one, group) for arm, group in by_arm(plan.part.pair).items()
        }
        found = {
            str(arm): whole(count.value, "the number analysed") for arm, count in counts.items() if count is not None
        }
    except Unusable:
        return None
    return found if len(found) == 2 and all(found.values()) else None


def _direction(plan: Planned, decided: Benefit | None) -> Stated | None:
    if plan.kind == "ordinal":
        return Stated("higher", "the categories are listed best first")
    if (found := stated(plan.part.measure, plan.part.title, plan.measure)) is not None:
        return found
    return None if decided is None else Stated(decided, "")


def _fields(study: Study, plan: Planned, good: Stated) -> tuple[TomlTable, dict[str, str]]:
    """Return the fields of an outcome and the places of its numbers."""
    part, measure = plan.part, plan.part.measure
    found: TomlTable = {"label": part.label, "measure": plan.measure, "benefit": good.benefit}
    if measure.type in ROLES:
        found["role"] = ROLES[measure.type]
    if measure.frame:
        found["timepoint"] = " ".join(measure.frame.split())[:LONGEST_NOTE]
    if (which := analysis_set(measure.population)) is not None:
        found["analysis_set"] = which
    evidence, places = _evidence(plan)
    if isinstance(plan.evidence, Oriented):
        found |= how(plan.evidence.effect)
    found["source"] = f"ClinicalTrials.gov {study.registration or study.id}, posted results"
    found["source_level"] = "registry"
    if plan.other_reports:
        found["other_reports"] = list(plan.other_reports)
    found["notes"] = _notes(plan, good)
    printed, more = printed_table(plan)
    if (scale := reference_sd(plan)) is not None:
        found["sd_ref"], more["sd_ref"] = scale
    if printed:
        found["printed"] = printed
    return {name: value for name, value in found.items() if value} | {"evidence": evidence}, places | more


def _evidence(plan: Planned) -> tuple[TomlTable, dict[str, str]]:
    if isinstance(plan.evidence, Summary):
        return plan.evidence.evidence, dict(plan.evidence.places)
    effect = plan.evidence.effect
    evidence: TomlTable = {"kind": "estimate", **effect.fields}
    if plan.evidence.compares != "treatment_vs_control":
        evidence["compares"] = plan.evidence.compares
    return evidence, dict(effect.places)


def _notes(plan: Planned, good: Stated) -> str:
    """Return what a reader should know, in sentences."""
    part = plan.part
    said = [f"Direction of benefit: {good.words}." if good.words else "Direction of benefit: as decided."]
    said.append(f"The treatment is {part.pair.treatment.title}, {part.pair.because}." if part.pair.because else "")
    if isinstance(plan.evidence, Oriented):
        said.append(HOW_KNOWN[plan.evidence.how])
        said.append(_in_short(plan.evidence.effect.analysis.description))
        if any(row.reason == ARMS_OF_MODEL for row in plan.rows):
            said.append(_adjusted_arms(part))
    if not part.place and part.why is not None and len(part.measure.classes) > 1:
        said.append(part.why.reason)
    if part.measure.units_analysed:
        said.append(f"Units analysed: {part.measure.units_analysed}.")
    said += plan.notes
    return " ".join(one.strip() for one in dict.fromkeys(said) if one)


def _adjusted_arms(part: Part) -> str:
    if part.category is None:
        return ""
    numbers = [
        f"{group.title} {shown(part.category.cells[group.id])}"
        for group in _both(part)
        if group.id in part.category.cells
    ]
    return f"Arms, as modelled: {', '.join(numbers)}."


def _both(part: Part) -> Iterator[Group]:
    yield from by_arm(part.pair).values()


def _in_short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_NOTE else f"{words[:LONGEST_NOTE]} ..."


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split())[:120], ensure_ascii=False)[1:-1]
