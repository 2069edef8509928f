"""Which columns are the report of a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bayes.base.measures import Measure
from bayes.importing.table.headers import Table
from bayes.importing.table.vocabulary import (
    ERRORS,
    ESTIMATES,
    FAMILIES,
    FIELDS,
    GROUPS,
    HIGH,
    LIMITS,
    LOG_ESTIMATES,
    LOW,
    MEASURE_WORDS,
    NEEDED,
    OBSERVED,
    P_VALUES,
    SCHEMES,
    SIZES,
    UNCERTAIN,
    VARIANCES,
    Family,
    log_measure,
    squashed,
    stated_measure,
    without_measure,
)
from bayes.importing.table.written_cells import shows_interval


@dataclass(frozen=True)
class Report:
    """Columns that together report a result.

    Attributes
    ----------
    family : {"counts", "rates", "means", "log_rank", "estimate", "log"}
        What they hold; "log" is an effect on the analysis scale with its variance or standard error.
    columns : mapping of str to int
        The index of the column of each field.
    arms : (str, str), optional
        What the names of the columns call the treatment and the control.
    named : bool
        True if these are names, and not the first and the second group.
    measure : str, optional
        The measure of effect that the names of the columns say.
    uncertain : bool
        True if they could say another as well.
    label : str, optional
        The outcome that they say.
    """

    family: Family
    columns: Mapping[str, int]
    arms: tuple[str, str] = GROUPS["stated"]
    named: bool = False
    measure: Measure | None = None
    uncertain: bool = False
    label: str | None = None
    level: str = field(default="")

    @property
    def of_arms(self) -> bool:
        """True for the numbers of either arm, from which the effect follows."""
        return self.family in ("counts", "rates", "means")

    @property
    def is_precise(self) -> bool:
        """True if it says how precise an effect is."""
        if self.family == "log":
            return not {"vi", "sei", "yi_low"}.isdisjoint(self.columns)
        return self.family != "estimate" or not {"ci", "ci_low", "se", "p"}.isdisjoint(self.columns)

    @property
    def is_usable(self) -> bool:
        """True if it can stand beside another report: an estimate alone can."""
        return self.is_precise or self.family == "estimate"

    @property
    def used(self) -> list[int]:
        return list(dict.fromkeys(self.columns.values()))


def stated_reports(columns: Mapping[str, int], table: Table) -> list[Report]:
    """Return the reports that a person put together by naming the columns of their fields."""
    found: list[Report] = []
    for family in FAMILIES:
        own = {name: column for name, column in columns.items() if name in FIELDS[family]}
        if all(any(name in own for name in one_of) for one_of in NEEDED[family]):
            if family == "counts" and any(report.family in ("rates", "means") for report in found):
                continue
            found.append(Report(family, own))
    if any(report.family == "rates" for report in found):  # whose columns are those of counts as well
        found = [report for report in found if report.family != "counts"]
    return [_named_measure(report, table) for report in found]


def _named_measure(report: Report, table: Table) -> Report:
    """Return a report with the measure that the name of its effect says."""
    if (index := report.columns.get("estimate")) is not None:
        name = stated_measure(table.columns[index])
        return replace(report, measure=MEASURE_WORDS.get(name), uncertain=name in UNCERTAIN)
    if (index := report.columns.get("yi")) is not None:
        return replace(report, measure=_measure_of_log(squashed(table.columns[index])))
    return report


def found_reports(table: Table) -> list[Report]:
    """Return the reports in columns with known names: numbers of arms, then estimates, then logarithms of them."""
    found = _schemes(table)
    sizes = _sizes(table)
    for report in (_log_rank(table), _estimate(table), _log(table)):
        if report is not None:
            found.append(replace(report, columns={**sizes, **report.columns}))
    return found


def _schemes(table: Table) -> list[Report]:
    known = table.squashed
    found: list[Report] = []
    for family, convention, names in SCHEMES:
        if not all(name in known for name in names.values()) or any(report.family == family for report in found):
            continue
        columns = {field: known.index(name) for field, name in names.items()}
        if family == "counts" and any(set(columns.values()) & set(report.used) for report in found):
            continue  # the numerators of rates, with n beside them
        if family == "rates":
            columns = {**_sizes(table), **columns}
        found.append(Report(family, columns, GROUPS[convention]))
    return found


def _sizes(table: Table) -> dict[str, int]:
    known = table.squashed
    for treated, control in SIZES:
        if treated in known and control in known:
            return {"n_t": known.index(treated), "n_c": known.index(control)}
    return {}


def _first(table: Table, words: Sequence[str], but: Sequence[int]) -> int | None:
    """Return the column whose name, without a measure and a level in it, is one of some words."""
    known = [(i, squashed(name)) for i, name in enumerate(table.columns) if i not in but]
    for exactly in (True, False):
        for i, name in known:
            if (name if exactly else without_measure(name)) in words:
                return i
    return None


def _log_rank(table: Table) -> Report | None:
    observed, variance = table.find(OBSERVED), table.find(("v", "variance", "var"))
    if observed is None or variance is None:
        return None
    return Report("log_rank", {"o_minus_e": observed, "variance": variance})


def _estimate(table: Table) -> Report | None:
    known = [stated_measure(name) for name in table.columns]
    by_measure = [(i, MEASURE_WORDS[name], name) for i, name in enumerate(known) if name in MEASURE_WORDS]
    plain = next((known.index(name) for name in ESTIMATES if name in known), None)
    if not by_measure and plain is None:
        return None
    at, measure, name = by_measure[0] if by_measure else (plain or 0, None, "")
    columns, taken = {"estimate": at}, [at]
    for one, words in (("ci_low", LOW), ("ci_high", HIGH), ("ci", LIMITS), ("se", ERRORS), ("p", P_VALUES)):
        index = _first(table, words, taken)
        if index is not None and not (one == "se" and log_measure(_after(known[index]))):
            columns[one] = index
            taken.append(index)
    if "ci" not in columns and any(map(shows_interval, table.texts(at))):
        columns["ci"] = at  # as in "0.94 (0.58-1.50)"
    if "ci_low" not in columns or "ci_high" not in columns:
        columns = {one: index for one, index in columns.items() if one not in ("ci_low", "ci_high")}
    stated = table.columns[columns.get("ci_low", columns.get("ci", at))]
    return Report("estimate", columns, measure=measure, uncertain=name in UNCERTAIN, level=stated)


def _after(name: str) -> str:
    """Return a name without the word for an error in front: "lnhr" for `selnHR`."""
    return next((name.removeprefix(word) for word in ("stderr", "se") if name.startswith(word)), name)


def _measure_of_log(name: str) -> Measure | None:
    return "standardised_mean_difference" if name in ("g", "d") else log_measure(name)


def _log(table: Table) -> Report | None:
    known = table.squashed
    at = next((known.index(name) for name in LOG_ESTIMATES if name in known), None)
    if at is None:
        at = next((i for i, name in enumerate(known) if _measure_of_log(name)), None)
    if at is None:
        return None
    columns = {"yi": at}
    for one, words in (("sei", ERRORS), ("vi", VARIANCES)):
        index = _error_of_log(table, known[at], words)
        if index is not None:
            columns[one] = index
            return Report("log", columns, measure=_measure_of_log(known[at]))
    low, high = (_first(table, words, [at]) for words in (LOW, HIGH))
    if known[at] in LOG_ESTIMATES and low is not None and high is not None:
        columns |= {"yi_low": low, "yi_high": high}
    return Report("log", columns, measure=_measure_of_log(known[at]))


def _error_of_log(table: Table, effect: str, words: Sequence[str]) -> int | None:
    """Return the column of an error whose name contains that of the effect, or else says the word alone."""
    known = table.squashed
    own = [known.index(f"{word}{effect}") for word in words if f"{word}{effect}" in known]
    if own or effect not in LOG_ESTIMATES:
        own += [known.index(word) for word in words if word in known]
        return own[0] if own else None
    return next((known.index(word) for word in words if word in known), None)
