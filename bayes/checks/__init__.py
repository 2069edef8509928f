"""The arithmetic of a report: does what is printed follow from the rest of what is printed?

`check_outcome` compares every printed number of an outcome with the value implied by the others. A number that agrees
is counted; any other number gives a finding, with one of the verdicts in `finding`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes.base.lazy import attach

if TYPE_CHECKING:
    from bayes.checks.examining import Examined, check_outcome, examine
    from bayes.checks.finding import (
        ERRORS,
        INCONSISTENT,
        NOT_CHECKABLE,
        ONLY_ROUNDING,
        UNDOCUMENTED,
        VERDICTS,
        Finding,
    )
    from bayes.checks.reasons import check_reasons

_HOME = {
    "ERRORS": "bayes.checks.finding:ERRORS",
    "INCONSISTENT": "bayes.checks.finding:INCONSISTENT",
    "NOT_CHECKABLE": "bayes.checks.finding:NOT_CHECKABLE",
    "ONLY_ROUNDING": "bayes.checks.finding:ONLY_ROUNDING",
    "UNDOCUMENTED": "bayes.checks.finding:UNDOCUMENTED",
    "VERDICTS": "bayes.checks.finding:VERDICTS",
    "Examined": "bayes.checks.examining:Examined",
    "Finding": "bayes.checks.finding:Finding",
    "check_outcome": "bayes.checks.examining:check_outcome",
    "check_reasons": "bayes.checks.reasons:check_reasons",
    "examine": "bayes.checks.examining:examine",
}
__all__ = [
    "ERRORS",
    "INCONSISTENT",
    "NOT_CHECKABLE",
    "ONLY_ROUNDING",
    "UNDOCUMENTED",
    "VERDICTS",
    "Examined",
    "Finding",
    "check_outcome",
    "check_reasons",
    "examine",
]
__getattr__, __dir__ = attach(__name__, _HOME)
