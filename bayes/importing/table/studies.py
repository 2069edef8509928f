"""Which rows are a study, how it is called, and its year."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from bayes.importing.drafts import slug
from bayes.importing.table.headers import Row, Table
from bayes.importing.table.vocabulary import ABOUT
from bayes.importing.table.written_cells import is_missing
from bayes.paper.annotations import NOT_STATED

REGISTERED = re.compile(r"NCT\d{8}|ISRCTN\d{8}|ChiCTR[\w-]{5,}|ACTRN\d{14}|EUCTR\d{4}-\d{6}-\d{2}.*")
YEAR = re.compile(r"(?<![\d/.-])(?:19|20)\d\d(?![\d/.]|-\d)")


@dataclass(frozen=True)
class Study:
    """A study: the id of its file, its label, and its year."""

    id: str
    label: str
    year: int | str


class _Ids:
    """Ids of studies, each used once."""

    def __init__(self, taken: Container[str]) -> None:
        self._others, self._own = taken, set[str]()

    def new(self, label: str) -> str:
        name = slug(label, self)
        self._own.add(name)
        return name

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._others


class Labels:
    """What the columns that describe a study say."""

    def __init__(self, table: Table, stated: Mapping[str, int], used: Sequence[int]) -> None:
        self._table = table
        self._columns = {**_found(table, used), **stated}
        self._keys = self._key_columns()

    def about(self, row: Row, name: str) -> str:
        """Return what a row says about its study, or nothing."""
        column = self._columns.get(name)
        text = "" if column is None else " ".join(row.cells[column].text.split())
        return "" if is_missing(text) else text

    def timepoint(self, row: Row) -> str:
        """Return when the outcome was observed; a bare number with the name of its column."""
        text = self.about(row, "timepoint")
        column = self._columns.get("timepoint", 0)
        return f"{self._table.columns[column]} {text}" if text and not re.search("[A-Za-z]", text) else text

    def registration(self, row: Row) -> str | None:
        """Return the number of the trial in a registry, if its study or its number is one."""
        found = (REGISTERED.fullmatch(self.about(row, name)) for name in ("study", "number"))
        return next((match[0] for match in found if match), None)

    def label(self, row: Row) -> str:
        """Return how a study is called: its name, or its author and year."""
        key = self.about(row, "study")
        named = self.about(row, "author") or self._other_name(row)
        label = named if named and (not key or key.isdigit()) else key or self.about(row, "number")
        year = self.year(row)
        if label and label == named and isinstance(year, int) and str(year) not in label:
            label = f"{label} {year}"
        return f"study {label or row.number}" if label.isdigit() or not label else label

    def year(self, row: Row) -> int | str:
        """Return the year in its column, or else the one that the label says."""
        stated = re.fullmatch(r"((?:19|20)\d\d)(?:\.0+)?[a-z]?", self.about(row, "year"))
        if stated:
            return int(stated[1])
        texts = (self.about(row, name) for name in ("study", "author"))
        years = {found[0] for text in texts for found in YEAR.finditer(text)}
        return int(years.pop()) if len(years) == 1 else NOT_STATED

    def studies(self, rows: Sequence[int], title: str, taken: Container[str] = ()) -> dict[int, Study]:
        """Return the study of each of some rows, by their numbers; rows of the same study share it.

        A table of outcomes that names no study is of one, whose label is its `title`.
        """
        wanted = set(rows)
        by_key: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in self._table.rows:
            if row.number in wanted:
                by_key[self._key(row)].append(row)
        if not self._keys and "outcome" in self._columns:
            one = Study(_Ids(taken).new(f"{title} trial"), title, NOT_STATED)
            return dict.fromkeys(wanted, one)
        called = Counter(self.label(rows[0]) for rows in by_key.values())
        ids, found = _Ids(taken), dict[int, Study]()
        for same in by_key.values():
            label, year = self.label(same[0]), self.year(same[0])
            if called[label] > 1 and isinstance(year, int) and str(year) not in label:
                label = f"{label} {year}"
            study = Study(ids.new(label), label, year)
            found |= {row.number: study for row in same}
        return found

    @property
    def key_column(self) -> int | None:
        """The first of the columns by which studies differ."""
        return self._keys[0] if self._keys else None

    def _other_name(self, row: Row) -> str:
        names = [i for i, name in enumerate(self._table.squashed) if name in ("source", "acronym", "studyname")]
        texts = (" ".join(row.cells[i].text.split()) for i in names if i != self._columns.get("study"))
        return next((text for text in texts if not is_missing(text)), "")

    def _key_columns(self) -> list[int]:
        """Return the columns by which studies differ: their name and year, else their number, else the author.

        Trials of one author differ by their years, in whatever column the name stands.
        """
        year = [self._columns["year"]] if "year" in self._columns else []
        if "study" in self._columns:
            return [self._columns["study"], *year]
        if "number" in self._columns:
            return [self._columns["number"]]
        return [self._columns["author"], *year] if "author" in self._columns else []

    def _key(self, row: Row) -> tuple[str, ...]:
        key = tuple(" ".join(row.cells[i].text.split()).casefold() for i in self._keys)
        return key if any(not is_missing(text) for text in key) else (f"row {row.number}",)


def _found(table: Table, used: Sequence[int]) -> dict[str, int]:
    known = {name: i for i, name in reversed(list(enumerate(table.squashed))) if i not in used}
    found = {}
    for name, names in ABOUT.items():
        column = next((known[one] for one in names if one in known), None)
        if column is not None:
            found[name] = column
    return found
