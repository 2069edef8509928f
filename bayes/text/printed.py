"""Printed numbers as text, with their digits, and the form in which evidence is shown: statements and a table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bayes.base.numbers import digits
from bayes.paper.evidence.arms import ArmSizes
from bayes.paper.evidence.limits import WithInterval

Fact = tuple[str, str]  # a label and its text
ERROR, DEGREES = "standard error (analysis scale)", "degrees of freedom"
NAMES = {
    "wald": "Wald",
    "robust": "Wald, with a robust standard error",
    "wilson": "Wilson",
    "newcombe": "Newcombe",
    "miettinen_nurminen": "Miettinen-Nurminen",
    "hodges_lehmann": "Hodges-Lehmann",
    "profile": "profile likelihood",
    "group_sequential": "adjusted for interim analyses",
}


@dataclass(frozen=True)
class Table:
    """A table of text: a title, headings and cells.

    `about` names the row of a table of adverse events that each line is about, None for a line about none of them; it
    is empty for other reports.
    """

    title: str
    headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    about: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Shown:
    """The printed numbers of a report: statements and, where it counts or measures, a table."""

    facts: tuple[Fact, ...] = ()
    table: Table | None = None


def interval(printed: WithInterval) -> str:
    """Return a printed interval with its level; for a one-sided interval, only its limit; empty if none is printed."""
    level = f"{100 * float(printed.level):g}%"
    low, high = printed.ci or (None, None)
    if low is not None and high is not None:
        return f"{level} interval {digits(low)} to {digits(high)}"
    if high is not None:
        return f"one-sided {level} interval, at most {digits(high)}"
    return "" if low is None else f"one-sided {level} interval, at least {digits(low)}"


def words(name: str) -> str:
    """Return the name of a field in words, with the capitals and hyphens of people's names."""
    return NAMES.get(name, name.replace("_", " "))


def sizes(n: ArmSizes) -> str:
    """Return the number of patients per arm and in total."""
    return f"{n.treatment} treatment, {n.control} control ({n.total} in total)"


def versus(treatment: str, control: str) -> str:
    return f"{treatment} v {control}"


def known(*numbers: tuple[str, Decimal | None]) -> tuple[Fact, ...]:
    """Return the numbers that are stated, under the names a reader knows."""
    return tuple((name, digits(value)) for name, value in numbers if value is not None)
