"""The selective reporting of each trial in a PyMC graph: log [Pi + omega (1 - Pi)] as a spline in theta / s."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.models.shared import spline
from bayes.models.shared.signatures import Report, Row, Tensor
from bayes.paper.selective_reporting import log_printed
from bayes.paper.trial import Outcome

GRID = np.linspace(-60.0, 60.0, 1201)  # grid of theta / s


def row(outcome: Outcome, omega: float) -> Row:
    """Return one trial's spline and its standard error; the spline is zero for omega = 1.

    Parameters
    ----------
    outcome : Outcome
    omega : float
        How likely a non-significant result is to be published, relative to a significant one.

    Returns
    -------
    dict of ndarray
        `selection` (interval, 4) and `selection_se` (), the latter on the analysis scale.
    """
    s = outcome.standard_error
    if s is None:
        raise ValueError("a report that was selected for significance needs a standard error")
    values = np.zeros_like(GRID) if omega == 1 else log_printed(GRID * s, outcome, omega)
    return {"selection": spline.table(GRID, values), "selection_se": np.array(s)}


def observe(effect: Tensor, outcome: Outcome, omega: float, of: str = "") -> None:
    """Divide the likelihood of a report by its probability to be published, in the current model.

    It is a potential, not an observed variable: the report is known to be published, and its likelihood is that of a
    result among the published ones, which the effect makes more or less of a selection.

    Parameters
    ----------
    effect : Tensor, shape ()
        On the analysis scale.
    outcome : Outcome
    omega : float
        How likely a non-significant result is to be published, relative to a significant one.
    of : str
        The ending of names, which says whose they are.
    """
    if outcome.selection is None or omega == 1:
        return
    data = {name: pt.as_tensor_variable(np.asarray(value)[None]) for name, value in row(outcome, omega).items()}
    pm.Potential(f"published{of}", -log_chance(effect[None], data)[0])


def log_chance(theta: Tensor, data: Report) -> Tensor:
    """Return the log probability of each report to be published, relative to a significant one.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        On the analysis scale.
    data : mapping of Tensor, shape (trial, ...)
        As `row`.

    Returns
    -------
    Tensor, shape (trial,)
    """
    return spline.evaluate(theta / data["selection_se"], data["selection"], GRID)
