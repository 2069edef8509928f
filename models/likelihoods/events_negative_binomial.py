"""Total event counts in two arms, over-dispersed by an unreported amount.

    T_arm ~ NegativeBinomial(mean E_arm lambda_arm, size n_arm k),   log lambda = a + theta/2,  a - theta/2
    a ~ Normal(0, 2.5),   log k ~ Normal(0, 1) by default

The sum of n persons' counts, each negative binomial with size k (variance mu + mu^2 / k), is negative binomial with
size n k if exposure is equal within the arm. Known: T, n and the relative exposure E. Estimated: theta (log rate
ratio), a and k, shared by the arms. Assumes equal exposure within an arm and independent persons. Totals alone do not
identify k: its posterior is close to its prior, as a note on the row states.
"""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt

from bayes.models.shared.event_rates import counts, describe, rates
from bayes.models.shared.priors import nuisance, nuisance_row

KINDS = ("events",)


def prepare(outcome, priors) -> dict[str, float]:
    """Return one trial's data, all scalars: events, persons and relative exposure per arm, and both nuisance priors."""
    return counts(outcome, priors) | nuisance_row("log_size", priors.dispersion)


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), and declare baseline and size.

    theta : (trial,), log rate ratio. data : as `prepare`, each (trial,).
    """
    k = pt.exp(nuisance("log_size", data))
    return sum(_log_p(data[f"events_{arm}"], mean, data[f"n_{arm}"] * k) for arm, mean in rates(theta, data))


def _log_p(events, mean, size):
    coefficient = pt.gammaln(events + size) - pt.gammaln(size) - pt.gammaln(events + 1)
    return coefficient - size * pt.log1p(mean / size) + events * (pt.log(mean) - pt.log(size + mean))


def derived(effect, draws, outcome):
    """Return the rate of each arm, their difference and the negative-binomial size, each (chain, draw).

    effect : (chain, draw), log rate ratio. draws : own parameters, each (chain, draw).
    """
    return describe(effect, draws, outcome) | {"size": ((), np.exp(draws["log_size"]))}
