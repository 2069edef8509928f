"""Likelihood curves of persons with an event in two arms, integrated over the risk midway between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import erfcx, gammaln, log_ndtr

from bayes.base.arrays import FloatArray
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.counts import Binary
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_density, log_normal
from bayes.quadrature.integrals import log_integral
from bayes.quadrature.likelihood_curve import Curve, LogCurve, bounds_of, landmarks_of
from bayes.quadrature.starting_point import starting_point


@dataclass(frozen=True, slots=True)
class _Counts:
    """Persons with the event and all persons, of the treatment and of the control arm."""

    x1: int
    n1: int
    x0: int
    n0: int

    @classmethod
    def of(cls, outcome: Outcome) -> _Counts:
        evidence = of_kind(outcome.evidence, Binary)
        return cls(evidence.treatment.events, evidence.treatment.n, evidence.control.events, evidence.control.n)

    @property
    def log_coefficients(self) -> float:
        """The logarithm of both binomial coefficients together."""
        pairs = (self.x1, self.n1), (self.x0, self.n0)
        return float(sum(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) for x, n in pairs))

    @property
    def all_against_none(self) -> bool:
        """True if all persons of one arm had the event and none of the other."""
        return (self.x1, self.x0) in ((0, self.n0), (self.n1, 0))


def odds_ratio(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the log odds ratio; the baseline a is the log odds midway between the arms."""
    counts = _Counts.of(outcome)
    x1, n1, x0, n0 = counts.x1, counts.n1, counts.x0, counts.n0

    def log_l(theta: FloatArray) -> FloatArray:
        def log_f(a: FloatArray) -> FloatArray:
            up, down = a + theta[:, None] / 2, a - theta[:, None] / 2
            log_p = x1 * up - n1 * np.logaddexp(0, up) + x0 * down - n0 * np.logaddexp(0, down)
            value: FloatArray = log_p + log_density(nuisance.binary, a - nuisance.baseline_offset * theta[:, None])
            return value

        reach = 60.0 + np.abs(theta)
        return log_integral(log_f, -reach, reach, points=65) + counts.log_coefficients

    return _located(log_l, outcome)


def risk_ratio(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the log risk ratio; the baseline a is the log risk midway, below -|theta| / 2."""
    counts = _Counts.of(outcome)
    x1, n1, x0, n0 = counts.x1, counts.n1, counts.x0, counts.n0

    def log_l(theta: FloatArray) -> FloatArray:
        mean, sd = nuisance.binary.args
        bound = -np.abs(theta) / 2
        z = (bound - mean) / sd

        def log_f(w: FloatArray) -> FloatArray:  # a = bound - t, t = exp(w)
            t = np.exp(w)
            log_p1, log_p0 = np.minimum(theta, 0.0)[:, None] - t, np.minimum(-theta, 0.0)[:, None] - t
            log_p = x1 * log_p1 + (n1 - x1) * _log1mexp(log_p1) + x0 * log_p0 + (n0 - x0) * _log1mexp(log_p0)
            # normal density at a relative to that at the bound: avoids a difference of large squares in the tail
            value: FloatArray = log_p - (t / sd - 2 * z[:, None]) * t / (2 * sd) + w
            return value

        # log of (density at the bound / mass below it), from the inverse Mills ratio where the mass is tiny
        mills = np.where(z < 0, 0.5 * np.log(2 / np.pi) - np.log(erfcx(np.maximum(-z, 0.0) / np.sqrt(2))), 0.0)
        hazard = np.where(z < 0, mills, log_normal(z) - log_ndtr(z)) - np.log(sd)
        inner = log_integral(log_f, np.full_like(theta, -60.0), np.full_like(theta, 5.0), points=193)
        value: FloatArray = inner + hazard + counts.log_coefficients
        return value

    # with all patients of one arm affected and none of the other, L rises to a plateau as the ratio grows
    return _located(log_l, outcome, level_tails=counts.all_against_none)


def risk_difference(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the risk difference; the baseline is uniform over the risks compatible with it."""
    counts = _Counts.of(outcome)
    x1, n1, x0, n0 = counts.x1, counts.n1, counts.x0, counts.n0

    def log_l(theta: FloatArray) -> FloatArray:
        room, up, down = (1 - np.abs(theta))[:, None], np.maximum(theta, 0)[:, None], np.maximum(-theta, 0)[:, None]

        def log_f(w: FloatArray) -> FloatArray:  # the baseline as a uniform share expit(w) of its range
            share, rest = 1 / (1 + np.exp(-w)), 1 / (1 + np.exp(w))
            log_p = x1 * np.log(up + room * share) + (n1 - x1) * np.log(down + room * rest)
            log_p = log_p + x0 * np.log(down + room * share) + (n0 - x0) * np.log(up + room * rest)
            value: FloatArray = log_p + np.log(share) + np.log(rest)
            return value

        return log_integral(log_f, np.full_like(theta, -60.0), np.full_like(theta, 60.0)) + counts.log_coefficients

    return _located(log_l, outcome)


def _located(log_l: LogCurve, outcome: Outcome, level_tails: bool = False) -> Curve:
    bounds = bounds_of(outcome)
    centre, width = landmarks_of(log_l, bounds, starting_point(outcome), outcome.has_estimate)
    return Curve({"all": log_l}, centre, width, "quadrature over the baseline", bounds, level_tails)


def _log1mexp(x: FloatArray) -> FloatArray:
    """Return log(1 - exp(x)) for x < 0."""
    return np.log(-np.expm1(np.minimum(x, -1e-300)))
