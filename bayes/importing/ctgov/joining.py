"""One result from all its reports: which is the evidence, and which is printed beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bayes.base.documents import TomlTable
from bayes.base.measures import Measure as EffectMeasure
from bayes.importing.ctgov.effects import Effect, Oriented, test_of
from bayes.importing.ctgov.p_values import p_of, why_not_two_sided
from bayes.importing.ctgov.parts import Part
from bayes.importing.ctgov.posted import Summary
from bayes.importing.ctgov.reasons import Unusable
from bayes.importing.ctgov.record import Analysis
from bayes.importing.drafts import Result

ARMS_OF_MODEL = "adjusted numbers of the arms: see the notes"
SAME_AGAIN = "the same estimate, posted before"
BESIDE = "printed beside the evidence"
EVIDENCE = "the evidence"
ONLY_P = "only a p-value"
NO_PRECISION = "an estimate without its precision"
OPEN_UNIT = "whether a difference of risks is in percent is not stated"
SUFFIXES = {"hazard_ratio": "hr", "odds_ratio": "or", "risk_ratio": "rr", "rate_ratio": "rate", "risk_difference": "rd"}


@dataclass
class Planned:
    """An outcome of the trial file in the making.

    Attributes
    ----------
    id : str
    part : Part
    evidence : Summary or Oriented
    measure : str
    printed : list of Oriented
        Further effects of the same result.
    tests : list of Analysis
        Two-sided p-values without an estimate.
    other_reports : list of str
        Ids of outcomes that report the same result in another form.
    rows : list of Result
        The ledger rows, as imported.
    notes : list of str
    """

    id: str
    part: Part
    evidence: Summary | Oriented
    measure: EffectMeasure
    printed: list[Oriented] = field(default_factory=list)
    tests: list[Analysis] = field(default_factory=list)
    other_reports: list[str] = field(default_factory=list)
    rows: list[Result] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.evidence.kind if isinstance(self.evidence, Summary) else "estimate"

    def row(self, place: str, reason: str) -> None:
        """Add a row of the ledger."""
        self.rows.append(Result(place, self.part.label, "imported", reason, self.id, self.kind, self.measure))


def why_not_alone(effect: Effect) -> Unusable | None:
    """Return why an effect is not evidence on its own, or None if it is."""
    if effect.unit_is_open:
        return Unusable(OPEN_UNIT)
    if effect.asymmetric:
        return Unusable(effect.asymmetric)
    return None if effect.precise else Unusable(NO_PRECISION)


def join(
    part: Part, effects: Sequence[Oriented], tests: Sequence[Analysis], measure: EffectMeasure | None
) -> tuple[list[Planned], list[Result]]:
    """Join the arms and the analyses that report one result.

    The data of the arms are the evidence, and the analyses are printed beside them; but a model's effect with its own
    precision is the evidence where the arms are those of the model, or of means that it adjusts, and a hazard ratio
    where the arms are counts. Such arms become an outcome of their own that refers to the other.

    Parameters
    ----------
    part : Part
    effects : sequence of Oriented
        The posted effects of the part.
    tests : sequence of Analysis
        Its p-values without an estimate.
    measure : str, optional
        A decision about the measure of the arms.

    Returns
    -------
    planned : list of Planned
    rows : list of Result
        What is not used, with the reason.
    """
    rows: list[Result] = []
    heads, again, extras = _sorted(effects)
    summary = part.summary
    fitting = [one for one in heads if summary is not None and one.effect.measure in summary.measures]
    alone = [one for one in heads if why_not_alone(one.effect) is None]
    planned: list[Planned] = []
    if summary is None:
        rows.append(_refused(part, part.place, part.why or Unusable("")))
        if alone:
            planned = [_of_effect(part, part.id, alone[0], [one for one in heads if one is not alone[0]])]
    elif (model := _model(summary, fitting)) is not None:
        planned = _beside_model(part, summary, model, [one for one in heads if one is not model])
    elif not fitting and alone:
        main = _of_effect(part, part.id, alone[0], [one for one in heads if one is not alone[0]])
        planned = [main, _of_arms(part, summary, f"{part.id}_arms", summary.measures[0], main.id)]
    else:
        chosen = (
            measure if measure in summary.measures else fitting[0].effect.measure if fitting else summary.measures[0]
        )
        main = _of_arms(part, summary, part.id, chosen)
        _print(main, fitting)
        planned = [main]
        extras = [*(one for one in heads if one not in fitting), *extras]
    used = {id(one) for plan in planned for one in (*plan.printed, plan.evidence)}
    for one in extras:
        planned.append(_of_effect(part, _free(part.id, one, planned), one, []))
        used.add(id(one))
    _again(planned, again, rows, part)
    rows += [_refused(part, one.effect.analysis.path, _reason(one.effect)) for one in heads if id(one) not in used]
    rows += _with_tests(part, planned, tests)
    kept = [plan for plan in planned if _fit(plan, rows)]
    return kept, rows


def _sorted(effects: Iterable[Oriented]) -> tuple[list[Oriented], list[Oriented], list[Oriented]]:
    """Return the first effect of each measure, second reports of the same numbers, and other results."""
    heads: dict[str, Oriented] = {}
    again: list[Oriented] = []
    extras: list[Oriented] = []
    for one in effects:
        first = heads.setdefault(one.effect.measure, one)
        if one is first:
            continue
        same = [first, *extras]
        (again if any(one.effect.same_numbers == other.effect.same_numbers for other in same) else extras).append(one)
    return list(heads.values()), again, extras


def _model(summary: Summary, fitting: Sequence[Oriented]) -> Oriented | None:
    """Return the effect of a model that is finer than the summary of the arms, or None."""
    for one in fitting:
        finer = summary.modelled or summary.kind == "medians"
        adjusts = summary.kind in ("means", "geometric_means") and one.effect.adjusted
        if (finer or adjusts) and why_not_alone(one.effect) is None:
            return one
    return None


def _beside_model(part: Part, summary: Summary, model: Oriented, others: Sequence[Oriented]) -> list[Planned]:
    main = _of_effect(part, part.id, model, others)
    if not summary.modelled:
        return [main, _of_arms(part, summary, f"{part.id}_arms", model.effect.measure, main.id)]
    main.row(part.place, ARMS_OF_MODEL)
    return [main]


def _of_effect(part: Part, name: str, one: Oriented, others: Sequence[Oriented]) -> Planned:
    plan = Planned(name, part, one, one.effect.measure)
    plan.row(one.effect.analysis.path, EVIDENCE)
    plan.notes += one.effect.notes
    _print(plan, others)
    return plan


def _of_arms(part: Part, summary: Summary, name: str, measure: EffectMeasure, other: str = "") -> Planned:
    plan = Planned(name, part, summary, measure)
    plan.row(part.place, EVIDENCE)
    plan.notes += summary.notes
    plan.other_reports += [other] if other else []
    return plan


def _print(plan: Planned, effects: Iterable[Oriented]) -> None:
    for one in effects:
        if one.effect.unit_is_open:
            continue
        plan.printed.append(one)
        plan.row(one.effect.analysis.path, BESIDE)
        plan.notes += one.effect.notes


def _free(name: str, one: Oriented, planned: Sequence[Planned]) -> str:
    """Return an id for another result of the same part."""
    taken = {plan.id for plan in planned}
    suffix = (
        SUFFIXES.get(one.effect.measure, "2") if all(plan.measure != one.effect.measure for plan in planned) else "2"
    )
    wanted, number = f"{name}_{suffix}", 2
    while wanted in taken:
        number += 1
        wanted = f"{name}_{number}"
    return wanted


def _again(planned: Sequence[Planned], again: Iterable[Oriented], rows: list[Result], part: Part) -> None:
    """Add a second report of the same numbers to the outcome that holds the first."""
    for one in again:
        holds = next((plan for plan in planned if one.effect.same_numbers in _numbers(plan)), None)
        if holds is None:
            rows.append(_refused(part, one.effect.analysis.path, _reason(one.effect)))
        else:
            holds.row(one.effect.analysis.path, SAME_AGAIN)
            holds.notes += [note for note in one.effect.notes if note not in holds.notes]
            if "p" in one.effect.fields:
                holds.printed.append(one)


def _numbers(plan: Planned) -> list[tuple[object, ...]]:
    held = [plan.evidence] if isinstance(plan.evidence, Oriented) else []
    return [one.effect.same_numbers for one in (*held, *plan.printed)]


def _reason(effect: Effect) -> Unusable:
    return why_not_alone(effect) or Unusable(NO_PRECISION)


def _refused(part: Part, place: str, why: Unusable) -> Result:
    return Result(place, part.label, why.status, why.reason)


def _with_tests(part: Part, planned: Sequence[Planned], tests: Iterable[Analysis]) -> list[Result]:
    """Add p-values without an estimate to the first outcome; return the rows of those that say nothing to check."""
    rows = []
    for analysis in tests:
        why = "a p-value that cannot be read" if p_of(analysis) is None else None
        if why is None and (said := why_not_two_sided(analysis)) is not None:
            why = f"a p-value {said}"
        if why is None and not planned:
            why = ONLY_P
        if why is None:
            planned[0].tests.append(analysis)
            planned[0].row(analysis.path, BESIDE)
        else:
            rows.append(_refused(part, analysis.path, Unusable(why)))
    return rows


def _fit(plan: Planned, rows: list[Result]) -> bool:
    """Return whether the evidence of a planned outcome stands alone; the rows of one that does not are refused."""
    why = why_not_alone(plan.evidence.effect) if isinstance(plan.evidence, Oriented) else None
    if why is None:
        return True
    rows += [row.refused(why.reason) for row in plan.rows]
    return False


def printed_table(plan: Planned) -> tuple[list[TomlTable], dict[str, str]]:
    """Return the further printed results of an outcome as tables, and the places of their numbers."""
    tables: list[TomlTable] = []
    places: dict[str, str] = {}
    for one in plan.printed:
        effect = one.effect
        table: TomlTable = {} if effect.measure == plan.measure else {"measure": effect.measure}
        table |= effect.fields | how(effect) | {"compares": one.compares}
        places |= {f"printed.{len(tables)}.{name}": path for name, path in effect.places.items()}
        tables.append(table)
    for analysis in plan.tests:
        table = {"p": p_of(analysis), "test": test_of(analysis)}
        places[f"printed.{len(tables)}.p"] = f"{analysis.path}.pValue"
        tables.append({name: value for name, value in table.items() if value is not None})
    return tables, places


def how(effect: Effect) -> TomlTable:
    """Return how an effect was obtained, as far as the record says it."""
    found: TomlTable = {"adjusted": True} if effect.adjusted else {}
    if effect.stratified:
        found["stratified"] = True
    if effect.interval is not None:
        found["interval"] = effect.interval
    return found
