"""The mean, standard deviation and n of two arms (Behrens-Fisher).

    ybar_arm ~ Normal(m + h/2 (treatment), m - h/2 (control);  sigma_arm / sqrt(n_arm))
    (n_arm - 1) s_arm^2 / sigma_arm^2 ~ chi-square(n_arm - 1)
    h = theta (mean difference)   or   theta c sqrt((sigma_1^2 + sigma_0^2) / 2) (standardised mean difference)
    m ~ Normal(pooled mean, 10 S),   sigma_arm ~ half-Student-t(3, 0, 2.5 S),   S = pooled SD

Known: ybar, s and n, and c, which is 1 unless changes from baseline are put in units of the final values (METHODS 1).
Estimated: theta, m and both sigmas, which differ between the arms. Assumes normal data; heavier tails are not
identified from mean, SD and n.
"""

from __future__ import annotations

from math import log, pi

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base.arrays import FloatArray
from bayes.models.shared.normal_arms import ARMS, midpoint, standard_deviation
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence import Means, of_kind
from bayes.paper.evidence.arms import MeanInArm
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def _arms(outcome: Outcome) -> dict[str, MeanInArm]:
    """Return what is printed for each arm, by the arm's name."""
    evidence = of_kind(outcome.evidence, Means)
    return {"treatment": evidence.treatment, "control": evidence.control}


def _pooled(outcome: Outcome) -> tuple[float, float]:
    """Return the pooled mean and the pooled standard deviation, in the paper's units."""
    arms = _arms(outcome).values()
    centre = sum(arm.n * float(arm.mean) for arm in arms) / sum(arm.n for arm in arms)
    return centre, of_kind(outcome.evidence, Means).pooled_sd


def _sd_ratio(outcome: Outcome) -> float | None:
    """Return c, the standard deviation of the unit over that of the observations; None in the paper's own units."""
    standardised = outcome.measure == "standardised_mean_difference"
    return of_kind(outcome.evidence, Means).sd_ratio if standardised else None


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's mean, SD and n per arm, pooled mean and SD, and c (0 where theta is in the paper's units).

    Parameters
    ----------
    outcome : Outcome
        With the means of both arms as evidence.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    row: Row = {}
    for arm, printed in _arms(outcome).items():
        row |= {f"mean_{arm}": float(printed.mean), f"sd_{arm}": float(printed.sd), f"n_{arm}": float(printed.n)}
    row["centre"], row["pooled_sd"] = _pooled(outcome)
    row["sd_ratio"] = _sd_ratio(outcome) or 0.0
    return row


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare the midpoint m and both sigmas.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Mean difference in the paper's units, or in SDs.
    data : mapping of Tensor, shape (trial,)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    mid = midpoint(data)
    sigma = {arm: standard_deviation(arm, data, data[f"sd_{arm}"], 2 * (data[f"n_{arm}"] - 1)) for arm in ARMS}
    sd = pt.sqrt((sigma["treatment"] ** 2 + sigma["control"] ** 2) / 2)
    unit = pt.switch(data["sd_ratio"], data["sd_ratio"] * sd, 1.0)
    means = {"treatment": mid + unit * theta / 2, "control": mid - unit * theta / 2}
    log_l: Tensor = pt.as_tensor_variable(sum(_arm(arm, data, means[arm], sigma[arm]) for arm in ARMS))
    return log_l


def _arm(arm: str, data: Report, mean: Tensor, sigma: Tensor) -> Tensor:
    """Return the log likelihood of an arm's mean and SD.

    Parameters
    ----------
    arm : str
    data : mapping of Tensor, shape (trial,)
    mean, sigma : Tensor, shape (trial,)
        In the paper's units.

    Returns
    -------
    Tensor, shape (trial,)
    """
    n, s = data[f"n_{arm}"], data[f"sd_{arm}"]
    log_mean = (
        -0.5 * n * ((data[f"mean_{arm}"] - mean) / sigma) ** 2 + 0.5 * pt.log(n) - pt.log(sigma) - 0.5 * log(2 * pi)
    )
    log_sd = -(n - 1) * pt.log(sigma) - 0.5 * (n - 1) * (s / sigma) ** 2
    log_l: Tensor = log_mean + log_sd
    return log_l


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the midpoint, both standard deviations, and the printed means and variances to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Mean difference in the paper's units, or in SDs.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    arms = _arms(outcome)
    n = pm.Data(f"n{of}", [arm.n for arm in arms.values()], dims="arm")
    centre, scale = _pooled(outcome)
    mid = pm.Normal(f"mid_mean{of}", mu=centre, sigma=10 * scale)
    sd = pt.stack([pm.HalfStudentT(f"sd_{arm}{of}", nu=3, sigma=2.5 * scale) for arm in arms])
    ratio = _sd_ratio(outcome)
    unit = 1.0 if ratio is None else ratio * pt.sqrt((sd**2).mean())
    means = mid + unit * effect / 2, mid - unit * effect / 2
    for arm, mean in zip(arms, means, strict=True):
        pm.Deterministic(f"mean_{arm}{of}", mean)
    printed = [float(arm.mean) for arm in arms.values()]
    pm.Normal(f"printed_mean{of}", mu=pt.stack(means), sigma=sd / pt.sqrt(n), observed=printed, dims="arm")
    # (n - 1) s^2 / sigma^2 is chi-square with n - 1 degrees of freedom, that is, s^2 is gamma
    squared = [float(arm.sd) ** 2 for arm in arms.values()]
    half = (n - 1) / 2
    pm.Gamma(f"printed_variance{of}", alpha=half, beta=half / sd**2, observed=squared, dims="arm")


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the mean and SD of each arm.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        In the paper's units, or in SDs.
    draws : mapping of ndarray, shape (chain, draw)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        In the paper's units.
    """
    mid, sd = draws["mid_mean"], {arm: draws[f"sigma_{arm}"] for arm in ARMS}
    shift = effect / 2
    if (ratio := _sd_ratio(outcome)) is not None:
        shift = shift * ratio * np.sqrt((sd["treatment"] ** 2 + sd["control"] ** 2) / 2)
    return {
        "mean_treatment": ((), mid + shift),
        "mean_control": ((), mid - shift),
        "sd_treatment": ((), sd["treatment"]),
        "sd_control": ((), sd["control"]),
    }


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
    return {"mid_mean": (stored["mean_treatment"] + stored["mean_control"]) / 2}
