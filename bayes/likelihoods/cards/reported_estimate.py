"""The card of `reported_estimate`: the paper's own estimate with its standard error."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import no_degrees_of_freedom
from bayes.paper.evidence import Estimate, LogRank, MedianSurvival, PairedMeans, Survival

CARD = LikelihoodCard(
    name="reported_estimate",
    evidence=(Estimate, LogRank, Survival, MedianSurvival, PairedMeans),
    condition=no_degrees_of_freedom,
    order=0,
    curve="bayes.quadrature.estimates:normal",
    formula=(r"y \sim \operatorname{Normal}(\theta, s)",),
    words="a normal likelihood of the published estimate on the analysis scale",
    predicts=True,
)
