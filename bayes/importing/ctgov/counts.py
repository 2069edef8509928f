"""Counts, percentages, events and rates of both arms as evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bayes.base.measures import Measure as EffectMeasure
from bayes.importing.ctgov.posted import (
    INTERVAL,
    SE,
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
from bayes.importing.ctgov.values import needed, whole
from bayes.paper.evidence.arms import Arm, counts_of_percent


def counts(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return the participants with the event."""

    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        number = whole(one.cell.value, "the count")
        if number > one.n():
            raise Unusable("more participants with the event than analysed")
        places["events"] = f"{one.cell.path}.value"
        return with_size({"events": number}, one, places)

    arms, places = both_arms(posted, read)
    return Summary("binary", arms, places, ("odds_ratio", "risk_ratio", "risk_difference"), n=sizes_of(posted))


def percent_counts(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return percentages as counts if each fits a single one; with an interval, they stand as percentages else."""

    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        percent, n = needed(one.cell.value, "the percentage"), one.n()
        if not 0 <= percent <= 100:
            raise Unusable("a percentage outside 0 to 100")
        if len(counts_of_percent(percent, n)) != 1:
            raise Unusable("a percentage fits no single count")
        places["percent"] = f"{one.cell.path}.value"
        return with_size({"percent": percent}, one, places)

    try:
        arms, places = both_arms(posted, read)
    except Unusable:
        if INTERVAL.fullmatch(measure.dispersion) is None and measure.dispersion != SE:
            raise
        return percentages(measure, posted)
    measures: tuple[EffectMeasure, ...] = ("odds_ratio", "risk_ratio", "risk_difference")
    return Summary("binary", arms, places, measures, n=sizes_of(posted))


def percentages(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return percentages with their precision, whatever they were counted in."""

    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        places["percent"] = f"{one.cell.path}.value"
        found: Fields = {"percent": needed(one.cell.value, "the percentage"), **precision(measure, one, places)}
        if any(not 0 < value < 100 for value in (found["percent"], *found.get("ci", ()))):
            raise Unusable("a modelled percentage with 0 or 100 in its interval")
        return with_size(found, one, places)

    arms, places = both_arms(posted, read)
    measures: tuple[EffectMeasure, ...] = ("risk_difference", "risk_ratio", "odds_ratio")
    return Summary("percentages", arms, places, measures, modelled=True, n=sizes_of(posted))


def events(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return events, of which a participant may have several."""

    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        places["events"] = f"{one.cell.path}.value"
        return with_size({"events": whole(one.cell.value, "the number of events")}, one, places)

    arms, places = both_arms(posted, read)
    note = "Events are counted, not participants; their follow-up is taken to be the same in both arms."
    return Summary("events", arms, places, ("rate_ratio",), n=sizes_of(posted), notes=(note,))


def rates(measure: Measure, posted: Mapping[Arm, Posted]) -> Summary:
    """Return rates over time with their precision."""

    def read(one: Posted, places: Places, arm: Arm) -> Fields:
        places["rate"] = f"{one.cell.path}.value"
        rate = positive(needed(one.cell.value, "the rate"), "a rate")
        found = precision(measure, one, places)
        if "ci" in found and found["ci"][0] <= 0:
            raise Unusable("a limit of a rate is not above 0")
        return with_size({"rate": rate, **found}, one, places)

    arms, places = both_arms(posted, read)
    per = re.sub(r"^.*?\bper\b\s*", "", measure.unit, flags=re.IGNORECASE) or measure.unit
    measures: tuple[EffectMeasure, ...] = ("rate_ratio", "rate_difference")
    return Summary("rates", arms, places, measures, more={"per": per}, modelled=True, n=sizes_of(posted))
