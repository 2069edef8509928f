"""Readings of a result from what is reported alongside it: other printed numbers, other reports, percentages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from bayes import quadrature
from bayes.checks.sparse import counts_beside
from bayes.paper.evidence import Binary, Estimate, Evidence
from bayes.paper.mismatches import mismatches
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

ADJUSTED = {True: "adjusted", False: "unadjusted", None: "adjustment not stated"}
Reading = tuple[str, str, Callable[[], quadrature.Curve]]


def beside(outcome: Outcome, nuisance: Nuisance, main: quadrature.Curve) -> Iterator[Reading]:
    """Yield (question, words, curve) of every other report of the same result that estimates the same effect.

    A report with another measure or the opposite direction of benefit estimates another effect, to which this prior
    does not apply; `bayes check` compares only the side that it favours.
    """
    for printed in outcome.printed:
        same = printed.measure in (None, outcome.measure) and printed.benefit in (None, outcome.benefit)
        if same and (evidence := printed.as_estimate()) is not None:
            words = f"printed {printed.estimate} ({ADJUSTED[printed.adjusted]})"
            yield from _read("printed estimate", words, _with(outcome, evidence), nuisance, main)
    if isinstance(outcome.evidence, Estimate) and outcome.measure in Binary.measures:
        for path, counts in counts_beside(outcome):
            if path.startswith("printed"):
                arms = f"{counts.treatment.events}/{counts.treatment.n} v {counts.control.events}/{counts.control.n}"
                words = f"{arms}, from the printed percentages"
                yield from _read("printed counts", words, _with(outcome, counts), nuisance, main)
    for name in outcome.other_reports:
        other = outcome.trial.outcomes[name]
        if (other.measure, other.benefit) == (outcome.measure, outcome.benefit):
            yield "other report", name, partial(quadrature.curve, other, nuisance)


def _with(outcome: Outcome, evidence: Evidence) -> Outcome:
    """Return the outcome with this evidence, without statements that apply only to the evidence it replaces."""
    absent = dict.fromkeys(("likelihood", "selection", "observed", "missing"))
    return outcome.model_copy(update={"evidence": evidence, **absent, "reported": True, "informative": True})


def _read(question: str, words: str, changed: Outcome, nuisance: Nuisance, main: quadrature.Curve) -> Iterator[Reading]:
    """Yield the reading unless its numbers are impossible for the measure, which `bayes check` reports."""
    if not any(True for _ in mismatches(changed)):
        yield question, words, lambda: replace(quadrature.curve(changed, nuisance), bounds=main.bounds, unit=main.unit)
