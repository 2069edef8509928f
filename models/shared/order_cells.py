"""Uniform order statistics in cells whose ends are given as log odds, by Gauss-Legendre nodes in log odds.

Dirichlet variables: given the middle one of three, the outer two are independent, and each is a Beta share of what lies
on its side.
"""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.shape import shape_padright
from pytensor.tensor.special import logsumexp

from bayes.models.shared.signatures import Tensor

NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)  # over 13 standard errors, or over the cell where it is narrower


def log_in_cells(below: Tensor, above: Tensor, exact: Tensor, ranks: Tensor, n: Tensor) -> Tensor:
    """Return the log probability that three uniform order statistics lie in their cells, without its constant.

    Parameters
    ----------
    below, above : Tensor, shape (..., 3)
        Ends of the cells, log odds; far from zero where a cell is open.
    exact : Tensor, shape (..., 3)
        Whether the cell is its upper end alone, with the rank of patients at or below it.
    ranks : Tensor, shape (..., 3)
    n : Tensor, shape (...)
        Patients.

    Returns
    -------
    Tensor, shape (...)
        The constant is that of a Dirichlet density, log Gamma(n + 1) - the sum of log Gamma(gap between ranks).
    """
    low, mid, high = ranks[..., 0], ranks[..., 1], ranks[..., 2]
    at, weight = _nodes(below[..., 1], above[..., 1], exact[..., 1], mid, n + 1 - mid)
    left, right = (_given(cut[..., 0], at) for cut in (below, above))
    first = _nodes(left, right, shape_padright(exact[..., 0]), shape_padright(low), shape_padright(mid - low))[1]
    left, right = (-_given(-cut[..., 2], -at) for cut in (below, above))
    rest = shape_padright(n + 1 - high)
    last = _nodes(left, right, shape_padright(exact[..., 2]), shape_padright(high - mid), rest)[1]
    log_p: Tensor = logsumexp(weight + logsumexp(first, axis=-1) + logsumexp(last, axis=-1), axis=-1)
    return log_p


def _given(cut: Tensor, at: Tensor) -> Tensor:
    """Return the log odds of F(cut) / F(at), the share below a cut among what is below a node; FAR where it is all.

    Parameters
    ----------
    cut : Tensor, shape (..., )
        Log odds.
    at : Tensor, shape (..., node)
        Log odds.

    Returns
    -------
    Tensor, shape (..., node)
    """
    log_share = pt.minimum(pt.softplus(-at) - pt.softplus(-shape_padright(cut)), -1e-15)
    log_odds: Tensor = log_share - pt.log1mexp(log_share)
    return log_odds


def _nodes(low: Tensor, high: Tensor, exact: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Return nodes over a cell, and the log of weight times Beta(a, b) density at each, without its constant.

    The density is that of the log odds of a uniform order statistic. Nodes cover the part of the cell around the peak.

    Parameters
    ----------
    low, high : Tensor, shape (...)
        Ends of the cell, log odds.
    exact : Tensor, shape (...)
        Whether the cell is its upper end alone, at which the rank of patients is known.
    a, b : Tensor, shape (...)

    Returns
    -------
    nodes, log_weights : Tensor, shape (..., node)
    """
    error = pt.sqrt(1 / a + 1 / b)
    peak = pt.clip(pt.log(a / b), low, high)
    left = pt.maximum(low, peak - 6.5 * error - 8 / a)
    right = pt.minimum(high, peak + 6.5 * error + 8 / b)
    half = pt.switch(exact, 0.0, pt.maximum(right - left, 1e-300) / 2)
    at = shape_padright(pt.switch(exact, high, left)) + shape_padright(half) * (1 + NODES)
    less = shape_padright(0.5 * exact)  # from order statistics to the patients at or below a day
    log_f = (shape_padright(a) - less) * -pt.softplus(-at) + (shape_padright(b) - less) * -pt.softplus(at)
    width = shape_padright(pt.log(pt.switch(exact, 0.5, half)))
    return at, log_f + width + np.log(WEIGHTS)
