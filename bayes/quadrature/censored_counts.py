"""The likelihood curve of counts that are known within bounds, by summing the probabilities of these counts.

    P(l <= X <= u) = sum over k = l, ..., u of  C(n, k) p^k (1 - p)^(n - k),   in logarithms

Of each arm it is tabulated over log odds, with nodes that are dense about the risks that the bounds begin to exclude.
Counts more than twelve standard deviations from the most probable one that is allowed are left out of the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log, sqrt

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import expit, log_expit

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.censored_counts import CensoredCounts, CountWithin
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_choose
from bayes.quadrature.likelihood_curve import Curve, bounds_of, landmarks_of
from bayes.quadrature.starting_point import starting_point
from bayes.quadrature.two_risks import BinomialArm, OfArm, log_odds_ratio

METHOD = "quadrature over the baseline, counts within bounds"
LOGITS = 200.0  # reach of the logit of a risk
NODES = 1001


@dataclass(frozen=True, slots=True)
class WithinBounds:
    """The least and the greatest number of persons with the event, and all persons of one arm."""

    least: int
    most: int
    n: int

    def __call__(self, logit: FloatArray, log_not: FloatArray) -> FloatArray:
        """Return the log likelihood of risks, given as their logits and the logs of their complements."""
        found: FloatArray = _spline(self)(self.stretched(logit))
        return found

    @property
    def edges(self) -> list[tuple[float, float]]:
        """The log odds at which a bound begins to exclude a risk, each with the width of that change."""
        counts = [k for k in (self.least, self.most + 1) if 0 < k <= self.n]
        return [(log(k / (self.n - k + 1)), sqrt(1 / k + 1 / (self.n - k + 1))) for k in counts]

    def stretched(self, logit: FloatArray) -> FloatArray:
        """Return a function of log odds that is steep at the edges."""
        found: FloatArray = sum((np.arcsinh((logit - at) / width) for at, width in self.edges), 1e-3 * logit)
        return found

    def log_p(self, logit: float) -> float:
        """Return the log probability of a count within the bounds."""
        likeliest, reach = round(self.n * float(expit(logit))), ceil(6 * sqrt(self.n)) + 60
        middle = min(max(likeliest, self.least), self.most)
        k = np.arange(max(self.least, middle - reach), min(self.most, middle + reach) + 1)
        return float(log_sum_exp(log_choose(self.n, k) + k * logit)) + self.n * float(log_expit(-logit))


def curve(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the log odds ratio; the baseline a is the log odds midway between the arms."""
    evidence = of_kind(outcome.evidence, CensoredCounts)
    t, c = evidence.treatment, evidence.control
    log_l, bounds = log_odds_ratio((_of_arm(t), _of_arm(c)), nuisance), bounds_of(outcome)
    # with all patients of one arm possibly affected and none of the other, L rises to a plateau as the ratio grows
    level = (t.most == t.n and c.least == 0) or (t.least == 0 and c.most == c.n)
    centre, width = landmarks_of(log_l, bounds, starting_point(outcome), outcome.has_estimate)
    return Curve({"all": log_l}, centre, width, METHOD, bounds, level, costly=True)


def _of_arm(arm: CountWithin) -> OfArm:
    return BinomialArm(arm.least, arm.n) if arm.is_exact else WithinBounds(arm.least, arm.most, arm.n)


@lru_cache(maxsize=256)
def _spline(arm: WithinBounds) -> CubicSpline:
    """Return the log probability of a count within the bounds, as a function of the stretched log odds."""
    dense = [at + width * np.sinh(np.linspace(-15, 15, 20_001)) for at, width in arm.edges]
    logit = np.unique(np.clip(np.concatenate([np.array([-LOGITS, LOGITS]), *dense]), -LOGITS, LOGITS))
    u = arm.stretched(logit)
    nodes = np.unique(np.interp(np.linspace(u[0], u[-1], NODES), u, logit))
    return CubicSpline(arm.stretched(nodes), [arm.log_p(logit) for logit in nodes.tolist()])
