"""A bare p-value or statement of significance whose test statistic is a Student-t.

    standard error from n     t = z / u,        z ~ Normal(d, 1):   noncentral t about d = sigma theta / s
    standard error printed    t = d + z / u,    z ~ Normal(0, 1):   Student-t about d
    u^2 ~ chi-square(nu) / nu,   nu = the degrees of freedom stated, else n - 2;   s = sqrt(1/n1 + 1/n0), or as printed

Given u, a reported t corresponds to a reported z, t u or d + (t - d) u, so the normal likelihood of `reported_p`
applies with u, the ratio of the sample SD to the true SD, as a nuisance parameter; integrated over u it is exactly the
t likelihood. Known: p or alpha, n per arm or s, and the direction if stated. Estimated: theta and u. Assumes a t test,
or a similar test. It is used where degrees of freedom are stated, and for standardised mean differences of fewer than
102 patients.
"""

from __future__ import annotations

import pymc as pm
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.base.measures import TestStatistic
from bayes.models.shared import bare_test
from bayes.models.shared.priors import shape_of
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's region of t, standard error, directions' log weights, nu and type of t.

    Parameters
    ----------
    outcome : Outcome
        With a bare test as evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    statistic = bare_test.statistic(outcome)
    return {**bare_test.region(outcome, statistic), "nu": _df(statistic), "central": float(statistic.central)}


def _df(statistic: TestStatistic) -> float:
    """Return the degrees of freedom of a t statistic."""
    if statistic.df is None:
        raise ValueError("the test statistic is normal")
    return statistic.df


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial given u, and declare u with its density.

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
    nu = data["nu"]
    raw = pm.Flat("sd_ratio_raw", shape=shape_of(nu))
    log_u = raw / pt.sqrt(2 * nu)
    u = pm.Deterministic("sd_ratio", pt.exp(log_u))
    pm.Potential("sd_ratio_prior", (nu * log_u - nu * u**2 / 2).sum())
    return bare_test.folded(theta / data["s"], data, u, data["central"])


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add u and the test statistic, or the statement about it, to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        On the analysis scale.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    statistic = bare_test.statistic(outcome)
    nu = _df(statistic)
    u = pm.Deterministic(f"sd_ratio{of}", pt.sqrt(pm.Gamma(f"variance_ratio{of}", alpha=nu / 2, beta=nu / 2)))
    bare_test.observe(effect, outcome, statistic, u, of)


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the ratio of the sample SD to the true SD.

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
        A factor.
    """
    return {"sd_ratio": ((), draws["sd_ratio"])}


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
    return {"variance_ratio": stored["sd_ratio"] ** 2}
