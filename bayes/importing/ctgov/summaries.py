"""What is posted for each arm, as evidence of the kind that its parameter and dispersion make."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bayes.importing.ctgov.arms import Pair
from bayes.importing.ctgov.counts import counts, events, percent_counts, percentages, rates
from bayes.importing.ctgov.locations import (
    QUARTILES,
    RANGE,
    geometric_intervals,
    median_intervals,
    medians,
    with_cv,
    with_error,
    with_sd,
)
from bayes.importing.ctgov.parameters import GEOMETRIC, OF_DAYS, PEOPLE, SHARE, of_people, of_time
from bayes.importing.ctgov.posted import INTERVAL, PARTICIPANTS, SE, Fields, Posted, Summary, size_of
from bayes.importing.ctgov.reasons import NO_NUMBERS, POSTERIOR, UNITS, Unusable
from bayes.importing.ctgov.record import Category, Class, Group, Measure
from bayes.importing.ctgov.values import is_absent, number
from bayes.paper.evidence.arms import Arm, by_arm

SD, CV = "standard deviation", "geometric coefficient of variation"
PERSONS = (PARTICIPANTS, "participant", "patients", "subjects")
# percentages that were not counted in the denominator
MODELLED = re.compile(
    r"kaplan|\bk-?m\b|life[- ]table|imput|\badjusted\b|\bestimated\b|cumulative incidence|probabilit|model|weighted",
    re.IGNORECASE,
)
PROPORTION, IN_PERCENT = re.compile(r"proportion", re.IGNORECASE), re.compile(r"%|per ?cent", re.IGNORECASE)
POSTERIOR_OF_ARM = re.compile(r"\bposterior (?:\w+ )?(?:mean|median)", re.IGNORECASE)
EVENTS = re.compile(
    r"\b(?:events?|episodes?|hospitali[sz]ations?|exacerbations?|admissions?|readmissions?|infections|deaths|visits|"
    r"attacks|relapses|seizures|falls|incidents|flares)\b",
    re.IGNORECASE,
)
DEATHS = re.compile(r"^(?:number of )?deaths?$", re.IGNORECASE)  # which happen to no one twice


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
    if measure.units_analysed and measure.units_analysed.casefold() not in PERSONS:
        raise Unusable(UNITS)
    maker = _maker(measure)
    if bayesian and _of_a_model(measure):
        raise Unusable(POSTERIOR)
    return maker(measure, posted)


def hint_of(measure: Measure, category: Category, pair: Pair) -> Summary | None:
    """Return what the numbers of the arms say of the direction of an effect, though they make no evidence.

    Parameters
    ----------
    measure : Measure
    category : Category
    pair : Pair
    """
    name = "percent" if SHARE.search(measure.unit) and of_people(measure) else "mean"
    arms: dict[Arm, Fields] = {}
    for arm, group in _groups(pair):
        cell = category.cells.get(group.id)
        try:
            value = None if cell is None else number(cell.value)
        except Unusable:
            return None
        if value is None or (name == "percent" and not 0 < value < 100):
            return None
        arms[arm] = {name: value, "se": None}
    return Summary("percentages" if name == "percent" else "means", arms, {}, ())


def _of_a_model(measure: Measure) -> bool:
    """Return whether the numbers of the arms may come from the model of the analysis, and not from the observations."""
    if measure.parameter == "COUNT_OF_PARTICIPANTS":
        return False
    precise = measure.dispersion == SE or INTERVAL.fullmatch(measure.dispersion) is not None
    return precise or "LEAST_SQUARES" in measure.parameter or POSTERIOR_OF_ARM.search(measure.said) is not None


def _groups(pair: Pair) -> tuple[tuple[Arm, Group], ...]:
    return tuple(by_arm(pair).items())


def _posted(measure: Measure, one: Class, category: Category, group: Group) -> Posted:
    cell = category.cells.get(group.id)
    if cell is None:
        raise Unusable(NO_NUMBERS)
    return Posted(cell, size_of(measure, one, group))


Maker = Callable[[Measure, Mapping[Arm, Posted]], Summary]


def _maker(measure: Measure) -> Maker:
    """Return what makes evidence of the parameter and the dispersion of an outcome measure."""
    spread, parameter = measure.dispersion, measure.parameter
    interval = INTERVAL.fullmatch(spread) is not None
    if parameter == "COUNT_OF_PARTICIPANTS":
        return counts
    if parameter == "COUNT_OF_UNITS":
        raise Unusable(UNITS)
    if parameter == "NUMBER":
        return _maker_of_number(measure, interval)
    if parameter in ("MEAN", "LEAST_SQUARES_MEAN"):
        if spread == SD:
            return with_sd
        if spread == SE or interval:
            return with_error
    if parameter in GEOMETRIC:
        if spread == CV:
            return with_cv
        if interval:
            return geometric_intervals
    if parameter == "MEDIAN":
        if spread in (QUARTILES, RANGE):
            return medians
        if interval:
            return median_intervals
    said = f"{parameter.lower().replace('_', ' ') or 'a number'} with {spread or 'no dispersion'}"
    raise Unusable(f"no evidence in the arms: {said}")


def _maker_of_number(measure: Measure, interval: bool) -> Maker:
    precise = interval or measure.dispersion == SE
    if of_time(measure):
        if precise:
            return rates
        raise Unusable("a rate without its precision")
    if SHARE.search(measure.unit) and of_people(measure) and not OF_DAYS.search(measure.unit):
        modelled = MODELLED.search(f"{measure.title} {measure.unit}") is not None
        if PROPORTION.search(measure.unit) and not IN_PERCENT.search(measure.unit):
            raise Unusable("a proportion in the arms")
        if not PEOPLE.search(f"{measure.unit} {measure.title}"):
            raise Unusable("a percentage of what is not stated")
        return percentages if modelled and precise else _refused_modelled if modelled else percent_counts
    if PEOPLE.search(measure.unit) or DEATHS.search(measure.unit):
        return counts
    if EVENTS.search(measure.unit):
        return events
    raise Unusable("a number without its precision")


def _refused_modelled(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    raise Unusable("a modelled percentage without its precision")
