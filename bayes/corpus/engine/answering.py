"""Posteriors of a block under every pair of priors: by a quick engine, and by a finer one where its error is large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.engine.averaged_counts import WithoutTau, corrections
from bayes.corpus.engine.count_curves import Curves, Flags
from bayes.corpus.engine.given_tau import Reports
from bayes.corpus.engine.pooled_counts import CountsAnswer, Rough, pool_counts, region_of
from bayes.corpus.engine.pooled_normal import NormalAnswer, pool
from bayes.corpus.engine.prior_arrays import EffectPriors, TauPriors

WANTED = 1e-3  # estimated error of a probability beyond which a finer engine is asked; it overstates by ten and more
type Fineness = tuple[tuple[int, int], int, int]
TAU_PANELS = (32, 80)
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

    def at(self, inside: IntArray) -> Pair:
        """Return the priors of some of the rows."""
        tau = None if self.tau is None else self.tau.at(inside)
        return Pair(self.rows[inside], self.effect.at(inside), tau)


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
class Found[K]:
    """The posteriors of some rows of a pair by one engine; what comes later for a row is better.

    Attributes
    ----------
    key
        Of the pair.
    inside : ndarray of int
        Which of the pair's rows these are.
    answer : NormalAnswer or CountsAnswer
    rough : ndarray of bool
        Rows that a finer engine answers after this one.
    """

    key: K
    inside: IntArray
    answer: NormalAnswer | CountsAnswer
    rough: Flags


def answers[K](work: Work, pairs: Mapping[K, Pair]) -> Iterator[Found[K]]:
    """Yield every posterior of a block, by normal likelihoods first; tables by their exact ones after that.

    Parameters
    ----------
    work : Work
    pairs : mapping to Pair
        Under any keys.
    """
    rough: dict[K, NormalAnswer] = {}
    for key, pair in pairs.items():
        for found in _by_normals(work, key, pair):
            if key not in rough and isinstance(found.answer, NormalAnswer):
                rough[key] = found.answer
            yield found
    if work.curves is None or not len(work.counts):
        return
    for keys in _alike(pairs):
        due = {key: np.flatnonzero(np.isin(pairs[key].rows, work.counts)) for key in keys}
        for fineness in FINENESS:
            due = {key: inside for key, inside in due.items() if len(inside)}
            if not due:
                break
            own = {key: (pairs[key].at(inside), rough[key].of(inside)) for key, inside in due.items()}
            parts = {key: Rough(pair.rows, answer, pair.tau) for key, (pair, answer) in own.items()}
            for key, answer in _by_counts(work, parts, fineness):
                still = (answer.error > WANTED) & (fineness != FINENESS[-1])
                yield Found(key, due[key], answer, still)
                due[key] = due[key][still]


def _by_normals[K](work: Work, key: K, pair: Pair) -> Iterator[Found[K]]:
    """Yield answers by normal likelihoods, with more nodes of tau where their error asks for them."""
    due = np.arange(len(pair.rows))
    for panels in TAU_PANELS:
        part = pair.at(due)
        answer = pool(work.reports.at(part.rows), part.effect, part.tau, panels)
        rough = (answer.error > WANTED) & (panels != TAU_PANELS[-1])
        yield Found(key, due, answer, rough)
        due = due[rough]
        if not len(due):
            return


def _alike[K](pairs: Mapping[K, Pair]) -> list[list[K]]:
    """Group pairs that share one set of integrals: all with heterogeneity or none, and priors of mu about as wide."""
    found: dict[tuple[bool, int], list[K]] = {}
    for key, pair in pairs.items():
        widest = np.median(np.where(pair.effect.weight > 0, pair.effect.sd, 0.0).max(axis=1))
        found.setdefault((pair.tau is not None, int(np.log2(widest) // 2)), []).append(key)
    return list(found.values())


def _by_counts[K](work: Work, parts: Mapping[K, Rough], fineness: Fineness) -> Iterator[tuple[K, CountsAnswer]]:
    """Yield answers by exact likelihoods for pairs that share one set of integrals.

    Parameters
    ----------
    work : Work
    parts : mapping to Rough
        For the rows that are due under each pair.
    fineness : Fineness
    """
    if work.curves is None:
        raise TypeError("there are no tables")
    size, panels_of_tau, panels_of_mu = fineness
    rows = np.unique(np.concatenate([part.rows for part in parts.values()]))
    reports, place = work.reports.at(rows), work.place[rows]
    inside = {key: replace(part, rows=np.searchsorted(rows, part.rows)) for key, part in parts.items()}
    empty = (place >= 0) & work.curves.one_sided[place]
    region = region_of(reports, inside.values(), empty.any(axis=1), (empty | ~reports.there).all(axis=1))
    joined = any(part.tau is not None for part in parts.values())
    added = corrections(work.curves, place, region, size) if joined else None
    for key, part in inside.items():
        found = WithoutTau(work.curves, place[part.rows]) if added is None else added.at(part.rows)
        yield key, pool_counts(part, found, region.at(part.rows), panels_of_tau, panels_of_mu)
