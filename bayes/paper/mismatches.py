"""What does not fit together in an outcome: thresholds with its direction, its evidence with its measure, the rest."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from bayes.base import measures
from bayes.base.numbers import significant
from bayes.base.written_numbers import LARGEST, MOST_ERRORS, half_unit
from bayes.errors import Mistake
from bayes.paper.evidence import Estimate
from bayes.paper.evidence.limits import value_of

if TYPE_CHECKING:
    from bayes.paper.endpoint import Endpoint
    from bayes.paper.trial import Outcome

# what an outcome may state, and what is said of one that stands on the wrong side
THRESHOLDS = {
    "mcid": "",
    "planned": "; a trial sized under no difference has no planned effect but a margin: state it as `margin`",
    "margin": "; a margin is how much worse the treatment may be",
}
BARE = ("p_value", "significance")


def misplaced(endpoint: Endpoint) -> Iterator[Mistake]:
    """Every threshold on the wrong side of no effect, on no effect, or where its measure cannot lie.

    An MCID and a planned effect are benefits, a margin is a harm.
    """
    low, high = measures.natural_range(endpoint.measure)
    for name in THRESHOLDS:
        stated = getattr(endpoint, name, None)  # one that is not sound hides no other
        if stated is None:
            continue
        if not low < stated.value < high:
            yield Mistake(f"{name}.value", f"{stated.value} is impossible for {endpoint.measure}")
        elif wrong := _wrong_side(endpoint, name, stated.value):
            yield Mistake(f"{name}.value", wrong)
    if endpoint.rope is not None and not low <= endpoint.rope[0] < endpoint.rope[1] <= high:
        found = f"[{endpoint.rope[0]}, {endpoint.rope[1]}]"
        yield Mistake("rope", f"must be [low, high] on the measure's own scale, found {found}")


def _wrong_side(endpoint: Endpoint, name: Literal["mcid", "planned", "margin"], value: Decimal) -> str | None:
    """What is said of a threshold on the wrong side of no effect, or on it."""
    wanted = -endpoint.sign if name == "margin" else endpoint.sign
    distance = endpoint.threshold(name) - endpoint.null
    if wanted * distance > 0:
        return None
    null = measures.to_natural(endpoint.null, endpoint.measure)
    lies = "is no effect" if distance == 0 else f"lies on the {'benefit' if name == 'margin' else 'harm'} side"
    side = "above" if wanted > 0 else "below"
    return f'{value} {lies}: with benefit = "{endpoint.benefit}" it must be {side} {null:g}{THRESHOLDS[name]}'


def mismatches(outcome: Outcome) -> Iterator[Mistake]:
    """Every way in which the evidence of an outcome contradicts its measure."""
    evidence, measure = outcome.evidence, outcome.measure
    if measure not in evidence.measures:
        accepted = ", ".join(evidence.measures)
        said = f"evidence of kind {evidence.kind!r} cannot speak of {measure}; accepted: {accepted}"
        yield Mistake("measure", said)
        return
    of_kind = _of_estimate if evidence.kind == "estimate" else _of_bare if evidence.kind in BARE else _of_others
    found = list(of_kind(evidence, measure))
    yield from found or _too_sure(evidence, measure)


def stray_fields(outcome: Outcome) -> Iterator[Mistake]:
    """Every field beside the evidence that belongs to evidence of another kind, or contradicts another field."""
    yield from _of_clusters(outcome)
    evidence = outcome.evidence
    if outcome.selection is not None and evidence.kind not in ("estimate", *BARE):
        yield Mistake("selection", "is for evidence of kind estimate, p_value or significance")
    elif outcome.selection is not None and evidence.kind == "p_value" and evidence.p_is_bound:
        alpha = float(outcome.selection.alpha) / outcome.selection.sides
        if evidence.upper_tail < alpha if evidence.falls_short else evidence.upper_tail > alpha:
            said = f"the bound {evidence.p} does not say whether the result passes alpha = {outcome.selection.alpha}"
            yield Mistake("selection.alpha", said)
    if not outcome.reported and (evidence.kind != "significance" or evidence.significant):
        said = "false is for outcomes measured but not printed: kind significance, not significant"
        yield Mistake("reported", said)
    if outcome.observed is not None and evidence.kind not in ("ordinal", "binary"):
        yield Mistake("observed", "the patients who were not imputed, is for counts: kind ordinal or binary")
    if outcome.informative is False and not (outcome.no_event or outcome.everybody):
        yield Mistake("informative", "false is for comparisons in which nobody, or everybody, had the event")


def _of_estimate(evidence: Estimate, measure: str) -> Iterator[Mistake]:
    low, high = measures.natural_range(measure)
    limits = [(f"ci.{i}", limit) for i, limit in enumerate(evidence.ci or ())]
    for name, stated in [("estimate", evidence.estimate), *limits]:
        value = value_of(stated)
        if value is not None and not low < value < high:
            how = _rounded_to_zero(evidence, value) if name == "ci.0" else ""
            yield Mistake(f"evidence.{name}", f"{stated} is impossible for {measure}{how}")
    if evidence.gives_width or evidence.se is not None:
        return
    if evidence.estimate == (1 if measures.is_log(measure) else 0):
        yield Mistake("evidence.p", "a p-value beside an estimate of no effect implies no standard error")
    elif evidence.p == 1:
        said = "a p-value of 1 beside an estimate that is not null implies no standard error"
        yield Mistake("evidence.p", said)


def _rounded_to_zero(evidence: Estimate, value: Decimal) -> str:
    """How a ratio's lower limit printed as 0.00 is entered: as a bound, half a unit of the last printed digit."""
    if value or evidence.numbers is None:
        return ""
    decimals = max(-int(number.as_tuple().exponent) for number in (*evidence.ci, evidence.estimate))
    bound = half_unit(Decimal(1).scaleb(-decimals))
    return f'; one that is rounded to 0 is written as a bound: ci = ["<{bound:f}", {evidence.ci[1]}]'


def _of_bare(evidence, measure: str) -> Iterator[Mistake]:
    if evidence.standard_error(measure) is None:
        ordinal = measure == "common_odds_ratio"
        need = "a named `reference` distribution" if ordinal else "`se` on the analysis scale"
        yield Mistake("evidence", f"n per arm alone gives no standard error of {measure}; {need} is needed")
    if evidence.statistic(measure).df == 0:
        yield Mistake("evidence.n", "one patient per arm leaves no degree of freedom for a test")


def _too_sure(evidence, measure: str) -> Iterator[Mistake]:
    """A result further from no effect, in standard errors, than any trial and any quadrature can see."""
    if evidence.kind == "estimate":
        y, s = evidence.on_analysis_scale(measure)
    elif evidence.kind == "means":
        y, s = float(evidence.treatment.mean - evidence.control.mean), evidence.standard_error("mean_difference")
    elif evidence.kind in BARE:
        y, s = evidence.statistic(measure).quantile(evidence.upper_tail), 1.0
    else:
        return
    if not 0 < s <= float(LARGEST):
        said = f"it implies a standard error of {significant(s)}; accepted: up to {float(LARGEST):g}"
        yield Mistake("evidence", said)
    elif not abs(y) <= MOST_ERRORS * s:
        away = f"{significant(abs(y) / s)} standard errors from no effect"
        yield Mistake("evidence", f"the result lies {away}; accepted: up to {MOST_ERRORS}")


def _of_others(evidence, measure: str) -> Iterator[Mistake]:
    if evidence.kind == "adverse_events":
        persons = evidence.counts_persons
        fitting, counted = ("odds_ratio", "persons") if persons else ("rate_ratio", "events")
        if measure != fitting:
            yield Mistake("measure", f"a table of {counted} speaks of {fitting}, not of {measure}")


def _of_clusters(outcome: Outcome) -> Iterator[Mistake]:
    if outcome.design_effect is not None and outcome.icc is not None:
        yield Mistake("design_effect", "says the same as icc: give one of them")
    if (outcome.icc is None) != (outcome.cluster_size is None):
        yield Mistake("icc", "belongs together with cluster_size: the design effect is 1 + (cluster_size - 1) icc")
