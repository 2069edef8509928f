"""Days alive and free of organ support: whole days of every patient, of which quartiles are printed.

Days follow proportional odds. Midway between the arms the odds of the worst rank are exp(a); of the others, where the
worst rank is below 0, the odds of no day are exp(c); days above zero, as shares of the maximum, have log odds that are
logistic with mean m and scale 1/b.
"""

from __future__ import annotations

import numpy as np
from calibration.sbc.simulated import SIDES, Random, Report, by_arm
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]
PRIORS = {"floor_log_odds": (0.0, 2.5), "zero_log_odds": (-1.5, 1.5), "mid_log_days": (0.0, 1.5), "log_steepness": (0.0, 0.75)}


def _distribution(truth: dict[str, float], floor: int, maximum: int) -> Floats:
    """Return P(days <= d) midway between the arms, for d from the floor to the day before the maximum."""
    days = np.arange(1, maximum)
    above = expit(np.exp(truth["log_steepness"]) * (logit(days / maximum) - truth["mid_log_days"]))
    worst = expit(truth["floor_log_odds"])
    if floor < 0:
        none = expit(truth["zero_log_odds"])
        among = np.concatenate([[none], none + (1 - none) * above])
    else:
        among = above
    return np.concatenate([[worst], worst + (1 - worst) * among])


def quartiles(random: Random, effect: float, n: tuple[int, int], maximum: int, floor: int, counted: bool = False) -> Report | None:
    """Draw the days of every patient and print median and quartiles, and with `counted` how many have the worst rank.

    Quantiles have ranks k (n + 1)/4. Where one lies between two patients, as the model reads it, the shares of one that
    the quantiles divide are Dirichlet with the gaps between ranks; no one is counted then.
    """
    truth = {name: float(random.normal(*prior)) for name, prior in PRIORS.items()}
    with np.errstate(divide="ignore"):
        at = logit(_distribution(truth, floor, maximum))
    printed, worst = [], []
    for side, size in zip(SIDES, n, strict=True):
        upto = expit(at - side * effect)  # of more days where higher is better
        ranks = np.arange(1, 4) * (size + 1) / 4
        if (ranks % 1 == 0).all():
            patients = np.sort(random.uniform(size=size))
            places = patients[ranks.astype(int) - 1]
            worst.append(int((patients <= upto[0]).sum()))
        else:
            places = np.cumsum(random.dirichlet(np.full(4, (size + 1) / 4)))[:-1]
        printed.append([floor + int((place > upto).sum()) for place in places])
    columns = {"median": [q[1] for q in printed], "quartiles": [[q[0], q[2]] for q in printed], "n": n}
    columns |= {"at_floor": worst} if counted else {}
    known = {name: value for name, value in truth.items() if name in ("floor_log_odds", "mid_log_days")}
    return Report({"kind": "days_free", "maximum": maximum, "floor": floor, **by_arm(**columns)}, known)
