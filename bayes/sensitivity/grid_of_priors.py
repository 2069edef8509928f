"""Prior grid: what a reader concludes who believes any mean with any certainty, cell by cell.

By the likelihood curve every cell is a sum. Where there is no curve (a meta-regression) draws under one prior are
reweighted to the others, `sensitivity.reweight`.
"""

from __future__ import annotations

from functools import partial
from itertools import batched
from typing import Any

import numpy as np
import pandas as pd

from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.reweight import by_reweighting
from bayes.sensitivity.subject import Row, Subject, Target

SIZE = 41
TOGETHER = 64  # cells at a time: arrays that fit the processor's cache


def prior_grid(
    target: Target,
    size: int = SIZE,
    method: str | None = None,
    seed: int = 20260101,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Posterior probabilities over a grid of prior means and prior sds.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
    size : int
        Means, and sds: the grid has size x size cells. An odd size has the null among its means.
    method : {"curve", "reweighting"}, optional
        By default the curve where there is one.
    seed : int
        Of the draws and of the cells refitted at random, where draws are reweighted.
    prior : str, optional
        The main prior: a name of the set, a named rule or an expression; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors; `priors` is the older spelling.

    Returns
    -------
    DataFrame
        One row per cell, sds changing fastest: `prior_mean`, `prior_sd` (analysis scale); `prior_natural`, `prior_low`,
        `prior_high` (mean and central 95% of the prior, on the measure's own scale); `p_benefit`, `p_mcid`, `p_harm`,
        posterior `mean` and `sd` (analysis scale); `method` ("curve", "reweighted" or "NUTS"), `k_hat` of reweighted
        cells, and `largest_difference` between methods in any cell that both were tried on.
    """
    return pd.DataFrame(prior_grid_rows(Subject.of(target, prior, prior_set, priors), size, method, seed))


def prior_grid_rows(subject: Subject, size: int = SIZE, method: str | None = None, seed: int = 20260101) -> list[Row]:
    """List the rows of `prior_grid` for a subject."""
    means, sds = subject_axes(subject, size)
    cells = [(float(m), float(s)) for m in means for s in sds]
    reweighted = method == "reweighting" or (method is None and subject.has_no_curve)
    found = by_reweighting(subject, cells, seed) if reweighted else _by_curve(subject, cells)
    return [_axis(subject, *cell) | row for cell, row in zip(cells, found, strict=True)]


def subject_axes(subject: Subject, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Means and sds of a grid of this size; means lie around the null."""
    means, sds = subject.family.axes(size)
    return (means if subject.family.shape == "beta" else means + subject.null), sds


def _by_curve(subject: Subject, cells: list[tuple[float, float]]) -> list[Row]:
    found = []
    for some in batched(cells, TOGETHER):
        means, sds = np.array(some).T
        found += _rows(subject, subject.tabled.many(partial(subject.family.log_densities, means, sds)))
    return found


def _rows(subject: Subject, many: Any) -> list[Row]:
    above = many.above[subject.null]
    benefit, harm = (above, 1 - above) if subject.sign > 0 else (1 - above, above)
    mcid = None
    if subject.mcid is not None:
        mcid = many.above[subject.mcid] if subject.sign > 0 else 1 - many.above[subject.mcid]
    return [
        {
            "p_benefit": float(benefit[i]),
            "p_mcid": None if mcid is None else float(mcid[i]),
            "p_harm": float(harm[i]),
            "mean": float(many.mean[i]),
            "sd": float(many.sd[i]),
            "method": "curve",
            "k_hat": None,
            "largest_difference": None,
        }
        for i in range(len(above))
    ]


def _axis(subject: Subject, mean: float, sd: float) -> Row:
    low, high = subject.family.limits(mean, sd)
    natural = subject.natural
    return {
        "prior_mean": mean,
        "prior_sd": sd,
        "prior_natural": natural(mean),
        "prior_low": natural(low),
        "prior_high": natural(high),
    }
