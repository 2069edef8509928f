"""Total event counts in two arms; persons differ in their rates, by an amount nobody printed.

    T_arm ~ NegativeBinomial(mean E_arm lambda_arm, size n_arm k),   log lambda = a + theta/2,  a - theta/2
    a ~ Normal(0, 2.5),   log k ~ Normal(0, 1) by default

The sum of n persons' counts, each negative binomial with size k (variance mu + mu^2 / k), is negative binomial with
size n k when exposure is equal within the arm. Known: T, n, E. Estimated: theta (log rate ratio), a and k, shared by
the arms. Totals alone do not identify k: its posterior is close to its prior, and the row says so.
"""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt

from bayes.models.shared.event_rates import counts, describe, rates
from bayes.models.shared.priors import nuisance, nuisance_row

KINDS = ("events",)


def prepare(outcome, priors) -> dict[str, float]:
    """One trial's data: events, persons and relative exposure per arm, and both nuisance priors."""
    return counts(outcome, priors) | nuisance_row("log_size", priors.dispersion)


def log_likelihood(theta, data):
    """Log likelihood per trial; theta has shape (trial,)."""
    k = pt.exp(nuisance("log_size", data))
    return sum(_log_p(data[f"events_{arm}"], mean, data[f"n_{arm}"] * k) for arm, mean in rates(theta, data))


def _log_p(events, mean, size):
    coefficient = pt.gammaln(events + size) - pt.gammaln(size) - pt.gammaln(events + 1)
    return coefficient - size * pt.log1p(mean / size) + events * (pt.log(mean) - pt.log(size + mean))


def readable(effect, draws, outcome):
    """Rates per arm and the negative-binomial size."""
    return describe(effect, draws, outcome) | {"size": ((), np.exp(draws["log_size"]))}
