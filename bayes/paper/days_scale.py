"""The distribution of days alive and free under proportional odds, from draws of the parameters of its shape."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.paper.evidence.days_free import DaysFree

SHAPE = ("floor_log_odds", "mid_log_days", "log_steepness")
"""The names of the parameters: a, m and log b of METHODS 1."""


def cumulative(evidence: DaysFree, shape: Mapping[str, FloatArray], shift: FloatArray) -> FloatArray:
    """Return P(Y <= d) for every d from the floor to the maximum.

    Parameters
    ----------
    evidence : DaysFree
        With its floor and its maximum.
    shape : mapping of ndarray, shape (...)
        By the names in `SHAPE`.
    shift : ndarray, shape (...)
        By which an arm's log odds of at most d days are lower than midway between the arms.

    Returns
    -------
    ndarray, shape (..., day)
    """
    at_floor, middle, log_steepness = (np.asarray(shape[name], dtype=float)[..., None] for name in SHAPE)
    by = np.asarray(shift, dtype=float)[..., None]
    reached = np.arange(1, evidence.maximum - evidence.floor)
    position = np.log(reached) - np.log(evidence.maximum - evidence.floor - reached)
    t = np.exp(log_steepness) * (position - middle)
    log_odds = np.concatenate([at_floor - by, np.logaddexp(at_floor, t + np.logaddexp(0.0, at_floor)) - by], axis=-1)
    upto = np.exp(-np.logaddexp(0.0, -log_odds))
    return np.concatenate([upto, np.ones_like(upto[..., :1])], axis=-1)
