"""Effects of two proportions and their intervals, by the usual methods.

A table is (events treated, n treated, events control, n control). A method without a result (empty cells) gives nan.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, isnan, log, log1p, nan, sqrt

from bayes.base import measures

Table = tuple[int, int, int, int]
RATIO_REACH = 30.0  # on the log scale, beyond which a limit of a ratio is taken as 0 or infinite
Limits = tuple[float, float]
SE = {
    "odds_ratio": measures.se_log_odds_ratio,
    "risk_ratio": measures.se_log_risk_ratio,
    "risk_difference": measures.se_risk_difference,
}


def effect(measure: str, a: float, n1: float, c: float, n0: float) -> float:
    """Return the sample odds ratio, risk ratio or risk difference of treatment against control.

    Parameters
    ----------
    measure : {"odds_ratio", "risk_ratio", "risk_difference"}
    a, n1, c, n0 : float
        Events and persons, in the treatment arm (a of n1) and in the control arm (c of n0).

    Returns
    -------
    float
        Effect on the measure's own scale; a ratio may be 0, infinite or nan.
    """
    if measure == "risk_difference":
        return a / n1 - c / n0
    above, below = (a * n0, c * n1) if measure == "risk_ratio" else (a * (n0 - c), c * (n1 - a))
    return above / below if below else (inf if above else nan)


def estimates(measure: str) -> dict[str, Callable[..., float]]:
    """Return the estimators of a measure.

    Parameters
    ----------
    measure : {"odds_ratio", "risk_ratio", "risk_difference"}

    Returns
    -------
    dict of str to callable
        Functions of the elements of a table, by name; they return the effect on the measure's own scale. The sample
        estimate has an empty name; the others add 1/2 to every cell if one is empty, or maximise the conditional
        likelihood of an odds ratio.
    """
    found = {"": lambda *table: effect(measure, *table)}
    if measure != "risk_difference":
        found["with 1/2 added to every cell"] = lambda *table: effect(measure, *_halves(table))
    if measure == "odds_ratio":
        found["conditional maximum likelihood"] = _conditional_odds_ratio
    return found


def standard_errors(measure: str) -> dict[str, Callable[..., float]]:
    """Return the standard error on the analysis scale, in a dict, as a function of the elements of a table."""
    return {"": lambda *table: SE[measure](*table) or nan}


def intervals(measure: str, level: float) -> dict[str, Callable[..., Limits]]:
    """Return the methods for an interval.

    Parameters
    ----------
    measure : {"odds_ratio", "risk_ratio", "risk_difference"}
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    dict of str to callable
        Functions of the elements of a table, by name, the most usual ones first; they return limits on the measure's
        own scale.
    """
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
    """Add 1/2 to every cell if one is empty; return nan if none is, as no correction is needed."""
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
    """Return Wilson's score interval of a proportion.

    Parameters
    ----------
    q : float
        Normal quantile of the level, 1.96 for 95%.
    events, n : int
        Persons with the event, and persons.

    Returns
    -------
    low, high : float
    """
    p = events / n
    centre, half = p + q**2 / (2 * n), q * sqrt(p * (1 - p) / n + q**2 / (4 * n**2))
    return (centre - half) / (1 + q**2 / n), (centre + half) / (1 + q**2 / n)


def _newcombe(q: float, table: Table) -> Limits:
    """Return the interval by method 10 of Newcombe (1998), Stat Med 17:873-90, which combines two Wilson intervals."""
    a, n1, c, n0 = table
    p1, p0 = a / n1, c / n0
    (l1, u1), (l0, u0) = wilson(q, a, n1), wilson(q, c, n0)
    return p1 - p0 - sqrt((p1 - l1) ** 2 + (u0 - p0) ** 2), p1 - p0 + sqrt((u1 - p1) ** 2 + (p0 - l0) ** 2)


def _log_likelihood(p1: float, p0: float, table: Table) -> float:
    a, n1, c, n0 = table
    parts = ((a, p1), (n1 - a, 1 - p1), (c, p0), (n0 - c, 1 - p0))
    return sum(x * log(p) if p > 0 else -inf for x, p in parts if x)


def _given_odds_ratio(shift: float, table: Table) -> float:
    """Return the profile log likelihood of a log odds ratio, from logits for precision if a cell is empty."""
    from scipy.optimize import brentq

    a, n1, c, n0 = table
    if a + c in (0, n1 + n0):
        return 0.0  # the supremum for any odds ratio, as the odds of both arms go to 0 or to infinity
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
    """Return the maximum likelihood risks of both arms given a risk difference or a log risk ratio."""
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
    """Return where a function of the effect, negative at the estimate, crosses zero on either side.

    The limits are on the measure's own scale. An estimate at the boundary of the measure (all events in one arm, or a
    ratio of zero) is its own limit on that side. Arms that are both empty or both full do not determine a ratio.
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
        if at == end or height(far) <= 0:
            limits.append(end)
        else:  # an interval narrower than rounding error is the estimate alone
            crossing = brentq(height, centre, far, xtol=1e-9) if height(centre) < 0 else centre
            limits.append(measures.to_natural(crossing, measure))
    return float(limits[0]), float(limits[1])


def _profile(measure: str, q: float, table: Table) -> Limits:
    a, n1, c, n0 = table
    if measure == "risk_ratio" and effect(measure, *table) == inf:  # inverted, which avoids loss of precision
        low, high = _profile(measure, q, (c, n0, a, n1))
        return 1 / high, inf
    top = _log_likelihood(a / n1, c / n0, table)

    def height(shift: float) -> float:
        if measure == "odds_ratio":
            return 2 * (top - _given_odds_ratio(shift, table)) - q**2
        return 2 * (top - _log_likelihood(*_constrained(measure, shift, table), table)) - q**2

    return _crossings(measure, table, height)


def _miettinen_nurminen(q: float, table: Table) -> Limits:
    """Return the score interval of a risk difference by Miettinen and Nurminen (1985), Stat Med 4:213-26."""
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
