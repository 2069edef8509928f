"""The summary of a corpus: how often conclusions change with the prior, and by how much effects shrink.

It is counted from the Parquet files of a results folder in one pass over their row groups.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq

from bayes.analysis.plan import after_the_main
from bayes.base.tables import Rows, Tabular
from bayes.corpus.holdings import Holdings, holdings
from bayes.corpus.summary import tabulating
from bayes.corpus.summary.counting import Comparison, Counts
from bayes.corpus.summary.sheets import Stored, Under
from bayes.corpus.summary.tables import (
    BesideRow,
    ChangeRow,
    CorpusRow,
    DistributionRow,
    GroupRow,
    PriorRow,
    ShrinkageRow,
    TransitionRow,
)
from bayes.corpus.summary.tallies import PROBABILITIES, Tally
from bayes.errors import InvalidInput, UnknownName

REFERENCE = "vague"  # closest to what the paper itself concludes
STUDIES = "studies.parquet"


@dataclass(frozen=True, repr=False)
class CorpusSummary(Tabular):
    """The answers of a corpus, counted.

    Attributes
    ----------
    holdings : Holdings
    corpus : CorpusRow
    priors, changes, transitions, shrinkage, groups, distribution, beside
        The rows of each table.
    """

    holdings: Holdings
    corpus: CorpusRow
    priors: Sequence[PriorRow]
    changes: Sequence[ChangeRow]
    transitions: Sequence[TransitionRow]
    shrinkage: Sequence[ShrinkageRow]
    groups: Sequence[GroupRow]
    distribution: Sequence[DistributionRow]
    beside: Sequence[BesideRow]

    def tables(self) -> Mapping[str, Rows]:
        """Return every table; the main one has a row per parameter and pair of priors."""
        return {
            "priors": self.priors,
            "changes": self.changes,
            "transitions": self.transitions,
            "shrinkage": self.shrinkage,
            "groups": self.groups,
            "distribution": self.distribution,
            "beside": self.beside,
            "corpus": [self.corpus],
        }

    @property
    def main(self) -> str:
        """The parameter whose conclusions are counted: effect or mu."""
        return self.priors[0]["parameter"]

    def __str__(self) -> str:
        row = self.corpus
        what = "results" if row["kind"] == "results" else "meta-analyses"
        return f"{row['subjects']:,} {what}, {row['answers']:,} rows; reference prior {row['reference']}"

    __repr__ = __str__


def summarise(results_folder: str | os.PathLike[str] = "results", *, reference: str | None = None) -> CorpusSummary:
    """Summarise the answers of a corpus.

    Parameters
    ----------
    results_folder : str or path
        A folder in which `bayes regenerate` has finished a corpus.
    reference : str, optional
        The prior with which the others are compared; vague if it is among them, else the first.

    Returns
    -------
    CorpusSummary

    Raises
    ------
    InvalidInput
        If the folder holds no corpus, or its file lacks a column or has no rows.
    UnknownName
        If no answer is under the reference prior.
    """
    found = holdings(results_folder)
    if found is None:
        raise InvalidInput(str(results_folder), ["no corpus.parquet or analyses.parquet; accepted: a results folder of "
                                                 "`bayes regenerate CORPUS.csv|.parquet`"])  # fmt: skip
    stored = Stored.of(found)
    if not stored.unders:
        raise InvalidInput(str(found.path), ["it has no rows: every row of the corpus was rejected"])
    chosen = _reference(stored, reference)
    main = _main_heterogeneity(stored.answered, chosen)
    references = _references(stored.unders, chosen)
    counts = Counts(stored.unders, references, list(_comparisons(stored.unders, references, main)))
    for sheet in stored.sheets():
        counts.add(sheet)
    audit = found.audit
    row: CorpusRow = {
        "kind": found.kind,
        "subjects": counts.subjects,
        "answers": found.rows[found.path.name],
        "rejected": found.rejected,
        "audited": None if audit is None else audit.posteriors,
        "not_vouched_for": None if audit is None else audit.failed,
        "reference": chosen,
        "heterogeneity": main,
    }
    return CorpusSummary(
        holdings=found,
        corpus=row,
        priors=list(tabulating.priors(counts, found.kind)),
        changes=list(tabulating.changes(counts)),
        transitions=list(tabulating.transitions(counts)),
        shrinkage=list(tabulating.shrinkage(counts, _studies(found, stored.unders))),
        groups=list(tabulating.groups(counts)),
        distribution=list(tabulating.distribution(counts, found.kind)),
        beside=list(tabulating.beside(counts)),
    )


def _reference(stored: Stored, asked: str | None) -> str:
    names = list(dict.fromkeys(under.prior for under in stored.unders))
    if asked is None:
        answered = [under.prior for under in stored.answered] or names  # a prior without an answer compares nothing
        return REFERENCE if REFERENCE in answered else answered[0]
    if asked not in names:
        raise UnknownName("prior of this corpus", asked, names)
    return asked


def _main_heterogeneity(unders: Sequence[Under], reference: str) -> str | None:
    """Return the prior of tau of the main answers under the reference: the default, or else the first."""
    names = [under.heterogeneity for under in unders if under.prior == reference and under.heterogeneity is not None]
    return min(names, key=lambda name: after_the_main(reference, name), default=None)


def _references(unders: Sequence[Under], reference: str) -> list[int | None]:
    place = {under: number for number, under in enumerate(unders)}
    return [place.get(Under(reference, under.heterogeneity)) for under in unders]


def _comparisons(unders: Sequence[Under], references: Sequence[int | None], main: str | None) -> Iterator[Comparison]:
    place = {under: number for number, under in enumerate(unders)}
    for number, reference in enumerate(references):
        if reference is not None and reference != number:
            yield Comparison("prior", reference, number)
    for under, number in place.items():
        before = place.get(Under(under.prior, main))
        if before is None or before == number:
            continue
        yield Comparison("common effect" if under.heterogeneity is None else "heterogeneity", before, number)
    for number in place.values():
        yield Comparison("normal approximation", number, number)


def _studies(found: Holdings, unders: Sequence[Under]) -> Mapping[Under, Tally]:
    """Return the weights of mu in the effects of studies, for every pair of priors that has them."""
    tallies = {under: Tally(PROBABILITIES) for under in unders}
    if STUDIES not in found.rows:
        return tallies
    file = pq.ParquetFile(found.folder / STUDIES)
    for group in range(file.num_row_groups):
        frame = file.read_row_group(group, columns=["prior", "heterogeneity", "shrinkage"]).to_pandas()
        for (prior, of_tau), part in frame.groupby(["prior", "heterogeneity"], sort=False):
            tallies[Under(prior, of_tau)].add(np.asarray(part["shrinkage"], dtype=float))
    return tallies
