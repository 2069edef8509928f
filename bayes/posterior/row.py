"""The columns of the summary, in order. The module has no heavy imports, because `status` reads rows as well.

METHODS 15 says what each column means. Columns beyond those that are never renamed or dropped:

    headline           false where no patient, or every patient, of both arms had the event: no text, table or figure
                       then gives P(benefit)
    null               no effect on the measure's own scale; for a proportion its goal
    p_severe_harm      P(the effect is at least as bad as the MCID is good): on the side of harm, as far from the null
                       on the analysis scale as the MCID is on the side of benefit (1.25 for an MCID of 0.8, +2 days for
                       one of -2 days); empty without an MCID
    mcse_*             Monte Carlo standard error of the column with that name
    exact_*            the same number by quadrature, where an answer without draws exists; `exact_ci_low` and
                       `exact_ci_high` are the ends of the equal-tailed interval, on the analysis scale
"""

from __future__ import annotations

from typing import Any

ATTRIBUTE = "bayes"  # the attribute of a stored tree that holds its record, as JSON
CI_PROB = 0.95

COLUMNS = (
    "trial", "outcome", "parameter",
    "model", "evidence", "prior", "prior_distribution", "heterogeneity", "heterogeneity_distribution",
    "measure", "scale", "benefit",
    "mean", "sd", "median", "ci_low", "ci_high", "ci_prob",
    "estimate", "estimate_low", "estimate_high",
    "p_benefit", "p_harm", "mcid", "p_mcid", "rope_low", "rope_high", "p_rope", "p_beyond",
    "mcse_p_benefit", "r_hat", "ess_bulk", "ess_tail", "divergences",
    "exact_p_benefit", "exact_mean", "exact_method",
    "status", "reason", "note",
    # beyond those that METHODS 15 promises to keep
    "key", "label", "likelihood", "prior_basis", "heterogeneity_basis", "planned",
    "margin", "p_margin", "selection_omega", "shrinkage", "p_favours_treatment",
    "null", "p_severe_harm", "mcse_p_harm", "mcse_p_mcid", "mcse_p_severe_harm", "mcse_p_margin", "mcse_p_rope",
    "exact_p_harm", "exact_p_mcid", "exact_p_severe_harm", "exact_p_margin", "exact_ci_low", "exact_ci_high",
    "mcse_mean", "exact_sd", "p_null", "bf_01", "derived", "informative", "headline",
)  # fmt: skip


def empty_row() -> dict[str, Any]:
    """Return a row with every column, all missing."""
    return dict.fromkeys(COLUMNS)
