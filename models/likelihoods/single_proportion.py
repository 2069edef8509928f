"""A single arm compared with a goal.

    x ~ Binomial(n, theta),   theta in (0, 1) with its prior

Known: x and n. Estimated: theta, the proportion itself; the goal enters only the statements about it. Assumes
independent persons with one risk.
"""

from __future__ import annotations

import pytensor.tensor as pt

KINDS = ("proportion",)


def prepare(outcome, priors) -> dict[str, float]:
    """Return one arm's data, scalars: events and persons."""
    return {"x": outcome.evidence.events, "n": outcome.evidence.n}


def log_likelihood(theta, data):
    """Return the log likelihood of each arm, (trial,).

    theta : (trial,), a proportion. data : as `prepare`, each (trial,).
    """
    x, n = data["x"], data["n"]
    coefficient = pt.gammaln(n + 1) - pt.gammaln(x + 1) - pt.gammaln(n - x + 1)
    return coefficient + x * pt.log(theta) + (n - x) * pt.log1p(-theta)


def derived(effect, draws, outcome):
    """Return nothing: only the proportion is estimated."""
    return {}
