"""The subject of a figure: a subject of `sensitivity`, with its name for the title."""

from __future__ import annotations

from typing import overload

import xarray as xr

from bayes.base.distributions import Distribution
from bayes.base.numbers import rounded
from bayes.errors import NotFormable
from bayes.fitting.fitted import Fit
from bayes.paper.evidence.counts import ARMS_ALIKE
from bayes.paper.trial import Outcome
from bayes.priors.sets import SomePriorSet
from bayes.results.recall import recall
from bayes.sensitivity.subject import Subject, Target
from bayes.synthesis.file import Synthesis


def subject_of(
    target: Target, prior: str | None = None, prior_set: SomePriorSet = "default", priors: SomePriorSet | None = None
) -> Subject:
    """Return the subject that a figure shows.

    Raises
    ------
    NotFormable
        If the prior of a fit is one of both arms or of a whole table, so that the effect has no likelihood curve.
    InvalidInput
        As for `Subject.of`.
    """
    target = as_fit(target)
    if isinstance(target, Fit) and prior is None and not isinstance(target.analysis.formed.distribution, Distribution):
        raise NotFormable(
            f"{target.analysis.prior.name} is not a prior of the effect alone: this figure needs the likelihood curve "
            "of one effect; give the outcome and a prior of the effect"
        )
    return Subject.of(target, prior, prior_set, priors)


@overload
def as_fit(target: xr.DataTree) -> Fit: ...
@overload
def as_fit[Given](target: Given) -> Given: ...
def as_fit(target: object) -> object:
    """Return the fit from which a stored tree came, or anything else unchanged."""
    return recall(target) if isinstance(target, xr.DataTree) else target


def asked_for_a_probability(subject: Subject) -> Subject:
    """Return the subject if a figure of probabilities of benefit or harm is meaningful for it.

    Raises
    ------
    NotFormable
        If no patient or every patient had the event, so that these probabilities reflect the prior alone.
    """
    if not subject.target.has_headline:
        raise NotFormable(f"{name_of(subject.target)}: {ARMS_ALIKE}, so no probability of benefit is drawn")
    return subject


def name_of(target: Outcome | Synthesis) -> str:
    """Return the label, preceded by the trial's id."""
    if isinstance(target, Outcome):
        return f"{target.trial.id}: {target.label}"
    return target.label


def prior_in_words(subject: Subject) -> str:
    """Return the name and distribution of the main prior."""
    name, distribution = subject.analysis.prior.name, str(subject.prior)
    short = rounded(distribution)
    return short if name == distribution else f"{name}, {short}"
