"""The effect structures by name."""

from __future__ import annotations

from bayes.errors import UnknownName
from bayes.likelihoods.structure_card import StructureCard, Target
from bayes.likelihoods.structures import (
    adverse_event_hierarchy,
    common_effect,
    independent_arms,
    meta_regression,
    random_effects,
    robust_random_effects,
    single_trial,
)

STRUCTURES: dict[str, StructureCard] = {
    module.CARD.name: module.CARD
    for module in (
        single_trial,
        random_effects,
        common_effect,
        robust_random_effects,
        meta_regression,
        independent_arms,
        adverse_event_hierarchy,
    )
}


def structure_card(name: str) -> StructureCard:
    """Return the card of an effect structure.

    Parameters
    ----------
    name : str

    Raises
    ------
    UnknownName
        If there is no effect structure of this name.
    """
    if name not in STRUCTURES:
        raise UnknownName("effect structure", name, STRUCTURES)
    return STRUCTURES[name]


def structure_for(target: Target) -> StructureCard:
    """Return the first effect structure that takes a kind of target.

    Parameters
    ----------
    target : {"outcome", "table", "synthesis"}
    """
    return next(card for card in STRUCTURES.values() if card.takes == target)
