"""Designs whose report is an estimate y with an error of one distribution, whatever the true effect (METHODS 17).

    y = theta + s e,   e ~ Normal(0, 1) or Student-t(df)

The reports with success are intervals of y, whose ends are roots of the rule's margin; P(success | theta) is then a
difference of distribution functions. A bare p-value is such a report with y = s z; without its direction only the
magnitude of y is seen, and the likelihood is the sum over both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.special import ndtr, stdtr, stdtrit

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.calibration.operating.finite import NO_MEAN
from bayes.calibration.operating.nodes import Nodes, chunks, row_of_spots
from bayes.calibration.operating.posteriors import Posteriors, joined
from bayes.calibration.operating.study import Accuracy, AnalysisPrior, Estimate, Question, Range, Study
from bayes.quadrature.densities import log_normal, log_t
from bayes.quadrature.integrals import panels

REACH = 40.0  # standard errors beyond the outermost true effect: reports further out count as the outermost
PER_ERROR = 12  # reports per standard error
LEVELS = 37.0  # log odds of the quantiles of an error over which a mean is integrated
Intervals = list[tuple[float, float]]


@dataclass(frozen=True)
class LocatedReports:
    """A design whose report is an estimate.

    Attributes
    ----------
    how, baseline, width, truths
        As in `study.Design`; `width` is the standard error s.
    df : float or None
        Degrees of freedom of the error; None for a normal one.
    folded : bool
        Whether the direction of the estimate is not reported.
    bounds : (float, float)
        Range of the effect.
    """

    how: str
    width: float
    truths: Range
    df: float | None = None
    folded: bool = False
    bounds: tuple[float, float] = (-inf, inf)
    baseline: str = ""

    @property
    def takes_pairs(self) -> bool:
        """Return False: an estimate has no arms of its own."""
        return False

    def studies(self, priors: Mapping[str, AnalysisPrior], question: Question) -> dict[str, Study]:
        """Find the reports with success under every analysis prior."""
        known = [p for p in priors.values() if isinstance(p, Distribution)]
        centres = (*question.effects, question.thresholds.null)
        low, high = min(centres) - REACH * self.width, max(centres) + REACH * self.width
        y = np.linspace(low, high, int((high - low) / self.width * PER_ERROR))
        inside = max(low, self.bounds[0]), min(high, self.bounds[1])
        nodes = Nodes.placed(known, row_of_spots(*inside, self.width), question.edges, self.bounds)
        found: dict[str, Study] = {}
        for name, prior in priors.items():
            if isinstance(prior, Distribution):
                found[name] = LocatedStudy(self, question, nodes, prior, y)
        return found

    def log_l(self, y: FloatArray, theta: FloatArray) -> FloatArray:
        """Return the log likelihood of every report, shape (reports, nodes)."""

        def log_density(at: FloatArray) -> FloatArray:
            off = at[:, None] - theta
            return log_normal(off, 0.0, self.width) if self.df is None else log_t(off, self.df, 0.0, self.width)

        return np.logaddexp(log_density(y), log_density(-y)) if self.folded else log_density(y)

    def cdf(self, z: FloatArray | float) -> FloatArray:
        """Return the distribution function of the error in standard errors."""
        return np.asarray(ndtr(z) if self.df is None else stdtr(self.df, z))

    @cached_property
    def errors(self) -> tuple[FloatArray, FloatArray]:
        """Nodes of the error in standard errors with their probabilities, each of shape (nodes,)."""
        if self.df is None:
            z, weight = panels(np.linspace(-9, 9, 37))
            return z, weight * np.exp(log_normal(z))
        level, weight = panels(np.linspace(-LEVELS, LEVELS, 149))
        share = 1 / (1 + np.exp(-level))
        return np.asarray(stdtrit(self.df, share)), weight / (2 + np.exp(level) + np.exp(-level))


@dataclass(frozen=True)
class LocatedStudy:
    """One analysis prior under one rule in a design whose report is an estimate.

    Attributes
    ----------
    y : ndarray, shape (reports,)
        Estimates at which posteriors are tabulated.
    """

    design: LocatedReports
    question: Question
    nodes: Nodes
    prior: Distribution
    y: FloatArray

    @cached_property
    def posteriors(self) -> Posteriors:
        """The posteriors of the tabulated estimates."""
        return joined([self._under(self.y[some]) for some in chunks(len(self.y), len(self.nodes.theta))])

    def _under(self, y: FloatArray) -> Posteriors:
        thresholds = self.question.thresholds
        log_l, at_null = (self.design.log_l(y, at) for at in (self.nodes.theta, np.array([thresholds.null])))
        return self.nodes.posteriors(log_l, at_null[:, 0], self.prior, thresholds)

    @cached_property
    def region(self) -> Intervals:
        """The intervals of estimates with success."""

        def margin(y: float) -> float:
            return float(self.question.rule.margin(self._under(np.array([y])))[0])

        def root(a: float, b: float) -> float:
            return float(brentq(margin, a, b, xtol=1e-12 * self.design.width))

        return _positive(self.y, self.question.rule.margin(self.posteriors), root)

    def success(self, theta: FloatArray) -> list[Estimate]:
        """Return P(success | theta) at every true effect."""
        return [Estimate(value) for value in self._probability(self.region, theta).tolist()]

    def averaged(self, theta: FloatArray, weight: FloatArray) -> Estimate:
        """Return the sum of weights times P(success | theta)."""
        return Estimate(float(self._probability(self.region, theta) @ weight))

    def share(self, theta: FloatArray, part: FloatArray, whole: FloatArray) -> Estimate | None:
        """Return the ratio of two such sums with other weights; None where success is impossible."""
        below = self.averaged(theta, whole).value
        return None if below <= 0 else Estimate(self.averaged(theta, part).value / below)

    def accuracy(self, effect: float) -> Accuracy:
        """Return bias, mean squared error and coverage at one of the true effects that were asked for."""
        inside = CubicSpline(self.y, self.posteriors.within_95(effect))
        covered = _positive(self.y, inside(self.y), lambda a, b: float(brentq(lambda y: float(inside(y)), a, b)))
        coverage = Estimate(float(self._probability(covered, np.array([effect]))[0]))
        if self.prior.heaviest_df <= NO_MEAN:
            return Accuracy(None, None, coverage)
        z, weight = self.design.errors
        reported = np.clip(effect + self.design.width * z, self.y[0], self.y[-1])
        error = self._mean(reported) - effect
        return Accuracy(Estimate(float(weight @ error)), Estimate(float(weight @ error**2)), coverage)

    @cached_property
    def _mean(self) -> CubicSpline:
        return CubicSpline(self.y, self.posteriors.mean)

    def _probability(self, intervals: Intervals, theta: FloatArray) -> FloatArray:
        found = np.zeros(len(theta))
        for low, high in intervals:
            a, b = (low - theta) / self.design.width, (high - theta) / self.design.width
            # in the tail where both are small, so that a rare success keeps its digits
            found += np.where(a > 0, self.design.cdf(-a) - self.design.cdf(-b), self.design.cdf(b) - self.design.cdf(a))
        return found


def _positive(y: FloatArray, values: FloatArray, root: Callable[[float, float], float]) -> Intervals:
    """Return the intervals in which a function is above zero; one that reaches an end of the table goes on beyond."""
    above = values > 0
    ends = [root(float(y[i]), float(y[i + 1])) for i in np.flatnonzero(above[1:] != above[:-1])]
    if above[0]:
        ends.insert(0, -inf)
    if above[-1]:
        ends.append(inf)
    return list(zip(ends[::2], ends[1::2], strict=True))
