"""Persons with an event in two arms whose risk varies between centres (beta-binomial), compared by an odds ratio.

    x_arm ~ BetaBinomial(n_arm, p_arm k, (1 - p_arm) k),   logit p = a + theta/2 (treatment),  a - theta/2 (control)
    a ~ Normal(0, 2.5),   log k ~ Normal(3, 1)

Known: x and n. Estimated: theta (log odds ratio), a and k, the precision: the correlation of two persons of one arm is
1 / (k + 1). Assumes one mean risk per arm and one k. Counts alone do not identify k, so its prior decides how much
wider than the binomial the likelihood is.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.parameter import MID_LOG_ODDS, Parameter
from bayes.models.shared.two_risks import counts, describe, expit
from bayes.paper.evidence.counts import Binary

LOG_PRECISION = Parameter(
    names=("log_precision",),
    shown="log precision (log k)",
    meaning="how alike the persons of an arm are; the correlation of two of them is 1 / (k + 1)",
    unit="log of a number",
    prior="normal(3, 1)",
    why="correlations of 0.007 to 0.26 have 95% of the prior",
    fixed=True,
)
CARD = LikelihoodCard(
    name="beta_binomial",
    evidence=(Binary,),
    condition=lambda outcome: outcome.measure == "odds_ratio",
    parameters=(MID_LOG_ODDS, LOG_PRECISION),
    formula=(
        r"x_{\text{arm}} \sim \operatorname{BetaBinomial}(n_{\text{arm}}, p_{\text{arm}} k, (1 - p_{\text{arm}}) k)",
        r"\operatorname{logit} p_{\text{arm}} = a \pm \tfrac{1}{2}\theta",
    ),
    words="a beta-binomial likelihood of the counts in each arm",
)


def prepare(outcome, priors) -> dict[str, float]:
    """Return one trial's data, all scalars: events and persons per arm."""
    return counts(outcome)


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,), and declare the baseline and the precision.

    theta : (trial,), log odds ratio. data : as `prepare`, each (trial,).
    """
    mid = pm.Normal("mid_log_odds", 0.0, 2.5, shape=data["x_treatment"].shape)
    log_k = pm.Normal("log_precision", 3.0, 1.0, shape=data["x_treatment"].shape)
    k, total = pt.exp(log_k), 0.0
    for arm, eta in (("treatment", mid + theta / 2), ("control", mid - theta / 2)):
        a, b = pt.sigmoid(eta) * k, pt.sigmoid(-eta) * k
        total += pm.logp(pm.BetaBinomial.dist(n=data[f"n_{arm}"], alpha=a, beta=b), data[f"x_{arm}"])
    return total


def derived(effect, draws, outcome):
    """Return the precision, both risks and every comparison of them, each (chain, draw).

    effect : (chain, draw), log odds ratio. draws : own parameters, each (chain, draw).
    """
    mid = draws["mid_log_odds"]
    risks = describe(expit(mid + effect / 2), expit(mid - effect / 2), outcome)
    return {"precision": ((), np.exp(draws["log_precision"]))} | risks
