"""The parts that likelihoods of an ordinal table share: cutpoints with their prior, and cells of two shifted arms.

    F_k = logit^-1(alpha_k),  (F_1, F_2 - F_1, ..., 1 - F_{K-1}) ~ Dirichlet(c, ..., c)
    or alpha_k ~ a stated density, independent except for their order

The Dirichlet is written by stick-breaking, v_k ~ Beta(c, c (K - k)), so that trials with fewer categories share one
graph with the others: their unused sticks are uniform and affect nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc.distributions import transforms
from pytensor.tensor.shape import shape_padright

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.models.shared import textbook_priors
from bayes.models.shared.priors import log_density, nuisance_row, shape_of
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.ordinal_scale import summaries
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

SLOTS = 7  # minimum number of categories in the graph: the modified Rankin scale
FILL = {"stick_a": 1.0, "stick_b": 1.0}  # padding of a shorter scale: uniform sticks, zeros elsewhere


def observed(outcome: Outcome) -> tuple[tuple[str, int, int], ...]:
    """Return the category and both counts (treatment, control) of every level of an ordinal table, best first.

    Parameters
    ----------
    outcome : Outcome
        With ordinal evidence.
    """
    match outcome.evidence:
        case Ordinal() | OrdinalCut() as table:
            return table.observed
    raise TypeError(f"{outcome.evidence.kind} evidence where an ordinal table was expected")


def concentration(levels: int, stated: Distribution | None) -> float:
    """Return the Dirichlet concentration per observed level; 1 where a density of the cutpoints replaces it.

    Parameters
    ----------
    levels : int
        The number of observed levels.
    stated : Distribution or None
        The prior of a prior set.
    """
    if stated is None:
        return 1 / (0.8 + 0.35 * max(levels, 3))
    return stated.args[0] if stated.name == "dirichlet" else 1.0


def table(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's counts and the prior of its cutpoints, padded to at least `SLOTS` categories.

    Parameters
    ----------
    outcome : Outcome
        With ordinal evidence.
    nuisance : Nuisance

    Returns
    -------
    dict
        `treatment`, `control` and `last` of shape (category,), sticks and `by_threshold` of shape (cut,), and scalars.
    """
    rows = observed(outcome)
    k, slots = len(rows), max(SLOTS, len(rows))
    stated = nuisance.ordinal
    c = concentration(k, stated)
    density = stated if stated is not None and stated.name != "dirichlet" else Distribution("normal", (0.0, 1.0))
    counts = np.zeros((2, slots))
    counts[:, :k] = np.array([(t, c_) for _, t, c_ in rows]).T
    sticks = np.arange(1, slots)
    used = sticks < k
    return nuisance_row("threshold", density) | {
        "treatment": counts[0],
        "control": counts[1],
        "direction": np.array(float(outcome.sign)),
        "baseline_offset": np.array(nuisance.baseline_offset),
        "stick_a": np.where(used, c, 1.0),
        "stick_b": np.where(used, c * np.maximum(k - sticks, 1), 1.0),
        "by_threshold": used * float(density is stated),
        "last": np.arange(slots) == k - 1.0,
    }


def declare(theta: Tensor, data: Report) -> Tensor:
    """Declare the cutpoints midway between the arms; their prior applies there or in the control arm.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log odds ratio.
    data : mapping of Tensor, shape (trial, ...)
        As `table`.

    Returns
    -------
    Tensor, shape (trial, cut)
        Log odds of a category at or below the cut.
    """
    stick = pm.Beta("stick", data["stick_a"], data["stick_b"], shape=shape_of(data["stick_a"]))
    log_above = pt.cumsum(pt.log1p(-stick), axis=-1)
    alpha = pt.log1mexp(log_above) - log_above
    columns = {n: shape_padright(data[f"threshold_{n}"], 2) for n in ("family", "p1", "p2", "p3")}
    stated = log_density(alpha, columns | {"log_weight": pt.zeros(1)}, "real")
    # uniform shares imply the product of logistic slopes as density of the cutpoints: the stated one replaces it
    uniform = -pt.softplus(alpha) - pt.softplus(-alpha)
    pm.Potential("threshold_prior", (data["by_threshold"] * (stated - uniform)).sum())
    shift = shape_padright(data["baseline_offset"] * data["direction"] * theta)
    cutpoint: Tensor = pm.Deterministic("cutpoint", alpha + shift)
    return cutpoint


def log_cells(alpha: Tensor, effect: Tensor, data: Report) -> Tensor:
    """Return the multinomial log likelihood of both arms per trial, without the constants.

    Parameters
    ----------
    alpha : Tensor, shape (trial, cut)
        Cutpoints midway between the arms.
    effect : Tensor, shape (trial, 1 or cut)
        Log odds ratio, common or at every cut.
    data : mapping of Tensor, shape (trial, ...)
        As `table`.

    Returns
    -------
    Tensor, shape (trial,)
    """
    half = shape_padright(data["direction"]) * effect / 2
    treatment = _arm(data["treatment"], alpha + half, data["last"])
    control = _arm(data["control"], alpha - half, data["last"])
    log_l: Tensor = treatment + control
    return log_l


def _arm(counts: Tensor, cut: Tensor, last: Tensor) -> Tensor:
    """Return the multinomial log likelihood of one arm, without the constant.

    Parameters
    ----------
    counts : Tensor, shape (trial, category)
    cut : Tensor, shape (trial, cut)
        Log odds of a category at or below the cut, in this arm.
    last : Tensor, shape (trial, category)
        One at the last category, above which there is nothing.

    Returns
    -------
    Tensor, shape (trial,)
    """
    # log(expit(b) - expit(a)) = log(1 - exp(a - b)) + log expit(b) + log expit(-a)
    zero = pt.zeros_like(cut[:, :1])
    below = pt.concatenate([-pt.softplus(-cut), zero], axis=1)  # log P(Y <= k); there is nothing above the last slot
    above = pt.concatenate([zero, -pt.softplus(cut)], axis=1)  # log P(Y > k - 1)
    gap = pt.concatenate([zero, pt.log1mexp(cut[:, :-1] - cut[:, 1:]), zero], axis=1)
    log_cell = above + pt.switch(last, 0.0, below + gap)
    log_l: Tensor = (counts * log_cell).sum(axis=1)
    return log_l


def named(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> Tensor:
    """Add the cutpoints to the current model, midway between the arms; their prior applies there or in the control arm.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log odds ratio.
    outcome : Outcome
        With ordinal evidence.
    nuisance : Nuisance
    of : str
        The ending of names and dimensions, which says whose they are.

    Returns
    -------
    Tensor, shape (cut,)
        Log odds of a category at or below the cut.
    """
    names, stated = [name for name, _, _ in observed(outcome)], nuisance.ordinal
    pm.modelcontext(None).add_coords({f"category{of}": names, f"cut{of}": [f"<={name}" for name in names[:-1]]})
    if stated is None or stated.name == "dirichlet":
        c = np.full(len(names), concentration(len(names), stated))
        share = pm.Dirichlet(f"p_category{of}", a=c, dims=f"category{of}")
        upto, beyond = pt.cumsum(share)[:-1], pt.cumsum(share[::-1])[::-1][1:]
        at = pt.log(upto) - pt.log(beyond)
    else:
        at = _ordered(f"threshold{of}", stated, len(names) - 1, f"cut{of}")
    shift = nuisance.baseline_offset * outcome.sign * effect
    cutpoint: Tensor = pm.Deterministic(f"cutpoint{of}", at + shift, dims=f"cut{of}")
    return cutpoint


def _ordered(name: str, density: Distribution, count: int, dims: str) -> Tensor:
    """Declare values that are independent with a common density, except for their order, in the current model.

    Parameters
    ----------
    name : str
    density : Distribution
        Normal or Student-t, log odds.
    count : int
    dims : str

    Returns
    -------
    Tensor, shape (dims,)
        Increasing.
    """

    def logp(value: Tensor, places: Tensor) -> Tensor:
        """Return the log density of increasing values, (), up to the number of their orders; value : (cut,)."""
        one = textbook_priors.unnamed(density)
        log_p: Tensor = pm.logp(one, value).sum(axis=-1)
        return log_p

    def random(places: FloatArray, rng: np.random.Generator, size: Any) -> FloatArray:
        """Return increasing values, (*size, cut)."""
        shape = (*(size or ()), count)
        if density.name == "normal":
            mean, sd = density.args
            return np.sort(rng.normal(mean, sd, shape))
        df, mean, scale = density.args
        return np.sort(mean + scale * rng.standard_t(df, shape))

    start = np.linspace(-1.0, 1.0, count) if count > 1 else np.zeros(1)
    value: Tensor = pm.CustomDist(
        name,
        start,
        logp=logp,
        random=random,
        signature="(k)->(k)",
        support_point=lambda rv, size, places: places,  # where the sampler starts: increasing
        dims=dims,
        default_transform=transforms.ordered,
    )
    return value


def observe(effect: Tensor, cutpoint: Tensor, outcome: Outcome, of: str = "") -> None:
    """Add the category probabilities of both arms, and their counts as an ordered multinomial, to the current model.

    Parameters
    ----------
    effect : Tensor, shape () or (cut,)
        Log odds ratio, common or at every cut.
    cutpoint : Tensor, shape (cut,)
        Midway between the arms.
    outcome : Outcome
        With ordinal evidence.
    of : str
        The ending of names and dimensions, which says whose they are.
    """
    half = outcome.sign * effect / 2
    arms = {"treatment": cutpoint + half, "control": cutpoint - half}
    for arm, cut in arms.items():
        upto = pt.concatenate([[0.0], pt.sigmoid(cut), [1.0]])
        pm.Deterministic(f"p_category_{arm}{of}", upto[1:] - upto[:-1], dims=f"category{of}")
    counts = np.array([(t, c) for _, t, c in observed(outcome)]).T
    pm.OrderedMultinomial(
        f"counts{of}",
        eta=0.0,
        cutpoints=pt.stack(list(arms.values())),
        n=pm.Data(f"n{of}", counts.sum(axis=1), dims="arm"),
        observed=counts,
        dims=("arm", f"category{of}"),
        compute_p=False,
    )


def recovered(stored: Draws, outcome: Outcome, nuisance: Nuisance) -> dict[str, FloatArray]:
    """Return the category probabilities, or the cutpoints, to which the prior applies.

    Parameters
    ----------
    stored : mapping of ndarray, shape (chain, draw, ...)
        `effect` (log odds ratio) and `cutpoint` (cut,).
    outcome : Outcome
    nuisance : Nuisance

    Returns
    -------
    dict of ndarray
        `p_category` of shape (chain, draw, category) and `threshold` of shape (chain, draw, cut).
    """
    at = stored["cutpoint"] - nuisance.baseline_offset * outcome.sign * stored["effect"][..., None]
    return {"p_category": _cells(at), "threshold": at}


def _cells(cut: FloatArray) -> FloatArray:
    """Return category probabilities, (..., category), from the log odds of a category at or below a cut, (..., cut)."""
    upto = 1 / (1 + np.exp(-cut))
    edge = np.zeros((*upto.shape[:-1], 1))
    return np.diff(np.concatenate([edge, upto, edge + 1], axis=-1), axis=-1)


def describe(effect: FloatArray, alpha: FloatArray, outcome: Outcome) -> Derived:
    """Return cutpoints, category probabilities of both arms and derived quantities.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw, 1 or cut)
        Log odds ratio.
    alpha : ndarray, shape (chain, draw, cut), padded
        Cutpoints midway between the arms.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw, ...)
    """
    names: Sequence[str] = [name for name, _, _ in observed(outcome)]
    alpha = alpha[..., : len(names) - 1]
    shown: Derived = {"cutpoint": (("cut",), alpha, {"cut": [f"<={name}" for name in names[:-1]]})}
    cells = {}
    for arm, sign in (("treatment", 1), ("control", -1)):
        cells[arm] = _cells(alpha + sign * outcome.sign * effect / 2)
        shown[f"p_category_{arm}"] = (("category",), cells[arm], {"category": list(names)})
    return shown | {n: ((), v) for n, v in summaries(cells["treatment"], cells["control"], names).items()}
