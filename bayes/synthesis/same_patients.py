"""Results of the same patients: correlated effects, one for each result, that stand for one trial.

Two outcomes of one trial (6 months and 2 years, two scales, two regions) err together, and need not have the same
effect. With y their estimates, s their standard errors and r the correlation of their errors, trial i has

    y_i ~ Normal(theta_i., V),   V_jk = r s_j s_k,   V_jj = s_j^2       each result estimates its own effect
    theta_ij = theta_i + delta_ij,   sum_j w_j delta_ij = 0,   w_j proportional to 1 / s_j^2
    delta_i flat,   theta_i ~ Normal(mu, tau)                            as every other trial of the synthesis

so that theta_i, the trial's effect, is the mean of its results' effects, weighted by how precisely each was measured.
This is the multivariate random-effects model (Riley 2009, J R Stat Soc A 172:789-811) with means of the results that
are free to differ and a deviation between trials that the results of one trial share: a trial counts as one trial.
The weighted mean of effects that differ is an estimand of its own right (Rice, Higgins and Lumley 2018, J R Stat Soc A
181:205-27). Over delta the likelihood is w'y ~ Normal(theta_i, w'Vw), in closed form, for sampler and quadrature alike.

Why nothing is assumed of delta: taken as one effect (delta = 0) the results are joined by generalised least squares,
whose weight of the less precise one is negative where r > s_small / s_large. The answer then lies outside both, because
their difference is read as nothing but error: 0.57 (s 0.237) and 0.10 (s 0.150) at r = 0.9 give -0.20. A narrow prior
of delta would do the same more gently. A weighted mean never leaves the results; a larger r only makes it less sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Annotated

import numpy as np
from pydantic import Field

from bayes.base import measures
from bayes.base.closed import Closed
from bayes.base.written_numbers import Printed
from bayes.paper.evidence import Estimate
from bayes.paper.trial import Outcome


class Correlation(Closed):
    """How the errors of several results of the same patients correlate, all pairs alike, and why that is believed."""

    outcomes: Annotated[tuple[str, ...], Field(min_length=2)]
    r: Annotated[Printed, Field(ge=0, lt=1)]
    rationale: str


def why_not_normal(outcome: Outcome) -> str | None:
    """Why a report cannot be joined with another by a correlation, or None: it needs an estimate and its error."""
    evidence = outcome.evidence
    if outcome.selection is not None:
        return f"{outcome.name} states a selection, which has no correlation with another result"
    if evidence.kind in ("estimate", "means"):
        return None
    if evidence.kind != "p_value":
        return f"{outcome.name} is evidence of kind {evidence.kind}; accepted: estimate, means, or a directed p_value"
    if evidence.favours == "unknown":
        return f"{outcome.name} does not say which arm it favours"
    return f"{outcome.name} prints a bound of its p-value, not the value" if evidence.p_is_bound else None


def normal_summary(outcome: Outcome) -> tuple[float, float]:
    """(y, s) of a report that `why_not_normal` lets pass, on the analysis scale."""
    evidence = outcome.evidence
    if evidence.kind in ("estimate", "means"):
        return evidence.own_estimate(outcome.measure)
    towards = outcome.sign if evidence.favours == "treatment" else -outcome.sign
    s = outcome.standard_error
    return towards * s * evidence.statistic(outcome.measure).quantile(evidence.upper_tail), s


def degrees_of_freedom(outcome: Outcome) -> float | None:
    """Degrees of freedom behind a report's standard error: stated, of two samples (Welch 1947), or None (normal)."""
    evidence = outcome.evidence
    if evidence.kind == "means":
        v1, v0 = (float(a.sd) ** 2 / a.n for a in (evidence.treatment, evidence.control))
        return (v1 + v0) ** 2 / (v1**2 / (evidence.treatment.n - 1) + v0**2 / (evidence.control.n - 1))
    if evidence.kind == "p_value":
        return evidence.statistic(outcome.measure).df
    return None if evidence.df is None else float(evidence.df)


@dataclass(frozen=True)
class Together:
    """Results of the same patients, in one trial of a synthesis.

    Attributes
    ----------
    results : tuple of Outcome
    r : float
        Correlation of their errors, all pairs alike, 0 to below 1.
    """

    results: tuple[Outcome, ...]
    r: float

    @cached_property
    def _printed(self) -> tuple[np.ndarray, np.ndarray]:
        y, s = zip(*map(normal_summary, self.results), strict=True)
        return np.array(y), np.array(s)

    @property
    def y(self) -> np.ndarray:
        """Estimates, on the analysis scale."""
        return self._printed[0]

    @property
    def covariance(self) -> np.ndarray:
        """V, of the errors of the estimates."""
        s = self._printed[1]
        return np.where(np.eye(len(s), dtype=bool), 1.0, self.r) * np.outer(s, s)

    @property
    def weights(self) -> np.ndarray:
        """Share of each result's effect in the trial's: as precise as it was measured; they sum to one."""
        precision = np.diag(self.covariance) ** -1.0
        return precision / precision.sum()

    @property
    def estimate(self) -> tuple[float, float]:
        """The trial's effect and its standard error, w'y and sqrt(w'Vw), on the analysis scale."""
        return self._weighted(self.weights)

    @property
    def weights_of_one_effect(self) -> np.ndarray:
        """Weights of generalised least squares, were all results of one and the same effect: they may be negative."""
        found = np.linalg.solve(self.covariance, np.ones(len(self.results)))
        return found / found.sum()

    @property
    def of_one_effect(self) -> tuple[float, float]:
        """That effect and its standard error, on the analysis scale."""
        return self._weighted(self.weights_of_one_effect)

    @property
    def negative(self) -> tuple[str, ...]:
        """Names of the results that one common effect would give a negative weight."""
        found = zip(self.results, self.weights_of_one_effect, strict=True)
        return tuple(outcome.name for outcome, weight in found if weight < -1e-12)

    def effects_given(self, mean: float, sd: float) -> list[tuple[float, float]]:
        """Mean and sd of each result's own effect, once the trial's is known to be `mean` with standard deviation `sd`.

        Given theta_i the errors are normal with w'(y - theta) = w'y - theta_i: regression of each on that sum.
        """
        centre, error = self.estimate
        slope = self.covariance @ self.weights / error**2
        left = np.diag(self.covariance) - (slope * error) ** 2
        means = self.y + slope * (mean - centre)
        sds = np.sqrt(np.maximum(left, 0.0) + (slope * sd) ** 2)
        return list(zip(means.tolist(), sds.tolist(), strict=True))

    def joined(self) -> Outcome:
        """The trial's effect as a report of kind `estimate`, in place of the results."""
        labels = "; ".join(o.label for o in self.results)
        return self._as_estimate(*self.estimate, f"weighted mean of correlated effects, r = {self.r:g}: {labels}")

    def as_one_effect(self) -> Outcome:
        """The same, were all results of one effect: generalised least squares, shown beside the model only."""
        labels = "; ".join(o.label for o in self.results)
        return self._as_estimate(*self.of_one_effect, f"as one effect, r = {self.r:g}: {labels}")

    def _weighted(self, weights: np.ndarray) -> tuple[float, float]:
        return float(weights @ self.y), float(weights @ self.covariance @ weights) ** 0.5

    def _as_estimate(self, theta: float, error: float, label: str) -> Outcome:
        """Tails as heavy as those of the result with the fewest degrees of freedom: exact where all have as many."""
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
