"""Log densities and quantiles of prior distributions, evaluated with SciPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import lgamma, log, pi
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats
from scipy.special import gammaln, log_ndtr

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.base.distributions import Distribution

if TYPE_CHECKING:
    from scipy.stats._distn_infrastructure import rv_continuous_frozen  # SciPy exports only its base class

type Frozen = rv_continuous_frozen[stats.rv_continuous, float | np.float64]

FROZEN: dict[str, Callable[..., Frozen]] = {
    "normal": lambda m, s: stats.norm(m, s),
    "student_t": lambda df, m, s: stats.t(df, m, s),
    "half_normal": lambda s: stats.halfnorm(0, s),
    "half_cauchy": lambda s: stats.halfcauchy(0, s),
    "lognormal": lambda m, s: stats.lognorm(s, 0, np.exp(m)),
    "inverse_gamma": lambda a, b: stats.invgamma(a, 0, b),
    "gamma": lambda a, b: stats.gamma(a, 0, 1 / b),
    "lomax": lambda a, b: stats.lomax(a, 0, b),
    "uniform_shrinkage": lambda s: stats.fisk(2, 0, s),  # x^2 / (s^2 + x^2) is uniform
    "beta": lambda a, b: stats.beta(a, b),
    "uniform": lambda a, b: stats.uniform(a, b - a),
}


@lru_cache(maxsize=4096)  # SciPy takes a millisecond to make one, and the same prior is asked about many times
def frozen(distribution: Distribution) -> Frozen:
    """Return a simple distribution of SciPy's.

    Parameters
    ----------
    distribution : Distribution
        One of those in `FROZEN`.
    """
    return FROZEN[distribution.name](*distribution.args)


def log_density(distribution: Distribution, x: FloatArray) -> FloatArray:
    """Return the log density of a simple distribution (not a mixture).

    Parameters
    ----------
    distribution : Distribution
    x : ndarray
        On the scale of the distribution.

    Returns
    -------
    ndarray
        In the shape of `x`; minus infinity outside the support.
    """
    x, args = np.asarray(x, dtype=float), distribution.args
    match distribution.name:
        case "normal":  # this and Student's t in closed form, at a tenth of what SciPy's checks cost
            return -0.5 * ((x - args[0]) / args[1]) ** 2 - log(args[1]) - 0.5 * log(2 * pi)
        case "student_t":
            return _log_t(x, *args)
        case "half_student_t":
            return np.where(x >= 0, log(2) + _log_t(x, args[0], 0.0, args[1]), -np.inf)
        case "log_student_t":
            log_x = np.log(np.where(x > 0, x, 1.0))
            return np.where(x > 0, _log_t(log_x, *args) - log_x, -np.inf)
    return frozen(distribution).logpdf(x)


def _log_t(x: FloatArray, df: float, centre: float, scale: float) -> FloatArray:
    constant = lgamma((df + 1) / 2) - lgamma(df / 2) - 0.5 * log(df * pi) - log(scale)
    found: FloatArray = constant - (df + 1) / 2 * np.log1p(((x - centre) / scale) ** 2 / df)
    return found


def log_prior_density(prior: Distribution, x: FloatArray) -> FloatArray:
    """Return the log density of a prior.

    Parameters
    ----------
    prior : Distribution
        All components of a mixture count, but only the slab of a spike-and-slab prior.
    x : ndarray, shape (n,)
        On the scale of the prior.

    Returns
    -------
    ndarray, shape (n,)
    """
    found: FloatArray = log_sum_exp([log(w) + log_density(d, x) for w, d in prior.components], axis=0)
    return found


@lru_cache(maxsize=4096)
def landmarks(distribution: Distribution) -> tuple[float, float]:
    """Return (centre, width) of a simple distribution, for placing integration nodes.

    They are the median and the interquartile range over 1.349 (the SD of a normal); zero and the scale for a
    half-Student-t.
    """
    if distribution.name == "half_student_t":
        return 0.0, distribution.args[1]
    low, centre, high = quantiles(distribution, [0.25, 0.5, 0.75])
    return float(centre), float(max(high - low, 1e-12) / 1.349)


def quantiles(distribution: Distribution, probabilities: Sequence[float]) -> FloatArray:
    """Return quantiles of a simple distribution (not a mixture).

    Parameters
    ----------
    distribution : Distribution
    probabilities : sequence of float

    Returns
    -------
    ndarray
        On the scale of the distribution.
    """
    if distribution.name == "half_student_t":
        df, scale = distribution.args
        return scale * stats.t(df).ppf((1 + np.asarray(probabilities)) / 2)
    if distribution.name == "log_student_t":
        return np.exp(stats.t(*distribution.args).ppf(probabilities))
    return frozen(distribution).ppf(probabilities)


def log_normal_between(low: FloatArray, high: FloatArray) -> FloatArray:
    """Return log(Phi(high) - Phi(low)), computed in the tail where both terms are small."""
    swap = low > 0
    a, b = np.where(swap, -high, low), np.where(swap, -low, high)
    value: FloatArray = log_ndtr(b) + np.log(-np.expm1(np.minimum(log_ndtr(a) - log_ndtr(b), -1e-300)))
    return value


def log_choose(n: int, m: int | IntArray) -> FloatArray:
    """Return the log binomial coefficient of n over m, elementwise; minus infinity unless 0 <= m <= n."""
    found = gammaln(n + 1) - gammaln(np.maximum(m, 0) + 1) - gammaln(np.maximum(n - m, 0) + 1)
    return np.where((m >= 0) & (m <= n), found, -np.inf)
