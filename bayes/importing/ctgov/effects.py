"""What an analysis posts, as an estimate: measure, interval of any level and side, standard error, two-sided p."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import log
from typing import Literal

from bayes.base import measures
from bayes.base.documents import TomlTable
from bayes.base.measures import Measure as EffectMeasure
from bayes.base.written_numbers import half_unit, plainly, unbounded
from bayes.checks.p_values import t_p
from bayes.importing.ctgov import parameters
from bayes.importing.ctgov.p_values import p_of, reads_as_one_sided, why_not_two_sided
from bayes.importing.ctgov.reasons import Unusable
from bayes.importing.ctgov.record import Analysis, Measure
from bayes.importing.ctgov.values import is_absent, needed, number
from bayes.paper.evidence.design import Compares

ONE_TAIL = "which is one tail of what the interval implies"
PERCENT_FROM = 20  # a ratio of means above it is taken to be in percent
ASYMMETRIC_RATIO, ASYMMETRIC_DIFFERENCE = 0.2, 0.5  # of half the width of the interval
INFINITE = re.compile(r"[+-]?(?:inf|infinity|infinite|∞)", re.IGNORECASE)
BOUND = re.compile(r"([<>])\s*(.+)")
ADJUSTED = re.compile(
    r"\bancova\b|\bcovaria|\badjust(?:ed|ing|s) (?:for|by|to)|"
    r"\badjusted (?:mean|ls|least|difference|odds|hazard|relative|rate|risk)|"
    r"\bls[ -]?m|\bleast[- ]squares?|\blsm\b|\bmmrm\b|\bmixed[- ](?:model|effect)|\bclda\b|\bconstrained longitudinal|"
    r"\bmodel (?:\w+ ){0,4}(?:includ|contain|with)\w*[^.]{0,60}\bbaseline|\brepeated measures?\b",
    re.IGNORECASE,
)
UNADJUSTED = re.compile(r"\b(?:un|not )adjusted[^.]*|\bno adjustment[^.]*|\badjust\w* for multipl\w*", re.IGNORECASE)
STRATIFIED = re.compile(r"(?<!un)\bstratif|\bmantel|\bcmh\b", re.IGNORECASE)
METHODS: tuple[tuple[str, str], ...] = (
    (r"hodges|lehmann", "hodges_lehmann"),
    (r"bootstrap", "bootstrap"),
    (r"miettinen|nurminen", "miettinen_nurminen"),
    (r"newcombe", "newcombe"),
    (r"\bwilson", "wilson"),
    (r"profile[- ]likelihood", "profile"),
    (r"\bexact\b|clopper", "exact"),
    (r"sandwich|\brobust\b", "robust"),
)
TESTS: tuple[tuple[str, str], ...] = (
    (r"t-test", "t-test"),
    (r"wilcoxon|mann-whitney|rank[- ]sum", "Wilcoxon"),
    (r"log[- ]?rank", "log-rank"),
    (r"mantel|cmh", "CMH"),
    (r"fisher", "Fisher exact"),
    (r"chi-squared, corrected", "Yates"),
    (r"chi-squared?", "chi-square"),
    (r"regression, logistic", "logistic regression model"),
    (r"regression, cox|cox", "Cox model"),
    (r"ancova", "ANCOVA"),
    (r"mixed models? analysis|mmrm|repeated measure", "mixed model"),
    (r"regression, linear|anova", "regression model"),
)


@dataclass(frozen=True)
class Effect:
    """A posted effect.

    Attributes
    ----------
    measure : str
    fields : dict
        As in evidence of kind `estimate`, without `compares`.
    places : dict of str to str
    analysis : Analysis
    asymmetric : str
        Why it is not evidence on its own, though it may be printed beside the arms; empty if it is.
    unit_is_open : bool
        Whether a difference of risks may be in percent or not.
    of_model : bool
        Whether it is that of a regression and not the effect of the arms.
    notes : tuple of str
    """

    measure: EffectMeasure
    fields: TomlTable
    places: dict[str, str]
    analysis: Analysis
    asymmetric: str = ""
    unit_is_open: bool = False
    of_model: bool = False
    notes: tuple[str, ...] = ()

    @property
    def estimate(self) -> Decimal:
        found: Decimal = self.fields["estimate"]
        return found

    @property
    def limits(self) -> tuple[Decimal | None, Decimal | None]:
        """The limits as numbers, without the sign of a bound."""
        low, high = (None if one in (None, "none") else unbounded(one) for one in self.fields.get("ci", (None, None)))
        return low, high

    @property
    def precise(self) -> bool:
        """Return whether it has a standard error of its own."""
        return "ci" in self.fields or "se" in self.fields

    @property
    def adjusted(self) -> bool:
        """Return whether the record says that it is adjusted."""
        return self.of_model or ADJUSTED.search(UNADJUSTED.sub(" ", self.analysis.said)) is not None

    @property
    def stratified(self) -> bool:
        return STRATIFIED.search(self.analysis.said) is not None

    @property
    def interval(self) -> str | None:
        """The method of the interval, where the record names it."""
        named = next((name for words, name in METHODS if re.search(words, self.analysis.said, re.IGNORECASE)), None)
        return "other" if named is None and parameters.is_of_medians(self.analysis) else named

    @property
    def same_numbers(self) -> tuple[object, ...]:
        """What tells a second report of one result from another result."""
        return self.measure, self.estimate, *self.limits

    def divided(self) -> Effect:
        """Return the same effect, posted in percent, as a share; its digits are kept."""
        moved = {name: _moved(value) for name, value in self.fields.items() if name in ("estimate", "ci", "se")}
        return replace(self, fields=self.fields | moved, unit_is_open=False, notes=(*self.notes, "Posted in percent."))


def _moved(value: object) -> object:
    if isinstance(value, list):
        return [_moved(one) for one in value]
    if isinstance(value, Decimal):
        return value.scaleb(-2)
    if isinstance(value, str) and value[:1] in "<>":
        return f"{value[0]}{Decimal(value[1:]).scaleb(-2):f}"
    return value


def test_of(analysis: Analysis) -> str | None:
    """Return the name of the test behind a p-value, as checks know it, else as posted."""
    if not analysis.method:
        return None
    named = (name for words, name in TESTS if re.search(words, analysis.method, re.IGNORECASE))
    return next(named, analysis.method)


def effect_of(outcome: Measure, analysis: Analysis) -> Effect:
    """Return what an analysis posts as an effect.

    Raises
    ------
    Unusable
        If it posts none that can be read, or an impossible one.
    """
    measure = parameters.measure_of(analysis, outcome)
    estimate = needed(analysis.value, "the estimate")
    fields: TomlTable = {"estimate": estimate}
    places = {"estimate": f"{analysis.path}.paramValue"}
    _interval(analysis, fields, places)
    notes = [*_standard_error(analysis, measure, fields, places)]
    found = Effect(measure, fields, places, analysis)
    if measure == "risk_difference":
        found = _as_share(found, outcome)
    if measures.is_log(measure):
        found = _possible_ratio(found, outcome)
    _in_order(found)
    found = replace(found, asymmetric=_asymmetry(found))
    notes += _p_value(analysis, found)
    return replace(found, notes=(*found.notes, *notes))


def _limit(text: str) -> Decimal | str | None:
    if is_absent(text) or INFINITE.fullmatch(text.strip()):
        return None
    if (bound := BOUND.fullmatch(text.strip())) and (plain := plainly(bound[2])) is not None:
        return f"{bound[1]}{plain}"
    return number(text)


def _interval(analysis: Analysis, fields: TomlTable, places: dict[str, str]) -> None:
    """Read the limits and the level; the level of a limit that stands alone is its one-sided coverage."""
    low, high = _limit(analysis.low), _limit(analysis.high)
    if low is None and high is None:
        return
    level = _level(analysis.level)
    alone = low is None or high is None
    if analysis.sides == "ONE_SIDED" and not alone:
        raise Unusable("a one-sided interval with two limits")
    if alone and analysis.sides != "ONE_SIDED":
        level = (1 + level) / 2
    fields["ci"] = ["none" if low is None else low, "none" if high is None else high]
    if low is not None:
        places["ci.0"] = f"{analysis.path}.ciLowerLimit"
    if high is not None:
        places["ci.1"] = f"{analysis.path}.ciUpperLimit"
    if level != Decimal("0.95"):
        fields["level"], places["level"] = level, f"{analysis.path}.ciPctValue"


def _level(text: str) -> Decimal:
    """Return the level of an interval, posted in percent or as a share; `Unusable` for one below 50%."""
    found = needed(text, "the level of the interval")
    share = found.scaleb(-2) if found > 1 else found
    if not Decimal("0.5") <= share < Decimal("0.999999"):
        raise Unusable(f"an impossible level of the interval: {text}")
    return share


def _standard_error(
    analysis: Analysis, measure: EffectMeasure, fields: TomlTable, places: dict[str, str]
) -> Sequence[str]:
    """Read the standard error of a difference; that of a ratio is on a scale that the record does not state."""
    if analysis.dispersion != "STANDARD_ERROR_OF_MEAN" or is_absent(analysis.error):
        return ()
    error = number(analysis.error)
    if error is None or error <= 0:
        return ()
    if measures.is_log(measure):
        return ("Its standard error is posted on a scale that is not stated, and not used.",)
    fields["se"], places["se"] = error, f"{analysis.path}.dispersionValue"
    return ()


def _as_share(found: Effect, outcome: Measure) -> Effect:
    """Return a difference of risks as a share if its unit is certain, else with its unit left open."""
    numbers = (found.estimate, *found.limits)
    if parameters.in_percent(numbers):
        return found.divided()
    return replace(
        found, unit_is_open=parameters.SHARE.search(f"{outcome.unit} {found.analysis.parameter}") is not None
    )


def _possible_ratio(found: Effect, outcome: Measure) -> Effect:
    low, high = found.limits
    if found.estimate <= 0 or (high is not None and high <= 0) or (low is not None and low < 0):
        raise Unusable("a ratio that is not above 0")
    if found.measure == "mean_ratio" and found.estimate > PERCENT_FROM and (low is None or low > PERCENT_FROM / 2):
        raise Unusable("a ratio in percent")
    if low == 0:
        digits = max(-int(value.as_tuple().exponent) for value in (found.estimate, low, high or low))
        if digits <= 0:
            raise Unusable("a lower limit of a ratio posted as 0")
        limits = [f"<{half_unit(Decimal(1).scaleb(-digits)):f}", found.fields["ci"][1]]
        return replace(found, fields=found.fields | {"ci": limits})
    return found


def _in_order(found: Effect) -> None:
    low, high = found.limits
    if low is not None and high is not None and low >= high:
        raise Unusable("the limits are equal" if low == high else "the limits are not in order")
    if (low is not None and found.estimate < low) or (high is not None and found.estimate > high):
        raise Unusable("the interval excludes its own estimate")
    if found.measure == "risk_difference" and not all(
        abs(one) < 1 for one in (found.estimate, low, high) if one is not None
    ):
        raise Unusable("a difference of risks outside -1 to 1")


def _asymmetry(found: Effect) -> str:
    """Return why an interval is not one about its estimate, allowing for rounding, or an empty string."""
    limits = found.fields.get("ci", ())
    if len(limits) != 2 or not all(isinstance(one, Decimal) for one in limits):
        return ""
    ratio = measures.is_log(found.measure)
    (y, e), (low, e_low), (high, e_high) = (_boxed(one, ratio) for one in (found.estimate, *limits))
    off = abs(y - (low + high) / 2) - e - (e_low + e_high) / 2
    allowed = ASYMMETRIC_RATIO if ratio else ASYMMETRIC_DIFFERENCE
    if off <= allowed * (high - low) / 2 or found.interval not in (None, "robust"):
        return ""
    return f"the estimate is off the centre of its interval{' on the log scale' if ratio else ''}"


def _boxed(value: Decimal, ratio: bool) -> tuple[float, float]:
    """Return a number and half its rounding on the analysis scale."""
    half = float(half_unit(value))
    return (log(value), half / float(value)) if ratio else (float(value), half)


def implied_p(found: Effect, df: float | None = None) -> float | None:
    """Return the two-sided p-value of an estimate and its interval; None without a limit that is a number."""
    low, high = found.fields.get("ci", (None, None))
    known = [one for one in (low, high) if isinstance(one, Decimal)]
    if not known or any(isinstance(one, str) and one != "none" for one in (low, high)):
        return None
    y, *limits = (measures.to_analysis(float(one), found.measure) for one in (found.estimate, *known))
    level = float(found.fields.get("level", 0.95))
    q = measures.ci_quantile(level if len(known) == 2 else 2 * level - 1, df)
    s = abs(limits[-1] - limits[0]) / (2 * q) if len(known) == 2 else abs(limits[0] - y) / q
    return t_p(y / s, df) if s > 0 else None


def _p_value(analysis: Analysis, found: Effect) -> Sequence[str]:
    """Add a two-sided p-value to the fields, or return why the posted one is not read as such."""
    p = p_of(analysis)
    if p is None:
        return ()
    why = why_not_two_sided(analysis)
    implied = implied_p(found)
    if why is None and implied is not None and reads_as_one_sided(p, implied):
        why = ONE_TAIL
    if why is not None:
        return (not_used(analysis, why),)
    found.fields["p"], found.places["p"] = p, f"{analysis.path}.pValue"
    if (test := test_of(analysis)) is not None:
        found.fields["test"] = test
    return ()


def not_used(analysis: Analysis, why: str) -> str:
    """Return the note on a p-value that is not read as two-sided."""
    return f"Not used: the posted p-value {analysis.p}, {why}."


Way = Literal["recomputed", "inside", "stated", "convention", "decided"]


@dataclass(frozen=True)
class Oriented:
    """An effect with its direction, and how that is known."""

    effect: Effect
    compares: Compares
    how: Way
