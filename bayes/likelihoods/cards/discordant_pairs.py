"""The card of `discordant_pairs`: patients with the event under one treatment only."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.paper.evidence.paired import PairedCounts

CARD = LikelihoodCard(
    name="discordant_pairs",
    evidence=(PairedCounts,),
    order=0,
    curve="bayes.quadrature.paired:discordant",
    formula=(r"b \sim \operatorname{Binomial}(b + c, p), \quad \operatorname{logit} p = \theta",),
    words="a binomial likelihood of the patients with the event under treatment only, given those with it under one "
    "treatment only",
    predicts=True,
)
