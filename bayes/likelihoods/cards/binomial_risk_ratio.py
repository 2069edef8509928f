"""The card of `binomial_risk_ratio`: persons with an event in two arms, compared by a risk ratio."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.formulas import ARMS, BINOMIAL
from bayes.likelihoods.parameter import MID_LOG_RISK
from bayes.paper.evidence.counts import Binary
from bayes.paper.trial import Outcome


def _condition(outcome: Outcome) -> bool:
    return outcome.measure == "risk_ratio"


CARD = LikelihoodCard(
    name="binomial_risk_ratio",
    evidence=(Binary,),
    condition=_condition,
    order=0,
    parameters=(MID_LOG_RISK,),
    curve="bayes.quadrature.two_risks:risk_ratio",
    formula=(BINOMIAL, rf"\log p_{{\text{{arm}}}} = a {ARMS}, \quad a < -\tfrac{{1}}{{2}}|\theta|"),
    words="a binomial likelihood of the counts in each arm, in terms of the risk ratio",
    predicts=True,
    baseline="midpoint",
)
