"""What a bare test result says of a standardised effect d: shared by `reported_p` and `reported_p_small_sample`."""

from __future__ import annotations

from math import log, pi

import pytensor.tensor as pt

from bayes.effects import ci_quantile
from bayes.models.normal import log_ndtr_between

FAR = 1e6  # stands for an unbounded end of a region of z
NEVER = -1e12  # log weight of a direction that the report rules out


def region(outcome, degrees_of_freedom: int | None) -> dict[str, float]:
    """The reported region of the test statistic, oriented by `favours`.

    A point `z` (with `is_point` = 1) or the interval `low` to `high`, the standard error `s`, and the log weights of
    both directions of d: (0, 0) when the direction is unknown.
    """
    evidence = outcome.evidence
    p = getattr(evidence, "p", None)

    def critical(two_sided: float) -> float:
        if two_sided >= 1:
            return 0.0
        return ci_quantile(1 - two_sided, degrees_of_freedom)

    doubled = evidence.sides == 1  # a one-sided p of 0.03 is where a two-sided one of 0.06 is
    if p is not None and not isinstance(p, str):
        point = (
            critical(float(p) * (2 if doubled else 1))
            if not doubled or float(p) <= 0.5
            else -critical(2 - 2 * float(p))
        )
        span = {"z": point, "low": -1.0, "high": 1.0, "is_point": 1.0}
    else:
        bound = float(p.removeprefix("<")) if p is not None else float(evidence.alpha)
        limit = critical(bound * (2 if doubled else 1))
        inside = evidence.kind == "significance" and not evidence.significant
        span = {"z": 0.0, "low": 0.0 if inside else limit, "high": limit if inside else FAR, "is_point": 0.0}
    raises = evidence.favours != ("control" if outcome.sign > 0 else "treatment")
    folded = evidence.favours == "unknown"
    return span | {
        "s": outcome.standard_error,
        "log_weight_up": 0.0 if raises or folded else NEVER,
        "log_weight_down": 0.0 if not raises or folded else NEVER,
    }


def folded(d, data, scale):
    """Log likelihood of d in either direction; `scale` multiplies every reported value of the statistic."""
    up = data["log_weight_up"] + _one_direction(d, data, scale)
    down = data["log_weight_down"] + _one_direction(-d, data, scale)
    return pt.logaddexp(up, down)


def _one_direction(d, data, scale):
    density = -0.5 * (data["z"] * scale - d) ** 2 - 0.5 * log(2 * pi) + pt.log(scale)
    tail = log_ndtr_between(data["low"] * scale - d, data["high"] * scale - d)
    return pt.switch(data["is_point"], density, tail)
