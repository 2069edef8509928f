"""The rows of analyses.parquet and studies.parquet for some meta-analyses of a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus import summary_columns
from bayes.corpus.answers import Answers, Parameter, Thresholds, answers_of
from bayes.corpus.endpoints import Told
from bayes.corpus.engine.answering import Pair
from bayes.corpus.engine.numbers import Numbers
from bayes.corpus.engine.prior_arrays import effect_priors, tau_priors
from bayes.corpus.engine.solving import Solved
from bayes.corpus.evidence import KINDS, Evidence
from bayes.corpus.ordinary import ordinary_synthesis
from bayes.corpus.parquet import ANALYSES, STUDIES, Values, table_of
from bayes.corpus.reading import Block
from bayes.priors.effect_rules import FormedPrior
from bayes.priors.sets import PriorSet

JOINED, COMMON = "random_effects", "common_effect"
NAMES: dict[Parameter, str] = {"mu": "mu", "tau": "tau", "new": "new_trial"}
EXACTLY, NORMALLY = "quadrature over mu and tau of exact likelihoods", "quadrature over tau, closed form over mu"


@dataclass(frozen=True)
class Members:
    """The analyses of a block.

    Attributes
    ----------
    ids : list of str
    rows : list of ndarray of int
        The usable rows of each.
    first, lost : list of int
        The first row of each, and how many of its rows are rejected.
    """

    ids: list[str]
    rows: list[IntArray]
    first: list[int]
    lost: list[int]

    def at(self, which: IntArray) -> Members:
        """Return some of the analyses."""
        return Members(*([values[i] for i in which] for values in (self.ids, self.rows, self.first, self.lost)))


@dataclass(frozen=True)
class PairName:
    """The names of a prior of mu and of one of tau; None for a common effect."""

    prior: str
    heterogeneity: str | None


@dataclass(frozen=True)
class Asked:
    """A pair of priors for the analyses that have both.

    Attributes
    ----------
    rows : ndarray of int
    effect : sequence of FormedPrior
    tau : sequence of FormedPrior or None
        None for a common effect.
    """

    rows: IntArray
    effect: Sequence[FormedPrior]
    tau: Sequence[FormedPrior] | None

    @cached_property
    def pair(self) -> Pair:
        """The priors as arrays."""
        tau = None if self.tau is None else tau_priors([one.univariate for one in self.tau])
        return Pair(self.rows, effect_priors([one.univariate for one in self.effect]), tau)

    def ordinarily(self, evidence: Evidence, rows: IntArray, at: int, priors: PriorSet) -> Numbers:
        """Return the numbers of one analysis by the ordinary quadrature."""
        tau = None if self.tau is None else self.tau[at].univariate
        return ordinary_synthesis(evidence, rows, self.effect[at].univariate, tau, priors)


@dataclass(frozen=True)
class Skipped:
    """The analyses that go without a pair of priors.

    Attributes
    ----------
    rows : ndarray of int
    reasons : sequence of str
    effect : sequence of FormedPrior or None
        None where it is not formed.
    tau : sequence of FormedPrior or None
        None for a common effect.
    """

    rows: IntArray
    reasons: Sequence[str]
    effect: Sequence[FormedPrior | None]
    tau: Sequence[FormedPrior | None] | None


@dataclass(frozen=True)
class Part:
    """Some analyses of a block."""

    block: Block
    evidence: Evidence
    members: Members
    told: Told

    @cached_property
    def thresholds(self) -> Thresholds:
        return Thresholds.of(self.told.rows)

    @property
    def stated(self) -> dict[str, list[object]]:
        """The columns that each analysis states once."""
        frame, first = self.block.frame, [int(rows[0]) for rows in self.members.rows]
        found: dict[str, list[object]] = {
            name: [frame[name].iloc[row] for row in first] if name in frame else [None] * len(first)
            for name in ("field", "outcome_class", "comparison")
        }
        year = _numbers(frame, "year")
        latest = [year[rows].max() if np.isfinite(year[rows]).any() else np.nan for rows in self.members.rows]
        found["year"] = [None if value != value else float(value) for value in latest]
        forms = self.evidence.form
        found["evidence"] = [
            ", ".join(dict.fromkeys(KINDS[form] for form in forms[rows])) for rows in self.members.rows
        ]
        return found


def analysis_table(
    part: Part, asked: Mapping[PairName, Asked], solved: Mapping[PairName, Solved], skipped: Mapping[PairName, Skipped]
) -> pa.Table:
    """Return a row per analysis, pair of priors and parameter, and one where an analysis goes without a pair.

    Parameters
    ----------
    part : Part
    asked, solved : mapping
        The pairs that an analysis has.
    skipped : mapping
        Every pair, in the order of the set.
    """
    tables, order = [], []
    for place, (name, without) in enumerate(skipped.items()):
        if len(without.rows):
            tables.append(_skipped_rows(part, name, without))
            order += [(row, place, 0) for row in without.rows.tolist()]
        if (one := solved.get(name)) is None:
            continue
        parameters: tuple[Parameter, ...] = ("mu",) if name.heterogeneity is None else ("mu", "tau", "new")
        for number, parameter in enumerate(parameters):
            tables.append(_rows(part, name, asked[name], one, parameter))
            order += [(row, place, number) for row in one.pair.rows.tolist()]
    if not tables:
        return table_of(ANALYSES, 0, {})
    wanted = np.array(sorted(range(len(order)), key=order.__getitem__))
    return pa.concat_tables(tables).take(pa.array(wanted))


def _rows(part: Part, name: PairName, asked: Asked, one: Solved, parameter: Parameter) -> pa.Table:
    rows = one.pair.rows
    thresholds, told = part.thresholds.at(rows), [part.told.rows[i] for i in rows]
    answers = _existing(answers_of(one.numbers, parameter, thresholds), one.pair, part, parameter)
    columns = summary_columns.of_answers(answers, told, thresholds, parameter, one.pair.effect.sds)
    columns |= _named(part, name, rows, asked.effect, asked.tau) | {
        "parameter": NAMES[parameter],
        "exact_method": [EXACTLY if exact else NORMALLY for exact in one.numbers.exact],
        "status": "ok",
    }
    _add_lost(columns, part, rows)
    if parameter != "tau":
        normal = answers_of(one.normal, parameter, thresholds)
        for key, values in (("mean", normal.mean), ("sd", normal.sd), ("p_benefit", normal.p_benefit)):
            columns[f"normal_{key}"] = np.where(one.numbers.exact, values, np.nan)
    return table_of(ANALYSES, len(rows), columns)


def _skipped_rows(part: Part, name: PairName, without: Skipped) -> pa.Table:
    """Return a row per analysis that goes without a pair, as single results have it: of mu, without numbers."""
    rows = without.rows
    thresholds, told = part.thresholds.at(rows), [part.told.rows[i] for i in rows]
    nothing = Answers.empty(len(rows))
    columns = summary_columns.of_answers(nothing, told, thresholds, "mu", np.full(len(rows), np.inf))
    columns |= _named(part, name, rows, without.effect, without.tau)
    columns |= {"parameter": NAMES["mu"], "status": "skipped", "reason": list(without.reasons)}
    _add_lost(columns, part, rows)
    return table_of(ANALYSES, len(rows), columns)


def _named(
    part: Part,
    name: PairName,
    rows: IntArray,
    effect: Sequence[FormedPrior | None],
    tau: Sequence[FormedPrior | None] | None,
) -> dict[str, Values]:
    """Return the columns that say which posteriors the rows are of."""
    stated: dict[str, Values] = {key: [values[i] for i in rows] for key, values in part.stated.items()}
    ids = [part.members.ids[i] for i in rows]
    model = COMMON if name.heterogeneity is None else JOINED
    of_tau = [None] * len(rows) if tau is None else tau
    return stated | {
        "analysis": ids,
        "trial": ids,
        "outcome": "",
        "label": ids,
        "model": model,
        "prior": name.prior,
        "prior_distribution": [None if f is None else str(f.distribution) for f in effect],
        "prior_basis": [None if f is None else f.basis for f in effect],
        "heterogeneity": name.heterogeneity,
        "heterogeneity_distribution": [None if f is None else str(f.distribution) for f in of_tau],
        "heterogeneity_basis": [None if f is None else f.basis for f in of_tau],
        "key": [f"{i}--{'.'.join(filter(None, (model, name.heterogeneity)))}--{name.prior}" for i in ids],
        "source": part.block.source,
        "row": np.array([part.members.first[i] for i in rows]) + part.block.first,
        "trials": [len(part.members.rows[i]) for i in rows],
    }


def _add_lost(columns: dict[str, Values], part: Part, rows: IntArray) -> None:
    """Add to the notes how many rows of an analysis could not be used."""
    lost = [part.members.lost[i] for i in rows]
    notes = columns.get("note") or [None] * len(rows)
    columns["note"] = [_note(words, n) for words, n in zip(notes, lost, strict=True)]  # type: ignore[arg-type]


def _note(words: str | None, lost: int) -> str | None:
    said = f"{lost} of its rows could not be used" if lost else None
    return "; ".join(filter(None, (words, said))) or None


def _existing(answers: Answers, pair: Pair, part: Part, parameter: Parameter) -> Answers:
    """Return the answers without moments that do not exist: those of tau and a new trial under heavy tails.

    Every trial's likelihood adds one to the order of tau's moments, as in `posterior.cross_check`.
    """
    if pair.tau is not None and parameter != "mu":
        order = pair.tau.heaviest_df + np.array([len(part.members.rows[i]) for i in pair.rows])
        if parameter == "tau":
            answers.mean[order <= 1] = np.nan
        answers.sd[order <= 2] = np.nan
    return answers


def study_table(part: Part, solved: Mapping[PairName, Solved], y: FloatArray, s: FloatArray) -> pa.Table:
    """Return a row per study and pair of priors with heterogeneity."""
    frame, year = part.block.frame, _numbers(part.block.frame, "year")
    names = frame["study"].to_numpy()
    tables = []
    for name, one in solved.items():
        if name.heterogeneity is None:
            continue
        rows = [part.members.rows[i] for i in one.pair.rows]
        at = np.concatenate(rows)
        who = np.repeat(np.arange(len(rows)), [len(own) for own in rows])
        which = np.concatenate([np.arange(len(own)) for own in rows])
        good = part.thresholds.sign[one.pair.rows][who] > 0
        left = one.numbers.left_above[who, which]
        columns: dict[str, Values] = {
            "analysis": [part.members.ids[one.pair.rows[i]] for i in who],
            "study": [None if names[row] is None else str(names[row]) for row in at],
            "source": part.block.source,
            "row": at + part.block.first,
            "year": year[at],
            "prior": name.prior,
            "heterogeneity": name.heterogeneity,
            "measure": list(frame["measure"].to_numpy()[at]),
            "benefit": list(frame["benefit"].to_numpy()[at]),
            "y": y[at],
            "s": s[at],
            "mean": one.numbers.effect_mean[who, which],
            "sd": one.numbers.effect_sd[who, which],
            "shrinkage": one.numbers.shrinkage[who, which],
            "left_out_mean": one.numbers.left_mean[who, which],
            "left_out_sd": one.numbers.left_sd[who, which],
            "left_out_p_benefit": np.where(good, left, 1 - left),
        }
        tables.append(table_of(STUDIES, len(at), columns))
    return pa.concat_tables(tables) if tables else table_of(STUDIES, 0, {})


def _numbers(frame: pd.DataFrame, name: str) -> FloatArray:
    if name not in frame:
        return np.full(len(frame), np.nan)
    return np.asarray(pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float))
