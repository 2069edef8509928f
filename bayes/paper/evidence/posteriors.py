"""The likelihood behind a posterior that a Bayesian paper prints: its normal prior undone.

A normal prior N(m0, s0) and a normal likelihood N(y, s) give a normal posterior with precision 1/s0^2 + 1/s^2. From the
posterior's mean m and standard deviation sp on the analysis scale, therefore,

    1/s^2 = 1/sp^2 - 1/s0^2,    y = (m/sp^2 - m0/s0^2) s^2

(METHODS 1; Spiegelhalter, Abrams and Myles 2004, Bayesian Approaches to Clinical Trials, section 3.6.2). It is as
accurate as the normal form of prior and posterior.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from bayes.base.distributions import parse
from bayes.base.expressions import ExpressionError

if TYPE_CHECKING:
    from bayes.paper.trial import Outcome

FLAT = "flat"
ACCEPTED_PRIORS = 'prior = "normal(m, s)" on the analysis scale, or "flat"'


def is_posterior(outcome: Outcome) -> bool:
    """Return whether the printed estimate and its interval are a posterior: their interval is a credible one."""
    return (getattr(outcome.evidence, "interval", None) or outcome.interval) == "credible"


def problem_of(prior: str) -> str | None:
    """Return why a prior cannot be undone, or None if it can."""
    if prior == FLAT:
        return None
    try:
        found = parse(prior)
    except ExpressionError as error:
        return str(error)
    return None if found.name == "normal" else f"a {found.name.replace('_', ' ')} prior is not undone in closed form"


def without_prior(mean: float, sd: float, prior: str) -> tuple[float, float]:
    """Return the estimate and standard error of the likelihood behind a normal posterior.

    Parameters
    ----------
    mean, sd : float
        Of the posterior, on the analysis scale.
    prior : str
        "normal(m, s)" on the analysis scale, or "flat".

    Returns
    -------
    y, s : float
        An infinite s if the posterior is not narrower than the prior, which validation refuses.
    """
    if prior == FLAT:
        return mean, sd
    m0, s0 = map(float, parse(prior).args)
    precision = sd**-2 - s0**-2
    if precision <= 0:
        return mean, float("inf")
    return (mean / sd**2 - m0 / s0**2) / precision, 1 / sqrt(precision)
