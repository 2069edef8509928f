"""The stored answers of a corpus, a row group at a time: a row per result or analysis, a column per pair of priors.

Only the columns that the summary needs are read. A row group holds all answers to its results or analyses, because
every block is written as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.holdings import Holdings
from bayes.corpus.reading import Kind
from bayes.corpus.summary.concluding import conclusions
from bayes.errors import InvalidInput

MAIN: dict[Kind, str] = {"results": "effect", "analyses": "mu"}
NEW_TRIAL = "new_trial"
NUMBERS = ("p_benefit", "p_harm", "mean", "sd", "ci_low", "ci_high")
NEEDED = ("source", "row", "parameter", "prior", "status", *NUMBERS)
MORE_NUMBERS = ("normal_p_benefit", "null", "trials", "year")
WORDS = ("source", "parameter", "prior", "heterogeneity", "status", "scale", "benefit")
GROUPS = ("field", "outcome_class", "measure")
HEADLINE = "headline"
PERIOD = 5  # years
YEARS = (1900, 2100)  # anything else is a slip, and no year
type Objects = NDArray[np.object_]
type Flags = NDArray[np.bool_]


class Under(NamedTuple):
    """The names of a prior of the effect or of mu, and of one of tau; None for a single result or a common effect."""

    prior: str
    heterogeneity: str | None


@dataclass(frozen=True)
class Answered:
    """One parameter of every posterior of a sheet, NaN where it has no answer.

    Attributes
    ----------
    p_benefit, p_harm, mean, sd, width, normal_p_benefit : ndarray, shape (subjects, pairs)
        On the analysis scale; `width` is that of the credible interval.
    """

    p_benefit: FloatArray
    p_harm: FloatArray
    mean: FloatArray
    sd: FloatArray
    width: FloatArray
    normal_p_benefit: FloatArray

    @cached_property
    def conclusions(self) -> IntArray:
        """The place of each conclusion, shape (subjects, pairs)."""
        return conclusions(self.p_benefit, self.p_harm)

    @cached_property
    def normal_conclusions(self) -> IntArray:
        """Those by the normal approximation; missing where there is none, or the prior has mass at no effect."""
        whole = np.abs(self.p_benefit + self.p_harm - 1) < 1e-6
        approximate = np.where(whole, self.normal_p_benefit, np.nan)
        return conclusions(approximate, 1 - approximate)


@dataclass(frozen=True)
class Sheet:
    """The answers of one row group.

    Attributes
    ----------
    main : Answered
        The effect, or mu.
    new_trial : Answered or None
    skipped : ndarray of int, shape (pairs,)
        Posteriors without an answer: the prior cannot be formed or read, or none or all of both arms had the event.
    null : ndarray, shape (subjects,)
        No effect, analysis scale.
    sign : ndarray, shape (subjects,)
        1 where a higher effect is good for the patient, else -1.
    ratio : ndarray of bool, shape (subjects,)
        Whether the analysis scale is logarithmic.
    trials : ndarray, shape (subjects,)
        Studies; NaN for a single result.
    groups : dict of str to ndarray of object, shape (subjects,)
        Field, class of the outcome, measure and period; None where not stated.
    """

    main: Answered
    new_trial: Answered | None
    skipped: IntArray
    null: FloatArray
    sign: FloatArray
    ratio: Flags
    trials: FloatArray
    groups: dict[str, Objects]


@dataclass(frozen=True)
class Stored:
    """The main file of a corpus.

    Attributes
    ----------
    holdings : Holdings
    file : ParquetFile
    """

    holdings: Holdings
    file: pq.ParquetFile

    @classmethod
    def of(cls, holdings: Holdings) -> Stored:
        """Open the file.

        Raises
        ------
        InvalidInput
            If it lacks a column without which nothing can be summarised.
        """
        there = pq.read_schema(holdings.path).names
        file = pq.ParquetFile(holdings.path, read_dictionary=[name for name in (*WORDS, *GROUPS) if name in there])
        lacking = [name for name in NEEDED if name not in there]
        if lacking:
            raise InvalidInput(str(holdings.path), [f"no column {', '.join(lacking)}; `bayes regenerate` writes it"])
        return cls(holdings, file)

    @cached_property
    def unders(self) -> tuple[Under, ...]:
        """Every pair of priors, in the order of the file."""
        return tuple(self._answered)

    @property
    def answered(self) -> tuple[Under, ...]:
        """The pairs of priors that have an answer; others are skipped wherever they are asked for."""
        return tuple(under for under, known in self._answered.items() if known)

    @cached_property
    def _answered(self) -> dict[Under, bool]:
        found: dict[Under, bool] = {}
        for table in self._tables(("prior", "heterogeneity", "status")):
            priors, of_tau = _words(table, "prior"), _words(table, "heterogeneity")
            ok = _words(table, "status").where("ok")
            _, first = np.unique(np.stack([priors.codes, of_tau.codes, ok]), axis=1, return_index=True)
            for place in np.sort(first):
                under = Under(str(priors.at(place)), of_tau.at(place))
                found[under] = found.get(under, False) or bool(ok[place])
        return found

    def sheets(self) -> Iterator[Sheet]:
        """Yield the answers, a row group at a time."""
        for table in self._tables((*NEEDED, *MORE_NUMBERS, *WORDS, *GROUPS, HEADLINE)):
            yield _sheet(table, self.unders, MAIN[self.holdings.kind])

    def _tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        there = [name for name in dict.fromkeys(columns) if name in self.file.schema_arrow.names]
        for group in range(self.file.num_row_groups):
            yield self.file.read_row_group(group, columns=there)


class Words(NamedTuple):
    """A column of words as codes, -1 where missing."""

    codes: IntArray
    values: list[str]

    def at(self, place: int) -> str | None:
        """Return the word of a row."""
        code = self.codes[place]
        return None if code < 0 else self.values[code]

    def where(self, word: str) -> Flags:
        """Return which rows have a word."""
        return np.equal(self.codes, self.values.index(word) if word in self.values else len(self.values))


def _words(table: pa.Table, name: str) -> Words:
    if name not in table.column_names:
        return Words(np.full(table.num_rows, -1), [])
    column = table[name].combine_chunks()
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return Words(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), coded.dictionary.to_pylist())


def _numbers(table: pa.Table, name: str) -> FloatArray:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return np.asarray(table[name].to_numpy(), dtype=float)


def _headlined(table: pa.Table) -> Flags:
    """Return which rows give P(benefit): all but those whose `headline` is false."""
    if HEADLINE not in table.column_names:
        return np.full(table.num_rows, True)
    found: Flags = table[HEADLINE].combine_chunks().fill_null(True).to_numpy(zero_copy_only=False)
    return found


def _sheet(table: pa.Table, unders: Sequence[Under], main: str) -> Sheet:
    source, prior, of_tau = _words(table, "source"), _words(table, "prior"), _words(table, "heterogeneity")
    place = (source.codes.astype(np.int64) << 40) + table["row"].to_numpy()
    _, first, subject = np.unique(place, return_index=True, return_inverse=True)
    pair = np.full(table.num_rows, -1)
    for number, under in enumerate(unders):
        same_tau = of_tau.codes == -1 if under.heterogeneity is None else of_tau.where(under.heterogeneity)
        pair[prior.where(under.prior) & same_tau] = number
    parameter, ok = _words(table, "parameter"), _words(table, "status").where("ok") & _headlined(table)
    shape = (len(first), len(unders))

    def answered(name: str) -> Answered | None:
        rows = np.flatnonzero(parameter.where(name) & ok)
        if not len(rows) and name != main:
            return None

        def spread(values: FloatArray) -> FloatArray:
            found = np.full(shape, np.nan)
            found[subject[rows], pair[rows]] = values[rows]
            return found

        p, harm, mean, sd, low, high = (spread(_numbers(table, column)) for column in NUMBERS)
        return Answered(p, harm, mean, sd, high - low, spread(_numbers(table, "normal_p_benefit")))

    effect = answered(main)
    if effect is None:
        raise LookupError(main)
    own = np.zeros(len(first), dtype=np.int64)
    own[subject[parameter.where(main)]] = np.flatnonzero(parameter.where(main))
    ratio = _words(table, "scale").where("log")[own]
    null = _numbers(table, "null")[own]
    with np.errstate(divide="ignore", invalid="ignore"):
        null = np.where(ratio, np.log(null), null)
    groups = {name: _objects(_words(table, name), own) for name in GROUPS}
    groups["period"] = _periods(_numbers(table, "year")[own])
    return Sheet(
        main=effect,
        new_trial=answered(NEW_TRIAL),
        skipped=np.bincount(pair[parameter.where(main) & ~ok], minlength=len(unders)),
        null=null,
        sign=np.where(_words(table, "benefit").where("lower")[own], -1.0, 1.0),
        ratio=ratio,
        trials=_numbers(table, "trials")[own],
        groups=groups,
    )


def _objects(words: Words, rows: IntArray) -> Objects:
    values = np.array([*words.values, None], dtype=object)
    return values[words.codes[rows]]


def _periods(years: FloatArray) -> Objects:
    """Return the five years in which each year lies, such as "2000-2004"; None for what cannot be a year."""
    known = (years >= YEARS[0]) & (years < YEARS[1])
    begin = (np.where(known, years, 0) // PERIOD * PERIOD).astype(int)
    found = np.array([f"{year}-{year + PERIOD - 1}" for year in begin], dtype=object)
    found[~known] = None
    return found
