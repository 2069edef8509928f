"""Calibrate: hold what early trials predicted against what later ones found."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bayes.base.tables import Rows, Tabular
from bayes.calibration import tabulating
from bayes.calibration.pairs import Pairs, read_pairs
from bayes.calibration.predicting import Under, pairs_of, predict
from bayes.calibration.scores import Outcomes, Resampling
from bayes.calibration.tables import (
    CurveRow,
    GainRow,
    LevelRow,
    LikelihoodRow,
    PitRow,
    ScoresRow,
    SkippedRow,
    SplitRow,
)  # fmt: skip
from bayes.calibration.tabulating import NO_TAU, Scored
from bayes.corpus.answers import MCID, Thresholds
from bayes.corpus.endpoints import tell
from bayes.errors import InvalidInput, UnknownName
from bayes.priors.sets import SomePriorSet, as_set

SAMPLES, SEED = 1000, 20261130


@dataclass(frozen=True, repr=False)
class Calibration(Tabular):
    """How the predictions of a prior set fared.

    Attributes
    ----------
    prior_set : str
        Its id.
    pairs, groups, rejected : int
        Pairs that could be used, their groups, and rows that could not.
    reference : str
        The pair of priors with which the others are compared.
    scores, gains, likelihoods, splits, curves, levels, pits, skipped
        The rows of each table.
    """

    prior_set: str
    pairs: int
    groups: int
    rejected: int
    reference: str
    scores: Sequence[ScoresRow]
    gains: Sequence[GainRow]
    likelihoods: Sequence[LikelihoodRow]
    splits: Sequence[SplitRow]
    curves: Sequence[CurveRow]
    levels: Sequence[LevelRow]
    pits: Sequence[PitRow]
    skipped: Sequence[SkippedRow]

    def tables(self) -> Mapping[str, Rows]:
        """Return every table; the main one has a row per prior of effects and of heterogeneity."""
        return {
            "scores": self.scores,
            "gains": self.gains,
            "likelihoods": self.likelihoods,
            "splits": self.splits,
            "curves": self.curves,
            "levels": self.levels,
            "pits": self.pits,
            "skipped": self.skipped,
        }

    def __str__(self) -> str:
        lost = f"; {self.rejected:,} rows could not be used" if self.rejected else ""
        return f"{self.pairs:,} pairs of {self.groups:,} groups under the prior set {self.prior_set}{lost}"

    __repr__ = __str__


def calibrate(
    pairs: str | os.PathLike[str] | pd.DataFrame | Pairs,
    prior_set: SomePriorSet = "default",
    *,
    reference: str | None = None,
    samples: int = SAMPLES,
    seed: int = SEED,
    jobs: int | None = None,
) -> Calibration:
    """Hold what the posteriors of early trials predicted against what later trials of the same questions found.

    Every early trial is analysed under every prior of effects of a set, without heterogeneity and with every prior of
    tau; the prediction is of the later trial's estimate, given its standard error.

    Parameters
    ----------
    pairs : str, path, DataFrame or Pairs
        As `read_pairs` takes them.
    prior_set : str, path or PriorSet
    reference : str, optional
        "prior" or "prior,heterogeneity" with which the others are compared; the first pair of the set by default.
    samples : int
        Bootstrap samples of groups.
    seed : int
        Of the bootstrap.
    jobs : int, optional
        Processes; as many as there are cores by default.

    Returns
    -------
    Calibration

    Raises
    ------
    InvalidInput
        If the table cannot be read, or no row of it can be used.
    UnknownName
        If the reference is not a pair of the set.
    """
    priors = as_set(prior_set)
    known = pairs_of(priors)
    if not known:
        raise InvalidInput(priors.id, ["the set has no priors of effects"])
    chosen = _reference(known, reference)
    table = pairs if isinstance(pairs, Pairs) else read_pairs(pairs)
    predicted = predict(table, priors, jobs or os.cpu_count() or 1)
    usable = table.usable
    if not len(usable):
        first = table.rejected()["reason"]
        said = f"the first: {first.iloc[0]}" if len(first) else "it has none"
        raise InvalidInput(table.name or "pairs", [f"no row can be used; {said}"])
    over = Resampling.of(table.group, usable, samples, seed)
    found = Scored(table, predicted, _outcomes(table), over)
    return Calibration(
        prior_set=priors.id,
        pairs=len(usable),
        groups=len(set(table.group[usable])),
        rejected=len(table) - len(usable),
        reference=f"{chosen.prior}, {chosen.heterogeneity or NO_TAU}",
        scores=list(tabulating.scores(found)),
        gains=list(tabulating.gains(found, chosen)),
        likelihoods=list(tabulating.likelihoods(found)),
        splits=list(tabulating.splits(found)),
        curves=list(tabulating.curves(found)),
        levels=list(tabulating.levels(found)),
        pits=list(tabulating.pits(found)),
        skipped=list(tabulating.skipped(found)),
    )


def _reference(known: Sequence[Under], asked: str | None) -> Under:
    if asked is None:
        return known[0]
    prior, _, tau = (part.strip() for part in asked.partition(","))
    wanted = Under(prior, None if tau in ("", NO_TAU) else tau)
    if wanted not in known:
        names = [f"{under.prior},{under.heterogeneity or NO_TAU}" for under in known]
        raise UnknownName("pair of priors", asked, names)
    return wanted


def _outcomes(table: Pairs) -> Outcomes:
    """Return what the later trials found; only usable pairs have an MCID."""
    usable, mcid = table.usable, np.full(len(table), np.nan)
    thresholds = Thresholds.of(tell(table.evidence, list(usable[:, None]), set()).rows)
    at = thresholds.analysis[:, MCID]
    mcid[usable] = np.where(np.isfinite(at), thresholds.sign * (table.y_later[usable] - at) >= 0, np.nan)
    return Outcomes(table.y_later, table.se_later, mcid)


def write(found: Calibration, results_folder: str | os.PathLike[str] = "results") -> list[Path]:
    """Write the tables of a calibration.

    `calibration.csv` has the scores, `calibration_gains.csv`, `calibration_likelihoods.csv` and so on the other tables.

    Parameters
    ----------
    found : Calibration
    results_folder : str or path
        Made if it is missing.

    Returns
    -------
    list of Path
        The files, in order.
    """
    folder = Path(results_folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in found.tables().items():
        path = folder / ("calibration.csv" if name == "scores" else f"calibration_{name}.csv")
        if rows:
            found.to_frame(name).to_csv(path, index=False)
            written.append(path)
        else:
            path.unlink(missing_ok=True)
    return written
