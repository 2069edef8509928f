"""The likelihood of a standardised effect d given a bare test result (for `reported_p*`)."""

from __future__ import annotations

from math import log, pi

import pytensor.tensor as pt

from bayes.base.measures import TestStatistic
from bayes.models.shared.normal import log_ndtr_between

FAR = 1e6  # the unbounded end of a region of z
NEVER = -1e12  # log weight of a direction that the report excludes


def region(outcome, statistic: TestStatistic) -> dict[str, float]:
    """Return the reported region of the test statistic, oriented by `favours`; all scalars.

    Returns
    -------
    dict
        A point `z` (with `is_point` = 1) or the interval `low` to `high`, the standard error `s` (analysis scale), and
        the log weights of both directions of d: (0, 0) when the direction is unknown.
    """
    evidence = outcome.evidence
    p = getattr(evidence, "p", None)
    reported = statistic.quantile(evidence.upper_tail)
    if p is not None and not isinstance(p, str):
        span = {"z": reported, "low": -1.0, "high": 1.0, "is_point": 1.0}
    else:
        inside = evidence.falls_short
        span = {"z": 0.0, "low": 0.0 if inside else reported, "high": reported if inside else FAR, "is_point": 0.0}
    raises = evidence.favours != ("control" if outcome.sign > 0 else "treatment")
    folded = evidence.favours == "unknown"
    return span | {
        "s": outcome.standard_error,
        "log_weight_up": 0.0 if raises or folded else NEVER,
        "log_weight_down": 0.0 if not raises or folded else NEVER,
    }


def folded(d, data, ratio=1.0, central=0.0):
    """Return the log likelihood of d, summed over both directions with their weights, (trial,).

    Given u = `ratio`, the standardised distance of a reported value from its expectation is (value - d) u where
    `central` is one, and value u - d where it is zero.

    Parameters
    ----------
    d : tensor, shape (trial,)
        Effect in standard errors.
    data : dict of tensors, shape (trial,)
        As `region` returns it.
    ratio : tensor, shape (trial,)
        Ratio of the sample SD to the true SD.
    central : tensor, shape (trial,)
        One for a central t, zero for a noncentral t.
    """
    at_d = pt.switch(central, ratio, 1.0)
    up = data["log_weight_up"] + _one_direction(d * at_d, data, ratio)
    down = data["log_weight_down"] + _one_direction(-d * at_d, data, ratio)
    return pt.logaddexp(up, down)


def _one_direction(d, data, scale):
    density = -0.5 * (data["z"] * scale - d) ** 2 - 0.5 * log(2 * pi) + pt.log(scale)
    tail = log_ndtr_between(data["low"] * scale - d, data["high"] * scale - d)
    return pt.switch(data["is_point"], density, tail)
