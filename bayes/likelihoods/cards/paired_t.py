"""The card of `paired_t`: the mean difference of the same patients under both treatments."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import degrees_of_freedom
from bayes.paper.evidence.paired import PairedMeans

CARD = LikelihoodCard(
    name="paired_t",
    evidence=(PairedMeans,),
    condition=degrees_of_freedom,
    order=0,
    curve="bayes.quadrature.paired:t_curve",
    formula=(r"\frac{y - \theta}{s} \sim \text{Student-}t_{n - 1}",),
    words="a Student-t likelihood of the mean difference within patients, with one degree of freedom fewer than there "
    "are patients",
    predicts=True,
)
