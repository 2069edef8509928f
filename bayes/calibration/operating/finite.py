"""Designs with finitely many reports: all that are possible, enumerated, or a simulated sample that is reweighted.

    P(success | theta) = sum of p(report | theta) over the reports with success

A simulated sample is drawn at several true effects theta_j and serves all of them: a report counts

    w(theta) = p(report | theta) / mean over j of p(report | theta_j)

(multiple importance sampling by the balance heuristic: Veach and Guibas 1995; Owen and Zhou 2000, J Am Stat Assoc
95:135-43), with weights that are scaled to sum to one; Monte Carlo errors follow by the delta method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.calibration.operating.nodes import Nodes, chunks
from bayes.calibration.operating.posteriors import Posteriors, joined
from bayes.calibration.operating.study import Accuracy, AnalysisPrior, Estimate, Question, Range, Study
from bayes.priors.arm_pairs import ArmPair

AT_ONCE = 4e6  # numbers of an array of reports by true effects
NO_MEAN = 2.0  # degrees of freedom of a prior up to which bias and mean squared error are not given


@dataclass(frozen=True)
class IndependentArms:
    """Pairs of counts of two independent arms, all of the treatment arm with each of the control arm, treatment first.

    Attributes
    ----------
    log_treated : callable
        theta of shape (n,) -> log probabilities of the counts of the treatment arm, shape (counts, n).
    log_control : ndarray, shape (counts,)
        Log probabilities of the counts of the control arm, which do not depend on the effect.
    """

    log_treated: Callable[[FloatArray], FloatArray]
    log_control: FloatArray

    def log_p(self, theta: FloatArray) -> FloatArray:
        """Return the log probability of every pair, shape (pairs, n)."""
        both = self.log_treated(theta)[:, None] + self.log_control[None, :, None]
        return np.asarray(both.reshape(-1, len(theta)))

    def expect(self, values: FloatArray, theta: FloatArray) -> FloatArray:
        """Return the expectation of a number of every pair, shape (n,): a product with each arm's probabilities."""
        treated, control = np.exp(self.log_treated(theta)), np.exp(self.log_control)
        given_treated = values.reshape(len(treated), len(control)) @ control
        return np.asarray(given_treated @ treated / (control.sum() * treated.sum(axis=0)))


@dataclass(frozen=True)
class FiniteReports:
    """A design with finitely many reports.

    Attributes
    ----------
    how, baseline, width, truths
        As in `study.Design`.
    number : int
        Of reports.
    log_l : callable
        (theta of shape (n,), slice of reports) -> log likelihoods as the analysis computes them, shape (reports, n).
    log_p : callable
        theta of shape (n,) -> log probabilities of the reports in the design, shape (reports, n); of a simulated sample
        the logarithms of its weights, up to a constant of every theta.
    spots : tuple of (centre, width)
        Of the likelihoods.
    bounds : (float, float)
        Range of the effect.
    simulated : bool
    expect : callable, optional
        (a number of every report, theta of shape (n,)) -> its expectation at every true effect, shape (n,); where the
        arms are independent this needs no probability of every pair of counts.
    of_pair : callable, optional
        Computes the posteriors under independent priors of the arms.
    """

    how: str
    baseline: str
    width: float
    truths: Range
    number: int
    log_l: Callable[[FloatArray, slice], FloatArray]
    log_p: Callable[[FloatArray], FloatArray]
    spots: tuple[tuple[float, float], ...]
    bounds: tuple[float, float] = (-inf, inf)
    simulated: bool = False
    expect: Callable[[FloatArray, FloatArray], FloatArray] | None = None
    of_pair: Callable[[ArmPair, Question], Posteriors] | None = None

    @property
    def takes_pairs(self) -> bool:
        """Return whether priors of both arms have posteriors here."""
        return self.of_pair is not None

    def studies(self, priors: Mapping[str, AnalysisPrior], question: Question) -> dict[str, Study]:
        """Compute the posteriors of all reports under every analysis prior."""
        effects = {name: prior for name, prior in priors.items() if isinstance(prior, Distribution)}
        found = self._of_effect(effects, question) if effects else {}
        for name, prior in priors.items():
            if isinstance(prior, ArmPair) and self.of_pair is not None:
                found[name] = self.of_pair(prior, question)
        studies: dict[str, Study] = {}
        for name in priors:
            prior = priors[name]
            has_mean = not isinstance(prior, Distribution) or prior.heaviest_df > NO_MEAN
            studies[name] = FiniteStudy(self, found[name], question.rule.holds(found[name]), has_mean)
        return studies

    def _of_effect(self, priors: Mapping[str, Distribution], question: Question) -> dict[str, Posteriors]:
        nodes = Nodes.placed(priors.values(), self.spots, question.edges, self.bounds)
        parts: dict[str, list[Posteriors]] = {name: [] for name in priors}
        null = np.array([question.thresholds.null])
        for some in chunks(self.number, len(nodes.theta)):
            log_l, at_null = self.log_l(nodes.theta, some), self.log_l(null, some)[:, 0]
            for name, prior in priors.items():
                parts[name].append(nodes.posteriors(log_l, at_null, prior, question.thresholds))
        return {name: joined(part) for name, part in parts.items()}

    def weights(self, theta: FloatArray) -> FloatArray:
        """Return the weight of every report at every true effect, shape (reports, n); each column sums to one."""
        log_p = self.log_p(np.clip(theta, *self.truths.covered))
        weight = np.exp(log_p - log_p.max(axis=0))
        return np.asarray(weight / weight.sum(axis=0))

    def expectations(self, values: FloatArray, theta: FloatArray) -> FloatArray:
        """Return the expectation of a number of every report at every true effect, shape (n,)."""
        if self.expect is not None:
            return self.expect(values, np.clip(theta, *self.truths.covered))
        step = max(1, int(AT_ONCE / len(values)))
        parts = [values @ self.weights(theta[i : i + step]) for i in range(0, len(theta), step)]
        return np.concatenate(parts) if parts else np.zeros(0)


@dataclass(frozen=True)
class FiniteStudy:
    """One analysis prior under one rule in a design with finitely many reports."""

    design: FiniteReports
    posteriors: Posteriors
    succeeds: NDArray[np.bool_]
    has_mean: bool

    def success(self, theta: FloatArray) -> list[Estimate]:
        """Return P(success | theta) at every true effect."""
        return self._means(self.succeeds.astype(float), theta)

    def averaged(self, theta: FloatArray, weight: FloatArray) -> Estimate:
        """Return the sum of weights times P(success | theta)."""
        value, influence = self._sums(theta, weight)
        return self._with_error(value, influence)

    def share(self, theta: FloatArray, part: FloatArray, whole: FloatArray) -> Estimate | None:
        """Return the ratio of two such sums with other weights; None where success is impossible."""
        below, of_below = self._sums(theta, whole)
        if below <= 0:
            return None
        above, of_above = self._sums(theta, part)
        ratio = above / below
        return self._with_error(ratio, (of_above - ratio * of_below) / below)

    def accuracy(self, effect: float) -> Accuracy:
        """Return bias, mean squared error and coverage at one of the true effects that were asked for."""
        at = np.array([effect])
        (covered,) = self._means((self.posteriors.within_95(effect) >= 0).astype(float), at)
        if not self.has_mean:
            return Accuracy(None, None, covered)
        error = self.posteriors.mean - effect
        return Accuracy(self._means(error, at)[0], self._means(error**2, at)[0], covered)

    def _means(self, values: FloatArray, theta: FloatArray) -> list[Estimate]:
        """Return the expectation of a number of every report at every true effect."""
        if not self.design.simulated:
            return [Estimate(value) for value in self.design.expectations(values, theta).tolist()]
        found = []
        for one in theta:
            weight = self.design.weights(np.array([one]))[:, 0]
            value = float(weight @ values)
            found.append(self._with_error(value, weight * (values - value)))
        return found

    def _with_error(self, value: float, influence: FloatArray) -> Estimate:
        return Estimate(value, float(np.sqrt((influence**2).sum())) if self.design.simulated else None)

    def _sums(self, theta: FloatArray, weight: FloatArray) -> tuple[float, FloatArray]:
        """Return the weighted sum of P(success | theta), and how far each simulated report moves it."""
        used = np.flatnonzero(weight > 0)
        if not self.design.simulated:
            each = self.design.expectations(self.succeeds.astype(float), theta[used])
            return float(weight[used] @ each), np.zeros(0)
        value, influence = 0.0, np.zeros(len(self.succeeds))
        step = max(1, int(AT_ONCE / len(self.succeeds)))
        for start in range(0, len(used), step):
            some = used[start : start + step]
            found = self.design.weights(theta[some])
            each = self.succeeds @ found
            value += float(weight[some] @ each)
            influence += ((self.succeeds[:, None] - each) * found) @ weight[some]
        return value, influence
