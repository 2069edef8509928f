"""Checks of effects and percentages against counts that are known within bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import product
from math import isnan

from bayes.checks import two_by_two
from bayes.checks.counts import not_recomputed, other_measure
from bayes.checks.ledger import Ledger
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.rounding import Implied, Range
from bayes.paper.evidence.arms import by_arm
from bayes.paper.evidence.censored_counts import CensoredCounts

WHAT = "counts within bounds"


def check_censored_counts(ledger: Ledger, evidence: CensoredCounts, entries: Iterable[PrintedEffect]) -> None:
    """Check that the counts within the bounds allow the printed effects and percentages; intervals are not recomputed.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    evidence : CensoredCounts
    entries : iterable of PrintedEffect
        The printed results.
    """
    arms = by_arm(evidence)
    basis = f"{' v '.join(arm.said for arm in arms.values())} give"
    for entry in entries:
        if entry.measure not in two_by_two.SE or entry.sizes is not None:  # percentages of other patients
            other_measure(ledger, entry, WHAT)
            continue
        not_recomputed(ledger, entry, ("ci", "p"), "an interval or p-value", WHAT)
        estimate = entry.result.estimate
        if estimate is not None and (found := [*_effects(entry, evidence)]):
            implied = _between(estimate, min(found), max(found))
            ledger.compare(f"{entry.path}.estimate", estimate, [implied], basis, entry.doubt, entry.remark)
        for name, percent in entry.percent.items():
            arm = arms[name]
            implied = _between(percent, 100 * arm.least / arm.n, 100 * arm.most / arm.n)
            ledger.compare(f"{entry.path}.percent.{name}", percent, [implied], f"{arm.said} give")


def _effects(entry: PrintedEffect, evidence: CensoredCounts) -> Iterator[float]:
    """Yield the sample effects of the counts at their bounds, between which those of all others lie."""
    t, c = evidence.treatment, evidence.control
    if entry.turned:
        t, c = c, t
    for x, y in product((t.least, t.most), (c.least, c.most)):
        effect = two_by_two.effect(entry.measure, x, t.n, y, c.n)
        if not isnan(effect):
            yield effect


def _between(printed: Decimal, low: float, high: float) -> Implied:
    """Return a range of results, with the one that is nearest to the printed number as its value."""
    return Implied("", (Range(min(max(float(printed), low), high), low, high),))
