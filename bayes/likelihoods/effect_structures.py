"""The effect structures by name."""

from __future__ import annotations

from bayes.errors import InvalidInput, UnknownName
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
from bayes.synthesis.models import offer, withdraw

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
_outside: dict[str, StructureCard] = {}


def structures() -> dict[str, StructureCard]:
    """Return every effect structure by name: those of the package, then those from outside."""
    return STRUCTURES | _outside


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
    known = structures()
    if name not in known:
        raise UnknownName("effect structure", name, known)
    return known[name]


def structure_for(target: Target) -> StructureCard:
    """Return the first effect structure that takes a kind of target.

    Parameters
    ----------
    target : {"outcome", "table", "synthesis"}
    """
    return next(card for card in STRUCTURES.values() if card.takes == target)


def register(card: StructureCard) -> StructureCard:
    """Make an effect structure from outside the package known for the rest of the session.

    Parameters
    ----------
    card : StructureCard
        Of a synthesis, with its `source` and its `scatter`. The same card may be registered again.

    Raises
    ------
    InvalidInput
        If the name is taken, or the card is not that of a synthesis with its file and its scatter.
    """
    mistakes = []
    if card.name in STRUCTURES or _outside.get(card.name, card) != card:
        mistakes.append("the name is taken; choose another")
    if not card.name.isidentifier():
        mistakes.append(f"the name is {card.name!r}; accepted: letters, digits and underscores, a letter first")
    if card.takes != "synthesis" or not card.has_tau or card.has_covariate or card.has_nu:
        mistakes.append("accepted: a structure of a synthesis with tau, without a covariate and without nu")
    mistakes += [f"the card has no `{field}`" for field in ("source", "scatter", "words", "formula", "title")
                 if not getattr(card, field)]  # fmt: skip
    if mistakes:
        raise InvalidInput(f"effect structure {card.name}", mistakes)
    _outside[card.name] = card
    offer(card.name, card.title)
    return card


def forget(name: str) -> None:
    """Make an effect structure from outside the package unknown again; those of the package stay.

    Parameters
    ----------
    name : str
    """
    if _outside.pop(name, None) is not None:
        withdraw(name)
