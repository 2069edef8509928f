"""Medians with quartiles of days alive and free of something bad, the worst rank included, under proportional odds.

    logit P(Y <= d | arm) = k(d) - theta/2 (treatment),  k(d) + theta/2 (control),   d = floor .. maximum - 1
    exp(k(d)) = exp(a) + (1 + exp(a)) exp(h(d)),   h(d) = t(d) where the floor is 0, and where it is -1
    exp(h(d)) = exp(c) + (1 + exp(c)) exp(t(d)),   t(d) = b (logit(d / maximum) - m),   exp(k(floor)) = exp(a)
    a ~ Normal(0, 2.5),  c ~ Normal(-1.5, 1.5),  m ~ Normal(0, 1.5),  log b ~ Normal(0, 0.75)
    U_1 < U_2 < U_3, of ranks r_1 < r_2 < r_3 of n uniform numbers;  a printed d says  P(Y <= d - 1) < U <= P(Y <= d)
    patients at the floor ~ Binomial(n, P(Y = floor)) where printed; the ranks are then of the others, given Y > floor

Days are whole numbers; `floor` is the value of the worst rank. Midway between the arms a share logit^-1(a) has the
worst rank; where that is -1, a share logit^-1(c) of the others has no day. Days above zero, as shares of the maximum,
have log odds that are logistic with mean m and scale 1/b: b = 1 and m = 0 is a uniform distribution. The arms differ by
one odds ratio at every cut, that of the floor included: of more days where higher is better (of fewer where lower is).

Known: the quantiles, n, and the count at the floor where printed. The median has rank (n + 1)/2, quartiles (n + 1)/4
and 3 (n + 1)/4. Of a quantile between two days d and d + 1 it is known how many patients have d or less. Estimated:
theta, a, c, m, log b. Assumed: proportional odds of the whole (death as the worst rank: Yehya et al. 2019, Am J Respir
Crit Care Med 200:828-36) and the shape above the floor. Exact for whole ranks: the probability that uniform order
statistics, which are Dirichlet (David and Nagaraja 2003, Order Statistics, section 2.2), lie in the cells of the days.
"""

from __future__ import annotations

from math import lgamma
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.shape import shape_padright

from bayes.base.arrays import FloatArray
from bayes.models.shared import order_cells
from bayes.models.shared.priors import shape_of
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.days_scale import SHAPE, cumulative
from bayes.paper.evidence import DaysFree, of_kind
from bayes.paper.evidence.arms import by_arm
from bayes.paper.evidence.days_free import DaysInArm
from bayes.paper.ordinal_scale import win_probability
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

ARMS = ("treatment", "control")
SIDES = np.array([1.0, -1.0])
PRIORS = dict(zip(SHAPE, ((0.0, 2.5), (-1.5, 1.5), (0.0, 1.5), (0.0, 0.75)), strict=True))
QUANTILES = ("lower quartile", "median", "upper quartile")
FAR = 1e3  # log odds of what is certain


def _numbers(evidence: DaysFree, arm: DaysInArm) -> Row:
    """Return three quantiles of an arm with their ranks; those that are not known have ranks between their neighbours.

    Parameters
    ----------
    evidence : DaysFree
    arm : DaysInArm

    Returns
    -------
    dict of float or ndarray, shape (quantile,)
    """
    count, size = arm.count or 0, float(arm.n - (arm.count or 0))
    found = {round(4 * (rank + count) / (arm.n + 1)): (days, rank) for days, rank in evidence.informative(arm)}
    middle = found[2][1] if 2 in found else found[3][1] / 2 if 3 in found else (size + 1) / 2
    ranks = [found[1][1] if 1 in found else middle / 2, middle, found[3][1] if 3 in found else (middle + size + 1) / 2]
    gaps = [ranks[0], ranks[1] - ranks[0], ranks[2] - ranks[1], size + 1 - ranks[2]]
    counted = lgamma(arm.n + 1) - lgamma(count + 1) - lgamma(size + 1) if arm.count is not None else 0.0
    return {
        "days": np.array([found[k][0] if k in found else 0.0 for k in (1, 2, 3)]),
        "known": np.array([float(k in found) for k in (1, 2, 3)]),
        "ranks": np.array(ranks),
        "above": size,
        "at_floor": float(count),
        "counted": float(arm.count is not None),
        "constant": counted + lgamma(size + 1) - sum(map(lgamma, gaps)),
    }


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's quantiles and ranks by arm, its scale, and a place for the sampler to start.

    Parameters
    ----------
    outcome : Outcome
        With days of both arms as evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float or ndarray
        `days`, `known` and `ranks` of shape (arm, quantile), counts of shape (arm,), and scalars.
    """
    evidence = of_kind(outcome.evidence, DaysFree)
    arms = [_numbers(evidence, arm) for arm in by_arm(evidence).values()]
    row: Row = {name: np.array([arm[name] for arm in arms]) for name in arms[0]}
    scale = {"floor": float(evidence.floor), "maximum": float(evidence.maximum), "direction": float(outcome.sign)}
    starts = {f"start_{name}": evidence.rough_shape.get(name, mean) for name, (mean, _) in PRIORS.items()}
    return row | scale | starts | {"step": min(4 / evidence.sizes.total**0.5, 1.0)}


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare the share at the floor, the middle and the steepness.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log odds ratio.
    data : mapping of Tensor, shape (trial, ...)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    shape = shape_of(data["step"])
    parameters = []
    for name, (mean, sd) in PRIORS.items():
        raw = pm.Flat(f"{name}_raw", shape=shape)
        value = pm.Deterministic(name, data[f"start_{name}"] + data["step"] * raw)
        pm.Potential(f"{name}_prior", (-0.5 * ((value - mean) / sd) ** 2).sum())
        parameters.append(shape_padright(value))
    shift = shape_padright(data["direction"] * theta / 2) * SIDES
    at_floor = _log_at_floor(parameters[0], shift, data)
    log_l: Tensor = (data["constant"] + at_floor + _log_quantiles(data["days"], parameters, shift, data)).sum(axis=-1)
    return log_l


def _log_at_floor(floor_log_odds: Tensor, shift: Tensor, data: Report) -> Tensor:
    """Return the binomial log likelihood of the counts at the floor without its constant; 0 without a count.

    Parameters
    ----------
    floor_log_odds : Tensor, shape (..., 1)
    shift : Tensor, shape (..., arm)
        By which the log odds of at most d days are lower.
    data : mapping of Tensor, shape (..., arm)

    Returns
    -------
    Tensor, shape (..., arm)
    """
    at = floor_log_odds - shift
    counts = data["at_floor"] * -pt.softplus(-at) + data["above"] * -pt.softplus(at)
    log_l: Tensor = data["counted"] * counts
    return log_l


def _log_quantiles(days: Tensor, parameters: list[Tensor], shift: Tensor, data: Report) -> Tensor:
    """Return the log probability that uniform order statistics lie in the cells of the quantiles, without its constant.

    Parameters
    ----------
    days : Tensor, shape (..., arm, quantile)
    parameters : list of Tensor, shape (..., 1)
        In the order of `SHAPE`.
    shift : Tensor, shape (..., arm)
    data : mapping of Tensor

    Returns
    -------
    Tensor, shape (..., arm)
    """
    upto = pt.floor(days)
    exact = pt.neq(upto, days)
    known, lower = pt.eq(data["known"], 1), pt.switch(exact, upto, upto - 1)
    below = pt.switch(known, _log_odds(lower, parameters, shift, data), -FAR)
    above = pt.switch(known, _log_odds(upto, parameters, shift, data), FAR)
    return order_cells.log_in_cells(below, above, exact, data["ranks"], data["above"])


def _log_odds(days: Tensor, parameters: list[Tensor], shift: Tensor, data: Report) -> Tensor:
    """Return the log odds of at most so many days, among those above the floor where their number is known.

    Parameters
    ----------
    days : Tensor, shape (..., arm, quantile)
    parameters : list of Tensor, shape (..., 1)
    shift : Tensor, shape (..., arm)
    data : mapping of Tensor

    Returns
    -------
    Tensor, shape (..., arm, quantile)
        Far below zero below the floor, and far above it at the maximum.
    """
    a, c, m, log_b = (shape_padright(value) for value in parameters)
    floor, maximum = (shape_padright(data[name], 2) for name in ("floor", "maximum"))
    by, counted = shape_padright(shift), shape_padright(data["counted"])
    inside = pt.clip(days, 0.5, maximum - 0.5)
    t = pt.exp(log_b) * (pt.log(inside) - pt.log(maximum - inside) - m)
    h = pt.switch(pt.lt(floor, 0), pt.switch(pt.le(days, 0), c, c + pt.softplus(t + pt.softplus(c) - c)), t)
    among = h + pt.softplus(a) - by - pt.softplus(a - by)
    with_floor = a + pt.softplus(h + pt.softplus(a) - a) - by
    found = pt.switch(counted, among, pt.switch(pt.le(days, floor), a - by, with_floor))
    nothing = pt.lt(days, floor + counted)
    log_odds: Tensor = pt.switch(nothing, -FAR, pt.switch(pt.ge(days, maximum), FAR, found))
    return log_odds


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the shape of the days, the counts at the floor and the printed quantiles to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log odds ratio.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    evidence = of_kind(outcome.evidence, DaysFree)
    shape = [
        pt.as_tensor_variable(mean) if name == "zero_log_odds" and not evidence.zero_is_apart
        else pm.Normal(f"{name}{of}", mean, sd)
        for name, (mean, sd) in PRIORS.items()
    ]  # fmt: skip
    for (name, arm), side in zip(by_arm(evidence).items(), SIDES, strict=True):
        at_floor = pm.Deterministic(f"p_floor_{name}{of}", pt.sigmoid(shape[0] - outcome.sign * side * effect / 2))
        if arm.count is not None:
            pm.Binomial(f"at_floor_{name}{of}", n=arm.n, p=at_floor, observed=arm.count)
        if evidence.informative(arm):
            _observed(f"quantiles_{name}{of}", outcome.sign * side * effect / 2, shape, evidence, arm)


def _observed(name: str, shift: Tensor, parameters: list[Tensor], evidence: DaysFree, arm: DaysInArm) -> None:
    """Add the quantiles of an arm to the current model, those that the count at its floor does not imply.

    Parameters
    ----------
    name : str
    shift : Tensor, shape ()
    parameters : list of Tensor, shape ()
        In the order of `SHAPE`.
    evidence : DaysFree
    arm : DaysInArm
    """
    numbers = _numbers(evidence, arm) | {"floor": float(evidence.floor), "maximum": float(evidence.maximum)}
    seen = np.flatnonzero(numbers["known"])
    gaps = np.diff([0.0, *np.asarray(numbers["ranks"])[seen], numbers["above"] + 1.0])
    constant = lgamma(gaps.sum()) - sum(map(lgamma, gaps))
    data = {key: pt.as_tensor_variable(np.asarray(value)[None]) for key, value in numbers.items()}
    data |= {"floor": data["floor"][0], "maximum": data["maximum"][0]}

    def logp(value: Tensor, shift: Tensor, *shape: Tensor) -> Tensor:
        """Return the log probability of the days, (); value : (quantile,), the others : ()."""
        days = pt.zeros((1, 3))[0, seen].set(value)
        own = [shape_padright(one) for one in shape]
        log_p: Tensor = constant + _log_quantiles(days, own, shape_padright(shift), data)[0]
        return log_p

    def random(shift: FloatArray, *shape: FloatArray, rng: np.random.Generator, size: Any) -> FloatArray:
        """Return quantiles, (*size, quantile); parameters : (*size)."""
        wanted = np.broadcast_shapes(tuple(size or ()), *map(np.shape, (shift, *shape)))
        below = np.cumsum(rng.dirichlet(gaps, wanted), axis=-1)[..., :-1]
        upto = cumulative(evidence, dict(zip(SHAPE, shape, strict=True)), shift)
        least = upto[..., :1] if arm.count is not None else np.zeros_like(upto[..., :1])
        within = (upto - least) / (1 - least)
        drawn: FloatArray = evidence.floor + (below[..., None] > within[..., None, :]).sum(axis=-1).astype(float)
        return drawn

    dim = name.replace("quantiles", "quantile", 1)
    pm.modelcontext(None).add_coord(dim, [QUANTILES[i] for i in seen])
    pm.CustomDist(
        name,
        shift,
        *parameters,
        logp=logp,
        random=random,
        signature=f"(),(),(),(),()->({len(seen)})",
        observed=np.asarray(numbers["days"])[seen],
        dims=dim,
    )


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the shape of the days, P(worst rank), mean and median days of each arm, and what they differ by.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Log odds ratio.
    draws : mapping of ndarray, shape (chain, draw)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        Means count the worst rank as no day, medians as its value; `win_probability` is P(more days with treatment)
        + P(as many) / 2.
    """
    evidence = of_kind(outcome.evidence, DaysFree)
    shown = {name: draws[name] for name in SHAPE if name != "zero_log_odds" or evidence.zero_is_apart}
    days, cells = np.arange(evidence.floor, evidence.maximum + 1), {}
    for arm, side in zip(ARMS, SIDES, strict=True):
        upto = cumulative(evidence, draws, outcome.sign * side * effect / 2)
        cells[arm] = np.diff(upto, axis=-1, prepend=0.0)
        shown[f"p_floor_{arm}"] = upto[..., 0]
        shown[f"mean_days_{arm}"] = cells[arm] @ np.maximum(days, 0).astype(float)
        shown[f"median_days_{arm}"] = days[(upto < 0.5).sum(axis=-1)].astype(float)
    for name in ("mean_days", "median_days"):
        shown[f"{name}_difference"] = shown[f"{name}_treatment"] - shown[f"{name}_control"]
    shown["win_probability"] = win_probability(*(cells[arm][..., ::-1] for arm in ARMS))
    return {name: ((), values) for name, values in shown.items()}


def recovered(stored: Draws, outcome: Outcome, nuisance: Nuisance) -> Draws:
    """Return nothing: a stored posterior has the parameters of `observe` under their own names.

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
    return {}
