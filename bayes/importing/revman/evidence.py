"""A row of an analysis as evidence: counts, means, an estimate or a log-rank statistic, with the place of each number.

Where counts or means cannot be evidence (counts that were divided by a design effect have fractions), the effect that
the review prints is, with its interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import exp, isclose, log

from bayes.base import measures
from bayes.base.documents import TomlTable
from bayes.importing.revman.measures import LARGEST_LOG, agrees, is_logarithm
from bayes.importing.revman.reading import Reading
from bayes.importing.revman.review import OF_EFFECT, Number, Row

NO_NUMBERS = "a row of text, without numbers"
EMPTY = "numbers are missing: {}"
NOT_WHOLE = "counts are not whole numbers"
IMPOSSIBLE = "impossible counts: below 0, or more persons with the event than persons"
NO_SD = "a standard deviation is 0 or missing, or an arm has fewer than 2 patients"
NO_ERROR = "the standard error is 0 or missing"
NOT_LOGARITHM = "a ratio that is not held as a logarithm, or not with the standard error of one"
NO_VARIANCE = "the variance of O - E is 0 or missing"
TOO_LARGE = "the logarithm of the ratio is out of range"
PETO_ONLY = "Peto's estimate, in place of which the counts are used"
NEAR = 0.05  # relative, of a standard error and that of a printed interval
DIGITS = 8  # of an exponential that is calculated here
CONTRARY = "control_vs_treatment"
Sources = dict[str, TomlTable]


@dataclass(frozen=True)
class Found:
    """What a row gives.

    Attributes
    ----------
    kind : str
        Kind of evidence; empty if there is none, for the `reason`.
    evidence, printed : dict
        Tables of the trial file; `printed` is empty if no further effect is printed or it is the evidence.
    sources : dict
        The place of each number.
    reason : str
    notes : tuple of str
        What a reader of the file should know.
    """

    kind: str = ""
    evidence: TomlTable = field(default_factory=dict)
    printed: TomlTable = field(default_factory=dict)
    sources: Sources = field(default_factory=dict)
    reason: str = ""
    notes: tuple[str, ...] = ()


def of_row(reading: Reading, row: Row) -> Found:
    """Return the evidence of a row, for an analysis of which nothing is lacking."""
    made = {"dichotomous": _counts, "continuous": _means, "generic": _generic, "o_minus_e": _o_minus_e}
    data = reading.analysis.data
    if data not in made:
        return Found(reason=NO_NUMBERS)
    found = made[data](reading, row)
    if found.kind:
        return found if found.kind == "estimate" else _with_printed(found, reading, row)
    instead = None if data == "generic" else _as_printed(reading, row)
    if instead is None:
        return found
    said = f"Not from the arms ({found.reason}), but the effect as the review prints it."
    return Found("estimate", instead[0], {}, instead[1], notes=(said,))


def _counts(reading: Reading, row: Row) -> Found:
    numbers = row.numbers
    if lacking := _lacking(numbers, ("events_1", "n_1", "events_2", "n_2")):
        return Found(reason=lacking)
    arms: TomlTable = {}
    sources: Sources = {}
    for arm, group in _arms(reading):
        events, n = numbers[f"events_{group}"], numbers[f"n_{group}"]
        if events.whole is None or n.whole is None:
            return Found(reason=NOT_WHOLE)
        if not 0 <= events.whole <= n.whole:
            return Found(reason=IMPOSSIBLE)
        count = n.whole - events.whole if reading.swapped else events.whole
        place = f"{n.place} - {events.place}" if reading.swapped else events.place
        arms[arm] = {"events": count, "n": n.whole}
        sources |= {f"{arm}.events": {"path": place}, f"{arm}.n": {"path": n.place}}
    return Found("binary", {"kind": "binary", **arms}, {}, sources)


def _means(reading: Reading, row: Row) -> Found:
    numbers = row.numbers
    if lacking := _lacking(numbers, ("mean_1", "n_1", "mean_2", "n_2")):
        return Found(reason=lacking)
    arms: TomlTable = {}
    sources: Sources = {}
    for arm, group in _arms(reading):
        n, sd = numbers[f"n_{group}"], numbers.get(f"sd_{group}")
        if n.whole is None:
            return Found(reason=NOT_WHOLE)
        if sd is None or sd.value <= 0 or n.whole < 2:
            return Found(reason=NO_SD)
        mean = numbers[f"mean_{group}"]
        arms[arm] = {"mean": mean.value, "sd": sd.value, "n": n.whole}
        sources |= {f"{arm}.{name}": {"path": one.place} for name, one in (("mean", mean), ("sd", sd), ("n", n))}
    return Found("means", {"kind": "means", **arms}, {}, sources)


def _generic(reading: Reading, row: Row) -> Found:
    """Return an estimate with its standard error; RevMan holds the logarithm of a ratio."""
    numbers, measure = row.numbers, reading.measure or ""
    if "se" not in numbers or numbers["se"].value <= 0:
        return Found(reason=NO_ERROR)
    if "estimate" not in numbers:
        return _displayed(reading, row)
    estimate, error = numbers["estimate"], numbers["se"]
    if not measures.is_log(measure):
        return _estimate(reading, estimate.value, estimate.place, error)
    if abs(estimate.value) > LARGEST_LOG:
        return Found(reason=TOO_LARGE)
    value = exp(float(estimate.value))
    printed = numbers.get("effect")
    if is_logarithm(reading.analysis.effect) or printed is None:
        if reading.analysis.logarithms is False and not is_logarithm(reading.analysis.effect):
            return Found(reason=NOT_LOGARITHM)
        note = f"The estimate is the exponential of {estimate.value}, which the review holds."
        return _estimate(reading, _significant(value), f"exp({estimate.place})", error, note)
    if not agrees(printed, value):
        return Found(reason=NOT_LOGARITHM)
    return _estimate(reading, printed.shortened, printed.place, error)


def _displayed(reading: Reading, row: Row) -> Found:
    """Return the printed effect with its standard error, if the interval says that they are on the expected scales."""
    numbers = row.numbers
    if lacking := _lacking(numbers, OF_EFFECT):
        return Found(reason=lacking)
    effect, low, high = (float(numbers[name].value) for name in OF_EFFECT)
    is_ratio = measures.is_log(reading.measure or "")
    if is_ratio and not 0 < low < effect < high:
        return Found(reason=NOT_LOGARITHM)
    limits = [log(limit) if is_ratio else limit for limit in (low, high)]
    error = measures.se_from_ci(limits[0], limits[1], float(reading.analysis.level))
    if not isclose(error, float(numbers["se"].value), rel_tol=NEAR):
        return Found(reason=NOT_LOGARITHM if is_ratio else "the standard error is not that of the interval")
    return _estimate(reading, numbers["effect"].shortened, numbers["effect"].place, numbers["se"])


def _estimate(reading: Reading, value: Decimal, place: str, error: Number, note: str = "") -> Found:
    evidence = {"kind": "estimate", "estimate": value, "se": error.shortened, **_way(reading)}
    sources: Sources = {"estimate": {"path": place}, "se": {"path": error.place}}
    return Found("estimate", evidence, {}, sources, notes=(note,) if note else ())


def _o_minus_e(reading: Reading, row: Row) -> Found:
    numbers = row.numbers
    if lacking := _lacking(numbers, ("o_minus_e",)):
        return Found(reason=lacking)
    if "variance" not in numbers or numbers["variance"].value <= 0:
        return Found(reason=NO_VARIANCE)
    observed, variance = numbers["o_minus_e"], numbers["variance"]
    if reading.measure == "hazard_ratio":
        evidence: TomlTable = {"kind": "log_rank", "o_minus_e": observed.value, "variance": variance.value}
        evidence |= {"of": "control"} if reading.turned else {}
        sources: Sources = {"o_minus_e": {"path": observed.place}, "variance": {"path": variance.place}}
        return Found("log_rank", evidence, {}, sources)
    ratio, error = float(observed.value / variance.value), float(variance.value) ** -0.5
    if abs(ratio) > LARGEST_LOG:
        return Found(reason=TOO_LARGE)
    evidence = {"kind": "estimate", "estimate": _significant(exp(ratio)), "se": _significant(error), **_way(reading)}
    place = {"path": f"exp({observed.place} / {variance.place})"}
    note = f"From O - E = {observed.value} and V = {variance.value}: exp((O - E) / V), with standard error V^(-1/2)."
    return Found("estimate", evidence, {}, {"estimate": place, "se": {"path": variance.place}}, notes=(note,))


def _as_printed(reading: Reading, row: Row) -> tuple[TomlTable, Sources] | None:
    """Return the printed effect with its interval as evidence, or None without them."""
    table, sources = _effect(reading, row, "")
    if reading.known.printed != reading.measure or "ci" not in table:
        return None
    return {"kind": "estimate", **table, **_way(reading)}, sources


def _with_printed(found: Found, reading: Reading, row: Row) -> Found:
    """Add the printed effect to evidence that is finer than it, for `bayes check` to compare."""
    if reading.peto or "effect" not in row.numbers:
        return found
    table, sources = _effect(reading, row, "printed.0.")
    other = {} if reading.known.printed in (None, reading.measure) else {"measure": reading.known.printed}
    way = other | _way(reading)
    return (
        Found(found.kind, found.evidence, table | way, found.sources | sources, notes=found.notes) if table else found
    )


def _effect(reading: Reading, row: Row, prefix: str) -> tuple[TomlTable, Sources]:
    """Return the fields and the places of the effect that a row prints, as far as they are possible."""
    numbers = {name: row.numbers[name] for name in ("effect", "low", "high") if name in row.numbers}
    low, high = measures.natural_range(reading.known.printed or reading.measure or "")
    values = [one.shortened for one in numbers.values()]
    if "effect" not in numbers or not all(low < value < high for value in values):
        return {}, {}
    table: TomlTable = {"estimate": numbers["effect"].shortened}
    sources: Sources = {f"{prefix}estimate": {"path": numbers["effect"].place}}
    if len(values) == 3 and values[1] <= values[0] <= values[2] and values[1] < values[2]:
        table["ci"] = [values[1], values[2]]
        sources |= {f"{prefix}ci.{i}": {"path": numbers[name].place} for i, name in enumerate(("low", "high"))}
        if reading.analysis.level != Decimal("0.95"):
            table["level"] = reading.analysis.level
    return table, sources


def _lacking(numbers: Iterable[str], needed: Sequence[str]) -> str:
    missing = [name for name in needed if name not in numbers]
    return EMPTY.format(", ".join(missing)) if missing else ""


def _arms(reading: Reading) -> tuple[tuple[str, int], tuple[str, int]]:
    return (("treatment", 2), ("control", 1)) if reading.turned else (("treatment", 1), ("control", 2))


def _way(reading: Reading) -> TomlTable:
    return {"compares": CONTRARY} if reading.turned else {}


def _significant(value: float) -> Decimal:
    return Decimal(f"{value:.{DIGITS}g}")


def sizes(reading: Reading, row: Row) -> tuple[int, int] | None:
    """Return the patients of treatment and control in a row, or None if they are not stated."""
    found: list[Number | None] = [row.numbers.get(f"n_{group}") for _, group in _arms(reading)]
    whole = [round(one.value) for one in found if one is not None and one.value >= 1]
    return (whole[0], whole[1]) if len(whole) == 2 else None
