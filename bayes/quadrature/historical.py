"""The predictive distribution of a new arm's risk, given earlier single arms, by quadrature.

    r_j ~ Binomial(n_j, expit(theta_j)),   theta_j ~ Normal(beta, tau),   theta_new ~ Normal(beta, tau)

Known: the events r_j and persons n_j of every earlier arm, and the priors of beta and tau. Estimated: beta, tau and
theta_new. Assumes that all arms, the new one included, are exchangeable. The posterior of beta and tau is a
two-dimensional integral in which each theta_j is integrated out separately (the integrand is log-concave).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import log, pi, sqrt

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import expit

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.base.numbers import significant
from bayes.errors import NotFormable
from bayes.quadrature.densities import landmarks, log_prior_density, quantiles
from bayes.quadrature.integrals import panels

LEVELS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 0.99999, 1 - 1e-7)
QUANTILES = (0.025, 0.5, 0.975)
EDGE = 30.0  # log odds beyond which a risk counts as zero or one
LOST = 1e-4  # predictive mass that is allowed beyond EDGE
DROP = 42.0  # log units below the peak beyond which an integrand is negligible
NODES, HALVINGS = 40, 40
HERMITE = np.polynomial.hermite_e.hermegauss(31)
Scan = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Described:
    """The mean, SD and 2.5, 50 and 97.5% quantiles of one quantity."""

    mean: float
    sd: float
    quantiles: tuple[float, ...]


@dataclass(frozen=True)
class Predictive:
    """The predictive distribution of a new arm, given earlier arms.

    Attributes
    ----------
    risk, beta, tau : Described
        The risk of the new arm; the mean and between-arm SD of the log odds.
    nodes, weights, log_density : ndarray, shape (n,)
        Integration nodes inside (0, 1), their weights, and the log density of the new risk.
    """

    risk: Described
    beta: Described
    tau: Described
    nodes: FloatArray
    weights: FloatArray
    log_density: FloatArray


def predict(arms: Sequence[tuple[int, int]], location: Distribution, heterogeneity: Distribution) -> Predictive:
    """Compute the posterior of beta and tau and the predictive distribution of a new arm's risk.

    Parameters
    ----------
    arms : sequence of (events, persons)
    location : Distribution
        Prior of beta, the mean log odds.
    heterogeneity : Distribution
        Prior of tau, the SD of the log odds between arms; on the positive line.

    Returns
    -------
    Predictive

    Raises
    ------
    ValueError
        If there are no arms, or an arm has no persons or more events than persons.
    NotFormable
        If so much predictive mass lies at risks of zero or one that a density cannot describe it.
    """
    if not arms or any(not 0 <= events <= persons or persons < 1 for events, persons in arms):
        raise ValueError(
            f"invalid arms {list(arms)}; accepted: one or more (events, persons), 0 <= events <= persons, persons >= 1"
        )
    tau, tau_weight = panels([heterogeneity.support[0], *_quantiles(heterogeneity, LEVELS)], order=8)

    def log_post(beta: FloatArray, tau: FloatArray) -> FloatArray:
        total = log_prior_density(location, beta)[:, None]
        total = total + log_prior_density(heterogeneity, tau)
        for (events, persons), count in sorted(Counter(arms).items()):
            total = total + count * _averaged(events, persons, beta[:, None], tau)
        value: FloatArray = total
        return value

    spots = [landmarks(d) for _, d in location.components] + [_log_odds(*arm) for arm in arms]
    few = tau[::8]
    beta, beta_weight = _crowded(spots, lambda x: log_post(x, few).max(axis=1))
    values = log_post(beta, tau)
    values -= log_sum_exp(values, weights=beta_weight[:, None] * tau_weight)
    density = np.exp(values)
    risk, *on_nodes = _risk(_of_new_arm(beta, beta_weight, tau, tau_weight, values), spots)
    return Predictive(
        risk,
        _described(beta, beta_weight, density @ tau_weight, beta[0]),
        _described(tau, tau_weight, beta_weight @ density, heterogeneity.support[0]),
        *on_nodes,
    )


def _averaged(events: int, persons: int, beta: FloatArray, tau: FloatArray) -> FloatArray:
    """Return the log of one arm's likelihood averaged over Normal(beta, tau), for every beta and tau.

    The integrand is log-concave: on either side of its peak it falls, and Gauss-Legendre nodes on the two sides meet
    both a normal of SD tau and the sharp edge of the likelihood of an arm without events.
    """

    def log_f(theta: FloatArray) -> FloatArray:
        z = (theta - beta) / tau
        value: FloatArray = events * theta - persons * np.logaddexp(0, theta) - 0.5 * z**2
        return value

    beta, tau = np.broadcast_arrays(beta, tau)
    peak = _peak(events, persons, beta, tau)
    top = log_f(peak)
    node, weight = np.polynomial.legendre.leggauss(NODES)
    total = np.zeros_like(top)
    for side in (-1.0, 1.0):
        reach = _reach(partial(lambda side, distance: top - log_f(peak + side * distance), side), tau)
        for x, w in zip(node, weight, strict=True):
            total += w / 2 * reach * np.exp(log_f(peak + side * reach * (1 + x) / 2) - top)
    value: FloatArray = top + np.log(total) - np.log(tau) - 0.5 * log(2 * pi)
    return value


def _peak(events: int, persons: int, beta: FloatArray, tau: FloatArray) -> FloatArray:
    """Return where the integrand is highest, which is between beta and the peak of the likelihood.

    Without events the likelihood rises to a plateau on the left, and the integrand is highest where its slope, the mean
    number of events, is (beta - theta) / tau^2: not further left than where that number is 1 / tau^2.
    """
    edge = np.log(persons * tau**2)
    least = log(events / (persons - events)) if 0 < events < persons else -edge if events == 0 else edge
    low = np.maximum(beta - (persons - events) * tau**2, np.minimum(beta, least) - 1)
    high = np.minimum(beta + events * tau**2, np.maximum(beta, least) + 1)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rising = events - persons * expit(middle) > (middle - beta) / tau**2
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    found: FloatArray = (low + high) / 2
    return found


def _reach(drop: Callable[[FloatArray], FloatArray], tau: FloatArray) -> FloatArray:
    """Return a distance from the peak, of the order of tau at most, at which the integrand has fallen by `DROP`."""
    low, high = np.zeros_like(tau), sqrt(2 * DROP) * tau  # a normal of SD tau has fallen so far there, all else more
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        near = drop(middle) < DROP
        low, high = np.where(near, middle, low), np.where(near, high, middle)
    return high


def _log_odds(events: int, persons: int) -> tuple[float, float]:
    """Return the log odds of an arm and their standard error, with half a person added to each cell, to place nodes."""
    a, b = events + 0.5, persons - events + 0.5
    return log(a / b), sqrt(1 / a + 1 / b)


def _crowded(spots: Sequence[tuple[float, float]], log_f: Scan) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights where a function of one variable has mass, densest around its peak."""
    centre, width, edges = _extent(spots, log_f)
    reach = np.arcsinh((np.array(edges) - centre) / width)
    return panels(centre + width * np.sinh(np.linspace(reach[0], reach[1], 33)), order=5)


def _extent(spots: Sequence[tuple[float, float]], log_f: Scan) -> tuple[float, float, tuple[float, float]]:
    """Locate the peak, its width and the edges of the mass on successively narrower grids."""
    low, high = min(c - 9 * w for c, w in spots), max(c + 9 * w for c, w in spots)
    found: dict[float, tuple[float, float]] = {}
    for drop in (40.0, 40.0, 2.0, 2.0, 2.0):
        x = np.linspace(low, high, 81)
        values = log_f(x)
        near = np.flatnonzero(values > values.max() - drop)
        low, high = x[max(near[0] - 1, 0)], x[min(near[-1] + 1, len(x) - 1)]
        found[drop] = (float(low), float(high))
    return float(x[values.argmax()]), (high - low) / 4, found[40.0]


def _of_new_arm(
    beta: FloatArray, beta_weight: FloatArray, tau: FloatArray, tau_weight: FloatArray, log_post: FloatArray
) -> Scan:
    """Return the log density of theta_new: Normal(beta, tau) averaged over the posterior, shape (beta, tau)."""
    node, weight = HERMITE

    def log_f(theta: FloatArray) -> FloatArray:
        total = np.zeros(theta.shape)
        for t, w, column in zip(tau, tau_weight, log_post.T, strict=True):
            core = column[1:] > column.max() - 20
            if t > np.diff(beta)[core].max():
                kernel = np.exp(-0.5 * ((theta[:, None] - beta) / t) ** 2) / (t * sqrt(2 * pi))
                total += w * (kernel @ (beta_weight * np.exp(column)))
            else:  # a kernel narrower than beta's nodes are spaced: interpolate the smoother posterior of beta
                between = CubicSpline(beta, column, extrapolate=False)(theta[:, None] + t * node)
                total += w * (np.exp(np.nan_to_num(between, nan=-np.inf)) @ weight) / sqrt(2 * pi)
        with np.errstate(divide="ignore"):
            return np.log(total)

    return log_f


def _risk(log_f: Scan, spots: Sequence[tuple[float, float]]) -> tuple[Described, FloatArray, FloatArray, FloatArray]:
    """Summarise the new arm's risk, and return its nodes, weights and log density."""
    centre, width, edges = _extent([*spots, (-EDGE / 2, EDGE / 18), (EDGE / 2, EDGE / 18)], log_f)
    bounds = np.clip(edges, -EDGE, EDGE)
    first, last = np.arcsinh((bounds - centre) / width)
    u = np.linspace(first, last, 601)
    theta, step = centre + width * np.sinh(u), width * np.cosh(u) * (u[1] - u[0])
    values = log_f(theta)
    mass = step * np.exp(values)
    if (lost := 1 - mass.sum()) > LOST:
        raise NotFormable(
            f"{significant(100 * lost, 2)}% of the predictive mass lies at risks of zero or one: "
            "the prior of tau is too wide for these arms"
        )
    risk, slope = expit(theta), expit(theta) * expit(-theta)
    return _of_mass(risk, u, mass / mass.sum()), risk, step * slope, values - np.log(slope)


def _of_mass(x: FloatArray, u: FloatArray, mass: FloatArray) -> Described:
    """Summarise a quantity given as mass on equally spaced nodes u of a smooth change of variable."""
    mean = float(mass @ x)
    cdf = CubicSpline(u, mass / (u[1] - u[0])).antiderivative()(u)
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(cdf)) > 1e-15])
    found = CubicSpline(cdf[rising], x[rising])(QUANTILES)
    return Described(mean, sqrt(mass @ (x - mean) ** 2), tuple(float(q) for q in found))


def _described(x: FloatArray, weight: FloatArray, density: FloatArray, low: float) -> Described:
    """Summarise a quantity given as a density on the nodes of panels that begin at `low`."""
    mass = weight * density
    mean = float(mass @ x)
    ends = np.concatenate([[low], x])
    fine = np.unique(np.concatenate([np.linspace(a, b, 9) for a, b in pairwise(ends)]))
    cdf = CubicSpline(x, density).antiderivative()(fine)
    cdf = np.maximum.accumulate((cdf - cdf[0]) / (cdf[-1] - cdf[0]))
    found = np.interp(QUANTILES, cdf, fine)
    return Described(mean, sqrt(mass @ (x - mean) ** 2), tuple(float(q) for q in found))


def _quantiles(distribution: Distribution, levels: Sequence[float]) -> FloatArray:
    """Return quantiles of a distribution on the positive line; for a mixture, those of every component."""
    return np.concatenate([quantiles(part, levels) for _, part in distribution.components])
