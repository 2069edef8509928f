"""The card of `events_in_persons`: events and the persons who had them, who identify the over-dispersion."""

from __future__ import annotations

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.conditions import persons_printed
from bayes.likelihoods.formulas import MEAN_COUNT, PERSONS
from bayes.likelihoods.parameter import LOG_SIZE, MID_LOG_RATE
from bayes.paper.evidence.counts import Events

CARD = LikelihoodCard(
    name="events_in_persons",
    evidence=(Events,),
    condition=persons_printed,
    order=0,
    parameters=(MID_LOG_RATE, LOG_SIZE),
    curve="bayes.quadrature.events:in_persons",
    formula=(
        PERSONS,
        r"P(T, m) = \binom{n}{m}\, p^{n k} (1 - p)^T f(T, m; k), \quad p = \frac{k}{k + \mu}",
        r"f(T, m; k) = [x^T] \left((1 - x)^{-k} - 1\right)^m",
        rf"{MEAN_COUNT} + \log \frac{{E_{{\text{{arm}}}}}}{{n_{{\text{{arm}}}}}}",
    ),
    words="a negative-binomial likelihood of the total numbers of events and the numbers of persons affected, "
    "which together identify the overdispersion",
    predicts=True,
    reads_persons=True,
    baseline="movable",
)
