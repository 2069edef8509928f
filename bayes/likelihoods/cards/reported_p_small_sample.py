"""The card of `reported_p_small_sample`: a bare p-value or statement of significance of a t test."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import degrees_of_freedom
from bayes.likelihoods.formulas import DIRECTIONS
from bayes.likelihoods.parameter import SD_RATIO
from bayes.paper.evidence.bare_tests import BareP, Significance

CARD = LikelihoodCard(
    name="reported_p_small_sample",
    evidence=(BareP, Significance),
    condition=degrees_of_freedom,
    order=0,
    parameters=(SD_RATIO,),
    curve="bayes.quadrature.bare_tests:small_sample",
    formula=(
        r"t = \frac{z}{u} \sim \text{noncentral } t_{\nu}(\delta), \quad \nu = n - 2, \quad "
        r"\delta = \frac{\sigma \theta}{s}, \quad s = \sqrt{\frac{1}{n_1} + \frac{1}{n_0}}",
        r"\text{with } s \text{ printed and } \nu \text{ stated: } t = \delta + \frac{z}{u} \sim "
        r"\text{Student-}t_{\nu} \text{ about } \delta",
        DIRECTIONS,
    ),
    words="the t likelihood (noncentral if the standard error follows from the number of patients) of the published "
    "t-test result, summed over both directions if none was reported",
    predicts=True,
)
