"""What is kept of the runs, tests/reference/mutation.json, as types; reading it needs neither Cosmic Ray nor a run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Literal

from mutation.places import RECORD

type Judgement = Literal["equivalent", "elsewhere", "gap", "mended", ""]


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
        `equivalent` if no result, message or error changes, `elsewhere` if a test kills it that the limits of a run had left
        out, `mended` if a test does that was added since, else `gap`.
    why : str
        Of an equivalent, why nothing changes; of one that is killed elsewhere or mended, the test; of a gap, what is not tested.
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

    def judged(self, package: str, judgement: Judgement) -> int:
        """Return how many survivors of a package have a judgement."""
        return sum(one.package == package and one.judgement == judgement for one in self.survivors)

    def shares(self, package: str) -> tuple[int, int]:
        """Return how many mutants of a package no test kills, and of how many that change anything."""
        counts, equivalent = self.packages[package], self.judged(package, "equivalent")
        drawn = counts.killed + counts.timeout + counts.survived
        return counts.survived - equivalent - self.judged(package, "elsewhere"), drawn - equivalent


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
