"""Events of persons whose counts are Poisson, negative binomial, Poisson-lognormal or zero-inflated.

Every person is drawn. A report of more than `most` events in all is not of this kind: rates have wide priors, and such
a report would be slow to read.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from calibration.sbc.simulated import SIDES, Random, Report, by_arm
from numpy.typing import NDArray

TOO_HIGH = 1e7  # a rate at which any person exceeds every accepted total
Persons = Callable[[float, int], NDArray[np.int64]]  # (mean count, n) -> the count of every person
Sizes = tuple[int, int]
Normal = tuple[float, float]


def _report(random: Random, effect: float, n: Sizes, a: float, draw: list[Persons], known: dict[str, float], most: int,
            affected: bool = True, dispersion: str | None = None) -> Report | None:  # fmt: skip
    """Return totals of both arms and, where `affected`, the persons with an event."""
    counts = [arm(float(np.exp(a + side * effect)), size) for arm, side, size in zip(draw, SIDES, n, strict=True)]
    events = [int(each.sum()) for each in counts]
    if sum(events) > most:
        return None
    columns = {"events": events, "n": n} | ({"persons": [int((each > 0).sum()) for each in counts]} if affected else {})
    stated = {} if dispersion is None else {"dispersion": dispersion}
    return Report({"kind": "events", **stated, **by_arm(**columns)}, {"mid_log_rate": a} | known)


def _poisson(random: Random, rates: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return Poisson counts; a rate beyond every accepted total counts as that."""
    return random.poisson(np.minimum(rates, TOO_HIGH))


def poisson(random: Random, effect: float, n: Sizes, mid: Normal, most: int) -> Report | None:
    """Draw counts of persons who all have the same rate."""
    draw = [lambda mean, size: _poisson(random, np.full(size, mean))] * 2
    return _report(random, effect, n, random.normal(*mid), draw, {}, most, affected=False, dispersion="poisson")


def _negative_binomial(random: Random, k: float) -> list[Persons]:
    """Return the counts of persons whose rates are gamma with shape k."""
    return [lambda mean, size: _poisson(random, mean * random.gamma(k, 1 / k, size))] * 2


def totals(random: Random, effect: float, n: Sizes, mid: Normal, log_size: Normal, most: int) -> Report | None:
    """Draw over-dispersed counts, of which only the totals are printed."""
    a, log_k = random.normal(*mid), random.normal(*log_size)
    draw = _negative_binomial(random, np.exp(log_k))
    return _report(random, effect, n, a, draw, {"log_size": log_k}, most, affected=False)


def in_persons(random: Random, effect: float, n: Sizes, mid: Normal, log_size: Normal, most: int) -> Report | None:
    """Draw over-dispersed counts, printed with the persons with an event."""
    a, log_k = random.normal(*mid), random.normal(*log_size)
    return _report(random, effect, n, a, _negative_binomial(random, np.exp(log_k)), {"log_size": log_k}, most)


def lognormal(random: Random, effect: float, n: Sizes, mid: Normal, log_sigma: Normal, most: int) -> Report | None:
    """Draw counts of persons whose rates are log-normal about a mean, which is that of the arm."""
    a, log_sd = random.normal(*mid), random.normal(*log_sigma)
    sigma = float(np.exp(log_sd))

    def draw(mean: float, size: int) -> NDArray[np.int64]:
        return _poisson(random, mean * np.exp(sigma * random.standard_normal(size) - sigma**2 / 2))

    return _report(random, effect, n, a, [draw] * 2, {"log_sigma": log_sd}, most)


def zero_inflated(random: Random, effect: float, n: Sizes, mid: Normal, most: int) -> Report | None:
    """Draw a share of each arm that never has an event, uniform, and the counts of the others."""
    a, never = random.normal(*mid), random.uniform(size=2)

    def draw(w: float) -> Persons:
        return lambda mean, size: _poisson(random, np.where(random.random(size) < w, 0.0, mean / (1 - w)))

    known = {"never_treatment": float(never[0])}
    return _report(random, effect, n, a, [draw(w) for w in never], known, most)
