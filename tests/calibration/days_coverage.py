"""How often the 95% interval from medians of days alive and free holds the truth: `python tests/calibration/days_coverage.py`.

Days from 0 (death, or no day) to 28 under proportional odds with a log odds ratio of 0.3. Midway between the arms 30% have
none, and the days of the others have the shape of the model or, as wrong shapes, are of two groups, or what is missing from
28 days is exponential. What is printed are R's default quantiles of each arm, with the patients at 0 or without them.
Posteriors are by quadrature under a flat prior. Writes tests/reference/days_coverage.json; takes some minutes on two
free cores.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.trials import make_analysis, make_outcome

from bayes.likelihoods.fingerprint import source_hash
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT

OUT = Path(__file__).parents[1] / "reference" / "days_coverage.json"
SIMULATIONS, SEED, EFFECT_SIZE, DIED, MAXIMUM = 100, 20261129, 0.3, 0.3, 28
SIZES, COUNTED = (100, 1000), (True, False)
DAYS = np.arange(MAXIMUM + 1)


def of_survivors(shape: str) -> np.ndarray:
    """P(at most d days) of the others, midway between the arms, for every d from 1 to the maximum."""
    reached = DAYS[1:] / MAXIMUM
    with np.errstate(divide="ignore"):
        log_odds = np.log(reached) - np.log1p(-reached)
    if shape == "two groups":
        return 0.25 / (1 + np.exp(-2 * (log_odds + 1.5))) + 0.75 / (1 + np.exp(-2 * (log_odds - 1.2)))
    if shape == "exponential from the end":
        return np.append(np.exp(-(MAXIMUM - DAYS[1:-1]) / 8.0), 1.0)
    return 1 / (1 + np.exp(-1.5 * (log_odds - 0.8)))


def drawn(random: np.random.Generator, shape: str, treated: bool, n: int) -> np.ndarray:
    """Days of the patients of one arm: one odds ratio at every cut, whatever the shape."""
    upto = np.append(DIED, DIED + (1 - DIED) * of_survivors(shape))
    half = EFFECT_SIZE / 2 * (1 if treated else -1)
    odds = upto[:-1] / (1 - upto[:-1]) * np.exp(-half)
    return DAYS[np.searchsorted(odds / (1 + odds), random.random(n))]


def printed(days: np.ndarray, counted: bool) -> dict:
    low, middle, high = (float(x) for x in np.quantile(days, (0.25, 0.5, 0.75)))
    arm = {"median": middle, "quartiles": [low, high], "n": len(days)}
    return arm | ({"at_floor": int((days == 0).sum())} if counted else {})


def answer_of(arms: dict[str, np.ndarray], counted: bool):
    reports = {name: printed(days, counted) for name, days in arms.items()}
    evidence = {"kind": "days_free", "maximum": MAXIMUM, "floor": 0, **reports}
    return exact_answers(make_analysis(make_outcome("common_odds_ratio", "higher", evidence), "normal(0, 20)"))[EFFECT]


def simulated(shape: str, n: int, number: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng([SEED, number, n, len(shape)])
    return {arm: drawn(random, shape, arm == "treatment", n) for arm in ("treatment", "control")}


def estimated(task: tuple[str, int, bool, int]) -> tuple[bool, float, float]:
    """Whether one simulated report's interval holds the true effect, and its posterior mean and sd."""
    shape, n, counted, number = task
    answer = answer_of(simulated(shape, n, number), counted)
    return answer.ci_low <= EFFECT_SIZE <= answer.ci_high, answer.mean, answer.sd


def main(simulations: int = SIMULATIONS) -> None:
    cells = {}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for shape in ("of the model", "two groups", "exponential from the end"):
            for n in SIZES:
                for counted in COUNTED:
                    tasks = [(shape, n, counted, i) for i in range(simulations)]
                    held, means, sds = zip(*pool.map(estimated, tasks, chunksize=10), strict=True)
                    name = f"{shape}, n {n}, {'with the count at 0' if counted else 'medians and quartiles only'}"
                    cells[name] = {
                        "right_shape": shape == "of the model",
                        "coverage": float(np.mean(held)),
                        "mean": float(np.mean(means)),
                        "error_of_mean": float(np.std(means) / simulations**0.5),
                        "sd": float(np.mean(sds)),
                    }
                    print(f"{name:70}", cells[name], flush=True)
    record = {
        "date": date.today().isoformat(),
        "seed": SEED,
        "simulations": simulations,
        "versions": {"numpy": version("numpy"), "scipy": version("scipy")},
        "models": source_hash("single_trial", ("proportional_odds_of_days",)),
        "cells": cells,
    }
    OUT.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
