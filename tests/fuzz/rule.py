"""What must hold of every input, whichever door it enters by.

It is accepted, or refused by an error of the package; in two seconds and 500 MB; without a warning; and what is said
is short and cannot steer a terminal.
"""

from __future__ import annotations

import re
import resource
import signal
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bayes.errors import LONGEST_NAME, LONGEST_TEXT, STEERING, BayesError
from fuzz.doors import Door

SECONDS, MEGABYTES = 2.0, 500
ROOM = 200  # MB beyond the limit after which an allocation fails, so that no input can take the machine
HUNG = 30.0  # seconds by the clock
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\([^)]*\)|\[[^]]*\]|\S*\d\S*")


@dataclass(frozen=True)
class Judged:
    """What became of an input.

    Attributes
    ----------
    accepted : bool
    kinds : frozenset of str
        What was wrong, without the numbers and texts that are quoted.
    fault : str or None
        How the rule was broken.
    where : str
        The last places in the package of the fault, by which equal faults are known.
    """

    accepted: bool
    seconds: float
    megabytes: float
    kinds: frozenset[str] = frozenset()
    fault: str | None = None
    where: str = ""


class Overdue(BaseException):
    """An input that took too long."""


class Watch:
    """The clock of the current input, looked at every tenth of a second of CPU: cheaper than an alarm for each input."""

    def __init__(self) -> None:
        self.start: float | None = None
        self.by_clock = self.peak = 0.0
        self.count = 0

    def look(self, number: int, frame: object) -> None:
        if self.start is None:
            return
        if time.process_time() - self.start > SECONDS or time.monotonic() - self.by_clock > HUNG:
            self.start = None
            raise Overdue

    def begin(self) -> float:
        self.by_clock, self.start = time.monotonic(), time.process_time()
        return self.start

    def end(self) -> None:
        self.start = None

    def grown(self, seconds: float) -> float:
        """Return by how many MB the largest memory grew, looked at after every fiftieth input and every slow one."""
        self.count += 1
        if seconds < 0.02 and self.count % 50:
            return 0.0
        before, self.peak = self.peak, peak()
        return self.peak - before


def peak() -> float:
    """Return the largest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


WATCH = Watch()


@contextmanager
def strict() -> Iterator[None]:
    """Make every warning an error, and set the limits of memory and time."""
    handler = signal.signal(signal.SIGPROF, WATCH.look)
    WATCH.peak = peak()
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    used = int(re.search(r"VmData:\s+(\d+)", Path("/proc/self/status").read_text())[1]) << 10
    resource.setrlimit(resource.RLIMIT_DATA, (used + ((MEGABYTES + ROOM) << 20), hard))
    signal.setitimer(signal.ITIMER_PROF, 0.1, 0.1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
        signal.signal(signal.SIGPROF, handler)


def judge(door: Door, name: str, content: bytes, folder: Path) -> Judged:
    """Send an input through a door, within `strict`."""
    path = folder / name
    path.write_bytes(content)
    accepted, said, fault, where = False, "", None, ""
    start = WATCH.begin()
    try:
        try:
            found = door.enter(path)
            accepted, said = True, found if isinstance(found, str) else ""
        except BayesError as refused:
            said = str(refused)
        finally:
            WATCH.end()
    except Overdue as error:
        fault, where = f"more than {SECONDS:g} s", _places(error)
    except Exception as error:
        fault, where = f"{type(error).__name__}: {str(error)[:200]}", _places(error)
    seconds = time.process_time() - start
    megabytes = WATCH.grown(seconds)
    if fault is None:
        fault = _broken(said.replace(str(path), name), accepted, seconds, megabytes)
        where = "" if fault is None else " ".join(sorted(_kinds(said))[:1])
    return Judged(accepted, seconds, megabytes, frozenset() if accepted else _kinds(said), fault, where)


def _broken(said: str, accepted: bool, seconds: float, megabytes: float) -> str | None:
    if seconds > SECONDS:
        return f"more than {SECONDS:g} s"
    if megabytes > MEGABYTES:
        return f"more than {MEGABYTES} MB"
    if not accepted and len(said) > LONGEST_TEXT + said.count("\n") * LONGEST_NAME:
        return f"a message of {len(said)} characters"
    if not accepted and not said.strip():
        return "refused without a message"
    if bad := STEERING.search(said):
        return f"control character {bad[0]!a}"
    return None


def _kinds(said: str) -> frozenset[str]:
    """What is wrong in each line, without what it quotes."""
    found = set()
    for line in said.splitlines()[:50]:
        words = line.rpartition(": ")[2] if line.count(": ") > 1 else line.partition(": ")[2] or line
        found.add(QUOTED.sub("#", words)[:60])
    return frozenset(found)


def _places(error: BaseException) -> str:
    """The last two places in the package of a traceback."""
    frames = [f"{Path(f.filename).name}:{f.name}" for f in traceback.extract_tb(error.__traceback__) if "/bayes/" in f.filename]
    return " ".join(frames[-2:])
