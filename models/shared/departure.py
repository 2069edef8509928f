"""The departure from proportional odds in a stated direction: theta + gamma g_k at cut k.

gamma has its prior truncated at +-b, with b the smallest 2 (alpha_{k+1} - alpha_k) / |g_{k+1} - g_k|: beyond it a cell
of one arm would be negative. It is written gamma = b tanh(s raw / b), which is smooth, and about s raw where b is
large.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.shape import shape_padright

from bayes.base.arrays import FloatArray
from bayes.models.shared import cutpoints
from bayes.models.shared.normal import log_ndtr_between
from bayes.models.shared.priors import log_density, nuisance_row, shape_of
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

FAR = 1e3  # the bound where the direction implies none


Shape = Callable[[int], FloatArray]
"""The number of cuts -> g at every cut, (cut,)."""


def row(outcome: Outcome, nuisance: Nuisance, shape: Shape) -> Row:
    """Return one trial's direction g and its steps over the padded cuts, and gamma's prior.

    Parameters
    ----------
    outcome : Outcome
        With ordinal evidence.
    nuisance : Nuisance
    shape : callable
        The number of cuts -> g, (cut,).

    Returns
    -------
    dict of ndarray or float
        `shape` (cut,), `steps` (cut - 1,), the others scalars.
    """
    cuts = len(cutpoints.observed(outcome)) - 1
    padded = np.zeros(max(cutpoints.SLOTS, cuts + 1) - 1)
    padded[:cuts] = shape(cuts)
    steps = np.zeros(len(padded) - 1)
    steps[: cuts - 1] = np.abs(np.diff(padded[:cuts]))
    return nuisance_row("departure", nuisance.departure) | {"shape": padded, "steps": steps}


def effects(theta: Tensor, alpha: Tensor, data: Report) -> Tensor:
    """Return the log odds ratio at every cut, and declare gamma.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log odds ratio where g is zero.
    alpha : Tensor, shape (trial, cut)
        Cutpoints midway between the arms.
    data : mapping of Tensor, shape (trial, ...)
        As `row`.

    Returns
    -------
    Tensor, shape (trial, cut)
    """
    gap = alpha[:, 1:] - alpha[:, :-1]
    bound = pt.switch(data["steps"] > 0, 2 * gap / pt.maximum(data["steps"], 1e-9), FAR).min(axis=1)
    raw = pm.Flat("departure_raw", shape=shape_of(data["departure_p1"]))
    scale = data["departure_p2"]
    lean = pt.tanh(scale * raw / bound)
    gamma = pm.Deterministic("departure", bound * lean)
    columns = {n: shape_padright(data[f"departure_{n}"]) for n in ("family", "p1", "p2", "p3")}
    log_prior = log_density(gamma, columns | {"log_weight": pt.zeros(1)}, "real")
    pm.Potential("departure_prior", (log_prior + pt.log(scale) + pt.log1p(-(lean**2))).sum())
    each: Tensor = shape_padright(theta) + shape_padright(gamma) * data["shape"]
    return each


def named(effect: Tensor, cutpoint: Tensor, nuisance: Nuisance, shape: Shape, of: str = "") -> Tensor:
    """Add the departure to the current model, and return the log odds ratio at every cut.

    The pair of cutpoints and departure is cut off where a cell would be negative, as a whole. `pm.TruncatedNormal`
    divides by the probability of the range that given cutpoints leave, which the potential takes back.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log odds ratio where g is zero.
    cutpoint : Tensor, shape (cut,)
        Midway between the arms.
    nuisance : Nuisance
    shape : callable
        The number of cuts -> g, (cut,).
    of : str
        The ending of names and dimensions, which says whose they are.

    Returns
    -------
    Tensor, shape (cut,)
    """
    g = shape(len(pm.modelcontext(None).coords[f"cut{of}"]))
    steps = np.abs(np.diff(g))
    bound = (2 * (cutpoint[1:] - cutpoint[:-1])[steps > 0] / steps[steps > 0]).min()
    mean, sd = nuisance.departure.args
    gamma = pm.TruncatedNormal(f"departure{of}", mu=mean, sigma=sd, lower=-bound, upper=bound)
    pm.Potential(f"cells_above_zero{of}", log_ndtr_between((-bound - mean) / sd, (bound - mean) / sd))
    each: Tensor = pm.Deterministic(f"log_odds_ratio_at_cut{of}", effect + gamma * g, dims=f"cut{of}")
    return each


def recovered(stored: Draws, outcome: Outcome, nuisance: Nuisance, shape: Shape) -> dict[str, FloatArray]:
    """Return the parameters of `cutpoints.recovered`, and the departure, which a synthesis does not store.

    Parameters
    ----------
    stored : mapping of ndarray, shape (chain, draw, ...)
        `effect`, `cutpoint` (cut,) and `log_odds_ratio_at_cut` (cut,).
    outcome : Outcome
    nuisance : Nuisance
    shape : callable
        The number of cuts -> g, (cut,).

    Returns
    -------
    dict of ndarray, shape (chain, draw, ...)
    """
    each = stored["log_odds_ratio_at_cut"]
    g = shape(each.shape[-1])
    gamma = (each[..., -1] - each[..., 0]) / (g[-1] - g[0])
    return cutpoints.recovered(stored, outcome, nuisance) | {"departure": gamma}


def describe(effect: FloatArray, draws: Draws, outcome: Outcome, shape: Shape) -> Derived:
    """Return the departure, the log odds ratio at every cut, and quantities derived from the cells.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Log odds ratio where g is zero.
    draws : mapping of ndarray, shape (chain, draw, ...)
        `departure` and `cutpoint`.
    outcome : Outcome
        With ordinal evidence.
    shape : callable
        The number of cuts -> g, (cut,).

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw, ...)
    """
    g = shape(len(cutpoints.observed(outcome)) - 1)
    each = effect[..., None] + draws["departure"][..., None] * g
    shown = cutpoints.describe(each, draws["cutpoint"], outcome)
    own: Derived = {"departure": ((), draws["departure"]), "log_odds_ratio_at_cut": (("cut",), each)}
    return own | shown
