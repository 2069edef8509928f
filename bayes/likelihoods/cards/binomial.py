"""The card of `binomial`: persons with an event in two arms, compared by an odds ratio."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.formulas import ARMS, BINOMIAL
from bayes.likelihoods.parameter import MID_LOG_ODDS
from bayes.paper.evidence.counts import Binary
from bayes.paper.trial import Outcome


def _condition(outcome: Outcome) -> bool:
    return outcome.measure == "odds_ratio"


CARD = LikelihoodCard(
    name="binomial",
    evidence=(Binary,),
    condition=_condition,
    order=0,
    parameters=(MID_LOG_ODDS,),
    curve="bayes.quadrature.two_risks:odds_ratio",
    formula=(BINOMIAL, rf"\operatorname{{logit}} p_{{\text{{arm}}}} = a {ARMS}"),
    words="a binomial likelihood of the counts in each arm",
    predicts=True,
    baseline="movable",
)
