"""Means, geometric means and medians of both arms as evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from bayes.base.documents import TomlTable
from bayes.importing.ctgov.parameters import OF_DAYS, PEOPLE, SHARE
from bayes.importing.ctgov.posted import (
    INTERVAL,
    Fields,
    Places,
    Posted,
    Summary,
    both_arms,
    positive,
    precision,
    sizes_of,
    with_size,
)
from bayes.importing.ctgov.reasons import Unusable
from bayes.importing.ctgov.record import Measure
from bayes.importing.ctgov.values import needed
from bayes.paper.evidence.arms import Arm

QUARTILES, RANGE = "inter-quartile range", "full range"
TIME_TO_EVENT = re.compile(r"\btime (?:to|from|until)\b|\bsurvival\b|\bduration of\b|kaplan", re.IGNORECASE)
CHANGE = re.compile(r"\bchanges?\b", re.IGNORECASE)


Spread = Callable[[Posted, Places], TomlTable]
"""What is posted of the spread or precision of one arm, as fields; notes the places of its numbers."""


def _located(posted: Mapping[Arm, Posted], field: str, spread: Spread) -> tuple[dict[Arm, Fields], Places]:
    """Return means of both arms under the name that the evidence gives them, with what tells their precision."""

    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        places[field] = f"{one.cell.path}.value"
        mean = needed(one.cell.value, f"the {field.replace('_', ' ')}")
        if one.n() < 2:
            raise Unusable("a single participant in one arm")
        return with_size({field: mean, **spread(one, places)}, one, places)

    return both_arms(posted, read)


def _of_means(measure: Measure, posted: Mapping[Arm, Posted], spread: Spread) -> Summary:
    if SHARE.search(measure.unit) and PEOPLE.search(measure.unit) and not OF_DAYS.search(measure.unit):
        raise Unusable("a mean of a percentage of participants")
    arms, places = _located(posted, "mean", spread)
    more: TomlTable = {"values": "change"} if CHANGE.search(measure.title) else {}
    modelled = measure.parameter == "LEAST_SQUARES_MEAN"
    more |= {"least_squares": True} if modelled else {}
    return Summary("means", arms, places, ("mean_difference",), more=more, modelled=modelled, n=sizes_of(posted))


def with_sd(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return means with their standard deviations."""

    def spread(one: Posted, places: Places) -> TomlTable:
        places["sd"] = f"{one.cell.path}.spread"
        return {"sd": positive(needed(one.cell.spread, "the standard deviation"), "the standard deviation")}

    return _of_means(measure, posted, spread)


def with_error(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return means with their standard errors or intervals, as those of least squares are."""
    return _of_means(measure, posted, lambda one, places: precision(measure, one, places))


def _geometric(measure: Measure, posted: Mapping[Arm, Posted], spread: Spread) -> Summary:
    for one in posted.values():
        positive(needed(one.cell.value, "the geometric mean"), "a geometric mean")
    arms, places = _located(posted, "geometric_mean", spread)
    modelled = measure.parameter == "GEOMETRIC_LEAST_SQUARES_MEAN"
    return Summary("geometric_means", arms, places, ("mean_ratio",), modelled=modelled, n=sizes_of(posted))


def with_cv(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return geometric means with their coefficients of variation."""

    def spread(one: Posted, places: Places) -> TomlTable:
        places["cv"] = f"{one.cell.path}.spread"
        return {"cv": positive(needed(one.cell.spread, "the coefficient of variation"), "the coefficient of variation")}

    return _geometric(measure, posted, spread)


def geometric_intervals(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return geometric means with their intervals."""

    def spread(one: Posted, places: Places) -> TomlTable:
        found = precision(measure, one, places)
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
        return with_size(found, one, places)

    arms, places = both_arms(posted, read)
    return Summary("medians", arms, places, ("mean_difference", "mean_ratio"), n=sizes_of(posted))


def medians(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return medians with their quartiles or ranges."""
    return _of_medians(measure, posted, "quartiles" if measure.dispersion == QUARTILES else "range")


def median_intervals(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return medians with their intervals."""
    return _of_medians(measure, posted, "ci")
