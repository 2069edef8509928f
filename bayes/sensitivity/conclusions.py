"""Verdicts: the range of each conclusion's probability under each question, and whether the verdict changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from bayes.base.numbers import significant
from bayes.posterior.verdict import CUTOFFS, class_of
from bayes.sensitivity.alternative_likelihoods import MAIN, LikelihoodRow
from bayes.sensitivity.answers import Answers
from bayes.sensitivity.extremes import Found, extremes
from bayes.sensitivity.grid_of_priors import PriorGridRow
from bayes.sensitivity.missing_patients import EXTREME
from bayes.sensitivity.powers import powered
from bayes.sensitivity.prior_data_conflict import ConflictRow
from bayes.sensitivity.subject import Probability, Subject
from bayes.sensitivity.tipping_points import p_better, threshold_of
from bayes.sensitivity.trial_influence import InfluenceRow

CONCLUSIONS: dict[Probability, str] = {
    "p_benefit": "any benefit",
    "p_mcid": "benefit beyond the MCID",
    "p_harm": "harm",
}
DESCRIPTION_ONLY = "no MCID is stated, so the range is given without a verdict"
POWERS = ((0.5, 1.0), (2.0, 1.0), (1.0, 0.5), (1.0, 2.0))  # of prior and likelihood


class VerdictRow(TypedDict):
    """The range of one conclusion's probability under one question; without a range, the answer in words."""

    conclusion: str  # "any benefit", "benefit beyond the MCID" or "harm"
    question: str  # the name of the question's table
    over: str | None  # what varies, in words
    value: float  # the probability under the main analysis
    low: float | None  # the lowest probability
    high: float | None  # the highest probability
    at_low: str | None  # the assumption that gives the lowest
    at_high: str | None  # the assumption that gives the highest
    verdict: str | None  # the class of `value`: improbable, uncertain or probable; None without an MCID
    verdicts: str | None  # the classes over the range, such as "uncertain to probable"
    changes: bool | None  # whether there are several
    note: str | None  # why there is no verdict, or the answer in words


class Tables(Answers, total=False):
    """The tables of a sensitivity analysis, by name."""

    verdicts: list[VerdictRow]


@dataclass(frozen=True)
class Question:
    """A question in the table of verdicts: its name, what varies, and how to find the probabilities of a conclusion."""

    name: str
    over: str
    found: Callable[[Subject, Answers, Probability], Found]


def verdict_rows(subject: Subject, tables: Answers, cutoffs: tuple[float, float] = CUTOFFS) -> list[VerdictRow]:
    """List one row per conclusion and question.

    Parameters
    ----------
    subject : Subject
        The target and its main prior.
    tables : mapping of str to list of rows
        The tables requested, by name; questions without a table are left out.
    cutoffs : (float, float)
        A probability at or below the first is improbable, at or above the second probable, between them uncertain.

    Returns
    -------
    list of rows
        `conclusion`, `question`, `over` (what varies), `value` under the main analysis, the range `low` to `high` with
        the assumptions `at_low` and `at_high` that produce it; `verdict` at `value`, `verdicts` over the range, and
        `changes`, whether the verdict changes. Without an MCID there are ranges but no verdict, and `note` says so.
    """
    main = subject.probabilities()
    rows: list[VerdictRow] = []
    for name, conclusion in CONCLUSIONS.items():
        if (value := main[name]) is None:
            continue
        for asked in QUESTIONS:
            if found := asked.found(subject, tables, name):
                rows.append(_row(subject, conclusion, asked, value, found, cutoffs))
        for question, note in WITHOUT_A_RANGE.items():
            if said := note(subject, tables):
                rows.append(_words_only(conclusion, question, value, said))
    return rows


def _row(
    subject: Subject, conclusion: str, asked: Question, value: float, found: Found, cutoffs: tuple[float, float]
) -> VerdictRow:
    # the main prior need not be among those over which the question ranges
    (low, at_low), (high, at_high) = extremes((*found, (value, "the main prior")))
    row: VerdictRow = {
        "conclusion": conclusion, "question": asked.name, "over": asked.over, "value": value, "low": low, "high": high,
        "at_low": at_low, "at_high": at_high, "verdict": None, "verdicts": None, "changes": None, "note": None,
    }  # fmt: skip
    if subject.mcid is None:
        return {**row, "note": DESCRIPTION_ONLY}
    classes = [class_of(p, cutoffs) for p in (low, value, high)]
    spanned = " to ".join(dict.fromkeys(classes))
    return {**row, "verdict": classes[1], "verdicts": spanned, "changes": len(set(classes)) > 1}


def _named(subject: Subject, tables: Answers, name: Probability) -> Found:
    return [(p, row["prior"]) for row in tables.get("named_priors", ()) if (p := row[name]) is not None]


def _grid(subject: Subject, tables: Answers, name: Probability) -> Found:
    """Return the probabilities in the cells whose prior mean lies within one prior sd of no effect."""
    near = [r for r in tables.get("prior_grid", ()) if abs(r["prior_mean"] - subject.null) <= r["prior_sd"]]
    return [(p, _prior_of_cell(row)) for row in near if (p := row[name]) is not None]


def _prior_of_cell(row: PriorGridRow) -> str:
    middle, low, high = map(significant, (row["prior_natural"], row["prior_low"], row["prior_high"]))
    return f"prior mean {middle}, 95% {low} to {high}"


def _centred(subject: Subject, tables: Answers, name: Probability) -> Found:
    """Return the probabilities under priors centred on no effect, from nearly certain to nearly flat."""
    if "tipping" not in tables:
        return []
    sds = np.geomspace(*subject.family.sd_range(subject.null), 81)
    means = np.full_like(sds, subject.null)
    better = p_better(subject, means, sds, threshold_of(subject, "p_mcid" if name == "p_mcid" else "p_benefit"))
    return [
        (1 - p if name == "p_harm" else p, f"prior sd {significant(sd)}")
        for p, sd in zip(better.tolist(), sds, strict=True)
    ]


def _powers(subject: Subject, tables: Answers, name: Probability) -> Found:
    """Return the probabilities with the prior, and then the likelihood, given half and double weight."""
    if "power_scaling" not in tables:
        return []
    found = [(subject.row(powered(subject, a, b))[name], a, b) for a, b in POWERS]
    return [
        (p, f"prior to the power {a:g}" if b == 1 else f"likelihood to the power {b:g}")
        for p, a, b in found
        if p is not None
    ]


def _varied(subject: Subject, tables: Answers, name: Probability) -> Found:
    # the extremes of missing patients are bounds on what could be, not readings that anybody holds
    rows = [row for row in tables.get("likelihood", ()) if row["question"] != EXTREME]

    def said(row: LikelihoodRow) -> str:
        reading = row["variation"]
        return reading.replace("_", " ") if row["question"] == MAIN else f"{row['question']}: {reading}"

    return [(p, said(row)) for row in rows if (p := row[name]) is not None]


def _weights_apart(subject: Subject, tables: Answers, name: Probability) -> Found:
    def said(row: InfluenceRow) -> str:
        power = "" if row["weight"] is None else f", weight {row['weight']:g}"
        return f"{row['question']}: {row['variation']}{power}"

    return [(p, said(row)) for row in tables.get("influence", ()) if (p := row[name]) is not None]


def _rounded(subject: Subject, tables: Answers, name: Probability) -> Found:
    found: list[tuple[float, str]] = []
    for row in tables.get("extraction", ()):
        if row["probability"] == name:
            found.append((row["low"], f"{row['over']}: {row['at_low']}"))
            found.append((row["high"], f"{row['over']}: {row['at_high']}"))
    return found


def _risks(subject: Subject, tables: Answers, name: Probability) -> Found:
    """Return one probability for all control risks: an absolute effect has the same sign as the relative effect."""
    absolute = any(row["control_risk"] is not None for row in tables.get("baseline_risk", ()))
    p = subject.probabilities()[name]
    return [(p, "any control risk")] if absolute and name != "p_mcid" and p is not None else []


QUESTIONS: tuple[Question, ...] = (
    Question("prior_grid", "priors whose mean lies within one sd of no effect", _grid),
    Question("named_priors", "all named priors", _named),
    Question("tipping", "priors of any width centred on no effect", _centred),
    Question("power_scaling", "half or double weight on the prior or the likelihood", _powers),
    Question("likelihood", "alternative readings of the report", _varied),
    Question("extraction", "rounding and unreported directions", _rounded),
    Question("influence", "trials, kinds of evidence, heterogeneity and weights", _weights_apart),
    Question("baseline_risk", "control risks", _risks),
)


def _fail_safe(subject: Subject, tables: Answers) -> str | None:
    return next((row["reason"] for row in tables.get("reverse_bayes", ()) if row["quantity"] == "fail_safe"), None)


def _conflict(subject: Subject, tables: Answers) -> str | None:
    main = str(subject.prior)
    return next((_surprise(row) for row in tables.get("conflict", ()) if row["distribution"] == main), None)


def _surprise(row: ConflictRow) -> str | None:
    if row["box_p"] is None:
        return row["reason"]
    verb = "conflict" if row["conflict"] else "do not conflict"
    return f"Box's p = {significant(row['box_p'], 2)}: the data {verb} with the prior"


def _weight(subject: Subject, tables: Answers) -> str | None:
    main = str(subject.prior)
    return next((row["words"] for row in tables.get("prior_weight", ()) if row["distribution"] == main), None)


WITHOUT_A_RANGE: dict[str, Callable[[Subject, Answers], str | None]] = {
    "reverse_bayes": _fail_safe,
    "conflict": _conflict,
    "prior_weight": _weight,
}


def _words_only(conclusion: str, question: str, value: float, said: str) -> VerdictRow:
    """Return the row of a question whose answer is not a probability."""
    return {
        "conclusion": conclusion, "question": question, "over": None, "value": value, "low": None, "high": None,
        "at_low": None, "at_high": None, "verdict": None, "verdicts": None, "changes": None, "note": said,
    }  # fmt: skip


def range_of(rows: Iterable[VerdictRow], question: str) -> VerdictRow | None:
    """Return the row of any benefit for one question if it was asked and has a range, else None."""
    of_question = (r for r in rows if (r["conclusion"], r["question"]) == (CONCLUSIONS["p_benefit"], question))
    return next((r for r in of_question if r["low"] is not None), None)
