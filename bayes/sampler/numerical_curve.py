"""The likelihood curve of a model file from outside the package, by numerical integration of the file itself.

A file without a curve of its own declares its parameters in PyMC. On the unconstrained scale that the sampler uses,
with the Jacobian, the density of its one or two parameters vanishes at both ends, so that the trapezoidal rule over the
part that matters converges exponentially (Trefethen and Weideman 2014, SIAM Rev 56:385-458). This is not a second
derivation: an error in the file is an error here as well, and the comparison with NUTS then tests the sampler alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import inf

import numpy as np
from scipy.optimize import minimize

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.likelihoods.contract import effect_support
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature import Curve, landmarks_of
from bayes.quadrature.likelihood_curve import LogCurve
from bayes.quadrature.starting_point import starting_point, tabulated_report
from bayes.sampler.joint_density import Joint, compiled

PLACES = 25  # effects at which the parameters are located; linear between them, which affects the nodes only
REACH = 70.0  # how far out these effects lie, in units of the effect
DROP = 38.0  # log units below the peak beyond which too little of an integral lies to matter
COARSE, FINE = 25, {1: 225, 2: 81}  # nodes per parameter while the range is narrowed, and of the final sum
TOGETHER = 32  # effects whose densities are held in memory at once
LOWEST = -1e300  # a log density that stands for minus infinity in differences


@dataclass(frozen=True, slots=True)
class NumericalCurve:
    """The curve of a card whose model file is the only derivation there is.

    Attributes
    ----------
    name : str
        The name of the likelihood.
    """

    name: str

    def __call__(self, outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
        """Return the curve of an outcome.

        Parameters
        ----------
        outcome : Outcome
        nuisance : Nuisance
            Priors that the file may use.
        like : Curve, optional
            A similar curve with a known peak.

        Raises
        ------
        NotFormable
            If the file estimates more than two numbers besides the effect.
        """
        joint, size = compiled(self.name, outcome, nuisance)
        log_l = integrated(joint, size, outcome)
        method = "numerical integral of the model file itself"
        if effect_support(outcome.measure) == "real":
            return tabulated_report(log_l, outcome, method, like)
        bounds = (0.0, 1.0) if outcome.measure == "proportion" else (-1.0, 1.0)
        centre, width = landmarks_of(log_l, bounds, starting_point(outcome), outcome.has_estimate)
        return Curve({"all": log_l}, centre, width, method, bounds)


def integrated(joint: Joint, size: int, outcome: Outcome) -> LogCurve:
    """Return log L(theta), with the parameters integrated out.

    Parameters
    ----------
    joint, size
        As `compiled` returns them.
    outcome : Outcome
        Its textbook estimate and unit say where, and how far out, the parameters are located.

    Returns
    -------
    callable
        theta, shape (n,) -> log L, shape (n,).
    """
    if size == 0:
        return lambda theta: joint(theta, np.empty((len(theta), 0)))
    frames = located(joint, size, outcome)

    def log_l(theta: FloatArray) -> FloatArray:
        some = [theta[i : i + TOGETHER] for i in range(0, len(theta), TOGETHER)]
        return np.concatenate([_given(joint, one, *frames(one)) for one in some])

    return log_l


def _given(
    joint: Joint, theta: FloatArray, mode: FloatArray, axes: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return log L at some effects, given where their parameters are, as `located` tells."""

    def log_f(*z: FloatArray) -> FloatArray:
        standardised = np.stack([one.reshape(len(theta), -1) for one in z], axis=2)
        rows = mode[:, None] + np.einsum("tij,tpj->tpi", axes, standardised)
        effects = np.broadcast_to(theta[:, None], rows.shape[:2])
        return joint(effects.ravel(), rows.reshape(-1, rows.shape[2])).reshape(z[0].shape)

    value: FloatArray = log_integral_over_box(log_f, low, high) + np.log(np.abs(np.linalg.det(axes)))
    return value


def log_integral_over_box(log_f: Callable[..., FloatArray], low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the log of the integral of exp(log_f) over one or two variables, by the trapezoidal rule.

    Parameters
    ----------
    log_f : callable
        Variables, each of shape (n, points, ...) with an axis for every variable -> log values of that shape.
    low, high : ndarray, shape (n, variables)
        Bounds that contain the mass; they are narrowed on coarse grids first.

    Returns
    -------
    ndarray, shape (n,)
    """
    n, size = low.shape
    every = tuple(range(1, size + 1))
    for points in (COARSE, COARSE, FINE[size]):
        step = (high - low) / (points - 1)
        lines = [low[:, i, None] + step[:, i, None] * np.arange(points) for i in range(size)]
        shapes = [(n, *(points if i == j else 1 for j in range(size))) for i in range(size)]
        grid = np.broadcast_arrays(*(line.reshape(shape) for line, shape in zip(lines, shapes, strict=True)))
        values = log_f(*grid)
        near = values > values.max(axis=every, keepdims=True) - DROP
        seen = [near.any(axis=tuple(axis for axis in every if axis != i + 1)) for i in range(size)]
        first = np.stack([np.maximum(one.argmax(axis=1) - 1, 0) for one in seen], axis=1)
        last = np.stack([np.minimum(points - one[:, ::-1].argmax(axis=1), points - 1) for one in seen], axis=1)
        low, high = low + step * first, low + step * last
    return np.asarray(log_sum_exp(values, axis=every) + np.log(step).sum(axis=1))


def located(joint: Joint, size: int, outcome: Outcome) -> Callable[[FloatArray], tuple[FloatArray, ...]]:
    """Locate the parameters at effects far and near.

    Parameters
    ----------
    joint, size, outcome
        As in `integrated`.

    Returns
    -------
    callable
        theta, shape (n,) -> the mode of the parameters, shape (n, size); their standardising axes, shape (n, size,
        size); and the lowest and highest standardised values that matter, each of shape (n, size).
    """
    centre, width = starting_point(outcome)
    far = np.arcsinh(max(REACH * outcome.unit, 12 * width) / width)
    spread = centre + width * np.sinh(np.linspace(-far, far, PLACES))
    thetas = np.unique(np.clip(spread, *range_of(outcome.measure)))
    found: dict[int, tuple[FloatArray, ...]] = {}
    mode, step = np.zeros(size), np.ones(size)
    middle, last = int(np.abs(thetas - centre).argmin()), len(thetas) - 1
    for i in (*range(middle, last + 1), *reversed(range(middle))):  # outwards from the textbook estimate
        if i == middle - 1:
            mode, step = found[middle][0], np.abs(np.diag(found[middle][1]))
        found[i] = _frame(partial(_at, joint, thetas[i]), mode, step)
        mode, step = found[i][0], np.abs(np.diag(found[i][1]))
    columns = [np.stack([found[i][part] for i in range(last + 1)]) for part in range(4)]

    def between(theta: FloatArray) -> tuple[FloatArray, ...]:
        right = np.clip(np.searchsorted(thetas, theta), 1, last)
        share = np.clip((theta - thetas[right - 1]) / (thetas[right] - thetas[right - 1]), 0.0, 1.0)
        return tuple(
            column[right - 1] + (column[right] - column[right - 1]) * share.reshape(-1, *(1 for _ in column.shape[1:]))
            for column in columns
        )

    return between


def range_of(measure: str) -> tuple[float, float]:
    """Return the range of an effect that is not quite closed: at its ends a likelihood may be undefined.

    Parameters
    ----------
    measure : str
    """
    if effect_support(measure) == "real":
        return -inf, inf
    return (1e-6, 1 - 1e-6) if measure == "proportion" else (-1 + 1e-6, 1 - 1e-6)


def _at(joint: Joint, theta: float, rows: FloatArray) -> FloatArray:
    """Return the joint log density of rows of parameters at one effect, very low but finite where it is zero."""
    return np.maximum(joint(np.full(len(rows), theta), rows), LOWEST)


def _frame(log_p: Callable[[FloatArray], FloatArray], near: FloatArray, step: FloatArray) -> tuple[FloatArray, ...]:
    """Return the mode, the axes along which the density is roughly standard normal, and the range that matters."""
    size = len(near)
    simplex = near + np.vstack([np.zeros(size), np.diag(step)])

    def minus_log_p(row: FloatArray) -> float:
        return -float(log_p(row[None])[0])

    best = minimize(
        minus_log_p,
        near,
        method="Nelder-Mead",
        options={"initial_simplex": simplex, "xatol": 1e-3 * float(step.min()), "fatol": 1e-6, "maxiter": 400 * size},
    )
    mode, peak = np.asarray(best.x, dtype=float), -float(best.fun)
    steps = np.array([_width(log_p, mode, peak, axis) for axis in np.eye(size)])
    bend = np.empty((size, size))
    for i, j in product(range(size), repeat=2):
        a, b = (steps[k] * np.eye(size)[k] for k in (i, j))
        corners = log_p(mode + np.stack([a + b, a - b, b - a, -a - b]) / 2)
        bend[i, j] = -(corners @ np.array([1.0, -1.0, -1.0, 1.0])) / (steps[i] * steps[j])
    try:
        axes = np.linalg.inv(np.linalg.cholesky(bend)).T
    except np.linalg.LinAlgError:  # not curved downwards at the mode, as at a corner of the density
        axes = np.diag(steps)
    distance = 1.3 ** np.arange(-4.0, 30.0)
    ends = []
    for sign in (-1, 1):
        drops = [peak - log_p(mode + sign * distance[:, None] * axis) > DROP for axis in axes.T]
        ends.append(np.array([sign * 1.5 * distance[drop.argmax() if drop.any() else -1] for drop in drops]))
    return mode, axes, *ends


def _width(log_p: Callable[[FloatArray], FloatArray], mode: FloatArray, peak: float, axis: FloatArray) -> float:
    """Return the standard deviation of a normal density that falls from the mode, along an axis, as this one does."""
    distance = 2.0 ** np.arange(-24.0, 16.0)
    away = distance[:, None] * axis
    drop = peak - (log_p(mode + away) + log_p(mode - away)) / 2
    first = int((drop > 0.1).argmax()) if (drop > 0.1).any() else -1
    return float(distance[first] / np.sqrt(2 * max(drop[first], 0.1)))
