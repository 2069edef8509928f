"""A corpus read in blocks: a CSV or Parquet file, or a folder of them, never whole in memory.

A corpus of results has a row per result, one of meta-analyses a row per study; the rows of an analysis stand together
and are never divided between blocks. The blocks follow from the files alone, whatever reads them. Besides a few blocks,
memory holds the ids of the analyses that have been read, by which one that comes again is known.
"""

from __future__ import annotations

import csv
import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayes.base.arrays import IntArray
from bayes.corpus.files import corpus_files
from bayes.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow as pa

type Kind = Literal["results", "analyses"]
RESULTS_A_BLOCK, STUDIES_A_BLOCK = 2048, 1024
READ_AT_ONCE = 1 << 20  # bytes of a CSV
LONGEST_HEADER, MOST_COLUMNS = 200_000, 1_000  # bytes of its first line, and columns of any file
REQUIRED: dict[Kind, tuple[str, ...]] = {
    "results": ("id", "measure", "benefit"),
    "analyses": ("analysis", "study", "measure", "benefit"),
}
TEXT = ("id", "analysis", "study", "measure", "benefit", "field", "outcome_class", "comparison")
STATED = ("mcid", "planned", "margin", "rope_low", "rope_high", "sd_ref", "year")
EFFECT = ("estimate", "ci_low", "ci_high", "level", "se", "p")
COUNTS = ("events_t", "n_t", "events_c", "n_c")
EXPOSURES = ("exposure_t", "exposure_c")
MEANS = ("mean_t", "sd_t", "mean_c", "sd_c")
NUMBERS = (*STATED, *EFFECT, *COUNTS, *EXPOSURES, *MEANS)
KNOWN = (*TEXT, *NUMBERS)  # of both kinds
EVIDENCE = (("estimate", "se"), ("estimate", "ci_low", "ci_high"), ("estimate", "p"), COUNTS, EXPOSURES, MEANS)


class Again(NamedTuple):
    """Rows of a block, from `start` up to `end`, whose analysis ended before, in a row of a file."""

    start: int
    end: int
    source: str
    row: int


@dataclass(frozen=True)
class Block:
    """Rows of a corpus.

    Attributes
    ----------
    number : int
        Its place among the blocks, from 0.
    source : str
        The name of the file.
    first : int
        The number of its first row in the file, from 1.
    frame : DataFrame
        Texts and numbers, the known columns only; numbers that cannot be read are texts.
    again : tuple of Again
        Rows of analyses that ended earlier in the corpus.
    """

    number: int
    source: str
    first: int
    frame: pd.DataFrame
    again: tuple[Again, ...] = ()

    @property
    def once(self) -> NDArray[np.bool_]:
        """Which rows are those of a result, or of an analysis where it is first met."""
        found = np.ones(len(self.frame), dtype=bool)
        for one in self.again:
            found[one.start : one.end] = False
        return found


@dataclass(frozen=True)
class Corpus:
    """The files of a corpus.

    Attributes
    ----------
    files : tuple of Path
        In the order of their names.
    kind : {"results", "analyses"}
    unread : tuple of str
        Columns of any file that nothing reads, in the order of the files.
    """

    files: tuple[Path, ...]
    kind: Kind
    unread: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """The SHA-256 of the names and the content of all files."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(file.name.encode())
            with file.open("rb") as handle:
                digest.update(hashlib.file_digest(handle, "sha256").digest())
        return digest.hexdigest()

    def blocks(self) -> Iterator[Block]:
        """Yield every block in order."""
        number, ended = 0, dict[str, tuple[str, int]]()
        for file in self.files:
            first = 1
            for frame in self._frames(file):
                names = frame["analysis"].to_numpy() if self.kind == "analyses" else np.array([])
                yield Block(number, file.name, first, frame, tuple(_again(names, file.name, first, ended)))
                number, first = number + 1, first + len(frame)

    def _frames(self, file: Path) -> Iterator[pd.DataFrame]:
        """Yield the frames of the blocks of one file; those of analyses end where an analysis does."""
        size = RESULTS_A_BLOCK if self.kind == "results" else STUDIES_A_BLOCK
        waiting: list[pd.DataFrame] = []
        rows = 0
        for part in _parts(file):
            waiting.append(part)
            rows += len(part)
            while rows >= size + (0 if self.kind == "results" else 1):
                whole = pd.concat(waiting, ignore_index=True) if len(waiting) > 1 else waiting[0]
                cut = size if self.kind == "results" else _end_of_an_analysis(whole["analysis"].to_numpy(), size)
                if cut is None:
                    break  # a single analysis fills the block, and its end is not yet read
                yield whole.iloc[:cut].reset_index(drop=True)
                waiting, rows = [whole.iloc[cut:].reset_index(drop=True)], len(whole) - cut
        if rows:
            yield pd.concat(waiting, ignore_index=True)


def find_corpus(names: Sequence[str | os.PathLike[str]]) -> Corpus | None:
    """Return the corpus that names describe; None if they describe trials, outcomes or syntheses.

    Parameters
    ----------
    names : sequence of str or path
        Files or folders.

    Raises
    ------
    InvalidInput
        As `corpus_files`, and if the columns are not those of a corpus.
    """
    files = corpus_files(names)
    if not files:
        return None
    headers = {file: _header(file) for file in files}
    kinds = {_kind(file, columns) for file, columns in headers.items()}
    if len(kinds) > 1:
        raise InvalidInput("corpus", ["some files hold results and others studies of meta-analyses; one kind a run"])
    unread = dict.fromkeys(name for columns in headers.values() for name in columns if name not in KNOWN)
    return Corpus(files, kinds.pop(), tuple(unread))


def _kind(file: Path, columns: Sequence[str]) -> Kind:
    kind: Kind = "analyses" if {"analysis", "study"} & set(columns) else "results"
    mistakes = [f"column {name!r} is missing{meant([name], columns)}; required: {', '.join(REQUIRED[kind])}"
                for name in REQUIRED[kind] if name not in columns]  # fmt: skip
    if not any(set(each) <= set(columns) for each in EVIDENCE):
        lacking = [name for name in dict.fromkeys(sum(EVIDENCE, ())) if name not in columns]
        mistakes.append(
            f"no columns of evidence{meant(lacking, columns)}; accepted: estimate with se, with ci_low and ci_high, "
            "or with p; events_t, n_t, events_c, n_c; mean_t, sd_t, n_t, mean_c, sd_c, n_c; events_t, exposure_t, "
            "events_c, exposure_c"
        )
    if repeated := sorted(name for name, times in Counter(columns).items() if times > 1):
        mistakes.append(f"columns repeat: {', '.join(repeated)}")
    if mistakes:
        raise InvalidInput(str(file), mistakes)
    return kind


def meant(lacking: Sequence[str], columns: Sequence[str], known: Collection[str] = KNOWN) -> str:
    """Return a clause that names the unknown columns by which missing ones were probably meant; empty if none is."""
    unknown = {name.strip().casefold(): name for name in columns if name not in known}
    near = [found for name in lacking for found in get_close_matches(name, unknown, n=1)]
    return f"; found {', '.join(repr(unknown[found]) for found in dict.fromkeys(near))}" if near else ""


def _header(file: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = list(pq.read_schema(file).names) if file.suffix == ".parquet" else _names(file)
    except (pa.ArrowException, OSError, ValueError, EOFError, csv.Error, zlib.error) as error:
        raise InvalidInput(str(file), [_unreadable(error)]) from None
    if len(found) > MOST_COLUMNS:
        raise InvalidInput(str(file), [f"found {len(found):,} columns; accepted: up to {MOST_COLUMNS:,}"])
    return found


def _names(file: Path) -> list[str]:
    """Return the names of the columns of a CSV file, which stand in its first line."""
    with _opened(file) as stream:
        line = stream.readline(LONGEST_HEADER + 1)
    if len(line) > LONGEST_HEADER:
        raise InvalidInput(
            str(file), [f"its first line is longer than {LONGEST_HEADER:,} bytes; accepted: names of columns"]
        )
    (text,) = line.decode("utf-8-sig", errors="replace").splitlines()[:1] or [""]
    return next(csv.reader([text]), [])


def _unreadable(error: Exception) -> str:
    return f"cannot be read: {(str(error) or type(error).__name__).splitlines()[0]}"


def _opened(file: Path):  # type: ignore[no-untyped-def]  # a binary stream, of gzip or plain
    import gzip

    return gzip.open(file, "rb") if file.name.endswith(".gz") else file.open("rb")


def _parts(file: Path) -> Iterator[pd.DataFrame]:
    """Yield frames of the known columns, a few thousand rows each."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    header = _header(file)
    known = [name for name in header if name in KNOWN]
    try:
        if file.suffix == ".parquet":
            with pq.ParquetFile(file) as opened:
                for batch in opened.iter_batches(RESULTS_A_BLOCK, columns=known):
                    yield _frame(batch)
            return
        convert = pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), include_columns=known, strings_can_be_null=True,
            null_values=["", "NA", "NaN", "nan"],
        )  # fmt: skip
        read = pyarrow.csv.ReadOptions(block_size=READ_AT_ONCE, use_threads=False)
        with _opened(file) as stream, pyarrow.csv.open_csv(stream, read, convert_options=convert) as batches:
            for batch in batches:
                yield _frame(batch)
    except (pa.ArrowException, OSError, EOFError, zlib.error) as error:
        raise InvalidInput(str(file), [_unreadable(error)]) from None


def _frame(batch: pa.RecordBatch) -> pd.DataFrame:
    """Return a batch as texts and numbers; a column of numbers with a text among them stays text."""
    found = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        values = column.to_pandas()
        if name in TEXT:
            found[name] = values.astype(object).where(values.notna(), None)
        else:
            numbers = pd.to_numeric(values, errors="coerce").astype(float)
            unread = numbers.isna() & values.notna()
            found[name] = numbers.astype(object).where(~unread, values) if unread.any() else numbers
    return pd.DataFrame(found)


def runs(names: np.ndarray) -> tuple[IntArray, IntArray]:
    """Return where equal names that stand together start and end."""
    if not len(names):
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    ends = np.append(np.flatnonzero(names[1:] != names[:-1]) + 1, len(names))
    return np.append(0, ends[:-1]), ends


def _again(names: np.ndarray, source: str, first: int, ended: dict[str, tuple[str, int]]) -> Iterator[Again]:
    """Yield the rows of analyses that have ended before, and note where the others end."""
    for start, end in zip(*runs(names), strict=True):
        if (name := names[start]) is None:
            continue  # rejected as missing, wherever it stands
        if (before := ended.get(str(name))) is not None:
            yield Again(int(start), int(end), *before)
        else:
            ended[str(name)] = (source, first + int(end) - 1)


def _end_of_an_analysis(names: np.ndarray, size: int) -> int | None:
    """Return where the last whole analysis within `size` rows ends; the first whole one if none fits."""
    ends = runs(names)[1][:-1]  # the last one may go on in rows that are not yet read
    if not len(ends):
        return None
    within = ends[ends <= size]
    return int(within[-1] if len(within) else ends[0])
