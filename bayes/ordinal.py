"""Reports of an ordinal scale: the full table, and one or several dichotomies of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from bayes import effects
from bayes.arms import Count, PersonsInArm
from bayes.reading import Closed


class Ordinal(Closed):
    """The full distribution over ordered categories (best first), counts per arm."""

    measures: ClassVar = ("common_odds_ratio",)
    kind: Literal["ordinal"]
    categories: Annotated[tuple[str, ...], Field(min_length=2)]
    treatment: tuple[Count, ...]
    control: tuple[Count, ...]

    @model_validator(mode="after")
    def _aligned(self) -> Ordinal:
        k = len(self.categories)
        if len(set(self.categories)) < k:
            raise ValueError("categories must differ from one another")
        for arm in ("treatment", "control"):
            counts = getattr(self, arm)
            if len(counts) != k:
                raise ValueError(f"{arm} has {len(counts)} counts for {k} categories")
            if not sum(counts):
                raise ValueError(f"{arm} has no patient")
        if sum(1 for t, c in zip(self.treatment, self.control, strict=True) if t + c) < 2:
            raise ValueError("all patients are in one category: nothing can be compared")
        return self

    @property
    def observed(self) -> tuple[tuple[str, int, int], ...]:
        """(category, treatment count, control count), levels empty in both arms merged into a neighbour."""
        rows = zip(self.categories, self.treatment, self.control, strict=True)
        return tuple((name, t, c) for name, t, c in rows if t + c)

    def standard_error(self, measure: str) -> float:
        pooled = [t + c for t, c in zip(self.treatment, self.control, strict=True)]
        return effects.whitehead_information(pooled, sum(self.treatment), sum(self.control)) ** -0.5


class Cut(Closed):
    """Persons at or below a category, the better side of one dichotomy."""

    at_most: str
    treatment: PersonsInArm
    control: PersonsInArm


class OrdinalCut(Closed):
    """One or several dichotomies of an ordinal scale (best category first); the cutpoints not printed drop out.

    Several cuts are nested counts of the same patients, so that together they are a table with merged categories.
    """

    measures: ClassVar = ("common_odds_ratio",)
    kind: Literal["ordinal_cut"]
    categories: Annotated[tuple[str, ...], Field(min_length=2)]
    cuts: Annotated[tuple[Cut, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _nested(self) -> OrdinalCut:
        places = []
        for cut in self.cuts:
            if cut.at_most not in self.categories[:-1]:
                accepted = ", ".join(self.categories[:-1])
                raise ValueError(f"at_most {cut.at_most!r} is no cut of this scale; accepted: {accepted}")
            places.append(self.categories.index(cut.at_most))
        if any(b <= a for a, b in pairwise(places)):
            raise ValueError("cuts must be different and run from better to worse")
        for arm in ("treatment", "control"):
            reports = [getattr(cut, arm) for cut in self.cuts]
            if len({r.n for r in reports}) > 1:
                raise ValueError(f"{arm}: cuts of the same patients share their n; found {[r.n for r in reports]}")
            if any(b.events < a.events for a, b in pairwise(reports)):
                raise ValueError(f"{arm}: counts at or below a cut cannot fall; found {[r.events for r in reports]}")
        if len(self.observed) < 2:
            raise ValueError("all patients are on one side: nothing can be compared")
        return self

    @property
    def observed(self) -> tuple[tuple[str, int, int], ...]:
        """(merged category, treatment count, control count), bands empty in both arms merged into a neighbour."""
        ends = [*(self.categories.index(cut.at_most) for cut in self.cuts), len(self.categories) - 1]
        starts = [0, *(end + 1 for end in ends[:-1])]
        first, last = ([self.categories[i] for i in places] for places in (starts, ends))
        bands = [a if a == b else f"{a}-{b}" for a, b in zip(first, last, strict=True)]
        counts = {}
        for arm in ("treatment", "control"):
            upto = [getattr(cut, arm).events for cut in self.cuts] + [getattr(self.cuts[0], arm).n]
            counts[arm] = [b - a for a, b in pairwise([0, *upto])]
        rows = zip(bands, counts["treatment"], counts["control"], strict=True)
        return tuple((name, t, c) for name, t, c in rows if t + c)

    def standard_error(self, measure: str) -> float:
        pooled = [t + c for _, t, c in self.observed]
        n = self.cuts[0]
        return effects.whitehead_information(pooled, n.treatment.n, n.control.n) ** -0.5
