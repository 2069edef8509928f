"""Selective reporting: what it does to a likelihood that a result may have been printed because it was significant.

    L_sel(theta) prop. to L(theta) / [Pi(theta) + omega (1 - Pi(theta))]

Pi is the probability of significance, omega = P(printed | not significant) / P(printed | significant). The weight of
the result itself (1 or omega) does not depend on theta. Iyengar and Greenhouse 1988, Stat Sci 3:109-35; Copas 2019.
"""

from __future__ import annotations

import numpy as np

from bayes.base.measures import TestStatistic
from bayes.paper.trial import Outcome

OMEGAS = (1.0, 0.5, 0.1, 0.0)  # shown for every outcome that states a selection


def log_printed(theta: np.ndarray, outcome: Outcome, omega: float) -> np.ndarray:
    """log [Pi + omega (1 - Pi)]: how likely the report was to be printed, up to a constant.

    Parameters
    ----------
    theta : ndarray
        Effects on the analysis scale.
    omega : float
        Between 0 (only significant results are printed) and 1 (all alike).
    """
    from scipy.special import logsumexp

    log_p = log_significant(np.asarray(theta) / outcome.standard_error, outcome)
    with np.errstate(divide="ignore"):
        return logsumexp(
            [log_p + np.log1p(-omega) if omega < 1 else log_p - np.inf, np.full_like(log_p, np.log(omega))], axis=0
        )


def log_significant(d: np.ndarray, outcome: Outcome) -> np.ndarray:
    """log Pi as a function of the standardised effect d; one-sided selection looks for benefit."""
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
    """Whether the printed result itself passes the threshold of its selection."""
    evidence, selection = outcome.evidence, outcome.selection
    if evidence.kind == "significance":
        return evidence.significant
    if evidence.kind == "p_value":
        return not evidence.falls_short and evidence.upper_tail <= float(selection.alpha) / selection.sides
    y, s = evidence.on_analysis_scale(outcome.measure)
    reached = abs(y) if selection.sides == 2 else outcome.sign * y
    return reached / s >= _statistic(outcome).quantile(float(selection.alpha) / selection.sides)


def _statistic(outcome: Outcome) -> TestStatistic:
    """The statistic that a selection looks at: that of a bare test, else the estimate over its standard error."""
    return outcome.evidence.statistic(outcome.measure)
