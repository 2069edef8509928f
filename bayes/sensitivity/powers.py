"""The posterior with a power of the prior or the likelihood: p(theta)^a L(theta)^b.

A spike-and-slab prior puts weight w on exactly no effect and has a density elsewhere. Raised to the power a, its
weights become w^a and (1 - w)^a, rescaled to sum to one, and its slab the density to that power, rescaled to integrate
to one. The two are rescaled separately because a density has a unit and a weight has none: raised together, they would
give different answers in metres and in feet.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from bayes import quadrature
from bayes.base.arrays import log_sum_exp
from bayes.sensitivity.subject import Subject


def powered(subject: Subject, a: float, b: float) -> quadrature.Posterior:
    """Compute the posterior from the main prior raised to the power a and the likelihood raised to the power b.

    It is proper if the unscaled posterior is and the powers are near one. Its `log_evidence` is meaningless and NaN.
    """
    on, prior = subject.tabled, subject.prior
    log_prior = a * quadrature.log_prior_density(prior, on.theta)
    log_joint = on.to_the_ends(log_prior + b * on.log_l)
    log_evidence = float(log_sum_exp(log_joint, weights=on.weight))
    p_null = 0.0
    if prior.spike:
        log_evidence -= (log_scale := float(log_sum_exp(on.to_the_ends(log_prior), weights=on.weight)))
        log_joint = log_joint - log_scale
        at_null = b * float(subject.curve(np.array([subject.null]))[0])
        p_null = float(expit(a * logit(prior.spike) + at_null - log_evidence))
    return quadrature.Posterior(on, prior, np.exp(log_joint - log_evidence), p_null, float("nan"))
