"""The card of `proportional_odds_of_days`: medians with quartiles of days alive and free, the worst rank included."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.parameter import FLOOR_LOG_ODDS, LOG_STEEPNESS, MID_LOG_DAYS, ZERO_LOG_ODDS
from bayes.paper.evidence import DaysFree

CARD = LikelihoodCard(
    name="proportional_odds_of_days",
    evidence=(DaysFree,),
    order=0,
    parameters=(FLOOR_LOG_ODDS, ZERO_LOG_ODDS, MID_LOG_DAYS, LOG_STEEPNESS),
    curve="bayes.quadrature.days_free:curve",
    formula=(
        r"P(Y \le d - 1) < U_{(r)} \le P(Y \le d), \quad U_{(1)} < \dots < U_{(n)} \text{ uniform}",
        r"\operatorname{logit} P(Y \le d) = k(d) \mp \tfrac{1}{2} \theta, \quad e^{k(d)} = e^a + (1 + e^a) e^{h(d)}",
        r"h(d) = t(d) \text{ where the worst rank is 0 days, else } e^{h(d)} = e^c + (1 + e^c) e^{t(d)}",
        r"t(d) = b \left( \operatorname{logit} \frac{d}{\text{maximum}} - m \right)",
    ),
    words="a proportional-odds likelihood of the days, the worst rank included, of which the printed quantiles are "
    "order statistics; the log odds of the days above zero, as shares of the maximum, are logistic",
    predicts=True,
)
