"""The card of `events_lognormal`: events in persons whose rates differ, log-normally."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import persons_printed
from bayes.likelihoods.formulas import MEAN_COUNT, PERSONS
from bayes.likelihoods.parameter import LOG_SIGMA, MID_LOG_RATE
from bayes.paper.evidence.counts import Events

CARD = LikelihoodCard(
    name="events_lognormal",
    evidence=(Events,),
    condition=persons_printed,
    order=1,
    parameters=(MID_LOG_RATE, LOG_SIGMA),
    curve="bayes.quadrature.events:lognormal",
    formula=(
        PERSONS,
        r"\text{count} \sim \operatorname{Poisson}(\mu\, e^{\sigma e - \sigma^2 / 2}), \quad "
        r"e \sim \operatorname{Normal}(0, 1)",
        MEAN_COUNT,
    ),
    words="a Poisson-lognormal likelihood of the total numbers of events and persons affected",
    predicts=True,
    mixture="Poisson-lognormal",
    reads_persons=True,
    baseline="movable",
)
