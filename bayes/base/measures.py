"""From reported numbers to an effect and its standard error, and back: pure functions.

Ratios live on the log scale, differences on their own scale. Nothing here knows about files or priors.
Normal quantiles come from the standard library so that reading a trial never loads SciPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, pi, sqrt
from statistics import NormalDist

import numpy as np

from bayes.base.numbers import significant

LOG_MEASURES = ("odds_ratio", "common_odds_ratio", "risk_ratio", "rate_ratio", "hazard_ratio", "mean_ratio")
IDENTITY_MEASURES = ("mean_difference", "standardised_mean_difference", "risk_difference", "proportion")
MEASURES = LOG_MEASURES + IDENTITY_MEASURES

# Chinn (2000), Stat Med 19:3127-31: a log odds ratio is pi/sqrt(3) standardised mean differences.
LOG_ODDS_PER_SD = pi / sqrt(3)


def natural_range(measure: str) -> tuple[float, float]:
    """Where a measure may lie, on its own scale; neither end is reached."""
    if is_log(measure):
        return 0.0, inf
    return {"risk_difference": (-1.0, 1.0), "proportion": (0.0, 1.0)}.get(measure, (-inf, inf))


def normal_quantile(probability: float) -> float:
    """q(p), the standard normal quantile."""
    return NormalDist().inv_cdf(probability)


def is_log(measure: str) -> bool:
    """Whether the analysis scale of a measure is the logarithm."""
    return measure in LOG_MEASURES


def to_analysis(value: float, measure: str) -> float:
    """A value on the measure's own scale, moved to the analysis scale."""
    return log(value) if is_log(measure) else float(value)


def to_natural(value, measure: str):
    """Values on the analysis scale, moved to the measure's own scale (elementwise)."""
    return np.exp(value) if is_log(measure) else value


def mirrored(threshold: float, null: float) -> float:
    """A threshold's mirror image beyond no effect, on the analysis scale: where harm is as large as the benefit."""
    return 2 * null - threshold


def ci_quantile(level: float, df: float | None = None) -> float:
    """Half-width of an interval at `level` in standard errors: normal, or Student-t where `df` is stated."""
    return upper_quantile((1 - level) / 2, df)


def upper_quantile(tail: float, df: float | None = None) -> float:
    """The value that a standard normal, or a Student-t where `df` is stated, exceeds with probability `tail`."""
    if df is None:
        return -normal_quantile(tail)
    from scipy.special import stdtrit

    return -float(stdtrit(df, tail))


def se_from_ci(low: float, high: float, level: float, df: float | None = None) -> float:
    """Standard error from interval limits, all on the analysis scale (METHODS 1; never 1.96 by rote)."""
    return (high - low) / (2 * ci_quantile(level, df))


def se_from_p(effect: float, p: float, df: float | None = None) -> float:
    """Standard error from an effect on the analysis scale and its two-sided p-value."""
    return abs(effect) / upper_quantile(p / 2, df)


@dataclass(frozen=True)
class TestStatistic:
    """How a reported test statistic is distributed about an effect of theta = d s.

    Attributes
    ----------
    df : float, optional
        Degrees of freedom of a Student-t; None for a normal statistic.
    central : bool
        True: s is a standard error that was estimated with `df`, so that (statistic - d) is a Student-t. False: d is in
        true standard deviations (s follows from n alone), so that the statistic is a noncentral t about d.
    """

    __test__ = False  # no test case, whatever pytest makes of the name

    df: float | None = None
    central: bool = False

    def quantile(self, tail: float) -> float:
        """The value that it exceeds with probability `tail` where there is no effect."""
        return upper_quantile(tail, self.df)

    def ratios(self) -> tuple[np.ndarray, np.ndarray]:
        """Nodes and log weights of u, given which the statistic is normal: see `distance`."""
        return (np.ones(1), np.zeros(1)) if self.df is None else sd_ratio(self.df)

    def distance(self, at: float, d: np.ndarray, ratio: np.ndarray) -> np.ndarray:
        """How far a value `at` lies above what is expected under d, in standard normal units, given u = `ratio`."""
        return (at - d) * ratio if self.central else at * ratio - d


def sd_ratio(nu: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and log weights of u = sample SD / true SD, u^2 ~ chi-square(nu) / nu, on a uniform grid of log u.

    A noncentral t is a normal over u: integrals over these nodes stay finite where library routines for it do not.
    """
    reach = 8 / sqrt(2 * nu)
    log_u = np.linspace(-max(reach, 38 / nu), max(reach, 0.5 * log(1 + 80 / nu)), 401)
    log_weight = nu * log_u - nu * np.exp(2 * log_u) / 2
    weight = np.exp(log_weight - log_weight.max())
    return np.exp(log_u), log_weight - log_weight.max() - log(weight.sum())


def whitehead_information(shares: Sequence[float], n_treatment: float, n_control: float) -> float:
    """Information V about a common log odds ratio near zero (Whitehead 1993, Stat Med 12:2257-71).

    Parameters
    ----------
    shares : sequence of float
        Category shares of both arms together; renormalised to sum to one.
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


def se_log_odds_ratio(events_1: int, n_1: int, events_0: int, n_0: int) -> float | None:
    """Woolf's standard error of a log odds ratio; None when a cell is empty (no correction is made)."""
    cells = (events_1, n_1 - events_1, events_0, n_0 - events_0)
    return sqrt(sum(1 / c for c in cells)) if min(cells) > 0 else None


def se_log_risk_ratio(events_1: int, n_1: int, events_0: int, n_0: int) -> float | None:
    """Standard error of a log risk ratio; None when an arm has no event or nothing but events."""
    if min(events_1, events_0) == 0 or (events_1 == n_1 and events_0 == n_0):
        return None
    return sqrt(1 / events_1 - 1 / n_1 + 1 / events_0 - 1 / n_0)


def se_risk_difference(events_1: int, n_1: int, events_0: int, n_0: int) -> float | None:
    """Wald standard error of a risk difference; None when it degenerates to zero."""
    p1, p0 = events_1 / n_1, events_0 / n_0
    variance = p1 * (1 - p1) / n_1 + p0 * (1 - p0) / n_0
    return sqrt(variance) if variance > 0 else None


def se_standardised_mean_difference(n_1: int, n_0: int) -> float:
    """Standard error of a standardised mean difference near zero: sqrt(1/n1 + 1/n0)."""
    return sqrt(1 / n_1 + 1 / n_0)


def hedges_g(d: float, n_1: int, n_0: int) -> tuple[float, float]:
    """Hedges' g of Cohen's d, and its standard error: J d, J = 1 - 3 / (4 nu - 1), and (1/n1 + 1/n0 + g^2 / 2n)^1/2.

    Hedges 1981, J Educ Stat 6:107-28; Hedges and Olkin 1985, Statistical Methods for Meta-Analysis, chapter 5.
    """
    g = (1 - 3 / (4 * (n_1 + n_0 - 2) - 1)) * d
    return g, sqrt(1 / n_1 + 1 / n_0 + g**2 / (2 * (n_1 + n_0)))


def pooled_sd(sd_1: float, n_1: int, sd_0: float, n_0: int) -> float:
    """Pooled standard deviation of two groups."""
    return sqrt(((n_1 - 1) * sd_1**2 + (n_0 - 1) * sd_0**2) / (n_1 + n_0 - 2))


def upper_bound_without_events(n: int, level: float = 0.95) -> float:
    """Exact one-sided upper bound of a risk after no event in n patients: 1 - (1 - level)^(1/n)."""
    return 1 - exp(log(1 - level) / n)


def number_needed(low: float, middle: float, high: float) -> dict[str, float | str | None]:
    """NNT from a risk or rate difference turned towards benefit; its interval may pass through infinity.

    Positive is patients treated for one more good outcome, negative for one more bad one (Altman 1998).

    Parameters
    ----------
    low, middle, high : float
        Interval and median of the difference.
    """
    shown = {"median": _inverse(middle), "low": _inverse(high), "high": _inverse(low)}
    words = f"{_needed(high)} to {_needed(low)}" if low * high > 0 else f"{_needed(high)} to infinity to {_needed(low)}"
    return shown | {"text": f"{_needed(middle)} ({words})"}


def _inverse(difference: float) -> float | None:
    return None if difference == 0 else 1 / difference


def _needed(difference: float) -> str:
    if difference == 0:
        return "infinity"
    return f"{'NNTB' if difference > 0 else 'NNTH'} {significant(abs(1 / difference))}"
