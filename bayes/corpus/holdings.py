"""The corpus part of a results folder in a sentence: its kind, its rows, what was rejected, and its audit."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from bayes.corpus.folder import AUDIT, FILES, REJECTED_FILE, CorpusFolder
from bayes.corpus.reading import Kind
from bayes.errors import InvalidInput

NAMES: dict[Kind, str] = {"results": "results", "analyses": "meta-analyses"}


@dataclass(frozen=True)
class Audited:
    """How many posteriors NUTS sampled, and how many of them it does not vouch for."""

    posteriors: int
    failed: int

    def __str__(self) -> str:
        return f"NUTS vouches for {self.posteriors - self.failed:,} of {self.posteriors:,} posteriors sampled"


@dataclass(frozen=True)
class Holdings:
    """What a results folder holds of a corpus.

    Attributes
    ----------
    folder : Path
    kind : {"results", "analyses"}
    rows : dict of str to int
        Rows of each Parquet file, the main one first.
    rejected : int
        Rows of the corpus that could not be used.
    audit : Audited or None
        None if there was no audit.
    """

    folder: Path
    kind: Kind
    rows: dict[str, int]
    rejected: int
    audit: Audited | None

    @property
    def path(self) -> Path:
        """The main file."""
        return self.folder / next(iter(self.rows))

    def __str__(self) -> str:
        files = " and ".join(f"{rows:,} rows in {name}" for name, rows in self.rows.items())
        rejected = f"{self.rejected:,} row{'' if self.rejected == 1 else 's'} rejected"
        return f"a corpus of {NAMES[self.kind]}: {files}; {rejected}; {self.audit or 'not audited'}"


def holdings(results_folder: str | os.PathLike[str]) -> Holdings | None:
    """Return what a results folder holds of a corpus; None if it holds none.

    Raises
    ------
    InvalidInput
        If shards have not been merged, or the files are of both kinds and nothing says which are current.
    """
    folder = Path(results_folder)
    manifest = CorpusFolder(folder).manifest()
    there: list[Kind] = [kind for kind, names in FILES.items() if all(_file(folder, name).is_file() for name in names)]
    if manifest is not None and manifest.kind not in there:
        raise InvalidInput(str(folder), ["blocks of a corpus that is not finished; accepted: a finished run of "
                                         "`bayes regenerate`, or its shards joined by `bayes merge`"])  # fmt: skip
    if manifest is None and len(there) > 1:
        raise InvalidInput(str(folder), ["both corpus.parquet and analyses.parquet; accepted: one kind of corpus"])
    if not there:
        return None
    kind = there[0] if manifest is None else manifest.kind
    rows = {f"{name}.parquet": int(pq.ParquetFile(_file(folder, name)).metadata.num_rows) for name in FILES[kind]}
    return Holdings(folder, kind, rows, len(_rows(folder / REJECTED_FILE)), _audit(folder / AUDIT))


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"


def _audit(path: Path) -> Audited | None:
    if not path.is_file():
        return None
    found: dict[tuple[str, ...], bool] = {}
    for row in _rows(path):
        key = (row["id"], row["prior"], row["heterogeneity"])
        found[key] = found.get(key, False) or row["status"] != "ok"
    return Audited(len(found), sum(found.values()))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
