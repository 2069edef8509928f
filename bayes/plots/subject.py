"""What a figure is asked about: a subject of `sensitivity`, and its name for the title."""

from __future__ import annotations

import xarray as xr

from bayes.base.distributions import Distribution
from bayes.errors import NotFormable
from bayes.fitting.fitted import Fit
from bayes.paper.evidence.counts import ARMS_ALIKE
from bayes.paper.trial import Outcome
from bayes.priors.sets import SomePriorSet
from bayes.results.recall import recall
from bayes.sensitivity.subject import Subject, Target
from bayes.synthesis.file import Synthesis
from bayes.text.rows import rounded


def subject_of(
    target: Target, prior: str | None = None, prior_set: SomePriorSet = "default", priors: SomePriorSet | None = None
) -> Subject:
    """The subject that a figure shows.

    Raises
    ------
    NotFormable
        For a fit whose prior is of both arms or of a whole table: its effect has no likelihood curve of its own.
    InvalidInput
        As `Subject.of`.
    """
    target = as_fit(target)
    if isinstance(target, Fit) and prior is None and not isinstance(target.analysis.formed.distribution, Distribution):
        raise NotFormable(
            f"{target.analysis.prior.name} is not a prior of the effect alone: this figure needs the likelihood curve "
            "of one effect; take the outcome and a prior of the effect"
        )
    return Subject.of(target, prior, prior_set, priors)


def as_fit(target):
    """The fit that a stored tree came from; anything else as it is."""
    return recall(target) if isinstance(target, xr.DataTree) else target


def asked_for_a_probability(subject: Subject) -> Subject:
    """The subject of a figure that shows nothing but probabilities of benefit or of harm.

    Raises
    ------
    NotFormable
        Where nobody, or everybody, had the event: which arm is better is the prior's answer alone.
    """
    if not subject.target.has_headline:
        raise NotFormable(f"{name_of(subject.target)}: {ARMS_ALIKE}, so no probability of benefit is drawn")
    return subject


def name_of(target: Outcome | Synthesis) -> str:
    """The label, after the trial's id."""
    if isinstance(target, Outcome) and target.trial is not None:
        return f"{target.trial.id}: {target.label}"
    return target.label


def prior_in_words(subject: Subject) -> str:
    """The main prior by name and distribution."""
    name, distribution = subject.analysis.prior.name, str(subject.prior)
    short = rounded(distribution)
    return short if name == distribution else f"{name}, {short}"
