"""The normal tail probabilities in a PyMC graph, finite far out in the tails."""

from __future__ import annotations

import pytensor.tensor as pt
from pymc.distributions.dist_math import normal_lcdf

from bayes.models.shared.signatures import Tensor


def log_ndtr(x: Tensor) -> Tensor:
    """Return log Phi(x).

    Parameters
    ----------
    x : Tensor

    Returns
    -------
    Tensor
        In the shape of x.
    """
    log_p: Tensor = normal_lcdf(0.0, 1.0, x)
    return log_p


def log_ndtr_between(low: Tensor, high: Tensor) -> Tensor:
    """Return log(Phi(high) - Phi(low)) for low < high, computed in the tail where both terms are small.

    Parameters
    ----------
    low, high : Tensor

    Returns
    -------
    Tensor
        In their shape.
    """
    mirrored = low > 0
    a = pt.switch(mirrored, -high, low)
    b = pt.switch(mirrored, -low, high)
    log_b = log_ndtr(b)
    log_p: Tensor = log_b + pt.log1mexp(log_ndtr(a) - log_b)
    return log_p
