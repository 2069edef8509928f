"""Total event counts in two arms, every event independent.

    T_arm ~ Poisson(E_arm lambda_arm),   log lambda = a + theta/2 (treatment),  a - theta/2 (control)
    a ~ Normal(0, 2.5) by default

E_arm is the arm's exposure in average participant follow-ups, so that the unit of time cannot change the answer.
Known: T and E. Estimated: theta (log rate ratio) and a. Assumes that persons do not differ in their rates: where they
do, this likelihood is too narrow.
"""

from __future__ import annotations

from bayes.models.event_rates import counts, describe, poisson_log_p, rates
from bayes.models.priors import nuisance_row

KINDS = ("events",)


def prepare(outcome, priors) -> dict[str, float]:
    """One trial's data: events and relative exposure per arm, and the prior of the midpoint."""
    known = {name: value for name, value in counts(outcome).items() if not name.startswith("n_")}
    return known | nuisance_row("mid_log_rate", priors.events)


def log_likelihood(theta, data):
    """Log likelihood per trial; theta has shape (trial,)."""
    return sum(poisson_log_p(data[f"events_{arm}"], mean) for arm, mean in rates(theta, data))


def readable(effect, draws, outcome):
    """Rates per arm, per average follow-up or per stated unit of time."""
    return describe(effect, draws, outcome)
