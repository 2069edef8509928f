"""The conditions, beyond the kind of evidence, under which a likelihood reads an outcome."""

from __future__ import annotations

from bayes.paper.evidence import Tested
from bayes.paper.evidence.counts import Events
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.trial import Outcome


def three_categories(outcome: Outcome) -> bool:
    """Return whether a table has at least three categories with patients: one odds ratio per cut needs two cuts."""
    evidence = outcome.evidence
    return isinstance(evidence, Ordinal | OrdinalCut) and len(evidence.observed) > 2


def stated_poisson(outcome: Outcome) -> bool:
    """Return whether a file states that events are Poisson, or is taken to by reporting exposure without persons."""
    return isinstance(outcome.evidence, Events) and outcome.evidence.dispersion == "poisson"


def persons_printed(outcome: Outcome) -> bool:
    """Return whether the number of persons with at least one event is printed."""
    return isinstance(outcome.evidence, Events) and outcome.evidence.treatment.persons is not None


def totals_of_persons(outcome: Outcome) -> bool:
    """Return whether events are printed for a known number of persons, without how many of them had one."""
    evidence = outcome.evidence
    return isinstance(evidence, Events) and evidence.treatment.n is not None and evidence.treatment.persons is None


def degrees_of_freedom(outcome: Outcome) -> bool:
    """Return whether the test statistic is a Student-t, because degrees of freedom are stated or the trial is small."""
    evidence = outcome.evidence
    return isinstance(evidence, Tested) and evidence.statistic(outcome.measure).df is not None


def no_degrees_of_freedom(outcome: Outcome) -> bool:
    """Return whether the test statistic of a report is normal."""
    return not degrees_of_freedom(outcome)
