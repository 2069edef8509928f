"""What a synthesis of 200 trials costs: `python tests/benchmarks/synthesis_200.py [binary] [estimate]`.

Writes 200 trials with a planted mean and heterogeneity through `bayes import`, and prints seconds of wall and of CPU for
each step that a reader waits for, and the size of the page; nothing is asserted.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

TRIALS, MU, TAU = 200, -0.2, 0.25
MEASURES = {"binary": "odds_ratio", "estimate": "hazard_ratio"}


def simulate(kind: str) -> pd.DataFrame:
    """Counts of trials of 25 to 2,000 patients an arm, a few without events; or estimates with their intervals."""
    random = np.random.default_rng(200)
    theta = random.normal(MU, TAU, TRIALS)
    year = random.integers(1984, 2026, TRIALS)
    named = {"study": [f"Trial {i:03} {y}" for i, y in enumerate(year)], "year": year}
    if kind == "estimate":
        se = np.clip(np.exp(random.normal(np.log(0.22), 0.6, TRIALS)), 0.04, 1.2)
        y = random.normal(theta, se)
        limits = {"hr": y, "ci_low": y - 1.96 * se, "ci_high": y + 1.96 * se}
        return pd.DataFrame(named | {name: np.exp(values).round(2) for name, values in limits.items()})
    n, base = np.exp(random.normal(4.3, 1.0, TRIALS)).astype(int) + 12, random.normal(-2.0, 0.9, TRIALS)
    arms = {"ai": random.binomial(n, expit(base + theta)), "n1i": n, "ci": random.binomial(n, expit(base)), "n2i": n}
    return pd.DataFrame(named | arms)


def clock(what: str, *words: str) -> None:
    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    started, before = time.perf_counter(), spent()
    run = subprocess.run([sys.executable, "-m", "bayes", *words], capture_output=True, text=True, env=os.environ | {"COLUMNS": "80"})
    wall, cpu = time.perf_counter() - started, spent() - before
    print(f"{what:<34} {wall:7.1f} s {cpu:7.1f} s CPU {len(run.stdout.splitlines()):6} lines, exit {run.returncode}", flush=True)


def main() -> None:
    for kind in sys.argv[1:] or MEASURES:
        with tempfile.TemporaryDirectory() as made:
            table, folder, results = Path(made) / "many.csv", Path(made) / "many", Path(made) / "results"
            simulate(kind).to_csv(table, index=False)
            print(f"{TRIALS} trials, {kind}")
            columns = ("--columns", "estimate=hr,ci_low=ci_low,ci_high=ci_high") if kind == "estimate" else ()
            asked = ("--benefit", "lower", "--measure", MEASURES[kind], *columns)
            clock("import", "import", str(table), *asked, "--out", str(folder))
            synthesis = str(folder / "many.toml")
            clock("check", "check", str(folder))
            clock("show", "show", synthesis)
            clock("fit under the neutral prior", "fit", synthesis, "--prior", "neutral")
            clock("regenerate the synthesis", "regenerate", synthesis, "--results", str(results))
            clock("report", "report", "--results", str(results))
            for page in (results / "report" / "syntheses").glob("*.html"):
                print(f"{'its page':<34} {page.stat().st_size / 1e3:7.0f} kB")


if __name__ == "__main__":
    main()
