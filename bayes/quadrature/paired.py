"""The likelihood curve of patients counted under both treatments, in closed form."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
from scipy.special import log_expit

from bayes.base.arrays import FloatArray
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.paired import PairedCounts
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_choose
from bayes.quadrature.likelihood_curve import Curve, bounds_of


def discordant(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the log odds ratio of patients with the event under one treatment only.

    With all of them under the same treatment, L is level towards one side; half a patient is then added to either
    count to place the nodes.
    """
    evidence = of_kind(outcome.evidence, PairedCounts)
    b, c = evidence.treatment_only, evidence.control_only
    half = 0.0 if b and c else 0.5

    def log_l(theta: FloatArray) -> FloatArray:
        theta = np.asarray(theta, dtype=float)
        found: FloatArray = log_choose(b + c, b) + b * log_expit(theta) + c * log_expit(-theta)
        return found

    centre, width = log((b + half) / (c + half)), sqrt(1 / (b + half) + 1 / (c + half))
    return Curve({"all": log_l}, centre, width, "closed-form binomial likelihood", bounds_of(outcome), bool(half))
