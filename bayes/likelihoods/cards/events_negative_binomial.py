"""The card of `events_negative_binomial`: total event counts in two arms, over-dispersed by an unreported amount."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import totals_of_persons
from bayes.likelihoods.formulas import RATE
from bayes.likelihoods.parameter import LOG_SIZE, MID_LOG_RATE
from bayes.paper.evidence.counts import Events

CARD = LikelihoodCard(
    name="events_negative_binomial",
    evidence=(Events,),
    condition=totals_of_persons,
    order=3,
    parameters=(MID_LOG_RATE, LOG_SIZE),
    curve="bayes.quadrature.events:negative_binomial",
    formula=(
        r"T_{\text{arm}} \sim \operatorname{NegativeBinomial}(\text{mean } E_{\text{arm}} \lambda_{\text{arm}},"
        r"\ \text{size } n_{\text{arm}} k)",
        RATE,
    ),
    words="a negative-binomial likelihood of the total numbers of events",
    predicts=True,
    baseline="movable",
)
