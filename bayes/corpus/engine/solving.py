"""The numbers of a block of analyses under every pair of priors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayes.corpus.engine.answering import Pair, Work, answers
from bayes.corpus.engine.numbers import Numbers, numbers_of
from bayes.corpus.engine.pooled_counts import CountsAnswer
from bayes.corpus.engine.pooled_normal import LeftOut, NormalAnswer

EDGE = 1e-5  # posterior probability at the edge of the places of mu from which on they are too narrow


@dataclass(frozen=True)
class Solved:
    """The numbers of one pair for the rows it has, in their order, and those of the normal approximation of tables."""

    pair: Pair
    numbers: Numbers
    normal: Numbers


def solve[K](work: Work, pairs: Mapping[K, Pair], apart: bool) -> dict[K, Solved]:
    """Compute the numbers of every posterior of a block.

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
    shape = work.thresholds.shape[1], work.reports.y.shape[1]
    solved = {
        key: Solved(pair, *(Numbers.empty(len(pair.rows), *shape) for _ in range(2))) for key, pair in pairs.items()
    }
    for found in answers(work, pairs):
        pair, inside, exact = pairs[found.key], found.inside, isinstance(found.answer, CountsAnswer)
        rows, own = pair.rows[inside], solved[found.key]
        numbers = numbers_of(found.answer, work.thresholds[rows])
        for to in (own.numbers,) if exact else (own.numbers, own.normal):
            to.put(inside, numbers)
        if not apart or pair.tau is None:
            continue
        # the trials of tables are looked at through their exact likelihoods only
        fine = np.flatnonzero(~found.rough & (exact | ~np.isin(rows, work.counts)))
        if len(fine):
            some = found.answer.of(fine)
            own.numbers.put_trials(inside[fine], some, _left_out(work, pair.at(inside[fine]), some))
    return solved


def _left_out(work: Work, pair: Pair, answer: NormalAnswer | CountsAnswer) -> LeftOut:
    """Return the posteriors of mu without each trial; those beyond the places of the whole one are solved again.

    Without its only trial an analysis has the prior left.
    """
    found = answer.left_out()
    at, trial = np.nonzero(found.edge > EDGE)
    if not len(at) or pair.tau is None:
        return found
    reports, place = work.reports.at(pair.rows[at]).without(trial), work.place[pair.rows[at]].copy()
    place[np.arange(len(at)), trial] = -1
    alone = ~reports.there.any(axis=1)
    mixture = pair.effect.at(at[alone]).mixture
    only = at[alone], trial[alone]
    found.mean[only], found.sd[only], found.above[only] = mixture.means, mixture.sds, mixture.above(0.0)
    others = np.flatnonzero(~alone)
    if len(others):
        smaller = Work(reports.at(others), np.zeros((len(others), 1)), work.curves, place[others])
        same = Pair(np.arange(len(others)), pair.effect.at(at[others]), pair.tau.at(at[others]))
        again = solve(smaller, {0: same}, apart=False)[0].numbers
        some = at[others], trial[others]
        found.mean[some], found.sd[some], found.above[some] = again.mean, again.sd, again.above[:, 0]
    return found
