"""The selective reporting of each trial in a PyMC graph: log [Pi + omega (1 - Pi)] as a spline in theta / s."""

from __future__ import annotations

import numpy as np

from bayes.models.shared import spline
from bayes.paper.selective_reporting import log_printed

GRID = np.linspace(-60.0, 60.0, 1201)  # grid of theta / s


def row(outcome, omega: float) -> dict[str, np.ndarray]:
    """Return one trial's spline, (interval, 4), and its standard error; the spline is zero for omega = 1.

    omega : how likely a non-significant result is to be published, relative to a significant one.
    """
    s = outcome.standard_error
    values = np.zeros_like(GRID) if omega == 1 else log_printed(GRID * s, outcome, omega)
    return {"selection": spline.table(GRID, values), "selection_se": np.array(s)}


def log_chance(theta, data):
    """Return the log probability of each report to be published, (trial,), relative to a significant one.

    theta : (trial,), on the analysis scale. data : as `row`, each (trial, ...).
    """
    return spline.evaluate(theta / data["selection_se"], data["selection"], GRID)
