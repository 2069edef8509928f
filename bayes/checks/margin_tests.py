"""Checks of a test against a margin: its p-value, and the posterior probability that a Bayesian paper prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from bayes.base import measures
from bayes.checks.finding import NOT_CHECKABLE
from bayes.checks.interval_methods import apart_from_p
from bayes.checks.ledger import Ledger, PrintedNumber
from bayes.checks.p_values import t_p
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.rounding import Implied, Range, analysis_box, box, exactly, extent
from bayes.paper.annotations import Margin
from bayes.paper.trial import Outcome

CRUDE = "the paper's test may be a score test (Farrington and Manning), or adjusted"


def check_p_of_margin(
    ledger: Ledger, outcome: Outcome, margin: Margin, p: PrintedNumber, printed: Iterable[PrintedEffect]
) -> None:
    """Compare the p-value of a test against a margin with that of the estimate and its standard error.

    The test is one-sided, of the hypothesis that the treatment is as bad as the margin or worse; a test with two sides
    is that of an effect equal to the margin.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
    margin : Margin
    p : Decimal or str
        The printed p-value, or its bound.
    printed : iterable of PrintedEffect
        The printed effects of the outcome's measure. Without one that has an error, the effect that follows from the
        data of the report is used, with less certainty.
    """
    tail = _one_sided if margin.sides == 1 else t_p
    sided = f"p ({'one' if margin.sides == 1 else 'two'}-sided)"
    for entry in printed:
        if (found := _over_rounding(outcome, entry, tail)) is not None:
            basis = f"the estimate, its standard error and the margin {margin.value} imply {sided}"
            ledger.compare("margin.p", p, [Implied("", (found,))], basis, apart_from_p(entry))
            return
    own = outcome.evidence.own_estimate(outcome.measure)
    implied = None
    if own is not None:
        y, s = own
        implied = exactly("", tail(outcome.sign * (y - _threshold(outcome)) / s, None))
    basis = f"the data and the margin {margin.value} imply {sided}"
    ledger.compare("margin.p", p, [implied], basis, CRUDE if own is not None else "")


def check_probability_of_margin(
    ledger: Ledger, outcome: Outcome, margin: Margin, probability: PrintedNumber, printed: Iterable[PrintedEffect]
) -> None:
    """Compare a printed posterior probability of no worse than a margin with the printed posterior, taken as normal.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
    margin : Margin
    probability : Decimal or str
        The printed probability, or its bound.
    printed : iterable of PrintedEffect
        The printed effects of the outcome's measure, of which one with a credible interval is used.
    """
    for entry in printed:
        if entry.interval != "credible":
            continue
        found = _over_rounding(outcome, entry, lambda z, df: _one_sided(-z, df))
        if found is not None:
            basis = f"the estimate and its credible interval imply P(no worse than the margin {margin.value})"
            ledger.compare("margin.probability", probability, [Implied("", (found,))], basis)
            return
    ledger.checks += 1
    text = f"printed {probability}, but no estimate with a credible interval with which to check it"
    ledger.note("margin.probability", NOT_CHECKABLE, probability, "", None, text)


def _one_sided(z: float, df: float | None) -> float:
    """Return the probability of a statistic above z."""
    return t_p(z, df) / 2 if z > 0 else 1 - t_p(z, df) / 2


def _threshold(outcome: Outcome) -> float:
    """Return the margin on the analysis scale, of treatment against control."""
    return outcome.threshold("margin") or 0.0


def _over_rounding(
    outcome: Outcome, entry: PrintedEffect, tail: Callable[[float, float | None], float]
) -> Range | None:
    """Return a tail probability of the distance from the margin, over the rounding of the effect; None without one.

    The margin itself is not rounded. The standard error follows from both limits of an interval, or from either, as
    does a p-value (METHODS 1).
    """
    result, turned = entry.result, -1 if entry.turned else 1
    y = None if result.estimate is None else analysis_box(result.estimate, entry.measure)
    if y is None:
        return None
    at, way = turned * _threshold(outcome), turned * outcome.sign

    def p(effect: float, s: float) -> float:
        return tail(way * (effect - at) / s, entry.df) if s > 0 else float("nan")

    if not result.gives_width:
        return None if result.se is None else extent(p, y, box(result.se), through=[[at]])
    q = measures.ci_quantile(result.coverage, entry.df)
    ends = [analysis_box(limit, entry.measure) if isinstance(limit, Decimal) else None for limit in result.ci or ()]
    known = [end for end in ends if end is not None]
    found = [extent(lambda e, x: p(e, abs(x - e) / q), y, end, through=[[at]]) for end in known]
    if len(known) == 2:
        found.insert(0, extent(lambda e, low, high: p(e, (high - low) / (2 * q)), y, *known, through=[[at]]))
    return Range(found[0].value, min(r.low for r in found), max(r.high for r in found)) if found else None
