"""Named rules for a single arm compared with a goal: beta priors of a `proportion` (METHODS 2).

Each is determined by its median and a tail probability: two conditions for a and b, which are found by bisection.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

from bayes.base.distributions import Distribution
from bayes.errors import NotFormable
from bayes.paper.endpoint import Endpoint

SIZES = (1e-2, 1e7)  # the range of a + b to search


def proportion_prior(rule: str, endpoint: Endpoint, strength: str, tail: float) -> tuple[Distribution, str]:
    """Form the beta prior of a named rule.

    Parameters
    ----------
    rule : str
        Name of the rule.
    endpoint : Endpoint
        An outcome whose measure is a proportion; its MCID is the target.
    strength : {"weak", "moderate", "strong"}
        Strength of the neutral rule.
    tail : float
        Prior probability beyond the limit.

    Returns
    -------
    prior : Distribution
        Beta distribution of the proportion.
    words : str
        How it was formed.

    Raises
    ------
    NotFormable
        If the rule is not defined for a proportion, no target is stated, or no beta satisfies the conditions.
    """
    goal = endpoint.null
    if rule == "vague" or (rule == "neutral" and strength == "weak"):
        return Distribution("beta", (1.0, 1.0)), "uniform"
    if rule == "neutral" and strength == "moderate":
        return _round(_with_median(goal, 4.0)), f"median at the goal {goal:g}, worth 4 patients"
    if rule not in ("sceptical", "enthusiastic", "pessimistic"):
        raise NotFormable(f"the rule {rule!r} is not defined for a proportion")
    target = endpoint.threshold("mcid")
    if target is None:
        raise NotFormable("no target (`mcid`) is stated for this proportion")
    sign = endpoint.sign
    median, limit, side, words = {
        "sceptical": (goal, target, sign, f"median at the goal {goal:g}, {100 * tail:g}% beyond the target {target:g}"),
        "enthusiastic": (
            target,
            goal,
            -sign,
            f"median at the target {target:g}, {100 * tail:g}% on the bad side of the goal {goal:g}",
        ),
        "pessimistic": (
            2 * goal - target,
            goal,
            sign,
            f"median at {2 * goal - target:g}, {100 * tail:g}% on the good side of the goal {goal:g}",
        ),
    }[rule]
    if not 0 < median < 1:
        raise NotFormable(f"the median of the {rule} prior would be {median:g}, outside 0 to 1")
    return _round(_with_tail(median, limit, side, tail, rule)), words


def _with_median(median: float, size: float) -> tuple[float, float]:
    """Return (a, b) with a + b = size and the given median."""
    from scipy.special import betainc

    share = _bisect(lambda share: 0.5 - float(betainc(share * size, (1 - share) * size, median)), 1e-9, 1 - 1e-9)
    return share * size, (1 - share) * size


def _with_tail(median: float, limit: float, side: int, tail: float, rule: str) -> tuple[float, float]:
    """Return (a, b) with the given median and probability `tail` beyond `limit` (above for side = 1, below for -1)."""
    from scipy.special import betainc, betaincc

    beyond = betaincc if side > 0 else betainc

    def missing(log_size: float) -> float:
        return tail - float(beyond(*_with_median(median, exp(log_size)), limit))

    low, high = log(SIZES[0]), log(SIZES[1])
    if missing(low) >= 0 or missing(high) <= 0:
        raise NotFormable(f"no beta distribution satisfies the conditions of the {rule} prior")
    return _with_median(median, exp(_bisect(missing, low, high)))


def _bisect(rising: Callable[[float], float], low: float, high: float) -> float:
    """Find the root of a rising function; importing scipy.optimize would delay every command by half a second."""
    for _ in range(52):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def _round(ab: tuple[float, float]) -> Distribution:
    """Round to six digits, which exceeds the precision of a judgement and is easier to read in a table."""
    return Distribution("beta", tuple(float(f"{x:.6g}") for x in ab))
