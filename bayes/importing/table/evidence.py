"""The numbers of a row as evidence, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from math import exp, sqrt

from pydantic import TypeAdapter, ValidationError

from bayes.base.documents import TomlTable
from bayes.base.measures import Measure, ci_quantile, is_log
from bayes.base.written_numbers import LARGEST
from bayes.importing.table.grids import Cell, place_of
from bayes.importing.table.headers import Row
from bayes.importing.table.reports import Report
from bayes.importing.table.vocabulary import Family
from bayes.importing.table.written_cells import Absent, Damaged, Reading, is_missing
from bayes.paper.evidence import Evidence
from bayes.paper.evidence.reported import Reported

DIGITS = 8  # of numbers that are computed from those of a table: no analysis depends on the next one
Sizes = tuple[int | None, int | None]


@dataclass
class Draft:
    """Evidence from a row.

    Attributes
    ----------
    fields : dict
        The table `evidence`, or a further printed result.
    places : dict of str to str
        The place of each of its numbers, by its path in the evidence.
    sizes : (int or None, int or None)
        Patients in the treatment arm and in the control arm.
    remarks : list of str
        What was not read as it stands.
    """

    fields: TomlTable
    places: dict[str, Cell | Sequence[Cell]] = field(default_factory=dict)
    sizes: Sizes = (None, None)
    remarks: list[str] = field(default_factory=list)
    computed: tuple[str, ...] = ()

    def sources(self, prefix: str = "") -> TomlTable:
        """Return the places as the `sources` of an outcome."""
        return {f"{prefix}{path}": {"path": _where(cells)} for path, cells in self.places.items()}


def own_estimate(evidence: TomlTable, measure: Measure) -> tuple[float, float] | None:
    """Return the effect and its standard error that evidence gives, on the analysis scale; None if it gives none."""
    try:
        return TypeAdapter[Reported](Evidence).validate_python(evidence).own_estimate(measure)
    except (ValidationError, ArithmeticError, ValueError):
        return None


def _where(cells: Cell | Sequence[Cell]) -> str:
    return place_of([cells] if isinstance(cells, Cell) else cells)


class Numbers:
    """The cells of a report in one row, by the name of their field."""

    def __init__(self, row: Row, report: Report, reading: Reading) -> None:
        self._row, self._columns, self.reading = row, report.columns, reading

    def cell(self, name: str) -> Cell | None:
        """Return the cell of a field; None if the report has no column for it."""
        index = self._columns.get(name)
        return None if index is None else self._row.cells[index]

    def has(self, name: str) -> bool:
        """Return whether there is something in the cell of a field."""
        cell = self.cell(name)
        return cell is not None and (bool(cell.damage) or not is_missing(cell.text))

    def needed(self, name: str) -> Cell:
        """Return the cell of a field that must be there."""
        cell = self.cell(name)
        if cell is None:
            raise Absent(Cell("", self._row.place))
        return cell


def is_silent(row: Row, report: Report) -> bool:
    """Return whether a row has no number of a report other than the numbers of patients."""
    cells = [row.cells[i] for name, i in report.columns.items() if name not in ("n_t", "n_c")]
    return all(not cell.damage and is_missing(cell.text) for cell in cells)


def draft(row: Row, report: Report, reading: Reading, measure: Measure | None) -> Draft:
    """Return the evidence of a report in a row.

    Parameters
    ----------
    row : Row
    report : Report
    reading : Reading
        Reads its numbers.
    measure : str or None
        Measure of effect, on which the scale of an estimate depends.

    Raises
    ------
    Absent, Damaged
        If a number is missing or cannot be read.
    """
    made = DRAFTS[report.family](Numbers(row, report, reading), measure)
    made.remarks = list(reading.remarks)
    return made


def _sizes(numbers: Numbers) -> Sizes:
    """Return the patients per arm where the row states both; they are not a reason to refuse it."""
    found: list[int | None] = []
    for name in ("n_t", "n_c"):
        cell = numbers.cell(name)
        try:
            found.append(None if cell is None else numbers.reading.count(cell) or None)
        except (Absent, Damaged):
            found.append(None)
    return (found[0], found[1]) if None not in found else (None, None)


def _counts(numbers: Numbers, measure: Measure | None) -> Draft:
    made = Draft({"kind": "binary"})
    sizes = []
    for arm, end in (("treatment", "t"), ("control", "c")):
        cell = numbers.needed(f"events_{end}")
        if numbers.cell(f"n_{end}") is cell:
            events, n = numbers.reading.pair(cell)
            made.fields[arm] = {"events": events, "n": n}
            made.places |= {f"{arm}.events": cell, f"{arm}.n": cell}
            sizes.append(n)
            continue
        percent = numbers.reading.percent(cell)
        word = "events" if percent is None else "percent"
        counted = numbers.reading.count(cell) if percent is None else percent
        made.places[f"{arm}.{word}"] = cell
        if numbers.has(f"n_{end}"):
            of = numbers.needed(f"n_{end}")
            n = numbers.reading.count(of)
            made.places[f"{arm}.n"] = of
        else:
            rest = numbers.needed(f"nonevents_{end}")
            n = int(counted) + numbers.reading.count(rest)
            made.places[f"{arm}.n"] = [cell, rest]
        made.fields[arm] = {word: counted, "n": n}
        sizes.append(n)
    made.sizes = (sizes[0], sizes[1])
    return made


def _rates(numbers: Numbers, measure: Measure | None) -> Draft:
    made = Draft({"kind": "events"}, sizes=_sizes(numbers))
    for arm, end, n in (("treatment", "t", made.sizes[0]), ("control", "c", made.sizes[1])):
        events, time = numbers.needed(f"events_{end}"), numbers.needed(f"time_{end}")
        own: TomlTable = {"events": numbers.reading.count(events), "exposure": numbers.reading.number(time)}
        made.places |= {f"{arm}.events": events, f"{arm}.exposure": time}
        if n is not None:
            own["n"] = n
            made.places[f"{arm}.n"] = numbers.needed(f"n_{end}")
        made.fields[arm] = own
    made.fields["dispersion"] = "poisson"
    return made


def _means(numbers: Numbers, measure: Measure | None) -> Draft:
    made = Draft({"kind": "means"})
    sizes = []
    for arm, end in (("treatment", "t"), ("control", "c")):
        spread = "sd" if numbers.has(f"sd_{end}") or numbers.cell(f"se_{end}") is None else "se"
        cells = {"mean": f"mean_{end}", spread: f"{spread}_{end}", "n": f"n_{end}"}
        own: TomlTable = {}
        for name, column in cells.items():
            cell = numbers.needed(column)
            own[name] = numbers.reading.count(cell) if name == "n" else numbers.reading.number(cell)
            made.places[f"{arm}.{name}"] = cell
        made.fields[arm] = own
        sizes.append(own["n"])
    made.sizes = (sizes[0], sizes[1])
    return made


def _log_rank(numbers: Numbers, measure: Measure | None) -> Draft:
    made = Draft({"kind": "log_rank"}, sizes=_sizes(numbers))
    for name in ("o_minus_e", "variance"):
        made.places[name] = numbers.needed(name)
        made.fields[name] = numbers.reading.number(numbers.needed(name))
    return made


def _estimate(numbers: Numbers, measure: Measure | None) -> Draft:
    reading, at = numbers.reading, numbers.needed("estimate")
    made = Draft({"kind": "estimate"}, sizes=_sizes(numbers))
    ci: list[Decimal] = []
    limits = numbers.cell("ci")
    if reading.has_interval(at):
        found = reading.interval(at)
        made.fields["estimate"], ci, at_limits = found.estimate, [found.low, found.high], [at, at]
    else:
        made.fields["estimate"], at_limits = reading.number(at), []
        if numbers.has("ci_low") and numbers.has("ci_high"):
            at_limits = [numbers.needed("ci_low"), numbers.needed("ci_high")]
            ci = [reading.number(cell) for cell in at_limits]
        elif limits is not None and numbers.has("ci"):
            _, low, high = reading.interval(limits)
            ci, at_limits = [low, high], [limits, limits]
    made.places["estimate"] = at
    if ci:
        made.fields["ci"] = ci
        made.places |= {f"ci.{i}": cell for i, cell in enumerate(at_limits)}
    if numbers.has("se"):
        made.fields["se"] = reading.number(numbers.needed("se"))
        made.places["se"] = numbers.needed("se")
    if numbers.has("p"):
        made.fields["p"] = _p(reading, numbers.needed("p"))
        made.places["p"] = numbers.needed("p")
    return made


def _p(reading: Reading, cell: Cell) -> Decimal | str:
    """Return a p-value; one that is printed as 0.000 is a bound."""
    p = reading.p_value(cell)
    if isinstance(p, Decimal) and p.is_zero() and int(p.as_tuple().exponent) < 0:
        return f"<{Decimal(1).scaleb(int(p.as_tuple().exponent)):f}"
    return p


def _log(numbers: Numbers, measure: Measure | None) -> Draft:
    """Return an effect on the analysis scale on its own scale, with its standard error on the analysis scale."""
    reading, at = numbers.reading, numbers.needed("yi")
    y = reading.number(at)
    made = Draft({"kind": "estimate"}, sizes=_sizes(numbers))
    if measure is not None and is_log(measure):
        if abs(y) > 27:  # its exponential would be out of the range of printed numbers
            raise Damaged("a logarithm that no ratio has", at)
        made.fields["estimate"], made.computed = _rounded(exp(y)), (f"estimate = exp({y:f})",)
    else:
        made.fields["estimate"] = y
    made.places["estimate"] = at
    name = next((name for name in ("sei", "vi", "yi_low") if numbers.has(name)), None)
    if name is None:
        raise Absent(numbers.cell("sei") or numbers.cell("vi") or at)
    cell = numbers.needed(name)
    number, cells = reading.number(cell), [cell]
    if name == "vi":
        if not 0 < number <= LARGEST:
            raise Damaged("not a variance", cell)
        made.fields["se"] = _rounded(sqrt(number))
        made.computed = (*made.computed, f"se = sqrt({number:f})")
    elif name == "sei":
        made.fields["se"] = number
    else:
        cells.append(numbers.needed("yi_high"))
        width = reading.number(cells[1]) - number
        if width <= 0:
            raise Damaged("not two limits, low and high", cell)
        made.fields["se"] = _rounded(float(width) / (2 * ci_quantile(0.95)))
        made.computed = (*made.computed, f"se = ({number + width:f} - {number:f}) / 3.92")
    made.places["se"] = cells
    return made


def _rounded(value: float) -> Decimal:
    """Return a computed number to `DIGITS` significant digits."""
    number = Decimal(repr(value))
    unit = Decimal(1).scaleb(number.adjusted() - DIGITS + 1)
    return number.quantize(unit, ROUND_HALF_EVEN) if number else number


def stated_level(name: str) -> Decimal | None:
    """Return the level of an interval that the name of its column says: 0.9 for "90% CI"; None for 95% or none."""
    found = re.search(r"(?<!\d)(80|9\d(?:\.\d)?)\s*%?", name)
    level = None if found is None else Decimal(found[1]) / 100
    return None if level == Decimal("0.95") else level


DRAFTS: Mapping[Family, Callable[[Numbers, Measure | None], Draft]] = {
    "counts": _counts,
    "rates": _rates,
    "means": _means,
    "log_rank": _log_rank,
    "estimate": _estimate,
    "log": _log,
}
