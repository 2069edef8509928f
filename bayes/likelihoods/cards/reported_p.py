"""The card of `reported_p`: a bare p-value or statement of significance, with a normal test statistic."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.formulas import DIRECTIONS
from bayes.paper.evidence.bare_tests import BareP, Significance

CARD = LikelihoodCard(
    name="reported_p",
    evidence=(BareP, Significance),
    order=1,
    curve="bayes.quadrature.bare_tests:normal",
    formula=(
        r"z \sim \operatorname{Normal}(\delta, 1), \quad \delta = \frac{\sigma \theta}{s}, \quad \sigma = \pm 1",
        r"p \text{ printed: the density of } z \text{ at } z(p); \quad "
        r"\text{not significant: } P(0 < z < z_{\alpha})",
        DIRECTIONS,
    ),
    words="the likelihood of the published test result, summed over both directions if none was reported",
    predicts=True,
)
