"""Likelihood curves of two risks when some patients of each arm have no outcome.

The risk p of all patients of an arm is a mixture over those with and without an outcome (White, Higgins and Wood 2008,
Stat Med 27:711-27; Forster and Smith 1998, JRSS B 60:57-70):

    p = (1 - phi) q + phi expit(logit q + lambda),     x ~ Binomial(n, q)

with phi the share of patients without an outcome, q the risk of those with one and lambda the log informative
missingness odds ratio. In their model, lambda is independent of q, about which the data are, and therefore keeps its
prior. Solved for q, this gives the likelihood of p. It is multiplied by d s(q) / d s(p), with s the scale of the risks
on which the measure has its baseline (logit, logarithm or identity): a flat prior of s(p) is then flat for s(q),
whatever lambda is. Averaged over phi and lambda, it takes the place of the binomial likelihood of p in the curves of
`two_risks`, with the same prior of the baseline; with lambda = 0 it is that likelihood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from math import log, sqrt

import numpy as np
from scipy.interpolate import CubicSpline, RectBivariateSpline
from scipy.special import polygamma

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.paper.evidence.arms import TwoArmed
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_normal
from bayes.quadrature.departures import FARTHEST, MOST, REACH, Departures, normal_nodes, shares_missing
from bayes.quadrature.likelihood_curve import Curve, LogCurve, beside, landmarks_of
from bayes.quadrature.two_risks import (
    Arms,
    BinomialArm,
    OfArm,
    counted,
    log_odds_ratio,
    log_risk_difference,
    log_risk_ratio,
)

LAMBDA = np.linspace(-FARTHEST, FARTHEST, 161)
LOGITS = 100.0  # reach of the logit of a risk
NODES = 241  # of the logit
METHOD = "quadrature over the baseline, the departures and the shares of missing patients"
SCALES: dict[str, tuple[int, int]] = {"odds_ratio": (1, 1), "risk_ratio": (1, 0), "risk_difference": (0, 0)}
# d s / d p = p^-i (1 - p)^-j
OF_MEASURE: dict[str, Callable[[Arms, Nuisance], LogCurve]] = {
    "odds_ratio": log_odds_ratio,
    "risk_ratio": log_risk_ratio,
    "risk_difference": log_risk_difference,
}


def curve(outcome: Outcome, nuisance: Nuisance, missing: TwoArmed[int], departures: Departures, main: Curve) -> Curve:
    """Return the curve of the effect in all patients, with and without an outcome.

    Parameters
    ----------
    outcome : Outcome
        Binary; its counts are of patients with an outcome.
    nuisance : Nuisance
        Its prior of the baseline is that of the risks in all patients.
    missing : TwoArmed[int]
        Patients without an outcome.
    departures : Departures
        Log odds ratios of the event, patients without against patients with an outcome.
    main : Curve
        The curve of patients with an outcome, whose effect is that of all patients if lambda = 0.

    Returns
    -------
    Curve
    """
    t, c = counted(outcome)
    scale = SCALES[outcome.measure]
    of_t, of_c = _Arm(t, missing.treatment, scale), _Arm(c, missing.control, scale)
    z, log_weight = (
        normal_nodes(_narrowest(of_t, of_c, departures)) if departures.together else (np.zeros(1), np.zeros(1))
    )
    (mean1, own1), (mean0, own0) = departures.given_shared(z)
    pairs = zip(of_t.averaged(mean1, own1), of_c.averaged(mean0, own0), strict=True)
    log_l = partial(_mixed, [OF_MEASURE[outcome.measure](arms, nuisance) for arms in pairs], log_weight)
    if departures.together:
        apart = curve(outcome, nuisance, missing, replace(departures, correlation=0.0), main)
        return beside(main, log_l, (apart.centre, apart.width), METHOD)
    start = main.centre, 2 * main.width
    return beside(main, log_l, landmarks_of(log_l, main.bounds, start, outcome.has_estimate), METHOD)


def _mixed(given_z: list[LogCurve], log_weight: FloatArray, theta: FloatArray) -> FloatArray:
    """Average likelihoods over the shared part of the departures."""
    found: FloatArray = log_sum_exp([w + log_l(theta) for w, log_l in zip(log_weight, given_z, strict=True)], axis=0)
    return found


def _narrowest(treatment: _Arm, control: _Arm, departures: Departures) -> float:
    """Return the width of the likelihood over the shared part of the departures.

    A unit of it moves each logit risk by about the share of missing patients times the sd of lambda.
    """
    moved = treatment.share * departures.treatment[1] + control.share * departures.control[1]
    return sqrt(treatment.width**2 + control.width**2) / max(moved, 1e-9)


@dataclass(frozen=True)
class _Arm:
    """The counts of an arm with an outcome, the number of its patients without, and the scale of its risk."""

    seen: BinomialArm
    missing: int
    scale: tuple[int, int]

    @property
    def share(self) -> float:
        return self.missing / (self.missing + self.seen.n)

    @property
    def width(self) -> float:
        """The standard deviation of the logit risk of patients with an outcome, under the Jeffreys prior."""
        return sqrt(polygamma(1, self.seen.x + 0.5) + polygamma(1, self.seen.n - self.seen.x + 0.5))

    def averaged(self, means: FloatArray, sd: float) -> list[OfArm]:
        """Return the likelihood of the risk of all patients for each mean of lambda, averaged over lambda."""
        if not self.missing:
            return [self.seen] * len(means)
        table = _table(self)
        if not sd:
            return [table.through(table.at(np.array([mean]))[:, 0]) for mean in means]
        step = min(0.5 * sd, 0.5 * self.width / self.share)
        low, high = means.min() - REACH * sd, means.max() + REACH * sd
        lam = np.linspace(low, high, min(int(np.ceil((high - low) / step)) + 1, MOST))
        log_l = table.at(lam)
        top = log_l.max(axis=1, keepdims=True)
        log_weight = log_normal((lam[:, None] - means) / sd) + log((lam[1] - lam[0]) / sd)
        values = top + np.log(np.exp(log_l - top) @ np.exp(log_weight))
        return [table.through(column) for column in values.T]


@dataclass(frozen=True)
class _Table:
    """log likelihood of the risk of all patients by logit risk and lambda, averaged over the share missing.

    The logit is centre + width sinh(u), with u on a uniform grid.
    """

    centre: float
    width: float
    node: FloatArray
    spline: RectBivariateSpline

    def at(self, lam: FloatArray) -> FloatArray:
        """Return the table at some values of lambda, in ascending order; shape (nodes, len(lam))."""
        found: FloatArray = self.spline(self.node, np.clip(lam, -FARTHEST, FARTHEST))
        return found

    def through(self, values: FloatArray) -> OfArm:
        """Return the likelihood of a risk through its values on the nodes."""
        along = CubicSpline(self.node, values)

        def log_l(logit: FloatArray, log_not: FloatArray) -> FloatArray:
            u = np.arcsinh((logit - self.centre) / self.width)
            found: FloatArray = along(np.clip(u, self.node[0], self.node[-1]))
            return found

        return log_l


@lru_cache(maxsize=32)
def _table(arm: _Arm) -> _Table:
    (x, n), (i, j) = (arm.seen.x, arm.seen.n), arm.scale
    centre, width = log((x + 0.5) / (n - x + 0.5)), arm.width
    node = np.arcsinh(LOGITS / width) * np.linspace(-1, 1, NODES)
    logit = (centre + width * np.sinh(node))[:, None, None]
    lam, (share, log_weight) = LAMBDA[:, None], shares_missing(arm.missing, n)
    log_p, log_not_p = -np.logaddexp(0, -logit), -np.logaddexp(0, logit)
    q, not_q = _root(np.exp(log_p), np.expm1(lam), share), _root(np.exp(log_not_p), np.expm1(-lam), share)
    log_q, log_not_q = np.log(q), np.log(not_q)
    change = np.log1p(share * (np.exp(lam) / (1 + np.expm1(lam) * q) ** 2 - 1))  # log d p / d q
    log_slope = i * (log_p - log_q) + j * (log_not_p - log_not_q) - change
    log_l = log_sum_exp(x * log_q + (n - x) * log_not_q + log_slope + log_weight, axis=-1)
    return _Table(centre, width, node, RectBivariateSpline(node, LAMBDA, log_l + arm.seen.log_coefficient, s=0))


def _root(p: FloatArray, r: FloatArray, share: FloatArray) -> FloatArray:
    """Solve p = (1 - share) q + share (1 + r) q / (1 + r q) for q, without cancellation; 1 + r is the odds ratio."""
    b = 1 + r * (share - p)
    d = np.sqrt(np.maximum(b**2 + 4 * (1 - share) * r * p, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(b >= 0, 2 * p / (b + d), (d - b) / (2 * (1 - share) * r))
