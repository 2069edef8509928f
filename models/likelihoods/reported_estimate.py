"""The paper's own estimate with its standard error.

    y_i ~ Normal(theta_i, s_i)

Known: y and s on the analysis scale (from the printed effect and its interval, standard error or p-value).
Estimated: theta. Assumes that the likelihood of the effect is normal on that scale, and that s is known.
"""

from __future__ import annotations

from math import log, pi

import pytensor.tensor as pt

KINDS = ("estimate",)


def prepare(outcome, nuisance) -> dict[str, float]:
    """Return one trial's data, scalars on the analysis scale: `y`, treatment against control, and `s`."""
    y, s = outcome.evidence.on_analysis_scale(outcome.measure)
    return {"y": y, "s": s}


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,).

    theta : (trial,), on the analysis scale. data : as `prepare`, each (trial,).
    """
    return -0.5 * ((data["y"] - theta) / data["s"]) ** 2 - pt.log(data["s"]) - 0.5 * log(2 * pi)


def derived(effect, draws, outcome):
    """Return nothing: only the effect is estimated."""
    return {}
