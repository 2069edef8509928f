"""The card of `binomial_within_bounds`: persons with an event in two arms, counts of which are known within bounds."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.formulas import ARMS, BINOMIAL
from bayes.likelihoods.parameter import MID_LOG_ODDS
from bayes.paper.evidence.censored_counts import CensoredCounts

CARD = LikelihoodCard(
    name="binomial_within_bounds",
    evidence=(CensoredCounts,),
    order=0,
    parameters=(MID_LOG_ODDS,),
    curve="bayes.quadrature.censored_counts:curve",
    formula=(
        rf"{BINOMIAL}, \quad l_{{\text{{arm}}}} \le x_{{\text{{arm}}}} \le u_{{\text{{arm}}}}",
        rf"\operatorname{{logit}} p_{{\text{{arm}}}} = a {ARMS}",
    ),
    words="a binomial likelihood of each arm, summed over the counts that its bounds allow",
    predicts=True,
    baseline="movable",
)
