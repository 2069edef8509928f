"""A grid of priors without a likelihood curve: Pareto-smoothed reweighting of draws, with refits where it fails.

Draws under a prior p represent a prior q if weighted by q / p (Vehtari et al. 2024, J Mach Learn Res 25:72). If the
tail of the weights is too heavy (k-hat > 0.7), the cell is refitted with NUTS, and its draws also serve neighbouring
cells. A random tenth of the cells is refitted in any case: the largest difference shows how reliable reweighting is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np

from bayes.analysis.analysis import Analysis
from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.priors.effect_rules import FormedPrior
from bayes.sampler.draws import combine
from bayes.sampler.engine import engine_of_process, split
from bayes.sensitivity.subject import Probability, Subject

K_HAT = 0.7
CHECKED = 0.1  # share of cells refitted at random
COMPARED: tuple[Probability, ...] = ("p_benefit", "p_mcid", "p_harm")


class CellSummary(TypedDict):
    """The posterior in one cell of a grid of priors."""

    p_benefit: float  # P(better than no effect)
    p_mcid: float | None  # P(at least as good as the MCID); None without an MCID
    p_harm: float  # P(worse than no effect)
    mean: float  # posterior mean, on the analysis scale
    sd: float  # posterior sd, on the analysis scale
    method: str  # "curve", "reweighted" or "NUTS"
    k_hat: float | None  # Pareto k of the weights, reliable up to 0.7; None unless reweighted
    largest_difference: float | None  # largest change of a probability on refitting, over the cells checked


@dataclass(frozen=True)
class _Reference:
    """Draws of the effect (or of mu) under the prior of one cell."""

    cell: tuple[float, float]
    draws: FloatArray


def by_reweighting(subject: Subject, cells: list[tuple[float, float]], seed: int) -> list[CellSummary]:
    """Compute the posterior summary of every cell (prior mean, prior sd) from reweighted draws or a refit.

    Cells are visited from the widest prior to the narrowest, so that existing draws usually cover the next cell.
    """
    references: list[_Reference] = []
    rows: dict[int, CellSummary] = {}
    order = sorted(range(len(cells)), key=lambda i: -cells[i][1])
    for i in order:
        tried = (_weighted(subject, r, cells[i]) for r in _nearest(references, cells[i]))
        best = min(tried, key=lambda found: found[0], default=None)
        if best is None or best[0] > K_HAT:
            references.append(_refit(subject, cells[i], seed))
            rows[i] = _numbers(subject, references[-1].draws, None, "NUTS", None)
        else:
            k_hat, draws, weights = best
            rows[i] = _numbers(subject, draws, weights, "reweighted", k_hat)
    checked = _checked(rows, cells, seed)
    differences: list[float] = []
    for i in checked:
        again = _numbers(subject, _refit(subject, cells[i], seed).draws, None, "NUTS", None)
        both = ((again[name], rows[i][name]) for name in COMPARED)
        differences += [abs(p - q) for p, q in both if p is not None and q is not None]
    largest = max(differences, default=None)
    return [{**rows[i], "largest_difference": largest} for i in range(len(cells))]


def _checked(rows: dict[int, CellSummary], cells: list[tuple[float, float]], seed: int) -> list[int]:
    candidates = [i for i in range(len(cells)) if rows[i]["method"] == "reweighted"]
    count = min(len(candidates), int(np.ceil(CHECKED * len(cells))))
    return sorted(np.random.default_rng(seed).choice(candidates, count, replace=False).tolist()) if count else []


def _nearest(references: list[_Reference], cell: tuple[float, float], most: int = 3) -> list[_Reference]:
    """Return the references with the most similar priors, by distance of the means in sds and of the log sds."""

    def apart(reference: _Reference) -> float:
        (m, s), (mean, sd) = reference.cell, cell
        return abs(m - mean) / max(s, sd) + abs(float(np.log(s / sd)))

    return sorted(references, key=apart)[:most]


def _weighted(
    subject: Subject, reference: _Reference, cell: tuple[float, float]
) -> tuple[float, FloatArray, FloatArray]:
    """Return (k-hat, draws, normalised weights) of the reference's draws, reweighted to the cell's prior."""
    from arviz_stats.base.array import array_stats

    means, sds = np.array([cell, reference.cell]).T
    new, old = subject.family.log_densities(means, sds, reference.draws)
    # expects negative log ratios
    log_weights, k_hat = array_stats.psislw(old - new, axis=-1)
    return float(k_hat), reference.draws, np.exp(log_weights)


def _refit(subject: Subject, cell: tuple[float, float], seed: int) -> _Reference:
    """Sample under the prior of a cell with NUTS, reusing the compiled graph."""
    analysis = under(subject.analysis, subject.family.prior(*cell), seed)
    accept, pieces, engine = analysis.settings.target_accept, split(analysis), engine_of_process()
    samples = [engine.sample(analysis, p, i, 1, accept, cores=2) for i, p in enumerate(pieces)]
    return _Reference(
        cell, combine(samples, analysis.settings.draws).raw["mu" if subject.is_synthesis else "effect"].ravel()
    )


def under(analysis: Analysis, prior: Distribution, seed: int) -> Analysis:
    """Return the analysis under another prior of the effect."""
    settings = replace(analysis.settings, seed=seed)
    return replace(analysis, formed=FormedPrior(prior, "a cell of the grid"), settings=settings)


def _numbers(
    subject: Subject, draws: FloatArray, weights: FloatArray | None, method: str, k_hat: float | None
) -> CellSummary:
    weights = np.full(len(draws), 1 / len(draws)) if weights is None else weights / weights.sum()
    oriented, null = subject.sign * draws, subject.sign * subject.null
    mean = float(weights @ draws)
    mcid = subject.mcid
    return {
        "p_benefit": float(weights @ (oriented > null)),
        "p_mcid": None if mcid is None else float(weights @ (oriented >= subject.sign * mcid)),
        "p_harm": float(weights @ (oriented < null)),
        "mean": mean,
        "sd": float(np.sqrt(weights @ (draws - mean) ** 2)),
        "method": method,
        "k_hat": k_hat,
        "largest_difference": None,
    }
