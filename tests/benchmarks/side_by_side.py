"""What users wait for, here and at another commit, in one run: `python tests/benchmarks/side_by_side.py COMMIT`.

Both trees are laid out as they are published, in build/benchmarks/, and run in this environment, each with caches of
its own that begin empty. Prints seconds, megabytes and ratios; nothing is asserted. `--only NAME,...` limits the steps,
`--target NAME` the results folder (everything shipped by default), and `--rounds N` repeats the short steps.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "benchmarks"
FIT = ("fit", "mesems:gel_24w", "--prior", "sceptical")


@dataclass(frozen=True)
class Side:
    """One of the two trees."""

    name: str
    tree: Path

    @property
    def home(self) -> Path:
        return BUILD / self.name

    @property
    def results(self) -> Path:
        return self.home / "results"

    def prepare(self) -> None:
        """Lay the tree out as published, with no cache and no results."""
        shutil.rmtree(self.home, ignore_errors=True)
        published = self.home / "published"
        without = shutil.ignore_patterns("__pycache__")
        shutil.copytree(self.tree / "bayes", published / "bayes", ignore=without)
        shutil.copytree(self.tree / "models", published / "bayes" / "models", ignore=without)

    def forget_compiled(self) -> None:
        shutil.rmtree(self.home / "compiled", ignore_errors=True)
        for cache in (self.home / "published").rglob("__pycache__"):
            for kept in cache.glob("*.nb[ic]"):  # Numba's, beside the module
                kept.unlink()

    @property
    def environment(self) -> dict[str, str]:
        flags = f"base_compiledir={self.home / 'compiled'}"
        return os.environ | {"PYTHONPATH": str(self.home / "published"), "PYTENSOR_FLAGS": flags}

    def seconds(self, *words: str) -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, *words], env=self.environment, cwd=self.home, check=True, capture_output=True)
        return time.perf_counter() - started

    def bayes(self, *words: str) -> float:
        return self.seconds("-m", "bayes", *words)

    def first_number(self) -> float:
        """Seconds until `bayes fit` shows a number on a terminal."""
        ours, theirs = os.openpty()
        started = time.perf_counter()
        running = subprocess.Popen(
            [sys.executable, "-m", "bayes", *FIT], env=self.environment, cwd=self.home, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        seen = b""
        with suppress(OSError):  # a terminal whose other side is closed
            while b"0." not in seen and (more := os.read(ours, 4096)):
                seen += more
            found = time.perf_counter() - started
            while os.read(ours, 4096):
                pass
        running.wait()
        os.close(ours)
        return found


def megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def steps(target: list[str], jobs: str) -> Iterator[tuple[str, str, bool, Callable[[Side], float]]]:
    """Yield name, unit, whether it is repeated, and what is measured, in the order in which they are run."""
    to = ("--results", "results", "--jobs", jobs)
    yield "import bayes", "s", True, lambda side: side.seconds("-c", "import bayes")
    yield "bayes --help", "s", True, lambda side: side.bayes("--help")
    yield "first fit with empty caches", "s", False, lambda side: side.forget_compiled() or side.bayes(*FIT)
    yield "fit again", "s", True, lambda side: side.bayes(*FIT)
    yield "first number of a fit", "s", True, Side.first_number
    yield "regenerate with empty caches", "s", False, lambda side: side.forget_compiled() or side.bayes("regenerate", *target, *to)
    yield "regenerate --force", "s", False, lambda side: side.bayes("regenerate", *target, *to, "--force")
    yield "regenerate with nothing to do", "s", True, lambda side: side.bayes("regenerate", *target, *to)
    yield "results", "MB", False, lambda side: megabytes(side.results)
    yield "report", "s", False, lambda side: side.bayes("report", "--results", "results", "--jobs", jobs)
    yield "pages", "MB", False, lambda side: megabytes(side.results / "report")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("commit")
    asked.add_argument("--target", action="append", default=[])
    asked.add_argument("--only", default="")
    asked.add_argument("--jobs", default=str(os.cpu_count() or 1))
    asked.add_argument("--rounds", type=int, default=3)
    said = asked.parse_args()
    worktree = BUILD / "then-tree"
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--force", "--detach", str(worktree), said.commit], check=True)
    try:
        then, now = Side("then", worktree), Side("now", ROOT)
        for side in (then, now):
            side.prepare()
        print(f"{'':<28} {said.commit[:10]:>12} {'here':>12} {'ratio':>8}")
        wanted = [name for name in said.only.split(",") if name]
        for name, unit, repeated, measure in steps(said.target, said.jobs):
            if wanted and name not in wanted:
                continue
            rounds = said.rounds if repeated else 1
            found = [[measure(side) for side in (then, now)] for _ in range(rounds)]  # alternating: the machine is noisy
            before, after = (min(column) for column in zip(*found, strict=True))
            print(f"{name:<28} {before:>9.2f} {unit:>2} {after:>9.2f} {unit:>2} {before / after:>7.1f}x", flush=True)
    finally:
        subprocess.run([*git, "remove", "--force", str(worktree)], check=True)


if __name__ == "__main__":
    main()
