"""The nuisance parameters of two normal arms: the midpoint of both means, and a standard deviation in each arm.

    m ~ Normal(centre, 10 S),   sigma_arm ~ half-Student-t(3, 0, 2.5 S)

S is the pooled standard deviation. Each is sampled as a flat variable in units of its own uncertainty, with its prior
as a potential, so that the sampler meets the same geometry in every trial.
"""

from __future__ import annotations

import pymc as pm
import pytensor.tensor as pt

from bayes.models.shared.priors import shape_of
from bayes.models.shared.signatures import Report, Tensor

ARMS = ("treatment", "control")


def midpoint(data: Report) -> Tensor:
    """Declare the midpoint m of both means.

    Parameters
    ----------
    data : mapping of Tensor, shape (trial,)
        With `centre`, `pooled_sd`, `n_treatment` and `n_control`.

    Returns
    -------
    Tensor, shape (trial,)
        In the unit of the observations, or of their logarithms.
    """
    scale = data["pooled_sd"]
    raw = pm.Flat("mid_mean_raw", shape=shape_of(scale))
    mid: Tensor = pm.Deterministic(
        "mid_mean", data["centre"] + scale / pt.sqrt(data["n_treatment"] + data["n_control"]) * raw
    )
    pm.Potential("mid_mean_prior", (-0.5 * ((mid - data["centre"]) / (10 * scale)) ** 2).sum())
    return mid


def standard_deviation(arm: str, data: Report, start: Tensor, information: Tensor) -> Tensor:
    """Declare the standard deviation of an arm.

    Parameters
    ----------
    arm : str
    data : mapping of Tensor, shape (trial,)
        With `pooled_sd`, which scales the prior.
    start : Tensor, shape (trial,)
        The standard deviation that the report states or implies.
    information : Tensor, shape (trial,)
        The reciprocal of the variance of its logarithm.

    Returns
    -------
    Tensor, shape (trial,)
        In the unit of the observations, or of their logarithms.
    """
    raw = pm.Flat(f"sd_{arm}_raw", shape=shape_of(start))
    log_ratio = raw / pt.sqrt(information)
    sigma: Tensor = pm.Deterministic(f"sigma_{arm}", start * pt.exp(log_ratio))
    prior = -2 * pt.log1p((sigma / (2.5 * data["pooled_sd"])) ** 2 / 3) + log_ratio
    pm.Potential(f"sigma_{arm}_prior", prior.sum())
    return sigma
