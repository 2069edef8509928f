"""Repeated trials with persons with an event in two arms: all tables, with their binomial probabilities, or a sample.

The control risk is fixed, or averaged over the prior of the baseline that the analysis itself has: the probability of a
table is then its marginal likelihood L(theta).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from math import inf, log

import numpy as np
from scipy.special import expit, gammaln, logit, xlog1py, xlogy

from bayes import quadrature
from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.calibration.operating.baseline import Baseline
from bayes.calibration.operating.conjugate import of_pair
from bayes.calibration.operating.finite import FiniteReports, IndependentArms
from bayes.calibration.operating.nodes import row_of_spots
from bayes.calibration.operating.simulated import Simulation, spread
from bayes.calibration.operating.study import Range
from bayes.corpus.engine.count_curves import Curves, Tables, curves_of
from bayes.errors import InvalidInput
from bayes.paper import in_memory
from bayes.paper.evidence import Binary, of_kind
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

MOST = {"odds_ratio": 60_000, "risk_ratio": 6_000, "risk_difference": 6_000}  # enumerated; of more, a sample is drawn
# tables drawn for each simulated report that is asked for: one is read in a fraction of a millisecond or, where the
# likelihood bends at no effect or ends at a bound, in ten
PER = {"odds_ratio": 20, "risk_ratio": 2, "risk_difference": 2}
FINE = 0.7  # of the smallest standard error: the distance of quadrature nodes
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


def two_by_two(
    outcome: Outcome,
    evidence: Binary,
    nuisance: Nuisance,
    baseline: Baseline,
    effects: tuple[float, ...],
    simulation: Simulation,
) -> FiniteReports:
    """Return the design of two binomial arms of the observed sizes.

    Parameters
    ----------
    outcome : Outcome
    evidence : Binary
        Its evidence: the sizes of the arms, and the risk of the control arm unless `baseline` says otherwise.
    nuisance : Nuisance
        Priors of the analysis.
    baseline : Baseline
    effects : tuple of float
        True effects that are asked for, around which tables are drawn where they cannot be enumerated.
    simulation : Simulation

    Raises
    ------
    InvalidInput
        If the stated control risk is not below 1, or the baseline of too many tables is to be averaged.
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
    number, arms = (n1 + 1) * len(x0), _Arms(outcome.measure, n1, n0, risk)
    if number > MOST[outcome.measure]:
        if baseline.averaged:
            most = MOST[outcome.measure]
            said = f"{number:,} tables are possible; accepted to average over the baseline: up to {most:,}"
            raise InvalidInput("baseline", [said])
        words = baseline.words(risk, seen, "control risk")
        return _sampled(arms, nuisance, words, _spread(effects, outcome, arms), simulation)
    one, other = (v.ravel() for v in np.meshgrid(np.arange(n1 + 1), x0, indexing="ij"))
    counted = _Counted(arms, one, other, nuisance)

    pairs = IndependentArms(partial(arms.log_treated, np.arange(n1 + 1)), arms.log_control(x0)[:, 0])
    averaged = f"averaged over the prior of the baseline, {nuisance.binary}"
    return FiniteReports(
        how=f"exact: all {number:,} tables of {n1} v {n0} patients",
        baseline=averaged if baseline.averaged else baseline.words(risk, seen, "control risk"),
        width=arms.width,
        truths=Range(arms.bounds if baseline.averaged else arms.truths, (-inf, inf)),
        number=number,
        log_l=counted.log_l,
        log_p=counted.log_marginal if baseline.averaged else pairs.log_p,
        expect=None if baseline.averaged else pairs.expect,
        spots=counted.spots,
        bounds=arms.bounds,
        of_pair=partial(of_pair, measure=outcome.measure, sizes=(n1, n0), control=x0),
    )


def _spread(effects: tuple[float, ...], outcome: Outcome, arms: _Arms) -> FloatArray:
    """Return the true effects at which tables are drawn; all of them are possible."""
    thetas = spread(effects, outcome.null, arms.width)
    low, high = arms.truths
    return thetas[(thetas > low) & (thetas < high)]


def _sampled(arms: _Arms, nuisance: Nuisance, words: str, thetas: FloatArray, simulation: Simulation) -> FiniteReports:
    """Return a design with tables drawn at several true effects and reweighted for each."""
    rng = np.random.default_rng(simulation.seed)
    number = PER[arms.measure] * simulation.number
    at = np.resize(np.arange(len(thetas)), number)
    x1 = rng.binomial(arms.n1, arms.treated(thetas)[at])
    counted = _Counted(arms, x1, rng.binomial(arms.n0, arms.risk, number), nuisance)
    drawn = log_sum_exp(arms.log_treated(x1, thetas), axis=1)[:, None]
    return FiniteReports(
        how=f"{number:,} simulated tables of {arms.n1} v {arms.n0} patients, drawn at {len(thetas)} true effects and "
        "reweighted for each",
        baseline=words,
        width=arms.width,
        truths=Range(arms.truths, (float(thetas[0]), float(thetas[-1]))),
        number=number,
        log_l=counted.log_l,
        log_p=lambda theta: arms.log_treated(x1, theta) - drawn,
        spots=counted.spots,
        bounds=arms.bounds,
        simulated=True,
    )


@dataclass(frozen=True)
class _Arms:
    """Two binomial arms with a fixed control risk."""

    measure: str
    n1: int
    n0: int
    risk: float

    @property
    def bounds(self) -> tuple[float, float]:
        """The range of the effect."""
        return (-1.0, 1.0) if self.measure == "risk_difference" else (-inf, inf)

    @property
    def truths(self) -> tuple[float, float]:
        """The effects under which the risk under treatment is between 0 and 1."""
        return TRUTHS[self.measure](self.risk)

    @property
    def width(self) -> float:
        """The standard error of the effect near no effect."""
        p = self.risk
        unit = (p * (1 - p) * (1 / self.n1 + 1 / self.n0)) ** 0.5
        return float(unit / {"odds_ratio": p * (1 - p), "risk_ratio": p}.get(self.measure, 1.0))

    def treated(self, theta: FloatArray) -> FloatArray:
        """Return the risk under treatment."""
        return np.clip(TREATED[self.measure](self.risk, theta), 0.0, 1.0)

    def log_treated(self, x1: IntArray, theta: FloatArray) -> FloatArray:
        """Return the log probabilities of counts of the treatment arm, shape (counts, n)."""
        return _log_binomial(x1, self.n1, self.treated(theta))

    def log_control(self, x0: IntArray) -> FloatArray:
        """Return the log probabilities of counts of the control arm, shape (counts, 1)."""
        return _log_binomial(x0, self.n0, np.array([self.risk]))


class _Counted:
    """Tables of two arms, and their likelihoods."""

    def __init__(self, arms: _Arms, x1: IntArray, x0: IntArray, nuisance: Nuisance) -> None:
        self.measure, self.n1, self.n0, self.nuisance = arms.measure, arms.n1, arms.n0, nuisance
        self.x1, self.x0 = x1.astype(float), x0.astype(float)

    @cached_property
    def tables(self) -> Tables:
        return Tables(self.x1, np.full_like(self.x1, self.n1), self.x0, np.full_like(self.x0, self.n0))

    @property
    def spots(self) -> tuple[tuple[float, float], ...]:
        """Where likelihoods may lie: over the range of all estimates, as narrow as the narrowest."""
        if self.measure == "risk_difference":
            p1, p0 = (self.x1 + 0.5) / (self.n1 + 1), (self.x0 + 0.5) / (self.n0 + 1)
            narrowest = float(np.sqrt(p1 * (1 - p1) / self.n1 + p0 * (1 - p0) / self.n0).min())
            return tuple(row_of_spots(-1.0, 1.0, FINE * narrowest))
        estimate, s = self.tables.estimates(self.measure)
        return tuple(row_of_spots(float(estimate.min()), float(estimate.max()), FINE * float(s.min())))

    @cached_property
    def _ratio_curves(self) -> Curves:
        return curves_of(self.tables, self.measure, self.nuisance)

    @cached_property
    def _difference_curves(self) -> list[quadrature.Curve]:
        """The curves of a risk difference, of which the engine of many tables has none."""
        one, other = (1, self.n1), (1, self.n0)
        alike = in_memory.outcome(kind="binary", measure=self.measure, benefit="higher", treatment=one, control=other)
        evidence = of_kind(alike.evidence, Binary)

        def curve(x1: int, x0: int) -> quadrature.Curve:
            arms = {
                "treatment": evidence.treatment.model_copy(update={"events": x1}),
                "control": evidence.control.model_copy(update={"events": x0}),
            }
            report = alike.model_copy(update={"evidence": evidence.model_copy(update=arms)})
            return quadrature.curve(report, self.nuisance)

        counts = zip(self.x1.astype(int).tolist(), self.x0.astype(int).tolist(), strict=True)
        return [curve(x1, x0) for x1, x0 in counts]

    def log_l(self, theta: FloatArray, some: slice) -> FloatArray:
        """Return the log likelihoods of some tables, shape (tables, n), with the baseline integrated out."""
        if self.measure == "risk_difference":
            return np.array([curve(theta) for curve in self._difference_curves[some]])
        which = np.arange(len(self.x1))[some]
        return self._ratio_curves.at(which)(np.broadcast_to(theta, (len(which), len(theta))))

    def log_marginal(self, theta: FloatArray) -> FloatArray:
        """Return the log probabilities of all tables with the baseline averaged over its prior, shape (tables, n)."""
        return self.log_l(theta, slice(None))


def _log_binomial(x: IntArray, n: int, p: FloatArray) -> FloatArray:
    """Return log P(x), shape (counts, risks)."""
    ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return np.asarray(ways[:, None] + xlogy(x[:, None], p) + xlog1py((n - x)[:, None], -p))
