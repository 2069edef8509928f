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

import csv
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bayes.corpus.parquet import ANALYSES, REJECTED, RESULTS, STUDIES, write
from bayes.corpus.reading import Kind
from bayes.errors import InvalidInput

FOLDER, BLOCKS, MANIFEST, COUNT = "corpus", "blocks", "manifest.json", "count"
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

    out: Path

    @property
    def blocks(self) -> Path:
        return self.out / FOLDER / BLOCKS

    def prepare(self, manifest: Manifest, force: bool) -> None:
        """Make the folder ready for the blocks of a manifest; those of any other, or all by force, are removed."""
        kept = self.manifest()
        if force or kept != manifest:
            shutil.rmtree(self.out / FOLDER, ignore_errors=True)
        self.blocks.mkdir(parents=True, exist_ok=True)
        for partial in self.blocks.glob("*.partial"):
            partial.unlink()
        _write_whole(self.out / FOLDER / MANIFEST, manifest.text())

    def manifest(self) -> Manifest | None:
        """Return the manifest of the stored blocks; None if there is none that can be read."""
        try:
            data = json.loads((self.out / FOLDER / MANIFEST).read_text())
            return Manifest(**data | {"files": tuple(data["files"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def has(self, block: int) -> bool:
        """Return whether a block is finished; its rejected rows are written last."""
        return self._path(block, "rejected").is_file()

    def keep(self, block: int, tables: dict[str, pa.Table], rejected: pa.Table) -> None:
        """Write a finished block."""
        for name, table in tables.items():
            write([table], table.schema, self._path(block, name))
        write([rejected], REJECTED, self._path(block, "rejected"))

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
            tables = (pq.read_table(self._path(block, name), schema=schema) for block in range(blocks))
            rows[name] = write(tables, schema, self.out / f"{name}.parquet")
        rows["rejected"] = self._finish_rejected(blocks)
        return rows

    def _finish_rejected(self, blocks: int) -> int:
        partial, rows = self.out / f"{REJECTED_FILE}.partial", 0
        with partial.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(REJECTED.names)
            for block in range(blocks):
                for row in pq.read_table(self._path(block, "rejected")).to_pylist():
                    writer.writerow([row[name] for name in REJECTED.names])
                    rows += 1
        partial.replace(self.out / REJECTED_FILE)
        return rows

    def count(self, blocks: int) -> None:
        """Note how many blocks the corpus has, which is known once it has been read to its end."""
        _write_whole(self.out / FOLDER / COUNT, f"{blocks}\n")

    def number_of_blocks(self) -> int | None:
        """Return how many blocks the corpus has; None before it has been read to its end."""
        try:
            return int((self.out / FOLDER / COUNT).read_text())
        except (OSError, ValueError):
            return None

    def unfinished(self, blocks: int) -> list[int]:
        """Return the blocks that are not there yet."""
        return [block for block in range(blocks) if not self.has(block)]

    def _path(self, block: int, table: str) -> Path:
        return self.blocks / f"{block:06d}.{table}.parquet"


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
    sources = [CorpusFolder(Path(folder)) for folder in folders]
    manifests = [source.manifest() for source in sources]
    mistakes = [f"{s.out}: holds no corpus; accepted: results folders of `bayes regenerate CORPUS --shard i/n`"
                for s, m in zip(sources, manifests, strict=True) if m is None]  # fmt: skip
    first = next((manifest for manifest in manifests if manifest is not None), None)
    mistakes += [f"{s.out}: of another corpus, other priors or another version than {sources[0].out}"
                 for s, m in zip(sources, manifests, strict=True) if m is not None and m != first]  # fmt: skip
    if mistakes or first is None:
        raise InvalidInput("merge", mistakes)
    counts = {count for source in sources if (count := source.number_of_blocks()) is not None}
    target = CorpusFolder(Path(out))
    number = max(counts, default=0)
    lacking = [i for i in range(number) if not any(source.has(i) for source in sources)]
    if lacking or len(counts) != 1:
        said = ", ".join(str(i) for i in lacking[:10]) + (", ..." if len(lacking) > 10 else "")
        raise InvalidInput("merge", [f"blocks are missing: {said or 'all'}; each shard must have been run to its end"])
    target.prepare(first, force=False)
    for source in sources:
        if source.out.resolve() != target.out.resolve():
            for path in _finished(source):
                shutil.copyfile(path, target.blocks / path.name)
    target.count(number)
    return target.finish(first.kind, number)


def _finished(source: CorpusFolder) -> Iterator[Path]:
    """Yield the files of finished blocks; the rejected rows of each last."""
    yield from sorted(p for p in source.blocks.glob("*.parquet") if source.has(int(p.name[:6])))


def _write_whole(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
