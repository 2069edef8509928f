"""The measure of effect and its good direction: what the table says, else what a person decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from bayes.base.measures import Measure
from bayes.importing.answers import Benefit, Decisions
from bayes.importing.table.headers import Row
from bayes.importing.table.reports import Report
from bayes.importing.table.studies import Labels
from bayes.importing.table.vocabulary import MEASURE_WORDS, Family, squashed

GIVEN_BY: dict[Family, tuple[Measure, ...]] = {  # the first is the default
    "counts": ("odds_ratio", "risk_ratio", "risk_difference"),
    "rates": ("rate_ratio",),
    "means": ("mean_difference", "standardised_mean_difference"),
}
NO_MEASURE = "the measure of effect is not stated; decide `measure`"
NO_BENEFIT = "the direction of benefit is not stated; decide `benefit`"
OF_ODDS = "O - E and V of another measure than the hazard ratio"
SCALES = "the studies used different scales; decide `measure`"
BENEFITS = {"higher": "higher", "lower": "lower", "high": "higher", "low": "lower"}


@dataclass(frozen=True)
class Unclear(Exception):
    """A decision that is missing (`offered`), or one that contradicts the table."""

    reason: str
    offered: bool = True


def measure_of(row: Row, report: Report, labels: Labels, decided: Decisions, scales: bool) -> Measure:
    """Return the measure of effect of a report in a row.

    Parameters
    ----------
    row : Row
    report : Report
    labels : Labels
    decided : Decisions
    scales : bool
        Whether the studies used different scales, so that their means cannot be compared as they are.

    Raises
    ------
    Unclear
        If it is not stated, or if what is decided contradicts what is stated.
    """
    word = squashed(labels.about(row, "measure"))
    stated = MEASURE_WORDS.get(word) or report.measure
    wanted = decided.measure
    if report.family == "log_rank" and (wanted or stated) not in (None, "hazard_ratio"):
        raise Unclear(OF_ODDS, offered=False)
    if report.family in GIVEN_BY:
        possible = GIVEN_BY[report.family]
        chosen = wanted or (stated if stated in possible else None)
        if chosen is None and scales and report.family == "means":
            raise Unclear(SCALES)
        if chosen is not None and chosen not in possible:
            raise Unclear(f"{report.family} do not give the measure {chosen}", offered=False)
        return chosen or possible[0]
    if stated is not None and wanted not in (None, stated) and not report.uncertain:
        raise Unclear(f"the table states {stated}, and the answers {wanted}", offered=False)
    if (found := wanted or stated) is None:
        raise Unclear(NO_MEASURE)
    return found


def benefit_of(row: Row, labels: Labels, decided: Decisions) -> Benefit:
    """Return the good direction of the effect.

    Raises
    ------
    Unclear
        If it is not stated.
    """
    stated = BENEFITS.get(squashed(labels.about(row, "benefit")))
    if (found := stated or decided.benefit) is None:
        raise Unclear(NO_BENEFIT)
    return cast(Benefit, found)


def has_scales(rows: list[Row], labels: Labels) -> bool:
    """Return whether a column says that the studies used different scales."""
    found = {squashed(labels.about(row, "scale")) for row in rows} - {""}
    return len({name for name in found if name not in MEASURE_WORDS}) > 1
