"""The card of `binomial_risk_difference`: persons with an event in two arms, compared by a risk difference."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.formulas import ARMS, BINOMIAL
from bayes.likelihoods.parameter import MID_RISK
from bayes.paper.evidence.counts import Binary
from bayes.paper.trial import Outcome


def _condition(outcome: Outcome) -> bool:
    return outcome.measure == "risk_difference"


CARD = LikelihoodCard(
    name="binomial_risk_difference",
    evidence=(Binary,),
    condition=_condition,
    order=0,
    parameters=(MID_RISK,),
    curve="bayes.quadrature.two_risks:risk_difference",
    formula=(BINOMIAL, rf"p_{{\text{{arm}}}} = m {ARMS}"),
    words="a binomial likelihood of the counts in each arm, in terms of the risk difference",
    predicts=True,
    baseline="midpoint",
    not_in_synthesis="counts cannot be joined on the risk-difference scale; accepted: odds_ratio, risk_ratio",
)
