"""The card of `single_trial`: one trial with one effect."""

from __future__ import annotations

from bayes.likelihoods.structure_card import EFFECT, StructureCard

CARD = StructureCard(
    name="single_trial",
    file_name="single_trial",
    takes="outcome",
    title="one trial",
    parameters=(EFFECT,),
    formula=(r"\theta \sim \text{prior of the effect}",),
    words="The model had a single true effect, with the priors listed below.",
)
