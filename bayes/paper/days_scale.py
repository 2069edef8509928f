"""The distribution of days alive and free under proportional odds, from draws of the parameters of its shape."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.paper.evidence.days_free import DaysFree

SHAPE = ("floor_log_odds", "zero_log_odds", "mid_log_days", "log_steepness")
"""The names of the parameters: a, c, m and log b of METHODS 1; c only where the worst rank has a value below 0 days."""


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
    by = np.asarray(shift, dtype=float)[..., None]
    part = {name: np.asarray(shape[name], dtype=float)[..., None] for name in SHAPE if name in shape}
    at_floor, reached = part["floor_log_odds"], np.arange(1, evidence.maximum)
    position = np.log(reached) - np.log(evidence.maximum - reached)
    log_odds = np.exp(part["log_steepness"]) * (position - part["mid_log_days"])
    if evidence.zero_is_apart:
        none = part["zero_log_odds"]
        log_odds = np.concatenate([none, np.logaddexp(none, log_odds + np.logaddexp(0.0, none))], axis=-1)
    whole = np.logaddexp(at_floor, log_odds + np.logaddexp(0.0, at_floor))
    upto = np.exp(-np.logaddexp(0.0, by - np.concatenate([at_floor, whole], axis=-1)))
    return np.concatenate([upto, np.ones_like(upto[..., :1])], axis=-1)
