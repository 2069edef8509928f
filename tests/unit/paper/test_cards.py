"""The card of every evidence kind: complete, and read wherever a kind is put into words."""

from dataclasses import fields
from typing import get_args

import pytest

from bayes import load_trial
from bayes.errors import UnknownName
from bayes.paper.evidence import Evidence
from bayes.paper.evidence.cards import CARDS, KindName, kind_card
from bayes.paper.templates import trial_skeleton

CLASSES = {get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in get_args(get_args(Evidence)[0])}


def test_every_evidence_class_has_a_card_and_every_card_a_class():
    assert set(CARDS) == set(CLASSES) == set(get_args(KindName)) and len(CLASSES) == 15


@pytest.mark.parametrize("kind", CLASSES)
def test_every_field_of_a_card_says_something(kind):
    card = kind_card(kind)
    assert card.kind == kind
    for words in (getattr(part, field.name) for part in (card, card.example) for field in fields(part)):
        assert words or isinstance(words, bool)


def test_no_two_cards_say_the_same():
    for field in ("title", "data", "one", "several"):
        assert len({getattr(card, field) for card in CARDS.values()}) == len(CARDS)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_example_is_evidence_of_its_kind_for_its_measure(kind, tmp_path):
    (tmp_path / "demo.toml").write_text(trial_skeleton("demo", [kind]))
    (outcome,) = load_trial(tmp_path / "demo.toml").outcomes.values()
    assert type(outcome.evidence) is CLASSES[kind]
    assert (outcome.measure, outcome.benefit) == (kind_card(kind).example.measure, kind_card(kind).example.benefit)


def test_an_unknown_kind_has_no_card():
    with pytest.raises(UnknownName, match="evidence kind"):
        kind_card("binry")
