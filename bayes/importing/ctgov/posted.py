"""What is posted for each arm, read: numbers and sizes with their places, and the evidence that they become."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bayes.base.documents import TomlTable
from bayes.base.measures import Measure as EffectMeasure
from bayes.importing.ctgov.reasons import Unusable
from bayes.importing.ctgov.record import Cell, Class, Count, Group, Measure
from bayes.importing.ctgov.values import is_absent, needed, whole
from bayes.paper.evidence.arms import ARMS, Arm

PARTICIPANTS = "participants"
INTERVAL = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*conf\w+ interval")
SE = "standard error"
SIZES_IN_TITLE = re.compile(r"\bn ?= ?(\d[\d,]*(?:\s*[,;/|]\s*\d[\d,]*)+)", re.IGNORECASE)

Fields = dict[str, Any]
Places = dict[str, str]


@dataclass(frozen=True)
class Summary:
    """The evidence of both arms.

    Attributes
    ----------
    kind : str
    arms : dict
        The fields of either arm.
    more : dict
        The other fields of the evidence.
    places : dict of str to str
        The JSON path of each number, by its path in the evidence.
    measures : tuple of str
        The measures about which it informs; the first is the default.
    modelled : bool
        Whether the numbers of the arms are those of a model, such as least-squares means.
    n : dict, optional
        Participants per arm.
    notes : tuple of str
    """

    kind: str
    arms: Mapping[Arm, Fields]
    places: Places
    measures: tuple[EffectMeasure, ...]
    more: TomlTable = field(default_factory=dict)
    modelled: bool = False
    n: Mapping[Arm, int] | None = None
    notes: tuple[str, ...] = ()

    @property
    def evidence(self) -> TomlTable:
        """The table of the evidence."""
        return {"kind": self.kind, **{arm: dict(fields) for arm, fields in self.arms.items()}, **self.more}


@dataclass(frozen=True)
class Posted:
    """What is posted of one arm: its cell and its size, with their places."""

    cell: Cell
    size: Count | None

    def n(self) -> int:
        """Return the number of participants; `Unusable` if it is not posted or none."""
        if self.size is None:
            raise Unusable("the number analysed is not posted")
        found = whole(self.size.value, "the number analysed")
        if not found:
            raise Unusable("no participant was analysed in one arm")
        return found


def size_of(measure: Measure, one: Class, group: Group) -> Count | None:
    """Return the participants of a group: those of the class, as posted or in its title, else of the measure."""
    for found in (one.denominators.get(PARTICIPANTS, {}).get(group.id), _in_title(measure, one, group)):
        if found is not None and not is_absent(found.value):
            return found
    return measure.denominators.get(PARTICIPANTS, {}).get(group.id)


def _in_title(measure: Measure, one: Class, group: Group) -> Count | None:
    """Return a size that a title such as "Week 24 (n=9, 7)" gives, in the order of the groups."""
    if (found := SIZES_IN_TITLE.search(one.title)) is None:
        return None
    sizes = re.findall(r"\d+", found[1])
    if len(sizes) != len(measure.groups):
        return None
    return Count(sizes[measure.groups.index(group)], f"{one.path}.title")


def both_arms(
    posted: Mapping[Arm, Posted], read: Callable[[Posted, Places, Arm], Fields]
) -> tuple[dict[Arm, Fields], Places]:
    """Read both arms, and prefix the places with their names."""
    arms: dict[Arm, Fields] = {}
    places: Places = {}
    for arm in ARMS:
        own: Places = {}
        arms[arm] = read(posted[arm], own, arm)
        places |= {f"{arm}.{name}": path for name, path in own.items()}
    return arms, places


def sizes_of(posted: Mapping[Arm, Posted]) -> dict[Arm, int]:
    return {arm: posted[arm].n() for arm in ARMS}


def with_size(found: Fields, one: Posted, places: Places) -> Fields:
    """Add the number of participants."""
    if one.size is not None:
        places["n"] = one.size.path
    return found | {"n": one.n()}


def precision(measure: Measure, one: Posted, places: Places) -> TomlTable:
    """Return the standard error or the interval of an arm's number."""
    if measure.dispersion == SE:
        places["se"] = f"{one.cell.path}.spread"
        return {"se": positive(needed(one.cell.spread, "the standard error"), "the standard error")}
    low, high = needed(one.cell.low, "a limit of an arm"), needed(one.cell.high, "a limit of an arm")
    if not low < high:
        raise Unusable("the limits of an arm are not in order")
    value = needed(one.cell.value, "the number of an arm")
    if not low <= value <= high:
        raise Unusable("the interval of an arm excludes its estimate")
    found = INTERVAL.fullmatch(measure.dispersion)
    level = Decimal(found[1]).scaleb(-2) if found else Decimal("0.95")
    places |= {"ci.0": f"{one.cell.path}.lowerLimit", "ci.1": f"{one.cell.path}.upperLimit"}
    return {"ci": [low, high], **({} if level == Decimal("0.95") else {"level": level})}


def positive(value: Decimal, what: str) -> Decimal:
    if value <= 0:
        raise Unusable(f"{what} is not above 0")
    return value


def shown(cell: Cell) -> str:
    """Return what is posted in a cell, in words."""
    spread = f" ({cell.spread})" if cell.spread else f" ({cell.low} to {cell.high})" if cell.low or cell.high else ""
    return f"{cell.value}{spread}"
