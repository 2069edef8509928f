"""A run: a sample of mutants of each package, judged one after the other, resumed where it was interrupted."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import TypedDict

from mutation.mutants import Mutant, drawn
from mutation.places import BUILT
from mutation.running import judged, prepare

INVALID = "invalid"  # an operator changes nothing, or what it makes is not Python


class Line(TypedDict):
    """A mutant as it was judged."""

    mutant: dict[str, str | int]
    before: str
    after: str
    verdict: str
    test: str  # the first that failed
    seconds: float


def results_file(seed: int, each: int) -> Path:
    return BUILT / f"results-{seed}-{each}.jsonl"


def is_not_python(source: str) -> bool:
    """Whether what an operator made is not Python."""
    try:
        compile(source, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return True
    return False


def results(seed: int, each: int) -> dict[Mutant, Line]:
    """Return what is known of the mutants of a run."""
    file = results_file(seed, each)
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return {Mutant(**line["mutant"]): line for line in lines}


def run(seed: int, each: int) -> int:
    """Draw `each` mutants of each package and judge them; those that an interrupted run has judged are not judged again."""
    sample = drawn(seed, each)
    prepare()
    known = results(seed, each)
    for mutant in (m for turn in zip_longest(*(mutants for _, mutants in sample.values())) for m in turn if m):
        if mutant not in known:
            judge(mutant, results_file(seed, each))
    found = Counter((mutant.package, line["verdict"]) for mutant, line in results(seed, each).items())
    for (package, verdict), count in sorted(found.items()):
        print(package, verdict, count)
    return 0


def judge(mutant: Mutant, file: Path) -> None:
    """Judge a mutant and append a line."""
    began = time.monotonic()
    source = mutant.source()
    verdict, test = (INVALID, "") if source is None or is_not_python(source) else judged(mutant, source)
    before, after = mutant.change()
    seconds = round(time.monotonic() - began, 1)
    line = Line(mutant=asdict(mutant), before=before, after=after, verdict=verdict, test=test, seconds=seconds)
    with file.open("a") as out:
        out.write(json.dumps(line) + "\n")
    print(f"{seconds:5.1f} s {verdict:9} {mutant.file}:{mutant.line} {before!r} -> {after!r} {test[-60:]}", flush=True)
