"""The rules for which likelihoods, baselines and structures can be combined."""

from __future__ import annotations

from collections.abc import Iterable

from bayes.errors import NotFormable
from bayes.likelihoods.registry import card_of
from bayes.priors.nuisance import Nuisance

NO_SPIKE = "spike_slab is not available for the mean of a synthesis"


def together(likelihoods: Iterable[str], nuisance: Nuisance, joined: bool, spike: bool = False) -> None:
    """Check that models and priors that are sound alone can be combined.

    Parameters
    ----------
    likelihoods : iterable of str
    nuisance : Nuisance
    joined : bool
        Whether the reports are joined in a synthesis.
    spike : bool
        Whether the prior of a synthesis's mean has a point mass at no effect.

    Raises
    ------
    NotFormable
        Naming what cannot be combined and, where there is an alternative, what to use instead.
    """
    cards = [card_of(name) for name in sorted(set(likelihoods))]
    for card in cards:
        if joined and card.not_in_synthesis is not None:
            raise NotFormable(card.not_in_synthesis)
    if spike:
        raise NotFormable(NO_SPIKE)
    midway = ", ".join(card.name for card in cards if card.baseline == "midpoint")
    if nuisance.at == "control" and midway:
        raise NotFormable(f'baseline.at = "control" is not available for {midway}; accepted: "midpoint"')
