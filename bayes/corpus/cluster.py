"""The workers of a Dask scheduler as an engine: each computes a block, whose files come back and are written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from bayes.corpus.folder import CorpusFolder
from bayes.corpus.regeneration import Task
from bayes.results.scheduler import Scheduler


@dataclass(frozen=True)
class Cluster:
    """An engine for `regenerate_corpus`.

    Attributes
    ----------
    scheduler : Scheduler
        From `bayes.results.scheduler.connected(ADDRESS)`.
    """

    scheduler: Scheduler

    def __call__(self, function: Callable[[Task], int], tasks: Iterable[Task]) -> Iterator[int]:
        """Run the tasks on the workers and write what comes back into the folder that they name.

        Raises
        ------
        ClusterLost
            If the scheduler no longer answers; blocks that have come back are finished.
        """
        for answer in self.scheduler.run("block", in_own_folder, ((function, task) for task in tasks)):
            block, _, out = answer.item[1]
            if answer.error is not None:
                raise answer.error
            CorpusFolder(out).receive(answer.result or {})
            yield block.number


def in_own_folder(work: tuple[Callable[[Task], int], Task]) -> dict[str, bytes]:
    """Compute a block in a folder of this process and return its files by name."""
    function, (block, priors, _) = work
    with TemporaryDirectory() as own:
        function((block, priors, own))
        return CorpusFolder(own).contents()
