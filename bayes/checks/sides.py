"""Checks that all reports of a result favour the same arm, whatever they measure (METHODS 12).

A hazard ratio of 0.70 printed with 28.9% v 21.3% of patients with the event, or an estimate whose `compares` was
forgotten, is a contradiction that checks of single numbers cannot find. Each report is reduced to the arm it favours
and its distance from no effect in standard errors; in two reports of the same patients these differ by about 1 at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import inf, sqrt

from bayes.base import measures
from bayes.checks import common_odds
from bayes.checks.finding import INCONSISTENT, NOT_CHECKABLE
from bayes.checks.ledger import Ledger
from bayes.checks.printed_effects import PrintedEffect, entries
from bayes.checks.rounding import analysis_box, box
from bayes.paper.evidence import (
    BareTest,
    Binary,
    EffectAndError,
    Estimate,
    Events,
    Means,
    Medians,
    OrdinalTable,
    PrintedResult,
)
from bayes.paper.evidence.arms import ARMS, Arm, ArmSizes
from bayes.paper.evidence.limits import value_of
from bayes.paper.evidence.paired import PairedCounts
from bayes.paper.trial import Outcome

APART = 1.0  # the largest difference, in standard errors, between two analyses of the same data
APART_ADJUSTED = 2.0  # the same if only one of them is adjusted or stratified
OF_PERSONS = ("odds_ratio", "common_odds_ratio", "risk_ratio", "risk_difference", "hazard_ratio", "rate_ratio")


@dataclass(frozen=True)
class Side:
    """The arm that a report favours, and its distance from no effect.

    Attributes
    ----------
    path : str
        Field within the outcome.
    words : str
        The report as printed.
    z : float
        Standard errors from no effect, positive towards benefit; infinite if the report does not imply a standard
        error.
    allowed : bool
        True if the analysis was adjusted for covariates or stratified.
    """

    path: str
    words: str
    z: float
    allowed: bool = False


def check_sides(ledger: Ledger, outcome: Outcome) -> None:
    """Compare the direction of all reports of an outcome with that of the first, and note contradictions.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
    """
    found = sides(outcome)
    known = {f.path for f in ledger.findings}
    for first, other in ((found[0], other) for other in found[1:]):
        ledger.checks += 1
        if first.z * other.z > 0:
            continue
        far = _far(first, other)
        if not far and other.path in known:
            continue
        why = (
            "is `compares` missing, or the wrong arm named first?"
            if far
            else "both are so close to no effect that two analyses of the same patients may disagree"
        )
        text = (
            f"printed {other.words}, which favours {_favoured(other)}; {first.words} ({first.path}) favours "
            f"{_favoured(first)}: {why}"
        )
        ledger.note(other.path, INCONSISTENT if far else NOT_CHECKABLE, other.words, first.words, None, text)


def _far(a: Side, b: Side) -> bool:
    """Return whether two reports on opposite sides are further apart than analyses of the same data can be."""
    most = APART_ADJUSTED if a.allowed != b.allowed else APART
    measured = [z for z in (a.z, b.z) if abs(z) < inf]
    return abs(measured[0] - measured[1]) > most if len(measured) == 2 else all(abs(z) > most for z in measured)


def _favoured(side: Side) -> str:
    return "the treatment" if side.z > 0 else "the control"


def sides(outcome: Outcome) -> list[Side]:
    """Return the sides of all reports of a result.

    Parameters
    ----------
    outcome : Outcome

    Returns
    -------
    list of Side
        The evidence, the printed results and percentages, and other reports, in this order. Reports that round to no
        effect, or do not state which arm they favour, are omitted.
    """
    found = [*_of_data(outcome, "evidence"), *_of_entries(outcome)]
    for i, name in enumerate(outcome.other_reports):
        other = outcome.trial.outcomes[name]
        found += [*_of_data(other, f"other_reports.{i}"), *_of_entries(other, f"other_reports.{i}")]
    return [side for side in found if side.z]


def _of_entries(outcome: Outcome, elsewhere: str = "") -> Iterator[Side]:
    """Yield the sides of printed effects and percentages; for another outcome, of its evidence only."""
    for entry in entries(outcome):
        if elsewhere and entry.path != "evidence":
            continue
        path = elsewhere or f"{entry.path}.estimate"
        z = _of_effect(entry, outcome.null)
        allowed = entry.adjusted or entry.stratified
        if z:
            yield Side(path, f"{entry.measure.replace('_', ' ')} {_number(entry)}", z, allowed)
        if len(percent := entry.percent) == 2 and entry.measure in OF_PERSONS:
            words = " v ".join(f"{percent[arm]}%" for arm in ARMS)
            sizes = entry.sizes or outcome.trial.n
            yield Side(f"{entry.path}.percent", words, _good(entry) * _of_percent(percent, sizes))


def _good(entry: PrintedEffect) -> int:
    return 1 if entry.benefit == "higher" else -1


def _number(entry: PrintedEffect) -> str:
    result = entry.result
    limits = result.said if result.ci is not None else ""
    way = " (control v treatment)" if entry.turned else ""
    return f"{result.estimate}" + (f" ({limits})" if limits else "") + way


def _of_effect(entry: PrintedEffect, null: float) -> float:
    """Return the standard errors of a printed effect towards benefit, or 0 if it may be no effect or is missing."""
    result = entry.result
    if result.estimate is None or entry.measure == "proportion":
        return 0.0
    found = analysis_box(result.estimate, entry.measure)
    if found is None or found.low <= null <= found.high:
        return 0.0
    y = (found.value - null) * _good(entry) * (-1 if entry.turned else 1)
    s = _standard_error(entry, found.value - null)
    return y / s if s else inf * y


def _standard_error(entry: PrintedEffect, effect: float) -> float | None:
    result = entry.result
    evidence = result.as_estimate() if isinstance(result, PrintedResult) else result
    if evidence is not None and evidence.gives_width and all(_possible(x, entry.measure) for x in result.ci or ()):
        return evidence.width(evidence.estimate, entry.measure, entry.df)
    if result.se is not None:
        return float(result.se)
    p = entry.exact_p
    return None if p is None or not 0 < p < 1 else measures.se_from_p(effect, float(p), entry.df)


def _possible(limit: Decimal | str | None, measure: str) -> bool:
    """Return whether a limit is possible for the measure: that of a ratio must be above 0."""
    return limit is None or not measures.is_log(measure) or value_of(limit) > 0


def _of_percent(percent: Mapping[Arm, Decimal], sizes: ArmSizes | None) -> float:
    """Return the standard errors between two percentages, or 0 if they are equal within rounding."""
    t, c = (box(percent[arm]) for arm in ARMS)
    if t.low <= c.high and c.low <= t.high:
        return 0.0
    gap, mean = (t.value - c.value) / 100, (t.value + c.value) / 200
    if sizes is None or not 0 < mean < 1:
        return inf * gap
    return gap / sqrt(mean * (1 - mean) * (1 / sizes.treatment + 1 / sizes.control))


def _of_data(outcome: Outcome, path: str) -> Iterator[Side]:
    """Yield the side of the data themselves: counts, means and bare p-values."""
    match outcome.evidence:
        case Binary() as evidence:
            words, z = _persons(evidence)
        case Events() as evidence:
            words, z = _events(evidence)
        case Means() as evidence:
            words, z = _means(evidence)
        case OrdinalTable() as evidence:
            yield Side(path, "the distribution over categories", _ordinal(evidence))
            return
        case PairedCounts(treatment_only=b, control_only=c):
            words, z = f"{b} under treatment only v {c} under control only", (b - c) / sqrt(b + c)
        case Estimate():  # it is compared as printed, with the other printed effects
            return
        case EffectAndError() | Medians() as evidence:
            y, s = evidence.own_estimate(outcome.measure)
            words, z = f"the {evidence.kind.replace('_', ' ')} of the arms", y / s
        case BareTest() as evidence:
            yield Side(path, f"a result that favours the {evidence.favours}", _bare(evidence, outcome.measure))
            return
        case _:
            return
    yield Side(path, words, outcome.sign * z)


def _persons(evidence: Binary) -> tuple[str, float]:
    """Return the words and the standard errors by which more persons of the treatment arm had the event."""
    t, c = evidence.treatment, evidence.control
    mean = (t.events + c.events) / (t.n + c.n)
    gap = t.events / t.n - c.events / c.n
    z = gap / sqrt(mean * (1 - mean) * (1 / t.n + 1 / c.n)) if 0 < mean < 1 else 0.0
    return f"{t.events}/{t.n} v {c.events}/{c.n}", z


def _events(evidence: Events) -> tuple[str, float]:
    """Return the words and the standard errors by which the rate of events is higher with treatment."""
    (x1, x0), (t1, t0) = (evidence.treatment.events, evidence.control.events), evidence.relative_exposure
    n, share = x1 + x0, t1 / (t1 + t0)
    z = (x1 - n * share) / sqrt(n * share * (1 - share)) if n else 0.0
    return f"{x1} v {x0} events", z


def _means(evidence: Means) -> tuple[str, float]:
    """Return the words and the standard errors by which the mean is higher with treatment."""
    difference, s = evidence.own_estimate("mean_difference")
    return f"means {evidence.treatment.mean} v {evidence.control.mean}", difference / s


def _ordinal(evidence: OrdinalTable) -> float:
    """Return the standard errors towards benefit: the best category of a table is first, whatever `benefit` is."""
    _, treatment, control = zip(*evidence.observed, strict=True)
    found = common_odds.fit(treatment, control)
    return found.theta / found.se if found and found.se else 0.0


def _bare(evidence: BareTest, measure: str) -> float:
    """Return the standard errors towards benefit; "not significant" is put halfway to the critical value."""
    z = evidence.statistic(measure).quantile(evidence.upper_tail)
    direction = {"treatment": 1, "control": -1, "unknown": 0}[evidence.favours]
    return direction * (z / 2 if evidence.falls_short else z)
