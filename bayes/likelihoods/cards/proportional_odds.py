"""The card of `proportional_odds`: counts over ordered categories in two arms."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.formulas import ORDERED
from bayes.likelihoods.parameter import CUTPOINTS
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut

CARD = LikelihoodCard(
    name="proportional_odds",
    evidence=(Ordinal, OrdinalCut),
    order=0,
    parameters=(CUTPOINTS,),
    curve="bayes.quadrature.ordered_tables:proportional_odds",
    formula=ORDERED,
    words="a proportional-odds likelihood of the counts per category",
    predicts=True,
    baseline="movable",
)
