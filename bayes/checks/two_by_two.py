"""Effects of two proportions and their intervals by the usual methods, each under its name.

A table is (events treated, n treated, events control, n control). A method without an answer (an empty cell) gives nan.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, isnan, log, log1p, nan, sqrt

from bayes.base import measures

Table = tuple[int, int, int, int]
RATIO_REACH = 30.0  # on the log scale: a ratio further out than this is as good as none
Limits = tuple[float, float]
SE = {
    "odds_ratio": measures.se_log_odds_ratio,
    "risk_ratio": measures.se_log_risk_ratio,
    "risk_difference": measures.se_risk_difference,
}


def effect(measure: str, a: float, n1: float, c: float, n0: float) -> float:
    """Odds ratio, risk ratio or risk difference of treated against control, as the sample has it."""
    if measure == "risk_difference":
        return a / n1 - c / n0
    above, below = (a * n0, c * n1) if measure == "risk_ratio" else (a * (n0 - c), c * (n1 - a))
    return above / below if below else (inf if above else nan)


def estimates(measure: str) -> dict[str, Callable[..., float]]:
    """Estimates on the measure's own scale: from the sample; with 1/2 in every cell where one is empty; conditional."""
    found = {"": lambda *table: effect(measure, *table)}
    if measure != "risk_difference":
        found["with 1/2 added to every cell"] = lambda *table: effect(measure, *_halves(table))
    if measure == "odds_ratio":
        found["conditional maximum likelihood"] = _conditional_odds_ratio
    return found


def standard_errors(measure: str) -> dict[str, Callable[..., float]]:
    """Standard errors on the analysis scale."""
    return {"": lambda *table: SE[measure](*table) or nan}


def intervals(measure: str, level: float) -> dict[str, Callable[..., Limits]]:
    """Intervals on the measure's own scale, the usual ones first."""
    q = measures.ci_quantile(level)
    profile = {"profile likelihood": lambda *table: _profile(measure, q, table)}
    if measure == "risk_difference":
        return {
            "Wald": lambda *table: _wald_difference(q, table),
            "Newcombe": lambda *table: _newcombe(q, table),
            "Wald with continuity correction": lambda *table: _wald_difference(q, table, correct=True),
            "Miettinen-Nurminen": lambda *table: _miettinen_nurminen(q, table),
        } | profile
    name = "Woolf" if measure == "odds_ratio" else "Katz"
    found = {
        name: lambda *table: _wald_ratio(measure, q, table),
        f"{name} with 1/2 added to every cell": lambda *table: _wald_ratio(measure, q, _halves(table)),
    } | profile
    if measure == "odds_ratio":
        found["exact conditional"] = lambda *table: _exact_conditional(level, table)
    return found


def _halves(table: Table) -> tuple[float, ...]:
    """The table with 1/2 in every cell where one is empty; nan where none is (no correction is called for)."""
    a, n1, c, n0 = table
    if min(a, n1 - a, c, n0 - c) > 0:
        return (nan,) * 4
    return a + 0.5, n1 + 1, c + 0.5, n0 + 1


def _wald_ratio(measure: str, q: float, table: tuple[float, ...]) -> Limits:
    se = SE[measure](*table)
    if not se:
        return nan, nan
    centre = log(effect(measure, *table))
    return exp(centre - q * se), exp(centre + q * se)


def _wald_difference(q: float, table: Table, correct: bool = False) -> Limits:
    a, n1, c, n0 = table
    half = q * (measures.se_risk_difference(*table) or 0.0) + (correct and (1 / n1 + 1 / n0) / 2)
    return a / n1 - c / n0 - half, a / n1 - c / n0 + half


def wilson(q: float, events: int, n: int) -> Limits:
    """Wilson's score interval of a proportion."""
    p = events / n
    centre, half = p + q**2 / (2 * n), q * sqrt(p * (1 - p) / n + q**2 / (4 * n**2))
    return (centre - half) / (1 + q**2 / n), (centre + half) / (1 + q**2 / n)


def _newcombe(q: float, table: Table) -> Limits:
    """Newcombe (1998), Stat Med 17:873-90, method 10: square-and-add of two Wilson intervals."""
    a, n1, c, n0 = table
    p1, p0 = a / n1, c / n0
    (l1, u1), (l0, u0) = wilson(q, a, n1), wilson(q, c, n0)
    return p1 - p0 - sqrt((p1 - l1) ** 2 + (u0 - p0) ** 2), p1 - p0 + sqrt((u1 - p1) ** 2 + (p0 - l0) ** 2)


def _log_likelihood(p1: float, p0: float, table: Table) -> float:
    a, n1, c, n0 = table
    parts = ((a, p1), (n1 - a, 1 - p1), (c, p0), (n0 - c, 1 - p0))
    return sum(x * log(p) if p > 0 else -inf for x, p in parts if x)


def _given_odds_ratio(shift: float, table: Table) -> float:
    """The largest log likelihood of a log odds ratio; on logits, which keep their digits where a cell is empty."""
    from scipy.optimize import brentq

    a, n1, c, n0 = table
    if a + c in (0, n1 + n0):
        return 0.0  # whatever the odds ratio, with the odds of both arms as far out as need be
    half = shift / 2

    def missing(x: float) -> float:
        return a + c - n1 * _expit(x + half) - n0 * _expit(x - half)

    x = brentq(missing, -40 - abs(half), 40 + abs(half))
    parts = ((a, x + half), (n1 - a, -x - half), (c, x - half), (n0 - c, half - x))
    return sum(events * _log_expit(logit) for events, logit in parts)


def _expit(x: float) -> float:
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def _log_expit(x: float) -> float:
    return -log1p(exp(-x)) if x > 0 else x - log1p(exp(x))


def _constrained(measure: str, shift: float, table: Table) -> tuple[float, float]:
    """Risks of both arms most likely under a risk difference, or under a log risk ratio."""
    from scipy.optimize import minimize_scalar

    difference = measure == "risk_difference"
    low, high = (max(0.0, -shift), min(1.0, 1 - shift)) if difference else (0.0, min(1.0, exp(-shift)))
    edge = 1e-12 * (high - low)

    def both(p0: float) -> tuple[float, float]:
        return (p0 + shift if difference else p0 * exp(shift)), p0

    def loss(p0: float) -> float:
        return -_log_likelihood(*both(p0), table)

    return both(minimize_scalar(loss, bounds=(low + edge, high - edge), method="bounded", options={"xatol": 1e-10}).x)


def _crossings(measure: str, table: Table, height: Callable[[float], float]) -> Limits:
    """Where a function of the effect, negative at the estimate, crosses zero on either side; own scale.

    An estimate at the edge of what the measure can be (all events in one arm and none in the other, or a ratio of
    nothing) is its own limit on that side. Arms that are all empty or all full say nothing of a ratio of odds.
    """
    from scipy.optimize import brentq

    at = effect(measure, *table)
    if isnan(at):
        return nan, nan
    ends = (-1.0, 1.0) if measure == "risk_difference" else (0.0, inf)
    reach = 1 - 1e-9 if measure == "risk_difference" else RATIO_REACH
    inside = ends[0] < at < ends[1]
    centre = measures.to_analysis(at, measure) if inside else reach if at == ends[1] else -reach
    limits = []
    for side, end in zip((-1, 1), ends, strict=True):
        far = side * reach
        crosses = at != end and height(far) > 0
        limits.append(measures.to_natural(brentq(height, centre, far, xtol=1e-9), measure) if crosses else end)
    return float(limits[0]), float(limits[1])


def _profile(measure: str, q: float, table: Table) -> Limits:
    a, n1, c, n0 = table
    if (
        measure == "risk_ratio" and effect(measure, *table) == inf
    ):  # read the other way round, where digits are to spare
        low, high = _profile(measure, q, (c, n0, a, n1))
        return 1 / high, inf
    top = _log_likelihood(a / n1, c / n0, table)

    def height(shift: float) -> float:
        if measure == "odds_ratio":
            return 2 * (top - _given_odds_ratio(shift, table)) - q**2
        return 2 * (top - _log_likelihood(*_constrained(measure, shift, table), table)) - q**2

    return _crossings(measure, table, height)


def _miettinen_nurminen(q: float, table: Table) -> Limits:
    """Miettinen and Nurminen (1985), Stat Med 4:213-26: score interval of a risk difference."""
    a, n1, c, n0 = table
    gap, n = a / n1 - c / n0, n1 + n0

    def height(shift: float) -> float:
        p1, p0 = _constrained("risk_difference", shift, table)
        variance = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * n / (n - 1)
        return (gap - shift) ** 2 / max(variance, 1e-300) - q**2

    return _crossings("risk_difference", table, height)


def _conditional_odds_ratio(*table: int) -> float:
    a, n1, c, n0 = table
    if min(table[0], n1 - a) + min(c, n0 - c) == 0:
        return nan
    from scipy.stats.contingency import odds_ratio

    return float(odds_ratio([[a, n1 - a], [c, n0 - c]]).statistic)


def _exact_conditional(level: float, table: Table) -> Limits:
    from scipy.stats.contingency import odds_ratio

    a, n1, c, n0 = table
    if a + c in (0, n1 + n0):
        return nan, nan
    found = odds_ratio([[a, n1 - a], [c, n0 - c]]).confidence_interval(level)
    return float(found.low), float(found.high)
