"""The workers of a run: each fits the analyses of one structure after another and stores every posterior at once."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import TYPE_CHECKING

from bayes.analysis.analysis import Analysis
from bayes.fitting.registration import register, registered_files
from bayes.posterior.record import PosteriorRecord
from bayes.results import store

if TYPE_CHECKING:
    from bayes.results.scheduler import Scheduler
    from bayes.sampler.engine import Engine


LARGE = 100e6  # bytes of a tree that is not left to the garbage collector's own pace


@dataclass(frozen=True)
class Done:
    """A posterior that has just been written, or could not be."""

    key: str
    status: str
    seconds: float
    reason: str = ""


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
    yield from _in_workers(ordered, folder, min(jobs, len(ordered)))


def _in_workers(groups: Sequence[list[Analysis]], folder: Path, jobs: int) -> Iterator[Done]:
    context = multiprocessing.get_context("spawn")
    news = context.SimpleQueue()
    cores = max(1, (os.cpu_count() or 1) // jobs)
    known = os.getpid(), news, registered_files()
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=known)
    try:
        running: set[Future[None]] = {pool.submit(_fit_group, group, folder, cores) for group in groups}
        while running:
            finished, running = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
            while not news.empty():
                yield news.get()
            for future in finished:
                try:
                    future.result()
                except BrokenProcessPool:
                    return  # a worker died: what it finished is stored, the rest is reported as lost
        while not news.empty():
            yield news.get()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Worker:
    """What a worker process keeps between groups: its engine, and the queue for progress reports."""

    def __init__(self, news: SimpleQueue[Done]) -> None:
        self.engine, self.news = engine_of_this_worker(), news


_worker: _Worker | None = None  # set in worker processes only: an executor passes nothing else on to its tasks


def _start_worker(parent: int, news: SimpleQueue[Done], own_likelihoods: Sequence[Path]) -> None:
    """Make the worker, and exit with the parent, so that a killed run leaves no worker behind."""
    global _worker
    for file in own_likelihoods:
        register(file)
    _worker = _Worker(news)
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _fit_group(group: Sequence[Analysis], folder: Path, cores: int) -> None:
    if _worker is None:
        raise RuntimeError("a group is fitted in a worker process")
    for analysis in group:
        _worker.news.put(fit_and_save(analysis, folder, cores, _worker.engine))


def engine_of_this_worker() -> Engine:
    """Return a new engine; its import brings PyMC's world with it and is left until something must be fitted."""
    from bayes.sampler.engine import Engine

    return Engine()


def fit_and_save(analysis: Analysis, folder: Path, cores: int | None, engine: Engine) -> Done:
    """Fit one analysis and store its posterior; an unexpected error loses only this posterior."""
    from bayes.fitting.until_sound import sample_posterior

    try:
        tree = sample_posterior(analysis, cores, engine)
        store.save(tree, folder, analysis.key)
    except Exception as error:  # one failure must not lose the other posteriors; it is reported, and the exit code is 1
        return Done(analysis.key, "error", 0.0, f"{type(error).__name__}: {error}".splitlines()[0])
    record, large = PosteriorRecord.from_tree(tree), tree.nbytes > LARGE
    del tree
    if large:
        gc.collect()  # a tree and its groups refer to one another, so that the draws of a table outlive its fit
    seconds = 0.0 if record.provenance is None else record.provenance.seconds
    return Done(analysis.key, record.gate.status, seconds, record.gate.reason or "")
