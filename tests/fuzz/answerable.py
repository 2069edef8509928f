"""What was accepted is answerable: reports that validation accepted, through quadrature, sensitivity, tables and exports.

Every number is finite or stated to be missing, and probabilities are probabilities; or the package refuses with a
reason. In place of draws, the numbers by quadrature are put into the record of the posterior, so that no model is
compiled.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

from bayes.analysis.analysis import Analysis
from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets
from bayes.cli.first_answer import in_short
from bayes.errors import BayesError
from bayes.paper.trial import Outcome
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.description import record_of
from bayes.posterior.names import EFFECT, MU
from bayes.posterior.not_sampled import skipped_row
from bayes.posterior.parameter import ExactAnswer, Parameter, Probabilities, Share
from bayes.posterior.record import Gate, PosteriorRecord
from bayes.posterior.told import told
from bayes.priors.sets import PriorSet, load_priors
from bayes.results.exports import FORMATS, export
from bayes.results.summary_file import SUMMARY, Summary
from bayes.sensitivity import examine
from bayes.sensitivity.answers import QUESTIONS
from bayes.synthesis.file import Synthesis
from bayes.text.evidence import in_brief
from bayes.text.rows import cells
from fuzz.structures import Pick

SETS = ("default", "arms", "adverse_events", "calibrated")
SLACK = 1e-9  # of probabilities, and of an interval that holds its median
OF_PROBABILITY = ("p_benefit", "p_harm", "p_mcid", "p_severe_harm", "p_margin", "p_rope", "p_null", "p_favours_treatment")


class Unanswered(AssertionError):
    """A number that is none, or a probability that is none."""


@cache
def priors(name: str) -> PriorSet:
    return load_priors(name)


def answer(path: Path, pick: Pick) -> str:
    """Answer what a file asks: one of its targets, under one prior, by one question, exported in one format.

    Returns
    -------
    str
        What became of it: "answered", or the reason for a refusal.
    """
    try:
        targets = find_targets([str(path)])
    except BayesError:
        return "not accepted"
    target = targets[pick(len(targets))]
    chosen = priors(SETS[pick(2) * pick(len(SETS))])
    names = [*chosen.named]
    try:
        plan = make_plan([target], chosen, [names[pick(len(names))]])
    except BayesError as refused:
        return said(refused)
    records = [*filter(None, (recorded(one) for one in plan.analyses[:2]))]
    for one in plan.analyses[:1]:
        printable(in_short(one) or "")
    exported(Summary.of(records, map(skipped_row, plan.skipped)), path.parent, pick)
    if isinstance(target, Outcome):
        printable(in_brief(target.evidence))
    return examined(target, chosen, pick) if not plan.skipped else f"skipped: {plan.skipped[0].reason}"


def examined(target: Outcome | Synthesis, chosen: PriorSet, pick: Pick) -> str:
    """Ask one question of a sensitivity analysis."""
    question = [*QUESTIONS][pick(len(QUESTIONS))]
    try:
        found = examine(target, [question], prior_set=chosen)
    except BayesError as refused:
        return said(refused)
    finite(found.rows, question)
    printable(str(found))
    return "answered"


def recorded(analysis: Analysis) -> PosteriorRecord | None:
    """The record of an analysis with the numbers by quadrature in place of draws; None where there is no answer."""
    if analysis.rows:
        return None
    answers = exact_answers(analysis)
    parameters = []
    for name, exact in answers.items():
        finite(exact, str(name))
        for field in OF_PROBABILITY:
            p = getattr(exact, field)
            if p is not None and not -SLACK <= p <= 1 + SLACK:
                raise Unanswered(f"{name}.{field} is {p}")
        if exact.median is not None and not exact.ci_low - SLACK <= exact.median <= exact.ci_high + SLACK:
            raise Unanswered(f"{name}: median {exact.median} outside {exact.ci_low} to {exact.ci_high}")
        if name in (EFFECT, MU) and exact.median is not None:
            parameters.append(Parameter(name, exact.mean, exact.sd, exact.median, exact.ci_low, exact.ci_high, 0.0, None, None, exact=exact,
                                        probabilities=probabilities(exact)))  # fmt: skip
    return record_of(analysis, tuple(parameters), Gate(1.0, 0, None), answers) if parameters else None


def probabilities(exact: ExactAnswer) -> Probabilities:
    shares = {name: None if (p := getattr(exact, name)) is None else Share(p, 0.0) for name in OF_PROBABILITY[:6]}
    return Probabilities(**shares, beyond=exact.beyond)


def exported(summary: Summary, folder: Path, pick: Pick) -> None:
    """Write a summary as `bayes regenerate` does, and export it in one format."""
    finite(summary.rows, "rows")
    for row in summary.rows:
        finite(told(row), "told")
        for cell in cells(row):
            printable(cell)
    out = folder / "results"
    out.mkdir(exist_ok=True)
    finite(summary.thresholds, "thresholds")
    finite(summary.derived, "derived")
    (out / SUMMARY).write_text(json.dumps(summary.rows, allow_nan=False))
    suffix = [*FORMATS][pick(len(FORMATS))]
    file = export(out, out / f"table{suffix}")
    if suffix == ".json":
        json.loads(file.read_text(), parse_constant=refused)
    if suffix == ".csv":
        for line in csv.reader(file.read_text().splitlines()):
            if any(cell[:1] in ("=", "@") for cell in line):
                raise Unanswered("a formula in a cell")


def refused(constant: str) -> None:
    raise Unanswered(f"{constant} in JSON")


def finite(found: object, path: str) -> None:
    """Raise if a number within what was found is not finite."""
    if isinstance(found, float) and not math.isfinite(found):
        raise Unanswered(f"{path} is {found}")
    for name, value in inside(found):
        finite(value, f"{path}.{name}")


def inside(found: object) -> Iterator[tuple[object, object]]:
    if is_dataclass(found):
        yield from ((field.name, getattr(found, field.name)) for field in fields(found))
    elif isinstance(found, dict):
        yield from found.items()
    elif isinstance(found, list | tuple):
        yield from enumerate(found)


def printable(text: str) -> None:
    if any(word in text.split() for word in ("nan", "inf", "-inf", "None")):
        raise Unanswered(f"not a number in {text[:200]!r}")


def said(refused: BaseException) -> str:
    return f"refused: {str(refused).partition(': ')[2][:80] or str(refused)[:80]}"
