"""Patients in ordered categories, under proportional odds and with two departures from them.

The prior of the category shares depends on how many levels have a patient, so that a table is kept only where every
level of the truth has one: given this event, which depends on the data alone, that prior is the one of the analysis.
"""

from __future__ import annotations

import numpy as np
from calibration.sbc.simulated import SIDES, Random, Report, by_arm
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
ENOUGH = 1000  # attempts at a pair of cutpoints and departure, of which about one in two succeeds


def _cutpoints(random: Random, levels: int) -> Floats:
    """Draw the log odds of each level and better, midway between the arms: shares are Dirichlet, as in rmsb."""
    shares = random.dirichlet(np.full(levels, 1 / (0.8 + 0.35 * max(levels, 3))))
    with np.errstate(divide="ignore"):
        return np.log(np.cumsum(shares)[:-1]) - np.log(np.cumsum(shares[::-1])[::-1][1:])


def _counts(random: Random, at: Floats, effects: Floats, n: tuple[int, int]) -> list[NDArray[np.int64]]:
    """Draw the table from the log odds and the log odds ratio at every cut."""
    counts = []
    for side, size in zip(SIDES, n, strict=True):
        upto = np.concatenate([[0.0], expit(at + side * effects), [1.0]])
        cells = np.clip(np.diff(upto), 0, None)
        counts.append(random.multinomial(size, cells / cells.sum()))
    return counts


def _middle(at: Floats) -> dict[str, float]:
    """Return the cutpoint in the middle by its name."""
    place = len(at) // 2
    return {f"cutpoint[{place}]": float(at[place])}


def _table(counts: list[NDArray[np.int64]], known: dict[str, float], empty: tuple[int, ...]) -> Report | None:
    """Return a full table, in which the categories named in `empty` have no patient."""
    if (counts[0] + counts[1]).min() == 0:
        return None
    whole = [[int(x) for x in np.insert(arm, [place - i for i, place in enumerate(empty)], 0)] for arm in counts]
    categories = [str(k) for k in range(len(whole[0]))]
    return Report({"kind": "ordinal", "categories": categories, "treatment": whole[0], "control": whole[1]}, known)


def proportional(random: Random, effect: float, n: tuple[int, int], levels: int, empty: tuple[int, ...] = ()) -> Report | None:
    """Draw a table whose log odds ratio is the effect at every cut; `empty` are places of unused categories."""
    at = _cutpoints(random, levels)
    return _table(_counts(random, at, np.full(levels - 1, effect), n), _middle(at), empty)


def cuts(random: Random, effect: float, n: tuple[int, int], places: tuple[int, ...]) -> Report | None:
    """Draw a table of which only dichotomies after these places of seven categories are printed."""
    at = _cutpoints(random, len(places) + 1)
    counts = _counts(random, at, np.full(len(places), effect), n)
    if (counts[0] + counts[1]).min() == 0:
        return None
    below = [[int(x) for x in np.cumsum(arm)[:-1]] for arm in counts]
    printed = [{"at_most": str(k), **by_arm(events=[arm[i] for arm in below], n=n)} for i, k in enumerate(places)]
    return Report({"kind": "ordinal_cut", "categories": list("0123456"), "cuts": printed}, _middle(at))


def _partial(random: Random, effect: float, n: tuple[int, int], g: Floats, sd: float, empty: tuple[int, ...]) -> Report | None:
    """Draw a table whose log odds ratio is the effect plus a departure in the direction g.

    Cutpoints and departure are drawn together until all cells of both arms are positive, which does not depend on the
    effect.
    """
    for _ in range(ENOUGH):
        at, gamma = _cutpoints(random, len(g) + 1), random.normal(0, sd)
        if all((np.diff(at + side * gamma * g) > 0).all() for side in SIDES):
            return _table(_counts(random, at, effect + gamma * g, n), _middle(at) | {"departure": gamma}, empty)
    raise RuntimeError("no departure leaves all cells positive")


def drifting(random: Random, effect: float, n: tuple[int, int], levels: int, sd: float, empty: tuple[int, ...] = ()) -> Report | None:
    """Draw a table whose log odds ratio changes linearly over the cuts, with the effect as its average."""
    return _partial(random, effect, n, np.linspace(-1, 1, levels - 1), sd, empty)


def worst_apart(random: Random, effect: float, n: tuple[int, int], levels: int, sd: float, empty: tuple[int, ...] = ()) -> Report | None:
    """Draw a table whose log odds ratio is the effect at every cut but the last."""
    return _partial(random, effect, n, np.eye(levels - 1)[-1], sd, empty)
