"""The measure of effect that the free text of an analysis names."""

from __future__ import annotations

import re
from decimal import Decimal

from bayes.base.measures import Measure
from bayes.importing.ctgov.reasons import Unusable
from bayes.importing.ctgov.record import Analysis
from bayes.importing.ctgov.record import Measure as Outcome

PEOPLE = re.compile(
    r"\b(?:part?i?cipants?|particpants?|patients?|subjects?|persons?|people|women|men|children|infants?|neonates?|"
    r"individuals|volunteers|responders?|survivors?|hcps)\b",
    re.IGNORECASE,
)
SHARE = re.compile(r"%|\bper ?cent|\bproportion|\brate of (?:participants|patients|subjects)\b", re.IGNORECASE)
OF_DAYS = re.compile(
    r"percent(?:age)? (?:of )?(?:days|time|change|reduction|increase|predicted)|% (?:change|predicted|of days)",
    re.IGNORECASE,
)
PER_TIME = re.compile(
    r"\bper\b[^,;]*\b(?:person|participant|patient|subject|pt|exposure)s?\b[- ]*(?:years?|yrs?|months?|days?)|"
    r"/ ?\d* ?(?:pt|patient|person|participant)?[- ]?(?:yrs|years?|py)\b|\byears of exposure|\bexposure years|"
    r"\bper year\b|"
    r"\bannuali[sz]ed",
    re.IGNORECASE,
)
LOGARITHM = re.compile(r"\blog\b(?![- ]?rank)|\blog-?scale|\blogarithm|, log$", re.IGNORECASE)
NO_EFFECT = re.compile(
    r"\bslope|correlation|\bprobability|percentile|surveillance|person-?time|interaction|\bkappa|\bauc\b|average rank|"
    r"sensitivity|specificity|\bicc\b|kaplan|overall survival|\bsimilarity|regression coefficient|\bbeta\b|est\. % of",
    re.IGNORECASE,
)
OF_CATEGORIES = re.compile(r"cumulative logit|proportional odds|\bordinal|common odds", re.IGNORECASE)
GEOMETRIC = ("GEOMETRIC_MEAN", "GEOMETRIC_LEAST_SQUARES_MEAN")
CONTINUOUS = ("MEAN", "LEAST_SQUARES_MEAN", "MEDIAN")
RATIOS: tuple[tuple[str, Measure], ...] = (
    (r"hazards? ratio|\bhr\b|cox proportional hazard", "hazard_ratio"),
    (r"\bodds ratio|^or$", "odds_ratio"),
    (r"\bwin ratio", "win_ratio"),
    (r"\bwin odds", "win_odds"),
    (r"\brisk ratio|\brelative risk|^rr$|ratio of (?:proportions|risks|percentages)|proportion ratio", "risk_ratio"),
    (r"\b(?:incidence )?rate ratio|\brates? ratio|ratio of (?:\w+ ){0,2}rates?\b|\birr\b", "rate_ratio"),
    (r"geom\w*[ .]+(?:\w+ ){0,3}(?:ratio|ration)\b|ratio of (?:\w+ ){0,2}geom|\bgmr\b", "mean_ratio"),
)
MEAN_RATIO = re.compile(r"\bratios?\b|\bfold\b", re.IGNORECASE)
DIFFERENCE = re.compile(
    r"differen|% diff|\bdiff\b|treatment effect|\bnet\b|minus|placebo[- ](?:subtracted|corrected)", re.IGNORECASE
)
OF_RISK = re.compile(
    r"risk|proportion|per ?cent|%|response rate|incidence rates?$|\brate difference \(percentage", re.IGNORECASE
)
MEDIAN = re.compile(r"\bmedians?\b|hodges|lehmann", re.IGNORECASE)


def of_people(outcome: Outcome) -> bool:
    """Return whether an outcome counts participants, or gives a share of them."""
    if outcome.parameter in ("COUNT_OF_PARTICIPANTS", "COUNT_OF_UNITS"):
        return True
    share = SHARE.search(outcome.unit) is not None and outcome.parameter == "NUMBER"
    return outcome.parameter == "NUMBER" and not of_time(outcome) and (share or PEOPLE.search(outcome.unit) is not None)


def of_time(outcome: Outcome) -> bool:
    """Return whether an outcome is a rate of events over time."""
    return PER_TIME.search(outcome.unit) is not None


def measure_of(analysis: Analysis, outcome: Outcome) -> Measure:
    """Return the measure of effect of an analysis.

    Raises
    ------
    Unusable
        If the parameter does not compare two arms, or it is not certain what is compared.
    """
    name = analysis.parameter
    if not name:
        raise Unusable("no estimate is posted")
    if NO_EFFECT.search(name):
        raise Unusable("the parameter is not an effect of treatment")
    if LOGARITHM.search(name):
        raise Unusable("the effect is a logarithm")
    found: Measure | None = next((measure for words, measure in RATIOS if re.search(words, name, re.IGNORECASE)), None)
    if found == "odds_ratio" and OF_CATEGORIES.search(f"{name} {analysis.method}"):
        raise Unusable("which categories the odds are of is not stated")
    if found is not None:
        return found
    if DIFFERENCE.search(name) and not re.search(r"ratio of|\bratio$", name, re.IGNORECASE):
        return _difference(name, outcome)
    if MEAN_RATIO.search(name):
        if outcome.parameter in (*GEOMETRIC, *CONTINUOUS):
            return "mean_ratio"
        raise Unusable("what the ratio is of is not stated")
    raise Unusable("the parameter is not an effect of treatment")


def _difference(name: str, outcome: Outcome) -> Measure:
    if of_people(outcome):
        return "risk_difference"
    if of_time(outcome) and outcome.parameter == "NUMBER":
        return "rate_difference"
    if outcome.parameter in GEOMETRIC:
        raise Unusable("a difference beside geometric means: its scale is not stated")
    if outcome.parameter in CONTINUOUS:
        return "mean_difference"
    if OF_RISK.search(name):
        return "risk_difference"
    raise Unusable("what the difference is of is not stated")


def is_of_medians(analysis: Analysis) -> bool:
    """Return whether a difference is one of medians, or the median of differences."""
    return MEDIAN.search(f"{analysis.parameter} {analysis.method}") is not None


def in_percent(numbers: tuple[Decimal | None, ...]) -> bool:
    """Return whether numbers that can only be a difference of risks are in percent: one of them is above 1."""
    return any(abs(value) > 1 for value in numbers if value is not None)
