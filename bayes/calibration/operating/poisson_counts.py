"""Repeated trials with event counts in two arms: all pairs of Poisson counts with their probabilities, or a sample."""

from __future__ import annotations

from functools import cached_property
from math import inf, log

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import gammaln

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.calibration.operating.baseline import Baseline
from bayes.calibration.operating.finite import FiniteReports, IndependentArms
from bayes.calibration.operating.nodes import row_of_spots
from bayes.calibration.operating.simulated import Simulation, spread
from bayes.calibration.operating.study import Range
from bayes.corpus.engine.count_curves import FAR, NODES, REACH, SUM, Curves, peak_of
from bayes.errors import InvalidInput
from bayes.paper.evidence import Events
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

MOST = 60_000  # pairs of counts that are enumerated; of more, a sample is drawn
PER = 20  # pairs drawn for each simulated report that is asked for: one is read in a fraction of a millisecond
FINE = 0.7  # of the smallest standard error: the distance of quadrature nodes
AT_ONCE = 64  # pairs whose arrays fit into a processor's cache
ERRORS = 4.0  # standard errors beyond the outermost true effect that are enumerated


def poisson_counts(
    outcome: Outcome,
    evidence: Events,
    nuisance: Nuisance,
    baseline: Baseline,
    effects: tuple[float, ...],
    simulation: Simulation,
) -> FiniteReports:
    """Return the design of two arms with Poisson counts and the observed exposures.

    Parameters
    ----------
    outcome : Outcome
    evidence : Events
        Its evidence: the exposures, and the rate of the control arm unless `baseline` says otherwise.
    nuisance : Nuisance
        Priors of the analysis.
    baseline : Baseline
        A stated rate is per unit of the printed exposure, or per patient.
    effects : tuple of float
        True log rate ratios that are asked for.
    simulation : Simulation
        Used where more pairs are possible than can be enumerated.

    Raises
    ------
    InvalidInput
        If the rate is to be averaged over its prior.
    """
    if baseline.averaged:
        raise InvalidInput("baseline", ["counts of events have no largest value under the prior of a rate; accepted: "
                                        "observed, or a rate of the control arm"])  # fmt: skip
    e1, e0 = evidence.relative_exposure
    seen = evidence.control.events > 0
    own = (evidence.control.events + (0.0 if seen else 0.5)) / e0
    rate = own if baseline.value is None else baseline.value * evidence.follow_up
    s = (1 / (e1 * rate) + 1 / (e0 * rate)) ** 0.5
    low, high = min(*effects, outcome.null) - ERRORS * s, max(*effects, outcome.null) + ERRORS * s
    first, last = _range(e1 * rate * np.exp(low))[0], _range(e1 * rate * np.exp(high))[1]
    x1, x0 = np.arange(first, last + 1), np.arange(_range(e0 * rate)[0], _range(e0 * rate)[1] + 1)
    words, arms = baseline.words(rate / evidence.follow_up, seen, "control rate"), (e1, e0)
    if (number := len(x1) * len(x0)) > MOST:
        return _sampled(arms, rate, nuisance, words, spread(effects, outcome.null, s), simulation)
    one, other = (v.ravel() for v in np.meshgrid(x1, x0, indexing="ij"))
    pairs = _Pairs(one, other, arms, nuisance)

    def log_treated(theta: FloatArray) -> FloatArray:
        return _log_poisson(x1, e1 * rate * np.exp(theta))

    counts = IndependentArms(log_treated, _log_poisson(x0, np.array([e0 * rate]))[:, 0])
    return FiniteReports(
        how=f"exact: all {number:,} pairs of Poisson counts",
        baseline=words,
        width=s,
        truths=Range((-inf, inf), (low, high)),
        number=number,
        log_l=pairs.log_l,
        log_p=counts.log_p,
        expect=counts.expect,
        spots=pairs.spots,
    )


def _sampled(
    exposures: tuple[float, float],
    rate: float,
    nuisance: Nuisance,
    words: str,
    thetas: FloatArray,
    simulation: Simulation,
) -> FiniteReports:
    """Return a design with pairs of counts drawn at several true effects and reweighted for each."""
    rng = np.random.default_rng(simulation.seed)
    number, (e1, e0) = PER * simulation.number, exposures
    x1 = rng.poisson(e1 * rate * np.exp(thetas)[np.resize(np.arange(len(thetas)), number)])
    pairs = _Pairs(x1, rng.poisson(e0 * rate, number), exposures, nuisance)

    def log_treated(theta: FloatArray) -> FloatArray:
        return _log_poisson(x1, e1 * rate * np.exp(theta))

    drawn = log_sum_exp(log_treated(thetas), axis=1)[:, None]
    return FiniteReports(
        how=f"{number:,} simulated pairs of Poisson counts, drawn at {len(thetas)} true effects and reweighted for "
        "each",
        baseline=words,
        width=float((1 / (e1 * rate) + 1 / (e0 * rate)) ** 0.5),
        truths=Range((-inf, inf), (float(thetas[0]), float(thetas[-1]))),
        number=number,
        log_l=pairs.log_l,
        log_p=lambda theta: log_treated(theta) - drawn,
        spots=pairs.spots,
        simulated=True,
    )


def _range(mean: float) -> tuple[int, int]:
    """Return the smallest and the largest Poisson count that matter: all but 1e-9 of the probability."""
    spread = 6.5 * mean**0.5 + 7.0
    return max(0, int(mean - spread)), int(mean + spread) + 1


class _Pairs:
    """Pairs of counts, and their likelihoods."""

    def __init__(self, x1: IntArray, x0: IntArray, exposures: tuple[float, float], nuisance: Nuisance) -> None:
        self.exposures, self.nuisance = exposures, nuisance
        self.x1, self.x0 = x1.astype(float), x0.astype(float)
        a, b = self.x1 + 0.5, self.x0 + 0.5
        self.centre = np.log(a / exposures[0]) - np.log(b / exposures[1])
        self.width = np.sqrt(1 / a + 1 / b)

    @cached_property
    def _curves(self) -> Curves:
        """The likelihoods as splines over arcsinh((theta - centre) / width)."""
        reach = np.arcsinh(np.maximum(FAR, 12 * self.width) / self.width)
        theta = self.centre[:, None] + self.width[:, None] * np.sinh(reach[:, None] * np.linspace(-1, 1, NODES))
        starts = range(0, len(theta), AT_ONCE)
        log_l = np.concatenate([self._exactly(theta[i : i + AT_ONCE], slice(i, i + AT_ONCE)) for i in starts])
        spline = CubicSpline(np.arange(NODES, dtype=float), log_l, axis=1)
        peak = theta[np.arange(len(theta)), log_l.argmax(axis=1)]
        one_sided = (self.x1 == 0) | (self.x0 == 0)
        coefficients = np.ascontiguousarray(np.moveaxis(spline.c, 1, 2))
        return Curves(self.centre, self.width, reach, peak, one_sided, coefficients)

    def _exactly(self, theta: FloatArray, some: slice) -> FloatArray:
        return log_of_rate_ratio(self.x1[some], self.x0[some], self.exposures, theta, self.nuisance)

    def log_l(self, theta: FloatArray, some: slice) -> FloatArray:
        """Return the log likelihoods of some pairs, shape (pairs, n), with the baseline integrated out."""
        which = np.arange(len(self.x1))[some]
        return self._curves.at(which)(np.broadcast_to(theta, (len(which), len(theta))))

    @property
    def spots(self) -> tuple[tuple[float, float], ...]:
        """Where likelihoods may lie: over the range of all estimates, as narrow as the narrowest."""
        return tuple(row_of_spots(float(self.centre.min()), float(self.centre.max()), FINE * float(self.width.min())))


def _log_poisson(x: IntArray, mean: FloatArray) -> FloatArray:
    """Return log P(x), shape (counts, means)."""
    return np.asarray(x[:, None] * np.log(mean) - mean - gammaln(x + 1.0)[:, None])


def log_of_rate_ratio(
    x1: FloatArray, x0: FloatArray, exposures: tuple[float, float], theta: FloatArray, nuisance: Nuisance
) -> FloatArray:
    """Return log L of log rate ratios, with the baseline log rate integrated out.

    The integrand is log-concave with at least the curvature of its normal prior, as in `count_curves`.

    Parameters
    ----------
    x1, x0 : ndarray, shape (pairs,)
        Events under treatment and in the control arm.
    exposures : (float, float)
    theta : ndarray, shape (pairs, n)
    nuisance : Nuisance
        Its prior of the baseline log rate must be a normal.

    Returns
    -------
    ndarray, shape (pairs, n)
    """
    mean, sd = nuisance.events.args
    middle = mean + nuisance.baseline_offset * theta
    e1, e0 = exposures
    a1, a0 = x1[:, None], x0[:, None]

    def slopes(a: FloatArray) -> tuple[FloatArray, FloatArray]:
        m1, m0 = e1 * np.exp(a + theta / 2), e0 * np.exp(a - theta / 2)
        return a1 - m1 + a0 - m0 - (a - middle) / sd**2, -m1 - m0 - sd**-2

    rough = np.log((x1 + x0 + 0.5) / (e1 + e0))[:, None]
    span = np.abs(theta) / 2 + abs(log(e1 / e0)) + 2
    peak = peak_of(slopes, np.minimum(middle, rough - span), np.maximum(middle, rough + span))
    narrow = (-slopes(peak)[1]) ** -0.5
    far = np.arcsinh(REACH * sd / narrow)
    v = np.linspace(-1, 1, SUM)
    a = peak[..., None] + narrow[..., None] * np.sinh(far[..., None] * v)
    up, down = a + theta[..., None] / 2, a - theta[..., None] / 2
    log_f = a1[..., None] * (up + log(e1)) - e1 * np.exp(np.minimum(up, 600.0))
    log_f += a0[..., None] * (down + log(e0)) - e0 * np.exp(np.minimum(down, 600.0))
    log_f -= 0.5 * ((a - middle[..., None]) / sd) ** 2
    log_f += np.log(np.cosh(far[..., None] * v))
    step = np.log(narrow * far * 2 / (SUM - 1)) - log(sd) - 0.5 * log(2 * np.pi)
    return np.asarray(log_sum_exp(log_f, axis=-1) + step - gammaln(x1 + 1)[:, None] - gammaln(x0 + 1)[:, None])
