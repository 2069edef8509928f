"""Typed access to a record, tolerant of what is missing or of another type, with the JSON path of every part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

ESCAPES = re.compile(r"\\([\[\](){}<>*_~#+.!`|\\-])")  # of Markdown, which the registry puts into its texts
SURROGATES = re.compile(r"[\ud800-\udfff]")  # halves of a character, which JSON can express and no text file can hold
MEASURES = "resultsSection.outcomeMeasuresModule.outcomeMeasures"


@dataclass(frozen=True)
class Node:
    """A part of a record, which may be anything, and its path."""

    value: object
    path: str = ""

    def at(self, *keys: str) -> Node:
        """Return a part of this part; one of None if it is not there."""
        value: object = self.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return Node(value, ".".join([*([self.path] if self.path else []), *keys]))

    def text(self, *keys: str) -> str:
        """Return a text without Markdown's escapes and halves of characters; empty for anything else."""
        value = self.at(*keys).value
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return ""
        text = SURROGATES.sub("\ufffd", str(value))
        return (ESCAPES.sub(r"\1", text) if "\\" in text else text).strip()

    def items(self, *keys: str) -> Iterator[Node]:
        """Yield the elements of a list."""
        part = self.at(*keys)
        for i, value in enumerate(part.value if isinstance(part.value, list) else ()):
            yield Node(value, f"{part.path}[{i}]")

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return the texts of a list."""
        return tuple(text for node in self.items(*keys) if (text := node.text()))


@dataclass(frozen=True)
class Group:
    """A group of participants; its id holds within one outcome measure, or within the participant flow, only."""

    id: str
    title: str
    description: str


@dataclass(frozen=True)
class Cell:
    """What is posted for one group, as text."""

    value: str
    spread: str
    low: str
    high: str
    path: str


@dataclass(frozen=True)
class Category:
    """A category of a class, with a cell for each group by its id."""

    title: str
    cells: Mapping[str, Cell]
    path: str


@dataclass(frozen=True)
class Count:
    """The number of participants or units of one group, as text."""

    value: str
    path: str


Denominators = Mapping[str, Mapping[str, Count]]
"""Counts by unit, in lower case, and by the id of the group."""


@dataclass(frozen=True)
class Class:
    """A row of an outcome measure: a time point, a subscale, a stratum."""

    title: str
    categories: tuple[Category, ...]
    denominators: Denominators
    path: str


@dataclass(frozen=True)
class Analysis:
    """A posted statistical analysis; all its fields are texts."""

    groups: tuple[str, ...]
    method: str
    parameter: str
    value: str
    low: str
    high: str
    level: str
    sides: str
    p: str
    dispersion: str
    error: str
    hypothesis: str
    tests_inferiority: bool
    description: str
    comments: Mapping[str, str]
    path: str

    @cached_property
    def said(self) -> str:
        """All words about the analysis."""
        return " \n".join([self.description, self.method, self.parameter, *self.comments.values()])


@dataclass(frozen=True)
class Measure:
    """An outcome measure of a record."""

    title: str
    description: str
    population: str
    frame: str
    type: str
    parameter: str
    dispersion: str
    unit: str
    units_analysed: str
    posted: bool
    groups: tuple[Group, ...]
    denominators: Denominators
    classes: tuple[Class, ...]
    analyses: tuple[Analysis, ...]
    path: str
    of_protocol: str = field(default="")  # what the protocol section says about the same measure

    @cached_property
    def said(self) -> str:
        """All words about the measure itself."""
        return " \n".join([self.title, self.description, self.population, self.of_protocol])


def measures(record: Node) -> tuple[Measure, ...]:
    """Return the outcome measures of a record, each with what the protocol says about it."""
    planned = {
        node.text("measure").casefold(): node.text("description")
        for kind in ("primaryOutcomes", "secondaryOutcomes", "otherOutcomes")
        for node in record.items("protocolSection", "outcomesModule", kind)
    }
    nodes = record.items(*MEASURES.split("."))
    return tuple(_measure(node, planned.get(node.text("title").casefold(), "")) for node in nodes)


def _measure(node: Node, of_protocol: str) -> Measure:
    return Measure(
        title=node.text("title") or "untitled",
        description=node.text("description"),
        population=node.text("populationDescription"),
        frame=node.text("timeFrame"),
        type=node.text("type"),
        parameter=node.text("paramType").upper(),
        dispersion=node.text("dispersionType").casefold(),
        unit=node.text("unitOfMeasure"),
        units_analysed=node.text("typeUnitsAnalyzed"),
        posted=node.text("reportingStatus").upper() != "NOT_POSTED",
        groups=groups(node),
        denominators=_denominators(node),
        classes=tuple(_class(one) for one in node.items("classes")),
        analyses=tuple(_analysis(one) for one in node.items("analyses")),
        path=node.path,
        of_protocol=of_protocol,
    )


def groups(node: Node) -> tuple[Group, ...]:
    """Return the groups that a part of a record lists, without repeated ids."""
    found: dict[str, Group] = {}
    for one in node.items("groups"):
        if name := one.text("id"):
            found.setdefault(name, Group(name, one.text("title") or name, one.text("description")))
    return tuple(found.values())


def _denominators(node: Node) -> Denominators:
    return {
        one.text("units").casefold(): {
            count.text("groupId"): Count(count.text("value"), f"{count.path}.value") for count in one.items("counts")
        }
        for one in node.items("denoms")
    }


def _class(node: Node) -> Class:
    categories = tuple(
        Category(one.text("title"), {cell.text("groupId"): _cell(cell) for cell in one.items("measurements")}, one.path)
        for one in node.items("categories")
    )
    return Class(node.text("title"), categories, _denominators(node), node.path)


def _cell(node: Node) -> Cell:
    limits = node.text("lowerLimit"), node.text("upperLimit")
    return Cell(node.text("value"), node.text("spread"), *limits, node.path)


COMMENTS = (
    *("statisticalComment", "estimateComment", "pValueComment", "nonInferiorityComment"),
    *("otherAnalysisDescription", "ciLowerLimitComment", "ciUpperLimitComment"),
)


def _analysis(node: Node) -> Analysis:
    return Analysis(
        groups=tuple(dict.fromkeys(node.texts("groupIds"))),
        method=node.text("statisticalMethod"),
        parameter=node.text("paramType"),
        value=node.text("paramValue"),
        low=node.text("ciLowerLimit"),
        high=node.text("ciUpperLimit"),
        level=node.text("ciPctValue"),
        sides=node.text("ciNumSides").upper(),
        p=node.text("pValue"),
        dispersion=node.text("dispersionType").upper(),
        error=node.text("dispersionValue"),
        hypothesis=node.text("nonInferiorityType").upper(),
        tests_inferiority=node.at("testedNonInferiority").value is True,
        description=node.text("groupDescription"),
        comments={name: said for name in COMMENTS if (said := node.text(name))},
        path=node.path,
    )
