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

from bayes.models.shared import bare_test
from bayes.models.shared.priors import shape_of

KINDS = ("p_value", "significance")


def prepare(outcome, priors) -> dict[str, float]:
    """Return one trial's data, all scalars: region of t, standard error, directions' log weights, nu and type of t."""
    statistic = outcome.evidence.statistic(outcome.measure)
    return bare_test.region(outcome, statistic) | {"nu": statistic.df, "central": float(statistic.central)}


def log_likelihood(theta, data):
    """Return the log likelihood of each trial given u, (trial,), and declare u with its density.

    theta : (trial,), on the analysis scale. data : as `prepare`, each (trial,).
    """
    nu = data["nu"]
    raw = pm.Flat("sd_ratio_raw", shape=shape_of(nu))
    log_u = raw / pt.sqrt(2 * nu)
    u = pm.Deterministic("sd_ratio", pt.exp(log_u))
    pm.Potential("sd_ratio_prior", (nu * log_u - nu * u**2 / 2).sum())
    return bare_test.folded(theta / data["s"], data, u, data["central"])


def derived(effect, draws, outcome):
    """Return the ratio of the sample SD to the true SD, (chain, draw)."""
    return {"sd_ratio": ((), draws["sd_ratio"])}
