"""Checks of effects, intervals and p-values against results of the same patients under both treatments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import exp, log, sqrt

from bayes.base import measures
from bayes.base.numbers import significant
from bayes.checks.counts import other_measure
from bayes.checks.finding import INCONSISTENT
from bayes.checks.interval_methods import choose_intervals
from bayes.checks.ledger import Ledger
from bayes.checks.p_values import chi_square_p, choose, t_p
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.rounding import Implied, Range, box, exactly, extent
from bayes.checks.two_by_two import wilson
from bayes.paper.evidence.paired import PairedCounts, PairedMeans

Error = Callable[..., float]  # of the numbers on which the standard error rests


def check_paired_means(ledger: Ledger, evidence: PairedMeans, entries: Iterable[PrintedEffect]) -> None:
    """Check that the SDs allow the precision of the differences, and printed results by the paired t test.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    evidence : PairedMeans
    entries : iterable of PrintedEffect
        The printed results.
    """
    _correlation(ledger, evidence)
    for entry in entries:
        if entry.measure == "mean_difference":
            _by_paired_t(ledger, entry, evidence)
        else:
            other_measure(ledger, entry, "means of the same patients")


def _correlation(ledger: Ledger, evidence: PairedMeans) -> None:
    """Note a precision of the differences that no correlation between the two results of a patient could give."""
    if evidence.difference is None or evidence.spreads is None:
        return
    ledger.checks += 1
    s1, s0 = evidence.spreads
    of_differences = evidence.error * sqrt(evidence.n)
    least, most = abs(s1 - s0), s1 + s0
    if 0.95 * least <= of_differences <= 1.05 * most:  # a twentieth for the rounding of three numbers
        return
    found, allowed = significant(of_differences, 4), f"{significant(least)} to {significant(most)}"
    text = (
        f"SDs of {significant(s1, 4)} and {significant(s0, 4)} allow differences within patients an SD of {allowed}, "
        f"whatever their correlation; what is printed implies {found}"
    )
    ledger.note("evidence.difference", INCONSISTENT, found, allowed, None, text)


def _by_paired_t(ledger: Ledger, entry: PrintedEffect, evidence: PairedMeans) -> None:
    result, path, doubt, nu = entry.result, entry.path, entry.doubt, evidence.n - 1
    t, c = (evidence.control, evidence.treatment) if entry.turned else (evidence.treatment, evidence.control)
    m1, m0 = box(t.mean), box(c.mean)
    gap = Range(float(t.mean - c.mean), m1.low - m0.high, m1.high - m0.low)
    error, numbers = _error(evidence)
    basis = f"{t.mean} v {c.mean} in the same {evidence.n} patients give"
    if not evidence.assumes_correlation or doubt:
        remark = entry.remark
    else:
        remark = f"with the stated correlation {evidence.correlation}"
    if result.estimate is not None:
        ledger.compare(f"{path}.estimate", result.estimate, [Implied("", (gap,))], basis, doubt, entry.remark)
    if result.se is not None:
        ledger.compare(f"{path}.se", result.se, [Implied("", (extent(error, *numbers),))], basis, doubt, remark)
    if result.ci is not None:
        candidates = {}
        for name, df in (("Student", nu), ("z", None)):
            q = measures.upper_quantile((1 - result.coverage) / 2, df)
            ends = [extent(lambda d, *x, k=side * q: d + k * error(*x), gap, *numbers) for side in (-1, 1)]
            candidates[name] = Implied(f"paired {'t' if df else 'z'}", (ends[0], ends[1]))
        names, uninformative = choose_intervals(entry, candidates)
        found = [candidates[name] for name in names]
        ledger.compare(f"{path}.ci", result.ci, found, basis, doubt or uninformative, remark)
    if result.p is not None:
        names, uninformative = choose(entry.test, ["paired t"])
        p = extent(lambda d, *x: t_p(d / error(*x), nu), gap, *numbers, through=[[0.0]])
        ledger.compare(f"{path}.p", result.p, [Implied(n, (p,)) for n in names], basis, doubt or uninformative, remark)


def _error(evidence: PairedMeans) -> tuple[Error, list[Range]]:
    """Return the standard error of the mean difference as a function of the numbers it rests on, and these."""
    root, printed = sqrt(evidence.n), evidence.difference
    if printed is not None and printed.sd is not None:
        return (lambda sd: sd / root), [_positive(box(printed.sd))]
    if printed is not None and printed.se is not None:
        return (lambda se: se), [_positive(box(printed.se))]
    if printed is not None or evidence.correlation is None:
        return (lambda: evidence.error), []
    sds = []
    for under in (evidence.treatment, evidence.control):
        found, scale = (under.sd, 1.0) if under.sd is not None else (under.se, root)
        if found is not None:
            sds.append(_positive(Range(*(scale * value for value in box(found)))))
    r = float(evidence.correlation)
    return (lambda s1, s0: sqrt(s1**2 + s0**2 - 2 * r * s1 * s0) / root), sds


def _positive(found: Range) -> Range:
    return Range(found.value, max(found.low, found.value / 1000), found.high)


def check_paired_counts(ledger: Ledger, evidence: PairedCounts, entries: Iterable[PrintedEffect]) -> None:
    """Check printed results against discordant pairs: the ratio b / c, its intervals, and McNemar's test.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    evidence : PairedCounts
    entries : iterable of PrintedEffect
        The printed results.
    """
    for entry in entries:
        b, c = evidence.treatment_only, evidence.control_only
        if entry.turned:
            b, c = c, b
        basis = f"{b} against {c} discordant pairs give"
        result, path, doubt = entry.result, entry.path, entry.doubt
        if entry.measure == "odds_ratio":
            if result.estimate is not None:
                found = exactly("", b / c if c else float("inf"))
                ledger.compare(f"{path}.estimate", result.estimate, [found], basis, doubt, entry.remark)
            if result.ci is not None:
                candidates = _intervals(b, c, result.coverage)
                names, uninformative = choose_intervals(entry, candidates)
                limits = [exactly(name, *candidates[name]) for name in names]
                ledger.compare(f"{path}.ci", result.ci, limits, basis, doubt or uninformative, entry.remark)
        elif result.estimate is not None or result.ci is not None:
            other_measure(ledger, entry, "discordant pairs")
            continue
        if result.p is not None:
            tests = mcnemar(b, c)
            names, uninformative = choose(entry.test, tests)
            values = [exactly(name, tests[name]) for name in names]
            remark = "" if entry.test else "the test is not named"
            ledger.compare(f"{path}.p", result.p, values, basis, doubt or uninformative, remark)


def _intervals(b: int, c: int, level: float) -> dict[str, tuple[float, float]]:
    """Return intervals of b / c by name, from those of the binomial proportion b / (b + c)."""
    from scipy.special import betaincinv

    q, n, tail = measures.ci_quantile(level), b + c, (1 - level) / 2
    found = {}
    if b and c:
        s = sqrt(1 / b + 1 / c)
        found["Wald"] = (exp(log(b / c) - q * s), exp(log(b / c) + q * s))
    ends = {
        "exact": (
            float(betaincinv(b, c + 1, tail)) if b else 0.0,
            float(betaincinv(b + 1, c, 1 - tail)) if c else 1.0,
        ),
        "Wilson": wilson(q, b, n),
    }
    return found | {name: (_odds(low), _odds(high)) for name, (low, high) in ends.items()}


def _odds(p: float) -> float:
    return p / (1 - p) if p < 1 else float("inf")


def mcnemar(b: int, c: int) -> dict[str, float]:
    """Return the two-sided p-values of McNemar's test by variant.

    The mid-p takes off half of the probability of the counts as extreme as the observed one: two, or one if b = c.

    McNemar 1947, Psychometrika 12:153-7; Edwards 1948, ibid. 13:185-7 (continuity correction); Fagerland 2013, BMC Med
    Res Methodol 13:91 (mid-p).

    Parameters
    ----------
    b, c : int
        Patients with the event under one treatment only, and under the other only; not both 0.
    """
    from scipy.special import bdtr, comb

    n, few = b + c, min(b, c)
    exact = min(1.0, 2 * float(bdtr(few, n, 0.5)))
    here = float(comb(n, few)) * 0.5**n
    return {
        "McNemar": chi_square_p((b - c) ** 2 / n),
        "McNemar with continuity correction": chi_square_p(max(0, abs(b - c) - 1) ** 2 / n),
        "McNemar exact": exact,
        "McNemar mid-p": 1 - here / 2 if b == c else exact - here,
    }
