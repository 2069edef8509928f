"""What a terminal shows: text and tables as wide as its window, and 80 columns where there is none."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

LaidOut = tuple[str, list[str], list[list[str]]]  # the title, headings and cells of a table
GAP = 2  # between columns
LEAST = 16  # a column of words is not made narrower
SHORT = 10  # a heading that is not broken
LONG = 30  # a cell that is longer holds words
BREAKS = re.compile(r"(?<=[:/_,;])")  # where a name without spaces may go on in the next line


def console() -> Console:
    """Return a console of the width of the window or of the variable `COLUMNS`, which colours nothing unasked."""
    return Console(highlight=False)


def say(text: str = "", hang: str = "") -> None:
    """Print text, wrapped at the width of the terminal.

    Parameters
    ----------
    text : str
    hang : str
        What precedes every line of a paragraph but the first.
    """
    width = console().width
    for line in text.split("\n"):
        print(textwrap.fill(line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False))


def line(text: str, hang: str = "    ") -> None:
    """Print text that programs search line by line: whole in a file or a pipe, wrapped on a terminal."""
    if sys.stdout.isatty():
        say(text, hang)
    else:
        print(text)


def more(what: str) -> None:
    """Say what the option `--all` would print besides."""
    say(f"--all prints {what}.")


def show_tables(laid_out: Iterable[LaidOut]) -> None:
    """Print tables given as title, headings and cells."""
    for title, headings, cells in laid_out:
        show_table(title, headings, cells)


def show_table(title: str, headings: Sequence[str], cells: Sequence[Sequence[str]], names: int = 1) -> None:
    """Print one table; columns for which there is no room follow below, next to the names of the lines again.

    Numbers are aligned right and never broken over two lines; words are aligned left, and wrapped. Where the first cell
    of a line is that of the line above, it is left out, and so is a column without any content.

    Parameters
    ----------
    title : str
    headings : sequence of str
    cells : sequence of sequence of str
        The cells of each line.
    names : int
        How many of the first columns name a line.
    """
    screen = console()
    cells, apart = _told_apart(headings, cells, names)
    columns = [Column.of(heading, [row[i] for row in cells]) for i, heading in enumerate(headings)]
    names = sum(any(column.cells) for column in columns[:names])
    columns = [column for column in columns if any(column.cells)]
    if title and (columns or apart):
        say(title)
    for beside in _side_by_side(columns, names, screen.width):
        table = Table(box=box.SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False, show_edge=False)
        widths = _widths(beside, screen.width)
        for column, width in zip(beside, widths, strict=True):
            heading = "\n".join(fold(column.heading, width))
            table.add_column(escape(heading), justify="left" if column.worded else "right", no_wrap=True)
        above = None
        for line in zip(*(column.cells for column in beside), strict=True):
            shown = list(line)
            if len(beside) > 1 and shown[0] == above:
                shown[0] = ""
            above = line[0]
            folded = ["\n".join(fold(cell, width)) for cell, width in zip(shown, widths, strict=True)]
            table.add_row(*map(escape, folded))
        screen.print(table)
        print()
    for text, lines in apart.items():
        say(f"{'; '.join(lines)}: {text}", hang="  ")
    if apart:
        print()


def _told_apart(
    headings: Sequence[str], cells: Sequence[Sequence[str]], names: int
) -> tuple[list[Sequence[str]], dict[str, list[str]]]:
    """Return the lines that have numbers; and the names of those that have only a reason, in a column without heading.

    Reasons such as "not defined", of many lines alike, are easier to read as a sentence below the table.
    """
    apart: dict[str, list[str]] = {}
    kept = []
    for line in cells:
        if not headings[-1] and line[-1] and not any(line[names:-1]):
            apart.setdefault(line[-1], []).append(" ".join(line[:names]))
        else:
            kept.append(line)
    return kept, apart


@dataclass(frozen=True)
class Column:
    """A column of a table, and how wide it has to be."""

    heading: str
    cells: list[str]
    worded: bool  # words, which may be wrapped, rather than numbers

    @classmethod
    def of(cls, heading: str, cells: list[str]) -> Column:
        """Return a column; it is one of words if most of its cells begin with a letter, or a cell is long."""
        filled = [cell for cell in cells if cell]
        worded = 2 * sum(cell[0].isalpha() for cell in filled) > len(filled)
        return cls(heading, cells, worded or any(len(cell) > LONG for cell in filled))

    @property
    def widest(self) -> int:
        """Return the width of its longest cell, or of a longer word in the heading; a short heading is not broken."""
        return max(min(len(self.heading), SHORT), *map(len, [*self.cells, *self.heading.split()]))

    @property
    def least(self) -> int:
        """Return the width without which it cannot be shown."""
        return min(self.widest, LEAST) if self.worded else self.widest


def _side_by_side(columns: Sequence[Column], names: int, width: int) -> Iterator[list[Column]]:
    """Yield the columns in groups for which there is room, each beginning with the columns of names."""
    group = list(columns[:names])
    for column in columns[names:]:
        if len(group) > names and sum(one.least + GAP for one in (*group, column)) - GAP > width:
            yield group
            group = list(columns[:names])
        group.append(column)
    if group:
        yield group


def _widths(columns: Sequence[Column], width: int) -> list[int]:
    """Return the width of every column: numbers get what they need, words share the rest."""
    left = width - GAP * (len(columns) - 1)
    found = {i: column.least for i, column in enumerate(columns)}
    left -= sum(found.values())
    wrapped = sorted((i for i, c in enumerate(columns) if c.widest > c.least), key=lambda i: columns[i].widest)
    for place, i in enumerate(wrapped):
        share = max(left, 0) // (len(wrapped) - place)
        added = min(columns[i].widest - found[i], share)
        found[i] += added
        left -= added
    return list(found.values())


def fold(text: str, width: int) -> list[str]:
    """Return lines no wider than a width: broken at spaces, a long name at its punctuation, and anywhere at the worst.

    Parameters
    ----------
    text : str
    width : int
        Characters.
    """
    lines = [""]
    for word in re.findall(r" *[^ ]+", text):
        parts = [word] if len(word.lstrip()) <= width else BREAKS.split(word)
        for part in parts:
            if len(lines[-1] + part) <= width:
                lines[-1] += part
                continue
            pieces = ["".join(piece) for piece in batched(part.lstrip(), width)]
            lines += pieces if lines[-1] else []
            lines[-1:] = [lines[-1]] if lines[-1] else pieces
    return lines
