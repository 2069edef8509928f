"""The closed-form answer for two arms with conjugate priors of their own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats
from scipy.special import betaln, gammaln, logsumexp, polygamma, psi

from bayes.arm_priors import ArmPair
from bayes.distributions import Distribution
from bayes.exact.answer import Answer
from bayes.trial import Outcome

CONJUGATE = "conjugate posterior of each arm"
Components = list[tuple[float, float, float]]  # weight, first and second parameter of a beta or a gamma


def integrate_arms(pair: ArmPair, outcome: Outcome) -> Answer:
    """Posterior mean, sd and P(effect above no effect) of the measure that two independent arms imply.

    Betas of risks (binary evidence) or gammas of rates (Poisson events), or mixtures; the effect is on the analysis
    scale. P is one integral over the control arm's quantiles.
    """
    evidence = outcome.evidence
    arms = [
        posterior(prior, arm, pair.family)
        for prior, arm in zip(pair.arms, (evidence.treatment, evidence.control), strict=True)
    ]
    moments = [_moments(components, pair.family, outcome.measure) for components, _ in arms]
    mean = moments[0][0] - moments[1][0]
    sd = float(np.sqrt(moments[0][1] + moments[1][1]))
    above = _p_above(arms[0][0], arms[1][0], pair.family)
    return Answer(mean, sd, above, 1 - above, 0.0, arms[0][1] + arms[1][1], float("nan"))


def prior_sd_of_arms(pair: ArmPair, measure: str) -> float:
    """Standard deviation of the effect that two arms imply before any data."""
    parts = [[(w, *d.args) for w, d in arm.components] for arm in pair.arms]
    return float(np.sqrt(sum(_moments(components, pair.family, measure)[1] for components in parts)))


def posterior(prior: Distribution, arm, family: str) -> tuple[Components, float]:
    """Conjugate components of one arm and the log marginal likelihood of its report."""
    x, size = arm.events, float(getattr(arm, "exposure", None) or arm.n)
    found, log_weights = [], []
    for weight, part in prior.components:
        a, b = part.args
        if family == "beta":
            new = (a + x, b + size - x)
            log_m = betaln(*new) - betaln(a, b)
        else:
            new = (a + x, b + size)
            log_m = gammaln(new[0]) - gammaln(a) + a * np.log(b) - new[0] * np.log(new[1])
        found.append(new)
        log_weights.append(np.log(weight) + log_m)
    total = float(logsumexp(log_weights))
    return [(float(np.exp(w - total)), *new) for w, new in zip(log_weights, found, strict=True)], total


def _moments(components: Components, family: str, measure: str) -> tuple[float, float]:
    """Mean and variance of what the arm adds to the effect: its risk, log risk, log odds or log rate."""
    weight = np.array([w for w, _, _ in components])
    parts = np.array([_of_one(a, b, family, measure) for _, a, b in components])
    mean = float(weight @ parts[:, 0])
    return mean, float(weight @ (parts[:, 1] + (parts[:, 0] - mean) ** 2))


def _of_one(a: float, b: float, family: str, measure: str) -> tuple[float, float]:
    if family == "gamma":
        return psi(a) - np.log(b), polygamma(1, a)
    if measure == "risk_difference":
        return a / (a + b), a * b / (a + b) ** 2 / (a + b + 1)
    if measure == "risk_ratio":
        return psi(a) - psi(a + b), polygamma(1, a) - polygamma(1, a + b)
    return psi(a) - psi(b), polygamma(1, a) + polygamma(1, b)


def _p_above(treatment: Components, control: Components, family: str) -> float:
    """P(treatment parameter > control parameter)."""
    make: Callable = stats.beta if family == "beta" else lambda a, b: stats.gamma(a, scale=1 / b)
    # the logistic change of variable turns both singular ends of the quantiles into smooth tails
    u = np.linspace(-36.0, 36.0, 4001)
    q, dq = 1 / (1 + np.exp(-u)), (u[1] - u[0]) / (2 + np.exp(u) + np.exp(-u))
    return float(
        sum(
            w1 * w0 * (make(a1, b1).sf(make(a0, b0).ppf(q)) * dq).sum()
            for w1, a1, b1 in treatment
            for w0, a0, b0 in control
        )
    )
