"""The paper's own estimate with a standard error on few degrees of freedom.

    (y_i - theta_i) / s_i ~ Student-t(nu_i)

Known: y and s on the analysis scale (from the printed effect and its interval, standard error or p-value, by quantiles
of the same Student-t), and nu as stated. Estimated: theta. Assumes that y is normal about theta, and that s estimates
its standard deviation with nu degrees of freedom: given y and s, theta is then a Student-t about y under a flat prior
(Box and Tiao 1973, Bayesian Inference in Statistical Analysis, section 2.4). It is used where an estimate states `df`.
"""

from __future__ import annotations

from math import pi

import pytensor.tensor as pt

KINDS = ("estimate",)


def prepare(outcome, nuisance) -> dict[str, float]:
    """Return one trial's data, scalars: `y`, treatment against control, and `s` on the analysis scale, and `nu`."""
    y, s = outcome.evidence.on_analysis_scale(outcome.measure)
    return {"y": y, "s": s, "nu": float(outcome.evidence.df)}


def log_likelihood(theta, data):
    """Return the log likelihood of each trial, (trial,).

    theta : (trial,), on the analysis scale. data : as `prepare`, each (trial,).
    """
    s, nu = data["s"], data["nu"]
    constant = pt.gammaln((nu + 1) / 2) - pt.gammaln(nu / 2) - 0.5 * pt.log(pi * nu) - pt.log(s)
    return constant - (nu + 1) / 2 * pt.log1p(((data["y"] - theta) / s) ** 2 / nu)


def derived(effect, draws, outcome):
    """Return nothing: only the effect is estimated."""
    return {}
