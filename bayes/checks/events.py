"""Checks of printed rate ratios against numbers of events, and of intervals narrower than Poisson counts allow."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from math import inf, nan

from bayes.base.measures import ci_quantile
from bayes.checks.counts import other_measure, other_percent
from bayes.checks.finding import NOT_CHECKABLE
from bayes.checks.ledger import Ledger
from bayes.checks.p_values import choose, two_rates
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.rounding import Implied, Range, analysis_box, box, exactly, extent, rounds_to
from bayes.paper.evidence import Events, of_kind
from bayes.paper.evidence.arms import ArmSizes, EventsInArm
from bayes.paper.trial import Outcome

OVERDISPERSED = "no Poisson test gives this p-value, but the events of one person need not be independent"


def check_events(ledger: Ledger, outcome: Outcome, entries: Iterable[PrintedEffect]) -> None:
    """Check printed rate ratios against the events per arm (METHODS 3).

    An interval wider than Poisson counts imply is expected, because of over-dispersion, and does not give a finding. A
    narrower one is reported with the phi that it implies, but not as an error: adjusted, robust or bounded counts can
    explain it.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome with evidence of kind `events`.
    entries : iterable of Entry
        The printed results.
    """
    evidence = of_kind(outcome.evidence, Events)
    for entry in entries:
        if entry.measure != "rate_ratio":
            other_measure(ledger, entry, "event totals")
            continue
        other_percent(ledger, entry, "event totals")
        result, first, second = entry.result, evidence.treatment, evidence.control
        if entry.turned:
            first, second = second, first
        times, counts = (_time(first), _time(second)), (first.events, second.events)
        basis = " v ".join(f"{x} per {t.value:g}" for x, t in zip(counts, times, strict=True)) + " give"
        if result.estimate is not None:
            ratio = Implied("", (extent(partial(_ratio, *counts), *times),))
            known = [] if ratio.parts[0].value != ratio.parts[0].value else [ratio]
            ledger.compare(f"{entry.path}.estimate", result.estimate, known, basis, entry.doubt, entry.remark)
        if result.numbers is not None and min(counts) > 0:
            _not_narrower(ledger, entry, result.numbers, counts, evidence.sizes)
        if result.p is not None:
            _p_value(ledger, entry, result.p, counts, times, basis)


def _time(arm: EventsInArm) -> Range:
    """Return the printed exposure of an arm, or its number of persons if none is printed."""
    return Range(*(float(arm.size),) * 3) if arm.exposure is None else box(arm.exposure)


def _ratio(x1: int, x0: int, t1: float, t0: float) -> float:
    if not x0:
        return inf if x1 else nan
    return x1 * t0 / (x0 * t1)


def _not_narrower(
    ledger: Ledger,
    entry: PrintedEffect,
    limits: tuple[Decimal, Decimal],
    counts: tuple[int, int],
    sizes: ArmSizes | None,
) -> None:
    """Note an interval narrower than Poisson, with phi = (s^2 - sum 1/x) / (sum 1/n) if n is known (METHODS 3)."""
    ledger.checks += 1
    low, high = (analysis_box(limit, entry.measure) for limit in limits)
    if low is None or high is None:
        return
    q = ci_quantile(float(entry.result.level), entry.df)
    s = extent(lambda a, b: (b - a) / (2 * q), low, high)
    poisson = sum(1 / x for x in counts)
    if s.high**2 >= poisson:
        return
    inverse = None if sizes is None else 1 / sizes.treatment + 1 / sizes.control
    phi = None if inverse is None else f"phi {(s.value**2 - poisson) / inverse:.2f}"
    said = " to ".join(str(limit) for limit in limits)
    beside = f" ({phi})" if phi else ""
    text = (
        f"printed {said}, which implies a standard error of {s.value:.3f} on the log scale; for Poisson counts of "
        f"{counts[0]} v {counts[1]} events it is {poisson**0.5:.3f}: narrower than Poisson{beside}, which adjusted, "
        "robust or bounded counts can explain"
    )
    ledger.note(f"{entry.path}.ci", NOT_CHECKABLE, said, phi or f"s {poisson**0.5:.3f}", None, text)


def _p_value(
    ledger: Ledger,
    entry: PrintedEffect,
    printed: Decimal | str,
    counts: tuple[int, int],
    times: tuple[Range, Range],
    basis: str,
) -> None:
    """Check a p-value of event rates: it may agree with a Poisson test; disagreement is not an error."""
    tests = two_rates(counts[0], times[0].value, counts[1], times[1].value)
    names, doubt = choose(entry.test, tests)
    candidates = [exactly(name, tests[name]) for name in names]
    implied_elsewhere = entry.result.ci is not None or (
        entry.result.se is not None and entry.result.estimate is not None
    )
    if implied_elsewhere and not any(rounds_to(printed, c.parts[0].value) for c in candidates):
        return  # the p-value implied by the interval, whatever its over-dispersion, is checked in `check_entry`
    ledger.compare(f"{entry.path}.p", printed, candidates, basis, entry.doubt or doubt or OVERDISPERSED)
