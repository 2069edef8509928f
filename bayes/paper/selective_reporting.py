"""Selective reporting: the likelihood of a result that may have been printed because it was significant (METHODS 5).

    L_sel(theta) prop. to L(theta) / [Pi(theta) + omega (1 - Pi(theta))]

Pi is the probability of significance, omega = P(printed | not significant) / P(printed | significant). The weight of
the result itself (1 or omega) does not depend on theta. Iyengar and Greenhouse 1988, Stat Sci 3:109-35; Copas 2019.
"""

from __future__ import annotations

import numpy as np

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.paper.annotations import Selection
from bayes.paper.evidence import BareP, EffectAndError, Significance
from bayes.paper.trial import Outcome

OMEGAS = (1.0, 0.5, 0.1, 0.0)  # the sensitivity rows of an outcome that states a selection


def log_printed(theta: FloatArray, outcome: Outcome, omega: float) -> FloatArray:
    """Return log [Pi + omega (1 - Pi)], the log probability that the report is printed, up to a constant.

    Parameters
    ----------
    theta : ndarray
        Effects on the analysis scale.
    outcome : Outcome
        An outcome that states a selection.
    omega : float
        From 0 (only significant results are printed) to 1 (no selection).

    Returns
    -------
    ndarray
        The same shape as `theta`.
    """

    log_p = log_significant(np.asarray(theta) / outcome.known_standard_error, outcome)
    with np.errstate(divide="ignore"):
        log_weights = [log_p + np.log1p(-omega) if omega < 1 else log_p - np.inf, np.full_like(log_p, np.log(omega))]
    found: FloatArray = log_sum_exp(log_weights, axis=0)
    return found


def log_significant(d: FloatArray, outcome: Outcome) -> FloatArray:
    """Return log Pi, the log probability of a significant result.

    Parameters
    ----------
    d : ndarray
        Standardised effects theta / s.
    outcome : Outcome
        An outcome that states a selection; one-sided selection is for benefit.

    Returns
    -------
    ndarray
        The same shape as `d`.
    """
    from scipy.special import log_ndtr

    selection, evidence = _selected(outcome)
    statistic = evidence.statistic(outcome.measure)
    critical = statistic.quantile(selection.upper_tail)
    ratio, log_weight = statistic.ratios()
    towards = outcome.sign * np.asarray(d, float)[..., None]
    significant = log_ndtr(-statistic.distance(critical, towards, ratio))
    if selection.sides == 2:
        significant = np.logaddexp(significant, log_ndtr(-statistic.distance(critical, -towards, ratio)))
    found: FloatArray = log_sum_exp(significant + log_weight, axis=-1)
    return found


def is_significant(outcome: Outcome) -> bool:
    """Return whether the printed result passes the threshold of the selection that the outcome states."""
    selection, evidence = _selected(outcome)
    match evidence:
        case Significance():
            return evidence.significant
        case BareP():
            return not evidence.falls_short and evidence.upper_tail <= selection.upper_tail
        case EffectAndError():
            y, s = evidence.on_analysis_scale(outcome.measure)
            reached = abs(y) if selection.sides == 2 else outcome.sign * y
            return reached / s >= evidence.statistic(outcome.measure).quantile(selection.upper_tail)


def _selected(outcome: Outcome) -> tuple[Selection, EffectAndError | BareP | Significance]:
    """Return the selection that an outcome states, with its evidence: validation accepts it for these kinds only."""
    if outcome.selection is None or not isinstance(outcome.evidence, EffectAndError | BareP | Significance):
        raise LookupError(f"{outcome.name} does not state a selection")
    return outcome.selection, outcome.evidence
