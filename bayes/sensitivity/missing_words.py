"""What the patients without an outcome could change, in words for clinicians."""

from __future__ import annotations

from collections.abc import Iterator

from bayes.base.numbers import in_words
from bayes.paper.trial import Outcome
from bayes.sensitivity.answers import Answers
from bayes.sensitivity.missing_patients import EXTREME, MISSING, Lost, lost, spread_in_words
from bayes.sensitivity.subject import Subject


def missing_in_words(subject: Subject, tables: Answers, convinced: float) -> str:
    """Say how much the probability of benefit depends on the patients without an outcome; empty if it cannot be said.

    Parameters
    ----------
    subject : Subject
    tables : Answers
        The tables requested; those named `likelihood` and `tipping` are used.
    convinced : float
        The probability of benefit whose tipping point is given.
    """
    outcome = subject.target
    found = lost(outcome, subject.analysis.nuisance, subject.curve) if isinstance(outcome, Outcome) else None
    if found is None:
        return ""
    said = [*_under_the_prior(found, subject, tables), *_extremes(tables), *_tipping(tables, convinced)]
    return " ".join([_how_many(found), *said]) if said else ""


def _how_many(found: Lost) -> str:
    missing, sizes = found.missing, found.outcome.evidence.sizes
    if sizes is None:
        return f"{missing.total} patients have no outcome."
    treated = f"{missing.treatment} of {missing.treatment + sizes.treatment} treated patients"
    controls = f"{missing.control} of {missing.control + sizes.control} controls"
    return f"{treated} and {controls} have no outcome; the main analysis assumes that they are missing at random."


def _under_the_prior(found: Lost, subject: Subject, tables: Answers) -> Iterator[str]:
    rows = [row for row in tables.get("likelihood", ()) if row["question"] == MISSING]
    if len(rows) < 2:
        return
    main, first = rows[0]["p_benefit"], rows[1]["p_benefit"]
    yield (
        f"If {spread_in_words(found)}, the probability of any benefit would be {in_words(first)} "
        f"instead of {in_words(main)}."
    )


def _extremes(tables: Answers) -> Iterator[str]:
    rows = [row for row in tables.get("likelihood", ()) if row["question"] == EXTREME]
    if len(rows) == 2:
        best, worst = (in_words(row["p_benefit"]) for row in rows)
        case = rows[1]["variation"].partition(": ")[2]
        yield f"At the extremes it would be {best} at best and {worst} at worst ({case})."


def _tipping(tables: Answers, convinced: float) -> Iterator[str]:
    for row in tables.get("tipping", ()):
        asked = (row["probability"], row["target"]) == ("p_benefit", convinced)
        if asked and row["vary"].startswith(("imor", "imdom")) and row["value"] is not None:
            reason = row["reason"]
            yield f"{reason[0].upper()}{reason[1:]}, it would be {convinced:g}."
