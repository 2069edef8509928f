"""The numbers for a reader: those by quadrature where there are any, for which the draws then vouch.

A text, a table or a figure gives one number for one quantity. The summary keeps both, and the comparison between them
is a check of its own (METHODS 13).
"""

from __future__ import annotations

from bayes.base import measures
from bayes.posterior.row import SummaryRow


def told(row: SummaryRow) -> SummaryRow:
    """Return a row of the summary with the answer by quadrature in place of what the draws say.

    Parameters
    ----------
    row : SummaryRow
        Unchanged, and returned as it is, where no distribution function is available, as for the effect of one trial in
        a synthesis: all its numbers are then of the draws.
    """
    median, low, high = row["exact_median"], row["exact_ci_low"], row["exact_ci_high"]
    if median is None or low is None or high is None:
        return row
    exact: SummaryRow = {
        **row,
        "mean": row["exact_mean"],
        "sd": row["exact_sd"],
        "median": median,
        "ci_low": low,
        "ci_high": high,
    }
    if row["estimate"] is not None:
        natural = (float(measures.to_natural(value, row["measure"])) for value in (median, low, high))
        exact["estimate"], exact["estimate_low"], exact["estimate_high"] = natural
    if row["p_benefit"] is not None:
        exact["p_benefit"], exact["p_harm"] = row["exact_p_benefit"], row["exact_p_harm"]
        exact["p_mcid"], exact["p_severe_harm"] = row["exact_p_mcid"], row["exact_p_severe_harm"]
        exact["p_margin"], exact["p_rope"] = row["exact_p_margin"], row["exact_p_rope"]
    return exact
