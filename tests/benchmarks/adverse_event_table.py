"""What a table of 714 adverse events in 27 body systems costs: `python tests/benchmarks/adverse_event_table.py`.

Prints seconds, CPU seconds and peak memory of the rows fitted alone, of the hierarchy and of the report, each in a
process of its own, and the size of the largest page; nothing is asserted. `--terms` and `--systems` change the table,
whose counts are drawn from planted risks: most terms have one or two events, and a few are raised threefold.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets
from bayes.priors.sets import as_set
from bayes.report import write
from bayes.results import regenerate
from bayes.results.fits import engine_of_this_worker, fit_and_save

PERSONS = 1650  # in each arm
RAISED = 12  # terms with three times the odds under treatment
TRIAL = """id = "invented"
title = "An invented trial"
year = 2026
condition = "none"
design = "simulated"
arms = {{ treatment = "drug", control = "placebo" }}
n = {{ treatment = {n}, control = {n} }}

[outcomes.serious]
label = "Serious adverse events"
measure = "odds_ratio"
benefit = "lower"
source = "simulated"

[outcomes.serious.evidence]
kind = "adverse_events"
n = {{ treatment = {n}, control = {n} }}
rows = [
{rows}
]
"""
PRIORS = """id = "both"
[effect.neutral]
rule = "neutral"
rationale = "Each row alone."
[hierarchy.berry]
rationale = "All rows jointly."
"""


def simulate(terms: int, systems: int) -> str:
    """The file of an invented trial; terms without an event are not listed, so others are drawn in their place."""
    random, rows = np.random.default_rng(714), []
    typical = random.normal(-7, 0.7, systems)
    while len(rows) < terms:
        system = len(rows) % systems
        base = typical[system] + random.normal(0, 0.9)
        log_odds = base + np.array([np.log(3) if len(rows) < RAISED else 0.0, 0.0])
        treatment, control = random.binomial(PERSONS, 1 / (1 + np.exp(-log_odds)))
        if treatment + control:
            arms = f"treatment = {{ persons = {treatment} }}, control = {{ persons = {control} }}"
            rows.append(f'  {{ soc = "Body system {system}", term = "Term {len(rows)}", {arms} }},')
    return TRIAL.format(n=PERSONS, rows="\n".join(rows))


def fit(folder: Path, prior: str) -> str:
    """Fit the table under one prior of the set and store the posterior."""
    plan = make_plan(find_targets([str(folder / "invented.toml")]), as_set(folder / "both.toml"), [prior])
    done = fit_and_save(plan.analyses[0], folder / "results", 2, engine_of_this_worker())
    return f"{done.status} {done.reason}"


def write_report(folder: Path, _: str) -> str:
    """Collect the summary of what is stored, and write the report."""
    regenerate(folder / "results", [folder / "invented.toml"], prior_set=folder / "both.toml", jobs=1)
    (page,) = (write(folder / "results").index.parent / "outcomes").glob("*.html")
    return f"page of {page.stat().st_size / 1000:.0f} kB"


STEPS = {"rows alone": (fit, "neutral"), "hierarchy": (fit, "berry"), "summary and report": (write_report, "")}


def measured(step: str, folder: Path) -> str:
    """The seconds and the peak memory of a step, in this process, and what it says."""
    function, prior = STEPS[step]
    started, cpu = time.perf_counter(), time.process_time()
    said = function(folder, prior)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{step:<20}{seconds:8.1f} s{cpu:8.1f} s CPU{peak:8.0f} MB  {said}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--terms", type=int, default=714)
    parser.add_argument("--systems", type=int, default=27)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "invented.toml").write_text(simulate(arguments.terms, arguments.systems), encoding="utf-8")
        (folder / "both.toml").write_text(PRIORS, encoding="utf-8")
        for step in STEPS:
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
                print(alone.submit(measured, step, folder).result(), flush=True)


if __name__ == "__main__":
    main()
