"""T events in m of n persons in each of two arms, where some persons never have an event (zero-inflated Poisson).

    count of a person ~ 0 with probability w, else Poisson(mu / (1 - w)),   so that its mean is mu
    log mu_arm = a + theta/2,  a - theta/2,  times exposure
    a ~ Normal(0, 2.5),   w_arm ~ Beta(1, 1) by default

    P(T, m) = C(n, m) q^m (1 - q)^(n - m) lambda^T (e^lambda - 1)^-m [x^T] (e^x - 1)^m,
    lambda = mu / (1 - w),   q = (1 - w) (1 - e^-lambda)

Known: T, m, n and exposure. Estimated: theta (log rate ratio of the means), a and w (`never`), one per arm, because
treatment may change who has events as well as how many. Assumes that persons who can have events do not differ in their
rates, and that exposure is equal within an arm.
"""

from __future__ import annotations

import pymc as pm
import pytensor.tensor as pt
from scipy.special import gammaln

from bayes.models.shared.event_rates import ARMS, counts, describe, log_surjections, rates
from bayes.models.shared.priors import shape_of

KINDS = ("events",)


def prepare(outcome, priors) -> dict[str, float]:
    """Return one trial's data, all scalars: events, persons and exposure per arm, the constant term, and the priors."""
    arms = {arm: getattr(outcome.evidence, arm) for arm in ARMS}
    constant = sum(
        gammaln(a.n + 1) - gammaln(a.persons + 1) - gammaln(a.n - a.persons + 1) + log_surjections(a.events, a.persons)
        for a in arms.values()
    )
    first, second = priors.never.args
    own = {"never_a": first, "never_b": second, "constant": constant}
    return counts(outcome, priors) | {f"persons_{arm}": a.persons for arm, a in arms.items()} | own


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), and declare the baseline and both never-shares.

    theta : (trial,), log rate ratio. data : as `prepare`, each (trial,).
    """
    total = data["constant"]
    for arm, mean in rates(theta, data):
        n, m, events = data[f"n_{arm}"], data[f"persons_{arm}"], data[f"events_{arm}"]
        never = pm.Beta(f"never_{arm}", data["never_a"], data["never_b"], shape=shape_of(data["never_a"]))
        rate = mean / n / (1 - never)
        # log q - log(e^rate - 1) = log(1 - w) - rate
        nobody = pt.log1p(-(1 - never) * -pt.expm1(-rate))
        total = total + m * (pt.log1p(-never) - rate) + (n - m) * nobody + events * pt.log(rate)
    return total


def derived(effect, draws, outcome):
    """Return the rate of each arm and its share of persons who never have an event, each (chain, draw).

    effect : (chain, draw), log rate ratio. draws : own parameters, each (chain, draw).
    """
    return describe(effect, draws, outcome) | {f"never_{arm}": ((), draws[f"never_{arm}"]) for arm in ARMS}
