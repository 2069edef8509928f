"""An estimate that two errors have shifted, a model whose likelihood is known in closed form.

    y ~ Normal(theta + b + c, s),   b ~ Normal(0.1, 0.3),   c ~ Normal(-0.2, 0.4)

Known: y and s. Estimated: theta, b and c, of which only the sum is informed: y ~ Normal(theta - 0.1, sqrt(s^2 + 0.25)).
"""

from __future__ import annotations

from math import log, pi

import pymc as pm
import pytensor.tensor as pt

from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.parameter import Parameter
from bayes.paper.evidence import Estimate

SHIFTS = Parameter(("first_shift", "second_shift"), "shifts", "errors", "analysis scale", "normal", "invented", fixed=True)
CARD = LikelihoodCard(
    name="normal_shift",
    evidence=(Estimate,),
    parameters=(SHIFTS,),
    formula=(r"y \sim \operatorname{Normal}(\theta + b + c, s)",),
    words="a normal likelihood of a shifted estimate",
)


def prepare(outcome, priors) -> dict[str, float]:
    y, s = outcome.evidence.on_analysis_scale(outcome.measure)
    return {"y": y, "s": s}


def log_likelihood(theta, data):
    first = pm.Normal("first_shift", 0.1, 0.3, shape=data["y"].shape)
    second = pm.Normal("second_shift", -0.2, 0.4, shape=data["y"].shape)
    z = (data["y"] - theta - first - second) / data["s"]
    return -0.5 * z**2 - pt.log(data["s"]) - 0.5 * log(2 * pi)


def derived(effect, draws, outcome):
    return {"first_shift": ((), draws["first_shift"])}
