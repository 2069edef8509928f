"""The record of the inputs that were run, tests/reference/fuzz.json, and how it reads as a table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from typing import Any

from support.paths import TESTS

from fuzz import answering, running
from fuzz.doors import BY
from fuzz.mended import MENDED
from fuzz.rule import MEGABYTES, SECONDS
from fuzz.running import Counts
from fuzz.shares import SHARES

FILE = TESTS / "reference" / "fuzz.json"
PACKAGES = ("hypothesis", "atheris", "pydantic", "numpy")
WAYS = (*BY, "guided")


def table(counts: Mapping[str, Counts]) -> str:
    """A line for each door."""
    lines = [f"{'door':22}{'inputs':>10}{'accepted':>10}{'refused':>10}{'messages':>10}{'slowest':>9}{'MB':>7}{'faults':>8}{'CPU s':>8}"]
    for name, one in [*counts.items(), ("all", sum(counts.values(), Counts()))]:
        refused = one.inputs - one.accepted - one.faulty
        lines.append(f"{name:22}{one.inputs:10,}{one.accepted:10,}{refused:10,}{len(one.kinds):10,}{one.slowest:9.2f}{one.megabytes:7.0f}{one.faulty:8}{one.cpu:8.0f}")
    return "\n".join(lines)


def write(seed: int) -> None:
    """Write what is kept of the runs with a seed, a line for each door."""
    by_way = {door: {way: Counts() for way in WAYS} for door in SHARES}
    for name, counts in running.kept().items():
        own, _, rest = name.partition(" ")
        door, way, _ = rest.rsplit(" ", 2)
        if own == str(seed) and door in by_way:
            by_way[door][way] += counts
    mended = Counter(one.door for one in MENDED)
    doors = {door: _stored(ways) | {"mended": mended[door]} for door, ways in by_way.items()}
    made = {
        "date": date.today().isoformat(),
        "seed": seed,
        "versions": {name: version(name) for name in PACKAGES},
        "rule": {"seconds": SECONDS, "megabytes": MEGABYTES},
        "inputs": sum(door["inputs"] for door in doors.values()),
        "cpu_seconds": round(sum(one.cpu for ways in by_way.values() for one in ways.values())),
        "answerable": answering.summed(),
    }
    lines = [f' "{key}": {json.dumps(value)}' for key, value in made.items()]
    inside = ",\n".join(f"  {json.dumps(door)}: {json.dumps(counts)}" for door, counts in doors.items())
    FILE.write_text("{\n" + ",\n".join([*lines, f' "doors": {{\n{inside}\n }}']) + "\n}\n", encoding="utf-8")


def read() -> dict[str, Any]:
    """Return the record."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def _stored(ways: Mapping[str, Counts]) -> dict[str, object]:
    whole = sum(ways.values(), Counts())
    return {
        "inputs": whole.inputs,
        **{way: counts.inputs for way, counts in ways.items()},
        "accepted": whole.accepted,
        "refused": whole.inputs - whole.accepted - whole.faulty,
        "faults": whole.faulty,
        "messages": len(whole.kinds),
        "slowest": round(whole.slowest, 2),
        "megabytes": round(whole.megabytes),
    }
