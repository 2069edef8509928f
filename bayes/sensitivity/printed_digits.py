"""Sensitivity to data extraction: the range of each probability over all numbers that round to the printed ones.

A printed 0.94 stands for [0.935, 0.945), and a percentage for every count that rounds to it. Every corner of the
resulting box is tried, and a bounded quasi-Newton search starts from the most extreme. Exposures are not searched: only
their ratio informs the effect, so the extremes are corners. A report without a direction is read in both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from bayes import quadrature
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.base.numbers import significant
from bayes.base.written_numbers import half_unit
from bayes.checks.ordinal import tables_of_cuts, tables_of_shares
from bayes.paper.evidence import Estimate
from bayes.paper.evidence.arms import ARMS
from bayes.paper.evidence.ordinal import Ordinal
from bayes.paper.trial import Outcome
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.extremes import extremes
from bayes.sensitivity.replaced_report import with_curve
from bayes.sensitivity.subject import Row, Subject, Target

PROBABILITIES = ("p_benefit", "p_mcid", "p_harm")
SEARCHED = 4  # boxes of more dimensions are examined at their corners only
CLOSEST = 0.49  # fraction of its width by which an interval may shrink at either end: coarse rounding must leave some
EXACT = "not applicable: the report consists of counts or of a bound, which are not rounded"


@dataclass(frozen=True)
class Digits:
    """A printed number as an interval: its path in the evidence and its limits."""

    path: tuple[str | int, ...]
    low: float
    high: float

    @property
    def name(self) -> str:
        return ".".join(map(str, self.path))


def extraction(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Find the range of each probability over all numbers that round to the printed ones (METHODS 6).

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per `probability` and, in a synthesis, per `report`: `over` ("rounding", or "direction" for a report
        that does not say which arm it favours); `value` with the numbers as printed; the range `low` to `high` and the
        numbers `at_low` and `at_high` that give it; `numbers`, how many printed numbers were varied; `reason` if none
        is rounded. All under the main prior.
    """
    return pd.DataFrame(extraction_rows(Subject.of(target, prior, prior_set, priors)))


def extraction_rows(subject: Subject) -> list[Row]:
    """List the rows of `extraction` for a subject."""
    if subject.is_synthesis:
        return [row for i in range(len(subject.analysis.members)) for row in _of_member(subject, i)]
    printed = subject.probabilities()
    readings = _readings(subject.target, _judge(subject, 0), search=subject.target.evidence.kind != "events")
    return [*_ranges(printed, readings, len(list(digits_of(subject.target.evidence)))), *_directions(subject)]


@dataclass(frozen=True)
class Reading:
    """The report with other numbers that round to the printed ones, and the resulting posterior."""

    words: str
    outcome: Outcome
    row: Row


def _judge(subject: Subject, i: int) -> Callable[[Outcome], Row]:
    """Return a function that summarises the i-th report alone, with other numbers, under the main prior."""
    analysis = subject.analysis
    like = None if subject.is_synthesis else subject.curve

    def judge(outcome: Outcome) -> Row:
        likelihood, omega = analysis.likelihoods[i], analysis.omegas[i]
        return subject.probabilities_of_curve(
            quadrature.curve(outcome, analysis.nuisance, likelihood, omega, like=like)
        )

    return judge


def _of_member(subject: Subject, i: int) -> list[Row]:
    """List the rows of one report of a synthesis, the others as printed.

    The synthesis is computed at the numbers for which this report alone is most and least favourable.
    """
    analysis = subject.analysis
    member, printed = analysis.members[i], subject.probabilities()
    alone = _readings(member, _judge(subject, i), search=False)
    together = []
    # alone, a report without a direction always gives one half, so its extremes are those of the sd
    measured = "sd" if len(plane_of_synthesis(analysis).parts[i]) > 1 else "p_benefit"
    for pick in (min, max) if alone else ():
        found = pick(alone, key=lambda reading: reading.row[measured])
        curve = quadrature.curve(found.outcome, analysis.nuisance, analysis.likelihoods[i], analysis.omegas[i])
        together.append(replace(found, row=subject.probabilities_of_curve(with_curve(subject, i, curve))))
    rows = _ranges(printed, together, len(list(digits_of(member.evidence))))
    return [{"report": member.name} | row for row in [*rows, *_directions(subject, i)]]


def _readings(outcome: Outcome, judge: Callable[[Outcome], Row], search: bool) -> list[Reading]:
    """Return readings with other counts, at every corner of the box and inside it; none if nothing is rounded."""
    box = list(digits_of(outcome.evidence))
    found = [Reading(words, changed, judge(changed)) for words, changed in _recounted(outcome)]
    bounds = np.array([(d.low, d.high) for d in box]).reshape(-1, 2)

    def read(values: np.ndarray) -> Reading:
        changed = _moved(outcome, box, values)
        return Reading(_words(box, values), changed, judge(changed))

    corners = [read(np.array(values)) for values in product(*bounds)] if box else []
    found += corners
    if not search or not 0 < len(box) <= SEARCHED:
        return found
    for name in (name for name in ("p_benefit", "p_mcid") if corners[0].row[name] is not None):
        for sign, pick in ((1, np.argmin), (-1, np.argmax)):
            start = list(product((0.1, 0.9), repeat=len(box)))[int(pick([c.row[name] for c in corners]))]

            def f(x: np.ndarray, name: str = name, sign: int = sign) -> float:
                found.append(read(bounds[:, 0] + x * np.ptp(bounds, axis=1)))
                return sign * found[-1].row[name]

            minimize(f, start, method="L-BFGS-B", bounds=[(0, 1)] * len(box), options={"maxiter": 3, "eps": 1e-3})
    return found


def _ranges(printed: Row, readings: list[Reading], numbers: int) -> list[Row]:
    """List the lowest and highest value of each probability over the readings and the report as printed."""
    rows = []
    for name in (name for name in PROBABILITIES if printed[name] is not None):
        found = [(printed[name], "as printed"), *((r.row[name], r.words) for r in readings)]
        rows.append(_range("rounding", name, printed[name], found, numbers, None if readings else EXACT))
    return rows


def _range(over: str, name: str, value: float, found: list[tuple[float, str]], numbers: int, reason: str | None) -> Row:
    (low, at_low), (high, at_high) = extremes(found)
    return {
        "over": over, "probability": name, "value": value, "low": low, "high": high, "at_low": at_low,
        "at_high": at_high, "numbers": numbers, "reason": reason,
    }  # fmt: skip


def digits_of(evidence: Any) -> Iterator[Digits]:
    """Yield every rounded number on which the likelihood of this evidence depends."""
    kind = evidence.kind
    if kind == "estimate":
        if evidence.gives_width:
            yield from _limits(evidence)
        else:
            yield _digits(("estimate",), evidence.estimate)
            name = "se" if evidence.se is not None else "p"
            yield _digits((name,), getattr(evidence, name), positive=True)
    elif kind in ("p_value", "significance"):
        if kind == "p_value" and not evidence.p_is_bound:
            yield _digits(("p",), evidence.p, positive=True)
        if evidence.se is not None:
            yield _digits(("se",), evidence.se, positive=True)
        elif evidence.reference is not None:
            shares = evidence.reference.shares
            yield from (_digits(("reference", "shares", i), s, zero=True) for i, s in enumerate(shares))
    elif kind == "means":
        for arm in ARMS:
            yield _digits((arm, "mean"), getattr(evidence, arm).mean)
            yield _digits((arm, "sd"), getattr(evidence, arm).sd, positive=True)
    elif kind == "events" and evidence.treatment.exposure is not None:
        yield from (_digits((arm, "exposure"), getattr(evidence, arm).exposure, positive=True) for arm in ARMS)


def _limits(evidence: Estimate) -> Iterator[Digits]:
    """Yield the estimate and its numeric limits, keeping apart the two numbers that determine the width.

    The width comes from two limits, or from one limit and the estimate. A limit printed as a bound is not rounded.
    """
    fixed = evidence.numbers or (evidence.estimate, *(x for x in evidence.ci if isinstance(x, Decimal)))
    apart = CLOSEST * float(abs(fixed[1] - fixed[0]))
    for path, value in ((("estimate",), evidence.estimate), *((("ci", i), x) for i, x in enumerate(evidence.ci))):
        if not isinstance(value, Decimal):
            continue
        digits, number = _digits(path, value), float(value)
        if value in fixed:
            digits = replace(digits, low=max(digits.low, number - apart), high=min(digits.high, number + apart))
        yield digits


def _digits(path: tuple, value: Decimal, positive: bool = False, zero: bool = False) -> Digits:
    half = half_unit(value)
    low, high = float(value - half), float(value + half)
    if positive:
        low = max(low, float(value) / 2)
    return Digits(path, max(low, 0.0) if zero else low, min(high, 1.0) if path == ("p",) else high)


def _moved(outcome: Outcome, box: list[Digits], values: np.ndarray) -> Outcome:
    """Return the outcome with its rounded numbers replaced, without validation, which a corner might not pass."""
    evidence = outcome.evidence
    for digits, value in zip(box, values, strict=True):
        evidence = _put(evidence, digits.path, Decimal(repr(float(value))))
    return outcome.model_copy(update={"evidence": evidence})


def _put(holder: Any, path: tuple[str | int, ...], value: Decimal) -> Any:
    first, *rest = path
    if isinstance(holder, tuple):
        return tuple(value if i == first else old for i, old in enumerate(holder))
    new = value if not rest else _put(getattr(holder, first), tuple(rest), value)
    return holder.model_copy(update={first: new})


def _words(box: list[Digits], values: np.ndarray) -> str:
    return ", ".join(f"{d.name} {significant(v, 4)}" for d, v in zip(box, values, strict=True))


def _recounted(outcome: Outcome) -> Iterator[tuple[str, Outcome]]:
    """Yield the other counts that printed percentages allow, each arm at its lowest and highest."""
    evidence = outcome.evidence
    if evidence.kind == "binary":
        for counts in product(*((arm.possible[0], arm.possible[-1]) for arm in (evidence.treatment, evidence.control))):
            arms = {n: getattr(evidence, n).model_copy(update={"events": c}) for n, c in zip(ARMS, counts, strict=True)}
            if counts != (evidence.treatment.events, evidence.control.events):
                yield f"{counts[0]} v {counts[1]} events", _with(outcome, arms)
    elif evidence.kind in ("ordinal", "ordinal_cut"):
        tables = (tables_of_shares if evidence.kind == "ordinal" else tables_of_cuts)(evidence)
        for treatment, control in dict.fromkeys(tables[1:]):
            names = tuple(str(i) for i in range(len(treatment)))
            table = {"kind": "ordinal", "categories": names, "treatment": treatment, "control": control}
            changed = outcome.model_copy(update={"evidence": Ordinal.model_validate(table)})
            yield f"counts {treatment} v {control}", changed


def _with(outcome: Outcome, changed: dict[str, Any]) -> Outcome:
    return outcome.model_copy(update={"evidence": outcome.evidence.model_copy(update=changed)})


def _directions(subject: Subject, i: int = 0) -> list[Row]:
    """List the range over both directions of a report that does not say which arm it favours."""
    parts = likelihood_curves(subject.analysis)[i].parts
    if len(parts) == 1:
        return []

    def forced(way: str) -> quadrature.Curve:
        if not subject.is_synthesis:
            return replace(subject.curve, parts={"all": parts[way]})
        return quadrature.curve_of_mean(
            plane_of_synthesis(subject.analysis), subject.heterogeneity, directions={i: way}
        )

    better = "up" if subject.sign > 0 else "down"
    names = {way: "favours treatment" if way == better else "favours control" for way in parts}
    read = {name: subject.probabilities_of_curve(forced(way)) for way, name in names.items()}
    whole = subject.probabilities()
    return [
        _range("direction", name, whole[name], [(row[name], words) for words, row in read.items()], 1, None)
        for name in PROBABILITIES
        if whole[name] is not None
    ]
