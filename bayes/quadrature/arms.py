"""The closed-form posterior of two independent arms with conjugate priors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from math import inf

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaln, gammaln, polygamma, psi

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.arms import EventsInArm, PersonsInArm
from bayes.paper.evidence.counts import Binary, Events
from bayes.paper.trial import Outcome
from bayes.priors.arm_pairs import ArmPair
from bayes.quadrature.answer import Answer
from bayes.quadrature.densities import of_scipy
from bayes.quadrature.integrals import panels

CONJUGATE = "conjugate posterior of each arm"
MOVED: dict[str, Callable[[FloatArray, float], FloatArray]] = {  # (control parameter, effect) -> treated
    "odds_ratio": lambda p, t: p * np.exp(t) / (1 - p + p * np.exp(t)),
    "risk_ratio": lambda p, t: p * np.exp(t),
    "risk_difference": lambda p, t: p + t,
    "rate_ratio": lambda rate, t: rate * np.exp(t),
}
KINKS: dict[str, Callable[[float], tuple[float, ...]]] = {  # control parameters whose treated risk is 0 or 1
    "risk_ratio": lambda t: (float(np.exp(-t)),),
    "risk_difference": lambda t: (-t, 1 - t),
}
FURTHEST = 36.0  # log odds beyond which a quantile level contributes nothing
Components = list[tuple[float, float, float]]  # (weight, first, second parameter) of betas or gammas


def integrate_arms(pair: ArmPair, outcome: Outcome) -> Answer:
    """Compute the posterior mean, SD and P(effect > null) that two independent arms imply.

    The risks have beta priors (binary evidence) or the rates gamma priors (Poisson events), or mixtures of these. The
    probability is one integral over the quantiles of the control arm.

    Parameters
    ----------
    pair : ArmPair
        Prior of each arm, on the natural scale: a risk, or events per unit of exposure.
    outcome : Outcome

    Returns
    -------
    Answer
        On the analysis scale of the outcome's measure; `log_likelihood_at_null` is NaN.
    """
    arms = _posteriors(pair, outcome)
    moments = [_moments(components, pair.family, outcome.measure) for components, _ in arms]
    mean = moments[0][0] - moments[1][0]
    sd = float(np.sqrt(moments[0][1] + moments[1][1]))
    above = _p_above(arms[0][0], arms[1][0], pair.family)
    return Answer(mean, sd, above, 1 - above, 0.0, arms[0][1] + arms[1][1], float("nan"))


def effect_of_arms(
    pair: ArmPair, outcome: Outcome
) -> tuple[Callable[[float], float], Callable[[Iterable[float]], list[float]]]:
    """Return P(effect > t) and the quantiles of the effect that two independent arms imply.

    The effect exceeds t where the treated parameter exceeds the control parameter moved by t, so P(effect > t) is one
    integral over the quantiles of the control arm; quantiles of the effect are its roots.

    Parameters
    ----------
    pair, outcome
        As in `integrate_arms`.

    Returns
    -------
    above : callable
        t -> P(effect > t), with t on the analysis scale.
    quantiles : callable
        Probabilities -> quantiles on the analysis scale.
    """
    (treatment, _), (control, _) = _posteriors(pair, outcome)
    moments = [_moments(components, pair.family, outcome.measure) for components in (treatment, control)]
    centre, sd = moments[0][0] - moments[1][0], float(np.sqrt(moments[0][1] + moments[1][1]))
    measure = "rate_ratio" if pair.family == "gamma" else outcome.measure
    moved, kinks = MOVED[measure], KINKS.get(measure, _no_kink)

    def above(t: float) -> float:
        return _p_above(treatment, control, pair.family, lambda p: moved(p, t), kinks(t))

    def quantiles(probabilities: Iterable[float]) -> list[float]:
        bounds = (-1.0, 1.0) if outcome.measure == "risk_difference" else (-inf, inf)
        low, high = max(centre - 60 * sd, bounds[0]), min(centre + 60 * sd, bounds[1])
        return [float(brentq(lambda x, p=p: 1 - above(x) - p, low, high)) for p in probabilities]

    return above, quantiles


def _no_kink(effect: float) -> tuple[float, ...]:
    return ()


def prior_sd_of_arms(pair: ArmPair, measure: str) -> float:
    """Return the prior standard deviation of the effect that two arms imply.

    Parameters
    ----------
    pair : ArmPair
    measure : str

    Returns
    -------
    float
        On the analysis scale of the measure.
    """
    parts = [[(w, d.args[0], d.args[1]) for w, d in arm.components] for arm in pair.formed]
    return float(np.sqrt(sum(_moments(components, pair.family, measure)[1] for components in parts)))


def _posteriors(pair: ArmPair, outcome: Outcome) -> list[tuple[Components, float]]:
    """Return the posterior of each arm, treatment first, with its log marginal likelihood."""
    evidence = outcome.evidence
    report = evidence if isinstance(evidence, Binary) else of_kind(evidence, Events)
    arms = report.treatment, report.control
    return [posterior(prior, arm, pair.family) for prior, arm in zip(pair.formed, arms, strict=True)]


def posterior(prior: Distribution, arm: PersonsInArm | EventsInArm, family: str) -> tuple[Components, float]:
    """Update the prior of one arm with its report.

    Parameters
    ----------
    prior : Distribution
        A beta or gamma, or a mixture of one of these families.
    arm : PersonsInArm or EventsInArm
        The report of the arm: events, with exposure or n.
    family : {"beta", "gamma"}

    Returns
    -------
    components : list of (weight, a, b)
    log_marginal : float
        Log marginal likelihood of the report, up to a constant of the data.
    """
    x, size = arm.events, _size(arm)
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
    total = float(log_sum_exp(log_weights))
    return [(float(np.exp(w - total)), *new) for w, new in zip(log_weights, found, strict=True)], total


def _size(arm: PersonsInArm | EventsInArm) -> float:
    """Return the exposure of an arm as printed, else its persons."""
    size = arm.n if isinstance(arm, PersonsInArm) else arm.exposure or arm.n
    if size is None:
        raise TypeError("neither exposure nor n is printed")
    return float(size)


def _moments(components: Components, family: str, measure: str) -> tuple[float, float]:
    """Return mean and variance of the arm's contribution to the effect: its risk, log risk, log odds or log rate."""
    weight = np.array([w for w, _, _ in components])
    parts = np.array([_of_one(a, b, family, measure) for _, a, b in components])
    mean = float(weight @ parts[:, 0])
    return mean, float(weight @ (parts[:, 1] + (parts[:, 0] - mean) ** 2))


def _of_one(a: float, b: float, family: str, measure: str) -> tuple[float, float]:
    if family == "gamma":
        return float(psi(a) - np.log(b)), float(polygamma(1, a))
    if measure == "risk_difference":
        return a / (a + b), a * b / (a + b) ** 2 / (a + b + 1)
    if measure == "risk_ratio":
        return float(psi(a) - psi(a + b)), float(polygamma(1, a) - polygamma(1, a + b))
    return float(psi(a) - psi(b)), float(polygamma(1, a) + polygamma(1, b))


def _p_above(
    treatment: Components,
    control: Components,
    family: str,
    moved: Callable[[FloatArray], FloatArray] = np.asarray,
    kinks: Iterable[float] = (),
) -> float:
    """Return P(treated parameter > control parameter), with the latter transformed by `moved`.

    Parameters
    ----------
    kinks : iterable of float
        Control parameters that `moved` maps onto a bound of the treated parameter, where a density may be infinite.
    """
    make = partial(of_scipy, family)
    return float(
        sum(
            w1 * w0 * (make(a1, b1).sf(moved(make(a0, b0).ppf(q))) * dq).sum()
            for w0, a0, b0 in control
            for q, dq in (_shares(make(a0, b0).cdf(np.array([*kinks]))),)
            for w1, a1, b1 in treatment
        )
    )


def _shares(kinks: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights on (0, 1), dense around the kinks.

    The logistic change of variable turns both singular ends of the quantile function into smooth tails.
    """
    breaks = {*np.linspace(-FURTHEST, FURTHEST, 145).tolist()}
    for at in kinks[(kinks > 0) & (kinks < 1)]:
        kink = float(np.log(at / (1 - at)))
        breaks |= {kink, *(kink + side * 2.0**-i for i in range(1, 30) for side in (-1, 1))}
    u, weight = panels(b for b in breaks if abs(b) <= FURTHEST)
    return 1 / (1 + np.exp(-u)), weight / (2 + np.exp(u) + np.exp(-u))
