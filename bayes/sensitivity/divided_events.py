"""Divisions of the events between two arms: the log probability of each division given the effect.

With a the midpoint of the log rates, k the size of a negative binomial, each with its own prior,

    p(x, T - x | theta) = sum over k and a of  c(x; k) (mu1/(n1 k + mu1))^x (1 + mu1/(n1 k))^(-n1 k) [and of arm 0]

For totals alone, c is a ratio of gamma functions. If the number M of persons who had the T events is printed as well,
it is informative about k: c(x; k) = sum over m of C(n1, m) f(x, m; k) C(n0, M - m) f(T - x, M - m; k), with f from its
recursion (METHODS 3),

    f(t + 1, m) = [(t + m k) f(t, m) + m k f(t, m - 1)] / (t + 1),     f(0, 0) = 1
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import gammaln

from bayes import quadrature
from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.errors import NotFormable
from bayes.likelihoods.registry import card_of, shipped
from bayes.paper.evidence.counts import Events
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_choose

SIZES = 25  # nodes of log k
EFFECTS = 121  # nodes of theta between which log p is a spline
BASELINES, REACH = 81, 40.0  # nodes of the midpoint of the log rates, and how far they extend


def summed() -> list[str]:
    """Return the likelihoods over whose possible reports sums are implemented, the simplest first."""
    cards = [card for card in shipped().values() if card.evidence == (Events,) and card.mixture is None]
    return [card.name for card in sorted(cards, key=lambda card: -card.order)]


def divisions(evidence: Events, likelihood: str) -> IntArray:
    """Return every number of events that the treatment arm may have had, given the totals.

    Parameters
    ----------
    evidence : Events
        The report of both arms.
    likelihood : str
        One of `summed`.

    Returns
    -------
    ndarray of int, shape (divisions,)

    Raises
    ------
    NotFormable
        For any other likelihood, over whose possible reports no sum is implemented.
    """
    if likelihood not in summed():
        raise NotFormable(f"possible reports cannot be summed under {likelihood}; supported: {', '.join(summed())}")
    t, c = evidence.treatment, evidence.control
    every = np.arange(t.events + c.events + 1)
    if not card_of(likelihood).reads_persons:
        return every
    persons = _persons(evidence)

    def possible(x: int, y: int) -> bool:
        most, least = min(x, t.size), min(x, 1)
        return least <= persons - min(y, 1) and most >= persons - min(y, c.size) and least + min(y, 1) <= persons

    return np.array([x for x in range(len(every)) if possible(x, len(every) - 1 - x)])


def _persons(evidence: Events) -> int:
    """Return the number of persons with at least one event in both arms together, where it is printed."""
    return (evidence.treatment.persons or 0) + (evidence.control.persons or 0)


def log_probabilities(
    evidence: Events, nuisance: Nuisance, likelihood: str, at: IntArray, theta: FloatArray
) -> FloatArray:
    """Compute the log probability of selected divisions at each effect.

    Parameters
    ----------
    evidence : Events
        The report of both arms.
    nuisance : Nuisance
        Priors of the midpoint of the log rates and of the dispersion.
    likelihood : str
        One of `summed`.
    at : ndarray of int, shape (divisions,)
        Events in the treatment arm.
    theta : ndarray, shape (nodes,)
        Log rate ratios, treatment against control.

    Returns
    -------
    ndarray, shape (divisions, nodes)
        Log probabilities, up to a constant.
    """
    reach = np.arcsinh(2 * np.abs(theta).max() + 1e-9)
    u = np.linspace(-reach, reach, EFFECTS)
    card = card_of(likelihood)
    log_k, log_weight = _sizes(nuisance) if card.has("dispersion") else (None, np.zeros(1))
    counted = _counted(evidence, card.reads_persons, at, log_k) + log_weight
    log_p = log_sum_exp(_over_baseline(evidence, nuisance, at, np.sinh(u) / 2, log_k) + counted[:, None, :], axis=2)
    return CubicSpline(u, log_p, axis=1)(np.arcsinh(2 * theta))


def _sizes(nuisance: Nuisance) -> tuple[FloatArray, FloatArray]:
    """Return nodes of log k and their log prior mass."""
    centre, width = quadrature.landmarks(nuisance.dispersion)
    log_k = centre + width * np.linspace(-4.5, 4.5, SIZES)
    log_mass = quadrature.log_density(nuisance.dispersion, log_k)
    return log_k, log_mass - log_sum_exp(log_mass)


def _over_baseline(
    evidence: Events, nuisance: Nuisance, at: IntArray, theta: FloatArray, log_k: FloatArray | None
) -> FloatArray:
    """Integrate the factor that depends on the rates over their midpoint; shape (divisions, nodes, sizes)."""
    total = evidence.treatment.events + evidence.control.events
    v = np.linspace(-1, 1, BASELINES) * np.arcsinh(REACH * (total + 1) ** 0.5)
    half, exposure = theta[:, None, None] / 2, evidence.relative_exposure
    log_expected = np.logaddexp(np.log(exposure[0]) + half, np.log(exposure[1]) - half)
    a = np.log(total) - log_expected + np.sinh(v) * (total + 1) ** -0.5  # about the rate at which the total is expected
    log_f = quadrature.log_density(nuisance.events, a - 2 * nuisance.baseline_offset * half) + np.log(np.cosh(v))
    per_event = []
    for arm, exposed, side in ((evidence.treatment, exposure[0], 1), (evidence.control, exposure[1], -1)):
        log_mean = a + side * half + np.log(exposed)
        if log_k is None:
            log_f = log_f - np.exp(log_mean)
            per_event.append(log_mean)
        else:
            log_size = np.log(arm.size) + log_k[:, None]
            log_f = log_f - np.exp(log_size) * np.logaddexp(0, log_mean - log_size)
            per_event.append(-np.logaddexp(0, log_size - log_mean))
    log_f = np.broadcast_to(log_f, per_event[0].shape)
    return np.array([log_sum_exp(x * per_event[0] + (total - x) * per_event[1] + log_f, axis=2) for x in at])


def _counted(evidence: Events, with_persons: bool, at: IntArray, log_k: FloatArray | None) -> FloatArray:
    """Return log c(x; k), shape (divisions, sizes)."""
    t, c = evidence.treatment, evidence.control
    x, y = at[:, None], t.events + c.events - at[:, None]
    if log_k is None:
        return -gammaln(x + 1) - gammaln(y + 1)
    size = np.exp(log_k)
    if not with_persons:
        return _log_ways(x, t.size * size) + _log_ways(y, c.size * size)
    persons = _persons(evidence)
    log_f = _log_f({*x.ravel().tolist(), *y.ravel().tolist()}, persons, size)
    m = np.arange(persons + 1)
    ways = log_choose(t.size, m) + log_choose(c.size, persons - m)
    pairs = zip(x[:, 0], y[:, 0], strict=True)
    return np.array([log_sum_exp(ways[:, None] + log_f[i] + log_f[j][::-1], axis=0) for i, j in pairs])


def _log_ways(events: IntArray, size: FloatArray) -> FloatArray:
    """Return the log of the ratio of gamma functions in a negative binomial of this size."""
    return gammaln(events + size) - gammaln(size) - gammaln(events + 1)


def _log_f(wanted: set[int], persons: int, size: FloatArray) -> dict[int, FloatArray]:
    """Return log f(t, m; k) for the requested t, each of shape (persons + 1, sizes)."""
    m = np.arange(persons + 1)[:, None]
    f = np.full((persons + 1, len(size)), -np.inf)
    f[0] = 0.0
    found = {}
    with np.errstate(divide="ignore"):
        for t in range(max(wanted) + 1):
            if t in wanted:
                found[t] = f
            before = np.vstack([np.full_like(size, -np.inf), f[:-1]])
            f = np.logaddexp(np.log(t + m * size) + f, np.log(m * size) + before) - np.log(t + 1)
    return found
