"""The card of `partial_odds_linear`: ordered categories, with an odds ratio that drifts."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import three_categories
from bayes.likelihoods.formulas import PARTIAL
from bayes.likelihoods.parameter import CUTPOINTS, DEPARTURE
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut

CARD = LikelihoodCard(
    name="partial_odds_linear",
    evidence=(Ordinal, OrdinalCut),
    condition=three_categories,
    order=2,
    parameters=(CUTPOINTS, DEPARTURE),
    curve="bayes.quadrature.ordered_tables:drifting",
    formula=(*PARTIAL, r"g_k = \frac{2 (k - 1)}{K - 2} - 1"),
    words="a partial proportional-odds likelihood with an odds ratio that changes along the scale",
    predicts=True,
    baseline="midpoint",
)
