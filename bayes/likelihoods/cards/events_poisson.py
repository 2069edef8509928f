"""The card of `events_poisson`: total event counts in two arms, without variation between persons."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import stated_poisson
from bayes.likelihoods.formulas import RATE
from bayes.likelihoods.parameter import MID_LOG_RATE
from bayes.paper.evidence.counts import Events

CARD = LikelihoodCard(
    name="events_poisson",
    evidence=(Events,),
    preferred=stated_poisson,
    order=4,
    parameters=(MID_LOG_RATE,),
    curve="bayes.quadrature.events:poisson",
    formula=(r"T_{\text{arm}} \sim \operatorname{Poisson}(E_{\text{arm}} \lambda_{\text{arm}})", RATE),
    words="a Poisson likelihood of the total numbers of events",
    predicts=True,
    baseline="movable",
)
