"""Measures of effect, and conversions between printed numbers, an effect and its standard error.

The analysis scale is the logarithm for ratios, and the measure's own scale for differences and proportions. All
functions are pure. Normal quantiles come from the standard library, so that reading a trial does not load SciPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, pi, sqrt
from statistics import NormalDist
from typing import Literal, get_args, overload

import numpy as np

from bayes.base.arrays import FloatArray

LogMeasure = Literal[
    "odds_ratio", "common_odds_ratio", "risk_ratio", "rate_ratio", "hazard_ratio", "mean_ratio", "win_ratio", "win_odds"
]  # fmt: skip
IdentityMeasure = Literal[
    "mean_difference", "standardised_mean_difference", "risk_difference", "rate_difference", "proportion"
]  # fmt: skip
Measure = Literal[LogMeasure, IdentityMeasure]
LOG_MEASURES: tuple[LogMeasure, ...] = get_args(LogMeasure)
IDENTITY_MEASURES: tuple[IdentityMeasure, ...] = get_args(IdentityMeasure)
MEASURES: tuple[Measure, ...] = get_args(Measure)

# Chinn (2000), Stat Med 19:3127-31: the standardised mean difference of a log odds ratio of one
CHINN = sqrt(3) / pi


def natural_range(measure: str) -> tuple[float, float]:
    """Return the open interval of possible values of a measure, on its own scale."""
    if is_log(measure):
        return 0.0, inf
    return {"risk_difference": (-1.0, 1.0), "proportion": (0.0, 1.0)}.get(measure, (-inf, inf))


def normal_quantile(probability: float) -> float:
    """Return the standard normal quantile q(probability)."""
    return NormalDist().inv_cdf(probability)


def is_log(measure: str) -> bool:
    """Return whether the analysis scale of a measure is the logarithm."""
    return measure in LOG_MEASURES


def to_analysis(value: float, measure: str) -> float:
    """Convert a value from the measure's own scale to the analysis scale."""
    return log(value) if is_log(measure) else float(value)


@overload
def to_natural(value: float, measure: str) -> float: ...
@overload
def to_natural(value: FloatArray, measure: str) -> FloatArray: ...
def to_natural(value: float | FloatArray, measure: str) -> float | FloatArray:
    """Convert a value or an array from the analysis scale to the measure's own scale, elementwise."""
    return np.exp(value) if is_log(measure) else value


def mirrored(threshold: float, null: float) -> float:
    """Reflect a threshold about the null, on the analysis scale: the harm as large as a given benefit."""
    return 2 * null - threshold


def ci_quantile(level: float, df: float | None = None) -> float:
    """Return the half-width of an interval in standard errors.

    Parameters
    ----------
    level : float
        Level of the interval, between 0 and 1.
    df : float, optional
        Degrees of freedom of a Student-t interval; by default the interval is normal.

    Returns
    -------
    float
    """
    return upper_quantile((1 - level) / 2, df)


def upper_quantile(tail: float, df: float | None = None) -> float:
    """Return the upper quantile of a standard normal or a Student-t distribution.

    Parameters
    ----------
    tail : float
        Probability above the quantile.
    df : float, optional
        Degrees of freedom of the Student-t; by default the distribution is normal.

    Returns
    -------
    float
    """
    if df is None:
        return -normal_quantile(tail)
    from scipy.special import stdtrit

    return -float(stdtrit(df, tail))


def se_from_ci(low: float, high: float, level: float, df: float | None = None) -> float:
    """Return the standard error implied by an interval (METHODS 1).

    Parameters
    ----------
    low, high : float
        Limits on the analysis scale.
    level : float
        Level of the interval, between 0 and 1.
    df : float, optional
        Degrees of freedom of a Student-t interval; by default the interval is normal.

    Returns
    -------
    float
        s = (high - low) / (2 q((1 + level) / 2)), on the analysis scale.
    """
    return (high - low) / (2 * ci_quantile(level, df))


def se_from_p(effect: float, p: float, df: float | None = None) -> float:
    """Return the standard error implied by an effect and its p-value (METHODS 1).

    Parameters
    ----------
    effect : float
        Effect on the analysis scale, relative to the null.
    p : float
        Two-sided p-value.
    df : float, optional
        Degrees of freedom of a t test; by default the test is normal.

    Returns
    -------
    float
        s = abs(effect) / q(1 - p / 2), on the analysis scale.
    """
    return abs(effect) / upper_quantile(p / 2, df)


def welch_df(v1: float, n1: int, v0: float, n0: int) -> float:
    """Return the degrees of freedom of a difference of means with unequal variances (Welch 1947, Biometrika 34:28-35).

    Parameters
    ----------
    v1, v0 : float
        Variance of the mean of either arm.
    n1, n0 : int
        Its patients.
    """
    return (v1 + v0) ** 2 / (v1**2 / (n1 - 1) + v0**2 / (n0 - 1))


@dataclass(frozen=True)
class TestStatistic:
    """The distribution of a reported test statistic, given an effect theta = d s (METHODS 5).

    Attributes
    ----------
    df : float, optional
        Degrees of freedom of a t statistic; None for a normal statistic.
    central : bool
        True: s is a standard error estimated with `df` degrees of freedom, so that (statistic - d) is Student-t.
        False: s follows from n alone and d is in true standard deviations, so that the statistic is noncentral t.
    """

    __test__ = False  # otherwise pytest would collect the class because of its name

    df: float | None = None
    central: bool = False

    def quantile(self, tail: float) -> float:
        """Return the value that the statistic exceeds with probability `tail` under no effect."""
        return upper_quantile(tail, self.df)

    def ratios(self) -> tuple[FloatArray, FloatArray]:
        """Return nodes and log weights of u, the variable given which the statistic is normal (see `distance`)."""
        return (np.ones(1), np.zeros(1)) if self.df is None else sd_ratio(self.df)

    def distance(self, at: float, d: FloatArray, ratio: FloatArray) -> FloatArray:
        """Return by how much `at` exceeds its expectation under d, in standard normal units, given u = `ratio`."""
        return (at - d) * ratio if self.central else at * ratio - d


def sd_ratio(nu: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and log weights for u = sample SD / true SD, where u^2 ~ chi-square(nu) / nu.

    A noncentral t variable is a normal variable divided by u. Sums over these nodes stay finite where library routines
    for the noncentral t distribution do not.

    Parameters
    ----------
    nu : float
        Degrees of freedom.

    Returns
    -------
    nodes, log_weights : numpy.ndarray, shape (401,)
        A uniform grid of log u; the weights sum to one.
    """
    reach = 8 / sqrt(2 * nu)
    log_u = np.linspace(-max(reach, 38 / nu), max(reach, 0.5 * log(1 + 80 / nu)), 401)
    log_weight = nu * log_u - nu * np.exp(2 * log_u) / 2
    weight = np.exp(log_weight - log_weight.max())
    return np.exp(log_u), log_weight - log_weight.max() - log(weight.sum())


def whitehead_information(shares: Sequence[float] | FloatArray, n_treatment: float, n_control: float) -> float:
    """Return the information V about a common log odds ratio near zero (Whitehead 1993, Stat Med 12:2257-71).

    Parameters
    ----------
    shares : sequence of float, shape (category,)
        Proportions of patients of both arms together in each category; renormalised to sum to one.
    n_treatment, n_control : float
        Patients per arm.

    Returns
    -------
    float
        V = n1 n0 n / (3 (n + 1)^2) * (1 - sum of cubed shares); the standard error is V ** -0.5.
    """
    p = np.asarray(shares, dtype=float)
    p = p / p.sum()
    n = n_treatment + n_control
    return float(n_treatment * n_control * n / (3 * (n + 1) ** 2) * (1 - (p**3).sum()))


def se_log_odds_ratio(events_1: float, n_1: float, events_0: float, n_0: float) -> float | None:
    """Return Woolf's standard error of a log odds ratio.

    Parameters
    ----------
    events_1, n_1, events_0, n_0 : float
        Patients with the event and patients, in the treatment arm (1) and in the control arm (0).

    Returns
    -------
    float or None
        None if a cell is empty: no continuity correction is made.
    """
    cells = (events_1, n_1 - events_1, events_0, n_0 - events_0)
    return sqrt(sum(1 / c for c in cells)) if min(cells) > 0 else None


def se_log_risk_ratio(events_1: float, n_1: float, events_0: float, n_0: float) -> float | None:
    """Return the standard error of a log risk ratio.

    Parameters
    ----------
    events_1, n_1, events_0, n_0 : float
        Patients with the event and patients, in the treatment arm (1) and in the control arm (0).

    Returns
    -------
    float or None
        None if an arm has no events, or if all patients of both arms have the event.
    """
    if min(events_1, events_0) == 0 or (events_1 == n_1 and events_0 == n_0):
        return None
    return sqrt(1 / events_1 - 1 / n_1 + 1 / events_0 - 1 / n_0)


def se_risk_difference(events_1: float, n_1: float, events_0: float, n_0: float) -> float | None:
    """Return the Wald standard error of a risk difference.

    Parameters
    ----------
    events_1, n_1, events_0, n_0 : float
        Patients with the event and patients, in the treatment arm (1) and in the control arm (0).

    Returns
    -------
    float or None
        None if it would be zero.
    """
    p1, p0 = events_1 / n_1, events_0 / n_0
    variance = p1 * (1 - p1) / n_1 + p0 * (1 - p0) / n_0
    return sqrt(variance) if variance > 0 else None


def se_standardised_mean_difference(n_1: int, n_0: int) -> float:
    """Return the standard error of a standardised mean difference near zero, sqrt(1/n1 + 1/n0)."""
    return sqrt(1 / n_1 + 1 / n_0)


def hedges_g(d: float, n_1: int, n_0: int) -> tuple[float, float]:
    """Convert Cohen's d to Hedges' g, with its standard error.

    Hedges 1981, J Educ Stat 6:107-28; Hedges and Olkin 1985, Statistical Methods for Meta-Analysis, chapter 5.

    Parameters
    ----------
    d : float
        Mean difference in units of the pooled standard deviation.
    n_1, n_0 : int
        Patients in the treatment arm and in the control arm.

    Returns
    -------
    g, se : float
        g = J d with J = 1 - 3 / (4 nu - 1) and nu = n - 2; se = sqrt(1/n1 + 1/n0 + g^2 / (2n)).
    """
    g = (1 - 3 / (4 * (n_1 + n_0 - 2) - 1)) * d
    return g, sqrt(1 / n_1 + 1 / n_0 + g**2 / (2 * (n_1 + n_0)))


def pooled_sd(sd_1: float, n_1: int, sd_0: float, n_0: int) -> float:
    """Return the pooled standard deviation of two groups."""
    return sqrt(((n_1 - 1) * sd_1**2 + (n_0 - 1) * sd_0**2) / (n_1 + n_0 - 2))


def upper_bound_without_events(n: int, level: float = 0.95) -> float:
    """Return the exact one-sided upper bound of a risk after no events in n patients, 1 - (1 - level)^(1/n)."""
    return 1 - exp(log(1 - level) / n)
