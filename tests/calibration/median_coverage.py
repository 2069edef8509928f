"""How often the 95% interval from medians and quartiles holds the truth: `python tests/calibration/median_coverage.py`.

Patients are drawn from a normal, a log-normal, a gamma and an exponential distribution; what is printed are R's default
quantiles of each arm, to four digits. They are read as the rule of the package says, as the file states, or as gamma
observations. Posteriors are by quadrature under a flat prior. Writes tests/reference/median_coverage.json after every
cell; takes half an hour on two cores. A word or more after the number of simulations restricts it to the cells whose names have it,
and leaves the others of the record as they are.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib.metadata import version
from math import log
from multiprocessing import get_context
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.trials import make_analysis, make_outcome

from bayes.likelihoods.fingerprint import source_hash
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.quadrature.families import GAMMA
from bayes.quadrature.medians import curve_of_family
from bayes.sensitivity.subject import Subject

OUT = Path(__file__).parents[1] / "reference" / "median_coverage.json"
SIMULATIONS, SEED, EFFECTS = 400, 20261129, {"mean_difference": 0.4, "mean_ratio": log(0.7)}
SIZES, RANGES = (10, 30, 100), (False, True)
SHAPE = 2.0  # of a gamma distribution
CELLS = [  # measure, patients, how they are read, whether that is their own family
    ("mean_difference", "normal", "by the rule", True),
    ("mean_difference", "log-normal", "by the rule", True),
    ("mean_difference", "log-normal", "as normal", False),
    ("mean_ratio", "log-normal", "by the rule", True),
    ("mean_ratio", "exponential", "by the rule", False),
    ("mean_ratio", "gamma", "by the rule", False),
    ("mean_ratio", "gamma", "as gamma", True),
]


def drawn(random: np.random.Generator, family: str, measure: str, treated: bool, n: int) -> np.ndarray:
    """Patients of one arm; under a wrong family, too, the medians of the arms are apart by the effect."""
    effect = EFFECTS[measure] if treated else 0.0
    if family in ("exponential", "gamma"):
        return np.exp(effect) * random.gamma(SHAPE if family == "gamma" else 1.0, 10.0, n)
    values = random.standard_normal(n)
    if family == "normal":
        return 10 + effect + values
    return np.exp(2.3 + 0.8 * values + effect) if measure == "mean_ratio" else (1 + effect) * np.exp(0.5 * values)


def printed(values: np.ndarray, with_range: bool) -> dict:
    low, middle, high = (float(f"{v:.4g}") for v in np.quantile(values, (0.25, 0.5, 0.75)))
    arm = {"median": middle, "quartiles": [low, high], "n": len(values)}
    return arm | ({"range": [float(f"{v:.4g}") for v in (values.min(), values.max())]} if with_range else {})


def covered(task: tuple[str, str, str, int, bool, int]) -> bool:
    """Whether one simulated report's interval holds the true effect."""
    measure, family, read, n, with_range, number = task
    random = np.random.default_rng([SEED, number, n, int(with_range), len(family), len(measure)])
    arms = {
        arm: printed(drawn(random, family, measure, arm == "treatment", n), with_range) for arm in ("treatment", "control")
    }
    stated = {"family": "normal"} if read == "as normal" else {}
    outcome = make_outcome(measure, "higher", {"kind": "medians", **arms, **stated})
    if read == "as gamma":
        subject = Subject.of(outcome, "normal(0, 20)")
        limits = subject.interval(subject.posterior_of(curve_of_family(outcome, GAMMA)))
        return limits["estimate_low"] <= np.exp(EFFECTS[measure]) <= limits["estimate_high"]
    answer = exact_answers(make_analysis(outcome, "normal(0, 20)"))[EFFECT]
    return answer.ci_low <= EFFECTS[measure] <= answer.ci_high


def main(simulations: int = SIMULATIONS, only: str = "") -> None:
    cells = json.loads(OUT.read_text())["cells"] if only else {}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for measure, family, read, right in CELLS:
            for n in SIZES:
                for with_range in RANGES:
                    name = f"{measure}, {family} patients {read}, n {n}, {'range and ' if with_range else ''}quartiles"
                    if only not in name or (read == "as gamma" and with_range):  # ten times as slow as the others
                        continue
                    tasks = [(measure, family, read, n, with_range, i) for i in range(simulations)]
                    share = float(np.mean(list(pool.map(covered, tasks, chunksize=25))))
                    cells[name] = {"right_family": right, "coverage": share}
                    print(f"{name:85} {share:.4f}", flush=True)
                    write(simulations, cells)


def write(simulations: int, cells: dict) -> None:
    record = {
        "date": date.today().isoformat(),
        "seed": SEED,
        "simulations": simulations,
        "versions": {"numpy": version("numpy"), "scipy": version("scipy")},
        "models": source_hash("single_trial", ("order_statistics",)),
        "cells": cells,
    }
    OUT.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]), *sys.argv[2:3])
