"""Verdicts: the range of each conclusion's probability under each question, and whether the verdict changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bayes.base.numbers import significant
from bayes.posterior.verdict import CUTOFFS, class_of
from bayes.sensitivity.extremes import Found, extremes
from bayes.sensitivity.powers import powered
from bayes.sensitivity.subject import Row, Subject
from bayes.sensitivity.tipping_points import p_better

CONCLUSIONS = {"p_benefit": "any benefit", "p_mcid": "benefit beyond the MCID", "p_harm": "harm"}
DESCRIPTION_ONLY = "no MCID is stated, so the range is given without a verdict"
POWERS = ((0.5, 1.0), (2.0, 1.0), (1.0, 0.5), (1.0, 2.0))  # of prior and likelihood


@dataclass(frozen=True)
class Question:
    """A question in the table of verdicts: its name, what varies, and how to find the probabilities of a conclusion."""

    name: str
    over: str
    found: Callable[[Subject, Sequence[Row], str], Found]


def verdict_rows(
    subject: Subject, tables: Mapping[str, list[Row]], cutoffs: tuple[float, float] = CUTOFFS
) -> list[Row]:
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
    rows = []
    for name, conclusion in CONCLUSIONS.items():
        if main[name] is None:
            continue
        for asked in QUESTIONS:
            if asked.name in tables and (found := asked.found(subject, tables[asked.name], name)):
                rows.append(_row(subject, conclusion, asked, main[name], found, cutoffs))
        for question, note in WITHOUT_A_RANGE.items():
            if question in tables and (said := note(subject, tables[question])):
                rows.append(_words_only(conclusion, question, main[name], said))
    return rows


def _row(subject: Subject, conclusion: str, asked: Question, value: float, found: Found, cutoffs) -> Row:
    # the main prior need not be among those over which the question ranges
    (low, at_low), (high, at_high) = extremes((*found, (value, "the main prior")))
    row: Row = {"conclusion": conclusion, "question": asked.name, "over": asked.over, "value": value}
    row |= {"low": low, "high": high, "at_low": at_low, "at_high": at_high}
    if subject.mcid is None:
        return row | {"verdict": None, "verdicts": None, "changes": None, "note": DESCRIPTION_ONLY}
    classes = [class_of(p, cutoffs) for p in (low, value, high)]
    spanned = " to ".join(dict.fromkeys(classes))
    return row | {"verdict": classes[1], "verdicts": spanned, "changes": len(set(classes)) > 1, "note": None}


def _named(subject: Subject, rows: Sequence[Row], name: str) -> Found:
    return [(row[name], row["prior"]) for row in rows if row["status"] == "ok"]


def _grid(subject: Subject, rows: Sequence[Row], name: str) -> Found:
    null = subject.null
    return [
        (row[name], "prior mean {}, 95% {} to {}".format(*map(significant, _prior_in(row))))
        for row in rows
        if abs(row["prior_mean"] - null) <= row["prior_sd"]
    ]


def _prior_in(row: Row) -> tuple[float, float, float]:
    return row["prior_natural"], row["prior_low"], row["prior_high"]


def _centred(subject: Subject, rows: Sequence[Row], name: str) -> Found:
    """Return the probabilities under priors centred on no effect, from nearly certain to nearly flat."""
    sds = np.geomspace(*subject.family.sd_range(subject.null), 81)
    means = np.full_like(sds, subject.null)
    better = p_better(subject, means, sds, subject.mcid if name == "p_mcid" else subject.null)
    return [
        (1 - p if name == "p_harm" else p, f"prior sd {significant(sd)}")
        for p, sd in zip(better.tolist(), sds, strict=True)
    ]


def _powers(subject: Subject, rows: Sequence[Row], name: str) -> Found:
    """Return the probabilities with the prior, and then the likelihood, given half and double weight."""
    return [
        (
            subject.row(powered(subject, a, b))[name],
            f"prior to the power {a:g}" if b == 1 else f"likelihood to the power {b:g}",
        )
        for a, b in POWERS
    ]


def _varied(subject: Subject, rows: Sequence[Row], name: str) -> Found:
    return [(row[name], f"{row['question']}: {row['variation']}") for row in rows if row[name] is not None]


def _weights_apart(subject: Subject, rows: Sequence[Row], name: str) -> Found:
    def said(row: Row) -> str:
        weight = row["weight"]
        power = "" if weight is None or np.isnan(weight) else f", weight {weight:g}"
        return f"{row['question']}: {row['variation']}{power}"

    return [(row[name], said(row)) for row in rows if row[name] is not None]


def _rounded(subject: Subject, rows: Sequence[Row], name: str) -> Found:
    found = []
    for row in rows:
        if row["probability"] == name:
            found += [
                (row["low"], f"{row['over']}: {row['at_low']}"),
                (row["high"], f"{row['over']}: {row['at_high']}"),
            ]
    return found


def _risks(subject: Subject, rows: Sequence[Row], name: str) -> Found:
    """Return one probability for all control risks: an absolute effect has the same sign as the relative effect."""
    if not any(row["control_risk"] is not None for row in rows) or name == "p_mcid":
        return []
    return [(subject.probabilities()[name], "any control risk")]


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


WITHOUT_A_RANGE: dict[str, Callable[[Subject, Sequence[Row]], str | None]] = {
    "reverse_bayes": lambda subject, rows: next((r["reason"] for r in rows if r["quantity"] == "fail_safe"), None),
    "conflict": lambda subject, rows: _of_main(subject, rows, _conflict),
    "prior_weight": lambda subject, rows: _of_main(subject, rows, lambda row: row["words"]),
}


def _of_main(subject: Subject, rows: Sequence[Row], said: Callable[[Row], str | None]) -> str | None:
    """Return the statement about the main prior."""
    main = str(subject.prior)
    return next((said(row) for row in rows if row["distribution"] == main), None)


def _conflict(row: Row) -> str:
    if row["box_p"] is None:
        return row["reason"]
    verb = "conflict" if row["conflict"] else "do not conflict"
    return f"Box's p = {significant(row['box_p'], 2)}: the data {verb} with the prior"


def _words_only(conclusion: str, question: str, value: float, said: str) -> Row:
    """Return the row of a question whose answer is not a probability."""
    empty = dict.fromkeys(("over", "low", "high", "at_low", "at_high", "verdict", "verdicts", "changes"))
    return {"conclusion": conclusion, "question": question, "value": value} | empty | {"note": said}


def range_of(rows: Sequence[Row], question: str, conclusion: str = CONCLUSIONS["p_benefit"]) -> Row | None:
    """Return the verdict row of one question if it was asked and has a range, else None."""
    of_question = (r for r in rows if r["question"] == question and r["conclusion"] == conclusion)
    return next((r for r in of_question if r["low"] is not None), None)
