"""Results folders whose runs are killed, interrupted and starved, and how they are compared."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

from bayes import load_posterior
from support.paths import ROOT

COMMAND = (sys.executable, "-m", "bayes")
TRIAL = """
id = "demo"
title = "A demonstration"
year = 2020
condition = "c"
design = "d"
arms = { treatment = "a", control = "b" }
n = { treatment = 69, control = 75 }
[outcomes.gel]
label = "Lesions"
measure = "rate_ratio"
benefit = "lower"
source = "abstract"
mcid = { value = 0.75, rationale = "judgement" }
evidence = { kind = "estimate", estimate = 0.94, ci = [0.58, 1.50] }
[outcomes.sae]
label = "Serious adverse events"
measure = "odds_ratio"
benefit = "lower"
source = "abstract"
mcid = { value = 0.67, rationale = "judgement" }
evidence = { kind = "binary", treatment = { events = 3, n = 69 }, control = { events = 9, n = 75 } }
"""
POSTERIORS = 12
SURVIVES = ("base/turns", "base/writing", "results/fits", "results/processes", "results/regeneration", "results/store", "results/workers")


def sources() -> str:
    """A hash of the modules by which a run survives a fault."""
    digest = sha256()
    for name in SURVIVES:
        digest.update((ROOT / "bayes" / f"{name}.py").read_bytes())
    return digest.hexdigest()


def demonstration(folder: Path) -> Path:
    """Write the trial into a folder, from which the commands are run, and return the folder."""
    (folder / "demo.toml").write_text(TRIAL)
    return folder


def started(folder: Path, *words: str, **options) -> subprocess.Popen:
    """Start a command in a session of its own and with Ctrl-C, as a terminal does, with what it prints in one pipe."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell runs the tests in the background
    try:
        return subprocess.Popen(
            [*COMMAND, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **options
        )
    finally:
        signal.signal(signal.SIGINT, before)


def ended(folder: Path, *words: str, **options) -> tuple[int, str]:
    """Run a command to its end and return its exit code and what it printed."""
    process = started(folder, *words, **options)
    said, _ = process.communicate(timeout=240)
    return process.returncode, said


def of_session(session: int) -> list[tuple[int, int]]:
    """Processes that are left of a session, with their parents, by /proc."""
    left = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            left.append((int(stat.parent.name), int(fields[1])))
    return left


def workers_of(parent: int) -> list[int]:
    """The worker processes of a run; the process that tracks its semaphores is none."""
    found = []
    for process, its_parent in of_session(parent):
        if its_parent == parent:
            try:
                words = Path(f"/proc/{process}/cmdline").read_text().split("\0")
            except OSError:
                continue
            if any("spawn_main" in word for word in words):
                found.append(process)
    return found


def rows(results: Path) -> dict[tuple[str, str], dict]:
    found = json.loads((results / "summary.json").read_text())
    return {(row["key"], row["parameter"]): row for row in found}


def draws(results: Path) -> dict[str, np.ndarray]:
    stored = sorted((results / "posteriors").glob("[!.]*.nc"))
    return {path.stem: load_posterior(path)["posterior"]["effect"].values for path in stored}


def differences(one: Path, other: Path) -> list[str]:
    """What two results folders of the same inputs and seeds differ in: files, rows, draws."""
    here, there = ({p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} for folder in (one, other))
    found = [f"only in one: {name}" for name in sorted(here ^ there)]
    found += ["rows"] if rows(one) != rows(other) else []
    first, second = draws(one), draws(other)
    return found + [f"draws of {key}" for key in first if not np.array_equal(first[key], second.get(key))]


def environment(**changes: str | None) -> dict[str, str]:
    """The environment of this process with variables changed, or removed where None."""
    return {name: value for name, value in (os.environ | changes).items() if value is not None}
