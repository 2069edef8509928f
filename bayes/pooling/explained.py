"""The explanation of a synthesis: all tables for one analysis, by quadrature and not by sampling.

It covers the mean, its heterogeneity under several priors, each trial's weight, every trial and every kind of evidence
left out, the directions of folded reports, and the descriptive statistics that readers expect.
"""

from __future__ import annotations

from bayes.analysis.analysis import Analysis
from bayes.pooling import directions, heterogeneity, interactions, leave_out, same_patients, weights
from bayes.pooling.assumptions import under_each_correlation, under_each_rho
from bayes.pooling.view import PooledView
from bayes.posterior.explanation import Explanation


def explain(analysis: Analysis) -> Explanation | None:
    """Return the tables and descriptive statistics of a synthesis.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    Explanation or None
        None for a single outcome and for a meta-regression, which has no plane of mu and tau alone.
    """
    if analysis.joined_by is None or analysis.joined_by == "meta_regression":
        return None
    view = PooledView.of(analysis)
    whole = view.answer()
    return Explanation(
        main=view.row(whole),
        all_folded=directions.all_folded(view),
        trials=weights.of_each_trial(view, whole),
        heterogeneity=heterogeneity.under_each_prior(view),
        leave_one_out=leave_out.without_each_trial(view, whole),
        leave_kind_out=leave_out.without_each_kind(view, whole),
        adjustment=leave_out.without_each_adjustment(view, whole),
        directions=directions.folded_trials(view, whole),
        same_patients=same_patients.read_otherwise(view, whole),
        correlations=under_each_correlation(view, whole),
        rho=under_each_rho(view, whole),
        interactions=interactions.of_each_pair(view, whole),
        descriptives=heterogeneity.descriptives(view),
    )
