"""The card of `partial_odds_worst`: ordered categories, with the worst one separate."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import three_categories
from bayes.likelihoods.formulas import PARTIAL
from bayes.likelihoods.parameter import CUTPOINTS, DEPARTURE
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut

CARD = LikelihoodCard(
    name="partial_odds_worst",
    evidence=(Ordinal, OrdinalCut),
    condition=three_categories,
    order=1,
    parameters=(CUTPOINTS, DEPARTURE),
    curve="bayes.quadrature.ordered_tables:worst_apart",
    formula=(*PARTIAL, r"g_k = 1 \text{ at the last cut, else } 0"),
    words="a partial proportional-odds likelihood with a separate odds ratio for the worst category",
    predicts=True,
    baseline="midpoint",
)
