"""Likelihood curves of the risks in two arms, integrated over the risk midway between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import erfcx, gammaln, log_ndtr

from bayes.base.arrays import FloatArray, IntArray
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.counts import Binary
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_choose, log_density, log_normal
from bayes.quadrature.integrals import log_integral
from bayes.quadrature.likelihood_curve import Curve, LogCurve, bounds_of, landmarks_of
from bayes.quadrature.starting_point import starting_point


@dataclass(frozen=True, slots=True)
class BinomialArm:
    """Persons with the event and all persons of one arm."""

    x: int
    n: int

    def __call__(self, logit: FloatArray, log_not: FloatArray) -> FloatArray:
        """Return the log likelihood of risks, given as their logits and the logs of their complements."""
        found: FloatArray = self.x * logit + self.n * log_not + self.log_coefficient
        return found

    @property
    def log_coefficient(self) -> float:
        """The logarithm of the binomial coefficient."""
        return float(gammaln(self.n + 1) - gammaln(self.x + 1) - gammaln(self.n - self.x + 1))


OfArm = Callable[[FloatArray, FloatArray], FloatArray]
"""log likelihood of the risks of one arm, given as their logits and the logs of their complements."""
Arms = tuple[OfArm, OfArm]


def odds_ratio(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the log odds ratio; the baseline a is the log odds midway between the arms."""
    return replace(_located(log_odds_ratio(counted(outcome), nuisance), outcome), costly=True)


def risk_ratio(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the log risk ratio; the baseline a is the log risk midway, below -|theta| / 2."""
    t, c = counted(outcome)
    # with all patients of one arm affected and none of the other, L rises to a plateau as the ratio grows
    all_against_none = (t.x, c.x) in ((0, c.n), (t.n, 0))
    return _located(log_risk_ratio((t, c), nuisance), outcome, all_against_none)


def risk_difference(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the risk difference; the baseline is uniform over the risks compatible with it."""
    return _located(log_risk_difference(counted(outcome), nuisance), outcome)


def counted(outcome: Outcome) -> tuple[BinomialArm, BinomialArm]:
    """Return the likelihoods of the counts of the treatment and of the control arm."""
    evidence = of_kind(outcome.evidence, Binary)
    t, c = evidence.treatment, evidence.control
    return BinomialArm(t.events, t.n), BinomialArm(c.events, c.n)


def log_odds_ratio(arms: Arms, nuisance: Nuisance) -> LogCurve:
    """Return log L of the log odds ratio, given the likelihood of the risk of each arm."""
    treatment, control = arms

    def log_l(theta: FloatArray) -> FloatArray:
        def log_f(a: FloatArray) -> FloatArray:
            up, down = a + theta[:, None] / 2, a - theta[:, None] / 2
            log_p = treatment(up, -np.logaddexp(0, up)) + control(down, -np.logaddexp(0, down))
            value: FloatArray = log_p + log_density(nuisance.binary, a - nuisance.baseline_offset * theta[:, None])
            return value

        reach = 60.0 + np.abs(theta)
        return log_integral(log_f, -reach, reach, points=65)

    return log_l


def log_tables(table: Binary, nuisance: Nuisance, x: IntArray, theta: FloatArray) -> FloatArray:
    """Return the log probability of every table with the sizes and the total of one, given the log odds ratio.

    With the log odds midway between the arms as the baseline, x persons with the event in the treatment arm enter the
    likelihood by exp(x theta) and their number of ways alone, so that all tables share one integral. It is taken for
    the x that is expected of each theta, where it is largest.

    Parameters
    ----------
    table : Binary
    nuisance : Nuisance
    x : ndarray of int, shape (tables,)
        Persons with the event in the treatment arm.
    theta : ndarray, shape (nodes,)

    Returns
    -------
    ndarray, shape (tables, nodes)
    """
    n1, n0, total = table.treatment.n, table.control.n, table.treatment.events + table.control.events
    possible = np.arange(max(0, total - n0), min(total, n1) + 1)
    expected = np.interp(theta, log_odds_ratio_of(table, possible), possible)[:, None]

    def treatment(logit: FloatArray, log_not: FloatArray) -> FloatArray:
        return expected * logit + n1 * log_not

    def control(logit: FloatArray, log_not: FloatArray) -> FloatArray:
        return (total - expected) * logit + n0 * log_not

    shared = log_odds_ratio((treatment, control), nuisance)(theta)
    ways = log_choose(n1, x) + log_choose(n0, total - x)
    found: FloatArray = shared + (x[:, None] - expected[:, 0]) * theta + ways[:, None]
    return found


def log_odds_ratio_of(table: Binary, x: IntArray) -> FloatArray:
    """Return the crude log odds ratio of tables with the sizes and the total of one, half a person added to each cell.

    Parameters
    ----------
    table : Binary
    x : ndarray of int
        Persons with the event in the treatment arm.
    """
    y = table.treatment.events + table.control.events - x
    crude: FloatArray = np.log((x + 0.5) / (table.treatment.n - x + 0.5)) - np.log(
        (y + 0.5) / (table.control.n - y + 0.5)
    )
    return crude


def log_risk_ratio(arms: Arms, nuisance: Nuisance) -> LogCurve:
    """Return log L of the log risk ratio, given the likelihood of the risk of each arm."""
    treatment, control = arms

    def log_l(theta: FloatArray) -> FloatArray:
        mean, sd = nuisance.binary.args
        bound = -np.abs(theta) / 2
        z = (bound - mean) / sd

        def log_f(w: FloatArray) -> FloatArray:  # a = bound - t, t = exp(w)
            t = np.exp(w)
            log_p1, log_p0 = np.minimum(theta, 0.0)[:, None] - t, np.minimum(-theta, 0.0)[:, None] - t
            log_not1, log_not0 = _log1mexp(log_p1), _log1mexp(log_p0)
            log_p = treatment(log_p1 - log_not1, log_not1) + control(log_p0 - log_not0, log_not0)
            # normal density at a relative to that at the bound: avoids a difference of large squares in the tail
            value: FloatArray = log_p - (t / sd - 2 * z[:, None]) * t / (2 * sd) + w
            return value

        # log of (density at the bound / mass below it), from the inverse Mills ratio where the mass is tiny
        mills = np.where(z < 0, 0.5 * np.log(2 / np.pi) - np.log(erfcx(np.maximum(-z, 0.0) / np.sqrt(2))), 0.0)
        hazard = np.where(z < 0, mills, log_normal(z) - log_ndtr(z)) - np.log(sd)
        value: FloatArray = hazard + log_integral(
            log_f, np.full_like(theta, -60.0), np.full_like(theta, 5.0), points=193
        )
        return value

    return log_l


def log_risk_difference(arms: Arms, nuisance: Nuisance) -> LogCurve:
    """Return log L of the risk difference, given the likelihood of the risk of each arm."""
    treatment, control = arms

    def log_l(theta: FloatArray) -> FloatArray:
        room, up, down = (1 - np.abs(theta))[:, None], np.maximum(theta, 0)[:, None], np.maximum(-theta, 0)[:, None]

        def log_f(w: FloatArray) -> FloatArray:  # the baseline as a uniform share expit(w) of its range
            share, rest = 1 / (1 + np.exp(-w)), 1 / (1 + np.exp(w))
            log_not1, log_not0 = np.log(down + room * rest), np.log(up + room * rest)
            logit1 = np.log(up + room * share) - log_not1
            logit0 = np.log(down + room * share) - log_not0
            value: FloatArray = treatment(logit1, log_not1) + control(logit0, log_not0) + np.log(share) + np.log(rest)
            return value

        return log_integral(log_f, np.full_like(theta, -60.0), np.full_like(theta, 60.0))

    return log_l


def _located(log_l: LogCurve, outcome: Outcome, level_tails: bool = False) -> Curve:
    bounds = bounds_of(outcome)
    centre, width = landmarks_of(log_l, bounds, starting_point(outcome), outcome.has_estimate)
    return Curve({"all": log_l}, centre, width, "quadrature over the baseline", bounds, level_tails)


def _log1mexp(x: FloatArray) -> FloatArray:
    """Return log(1 - exp(x)) for x < 0."""
    return np.log(-np.expm1(np.minimum(x, -1e-300)))
