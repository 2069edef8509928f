"""The folder of a corpus: finished blocks, what they were computed from, and the files made of them.

    <out>/corpus/manifest.json                 corpus, priors and code from which the blocks follow
    <out>/corpus/count                         how many blocks there are
    <out>/corpus/blocks/000000.<table>.parquet a table of one block, whole or not there at all
    <out>/corpus.parquet                       of results
    <out>/analyses.parquet, studies.parquet    of meta-analyses
    <out>/corpus_rejected.csv                  rows that cannot be used

Processes and machines share nothing but these files. What was computed from another corpus, other priors or other code
is removed before anything is computed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.parquet as pq

from bayes.base.csv_text import as_csv
from bayes.corpus.parquet import ANALYSES, REJECTED, RESULTS, STUDIES, write
from bayes.corpus.place import Place, place_of
from bayes.corpus.reading import Kind
from bayes.errors import InvalidInput

FOLDER = "corpus"
BLOCKS, MANIFEST, COUNT = f"{FOLDER}/blocks", f"{FOLDER}/manifest.json", f"{FOLDER}/count"
LAST = ".rejected.parquet"  # of a block
REJECTED_FILE, AUDIT = "corpus_rejected.csv", "audit.csv"
FILES: dict[Kind, dict[str, pa.Schema]] = {
    "results": {"corpus": RESULTS},
    "analyses": {"analyses": ANALYSES, "studies": STUDIES},
}


@dataclass(frozen=True)
class Manifest:
    """What the blocks of a corpus follow from.

    Attributes
    ----------
    kind : {"results", "analyses"}
    files : tuple of str
        Names of the files.
    content, priors, code : str
        SHA-256 of the corpus, of the prior set and of the sources that compute the answers.
    version : str
        Of the package.
    """

    kind: Kind
    files: tuple[str, ...]
    content: str
    priors: str
    code: str
    version: str

    def text(self) -> str:
        """Return the manifest as JSON."""
        return json.dumps(asdict(self), indent=2) + "\n"


@dataclass(frozen=True)
class CorpusFolder:
    """The corpus part of a results folder."""

    out: str | os.PathLike[str]

    @cached_property
    def place(self) -> Place:
        return place_of(self.out)

    def prepare(self, manifest: Manifest, force: bool) -> None:
        """Make the folder ready for the blocks of a manifest; those of any other, or all by force, are removed."""
        kept = self.manifest()
        if force or kept != manifest:
            self.place.remove(FOLDER)
        self.place.sweep(BLOCKS)
        self._write(MANIFEST, manifest.text())

    def manifest(self) -> Manifest | None:
        """Return the manifest of the stored blocks; None if there is none that can be read."""
        try:
            data = json.loads(self._read(MANIFEST))
            return Manifest(**data | {"files": tuple(data["files"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def has(self, block: int) -> bool:
        """Return whether a block is finished; its rejected rows are written last."""
        return self.place.has(_name(block, "rejected"))

    def keep(self, block: int, tables: dict[str, pa.Table], rejected: pa.Table) -> None:
        """Write a finished block."""
        for name, table in (tables | {"rejected": rejected}).items():
            with self.place.writing(_name(block, name)) as path:
                write([table], table.schema, path)

    def contents(self) -> dict[str, bytes]:
        """Return the files of all finished blocks by name, the rejected rows of each last."""
        found = {}
        for name in self.finished():
            with self.place.reading(name) as path:
                found[name] = path.read_bytes()
        return found

    def receive(self, files: Mapping[str, bytes]) -> None:
        """Write files of blocks that were computed elsewhere, in the order in which they are given."""
        for name, content in files.items():
            with self.place.writing(name) as path:
                path.write_bytes(content)

    def finished(self) -> list[str]:
        """Return the names of the files of finished blocks, the rejected rows of each last."""
        names = self.place.names(BLOCKS)
        whole = {_block(name) for name in names if name.endswith(LAST)}
        return sorted((n for n in names if _block(n) in whole), key=lambda n: (_block(n), n.endswith(LAST), n))

    def finish(self, kind: Kind, blocks: int) -> dict[str, int]:
        """Write the files made of all blocks; return the rows of each, and those that were rejected.

        Parameters
        ----------
        kind : {"results", "analyses"}
        blocks : int
            How many there are; all must be finished.
        """
        rows = {}
        for name, schema in FILES[kind].items():
            with self.place.writing(f"{name}.parquet") as path:
                rows[name] = write((self._table(block, name, schema) for block in range(blocks)), schema, path)
        rows["rejected"] = self._finish_rejected(blocks)
        return rows

    def _finish_rejected(self, blocks: int) -> int:
        count = 0
        with self.place.writing(REJECTED_FILE) as path, path.open("w", encoding="utf-8", newline="") as stream:
            stream.write(as_csv((), REJECTED.names))
            for block in range(blocks):
                rows = self._table(block, "rejected", REJECTED).to_pylist()
                stream.write(as_csv(rows, REJECTED.names, heading=False))
                count += len(rows)
        return count

    def _table(self, block: int, name: str, schema: pa.Schema) -> pa.Table:
        with self.place.reading(_name(block, name)) as path:
            return pq.read_table(path, schema=schema)

    def count(self, blocks: int) -> None:
        """Note how many blocks the corpus has, which is known once it has been read to its end."""
        self._write(COUNT, f"{blocks}\n")

    def number_of_blocks(self) -> int | None:
        """Return how many blocks the corpus has; None before it has been read to its end."""
        try:
            return int(self._read(COUNT))
        except (OSError, ValueError):
            return None

    def unfinished(self, blocks: int) -> list[int]:
        """Return the blocks that are not there yet."""
        return [block for block in range(blocks) if not self.has(block)]

    def _read(self, name: str) -> str:
        with self.place.reading(name) as path:
            return path.read_text(encoding="utf-8")

    def _write(self, name: str, text: str) -> None:
        with self.place.writing(name) as path:
            path.write_text(text, encoding="utf-8")


def _name(block: int, table: str) -> str:
    return f"{BLOCKS}/{block:06d}.{table}.parquet"


def _block(name: str) -> int:
    return int(name.rsplit("/", 1)[-1].split(".")[0])


def merge(folders: Sequence[str | os.PathLike[str]], out: str | os.PathLike[str]) -> dict[str, int]:
    """Merge the shards of a corpus; the files are the same, bit for bit, as those of a single run.

    Parameters
    ----------
    folders : sequence of str or path
        Results folders of the shards.
    out : str or path
        The results folder to write.

    Returns
    -------
    dict of str to int
        Rows of each file, and those that were rejected.

    Raises
    ------
    InvalidInput
        If a folder holds no shard, the shards are of different runs, or blocks are missing.
    """
    sources = [CorpusFolder(folder) for folder in folders]
    manifests = [source.manifest() for source in sources]
    mistakes = [f"{s.out}: holds no corpus; accepted: results folders of `bayes regenerate CORPUS --shard i/n`"
                for s, m in zip(sources, manifests, strict=True) if m is None]  # fmt: skip
    first = next((manifest for manifest in manifests if manifest is not None), None)
    mistakes += [f"{s.out}: of another corpus, other priors or another version than {sources[0].out}"
                 for s, m in zip(sources, manifests, strict=True) if m is not None and m != first]  # fmt: skip
    if mistakes or first is None:
        raise InvalidInput("merge", mistakes)
    counts = {count for source in sources if (count := source.number_of_blocks()) is not None}
    target = CorpusFolder(out)
    number = max(counts, default=0)
    lacking = [i for i in range(number) if not any(source.has(i) for source in sources)]
    if lacking or len(counts) != 1:
        said = ", ".join(str(i) for i in lacking[:10]) + (", ..." if len(lacking) > 10 else "")
        raise InvalidInput("merge", [f"blocks are missing: {said or 'all'}; each shard must have been run to its end"])
    target.prepare(first, force=False)
    for source in sources:
        if source.place != target.place:
            for name in source.finished():
                with source.place.reading(name) as here, target.place.writing(name) as there:
                    shutil.copyfile(here, there)
    target.count(number)
    return target.finish(first.kind, number)
