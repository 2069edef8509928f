"""Measures of effect: by the names that RevMan gives them, and inferred by recomputing the printed effects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from math import exp, isfinite, log

from bayes.base import measures
from bayes.base.measures import Measure
from bayes.base.written_numbers import half_unit
from bayes.importing.revman.review import Analysis, Data, Number, Row

PETO = "Peto odds ratio"
NON_EVENT = "(non-event)"  # added to the name of a measure where event and non-event are exchanged
LOGARITHM = r"^(?:log|ln|natural log(?:arithm)? of(?: the)?) "
SPELLED: tuple[tuple[str, Measure], ...] = (
    (r"peto.*(or\b|odds)|^(or|odds ratio)$", "odds_ratio"),
    (r"^(rr|risk ratio|relative risk)$", "risk_ratio"),
    (r"^(rd|risk difference)$", "risk_difference"),
    (r"^(hr|hazards? ratio)$", "hazard_ratio"),
    (r"^(rate ratio|incidence rate ratio|irr)$", "rate_ratio"),
    (r"^(md|wmd|(weighted )?mean difference)$", "mean_difference"),
    (r"^(smd|std\.? mean difference|standardi[sz]ed mean difference)$", "standardised_mean_difference"),
    (r"^(rom|ratio of means|geometric mean ratio)$", "mean_ratio"),
)
OF_DATA: dict[Data, tuple[Measure, ...]] = {
    "dichotomous": ("odds_ratio", "risk_ratio", "risk_difference"),
    "continuous": ("mean_difference", "standardised_mean_difference"),
    "generic": tuple(m for m in measures.MEASURES if m != "proportion"),
    "o_minus_e": ("hazard_ratio", "odds_ratio", "rate_ratio"),
}
SLACK = 1e-6  # relative, beyond half a unit of the last printed digit
LARGEST_LOG = 300.0  # of a ratio; no review prints its exponential
ENOUGH = 0.9  # of the rows of an analysis that a measure must reproduce


def named(words: str) -> Measure | None:
    """Return the measure that a document names, or None."""
    plain = re.sub(r"[^a-z.]+", " ", words.lower().replace(NON_EVENT, "")).strip()
    plain = re.sub(LOGARITHM, "", plain)
    return next((measure for pattern, measure in SPELLED if re.search(pattern, plain)), None)


def is_peto(words: str) -> bool:
    """Return whether the named measure is Peto's odds ratio."""
    return "peto" in words.lower()


def is_logarithm(words: str) -> bool:
    """Return whether the named measure is the logarithm of one."""
    return re.match(LOGARITHM, words.strip().lower()) is not None


Effect = tuple[float, float]  # on the analysis scale, with its standard error


def of_counts(row: Row, measure: str, swapped: bool = False) -> Effect | None:
    """Return the effect that RevMan calculates from counts: 1/2 is added to all cells of a ratio if one is empty.

    Parameters
    ----------
    row : Row
    measure : {"odds_ratio", "risk_ratio", "risk_difference", "Peto odds ratio"}
    swapped : bool
        Whether event and non-event are exchanged.

    Returns
    -------
    tuple of float, or None
        None without both counts, or if no effect can be estimated.
    """
    names = ("events_1", "n_1", "events_2", "n_2")
    if any(name not in row.numbers for name in names):
        return None
    a, n1, c, n2 = (float(row.numbers[name].value) for name in names)
    if swapped:
        a, c = n1 - a, n2 - c
    if not (0 <= a <= n1 and 0 <= c <= n2 and n1 > 0 and n2 > 0):
        return None
    if measure == PETO:
        return _peto(a, n1, c, n2)
    if measure == "risk_difference":
        error = measures.se_risk_difference(a, n1, c, n2)
        if error is None:  # none or all of either arm: RevMan takes the variance of counts with 1/2 added
            error = measures.se_risk_difference(a + 0.5, n1 + 1, c + 0.5, n2 + 1)
        return None if error is None else (a / n1 - c / n2, error)
    if a == c == 0 or (a == n1 and c == n2):
        return None
    if min(a, n1 - a, c, n2 - c) == 0:
        a, n1, c, n2 = a + 0.5, n1 + 1, c + 0.5, n2 + 1
    return _ratio(a, n1, c, n2, measure)


def _ratio(a: float, n1: float, c: float, n2: float, measure: str) -> Effect | None:
    if measure == "risk_ratio":
        error = measures.se_log_risk_ratio(a, n1, c, n2)
        return None if error is None else (log(a * n2 / (c * n1)), error)
    error = measures.se_log_odds_ratio(a, n1, c, n2)
    return None if error is None else (log(a * (n2 - c) / (c * (n1 - a))), error)


def _peto(a: float, n1: float, c: float, n2: float) -> Effect | None:
    """Return (O - E) / V and V^-1/2 (Yusuf et al. 1985, Prog Cardiovasc Dis 27:335-71)."""
    n, events = n1 + n2, a + c
    if n <= 1:
        return None
    variance = n1 * n2 * events * (n - events) / (n**2 * (n - 1))
    return ((a - n1 * events / n) / variance, variance**-0.5) if variance > 0 else None


def of_means(row: Row, measure: str) -> Effect | None:
    """Return the mean difference, or Hedges' g with the standard error that RevMan prints, of a row of means.

    The latter is sqrt(n / (n1 n2) + g^2 / (2 (n - 3.94))) (Deeks and Higgins 2010, Statistical algorithms in Review
    Manager 5).
    """
    names = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
    if any(name not in row.numbers for name in names):
        return None
    m1, s1, n1, m2, s2, n2 = (float(row.numbers[name].value) for name in names)
    if not (s1 > 0 and s2 > 0 and n1 >= 2 and n2 >= 2):
        return None
    if measure == "mean_difference":
        return m1 - m2, (s1**2 / n1 + s2**2 / n2) ** 0.5
    n = n1 + n2
    g = (m1 - m2) / measures.pooled_sd(s1, int(n1), s2, int(n2)) * (1 - 3 / (4 * n - 9))
    return g, (n / (n1 * n2) + g**2 / (2 * (n - 3.94))) ** 0.5 if n > 3.94 else float("nan")


def agrees(printed: Number, value: float) -> bool:
    """Return whether a printed number is a value, within its rounding and that of a calculation."""
    slack = float(half_unit(printed.value)) * 1.001 + SLACK * max(abs(value), 1e-6)
    return isfinite(value) and abs(float(printed.value) - value) <= slack


def reproduces(row: Row, effect: Effect, measure: str, level: float | None = None) -> bool:
    """Return whether an effect is the one that a row prints, and at a level so are the limits of its interval."""
    numbers = row.numbers
    if level is None:
        return agrees(numbers["effect"], _natural(effect[0], measure))
    half = measures.ci_quantile(level) * effect[1]
    limits = zip(("low", "high"), (effect[0] - half, effect[0] + half), strict=True)
    return all(name in numbers and agrees(numbers[name], _natural(limit, measure)) for name, limit in limits)


def _natural(effect: float, measure: str) -> float:
    is_ratio = measure == PETO or measures.is_log(measure)
    return exp(min(effect, LARGEST_LOG)) if is_ratio else effect


def inferred(analysis: Analysis) -> list[tuple[str, bool]]:
    """Find the measures whose effects, recomputed from the arms of each study, are the printed ones.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    list of (str, bool)
        Each measure, or "Peto odds ratio", that reproduces nine tenths of the printed effects, and whether event and
        non-event are exchanged in it; of several, those that reproduce the printed intervals as well, if any do. Empty
        if no effect is printed.
    """
    rows = [row for row in analysis.rows if "effect" in row.numbers]
    found: dict[tuple[str, bool], list[tuple[Row, Effect]]] = {}
    for measure, swapped, calculate in _candidates(analysis.data):
        known = [(row, effect) for row in rows if (effect := calculate(row)) is not None]
        if _mostly(known, measure):
            found[measure, swapped] = known
    level = float(analysis.level)
    return [way for way, known in found.items() if _mostly(known, way[0], level)] or list(found)


def _mostly(known: list[tuple[Row, Effect]], measure: str, level: float | None = None) -> bool:
    return bool(known) and sum(reproduces(*one, measure, level) for one in known) >= ENOUGH * len(known)


def _candidates(data: Data) -> Iterator[tuple[str, bool, Callable[[Row], Effect | None]]]:
    """Yield what the effects of a kind of data may be: the measure, whether events are exchanged, the calculation."""
    if data == "dichotomous":
        for swapped, measure in product((False, True), (*OF_DATA[data], PETO)):
            yield measure, swapped, partial(of_counts, measure=measure, swapped=swapped)
    elif data == "continuous":
        for measure in OF_DATA[data]:
            yield measure, False, partial(of_means, measure=measure)
