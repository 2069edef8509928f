"""The likelihoods that are known: those of the package, one card per file, and those registered from outside."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from bayes.errors import InvalidInput, UnknownName
from bayes.likelihoods import cards
from bayes.likelihoods.card import LikelihoodCard
from bayes.paper.trial import Outcome

_outside: dict[str, LikelihoodCard] = {}


@cache
def shipped() -> dict[str, LikelihoodCard]:
    """Return the cards of the package by name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(cards.__path__))
    found = [importlib.import_module(f"{cards.__name__}.{name}").CARD for name in names]
    return {card.name: card for card in found}


def known() -> dict[str, LikelihoodCard]:
    """Return every card by name: those of the package, then those from outside in the order of registration."""
    return shipped() | _outside


def card_of(name: str) -> LikelihoodCard:
    """Return the card of a likelihood.

    Parameters
    ----------
    name : str

    Raises
    ------
    UnknownName
        If no likelihood of this name is shipped or registered.
    """
    found = known().get(name)
    if found is None:
        raise UnknownName("likelihood", name, known())
    return found


def register(card: LikelihoodCard) -> LikelihoodCard:
    """Make a likelihood from outside the package known for the rest of the session.

    Parameters
    ----------
    card : LikelihoodCard
        With its `source` and its `curve`. The same card may be registered again.

    Returns
    -------
    LikelihoodCard
        The card that is now known.

    Raises
    ------
    InvalidInput
        If the name is taken or is not an identifier, or the card lacks its file, its curve or what describes it.
    """
    if _outside.get(card.name) == card:
        return card
    if mistakes := list(_mistakes(card)):
        raise InvalidInput(f"likelihood {card.name}", mistakes)
    _outside[card.name] = card
    return card


def forget(name: str) -> None:
    """Make a likelihood from outside the package unknown again; those of the package stay.

    Parameters
    ----------
    name : str
    """
    _outside.pop(name, None)


def readers(outcome: Outcome) -> list[LikelihoodCard]:
    """Return the cards of all likelihoods that can read an outcome, the default first.

    A likelihood from outside the package follows those of the package, so that registering one changes no default.

    Parameters
    ----------
    outcome : Outcome
    """
    reading = [card for card in known().values() if card.reads(outcome)]
    return sorted(reading, key=lambda card: (card.name in _outside, not card.preferred(outcome), card.order))


def _mistakes(card: LikelihoodCard) -> list[str]:
    found = []
    if card.name in shipped():
        found.append("the name is that of a likelihood of the package; choose another")
    elif card.name in _outside:
        found.append(f"the name is taken by {_outside[card.name].file}; choose another, or start a new session")
    if not card.name.isidentifier():
        found.append(f"the name is {card.name!r}; accepted: letters, digits and underscores, a letter first")
    if card.source is None:
        found.append("the card has no `source`, the path of its model file")
    if card.curve is None:
        found.append("the card has no `curve`")
    found += [f"the card has no `{field}`" for field in ("evidence", "formula", "words") if not getattr(card, field)]
    return found
