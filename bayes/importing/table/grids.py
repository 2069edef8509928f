"""Cells with their places, before it is known what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_CELLS = 2_000_000


@dataclass(frozen=True)
class Cell:
    """A cell.

    Attributes
    ----------
    text : str
        What it shows.
    place : str
        `Sheet1!C5`, or "row 5, column ai".
    damage : str
        What is wrong with it, whatever it shows: a date, a formula, merged cells.
    """

    text: str
    place: str = ""
    damage: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.damage


@dataclass(frozen=True)
class Grid:
    """The cells of a sheet or a file: the number of each row, as a spreadsheet numbers it, and its cells.

    Attributes
    ----------
    name : str
        The name of the sheet; empty for a file with a single table.
    rows : sequence of (int, sequence of Cell)
    row : str
        What a row is called: "row", or "position" in a data frame.
    separator : str
        What stands between the columns of separated text.
    """

    name: str
    rows: Sequence[tuple[int, Sequence[Cell]]]
    row: str = "row"
    separator: str = ""


def placed(cell: Cell, row: str, number: int, column: str) -> Cell:
    """Return a cell with a place in words, if it has none yet."""
    return cell if cell.place else Cell(cell.text, f"{row} {number}, column {column}", cell.damage)


def place_of(cells: Sequence[Cell]) -> str:
    """Return the places of several cells in one text: "row 5, columns ai, bi", "Sheet1!C5, D5"."""
    places = [cell.place for cell in cells]
    if len(places) < 2:
        return "".join(places)
    parts = [_split(place) for place in places]
    if len({head for head, _ in parts}) > 1:
        return "; ".join(places)
    head = parts[0][0].replace(", column ", ", columns ")
    return head + ", ".join(tail for _, tail in parts)


def _split(place: str) -> tuple[str, str]:
    """Return what stands before the column, and the column (and row in a sheet)."""
    for mark in (", column ", "!"):
        before, found, after = place.rpartition(mark) if mark == "!" else place.partition(mark)
        if found:
            return before + found, after
    return "", place
