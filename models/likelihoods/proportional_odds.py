"""Counts over ordered categories in two arms, under proportional odds.

    logit P(Y <= k | arm) = alpha_k + d theta/2 (treatment),  alpha_k - d theta/2 (control),   k = 1 .. K-1
    counts_arm ~ Multinomial(n_arm, cells)
    F_k = logit^-1(alpha_k),  (F_1, F_2 - F_1, ..., 1 - F_{K-1}) ~ Dirichlet(c, ..., c)

Categories run from best to worst; d = +1 where a higher effect is good (theta is the log odds ratio of a better
category), -1 where a lower effect is good (of a worse category). Known: the counts. Merged categories are single cells,
so a cutpoint that was not printed drops out; levels empty in both arms have been merged. Estimated: theta and the
cutpoints alpha, which are midway between the arms, so that swapping the arms inverts the posterior exactly. Assumes one
common odds ratio at every cut. c = 1 / (0.8 + 0.35 max(K, 3)), as in Harrell's rmsb. A prior set may place the
cutpoints in the control arm, or state their density, to reproduce other packages.
"""

from __future__ import annotations

from pytensor.tensor.shape import shape_padright

from bayes.base.arrays import FloatArray
from bayes.models.shared import cutpoints
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

FILL = cutpoints.FILL


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's counts per arm and the cutpoint priors.

    Parameters
    ----------
    outcome : Outcome
        With ordinal evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float or ndarray
        Counts (category,), cutpoint priors (cut,), and scalars.
    """
    return cutpoints.table(outcome, nuisance)


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, up to the multinomial constants, and declare the cutpoints.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log odds ratio.
    data : mapping of Tensor, shape (trial, ...)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    return cutpoints.log_cells(cutpoints.declare(theta, data), shape_padright(theta), data)


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the cutpoints and the counts of both arms to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log odds ratio.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    cutpoints.observe(effect, cutpoints.named(effect, outcome, nuisance, of), outcome, of)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return cutpoints, category probabilities of both arms, and derived quantities.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Log odds ratio.
    draws : mapping of ndarray, shape (chain, draw, ...)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw, ...)
        Cutpoints in log odds, the others on their natural scales.
    """
    return cutpoints.describe(effect[..., None], draws["cutpoint"], outcome)


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
    return cutpoints.recovered(stored, outcome, nuisance)
