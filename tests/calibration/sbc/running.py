"""The simulations of cases, one process per case and route, and another four times as many where one is outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from time import process_time
from zlib import crc32

import numpy as np
from calibration.sbc import answers
from calibration.sbc.case import Case
from calibration.sbc.designs import every
from calibration.sbc.judged import Judgement
from calibration.sbc.record import Run
from calibration.sbc.sources import Route, hash_of
from calibration.sbc.truths import simulate

from bayes.sampler.engine import Engine

SEED, SECOND_SEED, MORE = 20261130, 20261201, 4
Task = tuple[str, Route, int]  # case, route, number of simulations


def tasks(names: Iterable[str], exact: int | None, sampled: int | None) -> list[Task]:
    """Return what to do for cases, by the numbers of their designs unless others are stated."""
    cases = [every()[name] for name in names]
    both: tuple[tuple[Route, str, int | None], ...] = (("exact", "exact", exact), ("sampled", "sampled", sampled))
    return [
        (case.name, route, wanted or getattr(case, field))
        for case in cases
        for route, field, wanted in both
        if getattr(case, field)
    ]


def run(jobs: int, wanted: list[Task]) -> Iterator[tuple[Task, Run]]:
    """Run tasks in as many processes, and yield each as soon as it is done."""
    if jobs == 1:
        yield from ((task, judged_twice(*task)) for task in wanted)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from zip(wanted, pool.map(_task, wanted), strict=True)


def _task(task: Task) -> Run:
    return judged_twice(*task)


def judged_twice(name: str, route: Route, n: int) -> Run:
    """Run the simulations of a case; where a statistic is outside its band, also four times as many under another seed."""
    case, start = every()[name], process_time()
    first, redrawn = judged(case, route, n, SEED)
    again = judged(case, route, MORE * n, SECOND_SEED)[0] if first.outside else None
    return Run(first, again, redrawn, hash_of(case, route), round(process_time() - start))


def judged(case: Case, route: Route, n: int, seed: int) -> tuple[Judgement, float]:
    """Return the judgement of n simulations, and the share of truths whose reports were not of the kind asked for."""
    places, attempts = [], 0
    for number in range(n):
        random = np.random.default_rng([seed, crc32(f"{case.name}, {route}".encode()), number])
        one = simulate(case, random, seed + number)
        attempts += one.attempts
        if route == "exact":
            places.append(answers.by_quadrature(one.analysis, one.truth))
        else:
            places.append(answers.by_nuts(one.analysis, one.truth, _engine(), random, case.thinned))
        answers.forget()
    return Judgement.of(places), 1 - n / attempts


@cache
def _engine() -> Engine:
    """Return the engine of this process, which keeps its compiled graphs."""
    return Engine()
