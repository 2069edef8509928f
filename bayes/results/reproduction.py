"""`bayes reproduce`: sample everything in a bundle (or results folder) again, and compare every number of its summary.

Steps: verify checksums, plan from inputs/, regenerate into a separate folder, compare row by row.
"""

from __future__ import annotations

import csv
import os
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from bayes.analysis.analysis import Settings
from bayes.analysis.plan import make_plan
from bayes.base import archive
from bayes.base.tables import Rows, Tabular
from bayes.base.turns import alone_in
from bayes.base.unpacking import in_words
from bayes.errors import InvalidInput
from bayes.posterior import monte_carlo
from bayes.posterior.row import SummaryRow
from bayes.results import inputs, store, stored_plan
from bayes.results.agreement import Agreement, Compared, compare_csv, compare_sampled, compare_stated
from bayes.results.bundles import ERRORS, errors_of
from bayes.results.damage import set_aside_damage
from bayes.results.posteriors import load_draws
from bayes.results.regeneration import Listener, Run, Silent, fit_plan
from bayes.results.summary_file import DERIVED, SUMMARY, THRESHOLDS, Summary, by_identity, read_summary

Errors = dict[str, dict[str, dict[str, float]]]
TABLE = "summary.csv"
READ = (inputs.FOLDER, SUMMARY, TABLE, THRESHOLDS, DERIVED, ERRORS)


@dataclass(frozen=True)
class Reproduction(Tabular):
    """The outcome of a reproduction: files verified (None: no checksums), posteriors sampled, numbers compared."""

    verified: int | None
    out: Path
    run: Run
    agreement: Agreement

    def tables(self) -> dict[str, Rows]:
        """Return the numbers that do not agree, and every number that was compared, a row each."""
        found = self.agreement
        compared = [asdict(one) for one in (*found.sampled, *found.stated)]
        return {"disagreements": [asdict(one) for one in found.disagreements], "compared": compared}

    def __str__(self) -> str:
        """Count the numbers that were compared, and those beyond error."""
        found = self.agreement
        count = len(found.disagreements)
        beyond = f"{count} difference{'s' * (count != 1)} beyond error" if count else "all agree"
        return f"{self.out}: {len(found.sampled) + len(found.stated)} values of {found.rows} rows compared; {beyond}"


def reproduce(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    jobs: int | None = None,
    seed: int | None = None,
    listener: Listener | None = None,
) -> Reproduction:
    """Sample every posterior of a bundle again, and compare every number.

    Parameters
    ----------
    source : str or path
        A bundle, zipped or unzipped, or a results folder.
    out : str or path, optional
        The folder for the new results, by default `NAME-reproduced` next to the source. Posteriors that are already up
        to date there, for instance after an interrupted run, are not sampled again.
    jobs : int, optional
        Worker processes, by default one per core.
    seed : int, optional
        The user's part of every seed; by default the seeds of the original run.
    listener : Listener, optional
        An object whose `begin` is called with the posteriors that are due, and `report` with each as it is written.

    Returns
    -------
    Reproduction

    Raises
    ------
    InvalidInput
        If the source cannot be read, a file does not match its checksum, or `out` is the source itself.
    """
    source = Path(source).absolute()
    out = place_of(source, None if out is None else Path(out))
    with ExitStack() as held:
        with archive.opened(source) as folder:
            verified = archive.verify(folder, READ) if (folder / archive.SUMS).exists() else None
            before, plan = read_summary(folder), inputs.plan_of(folder, seed)
            errors, table = _errors_in(folder, before.rows), folder / TABLE
            in_table = _compare_table(before.rows, table) if table.exists() else []
            held.enter_context(alone_in(out))
            damaged = set_aside_damage(out)
            _keep_inputs(folder, out, seed)
        # hours may follow: an unpacked bundle is gone by now, so that no end of them can leave it behind
        run = fit_plan(plan, out, jobs or os.cpu_count() or 1, False, listener or Silent(), damaged=damaged)
    found = compare(before, errors, out)
    found.stated += in_table
    return Reproduction(verified, out, run, found)


def place_of(source: Path, out: Path | None) -> Path:
    """Return the folder for the new results: as it is given, or `NAME-reproduced` next to the source.

    Raises
    ------
    InvalidInput
        If it is the source itself.
    """
    name = source.name if source.is_dir() else source.stem
    out = source.absolute().with_name(f"{name}-reproduced") if out is None else out
    if out.resolve() == source.resolve():
        raise InvalidInput(str(out), ["this is the bundle itself; the new results need a separate folder (--out)"])
    return out


def _keep_inputs(folder: Path, out: Path, seed: int | None) -> None:
    """Copy the inputs of a bundle into the folder of the new results, with the seed that they are sampled with."""
    for one in inputs.asked(folder):
        kept = one.seed if seed is None else seed
        targets, priors = inputs.targets_of(folder, one), inputs.priors_of(folder, one)
        inputs.keep(targets, priors, kept, out)
        stored_plan.keep(make_plan(targets, priors, settings=Settings.seeded(seed=kept)), priors, out)


def compare(original: Summary, errors: Errors, out: Path) -> Agreement:
    """Compare every number of a summary with the results in a folder, using the draws stored there.

    Parameters
    ----------
    original : Summary
    errors : dict
        Monte Carlo standard errors of their numbers, by key, parameter and quantity.
    out : Path
        The folder of the new results.
    """
    found, before = Agreement(rows=len(original.rows)), by_identity(original.rows)
    again = read_summary(out)
    after = by_identity(again.rows)
    to_sample: dict[str, list[tuple[SummaryRow, SummaryRow]]] = {}
    for identity, old in before.items():
        new = after.get(identity)
        if new is None or (old["status"], new["status"]) != ("ok", "ok"):
            _count_without_numbers(found, old, new)
        else:
            found.stated += compare_stated(old, new)
            to_sample.setdefault(str(old["key"]), []).append((old, new))
    for identity in after.keys() - before.keys():
        if after[identity]["status"] != "skipped":  # a summary lists only what the latest run skipped
            row = after[identity]
            found.stated.append(Compared(str(row["key"]), row["parameter"], "row", None, "new", agrees=False))
    for key, pairs in to_sample.items():
        sides = original.of_key(key), again.of_key(key)
        found.sampled += _of_posterior(key, pairs, sides, errors, out)
    return found


def _count_without_numbers(found: Agreement, old: SummaryRow, new: SummaryRow | None) -> None:
    """Record a row that has disappeared, changed its status, or failed or been skipped in both runs."""
    status = None if new is None else new["status"]
    same = old["status"] == status
    found.stated.append(Compared(str(old["key"]), old["parameter"], "status", old["status"], status, agrees=same))
    if same:
        found.failed += status == "failed"
        found.skipped += status == "skipped"
    if new is not None and same and status == "skipped":
        found.stated += compare_stated(old, new)


def _of_posterior(
    key: str,
    pairs: list[tuple[SummaryRow, SummaryRow]],
    sides: tuple[Summary, Summary],
    errors: Errors,
    out: Path,
) -> list[Compared]:
    path = store.path_of(out, key)
    reported, posterior = store.sound_record(path).reported, load_draws(path)
    before, after = (
        monte_carlo.numbers(reported, posterior, rows, side.thresholds, side.derived)
        for rows, side in zip(zip(*pairs, strict=True), sides, strict=True)
    )
    found: list[Compared] = []
    for parameter, numbers in before.items():
        own = monte_carlo.standard_errors(numbers)
        stored = errors.get(key, {}).get(parameter, {})
        found += compare_sampled(key, parameter, numbers, after[parameter], (stored, own))
    return found


def _errors_in(folder: Path, rows: list[SummaryRow]) -> Errors:
    """Read the Monte Carlo standard errors of a bundle, or compute those of a results folder from its draws."""
    if (folder / ERRORS).exists():
        try:
            return _adapter().validate_json((folder / ERRORS).read_bytes())
        except (OSError, ValueError):
            problem = "not the Monte Carlo errors of a bundle; `bayes report --bundle` writes them"
            raise InvalidInput(str(folder / ERRORS), [problem]) from None
    keys = dict.fromkeys(str(row["key"]) for row in rows if row["status"] == "ok")
    if missing := [key for key in keys if not store.path_of(folder, key).is_file()]:
        said = [f"no Monte Carlo error for {key}: neither {ERRORS} nor posteriors/{key}.nc exists" for key in missing]
        raise InvalidInput(str(folder), said)
    return errors_of(folder, keys)


@cache
def _adapter() -> TypeAdapter[Errors]:
    return TypeAdapter(Errors)


def _compare_table(rows: list[SummaryRow], table: Path) -> list[Compared]:
    try:
        return list(compare_csv(rows, table.read_text("utf-8")))
    except (OSError, ValueError, csv.Error) as error:
        raise InvalidInput(str(table), [f"cannot be read: {in_words(error)}"]) from None
