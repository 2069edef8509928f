"""A block of a corpus of meta-analyses: every analysis under every pair of priors of a set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.answers import Thresholds
from bayes.corpus.endpoints import Formed, Told, effect_priors_of, heterogeneities_of, tell
from bayes.corpus.engine.answering import Work
from bayes.corpus.engine.given_tau import Reports
from bayes.corpus.engine.prior_arrays import is_mixture_of_normals
from bayes.corpus.engine.solving import Solved, solve
from bayes.corpus.evidence import Evidence, evidence_of
from bayes.corpus.of_analyses import Asked, Members, PairName, Part, Skipped, analysis_table, study_table
from bayes.corpus.parquet import ANALYSES, STUDIES, table_of
from bayes.corpus.reading import Block, runs
from bayes.corpus.rejected import Rejected
from bayes.corpus.single_results import ENDS, LIMIT
from bayes.corpus.tabulated import RATIOS, tabulated
from bayes.likelihoods.compatibility import NO_SPIKE
from bayes.priors.effect_rules import FormedPrior
from bayes.priors.sets import PriorSet

SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 1 << 20)  # places for trials
AT_ONCE = 64  # analyses whose arrays fit into memory together
MIXED = "the rows of an analysis must agree in measure and benefit; found several"
AGAIN = "the rows of an analysis must stand together; those of this one ended at row {row} of {source}"
NOT_NORMAL = (
    "the prior of mu is not a mixture of normals, and a corpus of meta-analyses reads no other; `bayes fit` of a "
    "synthesis file takes it"
)


def answer_block(block: Block, priors: PriorSet) -> tuple[pa.Table, pa.Table, Rejected]:
    """Compute the posteriors of a block.

    Parameters
    ----------
    block : Block
    priors : PriorSet
        Its priors of effects with its priors of tau, in every pair; and a common effect under each prior of effects.

    Returns
    -------
    analyses, studies : Table
        The columns `parquet.ANALYSES` and `parquet.STUDIES`.
    rejected : Rejected
    """
    evidence = evidence_of(block.frame)
    _reject(block, evidence)
    members = _members(block, evidence)
    told = tell(evidence, members.rows, {"analysis"})
    if told.reasons:  # a threshold or a class that no table has concerns all rows of the analysis
        for i, reason in told.reasons.items():
            rows = np.zeros(len(block.frame), dtype=bool)
            rows[members.rows[i]] = True
            evidence.reasons.add(rows, reason)
        kept = np.array([i for i in range(len(members.rows)) if i not in told.reasons], dtype=np.intp)
        members, told = members.at(kept), told.at(kept)
    rejected = Rejected.of(block, evidence.reasons, "analysis")
    if not members.rows:
        return table_of(ANALYSES, 0, {}), table_of(STUDIES, 0, {}), rejected
    y, s = evidence.y.copy(), evidence.s.copy()
    every = np.arange(len(y))
    normal_baseline = priors.nuisance.binary.name == "normal"
    of_ratio = np.isin(block.frame["measure"].to_numpy().astype(str), RATIOS)
    curves, place = tabulated(
        evidence, every, (evidence.form == "counts") & of_ratio & normal_baseline, priors.nuisance, y, s
    )
    whole = _Block(block, evidence, members, told, priors, y, s)
    analyses, studies = [], []
    for part in _parts(members):
        work = _work(whole, part, curves, place)
        asked, skipped = _pairs(whole, part)
        solved = solve(work, {name: one.pair for name, one in asked.items()}, apart=True) if asked else {}
        _ordinarily(whole, part, asked, solved)
        here = Part(block, evidence, members.at(part), told.at(part))
        analyses.append(analysis_table(here, asked, solved, skipped))
        studies.append(study_table(here, solved, y, s))
    order = np.argsort(np.concatenate([t["row"].to_numpy() for t in analyses]), kind="stable")
    by_row = np.lexsort(
        [np.arange(sum(t.num_rows for t in studies)), np.concatenate([t["row"].to_numpy() for t in studies])]
    )
    return pa.concat_tables(analyses).take(pa.array(order)), pa.concat_tables(studies).take(pa.array(by_row)), rejected


@dataclass(frozen=True)
class _Block:
    block: Block
    evidence: Evidence
    members: Members
    told: Told
    priors: PriorSet
    y: FloatArray
    s: FloatArray


def _reject(block: Block, evidence: Evidence) -> None:
    """Reject rows without an analysis or of one that ended before, and analyses whose rows differ in their endpoint."""
    frame = block.frame
    unnamed = frame["analysis"].isna().to_numpy()
    evidence.reasons.add(unnamed, "analysis: missing")
    for one in block.again:
        rows = np.zeros(len(frame), dtype=bool)
        rows[one.start : one.end] = True
        evidence.reasons.add(rows, AGAIN.format(row=one.row, source=one.source))
    starts, ends = runs(frame["analysis"].to_numpy())
    analysis = np.repeat(np.arange(len(starts)), ends - starts)  # not its id, which may come again
    for column in ("measure", "benefit"):
        distinct = frame[column].groupby(analysis).transform("nunique", dropna=False)
        evidence.reasons.add((distinct > 1).to_numpy() & ~unnamed & block.once, MIXED)
    evidence.form[evidence.reasons.rows] = ""


def _members(block: Block, evidence: Evidence) -> Members:
    """Group the usable rows by analysis, in the order of the file."""
    names = block.frame["analysis"].to_numpy()
    rows, ids, first, lost = [], [], [], []
    for start, end in zip(*runs(names), strict=True):
        usable = start + np.flatnonzero(evidence.usable[start:end])
        if len(usable):
            rows.append(usable)
            ids.append(str(names[start]))
            first.append(int(start))
            lost.append(int(end - start - len(usable)))
    return Members(ids, rows, first, lost)


def _parts(members: Members) -> Iterator[IntArray]:
    """Yield the analyses with about equally many trials, some at a time."""
    size = np.searchsorted(SIZES, [len(rows) for rows in members.rows])
    for one in np.unique(size):
        alike = np.flatnonzero(size == one)
        for i in range(0, len(alike), AT_ONCE):
            yield alike[i : i + AT_ONCE]


def _work(whole: _Block, part: IntArray, curves: object, place: IntArray) -> Work:
    rows = [whole.members.rows[i] for i in part]
    most = max(len(own) for own in rows)
    y, s = np.zeros((len(rows), most)), np.full((len(rows), most), np.inf)
    where = np.full((len(rows), most), -1)
    for i, own in enumerate(rows):
        y[i, : len(own)], where[i, : len(own)] = whole.y[own], place[own]
        s[i, : len(own)] = whole.s[own]
    unread = ~np.isfinite(y) | np.isnan(s)  # what only the ordinary quadrature reads keeps its place, unused
    y, s = np.where(unread, 0.0, y), np.where(unread, 1.0, s)
    thresholds = Thresholds.of([whole.told.rows[i] for i in part])
    return Work(Reports(y, s), thresholds.analysis, curves, where)  # type: ignore[arg-type]


def _pairs(whole: _Block, part: IntArray) -> tuple[dict[PairName, Asked], dict[PairName, Skipped]]:
    """Return the pairs of priors that some analysis has, and for every pair the analyses that go without it."""
    told = whole.told.at(part)
    effects = [_readable(one) for one in effect_priors_of(told, whole.priors)]
    heterogeneities = heterogeneities_of(told, whole.priors)
    asked, skipped = {}, {}
    for effect in effects:
        for tau in [*heterogeneities, None]:
            name = PairName(effect.name, None if tau is None else tau.name)
            both = [effect] if tau is None else [effect, tau]
            # a prior that is offered only where it can be formed is missing without a reason: its pairs have no row
            offered = np.all([[f is not None or i in one.reasons for i, f in enumerate(one.formed)] for one in both], 0)
            without = np.any([[i in one.reasons for i in range(len(part))] for one in both], axis=0)
            if len(rows := np.flatnonzero(offered & ~without)):
                asked[name] = Asked(rows, _formed(effect, rows), None if tau is None else _formed(tau, rows))
            rows = np.flatnonzero(offered & without)
            skipped[name] = Skipped(
                rows,
                ["; ".join(one.reasons[i] for one in both if i in one.reasons) for i in rows.tolist()],
                [effect.formed[i] for i in rows],
                None if tau is None else [tau.formed[i] for i in rows],
            )
    return asked, skipped


def _readable(effect: Formed) -> Formed:
    """Return a prior of mu with the reason why no engine reads it, where that is so."""
    reasons = dict(effect.reasons)
    for i, one in enumerate(effect.formed):
        if one is not None and not is_mixture_of_normals(one.univariate):
            reasons[i] = NO_SPIKE if one.univariate.spike else NOT_NORMAL
    return replace(effect, reasons=reasons)


def _formed(prior: Formed, rows: IntArray) -> list[FormedPrior]:
    return [one for i in rows if (one := prior.formed[i]) is not None]


def _ordinarily(whole: _Block, part: IntArray, asked: dict[PairName, Asked], solved: dict[PairName, Solved]) -> None:
    """Replace what the vectorised engines cannot read, or left too rough, by the ordinary quadrature."""
    measure = whole.block.frame["measure"].to_numpy()
    for position, i in enumerate(part):
        rows = whole.members.rows[i]
        form, difference = whole.evidence.form[rows], measure[rows[0]] == "risk_difference"
        near = np.abs(whole.y[rows]) + ENDS * whole.s[rows] >= 1
        unread = (form == "events").any() or (difference and ((form == "counts") | near).any())
        for name, one in solved.items():
            inside = int(np.searchsorted(one.pair.rows, position))
            if inside < len(one.pair.rows) and one.pair.rows[inside] == position:
                if unread or one.numbers.error[inside] > LIMIT:
                    found = asked[name].ordinarily(whole.evidence, rows, inside, whole.priors)
                    one.numbers.put(np.array([inside]), found)
