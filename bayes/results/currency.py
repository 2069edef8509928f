"""The state of a results folder: which posteriors are up to date with their input files, and why others are not."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from bayes.analysis.analysis import Settings
from bayes.analysis.plan import Plan, make_plan
from bayes.analysis.targets import find_targets
from bayes.base.tables import Tabular
from bayes.posterior.record import PosteriorRecord
from bayes.priors.sets import SomePriorSet, as_set
from bayes.results import inputs, store
from bayes.results.damage import unreadable
from bayes.results.regeneration import stale


class StatusRow(TypedDict):
    """The state of one posterior."""

    key: str
    current: bool
    stored: bool
    status: str | None  # None if none is stored
    reason: str | None  # why it is not current, or else why it did not pass the convergence checks


@dataclass(frozen=True, repr=False)
class Status(Tabular):
    """The state of a results folder.

    Attributes
    ----------
    folder : Path
    planned : tuple of str
        Keys of the posteriors that the folder should hold.
    stale : mapping of str to str
        Why each of those that must be fitted is missing or out of date.
    unknown : tuple of str
        Keys of stored posteriors that are not in the plan.
    stored : mapping of str to PosteriorRecord
    """

    folder: Path
    planned: tuple[str, ...]
    stale: Mapping[str, str]
    unknown: tuple[str, ...]
    stored: Mapping[str, PosteriorRecord]

    def tables(self) -> dict[str, list[StatusRow]]:
        """Return one table, a row per posterior: `key`, `current`, `stored`, `status` and the reason."""
        rows: list[StatusRow] = []
        for key in (*self.planned, *self.unknown):
            gate = self.stored[key].gate if key in self.stored else None
            rows.append(
                {
                    "key": key,
                    "current": key in self.planned and key not in self.stale,
                    "stored": gate is not None,
                    "status": None if gate is None else gate.status,
                    "reason": self.stale.get(key) or (None if gate is None else gate.reason),
                }
            )
        return {"posteriors": rows}

    def __str__(self) -> str:
        """List why posteriors are not current, what else is stored, and the versions they were made with."""
        lines = [f"{key}: {reason}" for key, reason in self.stale.items()]
        lines += [f"{key}: stored, but not part of this plan" for key in self.unknown]
        lines += [f"{key}: failed: {one.gate.reason}" for key, one in self.stored.items() if one.gate.problems]
        made = [tuple(one.provenance.versions.items()) for one in self.stored.values() if one.provenance]
        for versions, count in Counter(made).most_common():
            lines.append(f"{count} posteriors made with " + ", ".join(f"{n} {v}" for n, v in versions))
        current = len(self.planned) - len(self.stale)
        return "\n".join([*lines, f"{self.folder}: {current} of {len(self.planned)} current"])

    __repr__ = __str__


def status(
    results_folder: str | os.PathLike[str] = "results",
    *,
    prior_set: SomePriorSet | None = None,
    seed: int | None = None,
) -> Status:
    """Compare stored posteriors with the current state of the files that a results folder was made from.

    Parameters
    ----------
    results_folder : str or path
        The folder; if it records no inputs, it is compared with everything shipped.
    prior_set : str, path or PriorSet, optional
        A set of priors to use in place of those the folder was made under.
    seed : int, optional
        A seed to use in place of the folder's own.

    Returns
    -------
    Status

    Raises
    ------
    InvalidInput
        If a file that the folder was made from is no longer valid.
    """
    folder = Path(results_folder)
    plan = _plan(folder, prior_set, seed)
    stored = store.records(folder)
    for path in unreadable(folder, stored):
        stored.pop(path.stem, None)
    planned = tuple(analysis.key for analysis in plan.analyses)
    return Status(folder, planned, stale(plan, folder, stored), tuple(store.unknown_keys(stored, planned)), stored)


def _plan(folder: Path, prior_set: SomePriorSet | None, seed: int | None) -> Plan:
    chosen = None if prior_set is None else as_set(prior_set)
    if (folder / inputs.FOLDER / inputs.ASKED).exists():
        return inputs.plan_of(folder, seed, originals=True, priors=chosen)
    return make_plan(find_targets([]), chosen or as_set("default"), settings=Settings.seeded(seed=seed))
