"""Accepted reports answered by the hundred, each hundred in a process of its own whose counts are kept."""

from __future__ import annotations

import json
import random
import re
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bayes.errors import BayesError
from fuzz.doors import DOORS
from fuzz.running import KEPT, memory, prepared

A_HUNDRED = 100
NOT_ACCEPTED = "not accepted"
OUTCOMES = ("answered", "skipped", "refused", NOT_ACCEPTED)


def inputs(seed: str) -> Iterator[tuple[str, bytes, random.Random]]:
    """Yield damaged trial files, now and then a synthesis, each with a generator for what is asked of it."""
    chance = random.Random(seed)

    def pick(below: int) -> int:
        return int(chance.random() * below)

    while True:
        name, content = DOORS["synthesis" if pick(8) == 0 else "trial"].damaged(pick, "structure")
        yield name, content, random.Random(chance.random())


def answered(seed: str, accepted: int) -> dict[str, object]:
    """Answer so many accepted reports; return what became of them, the slowest, and the faults."""
    from fuzz import answerable

    found, faults, slowest = Counter[str](), dict[str, str](), 0.0
    with tempfile.TemporaryDirectory(dir=memory()) as place, warnings.catch_warnings():
        warnings.simplefilter("error")
        folder = prepared(DOORS["synthesis"], Path(place))
        for name, content, chance in inputs(seed):
            if sum(found.values()) - found[NOT_ACCEPTED] >= accepted:
                break
            (folder / name).write_bytes(content)
            start = time.process_time()
            try:
                became = answerable.answer(folder / name, lambda below, chance=chance: int(chance.random() * below))
            except BayesError as error:
                became = _fault(f"refused too late: {error}", error, name, content, faults)
            except Exception as error:
                became = _fault(f"{type(error).__name__}: {error}", error, name, content, faults)
            found[became.partition(":")[0]] += 1
            slowest = max(slowest, time.process_time() - start)
    return {"seed": seed, "counts": dict(found), "slowest": round(slowest, 2), "faults": faults}


def _fault(said: str, error: Exception, name: str, content: bytes, faults: dict[str, str]) -> str:
    places = [f"{Path(f.filename).name}:{f.name}" for f in traceback.extract_tb(error.__traceback__) if "/bayes/" in f.filename]
    key = f"{re.sub(r'[0-9.e+-]+', '#', said)[:120]} @ {' '.join(places[-2:])}"
    if key not in faults:
        folder = KEPT / "unanswered"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{len(list(folder.iterdir()))}-{name}"
        file.write_bytes(content)
        faults[key] = f"{said[:300]} [{file.name}]"
    return "fault"


def run(hundreds: int, seed: int, tell=print) -> None:
    """Answer so many hundreds; those that are kept already are not answered again."""
    from fuzz.running import child

    have = {one["seed"] for one in kept()}
    for number in range(hundreds):
        name = f"{seed} {number}"
        if name not in have:
            found = child(lambda name=name: answered(name, A_HUNDRED)) or {"seed": name, "counts": {"fault": 1}, "slowest": 0, "faults": {"the process died": name}}
            KEPT.mkdir(parents=True, exist_ok=True)
            with (KEPT / "answered.jsonl").open("a") as file:
                file.write(json.dumps(found) + "\n")
            tell(f"{name}: {found['counts']}, slowest {found['slowest']} s")
            for said in found["faults"].values():
                tell(said)


def kept() -> list[dict]:
    file = KEPT / "answered.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def summed() -> dict[str, object]:
    """What became of all reports that are kept."""
    counts = sum((Counter(one["counts"]) for one in kept()), Counter())
    accepted = {name: counts[name] for name in OUTCOMES[:3]}
    return {"accepted": sum(accepted.values()), **accepted, "faults": counts["fault"], "slowest": max((one["slowest"] for one in kept()), default=0)}
