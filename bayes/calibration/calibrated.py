"""The result of a calibration: its facts and its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bayes.base.tables import Rows, Tabular
from bayes.calibration.tables import (
    CurveRow,
    FactsRow,
    GainRow,
    LevelRow,
    LikelihoodRow,
    PitRow,
    PriorRow,
    RejectedRow,
    ScoresRow,
    SkippedRow,
    SplitRow,
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Calibration(Tabular):
    """How the predictions of a prior set fared.

    Attributes
    ----------
    facts : FactsRow
        What was compared, and how.
    scores, gains, likelihoods, splits, curves, levels, pits, skipped, rejected, priors
        The rows of each table.
    """

    facts: FactsRow
    scores: Sequence[ScoresRow]
    gains: Sequence[GainRow]
    likelihoods: Sequence[LikelihoodRow]
    splits: Sequence[SplitRow]
    curves: Sequence[CurveRow]
    levels: Sequence[LevelRow]
    pits: Sequence[PitRow]
    skipped: Sequence[SkippedRow]
    rejected: Sequence[RejectedRow]
    priors: Sequence[PriorRow]

    def tables(self) -> Mapping[str, Rows]:
        """Return every table; the main one has a row per prior of effects and of heterogeneity."""
        return {name: getattr(self, name) for name in ROWS} | {"facts": [self.facts]}

    @property
    def predicted(self) -> list[ScoresRow]:
        """The scores of the pairs of priors that predict anything."""
        return [row for row in self.scores if row["n"]]

    @property
    def best(self) -> ScoresRow | None:
        """The scores with the highest log density of those on the most pairs; None if nothing is predicted."""
        most = max((row["n"] for row in self.predicted), default=0)
        of_most = [row for row in self.predicted if row["n"] == most and row["log_density"] is not None]
        return max(of_most, key=lambda row: row["log_density"] or 0.0, default=None)

    def __str__(self) -> str:
        facts = self.facts
        lost = f"; {several(len(self.rejected), 'row')} could not be used" if self.rejected else ""
        pairs, groups = several(facts["pairs"], "pair"), several(facts["groups"], "group")
        return f"{pairs} of {groups} under the prior set {facts['prior_set']}{lost}"

    __repr__ = __str__


ROWS: Mapping[str, type] = {
    "scores": ScoresRow,
    "gains": GainRow,
    "likelihoods": LikelihoodRow,
    "splits": SplitRow,
    "curves": CurveRow,
    "levels": LevelRow,
    "pits": PitRow,
    "skipped": SkippedRow,
    "rejected": RejectedRow,
    "priors": PriorRow,
}


def several(number: int, name: str) -> str:
    """Return a number with the name of what is counted, in the plural unless there is one."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"
