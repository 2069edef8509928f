"""The CSV that RevMan 5 exports under "Data and analyses": comparisons, analyses, subgroups and studies, a row each.

Rows differ by what they state: an analysis names its data type; a comparison and a subgroup have no study.
"""

from __future__ import annotations

from dataclasses import replace

from bayes.base.numbers import significant
from bayes.errors import InvalidInput
from bayes.importing.revman.review import Analysis, Data, Number, Pooled, Review, Row, Study, Subgroup, cleaned
from bayes.importing.revman.sheets import Line, heading, lines
from bayes.importing.source import Source

NEEDED = {"Comparison Number", "Outcome Number", "Name"}
OFTEN = {"Data Type", "Statistical Method", "Total 1", "Events 1", "Group Label 1", "Subgroup Number"}
COLUMNS = (
    ("events_1", "Events 1"), ("mean_1", "Mean 1"), ("sd_1", "SD 1"), ("n_1", "Total 1"),
    ("events_2", "Events 2"), ("mean_2", "Mean 2"), ("sd_2", "SD 2"), ("n_2", "Total 2"),
    ("o_minus_e", "O-E"), ("variance", "Var"), ("variance", "Variance"), ("se", "SE"),
    ("effect", "Effect Estimate"), ("low", "CI Start"), ("high", "CI End"),
)  # fmt: skip
EFFECT = COLUMNS[-3:]
DATA: tuple[tuple[str, Data], ...] = (
    ("DI", "dichotomous"), ("CO", "continuous"), ("IP", "o_minus_e"), ("OE", "o_minus_e"), ("O-", "o_minus_e"),
    ("P", "o_minus_e"), ("I", "generic"), ("G", "generic"),
)  # fmt: skip
YES = {"YES": True, "NO": False}
LOGARITHMS = "Entered data are on log scale (Generic Inverse Variance only)"
METHODS = {"MH": "Mantel-Haenszel", "IV": "inverse variance", "PETO": "Peto"}


def recognises(source: Source) -> bool:
    """Return whether a document has the columns of such an export."""
    if source.suffix != ".csv":
        return False
    found = set(heading(source))
    return found >= NEEDED and not found.isdisjoint(OFTEN)


def read(source: Source) -> Review:
    """Read an export.

    Raises
    ------
    InvalidInput
        If it states no analysis, or cannot be read as CSV.
    """
    builder = _Builder()
    for line in lines(source):
        builder.add(line)
    analyses = builder.finished()
    if not analyses:
        raise InvalidInput(source.name, ["no row states a data type; accepted: an export with Data Type and its rows"])
    return Review(source.title, source.name, builder.studies, analyses)


class _Builder:
    """Analyses by their numbers, as the rows add to them."""

    def __init__(self) -> None:
        self.studies: dict[str, Study] = {}
        self._comparison: dict[str, str] = {}
        self._analyses: dict[str, Analysis] = {}
        self._rows: dict[str, list[Row]] = {}
        self._subgroups: dict[str, dict[str, Subgroup]] = {}

    def finished(self) -> tuple[Analysis, ...]:
        """Return the analyses with their rows and subgroups."""
        return tuple(
            replace(one, rows=tuple(self._rows[key]), subgroups=tuple(self._subgroups[key].values()))
            for key, one in self._analyses.items()
        )

    def add(self, line: Line) -> None:
        comparison, outcome, group = (
            _of(line.text(f"{name} Number")) for name in ("Comparison", "Outcome", "Subgroup")
        )
        key = f"{comparison}.{outcome}"
        if outcome == "0":
            self._comparison[comparison] = line.text("Name")
        elif line.text("Data Type") and group == "0":
            if key not in self._analyses:
                self._analyses[key] = self._analysis(line, key, self._comparison.get(comparison, ""))
                self._rows[key], self._subgroups[key] = [], {}
        elif key in self._analyses:
            self._below(line, key, "" if group == "0" else f"{key}.{group}")

    def _below(self, line: Line, key: str, group: str) -> None:
        """Add a subgroup, or the row of a study."""
        subgroups = self._subgroups[key]
        heads = line.text("Data Type") or not (line.text("Year of study") or line.text("User defined order"))
        if group and group not in subgroups and heads:
            subgroups[group] = Subgroup(group, line.text("Name"), line.place, _pooled(line))
            return
        name = line.text("Name")
        self.studies.setdefault(name, Study(name, name, line.text("Year of study")))
        cells = ((field, line.number_in(column)) for field, column in COLUMNS)
        numbers = cleaned(self._analyses[key].data, cells)
        self._rows[key].append(Row(name, line.place, numbers, group))

    @staticmethod
    def _analysis(line: Line, key: str, comparison: str) -> Analysis:
        model, stated = line.text("Analysis Model").lower(), line.text("Data Type").upper()
        return Analysis(
            number=key,
            label=line.text("Name") or f"Analysis {key}",
            comparison=comparison,
            place=line.place,
            data=next((data for start, data in DATA if stated.startswith(start)), "other"),
            rows=(),
            effect=line.text("Effect Measure"),
            method=METHODS.get(line.text("Statistical Method").upper(), line.text("Statistical Method")),
            random=True if model.startswith("rand") else False if model.startswith("fix") else None,
            groups=(line.text("Group Label 1"), line.text("Group Label 2")),
            graph=(line.text("Left Graph Label"), line.text("Right Graph Label")),
            swapped=YES.get(line.text("Swap event and non-event").upper()),
            logarithms=YES.get(line.text(LOGARITHMS).upper()),
            pooled=_pooled(line),
        )


def _of(cell: str) -> str:
    return cell.lstrip("0") or "0"


def _pooled(line: Line) -> Pooled | None:
    numbers: dict[str, Number] = cleaned("dichotomous", ((field, line.number_in(column)) for field, column in EFFECT))
    tau2 = line.number_in("Tau²")
    words = f"tau^2 = {significant(float(tau2.value), 4)}" if tau2 is not None and tau2.value else ""
    return Pooled(numbers, words) if "effect" in numbers else None
