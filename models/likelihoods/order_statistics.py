"""The median of each arm with its quartiles, its range, or both, or with its interval, as order statistics.

    x_(1) < ... < x_(k) : the printed numbers of an arm, of ranks r_1 < ... < r_k among n, r_0 = 0, r_(k+1) = n + 1
    log L = sum_j (r_(j+1) - r_j - 1) log(F(x_(j+1)) - F(x_j)) + sum_j log f(x_j) + constant
            with F(x_0) = 0 and F(x_(k+1)) = 1
    F = Normal(m + h (treatment), m - h (control);  sigma_arm)   of x (normal observations) or of log x (log-normal)
    h = theta/2 (a difference of normal or a ratio of log-normal observations),   m tanh(theta/2) (a ratio of normal),
        arcsinh(theta/2 exp(-m)) (a difference of the medians of log-normal observations)
    m ~ Normal(centre, 10 S),   sigma_arm ~ half-Student-t(3, 0, 2.5 S),   S = pooled SD implied by the quantiles

Known: the numbers and n; the median has rank (n + 1)/2, quartiles have (n + 1)/4 and 3 (n + 1)/4, the range 1 and n,
the limits of an interval of the median (n + 1)/2 -+ q sqrt(n)/2.
Estimated: theta, m and both sigmas. Exact for whole ranks (David and Nagaraja 2003, Order Statistics, section 2.2);
ranks between observations take the same density, in which factorials are gamma functions. Assumes normal or log-normal
observations, as the report states or its rule says.
"""

from __future__ import annotations

from math import lgamma, log, pi
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.shape import shape_padright
from scipy.special import ndtri

from bayes.base.arrays import FloatArray
from bayes.models.shared.normal import log_ndtr, log_ndtr_between
from bayes.models.shared.normal_arms import ARMS, midpoint, standard_deviation
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence import Medians, of_kind
from bayes.paper.evidence.medians import MedianOfArm, Relation
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

CROSSED: tuple[Relation, ...] = ("difference_of_logs", "ratio_of_values")
MOST = 5  # numbers of an arm: range, quartiles and median


def _arms(outcome: Outcome) -> dict[str, MedianOfArm]:
    """Return what is printed for each arm, by the arm's name."""
    evidence = of_kind(outcome.evidence, Medians)
    return {"treatment": evidence.treatment, "control": evidence.control}


def _logarithm(outcome: Outcome) -> bool:
    """Return whether the logarithms of the numbers are normal."""
    return of_kind(outcome.evidence, Medians).log_normal(outcome.measure)


def _half(relation: Relation, theta: Any, mid: Any, xp: Any) -> Any:
    """Return h, half the distance between the locations of the arms, on their own scale.

    Parameters
    ----------
    relation : str
        How the effect compares the locations.
    theta, mid : Tensor or ndarray
        The effect on the analysis scale, and the midpoint on the scale of the locations.
    xp : module
        `pytensor.tensor` or `numpy`.

    Returns
    -------
    Tensor or ndarray
    """
    match relation:
        case "same_scale":
            return theta / 2
        case "difference_of_logs":
            return xp.arcsinh(theta / 2 * xp.exp(-mid))
        case "ratio_of_values":
            return mid * xp.tanh(theta / 2)


def _scaled(outcome: Outcome) -> tuple[float, float]:
    """Return the centre and the pooled standard deviation, of the observations or of their logarithms."""
    arms, logarithm = _arms(outcome).values(), _logarithm(outcome)
    n = sum(arm.n for arm in arms)
    centre = sum(arm.n * arm.mean(logarithm) for arm in arms) / n
    variance = sum((arm.n - 1) * arm.spread(logarithm) ** 2 for arm in arms) / (n - 2)
    return centre, variance**0.5


def _ranked(arm: MedianOfArm, logarithm: bool) -> tuple[FloatArray, FloatArray]:
    """Return the numbers (or their logarithms) and their ranks, shape (number,)."""
    values, ranks = (np.array([float(v) for v in column]) for column in zip(*arm.ranked, strict=True))
    return (np.log(values) if logarithm else values), ranks


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's ordered numbers per arm with the observations between them, its centre and its pooled SD.

    Parameters
    ----------
    outcome : Outcome
        With the medians of both arms as evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float or ndarray
        Numbers (5,) beyond the printed ones continue upwards, and have no observations between them.
    """
    logarithm = _logarithm(outcome)
    relation = of_kind(outcome.evidence, Medians).relation(outcome.measure)
    row: Row = {name: float(relation == name) for name in CROSSED}
    for name, arm in _arms(outcome).items():
        x, ranks = _ranked(arm, logarithm)
        between, beyond = np.diff(ranks) - 1, MOST - len(x)
        row[f"x_{name}"] = np.concatenate([x, x[-1] + np.arange(1, beyond + 1)])
        row[f"seen_{name}"] = np.array([1.0] * len(x) + [0.0] * beyond)
        row[f"between_{name}"] = np.concatenate([between, np.zeros(beyond)])
        row |= {f"below_{name}": ranks[0] - 1, f"above_{name}": arm.n - ranks[-1], f"greatest_{name}": x[-1]}
        gaps = np.diff(np.concatenate([[0.0], ranks, [arm.n + 1.0]]))
        row |= {f"n_{name}": float(arm.n), f"constant_{name}": lgamma(arm.n + 1) - sum(map(lgamma, gaps))}
        row[f"spread_{name}"] = arm.spread(logarithm)
    row["centre"], row["pooled_sd"] = _scaled(outcome)
    return row


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare the midpoint m and both sigmas.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        On the analysis scale.
    data : mapping of Tensor, shape (trial, ...)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    mid = midpoint(data)
    sigma = {arm: standard_deviation(arm, data, data[f"spread_{arm}"], data[f"n_{arm}"]) for arm in ARMS}
    half = theta / 2
    for name in CROSSED:  # what is not asked for must not overflow, or its gradient would spoil the other
        there = pt.switch(data[name], mid, 0.0)
        half = pt.switch(data[name], _half(name, theta, there, pt), half)
    means = {"treatment": mid + half, "control": mid - half}
    log_l: Tensor = pt.as_tensor_variable(sum(_arm(arm, data, means[arm], sigma[arm]) for arm in ARMS))
    return log_l


def _arm(arm: str, data: Report, mean: Tensor, sigma: Tensor) -> Tensor:
    """Return the log density of an arm's order statistics.

    Parameters
    ----------
    arm : str
    data : mapping of Tensor, shape (trial, ...)
    mean, sigma : Tensor, shape (trial,)

    Returns
    -------
    Tensor, shape (trial,)
    """
    z = (data[f"x_{arm}"] - shape_padright(mean)) / shape_padright(sigma)
    greatest = (data[f"greatest_{arm}"] - mean) / sigma
    density = -0.5 * z**2 - 0.5 * log(2 * pi) - pt.log(shape_padright(sigma))
    log_l: Tensor = (
        data[f"constant_{arm}"]
        + data[f"below_{arm}"] * log_ndtr(z[:, 0])
        + (data[f"between_{arm}"] * log_ndtr_between(z[:, :-1], z[:, 1:])).sum(axis=-1)
        + data[f"above_{arm}"] * log_ndtr(-greatest)
        + (data[f"seen_{arm}"] * density).sum(axis=-1)
    )
    return log_l


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the midpoint, both standard deviations and the printed numbers (or their logarithms) to the current model.

    F at the printed numbers leaves shares of one that are Dirichlet, with the gaps between their ranks as
    concentrations.

    Parameters
    ----------
    effect : Tensor, shape ()
        On the analysis scale.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    centre, scale = _scaled(outcome)
    mid = pm.Normal(f"mid_mean{of}", mu=centre, sigma=10 * scale)
    half = _half(of_kind(outcome.evidence, Medians).relation(outcome.measure), effect, mid, pt)
    for (arm, printed), side in zip(_arms(outcome).items(), (1, -1), strict=True):
        sd = pm.HalfStudentT(f"sd_{arm}{of}", nu=3, sigma=2.5 * scale)
        mean = pm.Deterministic(f"mean_{arm}{of}", mid + side * half)
        x, ranks = _ranked(printed, _logarithm(outcome))
        _order_statistics(f"printed_{arm}{of}", mean, sd, x, np.diff([0.0, *ranks, printed.n + 1.0]), f"rank_{arm}{of}")


def _order_statistics(name: str, mean: Tensor, sd: Tensor, observed: FloatArray, gaps: FloatArray, dim: str) -> None:
    """Add observed order statistics of normal patients to the current model.

    Parameters
    ----------
    name : str
    mean, sd : Tensor, shape ()
    observed : ndarray, shape (number,)
        From least to greatest.
    gaps : ndarray, shape (number + 1,)
        Differences of consecutive ranks, from 0 to n + 1.
    dim : str
        The name of their dimension.
    """
    pm.modelcontext(None).add_coord(dim, [f"{rank:g}" for rank in np.cumsum(gaps)[:-1]])
    constant = lgamma(gaps.sum()) - sum(map(lgamma, gaps))

    def logp(value: Tensor, mean: Tensor, sd: Tensor) -> Tensor:
        """Return the log density, (); value : (number,), mean and sd : ()."""
        z = (value - mean) / sd
        shares = pt.concatenate([log_ndtr(z[:1]), log_ndtr_between(z[:-1], z[1:]), log_ndtr(-z[-1:])])
        density = -0.5 * z**2 - 0.5 * log(2 * pi) - pt.log(sd)
        log_p: Tensor = constant + ((gaps - 1) * shares).sum() + density.sum()
        return log_p

    def random(mean: FloatArray, sd: FloatArray, rng: np.random.Generator, size: Any) -> FloatArray:
        """Return order statistics, (*size, number); mean and sd : (*size)."""
        shape = np.broadcast_shapes(tuple(size or ()), np.shape(mean), np.shape(sd))
        below = np.cumsum(rng.dirichlet(gaps, shape), axis=-1)[..., :-1]
        drawn: FloatArray = np.asarray(mean)[..., None] + np.asarray(sd)[..., None] * ndtri(below)
        return drawn

    pm.CustomDist(
        name,
        mean,
        sd,
        logp=logp,
        random=random,
        signature=f"(),()->({len(observed)})",
        observed=observed,
        dims=dim,
    )


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the median of each arm, and the SD of its observations or of their logarithms.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        On the analysis scale.
    draws : mapping of ndarray, shape (chain, draw)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        Medians in the paper's units.
    """
    mid = draws["mid_mean"]
    half = _half(of_kind(outcome.evidence, Medians).relation(outcome.measure), effect, mid, np)
    medians, logarithm = {"treatment": mid + half, "control": mid - half}, _logarithm(outcome)
    shown: Derived = {f"median_{arm}": ((), np.exp(at) if logarithm else at) for arm, at in medians.items()}
    return shown | {f"sd_{arm}": ((), draws[f"sigma_{arm}"]) for arm in ARMS}


def recovered(stored: Draws, outcome: Outcome, nuisance: Nuisance) -> Draws:
    """Return the parameters of `observe` that a stored posterior does not have under their own names.

    Parameters
    ----------
    stored : mapping of ndarray, shape (chain, draw)
        As `derived` names them, with `effect`.
    outcome : Outcome
    nuisance : Nuisance

    Returns
    -------
    dict of ndarray, shape (chain, draw)
    """
    at = [stored[f"median_{arm}"] for arm in ARMS]
    if _logarithm(outcome):
        at = [np.log(values) for values in at]
    return {"mid_mean": (at[0] + at[1]) / 2}
