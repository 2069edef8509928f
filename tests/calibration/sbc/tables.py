"""Tables of adverse events: terms within body systems, whose effects may be exactly zero (Berry and Berry 2004)."""

from __future__ import annotations

import numpy as np
from calibration.sbc.simulated import ARMS, SIDES, Random, Report
from numpy.typing import NDArray
from scipy.special import expit

MOST = 10**6  # events of a row and arm, above which a table is drawn again


def _within(random: Random, systems: NDArray[np.int64], count: int) -> tuple[float, NDArray[np.float64]]:
    """Draw a grand mean, the means of systems about it, and values of rows about these; every variance is 1/gamma(3, 1)."""
    grand = random.normal(0, 3.1623)
    variance, within = 1 / random.gamma(3), 1 / random.gamma(3, size=count)
    means = random.normal(grand, np.sqrt(variance), count)
    return grand, random.normal(means[systems], np.sqrt(within[systems]))


def table(random: Random, counts: str, n: tuple[int, int], rows: tuple[int, ...], point_mass: bool) -> tuple[NDArray[np.float64], Report] | None:
    """Draw the effect of every row, and the table.

    Parameters
    ----------
    random : Generator
    counts : {"persons", "poisson", "negative_binomial"}
    n : (int, int)
        Patients of each arm.
    rows : tuple of int
        The number of rows of each body system.
    point_mass : bool
        Whether an effect may be exactly zero.
    """
    systems = np.repeat(np.arange(len(rows)), rows)
    _, gamma = _within(random, systems, len(rows))
    grand, theta = _within(random, systems, len(rows))
    if point_mass:
        alpha, beta = 1 + random.gamma(1, size=2)
        none = random.beta(alpha, beta, len(rows))[systems]
        theta = np.where(random.random(len(systems)) < none, 0.0, theta)
    log_k = random.standard_normal(len(systems))
    drawn = []
    for side, size in zip(SIDES, n, strict=True):
        eta = gamma + side * theta
        if counts == "persons":
            drawn.append(random.binomial(size, expit(eta)))
            continue
        mean = size * np.exp(np.minimum(eta, 20.0))
        shape = size * np.exp(log_k)
        drawn.append(random.poisson(mean if counts == "poisson" else np.minimum(mean * random.gamma(shape) / shape, 1e9)))
    if max(column.max() for column in drawn) > MOST:
        return None
    what = "persons" if counts == "persons" else "events"
    stated = [
        {"soc": f"S{system}", "term": f"t{i}"} | {arm: {what: int(column[i])} for arm, column in zip(ARMS, drawn, strict=True)}
        for i, system in enumerate(systems)
    ]
    evidence = {"kind": "adverse_events", "n": dict(zip(ARMS, n, strict=True)), "rows": stated}
    evidence |= {} if counts == "persons" else {"dispersion": counts}
    return theta, Report(evidence, {"gamma[0]": float(gamma[0]), "mu_theta_0": grand})
