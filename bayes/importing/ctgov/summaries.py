"""What is posted for each arm, as evidence: counts, percentages, means, geometric means, medians, events and rates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bayes.base.documents import TomlTable
from bayes.base.measures import Measure as EffectMeasure
from bayes.importing.ctgov.arms import Pair
from bayes.importing.ctgov.parameters import GEOMETRIC, PEOPLE, SHARE, of_people, of_time
from bayes.importing.ctgov.reasons import NO_NUMBERS, POSTERIOR, UNITS, Unusable
from bayes.importing.ctgov.record import Category, Cell, Class, Count, Group, Measure
from bayes.importing.ctgov.values import is_absent, needed, number, whole
from bayes.paper.evidence.arms import ARMS, Arm, by_arm, counts_of_percent

PARTICIPANTS = "participants"
INTERVAL = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*confidence interval")
SD, SE, CV = "standard deviation", "standard error", "geometric coefficient of variation"
QUARTILES, RANGE = "inter-quartile range", "full range"
# percentages that were not counted in the denominator
MODELLED = re.compile(
    r"kaplan|\bk-?m\b|life[- ]table|imput|\badjusted\b|\bestimated\b|cumulative incidence|probabilit|model|weighted",
    re.IGNORECASE,
)
OF_DAYS = re.compile(
    r"percent(?:age)? (?:of )?(?:days|time|change|reduction|increase|predicted)|% (?:change|predicted|of days)",
    re.IGNORECASE,
)
EVENTS = re.compile(
    r"\b(?:events?|episodes?|hospitali[sz]ations?|exacerbations?|admissions?|readmissions?|infections|deaths|visits|attacks|"
    r"relapses|seizures|falls|incidents|flares)\b",
    re.IGNORECASE,
)
DEATHS = re.compile(r"^(?:number of )?deaths?$", re.IGNORECASE)  # which happen to no one twice
TIME_TO_EVENT = re.compile(r"\btime (?:to|from|until)\b|\bsurvival\b|\bduration of\b|kaplan", re.IGNORECASE)
CHANGE = re.compile(r"\bchanges?\b", re.IGNORECASE)
SIZES_IN_TITLE = re.compile(r"\bn ?= ?(\d[\d,]*(?:\s*[,;/|]\s*\d[\d,]*)+)", re.IGNORECASE)

Fields = dict[str, Any]
Places = dict[str, str]


@dataclass(frozen=True)
class Summary:
    """The evidence of both arms.

    Attributes
    ----------
    kind : str
    arms : dict
        The fields of either arm.
    more : dict
        The other fields of the evidence.
    places : dict of str to str
        The JSON path of each number, by its path in the evidence.
    measures : tuple of str
        The measures about which it informs; the first is the default.
    modelled : bool
        Whether the numbers of the arms are those of a model, such as least-squares means.
    n : dict, optional
        Participants per arm.
    notes : tuple of str
    """

    kind: str
    arms: Mapping[Arm, Fields]
    places: Places
    measures: tuple[EffectMeasure, ...]
    more: TomlTable = field(default_factory=dict)
    modelled: bool = False
    n: Mapping[Arm, int] | None = None
    notes: tuple[str, ...] = ()

    @property
    def evidence(self) -> TomlTable:
        """The table of the evidence."""
        return {"kind": self.kind, **{arm: dict(fields) for arm, fields in self.arms.items()}, **self.more}


@dataclass(frozen=True)
class Posted:
    """What is posted of one arm: its cell and its size, with their places."""

    cell: Cell
    size: Count | None

    def n(self) -> int:
        """Return the number of participants; `Unusable` if it is not posted or none."""
        if self.size is None:
            raise Unusable("the number analysed is not posted")
        found = whole(self.size.value, "the number analysed")
        if not found:
            raise Unusable("no participant was analysed in one arm")
        return found


def summary_of(measure: Measure, one: Class, category: Category, pair: Pair, bayesian: bool) -> Summary:
    """Return the evidence of two arms in one category of a class.

    Raises
    ------
    Unusable
        If the numbers make none, with the reason.
    """
    posted = {arm: _posted(measure, one, category, group) for arm, group in _groups(pair)}
    if any(is_absent(arm.cell.value) for arm in posted.values()):
        raise Unusable(NO_NUMBERS)
    if measure.units_analysed and measure.units_analysed.casefold() not in (
        PARTICIPANTS,
        "participant",
        "patients",
        "subjects",
    ):
        raise Unusable(UNITS)
    maker = _maker(measure)
    if bayesian and maker in (_with_error, _percentages, _rates, _geometric_intervals, _median_intervals):
        raise Unusable(POSTERIOR)
    return maker(measure, posted)


def _groups(pair: Pair) -> tuple[tuple[Arm, Group], ...]:
    return tuple(by_arm(pair).items())


def _posted(measure: Measure, one: Class, category: Category, group: Group) -> Posted:
    cell = category.cells.get(group.id)
    if cell is None:
        raise Unusable(NO_NUMBERS)
    return Posted(cell, size_of(measure, one, group))


def size_of(measure: Measure, one: Class, group: Group) -> Count | None:
    """Return the number of participants of a group: that of the class, as posted or in its title, else of the measure."""
    for found in (one.denominators.get(PARTICIPANTS, {}).get(group.id), _in_title(measure, one, group)):
        if found is not None and not is_absent(found.value):
            return found
    return measure.denominators.get(PARTICIPANTS, {}).get(group.id)


def _in_title(measure: Measure, one: Class, group: Group) -> Count | None:
    """Return a size that a title such as "Week 24 (n=9, 7)" gives, in the order of the groups."""
    if (found := SIZES_IN_TITLE.search(one.title)) is None:
        return None
    sizes = re.findall(r"\d+", found[1])
    if len(sizes) != len(measure.groups):
        return None
    return Count(sizes[measure.groups.index(group)], f"{one.path}.title")


Maker = Callable[[Measure, Mapping[Arm, Posted]], Summary]


def _maker(measure: Measure) -> Maker:
    """Return what makes evidence of the parameter and the dispersion of an outcome measure."""
    spread, parameter = measure.dispersion, measure.parameter
    interval = INTERVAL.fullmatch(spread) is not None
    if parameter == "COUNT_OF_PARTICIPANTS":
        return _counts
    if parameter == "COUNT_OF_UNITS":
        raise Unusable(UNITS)
    if parameter == "NUMBER":
        return _maker_of_number(measure, interval)
    if parameter in ("MEAN", "LEAST_SQUARES_MEAN"):
        if spread == SD:
            return _with_sd
        if spread == SE or interval:
            return _with_error
    if parameter in GEOMETRIC:
        if spread == CV:
            return _with_cv
        if interval:
            return _geometric_intervals
    if parameter == "MEDIAN":
        if spread in (QUARTILES, RANGE):
            return _medians
        if interval:
            return _median_intervals
    said = f"{parameter.lower().replace('_', ' ') or 'a number'} with {spread or 'no dispersion'}"
    raise Unusable(f"no evidence in the arms: {said}")


def _maker_of_number(measure: Measure, interval: bool) -> Maker:
    precise = interval or measure.dispersion == SE
    if of_time(measure):
        if precise:
            return _rates
        raise Unusable("a rate without its precision")
    if SHARE.search(measure.unit) and of_people(measure) and not OF_DAYS.search(measure.unit):
        modelled = MODELLED.search(f"{measure.title} {measure.unit}") is not None
        if re.search(r"proportion", measure.unit, re.IGNORECASE) and not re.search(
            r"%|per ?cent", measure.unit, re.IGNORECASE
        ):
            raise Unusable("a proportion in the arms")
        if not PEOPLE.search(f"{measure.unit} {measure.title}"):
            raise Unusable("a percentage of what is not stated")
        return _percentages if modelled and precise else _refused_modelled if modelled else _percent_counts
    if PEOPLE.search(measure.unit) or DEATHS.search(measure.unit):
        return _counts
    if EVENTS.search(measure.unit):
        return _events
    raise Unusable("a number without its precision")


def _refused_modelled(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    raise Unusable("a modelled percentage without its precision")


def _two(
    posted: Mapping[Arm, Posted], read: Callable[[Posted, Places, Arm], Fields]
) -> tuple[dict[Arm, Fields], Places]:
    """Read both arms, and prefix the places with their names."""
    arms, places = {}, {}
    for arm in ARMS:
        own: Places = {}
        arms[arm] = read(posted[arm], own, arm)
        places |= {f"{arm}.{name}": path for name, path in own.items()}
    return arms, places


def _sizes(posted: Mapping[Arm, Posted]) -> dict[Arm, int]:
    return {arm: posted[arm].n() for arm in ARMS}


def _sized(found: Fields, one: Posted, places: Places) -> Fields:
    """Add the number of participants."""
    if one.size is not None:
        places["n"] = one.size.path
    return found | {"n": one.n()}


def _counts(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        events = whole(one.cell.value, "the count")
        if events > one.n():
            raise Unusable("more participants with the event than analysed")
        places["events"] = f"{one.cell.path}.value"
        return _sized({"events": events}, one, places)

    arms, places = _two(posted, read)
    return Summary("binary", arms, places, ("odds_ratio", "risk_ratio", "risk_difference"), n=_sizes(posted))


def _percent_counts(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return percentages as counts if each fits a single one; with an interval, they stand as percentages else."""

    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        percent, n = needed(one.cell.value, "the percentage"), one.n()
        if not 0 <= percent <= 100:
            raise Unusable("a percentage outside 0 to 100")
        if len(counts_of_percent(percent, n)) != 1:
            raise Unusable("a percentage fits no single count")
        places["percent"] = f"{one.cell.path}.value"
        return _sized({"percent": percent}, one, places)

    try:
        arms, places = _two(posted, read)
    except Unusable:
        if INTERVAL.fullmatch(measure.dispersion) is None and measure.dispersion != SE:
            raise
        return _percentages(measure, posted)
    measures: tuple[EffectMeasure, ...] = ("odds_ratio", "risk_ratio", "risk_difference")
    return Summary("binary", arms, places, measures, n=_sizes(posted))


def _percentages(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        places["percent"] = f"{one.cell.path}.value"
        found: Fields = {"percent": needed(one.cell.value, "the percentage"), **_precision(measure, one, places)}
        if any(not 0 < value < 100 for value in (found["percent"], *found.get("ci", ()))):
            raise Unusable("a modelled percentage with 0 or 100 in its interval")
        return _sized(found, one, places)

    arms, places = _two(posted, read)
    measures: tuple[EffectMeasure, ...] = ("risk_difference", "risk_ratio", "odds_ratio")
    return Summary("percentages", arms, places, measures, modelled=True, n=_sizes(posted))


def _precision(measure: Measure, one: Posted, places: Places) -> TomlTable:
    """Return the standard error or the interval of an arm's number."""
    if measure.dispersion == SE:
        places["se"] = f"{one.cell.path}.spread"
        return {"se": _positive(needed(one.cell.spread, "the standard error"), "the standard error")}
    low, high = needed(one.cell.low, "a limit of an arm"), needed(one.cell.high, "a limit of an arm")
    if not low < high:
        raise Unusable("the limits of an arm are not in order")
    value = needed(one.cell.value, "the number of an arm")
    if not low <= value <= high:
        raise Unusable("the interval of an arm excludes its estimate")
    found = INTERVAL.fullmatch(measure.dispersion)
    level = Decimal(found[1]).scaleb(-2) if found else Decimal("0.95")
    places |= {"ci.0": f"{one.cell.path}.lowerLimit", "ci.1": f"{one.cell.path}.upperLimit"}
    return {"ci": [low, high], **({} if level == Decimal("0.95") else {"level": level})}


def _positive(value: Decimal, what: str) -> Decimal:
    if value <= 0:
        raise Unusable(f"{what} is not above 0")
    return value


def _events(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        places["events"] = f"{one.cell.path}.value"
        return _sized({"events": whole(one.cell.value, "the number of events")}, one, places)

    arms, places = _two(posted, read)
    note = "Events are counted, not participants; their follow-up is taken to be the same in both arms."
    return Summary("events", arms, places, ("rate_ratio",), n=_sizes(posted), notes=(note,))


def _rates(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        places["rate"] = f"{one.cell.path}.value"
        rate = _positive(needed(one.cell.value, "the rate"), "a rate")
        found = _precision(measure, one, places)
        if "ci" in found and found["ci"][0] <= 0:
            raise Unusable("a limit of a rate is not above 0")
        return _sized({"rate": rate, **found}, one, places)

    arms, places = _two(posted, read)
    per = re.sub(r"^.*?\bper\b\s*", "", measure.unit, flags=re.IGNORECASE) or measure.unit
    measures: tuple[EffectMeasure, ...] = ("rate_ratio", "rate_difference")
    return Summary("rates", arms, places, measures, more={"per": per}, modelled=True, n=_sizes(posted))


def _of_means(measure: Measure, posted: Mapping[Arm, Posted], spread: Callable[[Posted, Places], TomlTable]) -> Summary:
    if SHARE.search(measure.unit) and PEOPLE.search(measure.unit) and not OF_DAYS.search(measure.unit):
        raise Unusable("a mean of a percentage of participants")

    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        places["mean"] = f"{one.cell.path}.value"
        mean, n = needed(one.cell.value, "the mean"), one.n()
        if n < 2:
            raise Unusable("a single participant in one arm")
        return _sized({"mean": mean, **spread(one, places)}, one, places)

    arms, places = _two(posted, read)
    more: TomlTable = {"values": "change"} if CHANGE.search(measure.title) else {}
    modelled = measure.parameter == "LEAST_SQUARES_MEAN"
    more |= {"least_squares": True} if modelled else {}
    return Summary("means", arms, places, ("mean_difference",), more=more, modelled=modelled, n=_sizes(posted))


def _with_sd(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    def spread(one: Posted, places: Places) -> TomlTable:
        places["sd"] = f"{one.cell.path}.spread"
        return {"sd": _positive(needed(one.cell.spread, "the standard deviation"), "the standard deviation")}

    return _of_means(measure, posted, spread)


def _with_error(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    return _of_means(measure, posted, lambda one, places: _precision(measure, one, places))


def _geometric(
    measure: Measure, posted: Mapping[Arm, Posted], spread: Callable[[Posted, Places], TomlTable]
) -> Summary:
    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        places["geometric_mean"] = f"{one.cell.path}.value"
        mean = _positive(needed(one.cell.value, "the geometric mean"), "a geometric mean")
        if one.n() < 2:
            raise Unusable("a single participant in one arm")
        return _sized({"geometric_mean": mean, **spread(one, places)}, one, places)

    arms, places = _two(posted, read)
    modelled = measure.parameter == "GEOMETRIC_LEAST_SQUARES_MEAN"
    return Summary("geometric_means", arms, places, ("mean_ratio",), modelled=modelled, n=_sizes(posted))


def _with_cv(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    def spread(one: Posted, places: Places) -> TomlTable:
        places["cv"] = f"{one.cell.path}.spread"
        return {
            "cv": _positive(needed(one.cell.spread, "the coefficient of variation"), "the coefficient of variation")
        }

    return _geometric(measure, posted, spread)


def _geometric_intervals(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    def spread(one: Posted, places: Places) -> TomlTable:
        found = _precision(measure, one, places)
        if found["ci"][0] <= 0:
            raise Unusable("a limit of a geometric mean is not above 0")
        return found

    return _geometric(measure, posted, spread)


def _of_medians(measure: Measure, posted: Mapping[Arm, Posted], name: str) -> Summary:
    if TIME_TO_EVENT.search(measure.title):
        raise Unusable("a median time, with censored times among its own")

    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        median = needed(one.cell.value, "the median")
        low, high = needed(one.cell.low, "a limit of an arm"), needed(one.cell.high, "a limit of an arm")
        if one.n() < 4:
            raise Unusable("a median of fewer than four participants")
        if not low < median < high:
            raise Unusable("a median that does not lie between its limits")
        places |= {"median": f"{one.cell.path}.value"}
        places |= {f"{name}.0": f"{one.cell.path}.lowerLimit", f"{name}.1": f"{one.cell.path}.upperLimit"}
        level = INTERVAL.fullmatch(measure.dispersion)
        stated = {"level": Decimal(level[1]).scaleb(-2)} if level and level[1] != "95" else {}
        found: TomlTable = {"median": median, name: [low, high], **stated}
        return _sized(found, one, places)

    arms, places = _two(posted, read)
    return Summary("medians", arms, places, ("mean_difference", "mean_ratio"), n=_sizes(posted))


def _medians(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    return _of_medians(measure, posted, "quartiles" if measure.dispersion == QUARTILES else "range")


def _median_intervals(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    return _of_medians(measure, posted, "ci")


def shown(cell: Cell) -> str:
    """Return what is posted in a cell, in words."""
    spread = f" ({cell.spread})" if cell.spread else f" ({cell.low} to {cell.high})" if cell.low or cell.high else ""
    return f"{cell.value}{spread}"


def is_number(text: str) -> bool:
    """Return whether a text is a number that can be read."""
    try:
        return number(text) is not None
    except Unusable:
        return False
