"""The parts that likelihoods of an ordinal table share: cutpoints with their prior, and cells of two shifted arms.

    F_k = logit^-1(alpha_k),  (F_1, F_2 - F_1, ..., 1 - F_{K-1}) ~ Dirichlet(c, ..., c)
    or alpha_k ~ a stated density, independent except for their order

The Dirichlet is written by stick-breaking, v_k ~ Beta(c, c (K - k)), so that trials with fewer categories share one
graph with the others: their unused sticks are uniform and affect nothing.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base.distributions import Distribution
from bayes.models.shared.priors import log_density, nuisance_row, shape_of
from bayes.paper.ordinal_scale import summaries

SLOTS = 7  # minimum number of categories in the graph: the modified Rankin scale
FILL = {"stick_a": 1.0, "stick_b": 1.0}  # padding of a shorter scale: uniform sticks, zeros elsewhere


def concentration(levels: int, stated: Distribution | None) -> float:
    """Return the Dirichlet concentration per observed level; 1 where a density of the cutpoints replaces it."""
    if stated is None:
        return 1 / (0.8 + 0.35 * max(levels, 3))
    return stated.args[0] if stated.name == "dirichlet" else 1.0


def table(outcome, priors) -> dict[str, np.ndarray]:
    """Return one trial's counts and the prior of its cutpoints, padded to at least `SLOTS` categories.

    Returns
    -------
    dict
        `treatment`, `control` and `last` of shape (category,), sticks and `by_threshold` of shape (cut,), and scalars.
    """
    rows = outcome.evidence.observed
    k, slots = len(rows), max(SLOTS, len(rows))
    stated = priors.ordinal
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
        "baseline_offset": np.array(priors.baseline_offset),
        "stick_a": np.where(used, c, 1.0),
        "stick_b": np.where(used, c * np.maximum(k - sticks, 1), 1.0),
        "by_threshold": used * float(density is stated),
        "last": np.arange(slots) == k - 1.0,
    }


def declare(theta, data):
    """Declare the cutpoints midway between the arms, (trial, cut); their prior applies there or in the control arm.

    Parameters
    ----------
    theta : tensor, shape (trial,)
        Log odds ratio.
    data : dict of tensors, shape (trial, ...)
        As `table` returns it.
    """
    stick = pm.Beta("stick", data["stick_a"], data["stick_b"], shape=shape_of(data["stick_a"]))
    log_above = pt.cumsum(pt.log1p(-stick), axis=-1)
    alpha = pt.log1mexp(log_above) - log_above
    columns = {n: pt.shape_padright(data[f"threshold_{n}"], 2) for n in ("family", "p1", "p2", "p3")}
    stated = log_density(alpha, columns | {"log_weight": np.zeros(1)}, "real")
    # uniform shares imply the product of logistic slopes as density of the cutpoints: the stated one replaces it
    uniform = -pt.softplus(alpha) - pt.softplus(-alpha)
    pm.Potential("threshold_prior", (data["by_threshold"] * (stated - uniform)).sum())
    return pm.Deterministic("cutpoint", alpha + pt.shape_padright(data["baseline_offset"] * data["direction"] * theta))


def log_cells(alpha, effect, data):
    """Return the multinomial log likelihood of both arms per trial, (trial,), without the constants.

    Parameters
    ----------
    alpha : tensor, shape (trial, cut)
        Cutpoints midway between the arms.
    effect : tensor, shape (trial, 1 or cut)
        Log odds ratio, common or at every cut.
    data : dict of tensors, shape (trial, ...)
        As `table` returns it.
    """
    half = pt.shape_padright(data["direction"]) * effect / 2
    return _arm(data["treatment"], alpha + half, data["last"]) + _arm(data["control"], alpha - half, data["last"])


def _arm(counts, cut, last):
    """Return the multinomial log likelihood of one arm, without the constant."""
    # log(expit(b) - expit(a)) = log(1 - exp(a - b)) + log expit(b) + log expit(-a)
    zero = pt.zeros_like(cut[:, :1])
    below = pt.concatenate([-pt.softplus(-cut), zero], axis=1)  # log P(Y <= k); there is nothing above the last slot
    above = pt.concatenate([zero, -pt.softplus(cut)], axis=1)  # log P(Y > k - 1)
    gap = pt.concatenate([zero, pt.log1mexp(cut[:, :-1] - cut[:, 1:]), zero], axis=1)
    log_cell = above + pt.switch(last, 0.0, below + gap)
    return (counts * log_cell).sum(axis=1)


def describe(effect: np.ndarray, alpha: np.ndarray, outcome) -> dict:
    """Return cutpoints, category probabilities of both arms and derived quantities (numpy).

    Parameters
    ----------
    effect : ndarray, shape (chain, draw, 1 or cut)
        Log odds ratio.
    alpha : ndarray, shape (chain, draw, cut), padded
        Cutpoints midway between the arms.
    outcome : Outcome
    """
    names = [name for name, _, _ in outcome.evidence.observed]
    alpha = alpha[..., : len(names) - 1]
    shown = {"cutpoint": (("cut",), alpha, {"cut": [f"<={name}" for name in names[:-1]]})}
    cells = {}
    for arm, sign in (("treatment", 1), ("control", -1)):
        upto = 1 / (1 + np.exp(-(alpha + sign * outcome.sign * effect / 2)))
        edge = np.zeros((*upto.shape[:-1], 1))
        cells[arm] = np.diff(np.concatenate([edge, upto, edge + 1], axis=-1), axis=-1)
        shown[f"p_category_{arm}"] = (("category",), cells[arm], {"category": names})
    return shown | {n: ((), v) for n, v in summaries(cells["treatment"], cells["control"], names).items()}
