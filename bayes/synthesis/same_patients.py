"""Results of the same patients: correlated estimates, each of its own effect, that together count as one trial.

The errors of two outcomes of one trial (at 6 months and 2 years, on two scales, in two regions) are correlated, and
their effects may differ. For trial i with estimates y, standard errors s and correlation r of the errors,

    y_i ~ Normal(theta_i., V),   V_jk = r s_j s_k,   V_jj = s_j^2       each result estimates its own effect
    theta_ij = theta_i + delta_ij,   sum_j w_j delta_ij = 0,   w_j proportional to 1 / s_j^2
    delta_i flat,   theta_i ~ Normal(mu, tau)                           like every other trial of the synthesis

so that theta_i, the effect of the trial, is the mean of the effects of its results, weighted by their precision. This
is the multivariate random-effects model (Riley 2009, J R Stat Soc A 172:789-811) with unrestricted means of the results
and a deviation between trials that is shared by the results of a trial, which counts as one trial. The weighted mean of
different effects is an estimand in its own right (Rice, Higgins and Lumley 2018, J R Stat Soc A 181:205-27).
Integrated over delta, the likelihood is w'y ~ Normal(theta_i, w'Vw), in closed form, for sampler and quadrature alike.

Why delta is flat: under a single effect (delta = 0) the results would be combined by generalised least squares, in
which the less precise result has a negative weight if r > s_small / s_large. The answer then lies outside both results,
because their difference is attributed to error alone: 0.57 (s 0.237) and 0.10 (s 0.150) at r = 0.9 give -0.20. A narrow
prior of delta has a milder form of the same effect. A weighted mean always lies between the results, and a larger r
only makes it less precise.

Contrasts of several arms with one control arm are such results as well. Their r is not assumed: V_jk is the variance of
what the control arm contributes, which the report gives (Gleser and Olkin 2009, in Cooper, Hedges and Valentine, The
Handbook of Research Synthesis and Meta-Analysis, chapter 19).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Annotated

import numpy as np
from pydantic import Field

from bayes.base import measures
from bayes.base.arrays import FloatArray
from bayes.base.closed import Closed, check
from bayes.base.written_numbers import Printed
from bayes.errors import Mistake
from bayes.paper.evidence import BareP, Estimate, Means, Tested, of_kind
from bayes.paper.evidence.counts import Binary
from bayes.paper.trial import Outcome


class Correlation(Closed):
    """How the errors of results of the same patients are correlated.

    Either r, equal for all pairs, with its rationale; or `shared_control`: contrasts of several arms with one control
    arm, whose variance is their covariance and follows from the report.
    """

    outcomes: Annotated[tuple[str, ...], Field(min_length=2, max_length=2_000)]
    r: Annotated[Printed, Field(ge=0, lt=1)] | None = None
    shared_control: bool = False
    rationale: str | None = None

    @check
    def _one_of_them(self) -> Iterator[Mistake]:
        if (self.r is None) != self.shared_control:
            yield Mistake("r", "accepted: either r or shared_control = true, by which r follows from the control arm")
        if self.r is not None and self.rationale is None:
            yield Mistake("rationale", "required, but missing")

    @property
    def said(self) -> str:
        """How they are correlated, in words."""
        return "one control arm" if self.r is None else f"r = {self.r}"


def why_not_normal(outcome: Outcome) -> str | None:
    """Return why a report cannot be joined by a correlation, or None if it has an estimate with a standard error."""
    evidence = outcome.evidence
    if outcome.selection is not None:
        return f"{outcome.name} states a selection, for which correlations are not available"
    if evidence.own_estimate(outcome.measure) is not None:
        return None
    match evidence:
        case Binary():
            return f"{outcome.name}: {outcome.why_no_estimate}"
        case BareP(direction_unknown=True):
            return f"{outcome.name} does not say which arm it favours"
        case BareP(p_is_bound=True):
            return f"{outcome.name} has a bound on its p-value; accepted: the p-value itself"
        case BareP():
            return None
    return (
        f"{outcome.name} has {evidence.kind!r} evidence; accepted: estimate, counts, means, or a p_value with direction"
    )


def normal_summary(outcome: Outcome) -> tuple[float, float]:
    """Summarise a report by an estimate and its standard error.

    Parameters
    ----------
    outcome : Outcome
        An outcome for which `why_not_normal` returns None.

    Returns
    -------
    y, s : float
        Effect of treatment against control and its standard error, on the analysis scale; that of counts and means is
        widened by a stated design effect.
    """
    evidence = outcome.evidence
    if (own := evidence.own_estimate(outcome.measure)) is not None:
        return own[0], own[1] * _clustered(outcome) ** 0.5
    test = of_kind(evidence, BareP)
    towards = outcome.sign if test.favours == "treatment" else -outcome.sign
    s = outcome.known_standard_error
    return towards * s * test.statistic(outcome.measure).quantile(test.upper_tail), s


def _clustered(outcome: Outcome) -> float:
    """Return the stated design effect of counts and means, which a summary can allow for; else 1."""
    return 1.0 if isinstance(outcome.evidence, Tested) else outcome.variance_factor or 1.0


def degrees_of_freedom(outcome: Outcome) -> float | None:
    """Return the degrees of freedom of a report's standard error.

    Parameters
    ----------
    outcome : Outcome
        An outcome for which `why_not_normal` returns None.

    Returns
    -------
    float or None
        As stated, or Welch's (1947, Biometrika 34:28-35) for means; None if the statistic is normal.
    """
    evidence = outcome.evidence
    if isinstance(evidence, Means):
        v1, v0 = (float(a.sd) ** 2 / a.n for a in (evidence.treatment, evidence.control))
        return measures.welch_df(v1, evidence.treatment.n, v0, evidence.control.n)
    return evidence.statistic(outcome.measure).df if isinstance(evidence, Tested) else None


@dataclass(frozen=True)
class Together:
    """The results of the same patients, in one trial of a synthesis.

    Attributes
    ----------
    results : tuple of Outcome
    r : float
        Correlation of their errors, equal for all pairs, at least 0 and below 1; of no account with a shared control.
    shared_control : bool
        Whether they are contrasts with one control arm, so that the covariance of their errors is its variance.
    """

    results: tuple[Outcome, ...]
    r: float = 0.0
    shared_control: bool = False

    @cached_property
    def _printed(self) -> tuple[FloatArray, FloatArray]:
        y, s = zip(*map(normal_summary, self.results), strict=True)
        return np.array(y), np.array(s)

    @property
    def y(self) -> FloatArray:
        """The estimates, on the analysis scale."""
        return self._printed[0]

    @property
    def covariance(self) -> FloatArray:
        """The covariance V of the errors of the estimates, shape (result, result)."""
        s = self._printed[1]
        same = np.eye(len(s), dtype=bool)
        if not self.shared_control:
            return np.where(same, 1.0, self.r) * np.outer(s, s)
        first = self.results[0]
        variance = first.evidence.variance_of_control(first.measure)
        return np.where(same, s**2, np.nan if variance is None else variance * _clustered(first))

    @property
    def said(self) -> str:
        """How the errors are correlated, in words."""
        return "one control arm" if self.shared_control else f"r = {self.r:g}"

    @property
    def weights(self) -> FloatArray:
        """The weight of each result in the effect of the trial, proportional to its precision; they sum to one."""
        precision: FloatArray = np.diag(self.covariance) ** -1.0
        return precision / precision.sum()

    @property
    def estimate(self) -> tuple[float, float]:
        """The effect of the trial and its standard error, w'y and sqrt(w'Vw), on the analysis scale."""
        return self._weighted(self.weights)

    @property
    def weights_of_one_effect(self) -> FloatArray:
        """The weights of generalised least squares, if all results had the same effect; they may be negative."""
        found = np.linalg.solve(self.covariance, np.ones(len(self.results)))
        return found / found.sum()

    @property
    def of_one_effect(self) -> tuple[float, float]:
        """The effect and its standard error by generalised least squares, on the analysis scale."""
        return self._weighted(self.weights_of_one_effect)

    @property
    def negative(self) -> tuple[str, ...]:
        """The names of the results that would have a negative weight if all had the same effect."""
        found = zip(self.results, self.weights_of_one_effect, strict=True)
        return tuple(outcome.name for outcome, weight in found if weight < -1e-12)

    def effects_given(self, mean: float, sd: float) -> list[tuple[float, float]]:
        """Calculate the effect of each result, given the effect of the trial.

        Given theta_i the errors are normal with w'(y - theta) = w'y - theta_i, on which each is regressed.

        Parameters
        ----------
        mean, sd : float
            Mean and standard deviation of the effect of the trial, on the analysis scale.

        Returns
        -------
        list of (float, float)
            Mean and standard deviation of the effect of each result, on the analysis scale.
        """
        centre, error = self.estimate
        slope = self.covariance @ self.weights / error**2
        left = np.diag(self.covariance) - (slope * error) ** 2
        means = self.y + slope * (mean - centre)
        sds = np.sqrt(np.maximum(left, 0.0) + (slope * sd) ** 2)
        return list(zip(means.tolist(), sds.tolist(), strict=True))

    def joined(self) -> Outcome:
        """Return the effect of the trial as an outcome with evidence of kind `estimate`, in place of its results."""
        labels = "; ".join(o.label for o in self.results)
        return self._as_estimate(*self.estimate, f"weighted mean of correlated effects, {self.said}: {labels}")

    def as_one_effect(self) -> Outcome:
        """Return the same if all results had one effect (generalised least squares), for comparison with the model."""
        labels = "; ".join(o.label for o in self.results)
        return self._as_estimate(*self.of_one_effect, f"as one effect, {self.said}: {labels}")

    def _weighted(self, weights: FloatArray) -> tuple[float, float]:
        return float(weights @ self.y), float(weights @ self.covariance @ weights) ** 0.5

    def _as_estimate(self, theta: float, error: float, label: str) -> Outcome:
        """Return an outcome with the fewest degrees of freedom of the results: exact if all have the same number."""
        first = self.results[0]
        known = [df for o in self.results if (df := degrees_of_freedom(o)) is not None]
        evidence = Estimate(
            kind="estimate",
            estimate=Decimal(repr(float(measures.to_natural(theta, first.measure)))),
            se=Decimal(repr(error)),
            df=Decimal(repr(min(known))) if known else None,
        )
        stated = {o.adjusted for o in self.results}
        adjusted = stated.pop() if len(stated) == 1 else None
        changed = {"evidence": evidence, "label": label, "printed": (), "acknowledged": (), "adjusted": adjusted}
        made = first.model_copy(update=changed)
        made._id = "+".join(o.id for o in self.results)
        return made
