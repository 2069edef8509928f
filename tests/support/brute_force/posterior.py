"""Posteriors on a dense grid: probabilities, moments, powers and overlap by the trapezoidal rule."""

from math import inf

import numpy as np
from scipy import stats
from scipy.interpolate import CubicSpline
from scipy.special import expit

from support.brute_force.likelihoods import estimate_of, log_likelihood
from support.brute_force.means import pooled_sd
from support.brute_force.sums import log_sum

FINE = 12001
COARSE = {  # nodes between which a costly curve is a spline
    "events": 96, "ordinal": 160, "ordinal_cut": 160, "p_value": 1000, "significance": 1000, "means": 1000,
    "estimate": FINE, "proportion": FINE,
}  # fmt: skip
CORNERED = ("risk_ratio", "risk_difference")  # likelihoods with a corner at no effect, across which no spline may run


class Oracle:
    """One report: its likelihood on a grid that crowds about no effect, followed far out."""

    def __init__(self, measure, benefit, evidence, null):
        self.measure, self.benefit, self.evidence, self.null = measure, benefit, evidence, null
        self.sign = 1 if benefit == "higher" else -1
        self.bounds = {"risk_difference": (-1.0, 1.0), "proportion": (0.0, 1.0)}.get(measure, (-inf, inf))
        thin = FINE // (480 if measure == "risk_difference" else COARSE.get(evidence["kind"], 240))
        if measure == "proportion":
            v = np.concatenate([np.linspace(-400, -30, 1000)[:-1], np.linspace(-30, 30, FINE)])  # singular at 0, maybe
            self.theta, slope = expit(v), expit(v) * expit(-v)
        else:
            unit, reach = self._where()
            v = np.linspace(-1, 1, FINE) * np.arcsinh(reach)
            self.theta, slope = unit * np.sinh(v), unit * np.cosh(v)
        some = np.append(np.arange(0, len(v) - 1, thin), len(v) - 1)
        values, middle = log_likelihood(measure, benefit, evidence, self.theta[some]), len(v) // 2
        if measure in CORNERED and evidence["kind"] == "binary":
            low, high = some <= middle, some >= middle
            sides = (CubicSpline(v[some[at]], values[at]) for at in (low, high))
            self.log_l = np.concatenate([next(sides)(v[:middle]), next(sides)(v[middle:])])
        else:
            self.log_l = CubicSpline(v[some], values)(v)
        self.log_weight = np.log(slope) + np.log(np.gradient(v))

    def _where(self):
        """Unit of the grid, and how many of them it reaches."""
        if self.measure == "risk_difference":
            return 0.2, 5 * (1 - 1e-9)  # even enough that likelihoods near the bounds have nodes too
        unit, reach = 0.05, 200.0
        if self.measure == "mean_difference":
            unit = pooled_sd(self.evidence) / 10 if self.evidence["kind"] == "means" else 1.0
            reach = 3000 * unit
        if self.evidence["kind"] == "estimate":
            unit = min(unit, estimate_of(self.measure, self.evidence)[1])
        return unit, reach / unit

    def log_prior(self, frozen):
        """Log density of the grid's mass, cut off at the bounds and scaled to one."""
        mass = frozen.logpdf(self.theta) + self.log_weight
        return mass - log_sum(mass)

    def mass(self, frozen, a=1.0, b=1.0):
        """Posterior mass of every node, prior and likelihood to powers."""
        log_mass = a * (self.log_prior(frozen) - self.log_weight) + self.log_weight + b * self.log_l
        return np.exp(log_mass - log_sum(log_mass))

    def above(self, frozen, threshold=None, **powers):
        """P(theta > threshold)."""
        mass, threshold = self.mass(frozen, **powers), self.null if threshold is None else threshold
        step = np.gradient(self.theta)
        share = np.clip((self.theta - threshold) / step + 0.5, 0, 1)  # of a node's own cell above it
        return float(mass @ share)

    def p_benefit(self, frozen, threshold=None, **powers):
        above = self.above(frozen, threshold, **powers)
        return above if self.sign > 0 else 1 - above

    def moments(self, frozen):
        mass = self.mass(frozen)
        mean = float(mass @ self.theta)
        return mean, float(np.sqrt(mass @ (self.theta - mean) ** 2))

    def quantile(self, frozen, level):
        """Where the distribution function passes a level, straight between nodes."""
        mass = self.mass(frozen)
        return float(np.interp(level, np.cumsum(mass) - mass / 2, self.theta))

    def overlap(self, frozen):
        log_l = self.log_l + self.log_weight
        return float(np.exp(np.minimum(log_l - log_sum(log_l), self.log_prior(frozen))).sum())


def normal_or_beta(measure, mean, sd):
    """The prior of a mean and a sd in the family of a measure."""
    if measure != "proportion":
        return stats.norm(mean, sd)
    size = mean * (1 - mean) / sd**2 - 1
    return stats.beta(mean * size, (1 - mean) * size)


class Mixture:
    """Frozen distributions with weights."""

    def __init__(self, parts):
        self.parts = parts

    def logpdf(self, x):
        return log_sum([np.log(w) + frozen.logpdf(x) for w, frozen in self.parts], axis=0)
