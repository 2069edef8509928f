"""Reports of an ordinal scale: the full distribution, or one or several dichotomies of it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from math import floor
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base import measures
from bayes.base.closed import Closed, check
from bayes.base.measures import Measure
from bayes.base.written_numbers import MOST_PERSONS, Printed, half_unit
from bayes.errors import Mistake
from bayes.paper.evidence.arms import ARMS, Arm, ArmSizes, PersonsInArm, by_arm
from bayes.paper.evidence.reported import Reported
from bayes.paper.scales import Category, ScaleName, scales

SEPARATED = "all patients of one arm did at least as well as any of the other: there is a bound, not an estimate"
Share = Annotated[Printed, Field(ge=0, le=MOST_PERSONS)]


class OrdinalTable(Reported):
    """Patients in ordered categories, best first: what both kinds of report of an ordinal scale amount to."""

    measures: ClassVar[tuple[Measure, ...]] = ("common_odds_ratio",)
    categories: Annotated[tuple[str, ...], Field(min_length=2, max_length=100)]
    scale: ScaleName | None = None

    @check
    def _on_its_scale(self) -> Iterator[Mistake]:
        if self.scale is not None:
            for problem in scales()[self.scale].problems(self.categories):
                yield Mistake("categories", problem)

    def widths(self) -> tuple[int, ...] | None:
        """Return the number of grades in each category; None without a stated scale."""
        scale = scales()[self.scale] if self.scale else None
        return tuple(len(scale.places(name) or (0,)) for name in self.categories) if scale else None

    def _named(self, first: int, last: int) -> str:
        """Return the name of the categories from one to another, with their places on a stated scale."""
        one, other = self.categories[first], self.categories[last]
        name = one if first == last else f"{one}-{other}"
        if self.scale is None:
            return name
        scale = scales()[self.scale]
        places = [place for category in self.categories[first : last + 1] for place in scale.places(category) or ()]
        return Category.on(scale, name, tuple(places))

    @property
    @abstractmethod
    def observed(self) -> tuple[tuple[str, int, int], ...]:
        """The category and both counts (treatment, control) of each level that is not empty in both arms."""

    @property
    def sizes(self) -> ArmSizes:
        _, treatment, control = zip(*self.observed, strict=True)
        # not validated again: a sum may exceed what is accepted as a printed number
        return ArmSizes.model_construct(treatment=sum(treatment), control=sum(control))

    def standard_error(self, measure: str) -> float:
        """Return Whitehead's standard error of a common log odds ratio near zero."""
        _, treatment, control = zip(*self.observed, strict=True)
        pooled = [t + c for t, c in zip(treatment, control, strict=True)]
        return float(measures.whitehead_information(pooled, sum(treatment), sum(control)) ** -0.5)

    def why_no_estimate(self, measure: str) -> str | None:
        return None if _overlap(self.observed) else SEPARATED


class Ordinal(OrdinalTable):
    """The full distribution over ordered categories, best first, as counts per arm or as percentages of n.

    Percentages are converted to the counts that fit them best and sum to n; the printed digits are kept.
    """

    kind: Literal["ordinal"]
    treatment: tuple[Share, ...]
    control: tuple[Share, ...]
    unit: Literal["count", "percent"] = "count"
    n: ArmSizes | None = None

    @check
    def _named_apart(self) -> Iterator[str]:
        if len(set(self.categories)) < len(self.categories):
            yield "categories repeat; each must be different"
        if self.unit == "percent" and self.n is None:
            yield 'n is missing; unit = "percent" requires n = { treatment, control }'

    @check
    def _aligned(self) -> Iterator[str]:
        problems = [problem for arm in ARMS for problem in self._wrong_in(arm)]
        yield from problems
        if not problems and (self.unit == "count" or self.n) and len(self.observed) < 2:
            yield "all patients are in one category; a comparison requires at least two"

    def _wrong_in(self, arm: Arm) -> Iterator[str]:
        """Yield what is wrong with the numbers of one arm."""
        printed, k = by_arm(self)[arm], len(self.categories)
        total = sum(printed, Decimal(0))
        if len(printed) != k:
            yield f"{arm} has {len(printed)} {self.unit}s for {k} categories"
        elif not total:
            yield f"{arm} has no patients"
        elif self.unit == "count" and any(int(v.as_tuple().exponent) < 0 for v in printed):
            yield f'{arm}: counts must be whole numbers; for percentages write unit = "percent"'
        elif self.unit == "percent" and abs(total - 100) > sum(map(half_unit, printed), Decimal(1)):
            yield f"{arm}: percentages sum to {total}; accepted: about 100"

    def counts(self, arm: Arm) -> tuple[int, ...]:
        """Return the number of patients in each category of one arm."""
        printed = by_arm(self)[arm]
        if self.unit == "count" or self.n is None:
            return tuple(int(v) for v in printed)
        return whole_shares(printed, by_arm(self.n)[arm])

    @property
    def observed(self) -> tuple[tuple[str, int, int], ...]:
        """The category and both counts (treatment, control) of each level that is not empty in both arms."""
        names = (self._named(i, i) for i in range(len(self.categories)))
        rows = zip(names, self.counts("treatment"), self.counts("control"), strict=True)
        return tuple((name, t, c) for name, t, c in rows if t + c)


def whole_shares[Share: (Decimal, float)](shares: Sequence[Share], total: int) -> tuple[int, ...]:
    """Return whole numbers in proportion to `shares` that sum to `total`, by largest remainders."""
    exact = [share * total / sum(shares) for share in shares]
    counts = [floor(e) for e in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in by_remainder[: total - sum(counts)]:
        counts[i] += 1
    return tuple(counts)


def _overlap(observed: Sequence[tuple[str, int, int]]) -> bool:
    """Return whether the common odds ratio has a finite maximum: the distributions of the arms overlap."""
    arms = [[k for k, row in enumerate(observed) if row[column]] for column in (1, 2)]
    (best_t, *_, worst_t), (best_c, *_, worst_c) = (2 * places for places in arms)
    return worst_t > best_c and worst_c > best_t


class Cut(Closed):
    """The number of persons at or below a category, the better side of a dichotomy."""

    at_most: str
    treatment: PersonsInArm
    control: PersonsInArm


class OrdinalCut(OrdinalTable):
    """One or several dichotomies of an ordinal scale, best category first.

    Several cuts are nested counts of the same patients and form a table with merged categories; cutpoints that are not
    printed drop out of the likelihood.
    """

    kind: Literal["ordinal_cut"]
    cuts: Annotated[tuple[Cut, ...], Field(min_length=1, max_length=99)]

    @check
    def _nested(self) -> Iterator[str]:
        accepted = self.categories[:-1]
        places = [accepted.index(cut.at_most) if cut.at_most in accepted else None for cut in self.cuts]
        for cut, place in zip(self.cuts, places, strict=True):
            if place is None:
                yield f"at_most {cut.at_most!r} is not a cut of this scale; accepted: {', '.join(accepted)}"
        known = [place for place in places if place is not None]
        wrong = len(known) < len(places)
        if not wrong and any(b <= a for a, b in pairwise(known)):
            wrong = True
            yield "cuts repeat or are not in order; they must differ and run from better to worse"
        for problem in (problem for arm in ARMS for problem in self._wrong_in(arm)):
            wrong = True
            yield problem
        if not wrong and len(self.observed) < 2:
            yield "all patients are on one side of the cuts; a comparison requires patients on both"

    def _wrong_in(self, arm: Arm) -> Iterator[str]:
        """Yield what is wrong with the counts of one arm."""
        reports = [by_arm(cut)[arm] for cut in self.cuts]
        if len({r.n for r in reports}) > 1:
            yield f"{arm}: n is {[r.n for r in reports]}; cuts of the same patients must have the same n"
        if any(b.events < a.events for a, b in pairwise(reports)):
            yield f"{arm}: counts are {[r.events for r in reports]}; counts at or below a cut cannot decrease"

    @property
    def observed(self) -> tuple[tuple[str, int, int], ...]:
        """The merged category and both counts (treatment, control) of each band that is not empty in both arms."""
        ends = [*(self.categories.index(cut.at_most) for cut in self.cuts), len(self.categories) - 1]
        starts = [0, *(end + 1 for end in ends[:-1])]
        bands = [self._named(start, end) for start, end in zip(starts, ends, strict=True)]
        counts = {}
        for arm in ARMS:
            reports = [by_arm(cut)[arm] for cut in self.cuts]
            counts[arm] = [b - a for a, b in pairwise([0, *(report.events for report in reports), reports[0].n])]
        rows = zip(bands, counts["treatment"], counts["control"], strict=True)
        return tuple((name, t, c) for name, t, c in rows if t + c)
