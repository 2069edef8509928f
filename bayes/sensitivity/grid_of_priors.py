"""Prior grid: the conclusion of readers with any prior mean and any degree of certainty, cell by cell.

With a likelihood curve, each cell is a sum. A meta-regression has no curve, and draws under one prior are reweighted to
the others (`sensitivity.reweight`).
"""

from __future__ import annotations

from functools import partial
from itertools import batched
from typing import TypedDict

import numpy as np
import pandas as pd

from bayes.base.arrays import FloatArray
from bayes.priors.sets import SomePriorSet
from bayes.quadrature import PriorBatch
from bayes.sensitivity.reweight import CellSummary, by_reweighting
from bayes.sensitivity.subject import Subject, Target

SIZE = 41
TOGETHER = 64  # cells at a time: arrays that fit the processor's cache


class CellPrior(TypedDict):
    """The prior of one cell of the grid."""

    prior_mean: float  # its mean, on the analysis scale
    prior_sd: float  # its sd, on the analysis scale
    prior_natural: float  # its mean, on the measure's own scale
    prior_low: float  # its 2.5% quantile, on the measure's own scale
    prior_high: float  # its 97.5% quantile, on the measure's own scale


class PriorGridRow(CellPrior, CellSummary):
    """One cell of the grid: its prior, and the posterior under it."""


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
    """Tabulate the posterior over a grid of prior means and prior sds (METHODS 6).

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    size : int
        Number of means and of sds: the grid has size x size cells. With an odd size, the null is one of the means.
    method : {"curve", "reweighting"}, optional
        The likelihood curve by default; reweighted draws for a meta-regression, which has no curve.
    seed : int
        Seed of the draws and of the random choice of cells to refit; used by reweighting only.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per cell, sds changing fastest: `prior_mean` and `prior_sd` (analysis scale); `prior_natural`,
        `prior_low` and `prior_high` (mean and central 95% interval of the prior, on the measure's own scale);
        `p_benefit`, `p_mcid`, `p_harm`; posterior `mean` and `sd` (analysis scale); `method` ("curve", "reweighted" or
        "NUTS"), Pareto `k_hat` of reweighted cells, and `largest_difference`, the largest difference in a probability
        between reweighting and refitting over the cells checked.
    """
    return pd.DataFrame(prior_grid_rows(Subject.of(target, prior, prior_set, priors), size, method, seed))


def prior_grid_rows(
    subject: Subject, size: int = SIZE, method: str | None = None, seed: int = 20260101
) -> list[PriorGridRow]:
    """List the rows of `prior_grid` for a subject."""
    means, sds = subject_axes(subject, size)
    cells = [(float(m), float(s)) for m in means for s in sds]
    reweighted = method == "reweighting" or (method is None and subject.has_no_curve)
    found = by_reweighting(subject, cells, seed) if reweighted else _by_curve(subject, cells)
    return [{**_prior(subject, *cell), **row} for cell, row in zip(cells, found, strict=True)]


def subject_axes(subject: Subject, size: int) -> tuple[FloatArray, FloatArray]:
    """Return the means (around the null) and the sds of a grid of this size."""
    means, sds = subject.family.axes(size)
    return (means if subject.family.shape == "beta" else means + subject.null), sds


def _by_curve(subject: Subject, cells: list[tuple[float, float]]) -> list[CellSummary]:
    found: list[CellSummary] = []
    for some in batched(cells, TOGETHER):
        means, sds = np.array(some).T
        found += _rows(subject, subject.tabled.many(partial(subject.family.log_densities, means, sds)))
    return found


def _rows(subject: Subject, many: PriorBatch) -> list[CellSummary]:
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


def _prior(subject: Subject, mean: float, sd: float) -> CellPrior:
    low, high = subject.family.limits(mean, sd)
    natural = subject.natural
    return {
        "prior_mean": mean,
        "prior_sd": sd,
        "prior_natural": natural(mean),
        "prior_low": natural(low),
        "prior_high": natural(high),
    }
