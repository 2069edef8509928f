"""The ledger of an import: a row for every result of the source, and a summary to read.

Every source has a ledger of its own, NAME.ledger.csv, and `ledger.csv` holds the rows of all of them, so that a second
import into the same folder loses none of the first.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bayes.base.csv_text import as_csv
from bayes.base.toml import ANSWERS
from bayes.base.writing import replaced
from bayes.importing.stream import Piece

COLUMNS = ("source", "record", "place", "label", "status", "reason", "file", "outcome", "kind", "measure")
LEDGER = "ledger.csv"
SUMMARY = "ledger.md"

Row = Mapping[str, str]


def rows_of(piece: Piece) -> Iterator[Row]:
    """Yield the rows of a record, with the columns `COLUMNS`."""
    for result in piece.results:
        own = {name: getattr(result, name) for name in COLUMNS[2:]}
        yield {"source": piece.source, "record": piece.record, **own}


def name_of(origin: Path) -> str:
    """Return the name of the ledger of a source: "NAME.ledger.csv"."""
    name = origin.resolve().name
    stem = name if origin.is_dir() else Path(name.removesuffix(".gz")).stem
    return f"{stem or 'source'}.{LEDGER}"


def collect(folder: Path) -> None:
    """Write `ledger.csv` from the ledgers of all sources in a folder."""
    with replaced(folder / LEDGER) as unfinished, open(unfinished, "w", encoding="utf-8") as rows:
        rows.write(as_csv((), COLUMNS))
        for path in sorted(folder.glob(f"*.{LEDGER}")):
            with open(path, encoding="utf-8") as own:
                next(own)
                shutil.copyfileobj(own, rows)


class Counts:
    """Counts of results by status and reason, of trials and of syntheses."""

    def __init__(self) -> None:
        self.by_status: Counter[str] = Counter()
        self.by_reason: Counter[tuple[str, str]] = Counter()
        self.by_kind: Counter[str] = Counter()
        self.records = self.trials = self.syntheses = 0

    def add(self, piece: Piece) -> None:
        """Count a record."""
        self.records += 1
        self.trials += piece.trial is not None
        self.syntheses += len(piece.syntheses)
        for result in piece.results:
            self.by_status[result.status] += 1
            if result.status == "imported":
                self.by_kind[result.kind] += 1
            else:
                self.by_reason[result.status, result.reason] += 1

    def in_one_line(self) -> str:
        """Return the counts as a sentence."""
        found = ", ".join(f"{self.by_status[name]:,} {name}" for name in ("imported", "offered", "refused"))
        return (
            f"{_counted(self.records, 'record', 'records')}: {_counted(self.trials, 'trial', 'trials')}, "
            f"{_counted(self.syntheses, 'synthesis', 'syntheses')}; "
            f"{_counted(sum(self.by_status.values()), 'result', 'results')}: {found}"
        )

    def text(self) -> str:
        """Return the summary: what was imported by kind, and what was not by reason, the most frequent first."""
        parts = ["# What was imported, and what was not", "", f"{self.in_one_line()}.", ""]
        parts += [f"Each result has a row in {LEDGER}, with its place in the source.", ""]
        parts += _table("Imported", ("kind of evidence", "results"), self.by_kind.most_common())
        for status, title in (("offered", "Offered: a decision is missing"), ("refused", "Refused")):
            found = [(reason, n) for (its, reason), n in self.by_reason.most_common() if its == status]
            parts += _table(title, ("reason", "results"), found)
        if self.by_status["offered"]:
            parts += [
                f"Decide in {ANSWERS}, which lists what is open, and import again with `--answers {ANSWERS}`.",
                "",
            ]
        return "\n".join(parts)


def _table(title: str, headings: tuple[str, str], rows: Iterable[tuple[str, int]]) -> list[str]:
    if not (cells := [f"| {name.replace('|', '/')} | {n:,} |" for name, n in rows]):
        return []
    return [f"## {title}", "", f"| {headings[0]} | {headings[1]} |", "|---|---:|", *cells, ""]


def _counted(n: int, one: str, several: str) -> str:
    return f"{n:,} {one if n == 1 else several}"
