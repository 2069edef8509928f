"""One card for each evidence kind: everything that is said about a kind as such, in files, pages and sentences.

Cards hold words only. What is computed from evidence is asked of its class (`match evidence: case Binary(): ...`).
"""

from __future__ import annotations

from typing import get_args

from bayes.errors import UnknownName
from bayes.paper.evidence.card import KindCard, KindName
from bayes.paper.evidence.cards import counts, results, summaries, times

_EVERY = {card.kind: card for group in (counts, summaries, times, results) for card in group.CARDS}
CARDS: dict[str, KindCard] = {kind: _EVERY[kind] for kind in get_args(KindName)}
"""The card of every kind, in the order in which files and skeletons name them."""


def kind_card(kind: str) -> KindCard:
    """Return the card of an evidence kind.

    Raises
    ------
    UnknownName
        If there is no such kind.
    """
    if kind not in CARDS:
        raise UnknownName("evidence kind", kind, CARDS)
    return CARDS[kind]
