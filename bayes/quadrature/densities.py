"""Log densities, quantiles and moments of prior distributions.

Normal and Student-t distributions, of which most priors are made, are in closed form: `scipy.stats`, which knows the
others, takes a second to import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import exp, lgamma, log, pi
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, log_ndtr, ndtri, stdtrit, xlog1py, xlogy

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.base.distributions import Distribution

if TYPE_CHECKING:
    from scipy import stats
    from scipy.stats._distn_infrastructure import rv_continuous_frozen  # SciPy exports only its base class

type Frozen = rv_continuous_frozen[stats.rv_continuous, float | np.float64]

OF_SCIPY: dict[str, tuple[str, Callable[..., tuple[float, ...]]]] = {  # SciPy's name, and its parameters from ours
    "normal": ("norm", lambda mean, sd: (mean, sd)),
    "student_t": ("t", lambda df, centre, scale: (df, centre, scale)),
    "half_normal": ("halfnorm", lambda scale: (0, scale)),
    "half_cauchy": ("halfcauchy", lambda scale: (0, scale)),
    "lognormal": ("lognorm", lambda mean, sd: (sd, 0, exp(mean))),
    "inverse_gamma": ("invgamma", lambda shape, scale: (shape, 0, scale)),
    "gamma": ("gamma", lambda shape, rate: (shape, 0, 1 / rate)),
    "lomax": ("lomax", lambda shape, scale: (shape, 0, scale)),
    "uniform_shrinkage": ("fisk", lambda scale: (2, 0, scale)),  # x^2 / (s^2 + x^2) is uniform
    "beta": ("beta", lambda a, b: (a, b)),
    "uniform": ("uniform", lambda low, high: (low, high - low)),
}


def frozen(distribution: Distribution) -> Frozen:
    """Return a simple distribution of SciPy's.

    Parameters
    ----------
    distribution : Distribution
        One of those in `OF_SCIPY`.
    """
    return of_scipy(distribution.name, *distribution.args)


@lru_cache(maxsize=4096)  # SciPy takes a millisecond to make one, and the same prior is asked about many times
def of_scipy(name: str, *parameters: float) -> Frozen:
    """Return a distribution of SciPy's by its name and parameters in the grammar of priors.

    Parameters
    ----------
    name : str
        One of `OF_SCIPY`.
    *parameters : float
    """
    from scipy import stats

    scipy_name, parameters_of = OF_SCIPY[name]
    found: Frozen = getattr(stats, scipy_name)(*parameters_of(*parameters))
    return found


def moments(distribution: Distribution) -> tuple[float, float]:
    """Return mean and variance of a simple distribution, not finite where they do not exist.

    Parameters
    ----------
    distribution : Distribution
        One of those in `OF_SCIPY`.
    """
    if distribution.name == "normal":
        mean, sd = distribution.args
        return mean, sd**2
    found, variance = frozen(distribution).stats("mv")
    return float(found), float(variance)


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
        case "normal":
            return log_normal(x, *args)
        case "student_t":
            return log_t(x, *args)
        case "half_student_t":
            return np.where(x >= 0, log(2) + log_t(x, args[0], 0.0, args[1]), -np.inf)
        case "log_student_t":
            log_x = np.log(np.where(x > 0, x, 1.0))
            return np.where(x > 0, log_t(log_x, *args) - log_x, -np.inf)
    return frozen(distribution).logpdf(x)


def log_normal(x: FloatArray, mean: float = 0.0, sd: float = 1.0) -> FloatArray:
    """Return the log density of a normal distribution, in the shape of x."""
    found: FloatArray = -0.5 * ((x - mean) / sd) ** 2 - log(sd) - 0.5 * log(2 * pi)
    return found


def log_t(x: FloatArray, df: float, centre: float = 0.0, scale: float = 1.0) -> FloatArray:
    """Return the log density of a Student-t distribution, in the shape of x."""
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
    p = np.asarray(probabilities, dtype=float)
    args = distribution.args
    match distribution.name:
        case "normal":
            return np.asarray(args[0] + args[1] * ndtri(p))
        case "student_t":
            return np.asarray(args[1] + args[2] * stdtrit(args[0], p))
        case "half_student_t":
            return np.asarray(args[1] * stdtrit(args[0], (1 + p) / 2))
        case "log_student_t":
            return np.exp(args[1] + args[2] * stdtrit(args[0], p))
    return frozen(distribution).ppf(p)


def log_normal_between(low: FloatArray, high: FloatArray) -> FloatArray:
    """Return log(Phi(high) - Phi(low)), computed in the tail where both terms are small."""
    swap = low > 0
    a, b = np.where(swap, -high, low), np.where(swap, -low, high)
    value: FloatArray = log_ndtr(b) + np.log(-np.expm1(np.minimum(log_ndtr(a) - log_ndtr(b), -1e-300)))
    return value


def log_binomial(x: int, n: int, p: FloatArray) -> FloatArray:
    """Return the log probability of x of n, for each probability of one, (...)."""
    found: FloatArray = log_choose(n, x) + xlogy(x, p) + xlog1py(n - x, -p)
    return found


def log_choose(n: int, m: int | IntArray) -> FloatArray:
    """Return the log binomial coefficient of n over m, elementwise; minus infinity unless 0 <= m <= n."""
    found = gammaln(n + 1) - gammaln(np.maximum(m, 0) + 1) - gammaln(np.maximum(n - m, 0) + 1)
    return np.where((m >= 0) & (m <= n), found, -np.inf)
