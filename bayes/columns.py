"""The columns of the summary, in order, and how rows are written. No heavy imports: `status` reads rows too."""

from __future__ import annotations

from typing import Any

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
    # beyond the contract
    "key", "label", "likelihood", "prior_basis", "heterogeneity_basis", "planned",
    "margin", "p_margin", "selection_omega", "shrinkage", "p_favours_treatment",
    "null", "mcse_mean", "exact_sd", "p_null", "bf_01", "derived", "informative",
)  # fmt: skip


def empty_row() -> dict[str, Any]:
    """A row with every column, all missing."""
    return dict.fromkeys(COLUMNS)
