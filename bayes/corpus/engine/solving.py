"""A block of analyses under every pair of priors: the quick engine first, a finer one where its error is too large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.engine.averaged_counts import WithoutTau, corrections
from bayes.corpus.engine.count_curves import Curves
from bayes.corpus.engine.given_tau import Reports
from bayes.corpus.engine.normal_mixtures import NormalMixtures
from bayes.corpus.engine.numbers import Numbers, numbers_of
from bayes.corpus.engine.pooled_counts import CountsAnswer, Rough, pool_counts, region_of
from bayes.corpus.engine.pooled_normal import LeftOut, pool
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
    solved = {key: _by_normals(work, pair, apart) for key, pair in pairs.items()}
    if work.curves is not None and len(work.counts):
        for keys in _alike(pairs):
            due = {key: np.intersect1d(pairs[key].rows, work.counts) for key in keys}
            for fineness in FINENESS:
                if due := {key: rows for key, rows in due.items() if len(rows)}:
                    due = _with_exact(work, due, solved, apart, fineness)
    return solved


def _by_normals(work: Work, pair: Pair, apart: bool) -> Solved:
    """Solve a pair by normal likelihoods, with more nodes of tau where its error asks for them."""
    rows, shape = pair.rows, (len(pair.rows), work.thresholds.shape[1], work.reports.y.shape[1])
    numbers, normal, due = Numbers.empty(*shape), Numbers.empty(*shape), np.arange(len(rows))
    # the trials of tables are looked at through their exact likelihoods only
    alone = np.ones(len(rows), dtype=bool) if pair.tau is None or not apart else np.isin(rows, work.counts)
    for panels in TAU_PANELS:
        priors = pair.effect.at(due), None if pair.tau is None else pair.tau.at(due)
        answer = pool(work.reports.at(rows[due]), *priors, panels)
        numbers.put(due, numbers_of(answer, work.thresholds[rows[due]]))
        rough = (answer.error > WANTED) & (panels != TAU_PANELS[-1])
        if len(whole := np.flatnonzero(~rough & ~alone[due])):
            some = answer.of(whole)
            numbers.put_trials(due[whole], some, some.left_out())
        due = due[rough]
        if not len(due):
            break
    normal.put(np.arange(len(rows)), numbers)
    return Solved(pair, numbers, normal)


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
        found = WithoutTau(work.curves, place[part.rows]) if added is None else added.at(part.rows)
        answer = pool_counts(part, found, region.at(part.rows), panels_of_tau, panels_of_mu)
        inside = np.searchsorted(solved[key].pair.rows, due[key])
        solved[key].numbers.put(inside, numbers_of(answer, work.thresholds[due[key]]))
        rough = (answer.error > WANTED) & (fineness != FINENESS[-1])
        if apart and part.tau is not None and len(fine := np.flatnonzero(~rough)):
            some = answer.of(fine)
            left_out = _left_out(work, due[key][fine], part.effect.at(fine), part.tau.at(fine), some)
            solved[key].numbers.put_trials(inside[fine], some, left_out)
        left[key] = due[key][rough]
    return left


def _left_out(work: Work, rows: IntArray, effect: EffectPriors, tau: TauPriors, answer: CountsAnswer) -> LeftOut:
    """Return the posteriors of mu without each trial; those beyond the places of the whole one are solved again.

    Without its only trial an analysis has the prior left.
    """
    found = answer.left_out()
    at, trial = np.nonzero(found.edge > EDGE)
    if not len(at):
        return found
    reports, place = work.reports.at(rows[at]).without(trial), work.place[rows[at]].copy()
    place[np.arange(len(at)), trial] = -1
    alone = ~reports.there.any(axis=1)
    prior = effect.at(at[alone])
    mixture = NormalMixtures(prior.weight, prior.mean, prior.sd)
    only = at[alone], trial[alone]
    found.mean[only], found.sd[only], found.above[only] = mixture.means, mixture.sds, mixture.above(0.0)
    others = np.flatnonzero(~alone)
    if len(others):
        smaller = Work(reports.at(others), np.zeros((len(others), 1)), work.curves, place[others])
        pair = Pair(np.arange(len(others)), effect.at(at[others]), tau.at(at[others]))
        again = solve(smaller, {0: pair}, apart=False)[0].numbers
        some = at[others], trial[others]
        found.mean[some], found.sd[some], found.above[some] = again.mean, again.sd, again.above[:, 0]
    return found
