"""The rows without a posterior: priors that cannot be formed, and fits that ended in an error."""

from __future__ import annotations

from bayes.analysis.analysis import Analysis
from bayes.analysis.plan import Skipped
from bayes.base import measures
from bayes.paper.trial import Outcome
from bayes.posterior.row import SummaryRow, empty_row
from bayes.priors.arm_pairs import ArmPrior
from bayes.priors.hierarchy import HierarchyPrior


def skipped_row(skipped: Skipped) -> SummaryRow:
    """Return the row of an outcome x prior that cannot be analysed."""
    row = _row(skipped)
    row.update({"status": "skipped", "reason": skipped.reason})
    return row


def failed_row(analysis: Analysis, reason: str) -> SummaryRow:
    """Return the row of an analysis whose fit ended in an error, of which no posterior is stored.

    Parameters
    ----------
    analysis : Analysis
    reason : str
        The error, in words.
    """
    row = _row(analysis)
    row.update({"key": analysis.key, "status": "failed", "reason": reason})
    return row


def _model(asked: Analysis | Skipped) -> str:
    if isinstance(asked, Analysis):
        return asked.model
    if isinstance(asked.prior.prior, ArmPrior):
        return "independent_arms"
    if isinstance(asked.prior.prior, HierarchyPrior):
        return "adverse_event_hierarchy"
    return "single_trial" if isinstance(asked.target, Outcome) else asked.target.model


def _row(asked: Analysis | Skipped) -> SummaryRow:
    target, row = asked.target, empty_row()
    single = isinstance(target, Outcome)
    row.update(
        {
            "trial": target.trial.id if isinstance(target, Outcome) else target.id,
            "outcome": target.id if single else "",
            "parameter": "effect" if single else "mu",
            "label": target.label,
            "model": _model(asked),
            "evidence": target.evidence.kind if isinstance(target, Outcome) else None,
            "prior": asked.prior.name,
            "measure": target.measure,
            "benefit": target.benefit,
            "null": float(measures.to_natural(target.null, target.measure)),
        }
    )
    return row
