"""The card of `means`: the mean, standard deviation and n of two arms."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.parameter import MID_MEAN, SIGMAS
from bayes.paper.evidence import Means

CARD = LikelihoodCard(
    name="means",
    evidence=(Means,),
    order=0,
    parameters=(MID_MEAN, SIGMAS),
    curve="bayes.quadrature.means:curve",
    formula=(
        r"\bar{y}_{\text{arm}} \sim \operatorname{Normal}\left(m \pm \tfrac{1}{2} h, "
        r"\frac{\sigma_{\text{arm}}}{\sqrt{n_{\text{arm}}}}\right)",
        r"\frac{(n_{\text{arm}} - 1) s_{\text{arm}}^2}{\sigma_{\text{arm}}^2} \sim \chi^2_{n_{\text{arm}} - 1}",
        r"h = \theta \text{ (mean difference), or } \theta \sqrt{\tfrac{1}{2} (\sigma_1^2 + \sigma_0^2)} "
        r"\text{ (standardised)}",
    ),
    words="a normal likelihood of the means and standard deviations, with a separate variance in each arm",
    predicts=True,
)
