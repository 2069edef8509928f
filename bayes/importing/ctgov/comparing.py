"""The effect that follows from the arms, beside the posted one: does it agree, and which arm does it put first?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

from bayes.base import measures
from bayes.base.measures import Measure as EffectMeasure
from bayes.base.written_numbers import half_unit
from bayes.importing.ctgov.arms import CONTROL, Pair, content
from bayes.importing.ctgov.effects import Effect, Oriented
from bayes.importing.ctgov.posted import Fields, Summary
from bayes.paper.evidence.arms import ARMS, nearest_count
from bayes.paper.evidence.design import Compares

SLACK = 1e-9
REGRESSION = re.compile(
    r"regression|logistic|\bgee\b|generali[sz]ed (?:linear|estimating)|binomial|poisson|mixed|frailty|andersen",
    re.IGNORECASE,
)
CLOSE, FAR = 0.3, 0.8  # standard errors
SURE = 4  # times the rounding of both
ORDER: dict[bool, Compares] = {True: "treatment_vs_control", False: "control_vs_treatment"}
# words between two arms that say which is subtracted from, or divided by, which
BETWEEN = (
    r"\s*(?:[-–−/]|\bminus\b|\bover\b|\bdivided by\b|\brelative to\b|\bsubtracted\b|\bcompared (?:to|with)\b|"
    r"\bvs?\.?\b|\bversus\b)\s*"
)
OF_ACTIVE = r"\b(?:active|treatment|treated|drug|test|experimental|intervention|device)"
OF_CONTROL = r"(?:placebo|control|comparator|reference|sham)\b"
ACTIVE_FIRST = re.compile(
    rf"{OF_ACTIVE}{BETWEEN}{OF_CONTROL}|\bt{BETWEEN}c\b|\bplacebo[- ](?:subtracted|corrected|adjusted)\b|"
    r"\b(?:difference|ratio) (?:from|vs\.?|versus|to|relative to|compared (?:to|with)) (?:\w+ )?"
    r"(?:placebo|control|sham)\b|"
    r"\btest to reference\b|^% ?diff\w* vs placebo",
    re.IGNORECASE,
)
CONTROL_FIRST = re.compile(rf"\b{OF_CONTROL}{BETWEEN}{OF_ACTIVE}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Own:
    """The effect of treatment against control that follows from the arms, on the measure's own scale.

    Attributes
    ----------
    value, rounding : float
        The effect, and how far the rounding of the arms may move it.
    proxy : bool
        Whether it is another measure of the same difference: a ratio of risks for a hazard ratio.
    """

    value: float
    rounding: float
    proxy: bool = False

    def mirrored(self, ratio: bool) -> Own:
        """Return the effect of control against treatment."""
        if not ratio:
            return Own(-self.value, self.rounding, self.proxy)
        return Own(1 / self.value, self.rounding / self.value**2, self.proxy)


def own_effect(summary: Summary, measure: EffectMeasure) -> Own | None:
    """Return the effect that follows from the arms, or None if there is none for this measure."""
    arms = [summary.arms[arm] for arm in ARMS] if len(summary.arms) == len(ARMS) else []
    if not arms:
        return None
    find = BY_KIND.get(summary.kind)
    try:
        return None if find is None else find(arms[0], arms[1], measure)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None


def _of_risks(t: Fields, c: Fields, measure: EffectMeasure) -> Own | None:
    (p, e), (q, f) = _risk(t), _risk(c)
    match measure:
        case "risk_difference":
            return Own(p - q, e + f)
        case "risk_ratio" | "hazard_ratio" | "rate_ratio":
            return Own(p / q, p / q * (e / p + f / q), proxy=measure != "risk_ratio")
        case "odds_ratio":
            odds = p * (1 - q) / (q * (1 - p))
            return Own(odds, odds * (e / (p * (1 - p)) + f / (q * (1 - q))))
    return None


def _risk(arm: Fields) -> tuple[float, float]:
    """Return the risk of an arm and half its rounding."""
    if "events" in arm:
        return float(arm["events"]) / float(arm["n"]), 0.0
    percent = Decimal(arm["percent"])
    if "ci" in arm or "se" in arm:
        return float(percent) / 100, float(half_unit(percent)) / 100
    return nearest_count(percent, int(arm["n"])) / float(arm["n"]), 0.0


def _of_location(name: str) -> Callable[[Fields, Fields, EffectMeasure], Own | None]:
    """Return the comparison of two means, medians or rates."""

    def find(t: Fields, c: Fields, measure: EffectMeasure) -> Own | None:
        (x, e), (y, f) = ((float(arm[name]), float(half_unit(Decimal(arm[name])))) for arm in (t, c))
        if not measures.is_log(measure):
            return Own(x - y, e + f)
        return (
            Own(x / y, abs(x / y) * (e / abs(x) + f / abs(y)), proxy=measure == "hazard_ratio") if x / y > 0 else None
        )

    return find


def _of_events(t: Fields, c: Fields, measure: EffectMeasure) -> Own | None:
    rates = [float(arm["events"]) / float(arm["n"]) for arm in (t, c)]
    return Own(rates[0] / rates[1], 0.0, proxy=True) if measure in ("rate_ratio", "hazard_ratio") else None


BY_KIND: Mapping[str, Callable[[Fields, Fields, EffectMeasure], Own | None]] = {
    "binary": _of_risks,
    "percentages": _of_risks,
    "means": _of_location("mean"),
    "geometric_means": _of_location("geometric_mean"),
    "medians": _of_location("median"),
    "rates": _of_location("rate"),
    "events": _of_events,
}


def agrees(posted: Decimal, own: Own) -> bool:
    """Return whether a posted effect is that of the arms, within the rounding of both."""
    return not own.proxy and abs(float(posted) - own.value) <= float(half_unit(posted)) + own.rounding + SLACK


def of_model(known: Oriented, summary: Summary) -> bool:
    """Return whether an effect is that of a regression and differs from the one of the arms, so that it is adjusted."""
    own = own_effect(summary, known.effect.measure)
    if own is None or REGRESSION.search(known.effect.analysis.method) is None:
        return False
    if known.compares == "control_vs_treatment" and own.value:
        own = own.mirrored(measures.is_log(known.effect.measure))
    return not agrees(known.effect.estimate, own)


def _inside(effect: Effect, own: Own) -> bool:
    low, high = effect.limits
    return (low is None or float(low) < own.value) and (high is None or own.value < float(high))


def oriented(effect: Effect, summary: Summary | None, pair: Pair) -> Oriented | None:
    """Return an effect with its direction, or None if nothing decides.

    First its numbers: the effect of the arms is the posted one in one direction only, and rounding cannot confuse it
    with its mirror image. Then its words: which arm is subtracted from or divided by which, unless the numbers speak
    against them. Last, weaker numbers: the effect of the arms lies in the posted interval in one direction only, or is
    close to the posted one in the one and far from it in the other.
    """
    ways = _ways(effect, summary)
    if ways and (sure := _decided([agrees(effect.estimate, one) for one in ways])) and _apart(effect, ways[0]):
        return Oriented(effect, sure, "recomputed")
    said = _stated(effect, pair)
    if said is None and pair.because == "decided":
        return Oriented(effect, "treatment_vs_control", "decided")
    if said is not None:
        return Oriented(effect, ORDER[said], "stated") if plausible(effect, summary, said) else None
    for tested in (
        [agrees(effect.estimate, one) for one in ways],
        [effect.limits != (None, None) and _inside(effect, one) for one in ways],
        _nearer(effect, ways),
    ):
        if sure := _decided(tested):
            return Oriented(effect, sure, "inside")
    return None


def _decided(tested: Sequence[bool]) -> Compares | None:
    """Return the direction if one of both alone passed a test."""
    return ORDER[tested[0]] if len(tested) == 2 and tested[0] != tested[1] else None


def _apart(effect: Effect, own: Own) -> bool:
    """Return whether the effect of the arms is so far from its mirror image that rounding cannot confuse them."""
    other = own.mirrored(measures.is_log(effect.measure))
    return abs(own.value - other.value) > SURE * (float(half_unit(effect.estimate)) + own.rounding)


def _ways(effect: Effect, summary: Summary | None) -> tuple[Own, ...]:
    """Return the effect of the arms in both directions; empty if it does not tell them apart."""
    own = None if summary is None else own_effect(summary, effect.measure)
    if own is None or not own.value or not isfinite(own.value):
        return ()
    ratio = measures.is_log(effect.measure)
    return (own, own.mirrored(ratio)) if not ratio or own.value > 0 else ()


def _nearer(effect: Effect, ways: Sequence[Own]) -> list[bool]:
    """Return which direction is close to the posted effect, while the other is far from it, in its standard errors."""
    apart = [difference_in_errors(effect, one) for one in ways]
    if len(apart) != 2 or None in apart:
        return [False, False]
    direct, reverse = (one or 0.0 for one in apart)
    return [direct < CLOSE and reverse > FAR, reverse < CLOSE and direct > FAR]


def plausible(effect: Effect, summary: Summary | None, treatment_first: bool) -> bool:
    """Return whether the numbers of the arms do not speak against a direction."""
    apart = [difference_in_errors(effect, one) for one in _ways(effect, summary)]
    if len(apart) != 2 or None in apart:
        return True
    this, other = apart if treatment_first else reversed(apart)
    return (this or 0.0) - (other or 0.0) < FAR


def _stated(effect: Effect, pair: Pair) -> bool | None:
    """Return whether the words put the treatment first, or None if they do not say."""
    said = effect.analysis.parameter, effect.analysis.comments.get("estimateComment", "")
    found: set[bool] = set()
    mine, its = content(pair.treatment.title), content(pair.control.title)
    for text in said:
        words = " ".join(text.split())
        if CONTROL.search(pair.control.title) or pair.because.startswith("by the type"):
            found |= {True} if ACTIVE_FIRST.search(words) else set()
            found |= {False} if CONTROL_FIRST.search(words) else set()
        for first, second, way in ((mine - its, its - mine, True), (its - mine, mine - its, False)):
            if first and second and re.search(_between(first, second), words, re.IGNORECASE):
                found.add(way)
    return found.pop() if len(found) == 1 else None


def _between(first: frozenset[str], second: frozenset[str]) -> str:
    """Return the pattern of one arm before another, with a word between them that says what is done."""
    one, other = ("|".join(sorted(map(re.escape, words))) for words in (first, second))
    filler = r"(?:\s*[\w.,()%]+){0,3}?"
    return rf"\b(?:{one})\b{filler}{BETWEEN}(?:\w+\s+){{0,2}}?(?:{other})\b"


def difference_in_errors(effect: Effect, own: Own) -> float | None:
    """Return how many standard errors the effect of the arms is from the posted one; None without an interval."""
    low, high = effect.limits
    if low is None or high is None or (measures.is_log(effect.measure) and (low <= 0 or own.value <= 0)):
        return None
    numbers = (float(effect.estimate), own.value, float(low), float(high))
    posted, arms, *limits = (measures.to_analysis(one, effect.measure) for one in numbers)
    s = measures.se_from_ci(limits[0], limits[1], float(effect.fields.get("level", 0.95)))
    return abs(posted - arms) / s if s > 0 else None
