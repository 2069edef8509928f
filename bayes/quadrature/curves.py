"""The likelihood curve L(theta) of a reported outcome: all parameters but the effect are integrated out."""

from __future__ import annotations

import importlib
from dataclasses import replace

from bayes.base.arrays import FloatArray
from bayes.errors import NotFormable
from bayes.likelihoods.card import CurveFunction, LikelihoodCard
from bayes.likelihoods.choice import likelihood_of
from bayes.likelihoods.registry import card_of
from bayes.paper.selective_reporting import log_printed
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.likelihood_curve import Curve, LogCurve


def curve(
    outcome: Outcome,
    nuisance: Nuisance,
    likelihood: str | None = None,
    omega: float = 1.0,
    like: Curve | None = None,
) -> Curve:
    """Return the likelihood curve of a reported outcome.

    Parameters
    ----------
    outcome : Outcome
    nuisance : Nuisance
        Priors of the parameters that are integrated out.
    likelihood : str, optional
        A likelihood that reads the outcome; by default the outcome's own.
    omega : float
        How likely a non-significant result is to be published, relative to a significant one. Below 1, L(theta) is
        divided by the probability that the report was published (`selective_reporting`).
    like : Curve, optional
        The curve of a nearly identical report; its peak and width replace the search for those of a costly curve.

    Returns
    -------
    Curve
        log L(theta), with theta on the analysis scale.

    Raises
    ------
    UnknownName
        If the likelihood cannot read this outcome.
    """
    plain = _function(card_of(likelihood_of(outcome, likelihood)))(outcome, nuisance, like)
    textbook = outcome.evidence.own_estimate(outcome.measure)
    plain = replace(plain, unit=outcome.unit, determined=outcome.has_estimate, textbook=textbook)
    if omega == 1:
        return plain
    return replace(
        plain,
        parts={name: _given_printed(part, outcome, omega) for name, part in plain.parts.items()},
        width=2 * plain.width,
        normal=None,
        textbook=None,
        costly=True,
        method=f"{plain.method}, selection omega {omega:g}",
    )


def _function(card: LikelihoodCard) -> CurveFunction:
    """Return the function that a card names or holds."""
    if card.curve is None:
        raise NotFormable(f"the card of {card.name} has no curve")
    if not isinstance(card.curve, str):
        return card.curve
    module, _, name = card.curve.partition(":")
    found: CurveFunction = getattr(importlib.import_module(module), name)
    return found


def _given_printed(part: LogCurve, outcome: Outcome, omega: float) -> LogCurve:
    """Divide L by the probability that the report was published."""

    def log_l(theta: FloatArray) -> FloatArray:
        value: FloatArray = part(theta) - log_printed(theta, outcome, omega)
        return value

    return log_l
