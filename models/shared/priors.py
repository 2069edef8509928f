"""The prior densities in a PyMC graph, with all their numbers in `pm.Data`.

A table describes a prior as weighted components: `log_weight`, `family`, `p1`, `p2`, `p3`, one entry each. One compiled
graph serves every prior with the same support, because `family` is data as well:

    real line   normal(p1, p2), student_t(p1, p2; df = p3)
    positive    half_normal(p1), half_student_t(p1; df = p3), lognormal(p1, p2), log_student_t(p1, p2; df = p3),
                gamma(p1, p2), inverse_gamma(p1, p2), lomax(p1, p2), uniform_shrinkage(p1)
    interval    the real-line and the positive families truncated, uniform, beta(p1, p2) on 0 to 1; bounds `low` and
                `high` are data

Bounded parameters are reparametrised to the real line, never cut off by a switch to minus infinity.
Densities truncated to an interval are left unnormalised, because the constant does not depend on any draw.
"""

from __future__ import annotations

from math import log, pi

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.shape import shape_padright
from pytensor.tensor.special import logsumexp

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.models.shared.signatures import Report, Row, Tensor

FAMILY = {
    "real": {"normal": 0, "student_t": 1},
    "positive": {
        "half_normal": 0,
        "half_student_t": 1,
        "lognormal": 2,
        "gamma": 3,
        "inverse_gamma": 4,
        "log_student_t": 5,
        "lomax": 6,
        "uniform_shrinkage": 7,
    },  # fmt: skip
    "interval": {"normal": 0, "student_t": 1, "uniform": 2, "beta": 3},
}
ABOVE_ZERO = 4  # number of the first positive family in an interval
FAMILY["interval"] |= {name: ABOVE_ZERO + i for name, i in FAMILY["positive"].items()}


def table(distribution: Distribution, support: str) -> dict[str, FloatArray]:
    """Return the numbers of a prior for a graph with the given support.

    Parameters
    ----------
    distribution : Distribution
        Prior on the scale of the parameter.
    support : {"real", "positive", "interval"}

    Returns
    -------
    dict of ndarray, shape (component,)
        `log_weight`, `family`, `p1`, `p2`, `p3`.
    """
    rows = [(log(w), *_row(d, support)) for w, d in distribution.components]
    names = ("log_weight", "family", "p1", "p2", "p3")
    return {name: np.array(column, dtype=float) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def _row(d: Distribution, support: str) -> tuple[float, float, float, float]:
    """Return the family's number and three numbers of a simple distribution, padded with ones.

    Parameters
    ----------
    d : Distribution
    support : {"real", "positive", "interval"}

    Returns
    -------
    (float, float, float, float)
    """
    name, args = d.name, d.args
    if name == "half_cauchy":
        name, args = "half_student_t", (1.0, args[0])
    if support == "interval" and name in ("half_normal", "half_student_t"):  # the bound at zero halves them
        name, args = {
            "half_normal": ("normal", (0.0, *args)),
            "half_student_t": ("student_t", (args[0], 0.0, args[-1])),
        }[name]
    if name in ("student_t", "log_student_t"):
        args = (args[1], args[2], args[0])
    if name == "half_student_t":
        args = (args[1], 1.0, args[0])
    if name == "uniform":
        args = (1.0, 1.0)
    p1, p2, p3, *_ = (*args, 1.0, 1.0, 1.0)
    return float(FAMILY[support][name]), p1, p2, p3


def declare(name: str, prior: Report, support: str, shape: tuple[int, ...] = (), unit: Tensor | float = 1.0) -> Tensor:
    """Declare a parameter with a prior whose numbers are data.

    Parameters
    ----------
    name : str
        Name of the parameter in the posterior.
    prior : mapping of Tensor, shape (component,)
        As `table`; for `interval` also `low` and `high`, shape ().
    support : {"real", "positive", "interval"}
    shape : tuple of int
        Shape of the parameter; its entries have the same prior, independently.
    unit : float or Tensor, shape ()
        Rough size of the parameter, so that the sampler starts on a sensible scale; not used for an interval.

    Returns
    -------
    Tensor
        Of that shape, on the scale of the prior.
    """
    raw = pm.Flat(f"{name}_raw", shape=shape)
    if support == "real":
        value, log_jacobian = unit * raw, 0.0
    elif support == "positive":
        value, log_jacobian = unit * pt.exp(raw), raw
    else:
        value = prior["low"] + (prior["high"] - prior["low"]) * pt.sigmoid(raw)
        log_jacobian = -pt.softplus(raw) - pt.softplus(-raw)
    parameter: Tensor = pm.Deterministic(name, value)
    pm.Potential(f"{name}_prior", (log_density(parameter, prior, support) + log_jacobian).sum())
    return parameter


def log_density(x: Tensor, prior: Report, support: str) -> Tensor:
    """Return the log density of the weighted components at x.

    Parameters
    ----------
    x : Tensor
    prior : mapping of Tensor, shape (..., component)
        As `table`; the components are the last axis.
    support : {"real", "positive", "interval"}

    Returns
    -------
    Tensor
        In the shape of x.
    """
    x = shape_padright(pt.as_tensor_variable(x))
    family, p1, p2, p3 = (prior[name] for name in ("family", "p1", "p2", "p3"))
    if support == "real":
        log_p = pt.switch(pt.eq(family, 0), _normal(x, p1, p2), _student_t(x, p1, p2, p3))
    elif support == "positive":
        log_p = _first(family, *_positive(x, p1, p2, p3))
    else:
        a, b = (pt.switch(pt.eq(family, 3), p, 1.0) for p in (p1, p2))  # a negative mean has no log gamma
        beta = (a - 1) * pt.log(x) + (b - 1) * pt.log1p(-x) + pt.gammaln(a + b) - pt.gammaln(a) - pt.gammaln(b)
        above = pt.switch(x > 0, x, 1.0)  # an interval may extend below zero, where these have no density
        densities = _positive(above, *_positive_numbers(family, p1, p2, p3))
        positive = [pt.switch(x > 0, log_p, -np.inf) for log_p in densities]
        log_p = _first(family, _normal(x, p1, p2), _student_t(x, p1, p2, p3), 0.0 * x, beta, *positive)
    density: Tensor = logsumexp(prior["log_weight"] + log_p, axis=-1)
    return density


def _positive(x: Tensor, p1: Tensor, p2: Tensor, p3: Tensor) -> list[Tensor]:
    """Return the log density of every positive family, in the order of `FAMILY`.

    Parameters
    ----------
    x : Tensor, shape (..., 1)
        Above zero.
    p1, p2, p3 : Tensor, shape (..., component)

    Returns
    -------
    list of Tensor, shape (..., component)
    """
    return [
        log(2) + _normal(x, 0.0, p1),
        log(2) + _student_t(x, 0.0, p1, p3),
        _normal(pt.log(x), p1, p2) - pt.log(x),
        p1 * pt.log(p2) - pt.gammaln(p1) + (p1 - 1) * pt.log(x) - p2 * x,
        p1 * pt.log(p2) - pt.gammaln(p1) - (p1 + 1) * pt.log(x) - p2 / x,
        _student_t(pt.log(x), p1, p2, p3) - pt.log(x),
        pt.log(p1) - pt.log(p2) - (p1 + 1) * pt.log1p(x / p2),
        log(2) + 2 * pt.log(p1) + pt.log(x) - 2 * pt.log(p1**2 + x**2),
    ]


def _positive_numbers(family: Tensor, *numbers: Tensor) -> list[Tensor]:
    """Return the numbers of positive families and ones for any other, because a negative mean has no log gamma.

    Parameters
    ----------
    family, *numbers : Tensor, shape (..., component)

    Returns
    -------
    list of Tensor, shape (..., component)
    """
    return [pt.switch(family >= ABOVE_ZERO, p, 1.0) for p in numbers]


def _first(family: Tensor, *choices: Tensor) -> Tensor:
    """Return the choice at the position that `family` states, the last for any other number.

    Parameters
    ----------
    family, *choices : Tensor, shape (..., component)

    Returns
    -------
    Tensor, shape (..., component)
    """
    result = choices[-1]
    for i in range(len(choices) - 2, -1, -1):
        result = pt.switch(pt.eq(family, i), choices[i], result)
    return result


def _normal(x: Tensor, mean: Tensor | float, sd: Tensor) -> Tensor:
    """Return the normal log density, shape (..., component); x : (..., 1), mean and sd : (..., component)."""
    density: Tensor = -0.5 * ((x - mean) / sd) ** 2 - pt.log(sd) - 0.5 * log(2 * pi)
    return density


def _student_t(x: Tensor, mean: Tensor | float, scale: Tensor, df: Tensor) -> Tensor:
    """Return the Student-t log density, shape (..., component); x : (..., 1), the others : (..., component)."""
    z = (x - mean) / scale
    constant = pt.gammaln((df + 1) / 2) - pt.gammaln(df / 2) - 0.5 * pt.log(pi * df) - pt.log(scale)
    density: Tensor = constant - (df + 1) / 2 * pt.log1p(z**2 / df)
    return density


def nuisance(name: str, data: Report, prior_at: Tensor | float = 0.0) -> Tensor:
    """Declare an unbounded nuisance parameter per trial, each with its own prior.

    Parameters
    ----------
    name : str
    data : mapping of Tensor, shape (trial,)
        With `<name>_family`, `<name>_p1`, `<name>_p2` and `<name>_p3`.
    prior_at : float or Tensor, shape (trial,)
        The prior applies to the parameter shifted by `prior_at`.

    Returns
    -------
    Tensor, shape (trial,)
        On the scale of the prior.
    """
    columns = {key: shape_padright(data[f"{name}_{key}"]) for key in ("family", "p1", "p2", "p3")}
    raw = pm.Flat(f"{name}_raw", shape=shape_of(data[f"{name}_p1"]))
    value: Tensor = pm.Deterministic(name, raw)
    pm.Potential(f"{name}_prior", log_density(value + prior_at, columns | {"log_weight": pt.zeros(1)}, "real").sum())
    return value


def shape_of(data: Tensor) -> tuple[int, ...]:
    """Return the shape of data in the graph, which a refit does not change.

    Parameters
    ----------
    data : Tensor, shape (trial, ...)
    """
    return tuple(int(n) for n in data.shape.eval())


def nuisance_row(name: str, distribution: Distribution) -> Row:
    """Return one trial's numbers for `nuisance`.

    Parameters
    ----------
    name : str
    distribution : Distribution
        On the real line.

    Returns
    -------
    dict of float
    """
    return dict(zip((f"{name}_{key}" for key in ("family", "p1", "p2", "p3")), _row(distribution, "real"), strict=True))
