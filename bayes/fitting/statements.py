"""A statement about the effect on one outcome, with its posterior probability by quadrature."""

from __future__ import annotations

from dataclasses import dataclass

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.analysis.curves import likelihood_curves
from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.base.numbers import significant
from bayes.errors import InvalidInput, NotFormable
from bayes.paper.trial import Outcome


@dataclass(frozen=True)
class Statement:
    """A statement about one outcome, with its posterior probability.

    Attributes
    ----------
    outcome : Outcome
    words : str
        What is stated: "benefit", "no excess", or a threshold in words.
    probability : float
        Under the outcome's own posterior.
    threshold : float
        The bound that the effect is stated to exceed towards benefit, on the analysis scale.
    """

    outcome: Outcome
    words: str
    probability: float
    threshold: float


def statement_about(analysis: Analysis, what: str | float) -> Statement:
    """Return a statement about the effect of an analysis, with its probability.

    Parameters
    ----------
    analysis : Analysis
        Of an outcome.
    what : str or float
        "benefit", "no excess", "mcid", or a number on the measure's own scale (as in `bayes.joint`).

    Raises
    ------
    InvalidInput
        If the statement cannot be read.
    NotFormable
        If the prior is not one of the effect, or the statement is "mcid" and the outcome states no MCID.
    """
    outcome, prior = analysis.outcome, analysis.formed.distribution
    if not isinstance(prior, Distribution):
        found = f"prior {analysis.prior.name!r} for {outcome.name} is a prior of both arms"
        raise NotFormable(f"{found}; accepted: a prior of the effect")
    (curve,) = likelihood_curves(analysis)
    sign = outcome.sign
    if what in ("benefit", "no excess"):
        answer = quadrature.integrate(curve, prior, outcome.null)
        p = answer.p_above_null if sign > 0 else answer.p_below_null
        return Statement(outcome, str(what), p + answer.p_null * (what == "no excess"), outcome.null)
    if what == "mcid" and outcome.threshold("mcid") is None:
        raise NotFormable(f"{outcome.name} states no MCID")
    try:
        natural = float(outcome.mcid.value if what == "mcid" and outcome.mcid is not None else what)
        threshold = measures.to_analysis(natural, outcome.measure)
    except ValueError:
        accepted = 'accepted: "benefit", "no excess", "mcid", or a number on the measure\'s own scale'
        raise InvalidInput("joint statement", [f"{outcome.name}: found {what!r}; {accepted}"]) from None
    p = quadrature.p_at_least(curve, prior, outcome.null, threshold)
    words = f"at least as good as {significant(natural, 12)}" + (" (MCID)" if what == "mcid" else "")
    return Statement(outcome, words, p if sign > 0 else 1 - p, threshold)
