"""Results of the same patients, joined by a stated correlation into one estimate.

Two outcomes of one trial (6 months and 2 years, two scales, two regions) err together. With y their estimates, s their
standard errors and r the correlation of their errors, both speak of one effect of the trial:

    y ~ Normal(theta 1, V),  V_jk = r s_j s_k,  V_jj = s_j^2;   theta-hat = 1'V^-1 y / 1'V^-1 1,  s^2 = 1 / 1'V^-1 1

(generalised least squares; Riley 2009, J R Stat Soc A 172:789-811). Exact where each likelihood is normal.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import numpy as np
from pydantic import Field

from bayes import effects
from bayes.evidence import Estimate
from bayes.reading import Closed, Printed
from bayes.trial import Outcome


class Correlation(Closed):
    """How the errors of several results of the same patients correlate, all pairs alike, and why that is believed."""

    outcomes: Annotated[tuple[str, ...], Field(min_length=2)]
    r: Annotated[Printed, Field(ge=0, lt=1)]
    rationale: str


def why_not_normal(outcome: Outcome) -> str | None:
    """Why a report cannot be joined with another by a correlation, or None: it needs a normal likelihood."""
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
    s = outcome.standard_error
    if evidence.kind == "estimate":
        return evidence.on_analysis_scale(outcome.measure)
    if evidence.kind == "means":
        difference = float(evidence.treatment.mean - evidence.control.mean)
        return (difference if outcome.measure == "mean_difference" else difference / evidence.pooled_sd), s
    towards = outcome.sign if evidence.favours == "treatment" else -outcome.sign
    return towards * s * effects.upper_quantile(evidence.upper_tail), s


def join(outcomes: Sequence[Outcome], r: float) -> Outcome:
    """One outcome of kind `estimate` in place of several of the same patients.

    Parameters
    ----------
    r : float
        Correlation of their errors, all pairs alike, 0 to below 1.
    """
    y, s = (np.array(column) for column in zip(*map(normal_summary, outcomes), strict=True))
    covariance = np.where(np.eye(len(s), dtype=bool), 1.0, r) * np.outer(s, s)
    weight = np.linalg.solve(covariance, np.ones(len(s)))
    theta, error = float(weight @ y / weight.sum()), float(weight.sum() ** -0.5)
    first = outcomes[0]
    evidence = Estimate(
        kind="estimate",
        estimate=Decimal(repr(float(effects.to_natural(theta, first.measure)))),
        se=Decimal(repr(error)),
    )
    words = f"joined by r = {r:g}: " + "; ".join(o.label for o in outcomes)
    joined = first.model_copy(update={"evidence": evidence, "label": words, "printed": (), "acknowledged": ()})
    joined._id = "+".join(o.id for o in outcomes)
    return joined
