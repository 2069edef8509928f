"""`bayes regenerate`: fit what is missing or stale, in parallel by structure, and write the summaries.

Each posterior is written to disk as soon as it is finished and survives an interruption; the summary is collected from
these files.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypedDict

from bayes.analysis.analysis import Analysis, Settings
from bayes.analysis.plan import Plan, make_plan
from bayes.analysis.targets import find_targets, in_order
from bayes.base.tables import Tabular
from bayes.base.turns import alone_in
from bayes.base.writing import sweep
from bayes.posterior.record import PosteriorRecord
from bayes.priors.sets import SomePriorSet, as_set
from bayes.results import inputs, store, stored_plan
from bayes.results.damage import FOLDERS, set_aside, set_aside_damage, unreadable
from bayes.results.fits import Done
from bayes.results.scheduler import Scheduler, connected
from bayes.results.software import sources_hash
from bayes.results.summarising import write_summary
from bayes.results.workers import fit_all

NOTHING: Mapping[Path, Path] = MappingProxyType({})


class RunRow(TypedDict):
    """One posterior of a run."""

    key: str
    status: str  # "ok", "failed", "current", or "error" where the fit raised one
    seconds: float | None  # None where nothing was fitted
    reason: str | None  # why it was fitted, or why it was lost


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
    damaged : mapping of Path to Path
        Where damaged files of the folder have been set aside, by their old path.
    """

    plan: Plan
    current: list[str]
    stale: dict[str, str]
    done: list[Done] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    damaged: Mapping[Path, Path] = NOTHING

    def tables(self) -> dict[str, list[RunRow]]:
        """Return the posteriors of the plan, a row each: `key`, `status` and `seconds` if fitted, and the reason."""
        ended, lost = {done.key: done for done in self.done}, self.lost
        current: list[RunRow] = [
            {"key": key, "status": "current", "seconds": None, "reason": None} for key in self.current
        ]
        fitted: list[RunRow] = [
            {
                "key": key,
                "status": ended[key].status if key in ended else "error",
                "seconds": ended[key].seconds if key in ended else None,
                "reason": lost.get(key) or reason,
            }
            for key, reason in self.stale.items()
        ]
        return {"posteriors": current + fitted}

    def __str__(self) -> str:
        """Count the posteriors that were current, fitted, skipped and failed."""
        skipped = f", {len(self.plan.skipped)} skipped" if self.plan.skipped else ""
        refitted = len(self.stale) - len(self.lost)
        return f"{len(self.current)} current, {refitted} fitted{skipped}, {len(self.failed)} failed"

    @property
    def lost(self) -> dict[str, str]:
        """Return, by key, why posteriors that were due are missing: an error, a lost worker, or the end of the run."""
        ended = {d.key: d for d in self.done}
        unseen = Done("", "error", 0.0, "the run was stopped before it; run the command again")
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
    results_folder: str | os.PathLike[str] = "results",
    targets: Sequence[str | os.PathLike[str]] = (),
    *,
    prior_set: SomePriorSet = "default",
    seed: int | None = None,
    jobs: int | None = None,
    force: bool = False,
    listener: Listener | None = None,
    scheduler: str | Scheduler | None = None,
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
    scheduler : str or Scheduler, optional
        The address of a Dask scheduler, whose workers fit the posteriors in place of processes on this machine.

    Returns
    -------
    Run

    Raises
    ------
    InvalidInput
        If any file is invalid; lists every mistake in every file, before anything is written. Also if no scheduler
        answers at the address, or its workers run other versions.
    """
    folder, chosen = Path(results_folder), as_set(prior_set)
    found = in_order(find_targets([os.fspath(target) for target in targets]))  # the summary follows no order of files
    plan = make_plan(found, chosen, settings=Settings.seeded(seed=seed))
    with connected(scheduler) as cluster, alone_in(folder):
        damaged = set_aside_damage(folder)
        inputs.keep(found, chosen, seed, folder)
        stored_plan.keep(plan, chosen, folder)
        return fit_plan(plan, folder, jobs or os.cpu_count() or 1, force, listener or Silent(), cluster, damaged)


def fit_plan(
    plan: Plan,
    folder: Path,
    jobs: int,
    force: bool,
    listener: Listener,
    scheduler: Scheduler | None = None,
    damaged: Mapping[Path, Path] = NOTHING,
) -> Run:
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
    scheduler : Scheduler, optional
        Whose workers fit them, in place of processes on this machine.
    damaged : mapping of Path to Path
        What `set_aside_damage` has set aside in the folder; unreadable posteriors are added.
    """
    sources_hash()  # of what runs: files of the package may change before the end
    _sweep(folder)
    stored = store.records(folder)
    posteriors = {path: set_aside(path) for path in unreadable(folder, stored)}
    stored = {key: record for key, record in stored.items() if store.path_of(folder, key) not in posteriors}
    reasons = stale(plan, folder, stored)
    reasons |= {old.stem: f"damaged; set aside as {new.name}" for old, new in posteriors.items() if old.stem in reasons}
    if force:
        reasons = {a.key: reasons.get(a.key, "forced") for a in plan.analyses}
    run = Run(plan, [a.key for a in plan.analyses if a.key not in reasons], reasons, damaged={**damaged, **posteriors})
    waiting = [a for a in plan.analyses if a.key in reasons]
    listener.begin(reasons)
    try:
        for done in fit_all(waiting, folder, jobs, scheduler):
            run.done.append(done)
            listener.report(done)
    finally:
        _sweep(folder)  # of workers that died or were ended
        run.done += _unannounced(waiting, {done.key for done in run.done}, folder)
        kept = {key: record for key, record in stored.items() if key not in reasons}
        failed = write_summary(plan, folder, run.lost, kept)
    planned = {a.key for a in plan.analyses}
    run.failed = [key for key in failed if key in planned]
    return run


def _unannounced(analyses: Sequence[Analysis], announced: Collection[str], folder: Path) -> list[Done]:
    """Return the posteriors that are stored, but whose workers could not say so before the run was stopped."""
    found = []
    for analysis in analyses:
        path = store.path_of(folder, analysis.key)
        if analysis.key not in announced and path.exists():
            stored = store.record(path)
            if stored is not None and store.why_stale(analysis, stored, True) is None:
                found.append(Done.of(stored))
    return found


def _sweep(folder: Path) -> None:
    """Remove unfinished files; those of a run that goes on are safe, because it has the folder to itself."""
    for one in (folder, *map(folder.joinpath, FOLDERS)):
        sweep(one)


def stale(plan: Plan, folder: Path, stored: Mapping[str, PosteriorRecord]) -> dict[str, str]:
    """Return, by key, why each analysis of the plan that is not current must be fitted; `stored` are the records."""
    reasons = {}
    for analysis in plan.analyses:
        exists = store.path_of(folder, analysis.key).exists()
        reason = store.why_stale(analysis, stored.get(analysis.key), exists)
        if reason is not None:
            reasons[analysis.key] = reason
    return reasons
