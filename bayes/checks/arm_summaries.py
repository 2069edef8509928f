"""Checks of a printed effect against the rates or percentages of the arms from which it follows in closed form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import product
from math import nan

from bayes.base import measures
from bayes.base.written_numbers import half_unit
from bayes.checks.counts import other_measure, other_percent
from bayes.checks.ledger import Ledger
from bayes.checks.p_values import normal_p
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.rounding import natural, over
from bayes.paper.evidence import Percentages, Rates
from bayes.paper.evidence.arms import ARMS
from bayes.paper.evidence.rates import ModelledPercent, RateInArm

SHARED = "the arms of one model share its covariates and dispersion, which their intervals do not show"


def check_arm_summaries(ledger: Ledger, evidence: Rates | Percentages, entries: Iterable[PrintedEffect]) -> None:
    """Compare printed results with the effect that follows from the arms, over the rounding of the arms.

    A ratio of the arms must be theirs unless it is adjusted; an interval and a p-value need not follow.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    evidence : Rates or Percentages
    entries : iterable of PrintedEffect
        The printed results.
    """
    what = f"the {evidence.kind} of the arms"
    tables = [(as_rounded,) for as_rounded in _as_rounded(evidence)]
    for entry in entries:
        if entry.measure not in evidence.measures:
            other_measure(ledger, entry, what)
            continue
        other_percent(ledger, entry, what)
        _compare(ledger, entry, tables, f"{what} give")


def _compare(ledger: Ledger, entry: PrintedEffect, tables: list[tuple[Rates | Percentages]], basis: str) -> None:
    result, way = entry.result, -1 if entry.turned else 1

    def effect(arms: Rates | Percentages) -> tuple[float, float]:
        y, s = arms.on_analysis_scale(entry.measure)
        return way * y, s

    def limits(arms: Rates | Percentages) -> tuple[float, float]:
        (y, s), q = effect(arms), measures.ci_quantile(result.coverage)
        return natural(y - q * s, entry.measure), natural(y + q * s, entry.measure)

    def p(arms: Rates | Percentages) -> float:
        y, s = effect(arms)
        return normal_p(y / s) if s > 0 else nan

    if result.estimate is not None:
        found = over("", lambda arms: natural(effect(arms)[0], entry.measure), tables)
        ledger.compare(f"{entry.path}.estimate", result.estimate, [found], basis, entry.doubt, entry.remark)
    if result.ci is not None:
        ledger.compare(f"{entry.path}.ci", result.ci, [over("", limits, tables)], basis, SHARED)
    if result.p is not None:
        ledger.compare(f"{entry.path}.p", result.p, [over("", p, tables)], f"{basis} p", SHARED)


def _as_rounded(evidence: Rates | Percentages) -> Iterator[Rates | Percentages]:
    """Yield the report as printed, then with its numbers at the ends of their rounding."""
    yield evidence
    for arms in product(*(list(_ends(getattr(evidence, arm))) for arm in ARMS)):
        yield evidence.model_copy(update=dict(zip(ARMS, arms, strict=True)))


def _ends(arm: RateInArm | ModelledPercent) -> Iterator[RateInArm | ModelledPercent]:
    """Yield an arm with its rate or percentage, and what its precision follows from, at the ends of their rounding."""
    name = "rate" if isinstance(arm, RateInArm) else "percent"
    precision = arm.numbers or (arm.se or Decimal(1),)
    for value, *rest in product(*((x - half_unit(x), x + half_unit(x)) for x in (getattr(arm, name), *precision))):
        if arm.numbers is not None and rest[0] >= rest[1]:  # limits one unit apart meet at the ends of their rounding
            continue
        yield arm.model_copy(update={name: value} | ({"se": rest[0]} if arm.numbers is None else {"ci": tuple(rest)}))
