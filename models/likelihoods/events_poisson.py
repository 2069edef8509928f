"""Total event counts in two arms, with independent events.

    T_arm ~ Poisson(E_arm lambda_arm),   log lambda = a + theta/2 (treatment),  a - theta/2 (control)
    a ~ Normal(0, 2.5) by default

E_arm is the arm's exposure in average participant follow-ups, so that the unit of time does not affect the answer; if
the number of persons is not printed, the unit is the exposure in which both arms together had one event on average.
Known: T and E. Estimated: theta (log rate ratio) and a. Assumes that persons do not differ in their rates: where they
do, this likelihood is too narrow.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from bayes.models.shared.event_rates import ARMS, counts, describe, log_surjections, poisson_log_p, rates

KINDS = ("events",)


def prepare(outcome, priors) -> dict[str, float]:
    """Return one trial's data, all scalars: events, relative exposure, the baseline prior and log P(m | T)."""
    known = {name: value for name, value in counts(outcome, priors).items() if not name.startswith("n_")}
    return known | {"log_p_persons": sum(log_p_persons(getattr(outcome.evidence, arm)) for arm in ARMS)}


def log_p_persons(arm) -> float:
    """Return log P(m persons with an event | T events among n), with events falling on persons uniformly.

    It is 0 if m is not printed. It carries no information on theta, but makes this model comparable with those that
    learn from m.
    """
    if arm.persons is None:
        return 0.0
    log_choose = gammaln(arm.n + 1) - gammaln(arm.persons + 1) - gammaln(arm.n - arm.persons + 1)
    return log_choose + gammaln(arm.events + 1) + log_surjections(arm.events, arm.persons) - arm.events * np.log(arm.n)


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), and declare the baseline.

    theta : (trial,), log rate ratio. data : as `prepare`, each (trial,).
    """
    return data["log_p_persons"] + sum(poisson_log_p(data[f"events_{arm}"], mean) for arm, mean in rates(theta, data))


def derived(effect, draws, outcome):
    """Return the rate of each arm, per average follow-up or per stated unit of time, and their difference.

    effect : (chain, draw), log rate ratio. draws : own parameters, each (chain, draw).
    """
    return describe(effect, draws, outcome)
