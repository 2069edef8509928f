"""The effective sample size of a prior, by three definitions.

    ELIR     E_prior[ i_p(x) / i_F(x) ],                    i_p(x) = -(log p)''(x), i_F = information of one unit
    Morita   (i_p(mode) - i_0(mode)) / E[information of one unit at the mode],   i_0: the same prior flattened
    moments  size of the conjugate prior with the same mean and SD

ELIR (Neuenschwander, Weber, Schmidli and O'Hagan 2020, Biometrics 76:578-87) is the only one of the three that grows by
n on average when n patients are added. The definition of Morita, Thall and Mueller 2008 (Biometrics 64:595-602),
computed as in RBesT, considers only the mode and is liberal; moments are conservative. For one mixture they can differ
by a factor of up to six.

The unit is a person with or without the event for betas of a risk, a unit of exposure for gammas of a rate, and for
normals either a measurement of known SD or, where x is the log odds, a person with or without the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt
from typing import Literal

import numpy as np
from scipy import stats
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.errors import NotFormable
from bayes.quadrature.densities import frozen, log_density, log_prior_density, of_scipy
from bayes.quadrature.integrals import panels

Method = Literal["elir", "morita", "moments"]
FLAT = 100.0  # flattening factor of Morita's reference prior (RBesT's default)
LEVELS = stats.norm.cdf(np.linspace(-9, 9, 73))  # levels of the quantiles that bound the panels of an integral
REACH = 45.0  # log units over which a tail is followed


def effective_sample_size(prior: Distribution, method: Method = "elir", sigma: float | None = None) -> float:
    """Return the effective sample size of a prior.

    Parameters
    ----------
    prior : Distribution
        A normal, beta or gamma, a mixture of one of these families, or a Student-t. It is the prior of a risk (beta),
        of a rate per unit of exposure (gamma), or of an effect or a log odds (normal).
    method : {"elir", "morita", "moments"}
    sigma : float, optional
        For a normal or a Student-t: standard deviation of one measurement, on the scale of the prior. Without it, x is
        the log odds of an event and the unit is one person.

    Returns
    -------
    float
        In units of the family. ELIR can be negative where the density is highest at the very edge of its support.

    Raises
    ------
    NotFormable
        For another family; for ELIR if the integral diverges (every component of a beta needs a >= 1 and b >= 1, of a
        gamma a shape >= 1); for moments that do not exist; for Morita if the mode lies at the edge of the support.
    """
    families = {d.name for _, d in prior.components}
    if families == {"student_t"} and len(prior.components) == 1 and not prior.spike and sigma is not None:
        return sigma**2 * _precision_of_t(method, *prior.components[0][1].args)
    if prior.spike or families not in ({"normal"}, {"beta"}, {"gamma"}):
        raise NotFormable(
            f"no effective sample size is defined for {prior}; accepted: normal, beta, gamma or a mixture of one family"
        )
    if sigma is not None and (families != {"normal"} or sigma <= 0):
        raise NotFormable(f"sigma = {sigma:g} with {prior} is invalid; accepted: a positive sigma, with normals only")
    (family,) = families
    return float({"elir": _elir, "morita": _morita, "moments": _moments}[method](prior, family, sigma))


def _precision_of_t(method: Method, df: float, mean: float, scale: float) -> float:
    """Return the precision of a Student-t by each definition, in closed form."""
    if method == "elir":
        return (df + 1) / ((df + 3) * scale**2)
    if method == "morita":
        return (1 - 1 / FLAT) * (df + 1) / (df * scale**2)
    if df <= 2:
        raise NotFormable(f"a Student-t with {df:g} degrees of freedom has no variance to match")
    return (df - 2) / (df * scale**2)


def unit_information_sd(n: Sequence[float], se: Sequence[float]) -> float:
    """Return the SD of one patient's information on an effect, sqrt(sum n_i / sum se_i^-2).

    It is the SD of a unit-information prior (Roever et al. 2021, Res Synth Methods 12:448-74) and a `sigma` for
    `effective_sample_size` in patients of both arms together.

    Parameters
    ----------
    n : sequence of float
        Patients of each trial.
    se : sequence of float
        Standard error of each trial's effect, on the analysis scale.

    Returns
    -------
    float
        On the analysis scale.

    Raises
    ------
    ValueError
        If the lengths differ or a number is not positive.
    """
    if len(n) != len(se) or not len(n) or min(*n, *se) <= 0:
        raise ValueError(f"invalid sizes {list(n)} and errors {list(se)}; accepted: equally many, all positive")
    return sqrt(sum(n) / sum(s**-2 for s in se))


def _elir(prior: Distribution, family: str, sigma: float | None) -> float:
    if family == "normal":
        x, weight = _panels_of_line(prior, on_log_odds=sigma is None)
        unit = sigma**2 if sigma is not None else 1 / _information_of_log_odds(x)
        return float((weight * np.exp(log_prior_density(prior, x)) * _curvature(prior, x) * unit).sum())
    bounded = [args[:1] if family == "gamma" else args for args in (d.args for _, d in prior.components)]
    if min(min(args) for args in bounded) < 1:
        needed = "shape >= 1" if family == "gamma" else "a >= 1 and b >= 1"
        raise NotFormable(f"ELIR diverges for {prior}: every component needs {needed}")
    components = [(w, d.args[0], d.args[1]) for w, d in prior.components]
    if family == "gamma":
        return _near_zero(components, family, np.inf)
    return _near_zero(components, family, 0.5) + _near_zero([(w, b, a) for w, a, b in components], family, 0.5)


def _near_zero(components: list[tuple[float, float, float]], family: str, end: float) -> float:
    """Return the integral of p i_p / i_F from zero to `end`, over log x: with a just above 1 the tail is very long.

    x i_p / i_F and x^2 i_p stay finite as x falls, so there is no division by a small number.
    """
    w, a, b = (np.array(column)[:, None] for column in zip(*components, strict=True))
    each = [of_scipy(family, *args) for _, *args in components]
    spots = np.concatenate([f.ppf(LEVELS) for f in each])
    top = log(min(end, max(f.isf(1e-17) for f in each)))
    spots = np.log(spots[spots > 0])
    excess = a[a > 1] - 1
    bottom = min(spots.min(), top) - (REACH / excess.min() if excess.size else 0.0)
    tail = top - np.geomspace(0.1, top - bottom, 120)
    v, weight = panels([*spots[spots < top], *tail, top], order=12)
    x = np.exp(v)
    if family == "gamma":
        constant, far, slope, bend = a * np.log(b) - gammaln(a), -b * x, -b * x, 0.0
    else:
        constant, far = gammaln(a + b) - gammaln(a) - gammaln(b), (b - 1) * np.log1p(-x)
        slope, bend = -(b - 1) * x / (1 - x), (b - 1) * (x / (1 - x)) ** 2
    log_parts = np.log(w) + constant + (a - 1) * v + far
    log_p = log_sum_exp(log_parts, axis=0)
    share = np.exp(log_parts - log_p)
    gradient, hessian = (a - 1) + slope, (a - 1) + bend  # x times the gradient of log f, -x^2 times its hessian
    curvature = (share * (hessian - gradient**2)).sum(axis=0) + (share * gradient).sum(axis=0) ** 2
    per_unit = curvature if family == "gamma" else curvature * (1 - x)
    return float((weight * np.exp(log_p) * per_unit).sum())


def _morita(prior: Distribution, family: str, sigma: float | None) -> float:
    mode = _mode(prior, family)
    curvature = float(_curvature(prior, np.array([mode]))[0])
    if family == "normal":
        flat = 1 / (FLAT * max(d.args[1] for _, d in prior.components) ** 2)
        unit = 1 / sigma**2 if sigma is not None else float(_information_of_log_odds(np.array(mode)))
        return (curvature - flat) / unit
    mean, _ = _mean_and_variance(prior)
    low = (mode / FLAT - 1) / mode**2  # a beta or gamma of size 1/FLAT with mean at the mode
    if family == "gamma":
        return (curvature - low) / (mean / mode**2)
    high = ((1 - mode) / FLAT - 1) / (1 - mode) ** 2
    return (curvature - low - high) / (mean / mode**2 + (1 - mean) / (1 - mode) ** 2)


def _moments(prior: Distribution, family: str, sigma: float | None) -> float:
    mean, variance = _mean_and_variance(prior)
    if family == "beta":
        return mean * (1 - mean) / variance - 1
    if family == "gamma":
        return mean / variance
    if sigma is not None:
        return sigma**2 / variance
    # log odds have no conjugate prior: average one person's information over the prior (as RBesT does)
    x, weight = _panels_of_line(prior, on_log_odds=True)
    return float((weight * np.exp(log_prior_density(prior, x)) / _information_of_log_odds(x)).sum()) / variance


def _mean_and_variance(prior: Distribution) -> tuple[float, float]:
    weight = np.array([w for w, _ in prior.components])
    mean, variance = np.array([frozen(d).stats("mv") for _, d in prior.components]).T
    centre = float(weight @ mean)
    return centre, float(weight @ (variance + (mean - centre) ** 2))


def _mode(prior: Distribution, family: str) -> float:
    """Return the highest mode, away from the edges of the support."""
    levels = np.linspace(0.001, 0.999, 400)
    grid = np.unique(np.concatenate([frozen(d).ppf(levels) for _, d in prior.components]))
    top = int(np.argmax(log_prior_density(prior, grid)))
    if top in (0, len(grid) - 1):
        raise NotFormable(f"no effective sample size by Morita: the mode lies at the edge of {prior}")
    bounds = (grid[top - 1], grid[top + 1])
    tolerance = 1e-10 * float(bounds[1] - bounds[0])

    def minus_log_p(x: float) -> float:
        return -float(log_prior_density(prior, np.array(x)))

    found = minimize_scalar(minus_log_p, bounds=bounds, method="bounded", options={"xatol": tolerance})
    return float(found.x)


def _curvature(prior: Distribution, x: FloatArray) -> FloatArray:
    """Return -(log p)'' at x, from the components' gradients and curvatures weighted by their shares."""
    shares = np.array([log(w) + log_density(d, x) for w, d in prior.components])
    shares = np.exp(shares - log_sum_exp(shares, axis=0))
    gradients, curvatures = np.array([_derivatives(d, x) for _, d in prior.components]).transpose(1, 0, 2)
    value: FloatArray = (shares * (curvatures - gradients**2)).sum(axis=0) + (shares * gradients).sum(axis=0) ** 2
    return value


def _derivatives(d: Distribution, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (log f)' and -(log f)'' of one component."""
    a, b = d.args
    if d.name == "normal":
        return (a - x) / b**2, np.full_like(x, b**-2)
    if d.name == "gamma":
        return (a - 1) / x - b, (a - 1) / x**2
    return (a - 1) / x - (b - 1) / (1 - x), (a - 1) / x**2 + (b - 1) / (1 - x) ** 2


def _information_of_log_odds(x: FloatArray) -> FloatArray:
    """Return the Fisher information of one person, with or without the event, about the log odds: p (1 - p)."""
    return 0.25 / np.cosh(x / 2) ** 2


def _panels_of_line(prior: Distribution, on_log_odds: bool) -> tuple[FloatArray, FloatArray]:
    """Return nodes over the prior; on log odds wide enough to average exp|x|, which moves the mass by one variance."""
    steps = np.linspace(-1, 1, 73)
    breaks = [m + steps * (9 * s + (s**2 if on_log_odds else 0.0)) for m, s in (d.args for _, d in prior.components)]
    return panels(np.concatenate(breaks), order=12)
