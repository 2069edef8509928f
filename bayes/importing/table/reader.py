"""The reader of tables."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

from bayes.base.measures import MEASURES
from bayes.errors import InvalidInput
from bayes.importing.answers import Answers
from bayes.importing.card import FormatCard
from bayes.importing.drafts import SYNTHESIS, Record, Result, Status, SynthesisDraft, slug
from bayes.importing.frame import FrameSource
from bayes.importing.source import ZIP, Source
from bayes.importing.table.columnar import read_frame, read_parquet
from bayes.importing.table.drafting import Drafting
from bayes.importing.table.grids import Grid
from bayes.importing.table.headers import Table, is_known, table_of
from bayes.importing.table.plans import Plan, planned
from bayes.importing.table.studies import Labels
from bayes.importing.table.text_files import decoded, read_text, separator_of, what_else
from bayes.importing.table.workbooks import read_workbook

SUFFIXES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".pq")
PARQUET = b"PAR1"
TEXTS = (".txt", ".dat", "")
MIXED = "results of several measures or directions, which are not pooled"
NONE = "none of its studies could be imported"


class TableReader:
    """Tables with a row a study: separated text, Excel, Parquet and data frames."""

    card = FormatCard(
        name="table",
        title="tables of results",
        recognised_by="CSV, TSV, Excel (.xlsx), Parquet; columns as in metafor, in meta, or plain",
        makes="a trial file per study, and a synthesis per outcome",
        traps=(
            "Counts are the evidence as they are: the measure is the odds ratio unless `measure` is decided, and "
            "empty cells stay.",
            "Group 1 (`ai`, `n1i`) and `.e` are the treatment, as in metafor and meta; a column with "
            "the names of the arms has precedence.",
            "`yi` and `TE` are on the analysis scale (the logarithm of a ratio), `estimate` and `HR` on their own; "
            "a standard error is on the analysis scale.",
            "`yi` does not say its measure, and no table without a column `benefit` says which direction is good: "
            "both are asked.",
            "Several rows of one study are dependent: they are offered, and one is chosen.",
            "Networks, correlations, diagnostic accuracy, single arms, doses and individual patients are refused.",
            "Dates in the place of ratios, formulas, merged cells and bounds are named with their cell; decimal "
            "commas, minus signs of every kind, footnote marks and no-break spaces are read.",
        ),
        pools=True,
    )

    def recognises(self, source: Source) -> bool:
        """Return whether a document is a table by its name, or is text with the columns of one."""
        if isinstance(source, FrameSource) or source.suffix in SUFFIXES:
            return True
        start = source.start()
        if start.startswith(PARQUET):
            return True
        return source.suffix in TEXTS and bool(start.strip()) and _is_separated(start)

    def read(self, source: Source, answers: Answers) -> Iterator[Record]:
        """Yield a record for each study of a table, and one for its syntheses.

        Raises
        ------
        InvalidInput
            If the document is not a table, a column that is named does not exist, or a number is a formula.
        """
        tables = [found for grid in _grids(source) if (found := table_of(grid)) is not None]
        if not tables:
            raise InvalidInput(
                source.name, ["no row with the names of columns; accepted: a row of names above the numbers"]
            )
        name = slug(source.stem)
        plans = [(table, planned(table, answers, answers.about(name), source.name)) for table in tables[:1]]
        for table in tables[1:]:
            if isinstance(plans[-1][1], Plan):
                break
            plans.append((table, planned(table, answers, answers.about(name), source.name)))
        table, plan = plans[-1] if isinstance(plans[-1][1], Plan) else plans[0]
        if isinstance(plan, str):
            yield _unread(name, table, plan)
        else:
            yield from _drafted(Drafting(plan, answers, name, source.name, source.stem), plan.table)
        others = [other for other, _ in plans if other is not table]
        others += tables[len(plans) :]
        for other in others:
            said = (
                "another sheet; one is read, the first with columns of known names: save this one as a file of its own"
            )
            yield Record(name, (Result(f"sheet {other.name}", other.name, "refused", said),))


def _is_separated(start: bytes) -> bool:
    """Return whether a beginning is that of separated text with the names of known columns."""
    if what_else(start) is not None or separator_of(decoded(start)) is None:
        return False
    table = table_of(read_text(Source("beginning", lambda: io.BytesIO(start))))
    return table is not None and is_known(table)


def _grids(source: Source) -> list[Grid]:
    if isinstance(source, FrameSource):
        return [read_frame(source)]
    start = source.start(8)
    if start.startswith(PARQUET):
        return [read_parquet(source)]
    if source.suffix in (".xlsx", ".xlsm") and start.startswith(ZIP):
        return read_workbook(source)
    return [read_text(source)]


def _unread(name: str, table: Table, reason: str) -> Record:
    """Return a table that cannot be read: every row with the reason, and what could be decided."""
    labels = Labels(table, {}, [])
    status: Status = "offered" if "decide `" in reason else "refused"
    results = tuple(Result(row.place, labels.label(row), status, reason) for row in table.rows)
    if not results:
        return Record(name, (Result("table", name, "refused", "a table without rows"),))
    questions: list[str] = []
    if "decide `columns`" in reason:
        known = ", ".join(filter(None, table.columns[:40]))
        questions = ["# [columns]   # of " + name, f'# estimate = "..."   # or events_t, n_t, ...; there are: {known}']
    elif "decide `treatment`" in reason:
        questions = [f"# [records.{name}]", f'# treatment = "..."   # {reason.rpartition(": ")[2]}']
    return Record(name, results, questions=tuple(questions))


def _drafted(drafting: Drafting, table: Table) -> Iterator[Record]:
    """Yield the studies of a table, and then its syntheses, once it is known which of their results are used."""
    used: dict[str, list[tuple[str, dict[str, object]]]] = {}
    labels = {one.outcome: one.label for one in drafting.items}
    missing: set[str] = set()
    for record in drafting.records():
        for own in record.trial.outcomes if record.trial else ():
            used.setdefault(own.id, []).append((record.id, own.fields))
        missing |= {result.reason for result in record.results if result.status == "offered"}
        yield record
    if drafting.refused:
        yield Record(drafting.name, tuple(drafting.refused))
    syntheses, results = [], []
    for outcome, label in labels.items():
        rows = [one.row for one in drafting.items if one.outcome == outcome]
        if len({one.study.id for one in drafting.items if one.outcome == outcome}) < 2:
            continue
        name = drafting.name if len(labels) == 1 else slug(f"{drafting.name}_{outcome}")
        place = f"{table.name}!rows " if table.name else "rows "
        place += f"{rows[0].number} to {rows[-1].number}"
        result = Result(place, label, "imported", "", name, SYNTHESIS)
        if not (found := used.get(outcome)):
            reason = min(missing, default="")
            status: Status = "offered" if reason else "refused"
            results.append(replace(result, status=status, reason=reason or NONE, outcome=""))
            continue
        if len({(own["measure"], own["benefit"]) for _, own in found}) > 1:
            results.append(replace(result, status="refused", reason=MIXED, outcome=""))
            continue
        fields = {str(key): found[0][1][key] for key in ("measure", "benefit", "mcid") if key in found[0][1]}
        members = tuple((trial, outcome) for trial, _ in found)
        results.append(replace(result, measure=str(fields["measure"])))
        syntheses.append(SynthesisDraft(name, {"label": label, **fields}, members))
    yield Record(drafting.name, tuple(results), syntheses=tuple(syntheses), questions=_questions(drafting, missing))


def _questions(drafting: Drafting, missing: set[str]) -> tuple[str, ...]:
    """Return what is open for the table as a whole."""
    lines: list[str] = []
    if any("`benefit`" in reason for reason in missing):
        lines.append('# benefit = "lower"   # or "higher"')
    if any("`measure`" in reason for reason in missing):
        lines.append(f'# measure = "..."   # one of {", ".join(MEASURES)}')
    return (f"# [records.{drafting.name}]", *lines) if lines else ()
