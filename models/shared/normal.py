"""The normal tail probabilities in a PyMC graph, finite far out in the tails."""

from __future__ import annotations

import pytensor.tensor as pt
from pymc.distributions.dist_math import normal_lcdf


def log_ndtr(x):
    """Return log Phi(x), elementwise."""
    return normal_lcdf(0.0, 1.0, x)


def log_ndtr_between(low, high):
    """Return log(Phi(high) - Phi(low)) for low < high, computed in the tail where both terms are small."""
    mirrored = low > 0
    a = pt.switch(mirrored, -high, low)
    b = pt.switch(mirrored, -low, high)
    log_b = log_ndtr(b)
    return log_b + pt.log1mexp(log_ndtr(a) - log_b)
