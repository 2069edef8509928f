"""The public function `check`, which verifies the arithmetic of reports."""

from __future__ import annotations

import os
from collections.abc import Sequence

from bayes.analysis.subgroups import check_subgroups
from bayes.analysis.targets import Target, find_targets
from bayes.checks import Finding, check_outcome
from bayes.paper.trial import Outcome, Trial
from bayes.synthesis.file import Synthesis


def check(target: Target) -> tuple[Finding, ...]:
    """Check whether the numbers printed in a report are consistent with one another (METHODS 14).

    Parameters
    ----------
    target : Trial, Outcome, Synthesis, str or path
        An object, a name or a path. Every outcome of a trial and every member of a synthesis is checked.

    Returns
    -------
    tuple of Finding
        One finding for each printed number that disagrees, agrees only after allowing for rounding, or cannot be
        checked. Numbers that agree exactly are not listed.

    Raises
    ------
    InvalidInput
        If the name is unknown or the file is not valid.

    Examples
    --------
    >>> import bayes
    >>> outcome = bayes.outcome(measure="hazard_ratio", benefit="lower", estimate=0.75, ci=(0.55, 1.02), p=0.07)
    >>> [finding.verdict for finding in bayes.check(outcome)]
    []
    """
    found = _targets(target)
    outcomes = [outcome for one in found for outcome in (one.named if isinstance(one, Synthesis) else (one,))]
    of_subgroups = [finding for one in found if isinstance(one, Synthesis) for finding in check_subgroups(one)]
    return (*(finding for outcome in outcomes for finding in check_outcome(outcome)), *of_subgroups)


def _targets(target: Target) -> Sequence[Outcome | Synthesis]:
    if isinstance(target, Trial):
        return list(target.outcomes.values())
    return [target] if isinstance(target, Outcome | Synthesis) else find_targets([os.fspath(target)])
