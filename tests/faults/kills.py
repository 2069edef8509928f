"""Runs killed by SIGKILL at random moments, the parent or one of its workers: `python tests/faults/kills.py`.

Then one run goes to its end, and its folder is compared with that of an undisturbed run: files, rows and draws. Writes
tests/reference/kills.json; takes about six minutes on two cores.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.faults import demonstration, differences, ended, of_session, sources, started, workers_of
from support.paths import ROOT

RECORD = ROOT / "tests" / "reference" / "kills.json"
RUN = ("regenerate", "demo.toml", "--jobs", "2")
KILLS = 50
LATEST = 9.0  # seconds into a run


def killed(folder: Path, choice: random.Random) -> str:
    """Start a run, kill it or one of its workers at a random moment, and say which; `finished` if it was too late."""
    process = started(folder, *RUN, *(["--force"] if choice.random() < 0.3 else []))
    time.sleep(choice.uniform(0.3, LATEST))
    workers = workers_of(process.pid)
    victim = choice.choice([process.pid, *workers]) if choice.random() < 0.5 else process.pid
    if process.poll() is not None:
        process.communicate()
        return "finished"
    os.kill(victim, signal.SIGKILL)
    said, _ = process.communicate(timeout=240)
    until = time.monotonic() + 10
    while of_session(process.pid):
        if time.monotonic() > until:
            raise AssertionError(f"a worker outlives its run: {of_session(process.pid)}")
        time.sleep(0.02)
    if victim != process.pid and process.returncode != 0:
        raise AssertionError(f"a lost worker ended the run: {said}")
    return "parent" if victim == process.pid else "worker"


def main(kills: int = KILLS, seed: int = 20261130) -> int:
    choice, counted = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as where:
        folders = [demonstration(Path(tempfile.mkdtemp(dir=where))) for _ in range(2)]
        code, said = ended(folders[0], *RUN)
        assert code == 0, said
        while counted["parent"] + counted["worker"] < kills:
            counted[killed(folders[1], choice)] += 1
            stored = list((folders[1] / "results" / "posteriors").glob("[!.]*.nc"))
            print(dict(counted), len(stored), flush=True)
            for path in choice.sample(stored, min(len(stored), choice.randrange(9))):  # so that there is something to fit
                path.unlink()
        code, said = ended(folders[1], *RUN)
        found = differences(*(folder / "results" for folder in folders))
    print(said, found)
    if code or found:
        return 1
    record = {"date": date.today().isoformat(), "sources": sources(), "seed": seed, "kills": dict(counted), "differences": found}
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
