"""`bayes regenerate`: fit what is missing or stale, in parallel by structure, and write the summaries.

Each posterior is written to disk as soon as it is finished and survives an interruption; the summary is collected from
these files.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from bayes.analysis.analysis import Analysis, Settings
from bayes.analysis.plan import MAIN_PRIOR, OWN, Plan, make_plan
from bayes.analysis.targets import find_targets
from bayes.base.tables import Tabular
from bayes.posterior.not_sampled import failed_row, skipped_row
from bayes.priors.sets import SomePriorSet, as_set
from bayes.results import inputs, store
from bayes.results.summary_file import as_csv

SYNTHESES = "syntheses"


@dataclass(frozen=True)
class Done:
    """A posterior that has just been written, or could not be."""

    key: str
    status: str
    seconds: float
    reason: str = ""


@dataclass
class Run(Tabular):
    """The outcome of a run.

    Attributes
    ----------
    plan : Plan
        Analyses that were asked for, and those that could not be formed.
    current : list of str
        Keys of posteriors that were up to date.
    stale : dict of str to str
        Why each of the others was fitted.
    done : list of Done
        How each of those ended.
    failed : list of str
        Keys of posteriors that did not pass the convergence checks.
    """

    plan: Plan
    current: list[str]
    stale: dict[str, str]
    done: list[Done] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Return the posteriors of the plan, a row each: `key`, `status` and `seconds` if fitted, and the reason."""
        ended, lost, rows = {done.key: done for done in self.done}, self.lost, []
        for key in (*self.current, *self.stale):
            done = ended.get(key)
            row = {"key": key, "status": done.status if done else "current" if key in self.current else "error"}
            reason = lost.get(key) or self.stale.get(key)
            rows.append(row | {"seconds": done and done.seconds, "reason": reason})
        return {"posteriors": rows}

    def __str__(self) -> str:
        """Count the posteriors that were current, fitted, skipped and failed."""
        skipped = f", {len(self.plan.skipped)} skipped" if self.plan.skipped else ""
        refitted = len(self.stale) - len(self.lost)
        return f"{len(self.current)} current, {refitted} fitted{skipped}, {len(self.failed)} failed"

    @property
    def lost(self) -> dict[str, str]:
        """Return, by key, why posteriors that were due are missing: the fit raised an error, or its worker died."""
        ended = {d.key: d for d in self.done}
        unseen = Done("", "error", 0.0, "its worker died; run the command again")
        due = {key: ended.get(key, unseen) for key in self.stale}
        return {key: done.reason for key, done in due.items() if done.status == "error"}


class Listener(Protocol):
    """An object that follows a run."""

    def begin(self, due: dict[str, str]) -> None:
        """Receive the posteriors that are due, with reasons."""

    def report(self, done: Done) -> None:
        """Receive a posterior that has just been written, or could not be."""


class Silent:
    """A listener that does nothing."""

    def begin(self, due: dict[str, str]) -> None:
        """Ignore which posteriors are due."""

    def report(self, done: Done) -> None:
        """Ignore a posterior that was written."""


def regenerate(
    results_folder: str | os.PathLike = "results",
    targets: Sequence[str | os.PathLike] = (),
    *,
    prior_set: SomePriorSet = "default",
    seed: int | None = None,
    jobs: int | None = None,
    force: bool = False,
    listener: Listener | None = None,
) -> Run:
    """Fit whatever is missing or out of date in a results folder, and write its summary and manifest.

    Parameters
    ----------
    results_folder : str or path
        The folder, created if necessary. The files of targets and priors are copied into its `inputs/`.
    targets : sequence of str or path
        Trials, outcomes (`trial:outcome`), syntheses, files or folders; everything shipped by default.
    prior_set : str, path or PriorSet
        The set of priors; every prior in it is fitted.
    seed : int, optional
        The user's part of every seed.
    jobs : int, optional
        Worker processes, by default one per core; the results do not depend on their number.
    force : bool
        Refit posteriors that are already up to date.
    listener : Listener, optional
        An object whose `begin` is called with the posteriors that are due, and `report` with each as it is written.

    Returns
    -------
    Run

    Raises
    ------
    InvalidInput
        If any file is invalid; lists every mistake in every file, before anything is written.
    """
    folder, chosen = Path(results_folder), as_set(prior_set)
    found = find_targets([os.fspath(target) for target in targets])
    plan = make_plan(found, chosen, settings=Settings.seeded(seed=seed))
    inputs.keep(found, chosen, seed, folder)
    return fit_plan(plan, folder, jobs or os.cpu_count() or 1, force, listener or Silent())


def fit_plan(plan: Plan, folder: Path, jobs: int, force: bool, listener: Listener) -> Run:
    """Fit every analysis of a plan that is not up to date, then write the summary and the manifest.

    Parameters
    ----------
    plan : Plan
    folder : Path
        The results folder.
    jobs : int
        Worker processes; the results do not depend on their number.
    force : bool
        Refit posteriors that are already up to date.
    listener : Listener
    """
    store.sweep(folder)
    reasons = stale(plan, folder)
    if force:
        reasons = {a.key: reasons.get(a.key, "forced") for a in plan.analyses}
    run = Run(plan, [a.key for a in plan.analyses if a.key not in reasons], reasons)
    waiting = [a for a in plan.analyses if a.key in reasons]
    listener.begin(reasons)
    try:
        for done in _fit_all(waiting, folder, jobs):
            run.done.append(done)
            listener.report(done)
    finally:
        rows = write_summary(plan, folder, run.lost)
    planned = {a.key for a in plan.analyses}
    run.failed = sorted({row["key"] for row in rows if row["status"] == "failed" and row["key"] in planned})
    return run


def stale(plan: Plan, folder: Path) -> dict[str, str]:
    """Return, by key, why each analysis of the plan that is not current must be fitted."""
    reasons = {}
    for analysis in plan.analyses:
        path = store.path_of(folder, analysis.key)
        exists = path.is_file()
        reason = store.why_stale(analysis, store.record(path) if exists else None, exists)
        if reason is not None:
            reasons[analysis.key] = reason
    return reasons


def write_summary(plan: Plan, folder: Path, lost: dict[str, str]) -> list[dict[str, Any]]:
    """Collect, write and return the rows of every stored posterior, lost fit and skipped prior.

    A posterior from an earlier run that could not be refitted stays on disk but contributes no row to the summary.
    """
    stored = {key: about for key, about in store.records(folder).items() if key not in lost}
    order = {a.key: i for i, a in enumerate(plan.analyses)}
    keys = sorted(stored, key=lambda key: (order.get(key, len(order)), key))
    rows = [row for key in keys for row in stored[key]["rows"]]
    rows += [failed_row(a, lost[a.key]) for a in plan.analyses if a.key in lost]
    rows += [skipped_row(s) for s in plan.skipped]
    store.write_text(folder / "summary.csv", as_csv(rows))
    store.write_text(folder / "summary.json", json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    _write_syntheses(stored, keys, folder)
    store.write_text(folder / "manifest.json", json.dumps(_manifest(stored, keys), indent=1, ensure_ascii=False) + "\n")
    return rows


def _write_syntheses(stored: dict[str, dict[str, Any]], keys: Sequence[str], folder: Path) -> None:
    """Write what every posterior of a synthesis rests on as `syntheses/ID.json`, and the main one in words as .md."""
    from bayes.pooling.layout import markdown

    explained: dict[str, dict[str, Any]] = {}
    for key in keys:
        if stored[key].get("pooling"):
            explained.setdefault(stored[key]["trial"], {})[key] = stored[key]
    for name, posteriors in explained.items():
        path = folder / SYNTHESES / name
        content = {key: about["pooling"] for key, about in posteriors.items()}
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        store.write_text(path.with_suffix(".json"), text)
        store.write_text(path.with_suffix(".md"), markdown(posteriors[main_key(posteriors)]))


def main_key(posteriors: dict[str, dict[str, Any]]) -> str:
    """Return the key of a synthesis's main posterior: neutral prior, heterogeneity prior of the synthesis file."""

    def rank(key: str) -> tuple[bool, bool]:
        about = posteriors[key]
        return about["prior"] != MAIN_PRIOR, about["heterogeneity"] not in OWN

    return min(posteriors, key=rank)  # the first of equals


def _manifest(stored: dict[str, dict[str, Any]], keys: Sequence[str]) -> dict[str, Any]:
    wanted = ("fingerprint", "parts", "settings", "versions", "draws", "pieces", "target_accept", "seconds", "status")
    return {
        "bayes_reanalysis": version("bayes-reanalysis"),
        "posteriors": {key: {name: stored[key].get(name) for name in wanted} for key in keys},
    }


def _fit_all(analyses: Sequence[Analysis], folder: Path, jobs: int) -> Iterator[Done]:
    groups: dict[tuple, list[Analysis]] = {}
    for analysis in analyses:
        groups.setdefault(analysis.structure, []).append(analysis)
    # long groups first, so that no worker is still compiling a synthesis when all others have finished
    ordered = sorted(groups.values(), key=lambda g: (g[0].joined_by is None, -len(g)))
    if jobs == 1 or len(ordered) < 2:
        for group in ordered:
            for analysis in group:
                yield fit_and_save(analysis, folder, None)
        return
    yield from _in_workers(ordered, folder, min(jobs, len(ordered)))


def _in_workers(groups: Sequence[list[Analysis]], folder: Path, jobs: int) -> Iterator[Done]:
    context = multiprocessing.get_context("spawn")
    news = context.SimpleQueue()
    cores = max(1, (os.cpu_count() or 1) // jobs)
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(os.getpid(), news))
    try:
        running: set[Future] = {pool.submit(_fit_group, group, folder, cores) for group in groups}
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


_news: Any = None


def _start_worker(parent: int, news: Any) -> None:
    """Store the queue for progress reports, and exit with the parent, so that a killed run leaves no worker behind."""
    global _news
    _news = news
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _fit_group(group: Sequence[Analysis], folder: Path, cores: int) -> None:
    for analysis in group:
        _news.put(fit_and_save(analysis, folder, cores))


def fit_and_save(analysis: Analysis, folder: Path, cores: int | None) -> Done:
    """Fit one analysis and store its posterior; an unexpected error loses only this posterior."""
    from bayes.fitting.until_sound import sample_posterior
    from bayes.posterior import record

    try:
        tree = sample_posterior(analysis, cores)
        store.save(tree, folder, analysis.key)
    except Exception as error:  # one failure must not lose the other posteriors; it is reported, and the exit code is 1
        return Done(analysis.key, "error", 0.0, f"{type(error).__name__}: {error}".splitlines()[0])
    about = record.read(tree)
    return Done(analysis.key, about["status"], about["seconds"], about["reason"])
