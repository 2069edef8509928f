"""Posteriors of all tables of two arms under independent beta priors of their risks, in one matrix product.

P(effect > t | x1, x0) = integral of P(p1 > moved(p0, t) | x1) p(p0 | x0) d p0
"""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, betaln, psi

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.calibration.operating.posteriors import Posteriors
from bayes.calibration.operating.study import Question
from bayes.priors.arm_pairs import ArmPair
from bayes.quadrature.arms import KINKS, MOVED
from bayes.quadrature.integrals import panels

FURTHEST = 36.0  # log odds of the control risk
NEAR_KINK = tuple(side * 2.0**-i for i in range(1, 12) for side in (-1, 1))
type Mixture = list[tuple[FloatArray, FloatArray, FloatArray]]  # of every component: weights, a and b by count


def of_pair(pair: ArmPair, question: Question, measure: str, sizes: tuple[int, int], control: IntArray) -> Posteriors:
    """Compute the posterior of the effect in every table.

    Parameters
    ----------
    pair : ArmPair
        Beta priors of both risks, or mixtures of them.
    question : Question
    measure : {"odds_ratio", "risk_ratio", "risk_difference"}
    sizes : (int, int)
        Patients under treatment and in the control arm.
    control : ndarray of int
        Counts of the control arm; all counts of the treatment arm are taken with each.

    Returns
    -------
    Posteriors
        In the order of the treatment counts, and within them of the control counts.
    """
    n1, n0 = sizes
    treatment, control_prior = pair.formed
    arm1, arm0 = _updated(treatment, np.arange(n1 + 1), n1), _updated(control_prior, control, n0)
    beyond = np.stack([_above(arm1, arm0, measure, edge, n0).ravel() for edge in question.edges], axis=1)
    mean = _mean(arm1, measure)[:, None] - _mean(arm0, measure)
    return Posteriors(question.thresholds, question.edges, beyond, np.zeros(len(beyond)), mean.ravel())


def _updated(prior: Distribution, x: IntArray, n: int) -> Mixture:
    """Return the posterior of one arm for every count."""
    parts = [(weight, *part.args) for weight, part in prior.components]
    log_m = np.array([np.log(w) + betaln(a + x, b + n - x) - betaln(a, b) for w, a, b in parts])
    weight = np.exp(log_m - log_sum_exp(log_m, axis=0))
    return [(weight[i], (a + x).astype(float), (b + n - x).astype(float)) for i, (_, a, b) in enumerate(parts)]


def _above(arm1: Mixture, arm0: Mixture, measure: str, edge: float, n0: int) -> FloatArray:
    """Return P(effect > edge) by treatment and control count."""
    breaks = {*np.linspace(-FURTHEST, FURTHEST, 1 + int(2 * FURTHEST / min(0.5, 3 / n0**0.5))).tolist()}
    for kink in KINKS[measure](edge) if measure in KINKS else ():
        if 0 < kink < 1:
            at = float(np.log(kink / (1 - kink)))
            breaks |= {at, *(at + step for step in NEAR_KINK)}
    u, weight = panels(b for b in breaks if abs(b) <= FURTHEST)
    p0 = 1 / (1 + np.exp(-u))
    moved = np.clip(MOVED[measure](p0, edge), 0.0, 1.0)
    over = sum(w[:, None] * betainc(b[:, None], a[:, None], 1 - moved) for w, a, b in arm1)
    log_p, log_q = -np.logaddexp(0, -u), -np.logaddexp(0, u)
    density = sum(
        w[:, None] * np.exp(a[:, None] * log_p + b[:, None] * log_q - betaln(a, b)[:, None]) for w, a, b in arm0
    )
    return np.clip(np.asarray(over @ (density * weight).T), 0.0, 1.0)


def _mean(arm: Mixture, measure: str) -> FloatArray:
    """Return the mean of the arm's risk, log risk or log odds, by count."""

    def one(a: FloatArray, b: FloatArray) -> FloatArray:
        if measure == "risk_difference":
            return a / (a + b)
        return np.asarray(psi(a) - (psi(a + b) if measure == "risk_ratio" else psi(b)))

    return np.asarray(sum(w * one(a, b) for w, a, b in arm))
