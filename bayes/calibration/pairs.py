"""Pairs of an early and a later trial of the same question: reading and checking a table of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayes.base import measures
from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.evidence import LARGEST, Evidence, Flags, evidence_of
from bayes.corpus.reading import COUNTS, NUMBERS, TEXT, meant
from bayes.corpus.summary.sheets import YEARS
from bayes.corpus.tabulated import RATIOS
from bayes.errors import InvalidInput

REQUIRED = ("group", "y_later", "se_later")
EARLY = ("y", "se")
OWN = (*REQUIRED, *EARLY)  # columns that a corpus does not know
KNOWN = (*OWN, *TEXT, *NUMBERS)
MEASURE, BENEFIT = "odds_ratio", "higher"  # of a table that states neither


@dataclass(frozen=True)
class Pairs:
    """An early trial's report and a later trial's estimate, a pair a row.

    Attributes
    ----------
    evidence : Evidence
        The early reports, as those of a corpus.
    group : ndarray of str, shape (rows,)
        What is resampled together, such as the review.
    y_later, se_later : ndarray, shape (rows,)
        The later estimate and its standard error, on the analysis scale.
    name : str, optional
        That of the file.
    """

    evidence: Evidence
    group: NDArray[np.object_]
    y_later: FloatArray
    se_later: FloatArray
    name: str | None = None

    def __len__(self) -> int:
        return len(self.group)

    @property
    def usable(self) -> IntArray:
        """The rows that can be used, in order."""
        return np.flatnonzero(self.evidence.usable)

    def column(self, name: str) -> NDArray[np.object_]:
        """Return a column of texts; None where the table does not state it."""
        frame = self.evidence.frame
        found = frame[name].astype(object).where(frame[name].notna(), None) if name in frame else [None] * len(self)
        return np.array(list(found), dtype=object)

    def number(self, name: str) -> FloatArray:
        """Return a column of numbers; NaN where the table does not state it."""
        frame = self.evidence.frame
        if name not in frame:
            return np.full(len(self), np.nan)
        return pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)

    @property
    def year(self) -> FloatArray:
        """The year of the early trial; NaN where it is not stated, or a slip."""
        found = self.number("year")
        return np.where((found >= YEARS[0]) & (found <= YEARS[1]), found, np.nan)

    def rejected(self) -> pd.DataFrame:
        """Return the rows that cannot be used, counted from one, and why."""
        said = sorted(self.evidence.reasons.said.items())
        rows = [
            {"row": row + 1, "group": self.group[row], "reason": "; ".join(dict.fromkeys(why))} for row, why in said
        ]
        return pd.DataFrame(rows, columns=["row", "group", "reason"])


def read_pairs(pairs: str | os.PathLike[str] | pd.DataFrame) -> Pairs:
    """Read a table of pairs.

    Parameters
    ----------
    pairs : str, path or DataFrame
        CSV (also gzipped) or Parquet, with the columns `group`, `y_later`, `se_later` and, of the early trial, `y` and
        `se` or `events_t, n_t, events_c, n_c`; estimates and standard errors on the analysis scale (log ratios, or
        differences). Optional: `measure` (by default odds_ratio), `benefit` (by default higher; scores of direction do
        not depend on it), `mcid`, `sd_ref`, `year`, `field`, `outcome_class`, `comparison`. Counts of an odds ratio
        or risk ratio are read by their exact likelihood, in place of `y` and `se`.

    Returns
    -------
    Pairs

    Raises
    ------
    InvalidInput
        If the file cannot be read or lacks a column; rows with mistakes are listed by `Pairs.rejected`.
    """
    path = None if isinstance(pairs, pd.DataFrame) else Path(pairs)
    frame = pairs if isinstance(pairs, pd.DataFrame) else _read(Path(pairs))
    columns = [str(column) for column in frame]
    missing = [f"column {column!r} is missing{meant([column], columns, KNOWN)}; required: {', '.join(REQUIRED)}"
               for column in REQUIRED if column not in columns]  # fmt: skip
    if not any(set(early) <= set(columns) for early in (EARLY, COUNTS)):
        lacking = [column for column in (*EARLY, *COUNTS) if column not in columns]
        found = meant(lacking, columns, KNOWN)
        missing.append(f"no columns of the early trial{found}; accepted: y, se, or {', '.join(COUNTS)}")
    if repeated := sorted({str(column) for column in frame.columns[frame.columns.duplicated()]}):
        missing.append(f"columns repeat: {', '.join(repeated)}")
    if missing:
        raise InvalidInput("pairs" if path is None else str(path), missing)
    frame = frame.reset_index(drop=True)
    numbers = {column: pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float) for column in OWN[1:]
               if column in frame}  # fmt: skip
    early = _early(frame, numbers)
    evidence = evidence_of(early)
    later, error = numbers["y_later"], numbers["se_later"]
    for column, wrong, accepted in (
        ("group", frame["group"].isna().to_numpy(), "a name"),
        ("y_later", ~(np.abs(later) <= LARGEST), f"a number of magnitude up to {LARGEST:g}"),
        ("se_later", ~((error > 0) & (error <= LARGEST)), f"a number above zero and up to {LARGEST:g}"),
    ):
        evidence.reasons.add(wrong, f"{column}: accepted: {accepted}")
    evidence.form[evidence.reasons.rows] = ""
    group = frame["group"].astype(object).where(frame["group"].notna(), None).map(lambda value: value and str(value))
    return Pairs(evidence, group.to_numpy(dtype=object), later, error, None if path is None else path.name)


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, low_memory=False)
    except (OSError, ValueError, UnicodeError) as error:
        raise InvalidInput(str(path), [f"cannot be read: {str(error).splitlines()[0]}"]) from None


def _early(frame: pd.DataFrame, numbers: dict[str, FloatArray]) -> pd.DataFrame:
    """Return the early reports as rows of a corpus: an estimate there is on the measure's own scale."""
    known = [name for name in frame if name in (*TEXT, *NUMBERS) and name not in ("estimate", "se")]
    early = frame[known].copy()
    for name, value in (("measure", MEASURE), ("benefit", BENEFIT)):
        early[name] = early[name].fillna(value).astype(object) if name in early else value
    if set(EARLY) <= set(numbers):
        log: Flags = np.isin(early["measure"].to_numpy().astype(str), measures.LOG_MEASURES)
        with np.errstate(over="ignore"):
            early["estimate"] = np.where(log, np.exp(numbers["y"]), numbers["y"])
        early["se"] = numbers["se"]
        if set(COUNTS) <= set(early):  # the exact likelihood of counts is that of a ratio; others keep their estimates
            stated = np.isfinite(numbers["y"]) & np.isfinite(numbers["se"])
            other = stated & ~np.isin(early["measure"].to_numpy().astype(str), RATIOS)
            for name in COUNTS:
                early[name] = early[name].where(~other)
    return early
