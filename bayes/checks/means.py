"""Checks of means and standard deviations: whether they are possible, and give the printed difference and p-value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from math import sqrt

from bayes.base import measures
from bayes.base.numbers import significant
from bayes.checks import grim
from bayes.checks.counts import other_measure, other_percent
from bayes.checks.finding import INCONSISTENT
from bayes.checks.interval_methods import choose_intervals
from bayes.checks.ledger import Ledger
from bayes.checks.p_values import choose, normal_p, t_p
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.rounding import Implied, Range, box, distance, exactly, extent, shown
from bayes.checks.standard_errors import check_errors
from bayes.paper.evidence import Means, of_kind
from bayes.paper.evidence.arms import MeanInArm, by_arm
from bayes.paper.trial import Outcome

Error = Callable[[float, float], tuple[float, float | None]]


def check_means(ledger: Ledger, outcome: Outcome, entries: Iterable[PrintedEffect]) -> None:
    """Check means and SDs by GRIM and GRIMMER if the step of the scale is stated, and all printed results.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome with evidence of kind `means`.
    entries : iterable of Entry
        The printed results.
    """
    evidence = of_kind(outcome.evidence, Means)
    if evidence.step is not None and not evidence.least_squares:
        for arm, report in by_arm(evidence).items():
            _possible(ledger, f"evidence.{arm}", report, evidence.step)
    check_errors(ledger, outcome, entries)
    for entry in entries:
        if entry.measure not in Means.measures:
            other_measure(ledger, entry, "means")
        else:
            other_percent(ledger, entry, "means")
            _compare(ledger, entry, evidence)


def _possible(ledger: Ledger, path: str, arm: MeanInArm, step: Decimal) -> None:
    """Check the mean by GRIM and, if it passes, the standard deviation by GRIMMER."""
    ledger.checks += 1
    if not grim.totals(arm.mean, arm.n, step):
        near = grim.nearest_mean(arm.mean, arm.n, step)
        text = (
            f"printed mean {arm.mean}, which {arm.n} values in steps of {step} cannot have; "
            f"the nearest is {significant(near, 5)} (GRIM)"
        )
        ledger.note(f"{path}.mean", INCONSISTENT, arm.mean, shown(near, arm.mean), distance(arm.mean, near), text)
        return
    if not arm.sd_is_printed:
        return
    ledger.checks += 1
    if not grim.sd_possible(arm.mean, arm.sd, arm.n, step):
        near = grim.nearest_sd(arm.mean, arm.sd, arm.n, step)
        text = (
            f"printed SD {arm.sd}, which {arm.n} values in steps of {step} with mean {arm.mean} cannot have; "
            f"the nearest is {significant(near, 5)} (GRIMMER)"
        )
        ledger.note(f"{path}.sd", INCONSISTENT, arm.sd, shown(near, arm.sd), distance(arm.sd, near), text)


def _errors(n1: int, n0: int) -> dict[str, Error]:
    """Return functions of the two SDs that give the standard error and degrees of freedom of a difference, by test."""

    def welch(s1: float, s0: float) -> tuple[float, float]:
        v1, v0 = s1**2 / n1, s0**2 / n0
        return sqrt(v1 + v0), measures.welch_df(v1, n1, v0, n0)

    def student(s1: float, s0: float) -> tuple[float, float]:
        return measures.pooled_sd(s1, n1, s0, n0) * sqrt(1 / n1 + 1 / n0), n1 + n0 - 2

    return {"Welch": welch, "Student": student, "z": lambda s1, s0: (welch(s1, s0)[0], None)}


def _compare(ledger: Ledger, entry: PrintedEffect, evidence: Means) -> None:
    """Compare a printed difference, standard error, interval and p-value with the means."""
    result, path = entry.result, entry.path
    t, c = evidence.treatment, evidence.control
    if entry.turned:
        t, c = c, t
    m1, m0 = box(t.mean), box(c.mean)
    gap = Range(float(t.mean - c.mean), m1.low - m0.high, m1.high - m0.low)
    sds = [Range(b.value, max(b.low, b.value / 1000), b.high) for b in (box(t.sd), box(c.sd))]
    basis = f"{t.mean} ({t.sd}, n {t.n}) v {c.mean} ({c.sd}, n {c.n}) give"
    doubt, remark = entry.doubt, entry.remark
    errors = _errors(t.n, c.n)
    difference = entry.measure == "mean_difference"
    if result.estimate is not None:
        found = [Implied("", (gap,))] if difference else _standardised(gap, sds, t.n, c.n)
        ledger.compare(f"{path}.estimate", result.estimate, found, basis, doubt, remark)
    if result.se is not None:
        found = _of_errors(errors, sds) if difference else _standardised_errors(gap, sds, t.n, c.n)
        ledger.compare(f"{path}.se", result.se, found, basis, doubt, remark)
    if result.ci is not None:
        tail = (1 - result.coverage) / 2
        found = (
            _difference_intervals(errors, gap, sds, tail)
            if difference
            else _standardised_intervals(gap, sds, t.n, c.n, tail)
        )
        _, uninformative = choose_intervals(entry, (implied.name for implied in found))
        ledger.compare(f"{path}.ci", result.ci, found, basis, doubt or uninformative, remark)
    if result.p is not None:
        names, uninformative = choose(entry.test, errors)
        remark = "" if entry.test else "the test is not named"
        candidates = [Implied(name, (_p(errors[name], gap, sds),)) for name in names]
        ledger.compare(f"{path}.p", result.p, candidates, basis, doubt or uninformative, remark)


def _p(error: Error, gap: Range, sds: list[Range]) -> Range:
    def p(difference: float, s1: float, s0: float) -> float:
        se, df = error(s1, s0)
        return t_p(difference / se, df) if df else normal_p(difference / se)

    return extent(p, gap, *sds, through=[[0.0]])


def _of_errors(errors: dict[str, Error], sds: list[Range]) -> list[Implied]:
    return [Implied(name, (extent(lambda s1, s0, e=error: e(s1, s0)[0], *sds),)) for name, error in errors.items()]


def _difference_intervals(errors: dict[str, Error], gap: Range, sds: list[Range], tail: float) -> list[Implied]:
    def limit(error: Error, side: int) -> Range:
        def at(difference: float, s1: float, s0: float) -> float:
            se, df = error(s1, s0)
            return difference + side * measures.upper_quantile(tail, df) * se

        return extent(at, gap, *sds)

    return [Implied(name, (limit(error, -1), limit(error, 1))) for name, error in errors.items()]


def _d(n1: int, n0: int, hedges: bool) -> Callable[[float, float, float], float]:
    """Return Cohen's d, with the pooled SD, or Hedges' g = J d, J = 1 - 3/(4 nu - 1), as a function of data."""
    factor = 1 - 3 / (4 * (n1 + n0 - 2) - 1) if hedges else 1.0
    return lambda difference, s1, s0: factor * difference / measures.pooled_sd(s1, n1, s0, n0)


def _standardised(gap: Range, sds: list[Range], n1: int, n0: int) -> list[Implied]:
    return [
        Implied(name, (extent(_d(n1, n0, hedges), gap, *sds),)) for name, hedges in (("d", False), ("Hedges g", True))
    ]


def _standardised_error(effect: float, n1: int, n0: int) -> float:
    """Return the standard error sqrt(1/n1 + 1/n0 + g^2/(2n)) (METHODS 1)."""
    return sqrt(1 / n1 + 1 / n0 + effect**2 / (2 * (n1 + n0)))


def _standardised_errors(gap: Range, sds: list[Range], n1: int, n0: int) -> list[Implied]:
    found = []
    for implied in _standardised(gap, sds, n1, n0):
        part = extent(lambda g: _standardised_error(g, n1, n0), implied.parts[0])
        found.append(Implied(implied.name, (part,)))
    return [*found, exactly("without an effect", sqrt(1 / n1 + 1 / n0))]


def _standardised_intervals(gap: Range, sds: list[Range], n1: int, n0: int, tail: float) -> list[Implied]:
    q = measures.upper_quantile(tail)
    return [
        Implied(
            implied.name,
            tuple(extent(lambda g, s=s: g + s * q * _standardised_error(g, n1, n0), implied.parts[0]) for s in (-1, 1)),
        )
        for implied in _standardised(gap, sds, n1, n0)
    ]
