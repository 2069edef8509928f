"""A block of analyses under every pair of priors: the quick engine first, a finer one where its error is too large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.engine.averaged_counts import corrections
from bayes.corpus.engine.count_curves import Curves
from bayes.corpus.engine.normal_mixtures import NormalMixtures
from bayes.corpus.engine.numbers import Numbers, numbers_of
from bayes.corpus.engine.pooled_counts import Rough, pool_counts, region_of
from bayes.corpus.engine.pooled_normal import Reports, pool
from bayes.corpus.engine.prior_arrays import EffectPriors, TauPriors

WANTED = 1e-3  # estimated error of a probability beyond which a finer engine is asked; it overstates by ten and more
type Fineness = tuple[tuple[int, int], int, int]
TAU_PANELS = (32, 80)
EDGE = 1e-5  # posterior probability at the edge of the places of mu from which on they are too narrow
FINENESS = (((21, 15), 14, 6), ((41, 17), 24, 8), ((81, 25), 40, 12))  # polynomials, panels of tau, panels of mu


@dataclass(frozen=True)
class Pair:
    """A prior of mu with a prior of tau, for the rows that have both.

    Attributes
    ----------
    rows : ndarray of int
        In ascending order.
    effect : EffectPriors
    tau : TauPriors or None
        None if all trials share one effect, and for single results.
    """

    rows: IntArray
    effect: EffectPriors
    tau: TauPriors | None


@dataclass(frozen=True)
class Work:
    """A block of analyses with equally many places for trials.

    Attributes
    ----------
    reports : Reports
        Estimates with standard errors; of tables, the normal approximation.
    thresholds : ndarray, shape (rows, thresholds)
    curves : Curves or None
        The likelihoods of all tables of the block.
    place : ndarray of int, shape (rows, trials)
        Where the curve of a trial is; -1 for padding, and in rows without tables.
    """

    reports: Reports
    thresholds: FloatArray
    curves: Curves | None
    place: IntArray

    @property
    def counts(self) -> IntArray:
        """The rows with exact likelihoods."""
        return np.flatnonzero((self.place >= 0).any(axis=1))


@dataclass(frozen=True)
class Solved:
    """The numbers of one pair for the rows it has, in their order, and those of the normal approximation of tables."""

    pair: Pair
    numbers: Numbers
    normal: Numbers


def solve[K](work: Work, pairs: Mapping[K, Pair], apart: bool) -> dict[K, Solved]:
    """Compute every posterior of a block.

    Parameters
    ----------
    work : Work
    pairs : mapping to Pair
        Under any keys.
    apart : bool
        Whether to give every trial's own effect, and mu without it.

    Returns
    -------
    dict of Solved
        Under the same keys.
    """
    trials = work.reports.y.shape[1]
    solved: dict[K, Solved] = {}
    for key, pair in pairs.items():
        reports, thresholds = work.reports.at(pair.rows), work.thresholds[pair.rows]
        own = apart and pair.tau is not None
        numbers = numbers_of(pool(reports, pair.effect, pair.tau, TAU_PANELS[0]), thresholds, own)
        for panels in TAU_PANELS[1:]:
            rough = np.flatnonzero(numbers.error > WANTED)
            if len(rough) and pair.tau is not None:
                finer = pool(reports.at(rough), pair.effect.at(rough), pair.tau.at(rough), panels)
                numbers.put(rough, numbers_of(finer, thresholds[rough], own))
        normal = Numbers.empty(len(pair.rows), thresholds.shape[1], trials)
        normal.put(np.arange(len(pair.rows)), numbers)
        solved[key] = Solved(pair, numbers, normal)
    if work.curves is not None and len(work.counts):
        for keys in _alike(pairs):
            due = {key: np.intersect1d(pairs[key].rows, work.counts) for key in keys}
            for fineness in FINENESS:
                if due := {key: rows for key, rows in due.items() if len(rows)}:
                    due = _with_exact(work, due, solved, apart, fineness)
    return solved


def _alike[K](pairs: Mapping[K, Pair]) -> list[list[K]]:
    """Group pairs that share one set of integrals: all with heterogeneity or none, and priors of mu about as wide."""
    found: dict[tuple[bool, int], list[K]] = {}
    for key, pair in pairs.items():
        widest = np.median(np.where(pair.effect.weight > 0, pair.effect.sd, 0.0).max(axis=1))
        found.setdefault((pair.tau is not None, int(np.log2(widest) // 2)), []).append(key)
    return list(found.values())


def _with_exact[K](
    work: Work, due: Mapping[K, IntArray], solved: Mapping[K, Solved], apart: bool, fineness: Fineness
) -> dict[K, IntArray]:
    """Replace numbers by those of exact likelihoods for the rows that are due; return the rows still too rough."""
    if work.curves is None:
        raise TypeError("there are no tables")
    size, panels_of_tau, panels_of_mu = fineness
    rows = np.unique(np.concatenate(list(due.values())))
    reports, place = work.reports.at(rows), work.place[rows]
    parts = {}
    for key, at in due.items():
        pair = solved[key].pair
        inside = np.searchsorted(pair.rows, at)
        effect, tau = pair.effect.at(inside), None if pair.tau is None else pair.tau.at(inside)
        normal = pool(work.reports.at(at), effect, tau, TAU_PANELS[0])
        parts[key] = Rough(np.searchsorted(rows, at), normal, effect, tau)
    empty = (place >= 0) & work.curves.one_sided[place]
    region = region_of(reports, parts.values(), empty.any(axis=1), (empty | ~reports.there).all(axis=1))
    joined = any(part.tau is not None for part in parts.values())
    added = corrections(work.curves, place, region, size) if joined else None
    left = {}
    for key, part in parts.items():
        found = (work.curves, place[part.rows]) if added is None else added.at(part.rows)
        answer = pool_counts(part, found, region.at(part.rows), panels_of_tau, panels_of_mu)
        numbers = numbers_of(answer, work.thresholds[due[key]], apart and joined)
        if apart and joined:
            _leave_out_again(work, due[key], part, numbers, answer.left_out.edge)
        solved[key].numbers.put(np.searchsorted(solved[key].pair.rows, due[key]), numbers)
        left[key] = due[key][numbers.error > WANTED]
    return left


def _leave_out_again(work: Work, rows: IntArray, part: Rough, numbers: Numbers, edge: FloatArray) -> None:
    """Solve the analyses without a trial whose posterior lies beyond the places of the whole one.

    Without its only trial an analysis has the prior left.
    """
    at, trial = np.nonzero(edge > EDGE)
    if not len(at) or part.tau is None:
        return
    reports, place = work.reports.at(rows[at]).without(trial), work.place[rows[at]].copy()
    place[np.arange(len(at)), trial] = -1
    alone = ~reports.there.any(axis=1)
    prior = part.effect.at(at[alone])
    mixture = NormalMixtures(prior.weight, prior.mean, prior.sd)
    only = at[alone], trial[alone]
    numbers.left_mean[only], numbers.left_sd[only], numbers.left_above[only] = (
        mixture.means, mixture.sds, mixture.above(0.0),
    )  # fmt: skip
    others = np.flatnonzero(~alone)
    if not len(others):
        return
    smaller = Work(reports.at(others), np.zeros((len(others), 1)), work.curves, place[others])
    pair = Pair(np.arange(len(others)), part.effect.at(at[others]), part.tau.at(at[others]))
    found = solve(smaller, {0: pair}, apart=False)[0].numbers
    some = at[others], trial[others]
    numbers.left_mean[some], numbers.left_sd[some] = found.mean, found.sd
    numbers.left_above[some] = found.above[:, 0]
