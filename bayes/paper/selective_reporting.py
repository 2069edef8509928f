"""Selective reporting: the likelihood of a result that may have been printed because it was significant (METHODS 5).

    L_sel(theta) prop. to L(theta) / [Pi(theta) + omega (1 - Pi(theta))]

Pi is the probability of significance, omega = P(printed | not significant) / P(printed | significant). The weight of
the result itself (1 or omega) does not depend on theta. Iyengar and Greenhouse 1988, Stat Sci 3:109-35; Copas 2019.
"""

from __future__ import annotations

import numpy as np

from bayes.base.measures import TestStatistic
from bayes.paper.trial import Outcome

OMEGAS = (1.0, 0.5, 0.1, 0.0)  # the sensitivity rows of an outcome that states a selection


def log_printed(theta: np.ndarray, outcome: Outcome, omega: float) -> np.ndarray:
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
    from scipy.special import logsumexp

    log_p = log_significant(np.asarray(theta) / outcome.standard_error, outcome)
    with np.errstate(divide="ignore"):
        return logsumexp(
            [log_p + np.log1p(-omega) if omega < 1 else log_p - np.inf, np.full_like(log_p, np.log(omega))], axis=0
        )


def log_significant(d: np.ndarray, outcome: Outcome) -> np.ndarray:
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
    from scipy.special import log_ndtr, logsumexp

    selection, statistic = outcome.selection, _statistic(outcome)
    critical = statistic.quantile(float(selection.alpha) / selection.sides)
    ratio, log_weight = statistic.ratios()
    towards = outcome.sign * np.asarray(d, float)[..., None]
    significant = log_ndtr(-statistic.distance(critical, towards, ratio))
    if selection.sides == 2:
        significant = np.logaddexp(significant, log_ndtr(-statistic.distance(critical, -towards, ratio)))
    return logsumexp(significant + log_weight, axis=-1)


def is_significant(outcome: Outcome) -> bool:
    """Return whether the printed result passes the threshold of the selection that the outcome states."""
    evidence, selection = outcome.evidence, outcome.selection
    if evidence.kind == "significance":
        return evidence.significant
    if evidence.kind == "p_value":
        return not evidence.falls_short and evidence.upper_tail <= float(selection.alpha) / selection.sides
    y, s = evidence.on_analysis_scale(outcome.measure)
    reached = abs(y) if selection.sides == 2 else outcome.sign * y
    return reached / s >= _statistic(outcome).quantile(float(selection.alpha) / selection.sides)


def _statistic(outcome: Outcome) -> TestStatistic:
    """Return the statistic subject to selection: that of a bare test, or the estimate over its standard error."""
    return outcome.evidence.statistic(outcome.measure)
