"""The paper's own estimate with its standard error.

    (y_i - theta_i) / s_i ~ Normal(0, 1),   or Student-t(nu_i) where degrees of freedom are stated

Known: y and s on the analysis scale (from the printed effect and its interval, standard error or p-value, by quantiles
of the same distribution), and nu. Estimated: theta. Assumes that the likelihood of the effect has this shape on that
scale, and without stated degrees of freedom that s is known. With them s is an estimate, and theta given y and s is a
Student-t about y under a flat prior (Box and Tiao 1973, Bayesian Inference in Statistical Analysis, section 2.4).
"""

from __future__ import annotations

from math import log, pi

import pytensor.tensor as pt

KINDS = ("estimate",)


def prepare(outcome, nuisance) -> dict[str, float]:
    """One trial's data: `y` and `s` on the analysis scale, treatment against control; `nu`, 0 where none is stated."""
    y, s = outcome.evidence.on_analysis_scale(outcome.measure)
    return {"y": y, "s": s, "nu": float(outcome.evidence.df or 0)}


def log_likelihood(theta, data):
    """Log likelihood per trial; theta has shape (trial,)."""
    z, nu = (data["y"] - theta) / data["s"], pt.maximum(data["nu"], 1.0)
    normal = -0.5 * z**2 - 0.5 * log(2 * pi)
    constant = pt.gammaln((nu + 1) / 2) - pt.gammaln(nu / 2) - 0.5 * pt.log(pi * nu)
    student_t = constant - (nu + 1) / 2 * pt.log1p(z**2 / nu)
    return pt.switch(data["nu"] > 0, student_t, normal) - pt.log(data["s"])


def readable(effect, draws, outcome):
    """Nothing is estimated beside the effect."""
    return {}
