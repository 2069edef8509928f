"""The priors as PyMC distributions with a name, for the textbook models.

The fast graphs take every number of a prior as data (`priors`), so that one compiled graph serves all of them. A
textbook model states one prior, as one would write it by hand: `pm.Normal`, `pm.Mixture`, `pm.TruncatedNormal`, ...
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf, isfinite
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc.distributions import transforms

from bayes.base.distributions import Distribution
from bayes.models.shared.signatures import Tensor

BOUNDS = {"risk_difference": (-1.0, 1.0), "proportion": (0.0, 1.0)}  # of an effect on its analysis scale
REAL_LINE = (-inf, inf)
NO_EFFECT, IF_ANY = "no_effect", "_if_any"  # the indicator of a spike, and the ending of the effect beside it


def named(name: str, prior: Distribution, bounds: tuple[float, float] = REAL_LINE, dims: str | None = None) -> Tensor:
    """Declare a parameter with a prior in the current model.

    Parameters
    ----------
    name : str
    prior : Distribution
        On the scale of the parameter; without a spike.
    bounds : (float, float)
        The range of the parameter: a prior that reaches beyond is truncated there and normalised.
    dims : str, optional
        The dimension along which values are independent with this prior; by default there is a single value.

    Returns
    -------
    Tensor, shape () or (dims,)
    """
    low, high = _inside(prior, bounds)
    if len(prior.components) == 1:
        family, numbers = _family(prior.components[0][1], bounds)
        value: Tensor = family(name, **numbers, dims=dims)
        return value
    weights = np.array([weight * _mass(part, bounds) for weight, part in prior.components])
    parts = [unnamed(part, bounds) for _, part in prior.components]
    # components may have supports of their own, from which PyMC does not choose a transform
    value = pm.Mixture(
        name, w=weights / weights.sum(), comp_dists=parts, dims=dims, default_transform=_to_real_line(low, high)
    )
    return value


def with_spike(
    name: str, prior: Distribution, null: float, bounds: tuple[float, float] = REAL_LINE, dims: str | None = None
) -> Tensor:
    """Declare an effect, which is exactly null with the probability of the prior's spike.

    The spike is an indicator beside the effect that there is if there is one.

    Parameters
    ----------
    name : str
    prior : Distribution
        On the analysis scale.
    null : float
        The value of no effect on that scale.
    bounds, dims
        As in `named`.

    Returns
    -------
    Tensor, shape () or (dims,)
    """
    if not prior.spike:
        return named(name, prior, bounds, dims)
    no_effect = pm.Bernoulli(NO_EFFECT, p=prior.spike, dims=dims)
    if_any = named(f"{name}{IF_ANY}", prior.parts[0][1], bounds, dims)
    value: Tensor = pm.Deterministic(name, pt.switch(no_effect, null, if_any), dims=dims)
    return value


def baseline(quantity: str, prior: Distribution, effect: Tensor, baseline_offset: float, of: str = "") -> Tensor:
    """Declare the baseline of two arms, whose prior applies midway between them or in the control arm.

    Parameters
    ----------
    quantity : str
        What it is, for example "log_odds": the parameters are `mid_log_odds` and `control_log_odds`.
    prior : Distribution
    effect : Tensor, shape ()
        The difference of both arms in this quantity.
    baseline_offset : float
        0 for a prior midway between the arms, 1/2 for one in the control arm.
    of : str
        The ending of names, which says whose parameters they are.

    Returns
    -------
    Tensor, shape ()
        The baseline midway between the arms.
    """
    if not baseline_offset:
        return named(f"mid_{quantity}{of}", prior)
    control = named(f"control_{quantity}{of}", prior)
    mid: Tensor = pm.Deterministic(f"mid_{quantity}{of}", control + baseline_offset * effect)
    return mid


def unnamed(part: Distribution, bounds: tuple[float, float] = REAL_LINE) -> Tensor:
    """Return a simple distribution without a name, truncated to the bounds.

    Parameters
    ----------
    part : Distribution
    bounds : (float, float)

    Returns
    -------
    Tensor, shape ()
    """
    family, numbers = _family(part, bounds)
    value: Tensor = _without_name(family, numbers)
    return value


def _without_name(family: Any, numbers: dict[str, Any]) -> Tensor:
    """Return a distribution of a PyMC class without a name, shape (); only a named one has a transform."""
    value: Tensor = family.dist(**{key: number for key, number in numbers.items() if key != "default_transform"})
    return value


def _family(part: Distribution, bounds: tuple[float, float]) -> tuple[Any, dict[str, Any]]:
    """Return the PyMC class of a simple distribution and its arguments; PyMC publishes no types.

    Parameters
    ----------
    part : Distribution
    bounds : (float, float)
        Where it is truncated, if it reaches beyond.
    """
    low, high = part.support
    if bounds[0] <= low and high <= bounds[1]:
        return _whole_family(part)
    family, numbers = _whole_family(_with_tail(part))
    if part.name == "uniform":
        return pm.Uniform, {"lower": max(low, bounds[0]), "upper": min(high, bounds[1])}
    ends = max(low, bounds[0]), min(high, bounds[1])
    lower, upper = (end if isfinite(end) else None for end in ends)
    if part.name == "normal":
        return pm.TruncatedNormal, numbers | {"lower": lower, "upper": upper}
    return pm.Truncated, {"dist": _without_name(family, numbers), "lower": lower, "upper": upper}


def _with_tail(part: Distribution) -> Distribution:
    """Return a distribution whose tail PyMC knows: a half-Student-t is a Student-t above zero."""
    if part.name != "half_student_t":
        return part
    df, scale = part.args
    return Distribution("student_t", (df, 0.0, scale))


def _whole_family(part: Distribution) -> tuple[Any, dict[str, Any]]:
    """Return the PyMC class of a simple distribution and its arguments, not truncated."""
    # PyTensor would read a float such as 2.5 in single precision, and compute with it in single precision
    match part.name, tuple(np.float64(number) for number in part.args):
        case "normal", (mean, sd):
            return pm.Normal, {"mu": mean, "sigma": sd}
        case "student_t", (df, mean, scale):
            return pm.StudentT, {"nu": df, "mu": mean, "sigma": scale}
        case "half_normal", (sd,):
            return pm.HalfNormal, {"sigma": sd}
        case "half_cauchy", (scale,):
            return pm.HalfCauchy, {"beta": scale}
        case "half_student_t", (df, scale):
            return pm.HalfStudentT, {"nu": df, "sigma": scale}
        case "lognormal", (mean, sd):
            return pm.LogNormal, {"mu": mean, "sigma": sd}
        case "gamma", (shape, rate):
            return pm.Gamma, {"alpha": shape, "beta": rate}
        case "inverse_gamma", (shape, scale):
            return pm.InverseGamma, {"alpha": shape, "beta": scale}
        case "beta", (a, b):
            return pm.Beta, {"alpha": a, "beta": b}
        case "uniform", (low, high):
            return pm.Uniform, {"lower": low, "upper": high}
        case "log_student_t" | "lomax" | "uniform_shrinkage", numbers:  # PyMC derives their densities from these draws
            draw = partial(MADE_FROM_OTHERS[part.name], *numbers)
            return pm.CustomDist, {"dist": draw, "default_transform": transforms.log}
    raise ValueError(f"{part} is not a prior of a single parameter")


def _log_student_t(df: float, mean: float, scale: float, size: Any) -> Tensor:
    """Return exp(t) for a Student-t t, shape `size`."""
    value: Tensor = pt.exp(pm.StudentT.dist(nu=df, mu=mean, sigma=scale, size=size))
    return value


def _lomax(shape: float, scale: float, size: Any) -> Tensor:
    """Return a Pareto variable shifted to begin at zero, shape `size`."""
    value: Tensor = pm.Pareto.dist(alpha=shape, m=scale, size=size) - scale
    return value


def _uniform_shrinkage(scale: float, size: Any) -> Tensor:
    """Return x with s^2 / (s^2 + x^2) ~ Uniform(0, 1), shape `size`: log(x^2 / s^2) is standard logistic."""
    value: Tensor = scale * pt.exp(pm.Logistic.dist(mu=0.0, s=1.0, size=size) / 2)
    return value


MADE_FROM_OTHERS: dict[str, Callable[..., Tensor]] = {
    "log_student_t": _log_student_t,
    "lomax": _lomax,
    "uniform_shrinkage": _uniform_shrinkage,
}


def _mass(part: Distribution, bounds: tuple[float, float]) -> float:
    """Return the probability of a simple distribution between the bounds."""
    low, high = part.support
    if bounds[0] <= low and high <= bounds[1]:
        return 1.0
    whole = unnamed(_with_tail(part))

    def between(ends: tuple[float, float]) -> float:
        """Return the probability between two ends."""
        upto = [np.exp(pm.logcdf(whole, end).eval()) if isfinite(end) else float(end > 0) for end in ends]
        return float(upto[1] - upto[0])

    return between((max(low, bounds[0]), min(high, bounds[1]))) / between((low, high))


def _inside(prior: Distribution, bounds: tuple[float, float]) -> tuple[float, float]:
    """Return the support of a prior within the bounds."""
    low, high = prior.support
    return max(low, bounds[0]), min(high, bounds[1])


def _to_real_line(low: float, high: float) -> Any:
    """Return the transform by which the sampler sees an unbounded parameter; None if it is unbounded already."""
    if not isfinite(low):
        return None
    return transforms.log if high == inf and low == 0 else transforms.Interval(low, high if isfinite(high) else None)
