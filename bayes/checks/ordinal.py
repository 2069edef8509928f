"""Checks of ordinal tables and their cuts: whether they add up to the arm, and give the printed common odds ratio."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from itertools import pairwise
from math import exp, nan

from bayes.base.written_numbers import half_unit
from bayes.checks import common_odds
from bayes.checks.counts import arm_sizes, check_percent, compare_p, other_measure, other_percent, possible_tables
from bayes.checks.finding import INCONSISTENT, NOT_CHECKABLE
from bayes.checks.interval_methods import choose_intervals
from bayes.checks.ledger import Ledger
from bayes.checks.p_values import choose, two_by_two
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.proportionality import proportionality
from bayes.checks.rounding import Implied, Range, exactly, over
from bayes.paper.evidence import Ordinal, OrdinalCut, OrdinalTable, of_kind
from bayes.paper.evidence.arms import ARMS, Arm, PersonsInArm, by_arm, counts_of_percent
from bayes.paper.trial import Outcome

Table = tuple[int, ...]
Pick = Callable[[PersonsInArm], int]


def check_ordinal(ledger: Ledger, outcome: Outcome, entries: Iterable[PrintedEffect]) -> None:
    """Check a full table: its patients, its percentages and all printed results.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome with evidence of kind `ordinal`.
    entries : iterable of Entry
        The printed results.
    """
    evidence = of_kind(outcome.evidence, Ordinal)
    sizes = arm_sizes(outcome)
    for arm in ARMS:
        if evidence.unit == "percent" and evidence.n is not None:
            _percentages(ledger, evidence, arm, by_arm(evidence.n)[arm])
        if sizes is not None and len(outcome.patient_sources) == 1:
            _patients(ledger, f"evidence.{arm}", sum(evidence.counts(arm)), outcome, arm, sizes[arm])
    _compare(ledger, outcome, entries, tables_of_shares(evidence), _widths(evidence))
    _proportional(ledger, evidence)


def check_cuts(ledger: Ledger, outcome: Outcome, entries: Iterable[PrintedEffect]) -> None:
    """Check dichotomies of an ordinal scale: their percentages, their patients and all printed results.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome with evidence of kind `ordinal_cut`.
    entries : iterable of Entry
        The printed results.
    """
    evidence, sizes = of_kind(outcome.evidence, OrdinalCut), arm_sizes(outcome)
    for arm, first in by_arm(evidence.cuts[0]).items():
        for i, cut in enumerate(evidence.cuts):
            check_percent(ledger, f"evidence.cuts.{i}.{arm}", by_arm(cut)[arm])
        if sizes is not None and first.n <= sizes[arm]:  # more patients are left to `check_sizes`
            _patients(ledger, f"evidence.cuts.0.{arm}.n", first.n, outcome, arm, sizes[arm])
    _compare(ledger, outcome, entries, tables_of_cuts(evidence), _widths_of_cuts(evidence))
    _proportional(ledger, evidence)


def _proportional(ledger: Ledger, evidence: OrdinalTable) -> None:
    """Note grossly non-proportional odds: the table may be correct, but a common odds ratio does not describe it."""
    test = proportionality(evidence)
    if test is None:
        return
    ledger.checks += 1
    if test.gross:
        ledger.note("evidence", NOT_CHECKABLE, "one common odds ratio", "cut odds ratios", None, test.text)


def _patients(ledger: Ledger, path: str, found: int, outcome: Outcome, arm: Arm, n: int) -> None:
    """Check that a table has all patients of the arm but those stated to be missing, or a stated part of them."""
    ledger.checks += 1
    missing = 0 if outcome.missing is None else by_arm(outcome.missing)[arm]
    if found + missing == n or (outcome.patients is not None and found < n):
        return
    verdict = INCONSISTENT if found > n else NOT_CHECKABLE
    gap = f"{found - n} too many" if found > n else f"{n - found} missing"
    text = f"printed {found} patients in all categories; the arm has {n}: {gap}"
    ledger.note(path, verdict, found, str(n), abs(found - n), text)


def _percentages(ledger: Ledger, evidence: Ordinal, arm: Arm, n: int) -> None:
    """Check that percentages sum to 100 within rounding, and that counts which sum to n give all of them."""
    path, shares = f"evidence.{arm}", by_arm(evidence)[arm]
    ledger.checks += 1
    total, allowed = sum(shares, Decimal(0)), sum(map(half_unit, shares), Decimal(0))
    if abs(total - 100) > allowed:
        text = f"printed percentages sum to {total}, further from 100 than their rounding allows ({allowed})"
        unit = 2 * max(half_unit(share) for share in shares)
        ledger.note(path, INCONSISTENT, total, "100", float(abs(total - 100) / unit), text)
    found = [counts_of_percent(share, n) for share in shares]
    for i, (share, counts) in enumerate(zip(shares, found, strict=True)):
        near = round(float(share) * n / 100)
        given = f"for {evidence.categories[i]} under {arm}, {near} of {n} give"
        agreeing = (counts[0], counts[-1]) if counts else (near,)
        ledger.compare(f"{path}.{i}", share, [exactly("", 100 * (c / n)) for c in agreeing], given)
    if all(found):
        ledger.checks += 1
        least, most = sum(c[0] for c in found), sum(c[-1] for c in found)
        if not least <= n <= most:
            text = f"counts that agree with these percentages sum to between {least} and {most}, not to n = {n}"
            ledger.note(path, INCONSISTENT, n, f"{least} to {most}", None, text)


def tables_of_shares(evidence: Ordinal) -> list[tuple[Table, Table]]:
    """Return the tables that the report allows.

    Parameters
    ----------
    evidence : Ordinal
        A full table, in counts or percentages.

    Returns
    -------
    list of (tuple of int, tuple of int)
        Patients per category (treatment, control), best category first: the most likely table, then the extremes that
        rounded percentages allow (best treatment v worst control, and the reverse).
    """
    tables = [(evidence.counts("treatment"), evidence.counts("control"))]
    if evidence.unit == "percent" and evidence.n is not None:
        treatment = _extremes(evidence.treatment, evidence.n.treatment)
        control = _extremes(evidence.control, evidence.n.control)
        if treatment is not None and control is not None:
            (best_t, worst_t), (best_c, worst_c) = treatment, control
            tables += [(best_t, worst_c), (worst_t, best_c)]
    return tables


def _extremes(shares: Sequence[Decimal], n: int) -> tuple[Table, Table] | None:
    """Return the best and the worst counts that sum to n and agree with the percentages, or None without any."""
    found = [counts_of_percent(share, n) for share in shares]
    if not all(found) or not sum(c[0] for c in found) <= n <= sum(c[-1] for c in found):
        return None
    filled: list[Table] = []
    for order in (range(len(found)), reversed(range(len(found)))):
        counts = [c[0] for c in found]
        for i in order:
            counts[i] += min(found[i][-1] - counts[i], n - sum(counts))
        filled.append(tuple(counts))
    return filled[0], filled[1]


def tables_of_cuts(evidence: OrdinalCut) -> list[tuple[Table, Table]]:
    """Return the tables of bands between cuts that the report allows, as `tables_of_shares` does for a full table."""

    def bands(arm: Arm, pick: Pick) -> Table:
        reports = [by_arm(cut)[arm] for cut in evidence.cuts]
        upto = [0]
        for report in reports:
            upto.append(max(upto[-1], pick(report)))
        return tuple(b - a for a, b in pairwise([*upto, reports[0].n]))

    def printed(report: PersonsInArm) -> int:
        return report.events

    def least(report: PersonsInArm) -> int:
        return report.possible[0]

    def most(report: PersonsInArm) -> int:
        return report.possible[-1]

    picks: list[tuple[Pick, Pick]] = [(printed, printed)]
    if any(report.percent is not None for cut in evidence.cuts for report in by_arm(cut).values()):
        picks += [(most, least), (least, most)]
    return [(bands("treatment", t), bands("control", c)) for t, c in picks]


def widths(category: str) -> int:
    """Return how many categories of the scale a category of the table includes: two for "5-6", one for "5 or worse"."""
    ends = re.fullmatch(r"\s*(\d+)\s*[-\u2013]\s*(\d+)\s*", category)
    return max(1, int(ends[2]) - int(ends[1]) + 1) if ends else 1


def _widths(evidence: OrdinalTable) -> Sequence[int]:
    """Return how many grades each category includes, by the scale of the table or by the names of its categories."""
    return evidence.widths() or [widths(category) for category in evidence.categories]


def _widths_of_cuts(evidence: OrdinalCut) -> list[int]:
    """Return the number of categories in each band between cuts; a single cut is compared as a dichotomy."""
    if len(evidence.cuts) == 1:
        return [1, 1]
    place = {name: i for i, name in enumerate(evidence.categories)}
    ends = [-1, *(place[cut.at_most] for cut in evidence.cuts), len(place) - 1]
    return [sum(_widths(evidence)[low + 1 : high + 1]) for low, high in pairwise(ends)]


def split(tables: list[tuple[Table, Table]], wide: Sequence[int]) -> list[tuple[Table, Table]]:
    """Add tables whose merged categories are split in favour of either arm.

    The paper's own result may be based on categories that it prints merged. The extremes are the best category in one
    arm with the worst in the other, and the reverse.

    Parameters
    ----------
    tables : list of (tuple of int, tuple of int)
        Patients per printed category (treatment, control), best category first.
    wide : sequence of int
        Number of categories of the scale in each printed category.

    Returns
    -------
    list of (tuple of int, tuple of int)
        The tables, followed by the extremes if categories are merged.
    """
    if max(wide) == 1:
        return tables

    def laid(arm: Table, best: bool) -> Table:
        cells = (
            (x,) if w == 1 else (x, *[0] * (w - 1)) if best else (*[0] * (w - 1), x)
            for x, w in zip(arm, wide, strict=True)
        )
        return tuple(x for cell in cells for x in cell)

    return [*tables, *((laid(t, best), laid(c, not best)) for t, c in tables for best in (True, False))]


def _compare(
    ledger: Ledger,
    outcome: Outcome,
    entries: Iterable[PrintedEffect],
    tables: list[tuple[Table, Table]],
    wide: Sequence[int],
) -> None:
    """Compare a printed common odds ratio, its standard error, interval and p-value with the tables."""
    tables = split(tables, wide)
    basis = "under proportional odds the counts give"
    if max(wide) > 1:
        basis = "under proportional odds, with merged categories split either way in the range, the counts give"
    for entry in entries:
        result, path = entry.result, entry.path
        better = (1 if entry.benefit == "higher" else -1) * (-1 if entry.turned else 1)  # -1: odds of a worse category
        if entry.measure != "common_odds_ratio":
            other_measure(ledger, entry, "an ordinal table")
            continue
        other_percent(ledger, entry, "an ordinal table")
        doubt, remark = entry.doubt, entry.remark
        if result.estimate is not None:
            ratio = over("", partial(_odds_ratio, better), tables)
            ledger.compare(f"{path}.estimate", result.estimate, [ratio], basis, doubt, remark)
        if result.se is not None:
            errors = (over(name, error, tables) for name, error in ERRORS.items())
            ledger.compare(f"{path}.se", result.se, errors, basis, doubt, remark)
        if result.ci is not None:
            methods = common_odds.intervals(result.coverage)
            names, uninformative = choose_intervals(entry, methods)
            found = (over(name, _limits(better, methods[name]), tables) for name in names)
            ledger.compare(f"{path}.ci", result.ci, found, basis, doubt or uninformative, remark)
        if result.p is not None:
            _p_value(ledger, outcome, entry, result.p, tables)


def _odds_ratio(better: int, treatment: Table, control: Table) -> float:
    found = common_odds.fit(treatment, control)
    return exp(better * found.theta) if found else nan


def _error(treatment: Table, control: Table) -> float:
    found = common_odds.fit(treatment, control)
    return nan if found is None else found.se


def _expected_error(treatment: Table, control: Table) -> float:
    found = common_odds.fit(treatment, control)
    return nan if found is None else found.se_expected


ERRORS = {"observed information": _error, "expected information": _expected_error}


def _limits(
    better: int, method: Callable[[Table, Table], tuple[float, float]]
) -> Callable[[Table, Table], tuple[float, float]]:
    def limits(treatment: Table, control: Table) -> tuple[float, float]:
        low, high = sorted(better * x for x in method(treatment, control))
        return exp(low), exp(high)

    return limits


def _p_value(
    ledger: Ledger,
    outcome: Outcome,
    entry: PrintedEffect,
    printed: Decimal | str,
    tables: list[tuple[Table, Table]],
) -> None:
    """Compare a printed p-value with all tests of a shift, or with those of a 2x2 table for a single cut."""
    evidence = outcome.evidence
    if isinstance(evidence, OrdinalCut) and len(evidence.cuts) == 1:
        cut = evidence.cuts[0]
        pairs = possible_tables(cut.treatment, cut.control)
        compare_p(ledger, entry, two_by_two("odds_ratio"), pairs, "the single cut gives")
        return
    found = [common_odds.tests(*table) for table in tables]
    turns = len({_side(table) for table in tables}) > 1
    ranges = {name: _range([f[name] for f in found if name in f], turns) for name in found[0]}
    names, doubt = choose(entry.test, ranges)
    remark = "" if entry.test else "the test is not named"
    candidates = [Implied(name, (ranges[name],)) for name in names]
    ledger.compare(f"{entry.path}.p", printed, candidates, "the counts give", entry.doubt or doubt, remark)


def _side(table: tuple[Table, Table]) -> bool:
    found = common_odds.fit(*table)
    return found is None or found.theta > 0


def _range(values: list[float], turns: bool) -> Range:
    """Return the range of p-values over tables, which includes 1 if the tables are on both sides of no effect."""
    return Range(values[0], min(values), 1.0 if turns else max(values))
