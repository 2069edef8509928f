"""What is kept of the runs, tests/reference/mutation.json, as types; reading it needs neither Cosmic Ray nor a run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Literal

from mutation.places import RECORD

type Judgement = Literal["equivalent", "gap", "mended", ""]


@dataclass(frozen=True)
class Survivor:
    """A mutant that no test killed, and what a reader of it found.

    Attributes
    ----------
    package, file : str
    line : int
        At the commit of the sample.
    before, after : str
        The line, without indentation.
    judgement : str
        `equivalent` if no result, message or error changes, `mended` if a test added since kills it, else `gap`.
    why : str
    """

    package: str
    file: str
    line: int
    before: str
    after: str
    judgement: Judgement = ""
    why: str = ""


@dataclass(frozen=True)
class Counts:
    """Of the mutants drawn from a package: how many were killed, did not end, or survived; and of how many in all."""

    mutants: int
    killed: int
    timeout: int
    survived: int


@dataclass(frozen=True)
class Sample:
    """A sample of mutants of every package at one commit."""

    seed: int
    commit: str
    date: str
    tests: int
    packages: dict[str, Counts]
    survivors: tuple[Survivor, ...]

    def equivalent(self, package: str) -> int:
        """Return how many survivors of a package change nothing that a test could notice."""
        return sum(one.package == package and one.judgement == "equivalent" for one in self.survivors)


@dataclass(frozen=True)
class Record:
    """Both samples: the one from which tests were added, and another that estimates what survives since."""

    versions: dict[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()


def read() -> Record:
    """Return the record; an empty one before the first run."""
    if not RECORD.exists():
        return Record()
    stored = json.loads(RECORD.read_text(encoding="utf-8"))
    samples = [
        Sample(
            **one
            | {
                "packages": {name: Counts(**counts) for name, counts in one["packages"].items()},
                "survivors": tuple(Survivor(**survivor) for survivor in one["survivors"]),
            }
        )
        for one in stored["samples"]
    ]
    return Record(stored["versions"], tuple(stored["sources"]), tuple(samples))


def write(record: Record) -> None:
    """Write the record, a survivor with its judgement on lines of its own."""
    RECORD.write_text(json.dumps(asdict(record), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
