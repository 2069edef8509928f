"""The card of `single_proportion`: a single arm compared with a goal."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.paper.evidence.counts import SingleProportion

CARD = LikelihoodCard(
    name="single_proportion",
    evidence=(SingleProportion,),
    order=0,
    curve="bayes.quadrature.estimates:proportion",
    formula=(r"x \sim \operatorname{Binomial}(n, \theta)",),
    words="a binomial likelihood for the single arm",
    predicts=True,
    not_in_synthesis="a synthesis of single-arm proportions is not supported",
)
