"""The posterior where the prior or the likelihood counts more or less than once: p(theta)^a L(theta)^b.

A spike-and-slab prior is a weight w of exactly no effect and a density otherwise. To the power a its weights are w^a
and (1 - w)^a, scaled to one, and its slab is its own density to that power, scaled to one: a density has a unit and a
weight has none, so that raised together they would answer differently in metres and in feet.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit, logsumexp

from bayes import quadrature
from bayes.sensitivity.subject import Subject


def powered(subject: Subject, a: float, b: float) -> quadrature.Posterior:
    """The posterior of a subject under its main prior to the power a and its likelihood to the power b.

    Of a proper posterior this is another for powers near one; `log_evidence` of it means nothing and is NaN.
    """
    on, prior = subject.tabled, subject.prior
    log_prior = a * quadrature.log_prior_density(prior, on.theta)
    log_joint = on.to_the_ends(log_prior + b * on.log_l)
    log_evidence = float(logsumexp(log_joint, b=on.weight))
    p_null = 0.0
    if prior.spike:
        log_evidence -= (log_scale := float(logsumexp(on.to_the_ends(log_prior), b=on.weight)))
        log_joint = log_joint - log_scale
        at_null = b * float(subject.curve(np.array([subject.null]))[0])
        p_null = float(expit(a * logit(prior.spike) + at_null - log_evidence))
    return quadrature.Posterior(on, prior, np.exp(log_joint - log_evidence), p_null, float("nan"))
