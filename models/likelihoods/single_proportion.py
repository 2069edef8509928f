"""One arm against a goal.

    x ~ Binomial(n, theta),   theta in (0, 1) with its prior

Known: x and n. Estimated: theta, the proportion itself; the goal only enters the statements made about it.
"""

from __future__ import annotations

import pytensor.tensor as pt

KINDS = ("proportion",)


def prepare(outcome, priors) -> dict[str, float]:
    """One arm's data: events and persons."""
    return {"x": outcome.evidence.events, "n": outcome.evidence.n}


def log_likelihood(theta, data):
    """Log likelihood per arm; theta has shape (trial,)."""
    x, n = data["x"], data["n"]
    coefficient = pt.gammaln(n + 1) - pt.gammaln(x + 1) - pt.gammaln(n - x + 1)
    return coefficient + x * pt.log(theta) + (n - x) * pt.log1p(-theta)


def readable(effect, draws, outcome):
    """Nothing is estimated beside the proportion."""
    return {}
