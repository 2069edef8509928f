"""What does not fit together in an outcome: its evidence with its measure, and its other fields with its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bayes import effects
from bayes.evidence import Estimate

if TYPE_CHECKING:
    from bayes.trial import Outcome

BARE = ("p_value", "significance")


def mismatches(outcome: Outcome) -> list[str]:
    """Every way in which the fields of an outcome contradict one another, in words; empty where they fit."""
    evidence, measure = outcome.evidence, outcome.measure
    if measure not in evidence.measures:
        accepted = ", ".join(evidence.measures)
        return [f"evidence of kind {evidence.kind!r} cannot speak of {measure}; accepted: {accepted}"]
    found = _of_estimate if evidence.kind == "estimate" else _of_bare if evidence.kind in BARE else _of_others
    return [*found(evidence, measure), *_of_fields(outcome), *_of_clusters(outcome)]


def _of_estimate(evidence: Estimate, measure: str) -> Iterator[str]:
    low, high = effects.natural_range(measure)
    for value in (evidence.estimate, *(evidence.ci or ())):
        if not low < value < high:
            yield f"evidence: {value} is impossible for {measure}"
    if evidence.ci is not None or evidence.se is not None:
        return
    if evidence.estimate == (1 if effects.is_log(measure) else 0):
        yield "evidence: a p-value beside an estimate of no effect implies no standard error"
    elif evidence.p == 1:
        yield "evidence.p: a p-value of 1 beside an estimate that is not null implies no standard error"


def _of_bare(evidence, measure: str) -> Iterator[str]:
    if evidence.standard_error(measure) is None:
        ordinal = measure == "common_odds_ratio"
        need = "a named `reference` distribution" if ordinal else "`se` on the analysis scale"
        yield f"evidence: n per arm alone gives no standard error of {measure}; {need} is needed"
    if evidence.t_degrees_of_freedom(measure) == 0:
        yield "evidence.n: one patient per arm leaves no degree of freedom for a test"


def _of_others(evidence, measure: str) -> Iterator[str]:
    if evidence.kind == "adverse_events":
        persons = evidence.counts_persons
        fitting, counted = ("odds_ratio", "persons") if persons else ("rate_ratio", "events")
        if measure != fitting:
            yield f"a table of {counted} speaks of {fitting}, not of {measure}"


def _of_fields(outcome: Outcome) -> Iterator[str]:
    evidence = outcome.evidence
    if outcome.selection is not None and evidence.kind not in ("estimate", *BARE):
        yield "selection is for evidence of kind estimate, p_value or significance"
    if not outcome.reported and (evidence.kind != "significance" or evidence.significant):
        yield "reported = false is for outcomes measured but not printed: kind significance, not significant"
    if outcome.observed is not None and evidence.kind not in ("ordinal", "binary"):
        yield "observed, the patients who were not imputed, is for counts: kind ordinal or binary"
    if outcome.informative is False and not (evidence.kind in ("binary", "events") and evidence.no_event):
        yield "informative = false is for comparisons without any event in either arm"


def _of_clusters(outcome: Outcome) -> Iterator[str]:
    if outcome.design_effect is not None and outcome.icc is not None:
        yield "design_effect and icc say the same: give one of them"
    if (outcome.icc is None) != (outcome.cluster_size is None):
        yield "icc and cluster_size belong together: the design effect is 1 + (cluster_size - 1) icc"
