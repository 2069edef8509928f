"""Which direction is good for the patient, only where the record says so, with its words.

Two kinds of statement count. The first is about the values of a scale or a measurement: "higher scores indicate better
health". The second holds by definition: deaths and adverse events, counted or as times to an event, are better fewer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bayes.base.measures import Measure
from bayes.importing.answers import Benefit
from bayes.importing.ctgov.record import Measure as Outcome

OPPOSITE: dict[Benefit, Benefit] = {"higher": "lower", "lower": "higher"}
OF_EVENTS: tuple[Measure, ...] = (
    *("odds_ratio", "risk_ratio", "risk_difference", "hazard_ratio", "rate_ratio", "rate_difference"),
)  # fmt: skip
OF_VALUES: tuple[Measure, ...] = ("mean_difference", "mean_ratio", "standardised_mean_difference")

MORE = r"(?:higher|greater|larger|bigger)(?! than)|increas(?:e|es|ed|ing)|(?:more )?positive|elevated"
LESS = r"(?:lower|smaller|lesser)(?! than)|decreas(?:e|es|ed|ing)|reductions?|(?:more )?negative"
SAYS = (
    r"indicat\w*|represent\w*|reflect\w*|mean|means|meant|meaning|signif\w+|correspond\w*|denot\w+|suggest\w*|=|impl(?:y|ies)|"
    r"is|are|was|were|be|consistent with|associated with|show(?:s|ing)?|demonstrat\w+|being"
)
GOOD = (
    r"better|best|improv\w+|favou?rable|desirable|less (?:severe|symptomatic|disab\w+|impair\w+|symptoms?|pain)|"
    r"(?:greater|higher|more|increased) "
    r"(?:relief|recovery|efficiency|functioning|ability|independence|quality|health|ambulatory|"
    r"exercise capacity|physical function)|good (?:outcome|health|function)|benefit"
)
BAD = (
    r"worse\w*|worst|(?:more|greater|increased?|increasing|higher|extreme|most|a greater|a higher) "
    r"(?:(?!relief|improve|reduc|less|control|recover|decreas)\w+[ -]){0,2}?"
    r"(?:sever\w+|symptom\w*|disab\w+|impair\w*|disease activity|lupus activity|dysfunction|difficult\w*|problems?|"
    r"pain|"
    r"depress\w*|anxiety|fatigue|limitations?|distress|burden|impact)|more severe|extreme difficulty|poor(?:er)?|"
    r"less favou?rable|dysfunction|deteriorat\w+|unfavou?rable|severe (?:condition|disease|symptoms?)"
)
STATEMENT = re.compile(
    rf"\b(?:(?P<more>{MORE})|(?P<less>{LESS}))\b(?P<of>(?:(?![.;:]\s)[^()\[\]]){{0,60}}?)(?:\b|(?==))(?P<says>{SAYS})(?:\b|(?<==))"
    rf"(?P<rest>(?:(?![.;:]\s|\b(?:higher|lower)\b[^.;]{{0,40}}\b(?:score|value))[^()\[\]]){{0,45}}?)\b(?:(?P<good>{GOOD})|(?P<bad>{BAD}))\b",
    re.IGNORECASE,
)
ENDS = re.compile(
    r"(?P<from>-?\d+(?:\.\d+)?)\s*[(\[=]\s*(?P<one>[^()\[\]]{2,40}?)[)\]]?\s*(?:,\s*)?(?:to|through|and|-|–)\s*"
    r"(?P<to>-?\d+(?:\.\d+)?)\s*[(\[=]\s*(?P<other>[^()\[\]]{2,60}?)[)\],.]",
    re.IGNORECASE,
)
BEST = re.compile(r"\b(?:best|normal|no |none|not |absence|perfect|excellent|very good|full health)", re.IGNORECASE)
WORST = re.compile(
    r"\b(?:worst|severe|extreme|maximum|unbearable|very poor|dead|death|most|worst possible)", re.IGNORECASE
)
BRACKETS = re.compile(r"[\[\]]")
REST = re.compile(r"[^.;\n()]{0,60}")  # of the sentence, for the quotation
NEGATED = re.compile(r"\b(?:not|no|never|neither|cannot)\b", re.IGNORECASE)
# of an amount of change whose sign the title turns round: "reduction in score", "improvement from baseline"
TURNED = re.compile(
    r"\b(?:reduction|decrease|decline|improvement|loss|drop|lowering|fall)s?\b(?! ejection)", re.IGNORECASE
)
OF_CHANGE = re.compile(r"\b(?:change|differen|increase|decrease|reduction|positive|negative)", re.IGNORECASE)

KEPT = 512  # descriptions that are asked for again
FEWER = re.compile(r"\bdeaths?\b|\bmortality\b|\bdied\b", re.IGNORECASE)
ADVERSE = re.compile(
    r"\badverse (?:\w+[ -]){0,3}?(?:events?|reactions?|experiences?|effects?)\b|"
    r"\b(?:TE)?S?AEs?\b|\b(?:MACC?E|SUSARs?)\b|\badverse cardi",
)
ADVERSE_WORDS = re.compile(ADVERSE.pattern.replace(r"\b(?:TE)?S?AEs?\b|\b(?:MACC?E|SUSARs?)\b|", ""), re.IGNORECASE)
SURVIVAL = re.compile(r"\boverall survival\b|\btime to death\b", re.IGNORECASE)
TURNS_ROUND = re.compile(
    r"\bfree\b|\bfreedom\b|\bwithout\b|\bno\b|\bnot\b|\babsence\b|\bavoid|\balive\b|\bsurviv(?!al\b.*death)|\bnone\b|\bresol|\brecover|"
    r"\bprevent|\bdays?[- ](?:alive|free)|\bwins?\b|\brank|\breduc|\bimprov",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Stated:
    """A direction of benefit and the words that state it."""

    benefit: Benefit
    words: str


def stated(outcome: Outcome, title: str, measure: Measure) -> Stated | None:
    """Return the direction of the effect that is good for the patient, or None if the record does not say it.

    Parameters
    ----------
    outcome : Measure of a record
    title : str
        Title of the result within the outcome, such as a time point or an item.
    measure : str
        Measure of effect.
    """
    if measure in ("win_ratio", "win_odds"):
        return Stated("higher", "a win is the better outcome by definition")
    if measure in OF_EVENTS:
        return _by_definition(title, outcome, measure)
    return _of_values(outcome) if measure in OF_VALUES else None


def _by_definition(part: str, outcome: Outcome, measure: Measure) -> Stated | None:
    title = f"{outcome.title} {part}"
    if measure == "hazard_ratio" and (found := SURVIVAL.search(title)):
        return Stated("lower", f'"{found[0]}": deaths are better fewer by definition')
    if TURNS_ROUND.search(f"{title} {outcome.unit}"):
        return None
    if found := FEWER.search(part if any(FEWER.search(one.title) for one in outcome.classes) else title):
        return Stated("lower", f'"{found[0]}": deaths are better fewer by definition')
    if found := ADVERSE.search(title) or ADVERSE_WORDS.search(title):
        return Stated("lower", f'"{found[0]}": adverse events are better fewer by definition')
    return None


def _of_values(outcome: Outcome) -> Stated | None:
    """Return what statements about values say if they agree with each other; one that says the contrary voids them."""
    turned = TURNED.search(outcome.title) is not None
    found: dict[Benefit, str] = {}
    for text in (outcome.description, outcome.title, outcome.of_protocol):
        for benefit, words in _statements(text):
            if not turned or OF_CHANGE.search(words):
                found.setdefault(benefit, words)
        if found:
            break
    if len(found) != 1:
        return None
    benefit, words = found.popitem()
    return Stated(benefit, f'"{words}"')


@lru_cache(KEPT)
def _statements(text: str) -> tuple[tuple[Benefit, str], ...]:
    found: list[tuple[Benefit, str]] = []
    plain = BRACKETS.sub("", text)
    for one in STATEMENT.finditer(plain):
        if NEGATED.search(one["of"] + one["rest"]):
            continue
        way: Benefit = "higher" if (one["more"] is not None) == (one["good"] is not None) else "lower"
        found.append((way, _in_short(one[0] + _rest_of(plain, one.end()))))
    for one in ENDS.finditer(text):
        rises = float(one["to"]) > float(one["from"])
        good_first = BEST.search(one["one"]) and WORST.search(one["other"])
        bad_first = WORST.search(one["one"]) and BEST.search(one["other"])
        if good_first or bad_first:
            found.append(("lower" if bool(good_first) == rises else "higher", _in_short(one[0])))
    return tuple(found)


def _rest_of(text: str, start: int) -> str:
    """Return what follows in a sentence, as far as a quotation goes."""
    found = REST.match(text, start)
    return "" if found is None else found[0]


def _in_short(words: str) -> str:
    return " ".join(words.split())[:160].rstrip(" .,)")
