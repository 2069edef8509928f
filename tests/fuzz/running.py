"""Batches of damaged inputs, each in a process of its own whose counts are kept when it ends.

A run that was stopped goes on with the batches that are missing. Every input follows from the seed of the run, the door
and the number of its batch; one that breaks the rule is kept as a file.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import random
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from support.paths import ROOT

from bayes.errors import BayesError
from fuzz.doors import BY, DOORS, Door
from fuzz.rule import Judged, judge, strict
from fuzz.shares import SHARES

KEPT = ROOT / "build" / "fuzz"  # what a run keeps until it is recorded
A_BATCH = 1000
SLOWEST_BATCH = 1800  # seconds by the clock, after which its process ends with a traceback
MOST_KINDS = 2000  # of messages, of one door


@dataclass
class Counts:
    """What became of the inputs of some batches.

    Attributes
    ----------
    faults : dict of str to str
        How the rule was broken, and where, with the name of the file that keeps the first such input.
    """

    inputs: int = 0
    accepted: int = 0
    kinds: list[str] = field(default_factory=list)
    slowest: float = 0.0
    megabytes: float = 0.0
    cpu: float = 0.0
    faults: dict[str, str] = field(default_factory=dict)
    faulty: int = 0

    def add(self, one: Judged) -> None:
        self.inputs += 1
        self.accepted += one.accepted and one.fault is None
        self.slowest = max(self.slowest, one.seconds)
        self.kinds = self.kinds if one.kinds <= {*self.kinds} else sorted({*self.kinds, *one.kinds})[:MOST_KINDS]
        self.faulty += one.fault is not None

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.inputs + other.inputs,
            self.accepted + other.accepted,
            sorted({*self.kinds, *other.kinds})[:MOST_KINDS],
            max(self.slowest, other.slowest),
            max(self.megabytes, other.megabytes),
            self.cpu + other.cpu,
            other.faults | self.faults,
            self.faulty + other.faulty,
        )


@dataclass(frozen=True)
class Batch:
    """Some inputs of one door, damaged in one way."""

    door: str
    by: str
    number: int
    inputs: int
    seed: int

    @property
    def name(self) -> str:
        return f"{self.seed} {self.door} {self.by} {self.number}"


def batches(inputs: int, seed: int, doors: list[str] | None = None) -> list[Batch]:
    """Divide a number of inputs among doors, in batches, so that every door is reached early."""
    whole = sum(SHARES[name].structure + SHARES[name].letters for name in doors or SHARES)
    found = []
    for name in doors or SHARES:
        for by in BY:
            left = round(getattr(SHARES[name], by) * inputs / whole)
            sizes = [min(A_BATCH, left - done) for done in range(0, left, A_BATCH)]
            found += [(i / max(len(sizes), 1), Batch(name, by, i, size, seed)) for i, size in enumerate(sizes)]
    return [batch for _, batch in sorted(found, key=lambda pair: pair[0])]


def inputs_of(batch: Batch) -> Iterator[tuple[str, bytes]]:
    """Yield the damaged inputs of a batch."""
    random_number = random.Random(batch.name).random
    for _ in range(batch.inputs):
        yield DOORS[batch.door].damaged(lambda below: int(random_number() * below), batch.by)


def counted(batch: Batch) -> Counts:
    """Send the inputs of a batch through its door."""
    door, found = DOORS[batch.door], Counts()
    with tempfile.TemporaryDirectory(dir=memory()) as place, strict():
        folder, start = prepared(door, Path(place)), Resources()
        faulthandler.dump_traceback_later(SLOWEST_BATCH, exit=True)
        for name, content in inputs_of(batch):
            one = judge(door, name, content, folder)
            found.add(one)
            if one.fault is not None:
                keep_fault(found, batch.door, one, name, content)
        faulthandler.cancel_dump_traceback_later()
        start.into(found)
    return found


class Resources:
    """The memory and the CPU time of this process so far."""

    def __init__(self) -> None:
        self.resident, self.cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    def into(self, counts: Counts) -> None:
        """Set what was used since then."""
        counts.megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - self.resident) / 1024
        counts.cpu = time.process_time() - self.cpu


def memory() -> str | None:
    """A folder in memory where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def prepared(door: Door, folder: Path) -> Path:
    """Write the files that lie beside an input."""
    for name, content in door.beside.items():
        (folder / name).write_bytes(content)
    return folder


def keep_fault(found: Counts, door: str, one: Judged, name: str, content: bytes) -> None:
    """Keep the first input of every fault."""
    key = f"{door}: {one.fault} @ {one.where}"
    if key not in found.faults:
        folder = KEPT / "faults"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{door.replace(' ', '_')}-{sha256(content).hexdigest()[:12]}-{name}"
        file.write_bytes(content)
        found.faults[key] = file.name


def in_a_process(batch: Batch) -> Counts:
    """Count a batch in a child, so that one that dies takes no other with it."""
    said = child(lambda: asdict(counted(batch)))
    if said is None:
        return Counts(faults={f"{batch.door}: the process died @ {batch.name}": batch.name}, faulty=1)
    return Counts(**said)


def child(function: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """Call a function in a copy of this process; return what it returns as JSON values, or None if the copy died."""
    out, into = os.pipe()
    sys.stdout.flush()
    copy = os.fork()
    if copy == 0:
        code = 1
        try:
            os.close(out)
            gc.freeze()
            with os.fdopen(into, "w") as stream:
                json.dump(function(), stream)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(into)
    with os.fdopen(out) as stream:
        said = stream.read()
    os.waitpid(copy, 0)
    return json.loads(said) if said else None


def kept() -> dict[str, Counts]:
    """What is counted of each batch so far."""
    file = KEPT / "batches.jsonl"
    lines = file.read_text().splitlines() if file.exists() else []
    return {name: Counts(**counts) for name, counts in map(json.loads, lines)}


def keep(name: str, counts: Counts) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "batches.jsonl").open("a") as file:
        file.write(json.dumps([name, asdict(counts)]) + "\n")


def run(wanted: list[Batch], tell=print) -> dict[str, Counts]:
    """Count the batches that are missing; return the counts of each door."""
    have = kept()
    warm({batch.door for batch in wanted if batch.name not in have})
    start, told = time.time(), time.time()
    for i, batch in enumerate(wanted):
        if batch.name not in have:
            have[batch.name] = in_a_process(batch)
            keep(batch.name, have[batch.name])
            for fault, file in have[batch.name].faults.items():
                tell(f"{fault} [{file}]")
        if time.time() - told > 60:
            told = time.time()
            tell(f"{i + 1} of {len(wanted)} batches, {told - start:.0f} s")
    found: dict[str, Counts] = {}
    for batch in wanted:
        found[batch.door] = found.get(batch.door, Counts()) + have[batch.name]
    return found


def warm(doors: set[str], inputs: int = 40) -> None:
    """Send undamaged inputs through doors, so that what is imported on the way is imported once."""
    for name in sorted(doors):
        with tempfile.TemporaryDirectory(dir=memory()) as place:
            folder = prepared(DOORS[name], Path(place))
            for file, content in DOORS[name].whole[:inputs]:
                (folder / file).write_bytes(content)
                with suppress(BayesError):
                    DOORS[name].enter(folder / file)
