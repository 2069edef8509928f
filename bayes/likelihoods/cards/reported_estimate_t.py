"""The card of `reported_estimate_t`: the paper's own estimate, with degrees of freedom."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import degrees_of_freedom
from bayes.paper.evidence import EffectAndError

CARD = LikelihoodCard(
    name="reported_estimate_t",
    evidence=(EffectAndError,),
    condition=degrees_of_freedom,
    order=0,
    curve="bayes.quadrature.estimates:student_t",
    formula=(r"\frac{y - \theta}{s} \sim \text{Student-}t_{\nu}",),
    words="a Student-t likelihood of the published estimate on the analysis scale, with its degrees of freedom",
    predicts=True,
)
