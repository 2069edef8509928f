"""The choice of the likelihood of each report, as the cards tell."""

from __future__ import annotations

from bayes.errors import NotFormable, UnknownName
from bayes.likelihoods.registry import readers
from bayes.paper.trial import Outcome


def default_likelihood(outcome: Outcome) -> str:
    """Return the name of the likelihood that reads a reported outcome by default.

    Raises
    ------
    NotFormable
        If no likelihood reads the outcome.
    """
    found = alternatives(outcome)
    if not found:
        raise NotFormable(f"no likelihood reads {outcome.evidence.kind} evidence as {outcome.measure}")
    return found[0]


def alternatives(outcome: Outcome) -> tuple[str, ...]:
    """Return all likelihoods that can read a reported outcome.

    Parameters
    ----------
    outcome : Outcome
        For a table of adverse events, what can read its rows.

    Returns
    -------
    tuple of str
        Names, the default first.
    """
    report = outcome.rows[0][1] if outcome.rows else outcome
    return tuple(card.name for card in readers(report))


def likelihood_of(outcome: Outcome, wanted: str | None = None) -> str:
    """Return the name of the likelihood to use: the requested one, else the file's own, else the default.

    Parameters
    ----------
    outcome : Outcome
    wanted : str, optional
        The requested likelihood.

    Raises
    ------
    UnknownName
        If the likelihood cannot read this outcome.
    """
    name = wanted or outcome.likelihood or default_likelihood(outcome)
    if name not in (known := alternatives(outcome)):
        raise UnknownName(f"likelihood of {outcome.name}", name, known)
    return name
