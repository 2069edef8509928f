"""Checks of a posterior that a paper prints: its probability of benefit must follow from its estimate and interval."""

from __future__ import annotations

from statistics import NormalDist

from bayes.base import measures
from bayes.checks.ledger import Ledger
from bayes.checks.rounding import Implied, analysis_box, extent
from bayes.paper.evidence import Estimate
from bayes.paper.trial import Outcome


def check_posterior(ledger: Ledger, outcome: Outcome, evidence: Estimate) -> None:
    """Compare a printed posterior probability of benefit with that of the printed estimate and credible interval.

    The posterior is taken to be normal on the analysis scale, with the estimate as its centre.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings.
    outcome : Outcome
    evidence : Estimate
        A posterior, whose prior is stated.
    """
    if evidence.probability is None or evidence.numbers is None:
        return
    boxes = [analysis_box(number, outcome.measure) for number in (evidence.estimate, *evidence.numbers)]
    middle, low, high = boxes
    if middle is None or low is None or high is None:
        return
    turned = -1 if evidence.compares == "control_vs_treatment" else 1

    def probability(centre: float, lower: float, upper: float) -> float:
        sd = measures.se_from_ci(lower, upper, evidence.coverage)
        return NormalDist().cdf(outcome.sign * turned * (centre - outcome.null) / sd)

    implied = Implied("", (extent(probability, middle, low, high),))
    basis = "the estimate and its credible interval imply P(benefit)"
    ledger.compare("evidence.probability", evidence.probability, [implied], basis)
