"""The card of `events_zero_inflated`: events in persons, some of whom never have one."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import persons_printed
from bayes.likelihoods.formulas import MEAN_COUNT, PERSONS
from bayes.likelihoods.parameter import MID_LOG_RATE, NEVER
from bayes.paper.evidence.counts import Events

CARD = LikelihoodCard(
    name="events_zero_inflated",
    evidence=(Events,),
    condition=persons_printed,
    order=2,
    parameters=(MID_LOG_RATE, NEVER),
    curve="bayes.quadrature.events:zero_inflated",
    formula=(
        PERSONS,
        r"\text{count} = 0 \text{ with probability } w, \text{ else } "
        r"\operatorname{Poisson}\left(\frac{\mu}{1 - w}\right)",
        MEAN_COUNT,
    ),
    words="a zero-inflated Poisson likelihood of the total numbers of events and persons affected",
    predicts=True,
    mixture="zero-inflated",
    reads_persons=True,
    baseline="movable",
)
