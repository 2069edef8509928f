"""The workers of a run: each fits the analyses of one structure after another and stores every posterior at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bayes.analysis.analysis import Analysis
from bayes.fitting.registration import register, registered_files
from bayes.results.fits import Done, engine_of_this_worker, fit_and_save

if TYPE_CHECKING:
    from bayes.results.scheduler import Scheduler
    from bayes.sampler.engine import Engine


def fit_all(
    analyses: Sequence[Analysis], folder: Path, jobs: int, scheduler: Scheduler | None = None
) -> Iterator[Done]:
    """Fit and store analyses, those of one structure by the same worker, and yield each as it is written.

    Parameters
    ----------
    analyses : sequence of Analysis
    folder : Path
        The results folder.
    jobs : int
        Worker processes; with one, everything runs in this process.
    scheduler : Scheduler, optional
        Whose workers fit the analyses, in place of processes on this machine.
    """
    if not analyses:
        return
    groups: dict[tuple[object, ...], list[Analysis]] = {}
    for analysis in analyses:
        groups.setdefault(analysis.structure, []).append(analysis)
    # long groups first, so that no worker is still compiling a synthesis when all others have finished
    ordered = sorted(groups.values(), key=lambda g: (g[0].joined_by is None, -len(g)))
    if scheduler is not None:
        from bayes.results.cluster_fits import fit_on_cluster

        yield from fit_on_cluster(ordered, folder, scheduler)
        return
    if jobs == 1 or len(ordered) < 2:
        engine = engine_of_this_worker()
        for group in ordered:
            for analysis in group:
                yield fit_and_save(analysis, folder, None, engine)
        return
    yield from _in_processes(ordered, folder, min(jobs, len(ordered)))


def _in_processes(groups: Sequence[Sequence[Analysis]], folder: Path, jobs: int) -> Iterator[Done]:
    from bayes.results.processes import in_processes

    cores = max(1, (os.cpu_count() or 1) // jobs)
    fit, begin = partial(_fit, folder=folder, cores=cores), partial(_begin, registered_files())
    for ended in in_processes(groups, fit, begin, jobs):
        yield ended.result or Done(ended.task.key, "error", 0.0, ended.reason)


_engine: Engine | None = None  # set in worker processes only: an executor passes nothing else on to its tasks


def _begin(own_likelihoods: Sequence[Path]) -> None:
    global _engine
    for file in own_likelihoods:
        register(file)
    _engine = engine_of_this_worker()


def _fit(analysis: Analysis, folder: Path, cores: int) -> Done:
    if _engine is None:
        raise RuntimeError("an analysis is fitted in a worker process")
    return fit_and_save(analysis, folder, cores, _engine)
