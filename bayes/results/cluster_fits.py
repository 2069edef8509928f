"""Posteriors fitted by the workers of a Dask scheduler: groups of one structure, whose files come back and are stored.

Each worker process keeps the graphs that it has compiled for as long as it lives. A group that is larger than its
share of the work is divided, because a structure that several workers compile is compiled several times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bayes.analysis.analysis import Analysis
from bayes.errors import ClusterLost
from bayes.results import store
from bayes.results.fits import Done, fit_and_save
from bayes.results.scheduler import Scheduler

MOST = 50  # analyses a task: what is lost with a worker, and some megabytes that come back


@dataclass(frozen=True)
class Fitted:
    """A posterior that a worker has fitted, or could not.

    Attributes
    ----------
    done : Done
    content : bytes, optional
        Its file; None after an error.
    """

    done: Done
    content: bytes | None


def fit_on_cluster(groups: Sequence[list[Analysis]], folder: Path, scheduler: Scheduler) -> Iterator[Done]:
    """Fit groups of analyses on a cluster, store every posterior as it comes back, and yield how it ended.

    Parameters
    ----------
    groups : sequence of list of Analysis
        Those of one structure in a group; long groups first.
    folder : Path
        The results folder, on this machine.
    scheduler : Scheduler

    Notes
    -----
    A worker that dies loses its task, which another one is given. A task that no worker survives, and whatever is
    outstanding when the scheduler no longer answers, is reported as an error, posterior by posterior.
    """
    waiting = {analysis.key for group in groups for analysis in group}
    try:
        for answer in scheduler.run("posteriors", fit_part, divided(groups, scheduler.workers)):
            waiting -= {analysis.key for analysis in answer.item}
            if answer.result is None:
                reason = f"{type(answer.error).__name__}: {answer.error}".splitlines()[0]
                yield from (Done(analysis.key, "error", 0.0, reason) for analysis in answer.item)
                continue
            for fitted in answer.result:
                if fitted.content is not None:
                    store.keep(fitted.content, folder, fitted.done.key)
                yield fitted.done
    except ClusterLost as error:
        yield from (Done(key, "error", 0.0, f"{error}; run the command again") for key in sorted(waiting))


def divided(groups: Iterable[Sequence[Analysis]], workers: int) -> list[list[Analysis]]:
    """Return the groups in parts, none larger than the share of a worker.

    Parameters
    ----------
    groups : iterable of sequence of Analysis
    workers : int
        None yet counts as one.
    """
    groups = list(groups)
    share = -(-sum(map(len, groups)) // max(1, workers))
    size = min(MOST, max(1, share))
    return [list(group[i : i + size]) for group in groups for i in range(0, len(group), size)]


def fit_part(analyses: Sequence[Analysis]) -> list[Fitted]:
    """Fit analyses in a worker, with the graphs that this process has compiled before, and return their files."""
    from bayes.sampler.engine import engine_of_process

    found = []
    with TemporaryDirectory() as own:
        for analysis in analyses:
            done = fit_and_save(analysis, Path(own), 1, engine_of_process())
            path = store.path_of(Path(own), analysis.key)
            found.append(Fitted(done, None if done.status == "error" else path.read_bytes()))
    return found
