"""The approximation of a density by few normals or betas, so that it can be written down as a prior.

    q(x) = sum_k w_k f(x; a_k, b_k),   chosen to make KL(p, q) = integral of p log(p / q) small

The target p is given on integration nodes, so expectation-maximisation needs no random numbers: every node is a case
that counts as much as its mass. K grows from one until the divergence is small enough (RBesT, Weber et al. 2021,
J Stat Softw 100:19, instead grows K by an information criterion of a sample).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log, pi

import numpy as np
from scipy.special import betaln, polygamma, psi

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution

BOUND = 1e-4  # bounds the error of any probability by sqrt(BOUND / 2) = 0.007 (Pinsker's inequality)
MOST = 5
TRIAL, LAST = 60, 3000  # iterations from every start, and from the best one
GAIN = 1e-4 * BOUND  # a smaller gain in one iteration ends the iterations
FAR = 60.0  # nodes with less than exp(-FAR) of the mass are left out
DIGITS = 5  # of a written parameter: few enough to be the same on every machine


@dataclass(frozen=True)
class Approximation:
    """A mixture as it is written down, and its Kullback-Leibler divergence from the target, in nats."""

    distribution: Distribution
    divergence: float


@dataclass(frozen=True)
class _Target:
    """The target density on its nodes.

    Attributes
    ----------
    mass, log_p : ndarray, shape (n,)
        Mass, which sums to one, and log density.
    statistics : ndarray, shape (2, n)
        Both sufficient statistics of the family.
    """

    family: str
    mass: FloatArray
    log_p: FloatArray
    statistics: FloatArray


@dataclass(frozen=True)
class _Mixture:
    weight: FloatArray  # (K,)
    first: FloatArray  # (K,): mean, or a
    second: FloatArray  # (K,): sd, or b


def approximate(
    nodes: FloatArray,
    weights: FloatArray,
    log_density: FloatArray,
    family: str,
    bound: float = BOUND,
    most: int = MOST,
) -> Approximation:
    """Approximate a density by the smallest mixture with a divergence below `bound`, of at most `most` components.

    Parameters
    ----------
    nodes, weights : ndarray, shape (n,)
        Nodes in increasing order and the weights of a quadrature rule; nodes inside (0, 1) for betas.
    log_density : ndarray, shape (n,)
        Log density of the target at the nodes, up to a constant.
    family : {"normal", "beta"}
        a and b of a beta are kept at one or above, so that the density stays finite and its effective sample size by
        ELIR exists.
    bound : float
        Divergence KL(target, mixture) that is small enough, in nats.
    most : int
        Largest number of components.

    Returns
    -------
    Approximation
        A `normal`, `beta` or `mixture` of them with rounded parameters, heaviest component first. The divergence is
        that of the rounded mixture; it can exceed `bound`, which the caller must check.
    """
    target = _target(nodes, weights, log_density, family)
    best = _maximised(target, np.ones((1, len(target.mass))))
    found = _written(target, best)
    while found.divergence > bound and len(best.weight) < most:
        best = max((_improved(target, s, TRIAL) for s in _starts(target, best)), key=lambda m: _score(target, m))
        best = _improved(target, best, LAST)
        found = min(found, _written(target, best), key=lambda a: a.divergence)
    return found


def robustify(prior: Distribution, weight: float, vague: Distribution) -> Distribution:
    """Add a vague component to a prior, for the case that earlier evidence does not apply.

    The robust prior is (1 - w) prior + w vague (Schmidli et al. 2014, Biometrics 70:1023-32).

    Parameters
    ----------
    prior, vague : Distribution
        On the same scale.
    weight : float
        w, between 0 and 1.

    Raises
    ------
    ValueError
        If the weight does not lie between 0 and 1.
    """
    if not 0 < weight < 1:
        raise ValueError(f"weight {weight} of the vague component is invalid; accepted: between 0 and 1")
    kept = tuple(((1 - weight) * w, d) for w, d in prior.components)
    return Distribution("mixture", (), (*kept, *((weight * w, d) for w, d in vague.components)))


def _target(nodes: FloatArray, weights: FloatArray, log_density: FloatArray, family: str) -> _Target:
    x = np.asarray(nodes, dtype=float)
    log_p = np.asarray(log_density, dtype=float)
    log_mass = log_p + np.log(weights)
    total = log_sum_exp(log_mass)
    there = log_mass > total - FAR
    x, log_mass, log_p = x[there], log_mass[there], log_p[there]
    statistics = (x, x**2) if family == "normal" else (np.log(x), np.log1p(-x))
    return _Target(family, np.exp(log_mass - total), log_p - total, np.stack(statistics))


def _log_parts(target: _Target, mixture: _Mixture) -> FloatArray:
    """Return log(weight x density) of every component, shape (K, n)."""
    log_w, a, b = (column[:, None] for column in (np.log(mixture.weight), mixture.first, mixture.second))
    one, two = target.statistics
    if target.family == "beta":
        value: FloatArray = log_w + (a - 1) * one + (b - 1) * two - betaln(a, b)
        return value
    value = log_w - 0.5 * ((one - a) / b) ** 2 - np.log(b) - 0.5 * log(2 * pi)
    return value


def _score(target: _Target, mixture: _Mixture) -> float:
    """Return the mean log density of the mixture under the target; the divergence falls as it rises."""
    return float(target.mass @ log_sum_exp(_log_parts(target, mixture), axis=0))


def _improved(target: _Target, mixture: _Mixture, most: int) -> _Mixture:
    """Run expectation-maximisation until an iteration gains next to nothing."""
    before = -np.inf
    for _ in range(most):
        parts = _log_parts(target, mixture)
        total = log_sum_exp(parts, axis=0)
        score = float(target.mass @ total)
        if score - before < GAIN:
            break
        before = score
        mixture = _maximised(target, np.exp(parts - total), mixture)
    return mixture


def _maximised(target: _Target, share: FloatArray, now: _Mixture | None = None) -> _Mixture:
    """Return the best-fitting components, given each node's shares in them, shape (K, n)."""
    mass = share * target.mass
    weight = mass.sum(axis=1)
    means = mass @ target.statistics.T / weight[:, None]
    if target.family == "normal":
        variance = means[:, 1] - means[:, 0] ** 2
        return _Mixture(weight / weight.sum(), means[:, 0], np.sqrt(variance))
    a, b = _by_moments(target, mass / weight[:, None]) if now is None else (now.first, now.second)
    a, b = _best_betas(a, b, means, steps=40 if now is None else 2)
    return _Mixture(weight / weight.sum(), *_bounded(a, b, means))


def _by_moments(target: _Target, mass: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return betas with the mean and variance of each row of masses."""
    x = np.exp(target.statistics[0])
    mean = mass @ x
    size = mean * (1 - mean) / (mass @ x**2 - mean**2) - 1
    return mean * size, (1 - mean) * size


def _best_betas(a: FloatArray, b: FloatArray, means: FloatArray, steps: int) -> tuple[FloatArray, FloatArray]:
    """Take Newton steps to the betas with these means of log x and log(1 - x), the concave maximum of the score."""
    for _ in range(steps):
        shared, common = psi(a + b), polygamma(1, a + b)
        gain_a, gain_b = means[:, 0] - psi(a) + shared, means[:, 1] - psi(b) + shared
        bend_a, bend_b = polygamma(1, a) - common, polygamma(1, b) - common
        determinant = bend_a * bend_b - common**2
        a, b = (
            np.maximum(a + (bend_b * gain_a + common * gain_b) / determinant, a / 3),
            np.maximum(b + (bend_a * gain_b + common * gain_a) / determinant, b / 3),
        )
    return a, b


def _bounded(a: FloatArray, b: FloatArray, means: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the best betas with a and b at or above one.

    At the edge a = 1 the other parameter is known, b = -1 / mean log(1 - x), and likewise for b = 1.
    """
    other_a, other_b = np.maximum(-1 / means, 1.0).T
    first_only, second_only = (a < 1) & (b >= 1), (b < 1) & (a >= 1)
    low = (a < 1) & (b < 1)
    a, b = np.where(second_only, other_a, a), np.where(first_only, other_b, b)
    return np.where(low | first_only, 1.0, a), np.where(low | second_only, 1.0, b)


def _starts(target: _Target, fitted: _Mixture) -> Iterable[_Mixture]:
    """Yield mixtures with one more component: equal slices, and the worst component cut in halves or core and tails."""
    k = len(fitted.weight) + 1
    slice_ = np.minimum((np.cumsum(target.mass) - target.mass / 2) * k, k - 1).astype(int)
    yield _maximised(target, np.eye(k)[:, slice_])
    parts = _log_parts(target, fitted)
    total = log_sum_exp(parts, axis=0)
    share = np.exp(parts - total)
    worst = int(np.argmax((share * target.mass) @ (target.log_p - total)))
    own = np.cumsum(share[worst] * target.mass)
    own /= own[-1]
    for inside in (own < 0.5, (own > 0.25) & (own < 0.75)):
        yield _maximised(target, np.vstack([np.delete(share, worst, 0), share[worst] * inside, share[worst] * ~inside]))


def _written(target: _Target, mixture: _Mixture) -> Approximation:
    """Return the mixture with rounded parameters and the divergence of the rounded mixture."""
    order = np.argsort(-mixture.weight)
    weight, first, second = (column[order] for column in (mixture.weight, mixture.first, mixture.second))
    weight = np.round(weight, DIGITS)
    kept = weight > 0
    weight, first, second = weight[kept], first[kept], _rounded(second[kept], of=second[kept])
    first = _rounded(first, of=first if target.family == "beta" else second)
    weight[0] += 1 - weight.sum()
    parts = tuple(
        (float(w), Distribution(target.family, (float(a), float(b))))
        for w, a, b in zip(weight, first, second, strict=True)
    )
    found = parts[0][1] if len(parts) == 1 else Distribution("mixture", (), parts)
    divergence = float(target.mass @ target.log_p) - _score(target, _Mixture(weight, first, second))
    return Approximation(found, divergence)


def _rounded(values: FloatArray, of: FloatArray) -> FloatArray:
    """Round values to `DIGITS` significant digits of the sizes `of` (a mean is as fine as its SD)."""
    decimals = DIGITS - 1 - np.floor(np.log10(of)).astype(int)
    return np.array([round(float(value), int(d)) for value, d in zip(values, decimals, strict=True)])
