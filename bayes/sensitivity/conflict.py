"""Prior-data conflict: would the prior have expected such data at all?

Box p     P(f(Y) <= f(y)),  f the prior predictive density of the estimate; for N(m, tau^2) and standard error s
          2 [1 - Phi(|y - m| / sqrt(s^2 + tau^2))]    (Box 1980, J R Stat Soc A 143:383-430)
overlap   integral of min(prior, likelihood scaled to one)
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy.special import logsumexp, ndtr

from bayes.distributions import Distribution
from bayes.errors import NotFormable
from bayes.sensitivity.named_priors import every_prior
from bayes.sensitivity.subject import Row, Subject, question

SURPRISING = 0.05


@question
def conflict(subject: Subject) -> list[Row]:
    """How surprising the data are under each prior, and how far prior and likelihood overlap.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path

    Returns
    -------
    DataFrame
        `prior`, `distribution`, `box_p` (small: the data lie where the prior hardly expected any), `overlap` (0 to 1),
        `conflict` (whether box_p is below 0.05), `reason` where one of them is not defined.
    """
    rows = []
    for name, formed in every_prior(subject):
        if not isinstance(formed, str) and isinstance(formed.distribution, Distribution):
            rows.append({"prior": name, "distribution": str(formed.distribution), **_of(subject, formed.distribution)})
    return rows


def _of(subject: Subject, prior: Distribution) -> Row:
    reason, box = None, None
    try:
        y, s, _ = subject.normal_summary
        box = box_p(prior, y, s, subject)
    except NotFormable as why:
        reason = f"no Box p: {why}"
    surprising = None if box is None else box < SURPRISING
    return {"box_p": box, "overlap": _overlap(subject, prior), "conflict": surprising, "reason": reason}


def box_p(prior: Distribution, y: float, s: float, subject: Subject) -> float:
    """Prior predictive probability of an estimate no more likely than y, standard error s."""
    if prior.name == "normal":
        mean, sd = prior.args
        return 2 * float(ndtr(-abs(y - mean) / sqrt(s**2 + sd**2)))
    theta, weight = subject.tabled.theta, subject.tabled.weight
    mass = np.exp(subject.log_prior(theta, prior)) * weight
    mass = (1 - prior.spike) * mass / mass.sum()
    likely = mass > 1e-12
    theta, mass = theta[likely], mass[likely]
    reach = max(abs(theta - y).max(), 1e-9) + 8 * s
    seen = y + np.sinh(np.linspace(-1, 1, 1601) * np.arcsinh(reach / s)) * s

    def density(at: np.ndarray) -> np.ndarray:
        kernel = np.exp(-0.5 * ((at[:, None] - theta) / s) ** 2) @ mass
        return kernel + prior.spike * np.exp(-0.5 * ((at - subject.null) / s) ** 2)

    f = density(seen)
    step = np.gradient(seen)
    return float((f * step)[f <= density(np.array([y]))[0]].sum() / (f * step).sum())


def _overlap(subject: Subject, prior: Distribution) -> float | None:
    """None where the likelihood never falls: it cannot be scaled to one."""
    if subject.curve.level_tails or prior.spike:
        return None
    on = subject.tabled
    log_l = on.log_l - logsumexp(on.log_l, b=on.weight)
    return float(np.exp(np.minimum(log_l, subject.log_prior(on.theta, prior))) @ on.weight)
