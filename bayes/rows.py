"""Rows that exist without a posterior: what was skipped, and why."""

from __future__ import annotations

from typing import Any

from bayes.analysis import Skipped
from bayes.columns import empty_row
from bayes.trial import Outcome


def skipped_row(skipped: Skipped) -> dict[str, Any]:
    """The row of an outcome x prior that cannot be analysed."""
    target = skipped.target
    single = isinstance(target, Outcome)
    return empty_row() | {
        "trial": target.trial.id if single else target.id,
        "outcome": target.id if single else "",
        "parameter": "effect" if single else "mu",
        "label": target.label,
        "model": "single_trial" if single else "random_effects",
        "evidence": target.evidence.kind if single else None,
        "prior": skipped.prior.name,
        "measure": target.measure,
        "benefit": target.benefit,
        "status": "skipped",
        "reason": skipped.reason,
    }
