"""The rounded numbers of a report, each as an interval, and the report with other numbers in their place.

A printed 0.94 stands for [0.935, 0.945), and a percentage for every count that rounds to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, product

from pydantic import BaseModel

from bayes.base.arrays import FloatArray
from bayes.base.numbers import significant
from bayes.base.written_numbers import half_unit
from bayes.checks.ordinal import tables_of_cuts, tables_of_shares
from bayes.paper.evidence import (
    BareP,
    BareTest,
    Binary,
    DaysFree,
    Estimate,
    Events,
    Evidence,
    GeometricMeans,
    LogRank,
    Means,
    Medians,
    Ordinal,
    OrdinalCut,
    PairedMeans,
)
from bayes.paper.evidence.arms import ARMS, Arm, by_arm
from bayes.paper.evidence.effects import TwoArms
from bayes.paper.evidence.geometric_means import GeometricMeanInArm
from bayes.paper.evidence.limits import WithInterval
from bayes.paper.evidence.medians import MedianOfArm
from bayes.paper.evidence.paired import STANDARDISED, MeanUnder
from bayes.paper.evidence.survival import MedianInArm
from bayes.paper.trial import Outcome

LIMITS = {"ci.0": "lower limit", "ci.1": "upper limit"}
VALUES = ("geometric_mean", "percent", "median", "mean", "rate")  # what is printed for an arm, by kind
SPREADS = ("se", "cv", "sd_log")
CLOSEST = 0.49  # fraction of its width by which an interval may shrink at either end: coarse rounding must leave some
Path = tuple[str | int, ...]  # of a number in the evidence: names of fields and positions in tuples


@dataclass(frozen=True)
class Digits:
    """A printed number as an interval: its path in the evidence and its limits."""

    path: Path
    low: float
    high: float

    @property
    def name(self) -> str:
        return ".".join(map(str, self.path))


def digits_of(evidence: Evidence, measure: str) -> Iterator[Digits]:
    """Yield every rounded number on which the likelihood of this evidence depends, of an effect of this measure."""
    standardised = measure == STANDARDISED
    match evidence:
        case Estimate():
            yield from _digits_of_estimate(evidence)
        case BareTest():
            if isinstance(evidence, BareP) and isinstance(evidence.p, Decimal):
                yield _digits(("p",), evidence.p, positive=True)
            if evidence.se is not None:
                yield _digits(("se",), evidence.se, positive=True)
            elif evidence.reference is not None:
                shares = evidence.reference.shares
                yield from (_digits(("reference", "shares", i), s, zero=True) for i, s in enumerate(shares))
        case Means():
            for arm, means in by_arm(evidence).items():
                yield _digits((arm, "mean"), means.mean)
                sd, half = float(means.sd), means.sd_half_unit
                yield Digits((arm, "sd"), max(sd - half, sd / 2), sd + half)
                if standardised and means.sd_final is not None:
                    yield _digits((arm, "sd_final"), means.sd_final, positive=True)
            if standardised and (r := evidence.baseline_correlation) is not None:
                yield _within(_digits(("baseline_correlation",), r), float(r), CLOSEST * float(1 - abs(r)))
        case Medians():
            for arm in ARMS:
                yield from _of_median(arm, getattr(evidence, arm))
        case PairedMeans():
            yield from _of_pairs(evidence, standardised)
        case LogRank():
            yield _digits(("o_minus_e",), evidence.o_minus_e)
            yield _digits(("variance",), evidence.variance, positive=True)
        case GeometricMeans() | TwoArms():
            for arm in ARMS:
                yield from _of_arm(arm, getattr(evidence, arm))
        case Events():
            for arm, events in by_arm(evidence).items():
                if events.exposure is not None:
                    yield _digits((arm, "exposure"), events.exposure, positive=True)


def _digits_of_estimate(evidence: Estimate) -> Iterator[Digits]:
    if evidence.gives_width:
        yield from _limits(evidence)
        return
    yield _digits(("estimate",), evidence.estimate)
    if evidence.se is not None:
        yield _digits(("se",), evidence.se, positive=True)
    elif isinstance(evidence.p, Decimal):
        yield _digits(("p",), evidence.p, positive=True)


def _of_median(arm: Arm, printed: MedianOfArm) -> Iterator[Digits]:
    """Yield the median and its quartiles, range or interval, none of which may meet its neighbour."""
    places: list[Path] = [(arm, "median")]
    if printed.quartiles is not None:
        places = [(arm, "quartiles", 0), *places, (arm, "quartiles", 1)]
    if printed.range is not None:
        places = [(arm, "range", 0), *places, (arm, "range", 1)]
    if printed.ci is not None:
        places = [(arm, "ci", 0), *places, (arm, "ci", 1)]
    numbers = [float(number) for number, _ in printed.ranked]
    apart = CLOSEST * min(b - a for a, b in pairwise(numbers))
    for path, (number, _) in zip(places, printed.ranked, strict=True):
        yield _within(_digits(path, number), float(number), apart)


def _of_pairs(evidence: PairedMeans, standardised: bool) -> Iterator[Digits]:
    """Yield both means, and what the precision of their difference follows from."""
    for arm, under in by_arm(evidence).items():
        yield _digits((arm, "mean"), under.mean)
        if evidence.assumes_correlation or standardised:
            yield _spread_under(arm, under)
    printed = evidence.difference
    for name in () if printed is None else ("sd", "se", "p"):
        if isinstance(number := getattr(printed, name), Decimal):
            yield _digits(("difference", name), number, positive=True)


def _spread_under(arm: Arm, under: MeanUnder) -> Digits:
    name, number = ("sd", under.sd) if under.sd is not None else ("se", under.se)
    if number is None:
        raise LookupError(f"no standard deviation is printed under {arm}")
    return _digits((arm, name), number, positive=True)


def _of_arm(arm: Arm, printed: WithInterval) -> Iterator[Digits]:
    """Yield the positive numbers of an arm: its value, its limits (kept apart) or else its error, and its spread."""
    name, value = next((name, found) for name in VALUES if (found := getattr(printed, name, None)) is not None)
    if (
        isinstance(printed, MedianInArm) and printed.numbers is None
    ):  # one limit: the other half of the width is the value
        known = (((arm, "ci", i), limit) for i, limit in enumerate(printed.ci or ()) if isinstance(limit, Decimal))
        yield from _apart(((arm, name), value), *known)
        return
    yield _digits((arm, name), value, positive=True)
    if printed.numbers is not None:
        low, high = printed.numbers
        yield from _apart(((arm, "ci", 0), low), ((arm, "ci", 1), high))
    for spread in SPREADS if printed.numbers is None else ():
        if (number := getattr(printed, spread, None)) is not None:
            yield _digits((arm, spread), number, positive=True)
    if isinstance(printed, GeometricMeanInArm) and (factor := printed.gsd) is not None:
        digits = _digits((arm, "gsd"), factor)
        yield replace(digits, low=max(digits.low, float(1 + factor) / 2))  # a factor of no spread is 1


def _apart(*two: tuple[Path, Decimal]) -> Iterator[Digits]:
    """Yield two positive numbers, neither of which may reach the other."""
    apart = CLOSEST * abs(float(two[1][1] - two[0][1]))
    for path, number in two:
        yield _within(_digits(path, number, positive=True), float(number), apart)


def _within(digits: Digits, at: float, apart: float) -> Digits:
    """Return a number that moves by no more than `apart`."""
    return replace(digits, low=max(digits.low, at - apart), high=min(digits.high, at + apart))


def _limits(evidence: Estimate) -> Iterator[Digits]:
    """Yield the estimate and its numeric limits, keeping apart the two numbers that determine the width.

    The width comes from two limits, or from one limit and the estimate. A limit printed as a bound is not rounded.
    """
    limits = [(("ci", i), limit) for i, limit in enumerate(evidence.ci or ()) if isinstance(limit, Decimal)]
    fixed = evidence.numbers or (evidence.estimate, *(limit for _, limit in limits))
    apart = CLOSEST * float(abs(fixed[1] - fixed[0]))
    for path, value in ((("estimate",), evidence.estimate), *limits):
        digits, number = _digits(path, value), float(value)
        if value in fixed:
            digits = _within(digits, number, apart)
        yield digits


def _digits(path: Path, value: Decimal, positive: bool = False, zero: bool = False) -> Digits:
    half = half_unit(value)
    low, high = float(value - half), float(value + half)
    if positive:
        low = max(low, float(value) / 2)
    return Digits(path, max(low, 0.0) if zero else low, min(high, 1.0) if path[-1] == "p" else high)


def moved(outcome: Outcome, box: list[Digits], values: FloatArray) -> Outcome:
    """Return the outcome with its rounded numbers replaced, without validation, which a corner might not pass."""
    evidence: object = outcome.evidence
    for digits, value in zip(box, values.tolist(), strict=True):
        evidence = _put(evidence, digits.path, Decimal(repr(value)))
    return outcome.model_copy(update={"evidence": evidence})


def _put(holder: object, path: Path, value: Decimal) -> object:
    """Return a copy of a record, or of a tuple, with the number at a path replaced."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(holder, BaseModel):
        name = str(first)
        return holder.model_copy(update={name: _put(getattr(holder, name), rest, value)})
    if isinstance(holder, tuple):
        return tuple(_put(old, rest, value) if i == first else old for i, old in enumerate(holder))
    raise TypeError(f"nothing at {path} in {holder!r}")


def words_of(box: list[Digits], values: FloatArray) -> str:
    """Return the numbers that replace the rounded ones, each with what it is."""
    return ", ".join(
        f"{LIMITS.get(d.name, d.name)} {significant(v, 4)}" for d, v in zip(box, values.tolist(), strict=True)
    )


def recounted(outcome: Outcome) -> Iterator[tuple[str, Outcome]]:
    """Yield the other counts that printed percentages allow, each arm at its lowest and highest."""
    match outcome.evidence:
        case Binary(treatment=t, control=c) as evidence:
            for x, y in product((t.possible[0], t.possible[-1]), (c.possible[0], c.possible[-1])):
                if (x, y) != (t.events, c.events):
                    arms = {
                        "treatment": t.model_copy(update={"events": x}),
                        "control": c.model_copy(update={"events": y}),
                    }
                    changed = evidence.model_copy(update=arms)
                    yield f"{x} v {y} events", outcome.model_copy(update={"evidence": changed})
        case DaysFree() as days:
            for name, arm in by_arm(days).items():
                for count in sorted({*arm.possible[1:2], *arm.possible[-1:]} - {arm.count}):
                    other = days.model_copy(update={str(name): arm.model_copy(update={"at_floor": count})})
                    words = f"{count} of the {name} arm at the floor"
                    yield words, outcome.model_copy(update={"evidence": other})
        case Ordinal() | OrdinalCut() as evidence:
            tables = tables_of_shares(evidence) if isinstance(evidence, Ordinal) else tables_of_cuts(evidence)
            for treatment, control in dict.fromkeys(tables[1:]):
                names = tuple(str(i) for i in range(len(treatment)))
                table = {"kind": "ordinal", "categories": names, "treatment": treatment, "control": control}
                words = f"counts {treatment} v {control}"
                yield words, outcome.model_copy(update={"evidence": Ordinal.model_validate(table)})
