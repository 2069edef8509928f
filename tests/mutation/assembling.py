"""From the lines of a run to a sample of the record: `python tests/mutation record SEED EACH`."""

from __future__ import annotations

import platform
import subprocess
from collections import Counter
from datetime import date
from importlib.metadata import version

from mutation import record
from mutation.choosing import touching
from mutation.mutants import Mutant, every
from mutation.places import PACKAGES
from mutation.record import Counts, Record, Sample, Survivor
from mutation.running import KILLED, SURVIVED, TIMEOUT
from mutation.sampling import Line, results
from support.paths import ROOT

TOOLS = ("cosmic-ray", "coverage", "pytest", "numpy", "scipy", "pydantic")


def assemble(seed: int, each: int) -> int:
    """Add a finished run to the record, in place of an earlier one of the same seed, whose judgements are kept."""
    known = record.read()
    before = {judged(one): one for sample in known.samples for one in sample.survivors}
    found = results(seed, each)
    sample = Sample(
        seed=seed,
        commit=commit(),
        date=date.today().isoformat(),
        tests=len(touching()[0]),
        packages={package: counts(package, found) for package in PACKAGES},
        survivors=tuple(survivor(m, line, before) for m, line in found.items() if line["verdict"] == SURVIVED),
    )
    samples = (*(one for one in known.samples if one.seed != seed), sample)
    versions = {"python": platform.python_version()} | {name: version(name) for name in TOOLS}
    record.write(Record(versions, tuple(f"bayes/{package}" for package in PACKAGES), samples))
    print(f"{sum(one.judgement == '' for one in sample.survivors)} survivors are still to be judged")
    return 0


def counts(package: str, found: dict[Mutant, Line]) -> Counts:
    """Count the mutants of a package by what became of them; those that are not Python were no mutants."""
    verdicts = Counter(line["verdict"] for mutant, line in found.items() if mutant.package == package)
    return Counts(len(every(package)), verdicts[KILLED], verdicts[TIMEOUT], verdicts[SURVIVED])


def survivor(mutant: Mutant, line: Line, before: dict[tuple[str, ...], Survivor]) -> Survivor:
    """Return a survivor, with the judgement of the same change in an earlier record."""
    new = Survivor(mutant.package, mutant.file, mutant.line, line["before"], line["after"])
    old = before.get(judged(new))
    return new if old is None else Survivor(mutant.package, mutant.file, mutant.line, line["before"], line["after"], old.judgement, old.why)


def judged(one: Survivor) -> tuple[str, ...]:
    """Return what a judgement is about: the change, wherever its line has moved."""
    return one.file, one.before, one.after


def commit() -> str:
    """Return the commit that was tested."""
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
