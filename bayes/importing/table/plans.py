"""What a table is: its reports and its studies, or why it is none of two arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bayes.errors import InvalidInput
from bayes.importing.answers import Answers, Decisions
from bayes.importing.table import shapes
from bayes.importing.table.arms_in_names import arms_in_names
from bayes.importing.table.arms_in_rows import group_column, one_row_a_study
from bayes.importing.table.headers import Row, Table, mapped
from bayes.importing.table.reports import Report, found_reports, stated_reports
from bayes.importing.table.studies import Labels
from bayes.importing.table.vocabulary import ABOUT
from bayes.importing.table.written_cells import FORMULA

NO_PRECISION = "estimates without an interval, a standard error or a p-value"


@dataclass(frozen=True)
class Plan:
    """A table that can be read.

    Attributes
    ----------
    table : Table
        With one row a comparison.
    reports : sequence of Report
        Numbers of arms before estimates.
    labels : Labels
    arms : (str, str), optional
        The treatments, where the table names the same two in every row.
    unused : sequence of Row
        Rows of studies without a row for either arm.
    """

    table: Table
    reports: Sequence[Report]
    labels: Labels
    arms: tuple[str, str] | None = None
    unused: Sequence[Row] = ()


def planned(table: Table, answers: Answers, decided: Decisions, name: str) -> Plan | str:
    """Find out what a table is.

    Parameters
    ----------
    table : Table
    answers : Answers
        The columns that a person named, if any.
    decided : Decisions
        What is decided about the table.
    name : str
        The document, for messages.

    Returns
    -------
    Plan or str
        Or the reason why it cannot be read; one that says "decide" is offered.

    Raises
    ------
    InvalidInput
        If a column that a person named does not exist, or a cell that is used has a formula.
    """
    stated = mapped(table, answers.columns, name)
    about = {field: column for field, column in stated.items() if field in ABOUT}
    numbers = {field: column for field, column in stated.items() if field not in ABOUT}
    plan = _of_stated(table, numbers, about, name) if numbers else _of_found(table, about, decided)
    if isinstance(plan, str):
        return plan
    used = [column for report in plan.reports for column in report.used]
    if twice := plan.table.twice([column for column in used if column < len(table.columns)]):
        return f"several columns of the same name: {', '.join(dict.fromkeys(twice))}"
    if (reason := shapes.nested(plan.table, list(plan.reports))) is not None:
        return reason
    _refuse_formulas(plan.table, used, name)
    return plan


def _of_stated(table: Table, numbers: Mapping[str, int], about: Mapping[str, int], name: str) -> Plan:
    reports = [report for report in stated_reports(numbers, table) if report.is_precise]
    if not reports:
        said = (
            f"columns: {', '.join(numbers)} are not all of a result; accepted: estimate with ci_low and ci_high, se or"
            " p; yi with vi or sei; events_t, n_t, events_c, n_c; mean_t, sd_t, n_t, mean_c, sd_c, n_c;"
            " events_t, time_t, events_c, time_c"
        )
        raise InvalidInput(name, [said])
    return Plan(table, reports, Labels(table, about, list(numbers.values())))


def _of_found(table: Table, about: Mapping[str, int], decided: Decisions) -> Plan | str:
    if (reason := shapes.certainly_not(table)) is not None:
        return reason
    if isinstance(pair := shapes.wide_network(table), str):
        return pair
    found = found_reports(table)
    used = [column for report in found for column in report.used]
    labels = Labels(table, about, used)
    reason = None
    if not any(report.of_arms for report in found):
        in_names = arms_in_names(table, decided)
        if isinstance(in_names, str):
            reason = in_names
        else:
            found = [*in_names, *found]
    if any(report.is_precise for report in found):
        return Plan(table, [report for report in found if report.is_usable], labels, pair)
    if reason is not None:
        return reason
    if found:
        return NO_PRECISION if found[0].family == "estimate" else shapes.NO_VARIANCE
    return _of_rows(table, labels, about, decided)


def _of_rows(table: Table, labels: Labels, about: Mapping[str, int], decided: Decisions) -> Plan | str:
    """Return the plan of a table with one row an arm, if it is one."""
    study = labels.key_column
    group = None if study is None else group_column(table, study)
    if study is None or group is None or {"ri", "cor"} & set(table.squashed):
        return shapes.without_comparison(table)
    sided = one_row_a_study(table, study, group, decided)
    if isinstance(sided, str):
        return sided
    used = [column for report in sided.reports for column in report.used]
    return Plan(sided.table, sided.reports, Labels(sided.table, about, used), unused=sided.single)


def _refuse_formulas(table: Table, used: Sequence[int], name: str) -> None:
    found = [row.cells[i].place for row in table.rows for i in used if row.cells[i].damage == FORMULA]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise InvalidInput(name, [f"{FORMULA}, {found[0]}{more}: save the sheet with values in the place of formulas"])
