"""The Cochrane data package of a published review: CSV files of data rows, of settings and estimates, and of studies.

`NAME-data-rows.csv` holds the numbers but names no measure of effect. The others, which are read with it if they are
in the same archive or folder, name the measure and the arms, and judge the risk of bias. `Applicability` says in which
pooled effects a row is counted: a study with rows for its subgroups may have one more for the effect of all.

`GIV SE` of a row of counts may be left over from counts that were corrected later, so that it is not read there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from bayes.base.numbers import significant
from bayes.errors import InvalidInput
from bayes.importing.revman.review import (
    Analysis,
    Data,
    Number,
    Pooled,
    Pools,
    Review,
    Row,
    Study,
    Subgroup,
    cleaned,
    number,
)
from bayes.importing.revman.sheets import Line, heading, lines
from bayes.importing.source import Source

ROWS = "data-rows.csv"
SETTINGS, GROUPS = "overall-estimates-and-settings.csv", "subgroup-estimates.csv"
STUDIES, BIAS = "study-information.csv", "risk-of-bias.csv"
HEADINGS = {
    ROWS: {"Analysis group", "Analysis number", "Study", "Experimental N", "Control N"},
    SETTINGS: {"Analysis group", "Analysis number", "Statistical method", "Effect measure"},
    GROUPS: {"Analysis group", "Analysis number", "Subgroup", "Subgroup number"},
    STUDIES: {"Study", "Year", "Data source"},
}
JUDGED, SUPPORT = "Domain (judgement): ", "Domain (support): "
COLUMNS = {
    "events_1": "Experimental cases", "n_1": "Experimental N", "mean_1": "Experimental mean", "sd_1": "Experimental SD",
    "events_2": "Control cases", "n_2": "Control N", "mean_2": "Control mean", "sd_2": "Control SD",
    "estimate": "GIV Mean", "se": "GIV SE", "o_minus_e": "O-E", "variance": "Variance",
    "effect": "Mean", "low": "CI start", "high": "CI end",
}  # fmt: skip
DATA: tuple[tuple[str, Data], ...] = (
    ("dichotomous", "dichotomous"), ("continuous", "continuous"), ("contrast", "generic"), ("generic", "generic"),
    ("o - e", "o_minus_e"), ("o-e", "o_minus_e"),
)  # fmt: skip
COUNTED = {
    "SUBGROUP_ONLY": (False, True), "OVERALL_ONLY": (True, False), "NOT_APPLICABLE": (False, False)
}  # fmt: skip
METHODS = {"MH": "Mantel-Haenszel", "IV": "inverse variance", "PETO": "Peto"}
TRUE = {"true": True, "false": False}
RISKS = {"low risk": "low", "high risk": "high", "unclear risk": "unclear", "some concerns": "some concerns"}


def part_of(source: Source) -> str | None:
    """Return which of the files of a package a document is, by its columns; None if it is none of them."""
    if source.suffix != ".csv":
        return None
    found = set(heading(source))
    if found and all(name == "Study" or name.startswith((JUDGED, SUPPORT)) for name in found) and len(found) > 1:
        return BIAS
    return next((part for part, needed in HEADINGS.items() if needed <= found), None)


def read(source: Source) -> Review:
    """Read the data rows of a package, with what is beside them.

    Raises
    ------
    InvalidInput
        If a sheet cannot be read as CSV.
    """
    settings = {_key(line): line for line in _beside(source, SETTINGS)}
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in _beside(source, GROUPS):
        groups.setdefault(_key(line), []).append(line)
    rows: dict[tuple[str, str], list[Line]] = {}
    for line in lines(source):
        rows.setdefault(_key(line), []).append(line)
    analyses = (_analysis(key, rows[key], settings.get(key), groups.get(key, [])) for key in rows)
    title = source.stem.removesuffix("-data-rows")
    studies = {study.key: study for study in _studies(source, (line for of in rows.values() for line in of))}
    return Review(f"review {title}", source.name, studies, tuple(analyses))


def _beside(source: Source, part: str) -> Iterator[Line]:
    """Yield the rows of another file of the same package, if it is there."""
    name = source.name.rpartition("/")[2].lower().removesuffix(".gz")
    found = source.beside(name.removesuffix(ROWS) + part)
    if found is not None:
        yield from lines(found)


def _key(line: Line) -> tuple[str, str]:
    return line.text("Analysis group"), line.text("Analysis number")


def _studies(source: Source, rows: Iterable[Line]) -> Iterator[Study]:
    about = {line.text("Study"): line for line in _beside(source, STUDIES)}
    judged = {line.text("Study"): tuple(_judgements(line)) for line in _beside(source, BIAS)}
    for line in rows:
        name = line.text("Study")
        known = about.get(name)
        year = line.text("Study year") or (known.text("Year") if known else "")
        methods = known.text("Char: Methods") if known else ""
        yield Study(name, name, year, methods=methods, judgements=judged.get(name, ()))


def _judgements(line: Line) -> Iterator[tuple[str, str]]:
    for column in line.cells:
        if column.startswith(JUDGED) and (risk := RISKS.get(line.text(column).lower())) is not None:
            yield column.removeprefix(JUDGED), risk


def _analysis(key: tuple[str, str], rows: list[Line], about: Line | None, groups: list[Line]) -> Analysis:
    numbered = ".".join(key)
    data = _data(rows, about)
    labels = {line.text("Subgroup"): line for line in groups}
    numbers: dict[str, str] = {}
    for line in rows:
        if (label := line.text("Subgroup")) and label not in numbers:
            stated = labels[label].text("Subgroup number") if label in labels else ""
            numbers[label] = f"{numbered}.{stated or len(numbers) + 1}"
    found = Analysis(
        number=numbered,
        label=rows[0].text("Analysis name") or f"Analysis {numbered}",
        comparison="",
        place=f"Analysis group {key[0]}, Analysis number {key[1]}",
        data=data,
        rows=tuple(_row(line, data, numbers) for line in rows),
        subgroups=tuple(_subgroup(label, numbers[label], labels.get(label)) for label in numbers),
    )
    return found if about is None else _with_settings(found, about)


def _with_settings(analysis: Analysis, about: Line) -> Analysis:
    place = f"{SETTINGS}, {about.place}"
    groups = [
        about.text(f"{arm} group label") or about.text(f"{arm} intervention") for arm in ("Experimental", "Control")
    ]
    model = about.text("Analysis model").lower()
    return replace(
        analysis,
        comparison=about.text("Analysis group name"),
        place=place,
        effect=about.text("Effect measure"),
        method=METHODS.get(about.text("Statistical method").upper(), about.text("Statistical method")),
        random=True if "random" in model else False if "fixed" in model else None,
        groups=(groups[0], groups[1]),
        graph=(about.text("Left graph label"), about.text("Right graph label")),
        level=_level(about.text("Study CI")),
        swapped=TRUE.get(about.text("Swap event and non-event").lower()),
        logarithms=TRUE.get(about.text("Log-scale data").lower()),
        pools=_pools(about),
        pooled=_pooled(about, f"{SETTINGS}, "),
        unit=about.text("Unit of effect measure"),
    )


def _pools(about: Line) -> Pools:
    if about.text("Overall estimates").lower() != "false":
        return "all"
    return "none" if about.text("Subgroup estimates").lower() == "false" else "subgroups"


def _level(percent: str) -> Decimal:
    found = number(percent.rstrip("% "), "")
    return found.value / 100 if found is not None and 50 < found.value < 100 else Decimal("0.95")


def _pooled(line: Line, sheet: str) -> Pooled | None:
    cells = ((name, line.number_in(COLUMNS[name])) for name in ("effect", "low", "high"))
    placed = ((name, one and Number(one.value, f"{sheet}{one.place}")) for name, one in cells)
    numbers = cleaned("dichotomous", placed)
    tau2 = line.number_in("Heterogeneity Tau²")
    words = f"tau^2 = {significant(float(tau2.value), 4)}" if tau2 and tau2.value else ""
    return Pooled(numbers, words) if "effect" in numbers else None


def _subgroup(label: str, numbered: str, line: Line | None) -> Subgroup:
    place = f"Subgroup {label}" if line is None else f"{GROUPS}, {line.place}"
    return Subgroup(numbered, label, place, None if line is None else _pooled(line, f"{GROUPS}, "))


def _data(rows: list[Line], about: Line | None) -> Data:
    """Return the kind of data: as the settings name it, else by the columns that are not filled with 0."""
    stated = about.text("Data type").lower() if about is not None else ""
    for words, data in DATA:
        if words in stated:
            return data

    def any_in(*columns: str) -> bool:
        return any((one := line.number_in(column)) is not None and one.value for line in rows for column in columns)

    if any_in(COLUMNS["mean_1"], COLUMNS["sd_1"], COLUMNS["mean_2"], COLUMNS["sd_2"]):
        return "continuous"
    if any_in(COLUMNS["variance"]) and any_in(COLUMNS["o_minus_e"]):
        return "o_minus_e"
    if any_in(COLUMNS["estimate"], COLUMNS["se"]) and not any_in(COLUMNS["events_1"], COLUMNS["events_2"]):
        return "generic"
    return "dichotomous"


def _row(line: Line, data: Data, numbers: dict[str, str]) -> Row:
    cells = ((name, line.number_in(column)) for name, column in COLUMNS.items())
    overall, subgroup = COUNTED.get(line.text("Applicability").upper(), (True, True))
    of = numbers.get(line.text("Subgroup"), "")
    kept = cleaned(data, cells)
    return Row(line.text("Study"), line.place, kept, of, overall, subgroup, line.text("Footnotes"))


def alone(source: Source, part: str) -> InvalidInput:
    """Return the error that a part of a package is read without its data rows."""
    said = f"is {part} of a Cochrane data package, which holds no results of studies; accepted: its {ROWS} with it"
    return InvalidInput(source.name, [said])
