"""Persons with an event: two risks, risks known within bounds, patients as their own controls, and a single risk."""

from __future__ import annotations

import numpy as np
from calibration.sbc.simulated import SIDES, Random, Report, by_arm
from scipy.special import expit
from scipy.stats import truncnorm


def _counted(random: Random, risks: list[float], n: tuple[int, int], known: dict[str, float], zero: bool) -> Report | None:
    """Return counts of both arms; with `zero` only where an arm has no event."""
    events = [int(random.binomial(size, risk)) for size, risk in zip(n, risks, strict=True)]
    if zero and min(events) > 0:
        return None
    return Report({"kind": "binary", **by_arm(events=events, n=n)}, known)


def odds_ratio(random: Random, effect: float, n: tuple[int, int], mid: tuple[float, float], zero: bool = False) -> Report | None:
    """Draw the mean of both log odds, which are half the effect from it, and the counts."""
    a = random.normal(*mid)
    return _counted(random, [expit(a + side * effect) for side in SIDES], n, {"mid_log_odds": a}, zero)


def risk_ratio(random: Random, effect: float, n: tuple[int, int], mid: tuple[float, float], zero: bool = False) -> Report | None:
    """Draw the mean of both log risks, below -|effect|/2 so that neither risk exceeds 1, and the counts."""
    mean, sd = mid
    a = float(truncnorm.rvs(-np.inf, (-abs(effect) / 2 - mean) / sd, mean, sd, random_state=random))
    risks = [min(float(np.exp(a + side * effect)), 1.0) for side in SIDES]
    return _counted(random, risks, n, {"mid_log_risk": a}, zero)


def risk_difference(random: Random, effect: float, n: tuple[int, int], zero: bool = False) -> Report | None:
    """Draw the mean of both risks, uniform where both are between 0 and 1, and the counts."""
    m = random.uniform(abs(effect) / 2, 1 - abs(effect) / 2)
    return _counted(random, [m + side * effect for side in SIDES], n, {"mid_risk": m}, zero)


def within_bounds(random: Random, effect: float, n: tuple[int, int], mid: tuple[float, float], at_most: int) -> Report | None:
    """Draw counts, and print those up to a threshold as a bound; a report in which both are printed is not of this kind."""
    a = random.normal(*mid)
    events = [int(random.binomial(size, expit(a + side * effect))) for size, side in zip(n, SIDES, strict=True)]
    if min(events) > at_most:
        return None
    arms = [{"at_most": at_most} if x <= at_most else {"events": x} for x in events]
    stated = {arm: found | {"n": size} for arm, found, size in zip(("treatment", "control"), arms, n, strict=True)}
    return Report({"kind": "censored_counts", **stated}, {"mid_log_odds": a})


def pairs(random: Random, effect: float, discordant: int) -> Report:
    """Draw how many of the patients with the event under one treatment only had it under the new one."""
    b = int(random.binomial(discordant, expit(effect)))
    return Report({"kind": "paired_counts", "treatment_only": b, "control_only": discordant - b, "both": 4, "neither": 9})


def proportion(random: Random, effect: float, n: int, goal: float) -> Report:
    """Draw the events of a single arm, whose risk is the effect."""
    return Report({"kind": "proportion", "events": int(random.binomial(n, effect)), "n": n, "goal": goal})
