"""Counts over ordered categories in two arms, with the worst category separate (partial proportional odds).

    logit P(Y <= k | arm) = alpha_k + d (theta + gamma g_k)/2 (treatment),  alpha_k - d (theta + gamma g_k)/2 (control)
    g_k = 1 at the last cut, 0 elsewhere
    gamma ~ Normal(0, 0.25) by default, cut off where a cell would become negative;  alpha as in `proportional_odds`

Known: the counts. Estimated: theta, gamma (`departure`) and the cutpoints. Assumes that the worst category (death on
the modified Rankin scale) has its own log odds ratio, theta + gamma; theta is that of all other cuts (Peterson and
Harrell 1990, J R Stat Soc C 39:205-17; constrained form). The range in which cells stay positive does not depend on
theta, so theta keeps its stated prior. At least three categories are needed.
"""

from __future__ import annotations

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.models.shared import cutpoints, departure
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

FILL = cutpoints.FILL


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's counts, cutpoint priors, the direction g and its prior.

    Parameters
    ----------
    outcome : Outcome
        With ordinal evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float or ndarray
        Counts (category,), cutpoint priors (cut,), `shape` (cut,), and scalars.
    """
    return cutpoints.table(outcome, nuisance) | departure.row(outcome, nuisance, shape)


def shape(cuts: int) -> FloatArray:
    """Return g at every cut, (cut,).

    Parameters
    ----------
    cuts : int
        The number of cuts.
    """
    g: FloatArray = (np.arange(cuts) == cuts - 1).astype(float)
    return g


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare cutpoints and departure.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log odds ratio of all cuts but the last.
    data : mapping of Tensor, shape (trial, ...)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    alpha = cutpoints.declare(theta, data)
    return cutpoints.log_cells(alpha, departure.effects(theta, alpha, data), data)


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the cutpoints, the departure and the counts of both arms to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log odds ratio of all cuts but the last.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    alpha = cutpoints.named(effect, outcome, nuisance, of)
    each = departure.named(effect, alpha, nuisance, shape, of)
    cutpoints.observe(each, alpha, outcome, of)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the quantities of `proportional_odds`, the departure, and the log odds ratio at every cut.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Log odds ratio of all cuts but the last.
    draws : mapping of ndarray, shape (chain, draw, ...)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw, ...)
        Cutpoints, departure and odds ratios on the log scale, the others on their natural scales.
    """
    return departure.describe(effect, draws, outcome, shape)


def recovered(stored: Draws, outcome: Outcome, nuisance: Nuisance) -> Draws:
    """Return the parameters of `observe` that a stored posterior does not have under their own names.

    Parameters
    ----------
    stored : mapping of ndarray, shape (chain, draw, ...)
        As `derived` names them, with `effect`.
    outcome : Outcome
    nuisance : Nuisance

    Returns
    -------
    dict of ndarray, shape (chain, draw, ...)
    """
    return departure.recovered(stored, outcome, nuisance, shape)
