"""The card of `order_statistics`: medians with quartiles or range, as order statistics."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.parameter import MID_MEAN, SIGMAS
from bayes.paper.evidence import Medians

CARD = LikelihoodCard(
    name="order_statistics",
    evidence=(Medians,),
    order=0,
    parameters=(MID_MEAN, SIGMAS),
    curve="bayes.quadrature.medians:curve",
    formula=(
        r"L \propto \prod_j f(x_{(j)}) \prod_j \left( F(x_{(j+1)}) - F(x_{(j)}) \right)^{r_{j+1} - r_j - 1}",
        r"F = \operatorname{Normal}\left(m \pm h(\theta, m), \sigma_{\text{arm}}\right)"
        r"\text{ of } x \text{ or, log-normal, of } \log x; \quad h = \tfrac{1}{2} \theta \text{ on one scale}",
    ),
    words="the joint density of the printed medians, quartiles and ranges as order statistics of normal or log-normal "
    "observations, with a separate variance in each arm",
    predicts=True,
)
