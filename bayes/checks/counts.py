"""Checks of percentages, effects, intervals and p-values against counts of persons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Literal

from bayes.base import measures
from bayes.base.numbers import article
from bayes.checks import two_by_two
from bayes.checks.finding import INCONSISTENT, NOT_CHECKABLE
from bayes.checks.interval_methods import choose_intervals
from bayes.checks.ledger import Ledger
from bayes.checks.p_values import choose
from bayes.checks.p_values import two_by_two as tests_of_two
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.rounding import Implied, exactly, over
from bayes.paper.evidence import (
    AdverseEvents,
    BareTest,
    Binary,
    Ordinal,
    OrdinalCut,
    PairedCounts,
    PairedMeans,
    SingleProportion,
    of_kind,
)
from bayes.paper.evidence.arms import Arm, PersonsInArm, by_arm
from bayes.paper.trial import Outcome

TRIED = 6  # counts to try per arm, where a percentage of a large arm allows many


def check_binary(ledger: Ledger, outcome: Outcome, entries: Iterable[PrintedEffect]) -> None:
    """Check the percentages of binary evidence, and all printed results against its counts.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome with binary evidence.
    entries : iterable of Entry
        The printed results.
    """
    evidence = of_kind(outcome.evidence, Binary)
    for arm, report in by_arm(evidence).items():
        check_percent(ledger, f"evidence.{arm}", report)
    tables = possible_tables(evidence.treatment, evidence.control)
    for entry in entries:
        if entry.measure not in two_by_two.SE:
            other_measure(ledger, entry, "persons with an event")
            continue
        turned = [(c, n0, a, n1) for a, n1, c, n0 in tables] if entry.turned else tables
        compare_two(ledger, entry, turned, basis_of(turned[0]))
        for arm, percent in entry.percent.items():
            if entry.sizes is not None:  # the percentages and the counts refer to different patients
                own = PersonsInArm.model_validate({"percent": percent, "n": by_arm(entry.sizes)[arm]})
                check_percent(ledger, f"{entry.path}.percent.{arm}", own, where="")
            else:
                compare_percent(ledger, f"{entry.path}.percent.{arm}", percent, by_arm(evidence)[arm])


def check_proportion(ledger: Ledger, outcome: Outcome, entries: Iterable[PrintedEffect]) -> None:
    """Check the percentage, the proportion and its interval (Wilson, exact, Wald) of a single arm.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome with evidence of kind `proportion`.
    entries : iterable of Entry
        The printed results.
    """
    evidence = of_kind(outcome.evidence, SingleProportion)
    events, n = evidence.events, evidence.n
    basis = f"{events} of {n} give"
    for entry in entries:
        result = entry.result
        for arm, percent in entry.percent.items():
            ledger.compare(f"{entry.path}.percent.{arm}", percent, [exactly("", 100 * events / n)], basis)
        if entry.measure != "proportion":
            other_measure(ledger, entry, "one arm")
            continue
        if result.estimate is not None:
            ledger.compare(f"{entry.path}.estimate", result.estimate, [exactly("", events / n)], basis, entry.doubt)
        if result.ci is not None:
            candidates = {c.name: c for c in _proportion_intervals(events, n, result.coverage)}
            names, doubt = choose_intervals(entry, candidates)
            found = [candidates[name] for name in names]
            ledger.compare(f"{entry.path}.ci", result.ci, found, basis, entry.doubt or doubt)


def check_percent(ledger: Ledger, path: str, arm: PersonsInArm, where: str = ".percent") -> None:
    """Check the percentage of an arm against its count, or against the nearest count if none is printed.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    path : str
        Field of the arm within the outcome.
    arm : PersonsInArm
        The arm; without a percentage it is skipped.
    where : str
        Suffix of the path for a finding.
    """
    if arm.percent is not None:
        found = exactly("", 100 * arm.events / arm.n)
        ledger.compare(f"{path}{where}", arm.percent, [found], f"the nearest count, {arm.events} of {arm.n}, gives")


def compare_percent(ledger: Ledger, path: str, percent: Decimal, arm: PersonsInArm) -> None:
    """Check a percentage that is not part of the evidence against the count of its arm."""
    counts = (arm.events, arm.possible[0], arm.possible[-1])  # the percentage rises with the count
    found = over("", lambda events: 100 * events / arm.n, [(events,) for events in counts])
    ledger.compare(path, percent, [found], f"{arm.events} of {arm.n} give")


def possible_tables(treatment: PersonsInArm, control: PersonsInArm) -> list[two_by_two.Table]:
    """Return the 2x2 tables that the report allows.

    Parameters
    ----------
    treatment, control : PersonsInArm
        Counts, or percentages that may allow several counts.

    Returns
    -------
    list of (int, int, int, int)
        Tables (events treated, n treated, events control, n control): the most likely one first; the others thinned
        out, including those with equal risks.
    """
    few = _thinned(treatment.possible)
    equal = ((a, round(a * control.n / treatment.n)) for a in few)  # where p-values reach their maximum
    pairs = [*product(few, _thinned(control.possible)), *((a, c) for a, c in equal if c in control.possible)]
    likeliest = (treatment.events, treatment.n, control.events, control.n)
    return list(dict.fromkeys([likeliest, *((a, treatment.n, c, control.n) for a, c in pairs)]))


def _thinned(counts: Sequence[int]) -> tuple[int, ...]:
    step = max(1, -(-len(counts) // TRIED))
    return (*counts[:-1:step], counts[-1])


def basis_of(table: two_by_two.Table) -> str:
    """Return the beginning of a sentence about a table, such as `26/39 v 11/15 give`."""
    return f"{table[0]}/{table[1]} v {table[2]}/{table[3]} give"


def compare_two(ledger: Ledger, entry: PrintedEffect, tables: list[two_by_two.Table], basis: str) -> None:
    """Compare a printed effect of two proportions, its standard error, interval and p-value with the counts.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    entry : Entry
        The printed result.
    tables : list of (int, int, int, int)
        Tables that the report allows (`possible_tables`), oriented like the result; the most likely one first.
    basis : str
        Subject of the sentence in a finding.
    """
    result, measure, path = entry.result, entry.measure, entry.path
    doubt, remark = entry.doubt, entry.remark
    if result.estimate is not None:
        found = _over(two_by_two.estimates(measure), tables)
        ledger.compare(f"{path}.estimate", result.estimate, found, basis, doubt, remark)
    if result.se is not None:
        found = _over(two_by_two.standard_errors(measure), tables)
        ledger.compare(f"{path}.se", result.se, found, basis, doubt, remark)
    if result.ci is not None:
        methods = two_by_two.intervals(measure, result.coverage)
        names, uninformative = choose_intervals(entry, methods)
        found = _over({name: methods[name] for name in names}, tables)
        ledger.compare(f"{path}.ci", result.ci, found, basis, doubt or uninformative, remark)
    compare_p(ledger, entry, tests_of_two(measure), tables, basis)


def compare_p(
    ledger: Ledger,
    entry: PrintedEffect,
    tests: Mapping[str, Callable[[int, int, int, int], float]],
    tables: list[two_by_two.Table],
    basis: str,
) -> None:
    """Compare a printed p-value with all tests from which it may come.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    entry : Entry
        The printed result.
    tests : dict of str to callable
        Functions of a table, by name of the test.
    tables : list of tuple
        Tables that the report allows, the most likely one first.
    basis : str
        Subject of the sentence in a finding.
    """
    if entry.result.p is None:
        return
    names, doubt = choose(entry.test, tests)
    doubt = entry.doubt or doubt
    remark = "" if entry.test else "the test is not named"
    ledger.compare(f"{entry.path}.p", entry.result.p, _over({n: tests[n] for n in names}, tables), basis, doubt, remark)


def _over(
    functions: Mapping[str, Callable[[int, int, int, int], float | tuple[float, ...]]], tables: list[two_by_two.Table]
) -> Iterator[Implied | None]:
    """Yield the results of each method over all tables, lazily: slow methods are needed only if fast ones fail."""
    return (over(name, function, tables) for name, function in functions.items())


def other_measure(ledger: Ledger, entry: PrintedEffect, what: str) -> None:
    """Note that a printed effect cannot be recomputed from these data, which are named by `what`."""
    not_recomputed(ledger, entry, ("estimate", "ci", "p"), article(entry.measure), what)
    other_percent(ledger, entry, what)


def other_percent(ledger: Ledger, entry: PrintedEffect, what: str) -> None:
    """Note that a printed percentage cannot be recomputed from these data, which are named by `what`."""
    not_recomputed(ledger, entry, ("percent",), "a percentage of patients", what)


def not_recomputed(
    ledger: Ledger,
    entry: PrintedEffect,
    names: tuple[Literal["estimate", "ci", "p", "percent"], ...],
    kind: str,
    what: str,
) -> None:
    """Note that some of the printed numbers of a result cannot be recomputed.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    entry : PrintedEffect
        The printed result.
    names : tuple of str
        Which of its numbers.
    kind, what : str
        What such a number is, and the data from which it would follow, in words.
    """
    result = entry.result
    said = {
        "estimate": "" if result.estimate is None else str(result.estimate),
        "ci": " to ".join(str(limit) for limit in result.ci or ()),
        "p": "" if result.p is None else str(result.p),
        "percent": ", ".join(f"{arm} {percent}" for arm, percent in entry.percent.items()),
    }
    for name in names:
        if said[name]:
            text = f"printed {said[name]}; {kind} cannot be recomputed from {what}"
            ledger.note(f"{entry.path}.{name}", NOT_CHECKABLE, said[name], "", None, text)


def _proportion_intervals(events: int, n: int, level: float) -> Iterator[Implied]:
    q, p = measures.ci_quantile(level), events / n
    half = q * (p * (1 - p) / n) ** 0.5
    yield exactly("Wald", p - half, p + half)
    yield exactly("Wilson", *two_by_two.wilson(q, events, n))
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = float(betaincinv(events, n - events + 1, tail)) if events else 0.0
    high = float(betaincinv(events + 1, n - events, 1 - tail)) if events < n else 1.0
    yield exactly("exact", low, high)


def check_sizes(ledger: Ledger, outcome: Outcome) -> None:
    """Check that no n of the evidence exceeds the patients in the arm, of the contrast or of the trial.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
        An outcome; a pooled analysis is skipped, since it has patients of other trials.
    """
    sizes = arm_sizes(outcome)
    if sizes is None or len(outcome.patient_sources) > 1:
        return
    for path, arm, n in _sizes(outcome):
        most = sizes[arm]
        ledger.checks += 1
        if n > most:
            text = f"printed n = {n}, but there are {most} patients in {'the trial' if arm == 'total' else 'that arm'}"
            ledger.note(path, INCONSISTENT, n, f"at most {most}", float(n - most), text)


def arm_sizes(outcome: Outcome) -> dict[Arm | Literal["total"], int] | None:
    """Return the patients per arm and in total of the contrast, or of the trial without one; None if not stated."""
    trial = outcome.trial
    n = trial.contrasts[outcome.contrast].n if outcome.contrast is not None else trial.n
    return None if n is None else {"treatment": n.treatment, "control": n.control, "total": n.total}


def _sizes(outcome: Outcome) -> Iterator[tuple[str, Arm | Literal["total"], int]]:
    """Yield the path, the arm and the value of every n in the evidence."""
    evidence = outcome.evidence
    match evidence:
        case SingleProportion():
            yield "evidence.n", "total", evidence.n
        case PairedMeans(n=int(n)) | PairedCounts(n=int(n)):
            yield "evidence.n" if isinstance(evidence, PairedMeans) else "evidence", "total", n
        case OrdinalCut():  # all cuts share their n
            yield from ((f"evidence.cuts.0.{arm}.n", arm, cut.n) for arm, cut in by_arm(evidence.cuts[0]).items())
        case Ordinal(n=n) | AdverseEvents(n=n) | BareTest(n=n) if n is not None:
            yield from ((f"evidence.n.{arm}", arm, size) for arm, size in by_arm(n).items())
        case _ if hasattr(getattr(evidence, "treatment", None), "n") and (sizes := evidence.sizes) is not None:
            yield from ((f"evidence.{arm}.n", arm, size) for arm, size in by_arm(sizes).items())
