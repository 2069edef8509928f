"""Tables with one row an arm: two treatments in all become one row a study, more of them are a network."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bayes.importing.answers import Decisions
from bayes.importing.table.arms_in_names import PARTS, WHICH, part, report_of, which_is_treated
from bayes.importing.table.headers import Row, Table
from bayes.importing.table.reports import Report
from bayes.importing.table.vocabulary import ABOUT
from bayes.importing.table.written_cells import is_missing, looks_numeric

GROUPS = ("group", "arm", "arms", "treatment", "treatments", "trt", "treat", "drug", "intervention", "int", "grp", "tx")
LONG_NAMES = {
    "n": ("n", "ni", "total", "randomized", "randomised", "size"),
    "events": (*PARTS["events"], "deaths", "death"),
    "mean": ("mean", "mi", "m", "y"),
    "sd": ("sd", "sdi", "s"),
    "time": ("time", "ti", "exposure", "personyears", "py"),
    "nonevents": (),
}


@dataclass(frozen=True)
class Sided:
    """A table with one row a study, made of one with one row an arm; its columns are those of either arm in turn."""

    table: Table
    reports: list[Report]
    single: list[Row]


def group_column(table: Table, study: int) -> int | None:
    """Return the column that names the arms: the one with the fewest names among several for most studies."""
    known = table.squashed
    labels = table.texts(study)
    found = []
    for rank, name in enumerate(GROUPS):
        if name in known:
            column = known.index(name)
            texts = table.texts(column)
            pairs = Counter(zip(labels, texts, strict=True))
            several = len({label for label, _ in pairs}) < len(pairs)
            if several and len(set(labels)) < len(labels):
                found.append((len(set(texts)), rank, column))
    return min(found)[2] if found else None


def parts_of_arm(table: Table, but: set[int]) -> dict[str, int]:
    """Return the columns with the numbers of an arm, by the word for what they hold."""
    known = table.squashed
    found = {}
    for names in LONG_NAMES.values():
        for name in names:
            if name in known and known.index(name) not in but:
                found[name] = known.index(name)
    return found


def one_row_a_study(table: Table, study: int, group: int, decided: Decisions) -> Sided | str:
    """Put the two arms of each study side by side.

    Returns
    -------
    Sided or str
        Or the reason why the rows are not of two arms.
    """
    parts = parts_of_arm(table, {study, group})
    names = list(dict.fromkeys(table.texts(group)))
    pairs = Counter(zip(table.texts(study), table.texts(group), strict=True))
    if part(parts, "n") is None and max(pairs.values()) > 2:
        return "individual patient data, one row a patient; accepted: counts or means of each arm"
    if len(names) > 2:
        if all(looks_numeric(name) or is_missing(name) for name in names):
            return "dose-response: several levels of exposure a study; accepted: one comparison of two arms a study"
        return "a network: more than two treatments; accepted: one comparison of two arms a study"
    outcomes = [word for word in parts if word in LONG_NAMES["events"]]
    if all(part(parts, name) is not None for name in ("mean", "sd", "n")):
        outcomes = ["means"]
    if not outcomes or part(parts, "n") is None:
        return "no numbers of either arm in columns with known names; decide `columns`"
    if len(names) < 2:
        return "one arm a study: no comparison"
    if (treated := which_is_treated(names, decided)) is None:
        return f"{WHICH}: {' or '.join(repr(name) for name in names)}"
    return _sided(table, study, group, parts, treated, names, outcomes)


def _sided(
    table: Table, study: int, group: int, parts: Mapping[str, int], treated: str, names: list[str], outcomes: list[str]
) -> Sided:
    wide, texts, labels = len(table.columns), table.texts(group), table.texts(study)
    of_study: dict[str, dict[bool, list[Row]]] = defaultdict(lambda: {True: [], False: []})
    for row, name, label in zip(table.rows, texts, labels, strict=True):
        of_study[label][name == treated].append(row)
    rows, single = [], []
    for arms in of_study.values():
        if [len(arms[True]), len(arms[False])] != [1, 1]:
            single += [*arms[True], *arms[False]]
            continue
        one, other = arms[True][0], arms[False][0]
        place = f"rows {one.number} and {other.number}" if not table.name else f"{one.place}, row {other.number}"
        rows.append(Row(one.number, [*one.cells, *other.cells], place))
    other_parts = {word: index + wide for word, index in parts.items()}
    control = next(name for name in names if name != treated)
    reports = [report_of(one, parts, other_parts, (treated, control)) for one in outcomes]
    hidden = {name for key in ("treatment", "control") for name in ABOUT[key]}
    heading = [("" if name in hidden else text) for name, text in zip(table.squashed, table.columns, strict=True)]
    return Sided(replace(table, columns=(*heading, *[""] * wide), rows=tuple(rows)), reports, single)
