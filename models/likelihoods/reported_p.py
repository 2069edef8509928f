"""A bare p-value or a bare statement of significance, with a normal test statistic.

    z ~ Normal(d, 1),   d = sigma theta / s,   sigma = +1 or -1, the sign of theta that `favours` implies
    p printed            density of z at z(p)
    "p < c", "p < 0.05"  P(z > z(c))
    "not significant"    P(0 < z < z(alpha)); likewise "p > c"
    direction unknown    the sum of this term and the same term with -d (folded)

Known: p or alpha, s, and the direction if stated. Estimated: theta. Assumes that the test was a test of this effect.
A folded likelihood is even in theta: alone it informs the size of the effect, never its side.
"""

from __future__ import annotations

from bayes.base.arrays import FloatArray
from bayes.base.measures import TestStatistic
from bayes.models.shared import bare_test
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's region of z, standard error, and the directions' log weights.

    Parameters
    ----------
    outcome : Outcome
        With a bare test as evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    return {**bare_test.region(outcome, TestStatistic())}


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        On the analysis scale.
    data : mapping of Tensor, shape (trial,)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    return bare_test.folded(theta / data["s"], data)


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the test statistic, or the statement about it, to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        On the analysis scale.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    bare_test.observe(effect, outcome, TestStatistic(), of=of)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return nothing: only the effect is estimated.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        On the analysis scale.
    draws : mapping of ndarray, shape (chain, draw)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        Empty.
    """
    return {}


def recovered(stored: Draws, outcome: Outcome, nuisance: Nuisance) -> Draws:
    """Return the parameters of `observe` that a stored posterior does not have under their own names.

    Parameters
    ----------
    stored : mapping of ndarray, shape (chain, draw)
        As `derived` names them, with `effect`.
    outcome : Outcome
    nuisance : Nuisance

    Returns
    -------
    dict of ndarray, shape (chain, draw)
    """
    return {}
