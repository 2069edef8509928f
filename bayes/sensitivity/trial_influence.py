"""Influence in a synthesis: the contribution of each trial, each kind of evidence and the prior of tau."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pandas as pd

from bayes import quadrature
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.pooling.heterogeneity import under_each_prior
from bayes.pooling.leave_out import without_each_adjustment, without_each_kind, without_each_trial
from bayes.pooling.view import PooledView
from bayes.posterior.explanation import LeftOutRow, PooledRow
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.replaced_report import weighted, with_curve
from bayes.sensitivity.subject import Subject, Target

WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0)


class InfluenceRow(TypedDict):
    """The mean of a synthesis under one change."""

    question: str  # what is varied, such as "trial left out"
    variation: str  # the trial, kind of evidence, adjustment or prior of tau
    weight: float | None  # the power of the trial's likelihood; None for other questions
    mean: float | None  # posterior mean of mu, on the analysis scale
    sd: float | None  # posterior sd of mu, on the analysis scale
    p_benefit: float | None  # P(the mean effect is better than no effect); None if no report says which arm is better
    p_mcid: float | None  # P(the mean effect is at least as good as the MCID); None without an MCID
    estimate: float  # median of mu, on the measure's own scale
    estimate_low: float  # 2.5% quantile of mu, on the measure's own scale
    estimate_high: float  # 97.5% quantile of mu, on the measure's own scale
    p_benefit_new: float | None  # P(the effect in a new trial is better than no effect); None for weights
    p_harm: float | None  # P(the mean effect is worse than no effect)
    p_margin: NotRequired[float]  # P(not worse than the non-inferiority margin); only for weights, with a margin


def influence(
    target: Target,
    weights: Sequence[float] = WEIGHTS,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Re-estimate the mean leaving out each trial or kind of evidence, or with other priors of tau or weights.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        A synthesis; for a single outcome there is nothing to leave out, and the table has no rows.
    weights : sequence of float
        Powers to which the likelihood of each trial is raised in turn: 0 leaves it out, 2 counts it twice.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per `question` ("trial left out", "evidence left out", "adjustment left out", "heterogeneity" or
        "weight") and `variation`: `weight`; posterior `mean` and `sd` of mu (analysis scale); `estimate`, the median of
        mu, with the limits `estimate_low` and `estimate_high` of its 95% credible interval (natural scale);
        `p_benefit`, `p_mcid`, `p_harm`; and `p_benefit_new`, for a new trial, if computed. See METHODS 6.
    """
    return pd.DataFrame(influence_rows(Subject.of(target, prior, prior_set, priors), weights))


def influence_rows(subject: Subject, weights: Sequence[float] = WEIGHTS) -> list[InfluenceRow]:
    """List the rows of `influence` for a subject."""
    if not subject.is_synthesis:
        return []
    view = PooledView.of(subject.analysis)
    whole = view.answer()
    left_out: dict[str, Sequence[LeftOutRow]] = {
        "trial left out": without_each_trial(view, whole),
        "evidence left out": without_each_kind(view, whole),
        "adjustment left out": without_each_adjustment(view, whole),
    }
    rows = [_row(question, row["left_out"], row) for question, table in left_out.items() for row in table]
    rows += [_row("heterogeneity", row["heterogeneity"], row) for row in under_each_prior(view)]
    return rows + [_weighed(subject, i, name, weight) for i, name in enumerate(view.names) for weight in weights]


def _row(question: str, variation: str, row: PooledRow) -> InfluenceRow:
    """Return a row of a table of the synthesis as one of this table."""
    return {
        "question": question,
        "variation": variation,
        "weight": None,
        "mean": row["mu_mean"],
        "sd": row["mu_sd"],
        "p_benefit": row["p_benefit"],
        "p_mcid": row["p_mcid"],
        "estimate": row["estimate"],
        "estimate_low": row["estimate_low"],
        "estimate_high": row["estimate_high"],
        "p_benefit_new": row["p_benefit_new"],
        "p_harm": None if row["p_benefit"] is None else 1 - row["p_benefit"],
    }


def _weighed(subject: Subject, i: int, name: str, weight: float) -> InfluenceRow:
    """Re-estimate the mean with the likelihood of one trial raised to a power."""
    count = len(subject.analysis.members)
    if weight == 1:
        curve = subject.curve
    elif weight == 0:
        others = tuple(j for j in range(count) if j != i)
        curve = quadrature.curve_of_mean(plane_of_synthesis(subject.analysis), subject.heterogeneity, others)
    else:
        curve = with_curve(subject, i, weighted(likelihood_curves(subject.analysis)[i], weight))
    posterior = subject.posterior_of(curve)
    return {
        "question": "weight",
        "variation": name,
        "weight": weight,
        **subject.row(posterior),
        **subject.interval(posterior),
        "p_benefit_new": None,
    }
