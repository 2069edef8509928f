"""The ordinal scales of practice: their grades, dichotomies, customary means and published utilities (METHODS 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from bayes.base.documents import TomlTable
from bayes.base.published_tables import ordinal_scales
from bayes.errors import did_you_mean


def _between(one: int, other: int) -> tuple[int, ...]:
    return tuple(range(min(one, other), max(one, other) + 1))


@dataclass(frozen=True, slots=True)
class Dichotomy:
    """A cut of a scale that practice uses.

    Attributes
    ----------
    name : str
        As in the derived quantity `p_<name>_treatment`.
    label : str
        The better side, as the heading of a column.
    worst : int
        The place on the scale of the worst grade of the better side; the best grade of the scale has place 0.
    good, bad : str
        Either side, as the end of a sentence about patients.
    """

    name: str
    label: str
    worst: int
    good: str
    bad: str

    def divides(self, cells: list[tuple[int, ...]]) -> bool:
        """Return whether cells, as places on the scale, lie on both sides and none contains grades of either."""
        sides = [{place <= self.worst for place in cell} for cell in cells]
        return all(len(side) == 1 for side in sides) and len(set.union(*sides)) == 2


@dataclass(frozen=True, slots=True)
class Scale:
    """An ordinal scale.

    Attributes
    ----------
    id, title, source : str
    grades : tuple of str
        As numbered in practice, best first.
    names : mapping of str to tuple of int
        The places of the grades that a name stands for, in lower case; several for grades printed together.
    dichotomies : tuple of Dichotomy
        The usual one first.
    scores : mapping of str to tuple of float
        The values of the grades, best first: `mean_<id>` where a mean is customary, and `utility_<set>`.
    """

    id: str
    title: str
    source: str
    grades: tuple[str, ...]
    names: Mapping[str, tuple[int, ...]]
    dichotomies: tuple[Dichotomy, ...]
    scores: Mapping[str, tuple[float, ...]]

    @classmethod
    def of(cls, name: str, table: TomlTable) -> Self:
        """Read a scale of the shipped table."""
        grades = tuple(table["grades"])
        places = {grade: place for place, grade in enumerate(grades)}
        names: dict[str, tuple[int, ...]]
        names = {words: (places[grade],) for grade, words in table["grades"].items() if words}
        for words, printed in table.get("also", {}).items():
            first, _, last = printed.partition("-")
            names[words] = _between(places[first], places[last or first])
        cuts = (Dichotomy(**cut | {"worst": places[cut["worst"]]}) for cut in table["dichotomies"])
        scores = {f"mean_{name}": tuple(map(float, grades))} if table.get("mean") else {}
        for of, values in table.get("utilities", {}).items():
            scores[f"utility_{of}"] = tuple(map(float, values["values"]))
        known = {words.lower(): found for words, found in names.items()}
        return cls(name, table["title"], table["source"], grades, known, tuple(cuts), scores)

    def numbered(self, category: str) -> tuple[int, ...] | None:
        """Return the places of a category by number ("3", "5-6"), or None for another category."""
        ends = [part.strip().removesuffix(".0") for part in category.replace("\u2013", "-").split("-")]
        if len(ends) > 2 or not all(end in self.grades for end in ends):
            return None
        return _between(self.grades.index(ends[0]), self.grades.index(ends[-1]))

    def places(self, category: str) -> tuple[int, ...] | None:
        """Return the places of a category by number or by name, or None for another category."""
        return self.names.get(category.strip().lower()) or self.numbered(category)

    def problems(self, categories: tuple[str, ...]) -> Iterator[str]:
        """Yield what is wrong with the categories of a table, which run from best to worst."""
        found = [self.places(category) for category in categories]
        unknown = [category for category, places in zip(categories, found, strict=True) if places is None]
        if unknown:
            yield f"{', '.join(map(repr, unknown))}: not on the {self.title}; accepted, best first: {self._accepted()}"
        known = [(category, places) for category, places in zip(categories, found, strict=True) if places is not None]
        for (one, above), (other, below) in pairwise(known):
            if below[0] <= above[-1]:
                yield (
                    f"{other!r} after {one!r}: categories of the {self.title} overlap or do not run from best to "
                    f"worst; accepted: {', '.join(self.grades)}, in this order"
                )

    def _accepted(self) -> str:
        """Return what a category may be called: numbers, a merged cell and names."""
        names = ", ".join(f'"{name}"' for name in self.names)
        merged = f'merged cells such as "{self.grades[-2]}-{self.grades[-1]}"'
        return f"{', '.join(self.grades)}; {merged}; or {names}"


class Category(str):
    """The name of a category that knows its places on a scale."""

    __slots__ = ("places", "scale")
    scale: Scale
    places: tuple[int, ...]

    @classmethod
    def on(cls, scale: Scale, name: str, places: tuple[int, ...]) -> Self:
        """Return a category of a scale."""
        made = cls(name)
        made.scale, made.places = scale, places
        return made


@cache
def scales() -> Mapping[str, Scale]:
    """Return the shipped scales by id."""
    return {name: Scale.of(name, table) for name, table in ordinal_scales().items()}


@cache
def dichotomies() -> Mapping[str, Dichotomy]:
    """Return the dichotomies of all scales by name."""
    return {cut.name: cut for scale in scales().values() for cut in scale.dichotomies}


def _known(name: str) -> str:
    if name not in scales():
        raise ValueError(
            f"{name!r} is not in the table{did_you_mean(name, list(scales()))}; accepted: {', '.join(scales())}"
        )
    return name


def _every_name(schema: dict[str, object]) -> None:
    """Name the scales in a schema, for which alone their table is read before a file names one."""
    schema["enum"] = [*scales()]


ScaleName = Annotated[str, AfterValidator(_known), Field(json_schema_extra=_every_name)]
