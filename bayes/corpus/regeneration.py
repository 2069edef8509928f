"""A corpus regenerated: block after block in parallel processes that share nothing but files, then the files of all.

An interrupted run goes on where it stopped, at the last finished block. A shard computes every n-th block.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from bayes.base.turns import alone_in
from bayes.corpus import meta_analyses, single_results
from bayes.corpus.folder import CorpusFolder, Manifest
from bayes.corpus.place import is_remote
from bayes.corpus.reading import Block, Corpus
from bayes.errors import InvalidInput
from bayes.priors.sets import PriorSet

PACKAGE = Path(__file__).parents[1]
SUMMARY = PACKAGE / "corpus" / "summary"
COMPUTED_BY = (
    "corpus",
    "quadrature",
    "priors",
    "base",
    "likelihoods",
    "paper",
)  # whose sources the answers follow from
NAMED = 10  # columns that are not used, in a sentence
AHEAD = 2  # blocks a process that are read before they are needed


@dataclass(frozen=True)
class Shard:
    """A part of the blocks: those whose number, from 0, leaves `index - 1` when divided by `of`."""

    index: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read "i/n".

        Raises
        ------
        InvalidInput
            If it is not of that form, with 1 <= i <= n.
        """
        first, slash, second = text.partition("/")
        if slash and first.isdecimal() and second.isdecimal() and 1 <= int(first) <= int(second):
            return cls(int(first), int(second))
        raise InvalidInput("--shard", [f"found {text!r}; accepted: i/n, such as 1/8, with i from 1 to n"])

    def has(self, block: int) -> bool:
        """Return whether a block belongs to it."""
        return block % self.of == self.index - 1


@dataclass(frozen=True)
class Computed:
    """How a run over a corpus ended.

    Attributes
    ----------
    kind : {"results", "analyses"}
    blocks, current, done : int
        All blocks, those that were finished before, and those finished now.
    rows : dict of str to int
        Rows of each file and rejected rows; empty for a shard, which `bayes merge` joins with the others.
    unread : tuple of str
        Columns of the corpus that nothing reads.
    """

    kind: str
    blocks: int
    current: int
    done: int
    rows: dict[str, int]
    unread: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say what was computed and written."""
        blocks = f"{self.done} of {self.blocks} blocks computed" + (f", {self.current} current" if self.current else "")
        unread = self._unread
        if not self.rows:
            return f"{blocks}; `bayes merge` joins the shards{unread}"
        written = [f"{count:,} rows in {name}.parquet" for name, count in self.rows.items() if name != "rejected"]
        return f"{blocks}; {', '.join(written)}; {self.rows['rejected']:,} rows rejected{unread}"

    @property
    def _unread(self) -> str:
        """A clause that names the columns that are not used, the first of many; empty if all are."""
        if not self.unread:
            return ""
        named = [name or "one without a name" for name in self.unread[:NAMED]]  # as a saved index of a data frame is
        more = len(self.unread) - len(named)
        return f"; columns not used: {', '.join(named)}" + (f" and {more} more" if more else "")


class Follower(Protocol):
    """An object that follows a run."""

    def __call__(self, number: int) -> None:
        """Receive the number of a block that has just been written."""


type Task = tuple[Block, PriorSet, str | os.PathLike[str]]


class Engine(Protocol):
    """Something that runs the tasks of a run: processes on this machine, or a cluster."""

    def __call__(self, function: Callable[[Task], int], tasks: Iterable[Task]) -> Iterator[int]:
        """Yield what the function returns for every task, in any order; tasks are read as they are needed."""


def regenerate_corpus(
    corpus: Corpus,
    out: str | os.PathLike[str],
    priors: PriorSet,
    *,
    engine: Engine,
    shard: Shard = Shard(),  # noqa: B008 (frozen)
    force: bool = False,
    follower: Follower | None = None,
) -> Computed:
    """Compute what is missing of a corpus.

    Parameters
    ----------
    corpus : Corpus
    out : str or path
        The results folder.
    priors : PriorSet
    engine : Engine
        Such as `Processes`.
    shard : Shard
        Which blocks to compute; only a run over all of them writes the files of the corpus.
    force : bool
        Compute finished blocks again.
    follower : callable, optional
        Called with every block that is written.
    """
    with nullcontext() if is_remote(out) else alone_in(Path(out)):
        return _regenerated(corpus, CorpusFolder(out), priors, engine, shard, force, follower)


def _regenerated(
    corpus: Corpus,
    folder: CorpusFolder,
    priors: PriorSet,
    engine: Engine,
    shard: Shard,
    force: bool,
    follower: Follower | None,
) -> Computed:
    manifest = Manifest(
        corpus.kind,
        tuple(f.name for f in corpus.files),
        corpus.content,
        _digest(priors),
        _code(),
        version(DISTRIBUTION),
    )
    folder.prepare(manifest, force)
    number = current = done = 0

    def tasks() -> Iterator[Task]:
        nonlocal number, current
        for block in corpus.blocks():
            number = block.number + 1
            if shard.has(block.number):
                if folder.has(block.number):
                    current += 1
                else:
                    yield block, priors, folder.out

    for finished in engine(compute, tasks()):
        done += 1
        if follower is not None:
            follower(finished)
    folder.count(number)
    rows = folder.finish(corpus.kind, number) if shard.of == 1 else {}
    return Computed(corpus.kind, number, current, done, rows, corpus.unread)


DISTRIBUTION = "bayes-reanalysis"


def compute(task: Task) -> int:
    """Compute and write one block; return its number."""
    block, priors, out = task
    if "analysis" in block.frame:
        analyses, studies, rejected = meta_analyses.answer_block(block, priors)
        tables = {"analyses": analyses, "studies": studies}
    else:
        answers, rejected = single_results.answer_block(block, priors)
        tables = {"corpus": answers}
    CorpusFolder(out).keep(block.number, tables, rejected.table)
    return block.number


@dataclass(frozen=True)
class Processes:
    """Processes on this machine, each with one thread; within `joblib.parallel_config`, the backend that it names.

    Attributes
    ----------
    jobs : int
    """

    jobs: int

    def __call__[T, R](self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """Run the tasks; as many are read ahead as keep the processes busy."""
        from joblib import Parallel, delayed, parallel_config
        from joblib.parallel import get_active_backend

        if self.jobs == 1:
            yield from map(function, tasks)
            return
        backend, _ = get_active_backend()
        default = backend.supports_inner_max_num_threads  # joblib's own processes do, no other backend
        kind = "generator_unordered" if backend.supports_return_generator else "list"
        with parallel_config("loky", inner_max_num_threads=1) if default else nullcontext():
            run = Parallel(self.jobs, return_as=kind, pre_dispatch=AHEAD * self.jobs, batch_size=1)
            yield from run(delayed(function)(task) for task in tasks)


def _digest(priors: PriorSet) -> str:
    return hashlib.sha256(priors.model_dump_json().encode()).hexdigest()


def _code() -> str:
    """Return the SHA-256 of the sources from which the answers follow."""
    digest = hashlib.sha256()
    for folder in COMPUTED_BY:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            if path.is_relative_to(SUMMARY):  # it reads answers and computes none
                continue
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
