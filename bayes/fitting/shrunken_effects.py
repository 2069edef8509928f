"""Effects on several outcomes of the same patients, each alone and shrunken towards one another.

Every report enters as the normal likelihood that, with the declared prior Normal(m, s), has the mean M and the standard
deviation S of its exact posterior; in units of the prior, oriented towards benefit, with z = (M - m) / s and v = S / s,

    y = z / (1 - v^2),   e^2 = v^2 / (1 - v^2)

which is the report's own estimate and standard error where its likelihood is normal. How far this summary moves the
probability of a statement is shown beside the exact probability. The model is that of `bayes.quadrature.exchangeable`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict

import numpy as np
import pandas as pd

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.analysis.curves import likelihood_curves
from bayes.base import measures
from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution, parse
from bayes.base.expressions import ExpressionError
from bayes.base.numbers import in_words, interval, probability
from bayes.errors import InvalidInput
from bayes.fitting.statements import Statement
from bayes.quadrature.exchangeable import Exchangeable, exchangeable, nodes_of_rho

RHO = "uniform(0, 1)"  # the prior of the correlation of the true effects, unless another is stated
TAIL = 0.025
ASSUMED = (
    "Shrinkage assumes that the true effects, oriented towards benefit and in units of the standard deviations of "
    "their priors, are exchangeable: rho, the correlation of every pair, {rho}; each keeps its declared prior. The "
    "estimates come from the same patients, and their errors, oriented alike, are correlated by r. Each report enters "
    "as the normal likelihood that gives the mean and standard deviation of its own posterior; the largest change of a "
    "probability by this summary (p_exact, p_alone) is {moved}."
)
CAUTION = (
    "That these effects are exchangeable is a judgement, to be declared before the results are seen. A harm is not "
    "exchangeable with a benefit without a reason; outcomes that count the same events have highly correlated errors. "
    "If errors are correlated an effect can move away from the others, since an error that they share is taken off."
)


class ShrunkenRow(TypedDict):
    """One outcome under one correlation of the errors; effects and limits are on the measure's own scale."""

    r: float  # correlation of the errors of the estimates
    outcome: str
    statement: str
    p_exact: float  # of the statement: under the outcome's own posterior,
    p_alone: float  # the same by the normal summary of the report,
    p_shrunken: float  # and together with the other outcomes
    estimate_alone: float  # posterior medians with the limits of the 95% credible interval, by the normal summary
    estimate_alone_low: float
    estimate_alone_high: float
    estimate: float
    estimate_low: float
    estimate_high: float
    borrowed: float  # share of the variance alone that the other outcomes remove
    mean_rho: float  # posterior mean of the correlation of the true effects
    p_all: float  # of all statements together, and of none, the same for every outcome
    p_none: float


@dataclass(frozen=True)
class NormalReport:
    """The normal summary of a report, oriented towards benefit, from the mean and in units of the sd of its prior.

    Attributes
    ----------
    statement : Statement
    centre, unit : float
        Mean and standard deviation of the prior of the effect, on the analysis scale.
    y, e : float
        Estimate and standard error.
    """

    statement: Statement
    centre: float
    unit: float
    y: float
    e: float

    @classmethod
    def of(cls, analysis: Analysis, statement: Statement) -> NormalReport:
        """Summarise the report of an analysis.

        Raises
        ------
        InvalidInput
            If its prior is not normal, or no normal likelihood has its posterior.
        """
        outcome, prior = analysis.outcome, analysis.effect_prior
        if prior.name != "normal":
            accepted = "accepted: normal(mean, sd), interval(low, high), or a rule that gives one, such as neutral"
            raise InvalidInput("shrinkage", [f"prior {prior} for {outcome.name} is not normal; {accepted}"])
        (curve,) = likelihood_curves(analysis)
        answer, (centre, unit) = quadrature.integrate(curve, prior, outcome.null), prior.args
        if len(curve.parts) > 1:
            found = f"{outcome.name} does not say which arm it favours"
            raise InvalidInput("shrinkage", [f"{found}; accepted: a report with a direction"])
        if answer.mean is None or answer.sd is None or answer.sd >= unit:
            found = f"the report of {outcome.name} does not narrow its prior, so that no normal likelihood sums it up"
            raise InvalidInput("shrinkage", [f"{found}; accepted: a report that does"])
        v = answer.sd / unit
        z = outcome.sign * (answer.mean - centre) / unit
        return cls(statement, centre, unit, y=z / (1 - v**2), e=v / (1 - v**2) ** 0.5)

    @property
    def threshold(self) -> float:
        """The threshold of the statement, in the units of `y`."""
        return self.statement.outcome.sign * (self.statement.threshold - self.centre) / self.unit

    def natural(self, z: float) -> float:
        """Return an effect on the measure's own scale."""
        outcome = self.statement.outcome
        return float(measures.to_natural(self.centre + outcome.sign * self.unit * z, outcome.measure))


@dataclass(frozen=True)
class Shrunken:
    """Exchangeable effects under every correlation of their errors.

    Attributes
    ----------
    reports : tuple of NormalReport
    rho : Distribution or float
        Prior, or value, of the correlation of the true effects.
    posteriors : dict of float to Exchangeable
        By the correlation of the errors.
    """

    reports: tuple[NormalReport, ...]
    rho: Distribution | float
    posteriors: dict[float, Exchangeable]

    @classmethod
    def of(cls, reports: Sequence[NormalReport], rho: float | str, correlations: Sequence[float]) -> Shrunken:
        """Shrink effects towards one another.

        Parameters
        ----------
        reports : sequence of NormalReport
        rho : float or str
            Correlation of the true effects: a number from 0 to 1, or a `uniform` or `beta` prior.
        correlations : sequence of float
            Correlations of the errors.
        """
        prior = _prior_of_rho(rho)
        y, e = np.array([[report.y, report.e] for report in reports]).T
        nodes, weight = nodes_of_rho(prior)
        found = {float(r): exchangeable(y, e, r, nodes, weight) for r in correlations}
        return cls(tuple(reports), prior, found)

    @cached_property
    def rows(self) -> list[ShrunkenRow]:
        """One row per correlation of the errors and outcome."""
        alone = self._alone()
        p_alone, estimates_alone = alone.p_above(self._thresholds), self._estimates(alone)
        rows: list[ShrunkenRow] = []
        for r, found in self.posteriors.items():
            p, estimates, borrowed = found.p_above(self._thresholds), self._estimates(found), found.borrowed
            p_all, p_none = found.p_all_above(self._thresholds), found.p_all_below(self._thresholds)
            for j, report in enumerate(self.reports):
                own, own_low, own_high = estimates_alone[j]
                estimate, low, high = estimates[j]
                rows.append(
                    {
                        "r": r,
                        "outcome": report.statement.outcome.name,
                        "statement": report.statement.words,
                        "p_exact": report.statement.probability,
                        "p_alone": float(p_alone[j]),
                        "p_shrunken": float(p[j]),
                        "estimate_alone": own,
                        "estimate_alone_low": own_low,
                        "estimate_alone_high": own_high,
                        "estimate": estimate,
                        "estimate_low": low,
                        "estimate_high": high,
                        "borrowed": float(borrowed[j]),
                        "mean_rho": found.mean_rho,
                        "p_all": p_all,
                        "p_none": p_none,
                    }
                )
        return rows

    def __str__(self) -> str:
        """Return the assumptions, each outcome alone and shrunken, and the joint probabilities, as text."""
        frame = pd.DataFrame(self.rows)
        moved = float((frame["p_alone"] - frame["p_exact"]).abs().max())
        rho = f"has the prior {self.rho}" if isinstance(self.rho, Distribution) else f"is stated as {self.rho:g}"
        words = ASSUMED.format(rho=rho, moved=in_words(moved))
        for name in ("p_exact", "p_alone", "p_shrunken", "borrowed", "p_all", "p_none"):
            frame[name] = [probability(p, table=True) for p in frame[name]]
        for name in ("estimate_alone", "estimate"):
            limits = (frame[column] for column in (name, f"{name}_low", f"{name}_high"))
            frame[name] = [interval(*three) for three in zip(*limits, strict=True)]
        own = frame[["outcome", "p_exact", "p_alone", "estimate_alone"]].drop_duplicates()
        each = frame[["r", "outcome", "p_shrunken", "estimate", "borrowed"]]
        joint = frame[["r", "mean_rho", "p_all", "p_none"]].drop_duplicates()
        tables = [part.to_string(index=False, float_format="{:.3f}".format) for part in (own, each, joint)]
        return "\n\n".join([*(textwrap.fill(text, 100) for text in (words, CAUTION)), *tables])

    @property
    def _thresholds(self) -> FloatArray:
        return np.array([report.threshold for report in self.reports])

    def _alone(self) -> Exchangeable:
        """Return the posterior without any correlation: every outcome under its own report."""
        y, e = np.array([[report.y, report.e] for report in self.reports]).T
        return exchangeable(y, e, 0.0, np.zeros(1))

    def _estimates(self, found: Exchangeable) -> list[tuple[float, float, float]]:
        """Return median and 95% limits of every effect, on the measure's own scale."""
        middle, low, high = (found.quantile(p) for p in (0.5, TAIL, 1 - TAIL))
        rows = []
        for report, m, a, b in zip(self.reports, middle, low, high, strict=True):
            limits = sorted((report.natural(a), report.natural(b)))
            rows.append((report.natural(m), limits[0], limits[1]))
        return rows


def _prior_of_rho(rho: float | str) -> Distribution | float:
    """Read a correlation of the true effects, or its prior."""
    accepted = "accepted: a number from 0 to 1, uniform(low, high) within it, or beta(a, b)"
    try:
        value = float(rho)
    except ValueError:
        try:
            prior = parse(str(rho))
        except ExpressionError as error:
            raise InvalidInput("rho", [f"{error}; {accepted}"]) from None
        low, high = prior.support
        if prior.name in ("uniform", "beta") and 0 <= low < high <= 1:
            return prior
        raise InvalidInput("rho", [f"found {prior}; {accepted}"]) from None
    if not 0 <= value <= 1:
        raise InvalidInput("rho", [f"found {value:g}; {accepted}"])
    return value
