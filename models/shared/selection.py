"""Selective reporting in a PyMC graph: log [Pi + omega (1 - Pi)] of each trial as a spline in theta / s."""

from __future__ import annotations

import numpy as np

from bayes.models.shared import spline
from bayes.paper.selective_reporting import log_printed

GRID = np.linspace(-60.0, 60.0, 1201)  # of theta / s


def row(outcome, omega: float) -> dict[str, np.ndarray]:
    """One trial's spline and its standard error; with omega = 1 the spline is zero."""
    s = outcome.standard_error
    values = np.zeros_like(GRID) if omega == 1 else log_printed(GRID * s, outcome, omega)
    return {"selection": spline.table(GRID, values), "selection_se": np.array(s)}


def log_chance(theta, data):
    """log of how likely each report was to be printed, shape (trial,)."""
    return spline.evaluate(theta / data["selection_se"], data["selection"], GRID)
