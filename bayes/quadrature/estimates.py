"""Likelihood curves in closed form: of a printed estimate with its standard error, and of a single proportion."""

from __future__ import annotations

from functools import partial

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.counts import SingleProportion
from bayes.paper.evidence.effects import effect_and_error, effect_error_and_df
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_binomial, log_t
from bayes.quadrature.likelihood_curve import Curve, bounds_of


def normal(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of an estimate whose likelihood is normal on the analysis scale."""
    y, s = effect_and_error(outcome.evidence, outcome.measure)
    return normal_curve(y, s, "closed-form normal likelihood", bounds_of(outcome))


def normal_curve(y: float, s: float, method: str, bounds: tuple[float, float]) -> Curve:
    """Return the curve of a normal estimate.

    Parameters
    ----------
    y, s : float
        Estimate and standard error, on the analysis scale.
    method : str
        How the curve was computed, in words.
    bounds : (float, float)
        Range of the effect.
    """
    constant = -np.log(s) - 0.5 * np.log(2 * np.pi)

    def log_l(theta: FloatArray) -> FloatArray:
        return np.asarray(constant - 0.5 * ((y - theta) / s) ** 2)

    return Curve({"all": log_l}, y, s, method, bounds, normal=(y, s))


def student_t(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of an estimate whose error is Student-t with the stated degrees of freedom."""
    y, s, df = effect_error_and_df(outcome.evidence, outcome.measure)
    log_l = partial(log_t, df=df, centre=y, scale=s)
    return Curve({"all": log_l}, y, s, "closed-form Student-t likelihood", bounds_of(outcome))


def proportion(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the proportion of a single arm."""
    arm = of_kind(outcome.evidence, SingleProportion)
    x, n = arm.events, arm.n
    centre, width = (x + 1) / (n + 2), float(np.sqrt((x + 1) * (n - x + 1) / (n + 2) ** 2 / (n + 3)))

    def log_l(p: FloatArray) -> FloatArray:
        return log_binomial(x, n, p)

    return Curve({"all": log_l}, centre, width, "quadrature", (0.0, 1.0))
