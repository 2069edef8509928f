"""Where the time of a posterior goes, first and again: `python tests/benchmarks/stages.py [TARGET ...]`.

Fits and stores every posterior of the targets (everything shipped by default) twice in one process and prints, for both
passes, the seconds spent in each stage and their share; nothing is asserted. A stage's time is without that of stages
inside it. `--fresh N` compares a refit with a fresh `pm.sample` of the textbook model, for N outcomes.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from bayes.analysis.analysis import Analysis
from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets
from bayes.fitting import until_sound
from bayes.fitting.textbook import written_out
from bayes.posterior import cross_check, gate, measured
from bayes.priors.sets import as_set
from bayes.results import store, workers
from bayes.sampler import draws, engine
from bayes.sampler.compiled import MachineGraph

STAGES = {  # where a stage is entered: an object and the name of its function
    "compile": (engine, "compiled"),
    "build the graph": (engine.Engine, "_compiled"),
    "sample": (MachineGraph, "sample"),
    "quadrature": (cross_check, "exact_answers"),
    "explain a synthesis": (until_sound, "explain"),
    "describe": (draws, "describe"),
    "diagnose": (gate, "diagnostics"),
    "measure": (measured, "measure"),
    "store": (store, "save"),
    "fit": (until_sound, "sample_posterior"),
}


class Clock:
    """Seconds by stage; a stage inside another stops the clock of the other."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = time.perf_counter()

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def around(self, stage: str, function):
        """A function that is timed as a stage."""

        def timed(*arguments, **more):
            self._turn()
            self._open.append(stage)
            try:
                return function(*arguments, **more)
            finally:
                self._turn()
                self._open.pop()

        return timed


def timed_pass(analyses: Sequence[Analysis], own: engine.Engine, folder: Path) -> tuple[dict[str, float], float]:
    """Seconds by stage, and in all, of fitting and storing every analysis."""
    clock, kept = Clock(), {stage: getattr(*place) for stage, place in STAGES.items()}
    try:
        for stage, (owner, name) in STAGES.items():
            setattr(owner, name, clock.around(stage, kept[stage]))
        started = time.perf_counter()
        for analysis in analyses:
            done = workers.fit_and_save(analysis, folder, None, own)
            if done.status != "ok":
                print(f"{done.key}: {done.status}, {done.reason}")
        return clock.seconds, time.perf_counter() - started
    finally:
        for stage, (owner, name) in STAGES.items():
            setattr(owner, name, kept[stage])


def against_fresh(analyses: Sequence[Analysis], own: engine.Engine, count: int) -> None:
    """Print a refit beside a fresh `pm.sample` of the textbook model."""
    import pymc as pm

    for analysis in [a for a in analyses if a.model == "single_trial"][:: max(1, len(analyses) // count)][:count]:
        started = time.perf_counter()
        until_sound.sample_posterior(analysis, engine=own)
        again = time.perf_counter() - started
        started = time.perf_counter()
        with written_out(analysis):
            pm.sample(progressbar=False, random_seed=1)
        fresh = time.perf_counter() - started
        print(f"{analysis.key:<56} refit {again:6.2f} s, fresh pm.sample {fresh:6.2f} s: {fresh / again:5.0f} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", nargs="*")
    parser.add_argument("--fresh", type=int, default=0)
    arguments = parser.parse_args()
    analyses = make_plan(find_targets(arguments.target), as_set("default")).analyses
    own = engine.Engine()
    with tempfile.TemporaryDirectory() as folder:
        passes = [timed_pass(analyses, own, Path(folder)) for _ in range(2)]
    print(f"{len(analyses)} posteriors, {len(own.compiled)} structures")
    print(f"{'seconds':<22}{'first':>9}{'again':>9}{'share':>8}")
    for stage in STAGES:
        first, again = (seconds[stage] for seconds, _ in passes)
        print(f"{stage:<22}{first:>9.1f}{again:>9.1f}{again / passes[1][1]:>8.0%}")
    print(f"{'all':<22}{passes[0][1]:>9.1f}{passes[1][1]:>9.1f}")
    print(f"a posterior again: {passes[1][1] / len(analyses):.3f} s")
    if arguments.fresh:
        against_fresh(analyses, own, arguments.fresh)


if __name__ == "__main__":
    main()
