"""The rows of a table as trials and syntheses, with what became of each result."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bayes.base.documents import TomlTable
from bayes.base.measures import Measure
from bayes.importing.answers import Answers, Decisions
from bayes.importing.drafts import OutcomeDraft, Record, Result, Status, TrialDraft, slug
from bayes.importing.table.decided import GIVEN_BY, NO_MEASURE, Unclear, benefit_of, has_scales, measure_of
from bayes.importing.table.evidence import Draft, draft, is_silent, own_estimate, stated_level
from bayes.importing.table.grids import Cell, place_of
from bayes.importing.table.headers import Row, is_total
from bayes.importing.table.plans import Plan
from bayes.importing.table.reports import Report
from bayes.importing.table.studies import Study
from bayes.importing.table.written_cells import Absent, Damaged, Reading

NOT_IN_TABLE = "not stated in the table"
TOTAL = "a total, not a study"
SILENT = "no numbers in this row"
BEYOND = "more cells than columns: a comma, or a decimal comma, without quotation marks"
SEVERAL = "several results of one study, which are dependent; decide `leave_out` for all but one"
LEFT_OUT = "left out by decision"
WITHOUT_UNIT = "a difference of means without a unit; decide `columns`: n_t and n_c, or sd_ref"
ALIKE = 0.1  # standard errors within which an effect of an unstated measure is that of the evidence
OF_ANOTHER = "beside an effect of another measure; decide `measure` to use it"
BESIDE = "beside the evidence, as `printed`"
COUNTS_SAY = "The evidence is the counts, which give {} as well: decide `measure` to change it."
POISSON_SAYS = (
    "Counted as Poisson, as tables of rates are; without `dispersion`, and with n, they may vary between persons."
)


@dataclass
class Item:
    """A result in a row: the reports of it, and its study and outcome."""

    row: Row
    study: Study
    outcome: str
    label: str
    reports: list[Report]
    key: str  # by which a decision about this row alone is found
    decided: Decisions = field(default_factory=Decisions)

    @property
    def place(self) -> str:
        return self.place_of(self.reports[0])

    def place_of(self, report: Report) -> str:
        """Return the place of the cells of a report."""
        if report.columns and max(report.used) < len(self.row.cells):
            return place_of([self.row.cells[i] for i in report.used]) or self.row.place
        return self.row.place


class Drafting:
    """The drafting of one table.

    Parameters
    ----------
    plan : Plan
    answers : Answers
    name : str
        Id of the table.
    source : str
        Name of the document.
    title : str
        The outcome's label where the table does not name it.
    """

    def __init__(self, plan: Plan, answers: Answers, name: str, source: str, title: str) -> None:
        self._plan, self._answers, self._source, self._title = plan, answers, source, title
        self.name = name
        self.refused: list[Result] = []
        rows = self._usable_rows()
        self._mark = plan.table.mark([i for report in plan.reports for i in report.used])
        self._scales = has_scales(rows, plan.labels)
        self.items = self._items(rows)

    def _usable_rows(self) -> list[Row]:
        usable = []
        for row in self._plan.table.rows:
            label = self._plan.labels.label(row)
            reason = TOTAL if is_total(self._first_text(row)) else BEYOND if row.beyond else ""
            if not reason and all(is_silent(row, report) for report in self._plan.reports):
                reason = SILENT
            if reason:
                self.refused.append(Result(row.place, label, "refused", reason))
            else:
                usable.append(row)
        unused = "not one row for either arm of this study"
        self.refused += [
            Result(row.place, self._plan.labels.label(row), "refused", unused) for row in self._plan.unused
        ]
        return usable

    def _first_text(self, row: Row) -> str:
        return next((cell.text.strip() for cell in row.cells if cell.text.strip()), "")

    def _items(self, rows: Sequence[Row]) -> list[Item]:
        labels = self._plan.labels
        studies = labels.studies([row.number for row in rows], self._title, {self.name})
        found = []
        for row in rows:
            for reports in self._by_outcome(row):
                label = labels.about(row, "outcome") or reports[0].label or self._title
                study = studies[row.number]
                found.append(Item(row, study, slug(label), label, reports, study.id))
        at_several = Counter((one.study.id, one.outcome) for one in found)
        for one in found:
            if at_several[one.study.id, one.outcome] > 1 and (when := labels.timepoint(one.row)):
                one.outcome = slug(f"{one.label} {when}")
        many, seen = Counter((one.study.id, one.outcome) for one in found), Counter[tuple[str, str]]()
        for one in found:
            pair = (one.study.id, one.outcome)
            seen[pair] += 1
            if many[pair] > 1:
                one.key = f"{one.study.id}_{seen[pair]}"
            one.decided = self._answers.about(one.key, one.outcome, within=(self.name, one.study.id))
        return found

    def _by_outcome(self, row: Row) -> Iterator[list[Report]]:
        """Yield the reports of each outcome in a row, without those that say nothing."""
        by_label: dict[str | None, list[Report]] = defaultdict(list)
        for report in self._plan.reports:
            if not is_silent(row, report):
                by_label[report.label].append(report)
        beside = by_label.pop(None, []) if len(by_label) == 2 and None in by_label else []
        for reports in by_label.values():
            of_arms = [report for report in reports if report.of_arms]
            if len(of_arms) < 2:
                yield [*reports, *beside]
                continue
            for report in of_arms:  # counts and means are of different outcomes
                yield [replace(report, label=f"{self._title}: {report.family}")]
            if others := [report for report in reports if not report.of_arms]:
                yield others

    def records(self) -> Iterator[Record]:
        """Yield a record for each study, with its trial where a result of it can be used."""
        alive = Counter((one.study.id, one.outcome) for one in self.items if not one.decided.leave_out)
        by_study: dict[str, list[Item]] = defaultdict(list)
        for one in self.items:
            by_study[one.study.id].append(one)
        for items in by_study.values():
            yield self._record(items, alive)

    def _record(self, items: Sequence[Item], alive: Counter[tuple[str, str]]) -> Record:
        results: list[Result] = []
        outcomes: list[OutcomeDraft] = []
        questions: list[str] = []
        drafts: list[tuple[Item, Draft]] = []
        for one in items:
            result = Result(one.place, f"{one.study.label}: {one.label}", "refused")
            if one.decided.leave_out:
                results.append(replace(result, reason=LEFT_OUT))
            elif alive[one.study.id, one.outcome] > 1:
                results.append(replace(result, status="offered", reason=SEVERAL))
                questions += [f"# [records.{one.key}]", f"# leave_out = true   # {one.place}"]
            else:
                found = self._outcome(one, result)
                results += found[0]
                if found[1] is not None:
                    outcomes.append(found[1][0])
                    drafts.append((one, found[1][1]))
        trial = None
        if drafts:
            head = self._head(drafts)
            trial = TrialDraft(items[0].study.id, head, tuple(outcomes), (f"From {self._source}.",))
        return Record(items[0].study.id, tuple(results), trial, questions=tuple(questions))

    def _outcome(self, one: Item, result: Result) -> tuple[list[Result], tuple[OutcomeDraft, Draft] | None]:
        """Return the outcome of an item, if it can be formed, and what became of each report of it."""
        wrong: list[Result] = []
        reports = self._primary_first(one)
        for i, report in enumerate(reports):
            own = replace(result, place=one.place_of(report), kind=KINDS[report.family])
            try:
                return self._formed(one, report, reports[i + 1 :], own, wrong)
            except Unclear as missing:
                status: Status = "offered" if missing.offered else "refused"
                own = replace(own, status=status, reason=missing.reason)
                rest = [replace(own, place=one.place_of(o), kind=KINDS[o.family]) for o in reports[i + 1 :]]
                return [*wrong, own, *rest], None
            except (Absent, Damaged) as damage:  # a further report may stand in its place
                wrong.append(replace(own, place=damage.cell.place or own.place, reason=str(damage)))
        return wrong, None

    def _formed(
        self, one: Item, report: Report, others: Sequence[Report], result: Result, wrong: Sequence[Result]
    ) -> tuple[list[Result], tuple[OutcomeDraft, Draft]]:
        """Return the outcome of which a report is the evidence."""
        measure = self._measure(one, report, others)
        made = draft(one.row, report, Reading(self._mark), measure)
        sd_ref = self._sd_ref(one) if measure == "mean_difference" else None
        if measure == "mean_difference" and not report.of_arms and made.sizes[0] is None and sd_ref is None:
            raise Unclear(WITHOUT_UNIT)
        benefit = benefit_of(one.row, self._plan.labels, one.decided)
        printed, beside = self._beside(one, others, made, measure, result)
        fields: TomlTable = {"label": one.label, "measure": measure, "benefit": benefit}
        if one.decided.mcid is not None:
            fields["mcid"] = one.decided.mcid.model_dump()
        fields |= {"source": f"{self._source}, {one.row.place}", "source_level": "secondary"}
        if sd_ref is not None:
            fields["sd_ref"] = sd_ref
        if when := self._plan.labels.timepoint(one.row):
            fields["timepoint"] = when
        if printed:
            fields["printed"] = [further.fields for further in printed]
        self._add_level(one, report, made)
        fields["evidence"] = made.fields
        fields["sources"] = made.sources()
        for i, further in enumerate(printed):
            fields["sources"] |= further.sources(f"printed.{i}.")
        final = replace(result, status="imported", outcome=one.outcome, kind=made.fields["kind"], measure=measure)
        comments = self._comments(report, measure, [made, *printed])
        return [*wrong, final, *beside], (OutcomeDraft(one.outcome, fields, comments), made)

    def _sd_ref(self, one: Item) -> Decimal | None:
        stated = self._plan.labels.about(one.row, "sd_ref")
        return Reading(self._mark).number(Cell(stated, one.row.place)) if stated else None

    def _primary_first(self, one: Item) -> list[Report]:
        """Return the reports of an item with the evidence first: arms, then an estimate that says how precise it is.

        Counts do not give a hazard ratio: where that is what the table states or what is decided, it comes first.
        """
        effects = (report.measure for report in one.reports if report.is_precise and not report.of_arms)
        wanted = one.decided.measure or next((measure for measure in effects if measure is not None), None)

        def order(report: Report) -> tuple[bool, bool, bool]:
            gives = GIVEN_BY.get(report.family, (report.measure or wanted,))
            return wanted is not None and wanted not in gives, not report.of_arms, not report.is_precise

        return sorted(one.reports, key=order)

    def _measure(self, one: Item, report: Report, others: Sequence[Report]) -> Measure:
        stated = next((other.measure for other in others if other.measure in GIVEN_BY.get(report.family, ())), None)
        known = replace(report, measure=report.measure or stated)
        return measure_of(one.row, known, self._plan.labels, one.decided, self._scales)

    def _beside(
        self, one: Item, others: Sequence[Report], made: Draft, measure: Measure, result: Result
    ) -> tuple[list[Draft], list[Result]]:
        """Return the further reports of an item as printed results, and what became of each."""
        printed, results = [], []
        for other in others:
            own = replace(result, place=one.place_of(other))
            if other.family not in ("estimate", "log"):
                results.append(replace(own, status="offered", reason=OF_ANOTHER, kind=KINDS[other.family]))
                continue
            try:
                its = self._measure_beside(one, other, made, measure)
                further = draft(one.row, other, Reading(self._mark), its)
            except Unclear as missing:
                results.append(replace(own, status="offered", reason=missing.reason))
                continue
            except (Absent, Damaged) as wrong:
                results.append(replace(own, place=wrong.cell.place or own.place, reason=str(wrong)))
                continue
            del further.fields["kind"]
            self._add_level(one, other, further)
            if its != measure:
                further.fields["measure"] = its
            printed.append(further)
            known = {"outcome": one.outcome, "kind": "estimate", "measure": its}
            results.append(replace(own, status="imported", reason=BESIDE, **known))
        return printed, results

    def _measure_beside(self, one: Item, other: Report, made: Draft, measure: Measure) -> Measure:
        """Return the measure of a further report; where it is not stated, that of the evidence if both say the same."""
        if other.measure is not None and not other.uncertain:
            return other.measure
        try:
            return measure_of(one.row, other, self._plan.labels, one.decided, self._scales)
        except Unclear as missing:
            own = own_estimate(made.fields, measure)
            if missing.reason != NO_MEASURE or own is None or other.family != "log":
                raise
            y = float(Reading(self._mark).number(one.row.cells[other.columns["yi"]]))
            if abs(y - own[0]) > ALIKE * own[1]:
                raise
            return measure

    def _add_level(self, one: Item, report: Report, made: Draft) -> None:
        stated = self._plan.labels.about(one.row, "level") or report.level
        if "ci" in made.fields and (level := stated_level(stated)) is not None:
            made.fields["level"] = level

    def _comments(self, report: Report, measure: Measure, drafts: Sequence[Draft]) -> tuple[str, ...]:
        found = []
        if report.family == "counts":
            rest = [name.replace("_", " ") for name in GIVEN_BY["counts"] if name != measure]
            found.append(COUNTS_SAY.format(f"a {rest[0]} and a {rest[1]}").replace("a odds", "an odds"))
        if report.family == "rates":
            found.append(POISSON_SAYS)
        for made in drafts:
            found += [
                *(f"Computed: {formula}" for formula in made.computed),
                *(f"Read: {said}" for said in made.remarks),
            ]
        return tuple(found)

    def _head(self, drafts: Sequence[tuple[Item, Draft]]) -> TomlTable:
        one = drafts[0][0]
        treatment, control = self._arms(one)
        head: TomlTable = {
            "title": one.study.label,
            "year": one.study.year,
            "condition": self._answers.condition or NOT_IN_TABLE,
            "design": self._answers.design or NOT_IN_TABLE,
            "arms": {"treatment": treatment, "control": control},
        }
        if (registration := self._plan.labels.registration(one.row)) is not None:
            head["registration"] = registration
        sizes = [made.sizes for _, made in drafts if made.sizes[0] is not None]
        if sizes:
            head["n"] = {"treatment": max(n or 0 for n, _ in sizes), "control": max(n or 0 for _, n in sizes)}
        return head

    def _arms(self, one: Item) -> tuple[str, str]:
        """Return the names of the arms: those in columns, in the names of columns, or decided; else which group."""
        report = self._primary_first(one)[0]
        called = self._plan.arms or report.arms
        labels, decided = self._plan.labels, one.decided
        stated = (labels.about(one.row, "treatment"), labels.about(one.row, "control"))
        if not report.named and self._plan.arms is None:
            stated = (stated[0] or decided.treatment or "", stated[1] or decided.control or "")
        return (stated[0] or called[0], stated[1] or called[1])


KINDS = {
    "log_rank": "log_rank",
    "counts": "binary",
    "rates": "events",
    "means": "means",
    "estimate": "estimate",
    "log": "estimate",
}
