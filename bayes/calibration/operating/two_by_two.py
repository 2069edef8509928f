"""Repeated trials with persons with an event in two arms: all tables, with their binomial probabilities.

The control risk is fixed, or averaged over the prior of the baseline that the analysis itself has: the probability of a
table is then its marginal likelihood L(theta).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from math import inf, log

import numpy as np
from scipy.special import expit, gammaln, logit, xlog1py, xlogy

from bayes import quadrature
from bayes.base.arrays import FloatArray, IntArray
from bayes.calibration.operating.baseline import Baseline
from bayes.calibration.operating.conjugate import of_pair
from bayes.calibration.operating.finite import FiniteReports
from bayes.calibration.operating.nodes import row_of_spots
from bayes.calibration.operating.study import Range
from bayes.corpus.engine.count_curves import Curves, Tables, curves_of
from bayes.errors import InvalidInput
from bayes.paper.evidence import Binary
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

MOST = 60_000  # tables that are enumerated; of more, a sample is drawn
REST = 6.5  # standard deviations of the control arm's count beyond which tables are left out: 1e-10 of probability
TREATED: dict[str, Callable[[float, FloatArray], FloatArray]] = {  # (control risk, effect) -> risk under treatment
    "odds_ratio": lambda risk, theta: np.asarray(expit(logit(risk) + theta)),
    "risk_ratio": lambda risk, theta: np.asarray(risk * np.exp(theta)),
    "risk_difference": lambda risk, theta: np.asarray(risk + theta),
}
TRUTHS: dict[str, Callable[[float], tuple[float, float]]] = {  # control risk -> effects with a risk between 0 and 1
    "odds_ratio": lambda risk: (-inf, inf),
    "risk_ratio": lambda risk: (-inf, -log(risk)),
    "risk_difference": lambda risk: (-risk, 1 - risk),
}


def two_by_two(outcome: Outcome, evidence: Binary, nuisance: Nuisance, baseline: Baseline) -> FiniteReports:
    """Return the design of two binomial arms of the observed sizes.

    Parameters
    ----------
    outcome : Outcome
    evidence : Binary
        Its evidence: the sizes of the arms, and the risk of the control arm unless `baseline` says otherwise.
    nuisance : Nuisance
        Priors of the analysis.
    baseline : Baseline

    Raises
    ------
    InvalidInput
        If the stated control risk is not below 1, or more tables are possible than can be enumerated.
    """
    n1, n0 = evidence.treatment.n, evidence.control.n
    seen = 0 < evidence.control.events < n0
    half = 0.0 if seen else 0.5
    risk = (evidence.control.events + half) / (n0 + 2 * half) if baseline.value is None else baseline.value
    if risk >= 1:
        raise InvalidInput("baseline", [f"found {risk:g}; accepted: a risk below 1"])
    x0 = np.arange(n0 + 1)
    if not baseline.averaged:
        spread = REST * (n0 * risk * (1 - risk)) ** 0.5 + REST  # a Poisson tail is longer than a normal one
        x0 = x0[abs(x0 - n0 * risk) <= spread]
    number = (n1 + 1) * len(x0)
    if number > MOST:
        raise InvalidInput(
            outcome.name,
            [f"{number:,} tables of {n1} and {n0} patients are possible; accepted: up to {MOST:,}"
             ", or the report as an estimate with its standard error"],
        )  # fmt: skip
    table = _Enumerated(outcome.measure, n1, n0, x0, risk, nuisance)
    low, high = table.spread
    width = float(np.hypot(*(1 / (n * risk * (1 - risk)) ** 0.5 for n in (n1, n0))))
    if outcome.measure != "odds_ratio":
        width *= risk * (1 - risk) if outcome.measure == "risk_difference" else 1 - risk
    words = (
        f"averaged over the prior of the baseline, {nuisance.binary}"
        if baseline.averaged
        else baseline.words(risk, seen, "control risk")
    )
    truths = (-inf, inf) if baseline.averaged else TRUTHS[outcome.measure](risk)
    if outcome.measure == "risk_difference" and baseline.averaged:
        truths = (-1.0, 1.0)
    return FiniteReports(
        how=f"exact: all {number:,} tables of {n1} v {n0} patients",
        baseline=words,
        width=width,
        truths=Range(truths, (-inf, inf)),
        number=number,
        log_l=table.log_l,
        log_p=table.log_marginal if baseline.averaged else table.log_p,
        spots=tuple(row_of_spots(low, high, 0.7 * table.narrowest)),
        bounds=(-1.0, 1.0) if outcome.measure == "risk_difference" else (-inf, inf),
        of_pair=partial(of_pair, measure=outcome.measure, sizes=(n1, n0), control=x0),
    )


class _Enumerated:
    """The tables of two arms: all counts of the treatment arm with some of the control arm, treatment first."""

    def __init__(self, measure: str, n1: int, n0: int, x0: IntArray, risk: float, nuisance: Nuisance) -> None:
        self.measure, self.n1, self.n0, self.risk, self.nuisance = measure, n1, n0, risk, nuisance
        self.control = x0
        self.x1, self.x0 = (v.ravel().astype(float) for v in np.meshgrid(np.arange(n1 + 1), x0, indexing="ij"))

    @cached_property
    def tables(self) -> Tables:
        return Tables(self.x1, np.full_like(self.x1, self.n1), self.x0, np.full_like(self.x0, self.n0))

    @cached_property
    def spread(self) -> tuple[float, float]:
        """The range of the estimates of all tables."""
        if self.measure == "risk_difference":
            return -1.0, 1.0
        estimate, _ = self.tables.estimates(self.measure)
        return float(estimate.min()), float(estimate.max())

    @cached_property
    def narrowest(self) -> float:
        """The smallest standard error of a table that is possible under some truth."""
        if self.measure == "risk_difference":
            p1, p0 = (self.x1 + 0.5) / (self.n1 + 1), (self.x0 + 0.5) / (self.n0 + 1)
            return float(np.sqrt(p1 * (1 - p1) / self.n1 + p0 * (1 - p0) / self.n0).min())
        return float(self.tables.estimates(self.measure)[1].min())

    @cached_property
    def _ratio_curves(self) -> Curves:
        return curves_of(self.tables, self.measure, self.nuisance)

    @cached_property
    def _difference_curves(self) -> list[quadrature.Curve]:
        """The curves of a risk difference, of which the engine of many tables has none."""
        from bayes.paper.in_memory import outcome

        counts = zip(self.x1.astype(int).tolist(), self.x0.astype(int).tolist(), strict=True)
        reports = (
            outcome(kind="binary", measure=self.measure, benefit="higher", treatment=(a, self.n1), control=(b, self.n0))
            for a, b in counts
        )
        return [quadrature.curve(report, self.nuisance) for report in reports]

    def log_l(self, theta: FloatArray, some: slice) -> FloatArray:
        """Return the log likelihoods of some tables, shape (tables, n), with the baseline integrated out."""
        if self.measure == "risk_difference":
            return np.array([curve(theta) for curve in self._difference_curves[some]])
        which = np.arange(len(self.x1))[some]
        return self._ratio_curves.at(which)(np.broadcast_to(theta, (len(which), len(theta))))

    def log_marginal(self, theta: FloatArray) -> FloatArray:
        """Return the log probabilities of all tables with the baseline averaged over its prior, shape (tables, n)."""
        return self.log_l(theta, slice(None))

    def log_p(self, theta: FloatArray) -> FloatArray:
        """Return the log probabilities of all tables at the fixed control risk, shape (tables, n)."""
        treated = np.clip(TREATED[self.measure](self.risk, theta), 0.0, 1.0)
        of_treatment = _log_binomial(np.arange(self.n1 + 1), self.n1, treated)
        of_control = _log_binomial(self.control, self.n0, np.array([self.risk]))
        found = of_treatment[:, None] + of_control[None]
        return np.asarray(found.reshape(-1, len(theta)))


def _log_binomial(x: IntArray, n: int, p: FloatArray) -> FloatArray:
    """Return log P(x), shape (counts, risks)."""
    ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return np.asarray(ways[:, None] + xlogy(x[:, None], p) + xlog1py((n - x)[:, None], -p))
