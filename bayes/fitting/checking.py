"""The public verb `check`: the arithmetic of every report that a name means."""

from __future__ import annotations

import os

from bayes.analysis.targets import Target, find_targets
from bayes.checks import Finding, check_outcome
from bayes.paper.trial import Outcome, Trial
from bayes.synthesis.file import Synthesis


def check(target: Target) -> tuple[Finding, ...]:
    """Check whether the numbers that a report prints follow from one another.

    Parameters
    ----------
    target : Trial, Outcome, Synthesis, str or path
        An object, a name or a path; of a trial every outcome is checked, of a synthesis every member.

    Returns
    -------
    tuple of Finding
        One for each printed number that disagrees, agrees only because of rounding, or cannot be checked. Numbers that
        agree outright are not mentioned.

    Raises
    ------
    InvalidInput
        If nothing has that name, or the file is not valid.

    Examples
    --------
    >>> import bayes
    >>> outcome = bayes.outcome(measure="hazard_ratio", benefit="lower", estimate=0.75, ci=(0.55, 1.02), p=0.07)
    >>> [finding.verdict for finding in bayes.check(outcome)]
    []
    """
    return tuple(finding for outcome in _outcomes(target) for finding in check_outcome(outcome))


def _outcomes(target: Target) -> list[Outcome]:
    if isinstance(target, Trial):
        return list(target.outcomes.values())
    found = [target] if isinstance(target, Outcome | Synthesis) else find_targets([os.fspath(target)])
    return [outcome for one in found for outcome in (one.named if isinstance(one, Synthesis) else (one,))]
