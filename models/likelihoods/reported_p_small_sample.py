"""A bare p-value or statement of significance about a standardised mean difference in a small sample.

    t = z / u,   z ~ Normal(d, 1),   u^2 ~ chi-square(nu) / nu:   noncentral t with nu = n - 2
    d = sigma theta / s,   s = sqrt(1/n1 + 1/n0)

Given u, a reported t is a reported z = t u, so the normal likelihood of `reported_p` serves with u, the ratio of the
sample SD to the true one, as a nuisance parameter; integrated over u it is the noncentral t likelihood exactly.
Known: p or alpha, n per arm, the direction if stated. Estimated: theta (in standard deviations) and u.
Assumes a t test, or one close to it. Used below 100 degrees of freedom.
"""

from __future__ import annotations

import pymc as pm
import pytensor.tensor as pt

from bayes.models import test_report
from bayes.models.priors import shape_of

KINDS = ("p_value", "significance")


def prepare(outcome, priors) -> dict[str, float]:
    """One trial's data: the reported region of t, the standard error, nu and the weights of both directions."""
    nu = outcome.evidence.t_degrees_of_freedom(outcome.measure)
    return test_report.region(outcome, degrees_of_freedom=nu) | {"nu": float(nu)}


def log_likelihood(theta, data):
    """Log likelihood per trial given u, plus the density of u; theta has shape (trial,)."""
    nu = data["nu"]
    raw = pm.Flat("sd_ratio_raw", shape=shape_of(nu))
    log_u = raw / pt.sqrt(2 * nu)
    u = pm.Deterministic("sd_ratio", pt.exp(log_u))
    pm.Potential("sd_ratio_prior", (nu * log_u - nu * u**2 / 2).sum())
    return test_report.folded(theta / data["s"], data, scale=u)


def readable(effect, draws, outcome):
    """The ratio of sample to true standard deviation."""
    return {"sd_ratio": ((), draws["sd_ratio"])}
