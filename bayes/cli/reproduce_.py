"""`bayes reproduce`: sample every posterior in a bundle again, and compare every number."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bayes.base.numbers import significant
from bayes.cli.options import FOLDER, own_models, user_seed, worker_processes

if TYPE_CHECKING:
    from bayes.results.agreement import Compared
    from bayes.results.reproduction import Reproduction

SHOWN = 50  # disagreements printed; --json has them all


@click.command(name="reproduce")
@click.argument("source", type=click.Path(path_type=Path), metavar="FOLDER|ZIP")
@click.option("--out", type=FOLDER, help="Folder for the new results.  [default: NAME-reproduced next to it]")
@worker_processes
@user_seed
@click.option("--quiet", is_flag=True, help="Print only the outcome.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--use-its-software",
    is_flag=True,
    help="Install the software in the bundle and run that: only if you trust whoever made the bundle.",
)
@own_models
def command(
    source: Path, out: Path | None, jobs: int, seed: int | None, quiet: bool, as_json: bool, use_its_software: bool
) -> None:
    """Verify a bundle, sample every posterior in it again, and compare every number of its summary.

    Nothing that came in the bundle is run, unless --use-its-software asks for it.

    Exit code 0: all numbers agree. 1: some differ beyond Monte Carlo error. 2: not a bundle, or a file was changed.
    """
    from bayes.cli.ending import interruptible
    from bayes.cli.progress import Progress
    from bayes.results import reproduce

    if use_its_software:
        sys.exit(_by_its_software(source, out, jobs, seed, quiet, as_json))
    with Progress(quiet) as progress, interruptible("finished posteriors are stored"):
        done = reproduce(source, out, jobs=jobs, seed=seed, listener=progress)
    for old, new in done.run.damaged.items():
        click.echo(f"damaged: {old}: set aside as {new.name}", err=True)
    if as_json:
        click.echo(json.dumps(_as_object(done), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        _show(done)
    sys.exit(int(bool(done.agreement.disagreements)))


def _by_its_software(source: Path, out: Path | None, jobs: int, seed: int | None, quiet: bool, as_json: bool) -> int:
    from bayes.results.its_software import reproduce_by_its_software

    options = ["--jobs", str(jobs), *(["--seed", str(seed)] if seed is not None else [])]
    options += [option for option, given in (("--quiet", quiet), ("--json", as_json)) if given]
    return reproduce_by_its_software(source, out, options)


def _show(done: Reproduction) -> None:
    from bayes.base.archive import SUMS
    from bayes.cli.terminal import say
    from bayes.results.agreement import FALSE_ALARM

    found, run = done.agreement, done.run
    sums = f"{done.verified} files agree with {SUMS}" if done.verified else f"no {SUMS} (results folder, not a bundle)"
    say(f"{sums}; {len(run.stale) - len(run.lost)} posteriors sampled, {len(run.current)} already in {done.out}")
    say(
        f"{found.rows} rows ({found.skipped} skipped, {found.failed} failed in both): {len(found.sampled)} numbers "
        f"from draws, {found.identical} of them identical; {len(found.stated)} other values"
    )
    if (most := found.largest) is not None and most.z is not None:
        say(
            f"largest difference: {abs(most.z):.2f} combined Monte Carlo standard errors ({_name(most)}); allowed: "
            f"{found.bound:.2f} (probability of any false alarm {FALSE_ALARM:g})"
        )
    for key, reason in run.lost.items():
        say(f"not sampled: {key}: {reason}")
    for one in found.disagreements[:SHOWN]:
        beyond = "" if one.z is None else f" ({one.z:+.1f} standard errors)"
        say(f"differs: {_name(one)}: {_text(one.old)} -> {_text(one.new)}{beyond}")
    count = len(found.disagreements)
    say(f"{count} difference{'s' * (count != 1)} beyond error" if count else "all agree")


def _name(one: Compared) -> str:
    parameter = "" if one.parameter == "effect" else f" {one.parameter}"
    return f"{one.key}{parameter} {one.quantity}"


def _text(value: object) -> str:
    return significant(value, 6) if isinstance(value, float) else str(value)


def _as_object(done: Reproduction) -> dict[str, object]:
    """Return the outcome for programs; `z` is null for a difference without a Monte Carlo error."""
    found = done.agreement

    def plain(one: Compared | None) -> dict[str, object] | None:
        if one is None:
            return None
        return asdict(one) | {"z": None if one.z in (None, float("inf")) else one.z}

    return {
        "agrees": not found.disagreements,
        "files_verified": done.verified,
        "out": str(done.out),
        "rows": found.rows,
        "skipped": found.skipped,
        "failed": found.failed,
        "sampled_numbers": len(found.sampled),
        "identical_numbers": found.identical,
        "other_values": len(found.stated),
        "bound": found.bound,
        "largest": plain(found.largest),
        "disagreements": [plain(one) for one in found.disagreements],
    }
