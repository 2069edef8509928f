"""Two arms whose risks are beta and whose rates are gamma, independently; the effect follows from both."""

from __future__ import annotations

import numpy as np
from calibration.sbc.simulated import Random, Report, by_arm


def risks(random: Random, measure: str, n: tuple[int, int], priors: tuple[tuple[float, float], ...]) -> tuple[float, Report]:
    """Draw both risks and the counts, and return the effect with the report."""
    a, b = (np.array(column) for column in zip(*priors, strict=True))
    first, second = random.gamma(a), random.gamma(b)  # a beta is a gamma over the sum of two
    t, c = first / (first + second)
    events = [int(random.binomial(size, p)) for size, p in zip(n, (t, c), strict=True)]
    odds = np.log(first) - np.log(second)
    effect = {"risk_difference": t - c, "risk_ratio": np.log(t) - np.log(c), "odds_ratio": odds[0] - odds[1]}[measure]
    return float(effect), Report({"kind": "binary", **by_arm(events=events, n=n)}, {"control": float(c)})


def rates(random: Random, measure: str, n: tuple[int, int], priors: tuple[tuple[float, float], ...]) -> tuple[float, Report]:
    """Draw both rates and the totals of n persons each, and return the log rate ratio with the report."""
    t, c = (random.gamma(shape, 1 / rate) for shape, rate in priors)
    events = [int(random.poisson(size * rate)) for size, rate in zip(n, (t, c), strict=True)]
    return float(np.log(t) - np.log(c)), Report({"kind": "events", "dispersion": "poisson", **by_arm(events=events, n=n)}, {"control": float(c)})
