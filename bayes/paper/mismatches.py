"""Contradictions in a trial file: thresholds and direction, evidence and measure, fields and names without a sense."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from math import inf, isinf
from typing import TYPE_CHECKING

from bayes.base import measures
from bayes.base.documents import TomlTable
from bayes.base.numbers import significant
from bayes.base.written_numbers import LARGEST, MOST_ERRORS, half_unit
from bayes.errors import Mistake, did_you_mean
from bayes.paper.annotations import Judged, Margin, Planned, Threshold
from bayes.paper.evidence import (
    AdverseEvents,
    BareP,
    BareTest,
    Binary,
    DigitisedCurve,
    EffectAndError,
    Estimate,
    Events,
    Evidence,
    Means,
    Medians,
    Ordinal,
    PairedMeans,
    Significance,
    Tested,
)
from bayes.paper.evidence.bare_tests import OF_RISK
from bayes.paper.evidence.limits import value_of
from bayes.paper.evidence.medians import RATIO
from bayes.paper.evidence.paired import STANDARDISED
from bayes.paper.evidence.posteriors import is_posterior

if TYPE_CHECKING:
    from bayes.paper.endpoint import Endpoint
    from bayes.paper.trial import Outcome, Trial

# the thresholds of an outcome, and what is added to the message if one is on the wrong side
THRESHOLDS: dict[Threshold, str] = {
    "mcid": "",
    "planned": "; a trial powered assuming no difference has no planned effect; state its margin as `margin`",
    "margin": "; a margin says how much worse the treatment may be",
}


def misplaced(endpoint: Endpoint) -> Iterator[Mistake]:
    """Find thresholds that are on the wrong side of the null, at the null, or impossible for the measure.

    An MCID and a planned effect must be benefits; a margin must be a harm.

    Parameters
    ----------
    endpoint : Endpoint
        An outcome or a synthesis; fields that are missing because they are invalid are skipped.

    Yields
    ------
    Mistake
    """
    low, high = measures.natural_range(endpoint.measure)
    for name in THRESHOLDS:
        # an invalid threshold must not hide mistakes in the others
        stated: Judged | Planned | Margin | None = getattr(endpoint, name, None)
        if stated is None:
            continue
        if not low < stated.value < high:
            said = f"{stated.value} is impossible for {endpoint.measure}; accepted: {_allowed(endpoint.measure)}"
            yield Mistake(f"{name}.value", said)
        elif wrong := _wrong_side(endpoint, name, stated.value):
            yield Mistake(f"{name}.value", wrong)
    if endpoint.rope is not None and not low <= endpoint.rope[0] < endpoint.rope[1] <= high:
        found = f"[{endpoint.rope[0]}, {endpoint.rope[1]}]"
        yield Mistake("rope", f"found {found}; accepted: [low, high] on the scale of the measure")


def _allowed(measure: str) -> str:
    """Describe the bounded range of a measure, on its own scale."""
    low, high = measures.natural_range(measure)
    return f"above {low:g}" if high == inf else f"between {low:g} and {high:g}"


def _wrong_side(endpoint: Endpoint, name: Threshold, value: Decimal) -> str | None:
    """Describe what is wrong with a threshold on the wrong side of the null or at the null, else return None."""
    wanted = -endpoint.sign if name == "margin" else endpoint.sign
    distance = measures.to_analysis(float(value), endpoint.measure) - endpoint.null
    if wanted * distance > 0:
        return None
    null = measures.to_natural(endpoint.null, endpoint.measure)
    lies = "means no effect" if distance == 0 else f"lies on the {'benefit' if name == 'margin' else 'harm'} side"
    side = "above" if wanted > 0 else "below"
    return f'{value} {lies}: with benefit = "{endpoint.benefit}" it must be {side} {null:g}{THRESHOLDS[name]}'


def mismatches(outcome: Outcome) -> Iterator[Mistake]:
    """Find contradictions between the evidence of an outcome and its measure.

    Parameters
    ----------
    outcome : Outcome

    Yields
    ------
    Mistake
    """
    evidence, measure = outcome.evidence, outcome.measure
    if measure not in evidence.measures:
        accepted = ", ".join(evidence.measures)
        said = f"{evidence.kind!r} evidence does not support {measure}; supported measures: {accepted}"
        yield Mistake("measure", said)
        return
    found = [*_of_posterior(outcome), *_of_kind(evidence, measure)]
    yield from found or _too_sure(evidence, measure)


def stray_fields(outcome: Outcome) -> Iterator[Mistake]:
    """Find fields that belong to another kind of evidence, or contradict another field.

    Parameters
    ----------
    outcome : Outcome

    Yields
    ------
    Mistake
    """
    evidence = outcome.evidence
    if outcome.selection is not None and not isinstance(evidence, Tested):
        said = f"not available for {evidence.kind!r} evidence; supported kinds: estimate, p_value, significance"
        yield Mistake("selection", said)
    elif outcome.selection is not None and isinstance(evidence, BareP) and evidence.p_is_bound:
        alpha = outcome.selection.upper_tail
        if evidence.upper_tail < alpha if evidence.falls_short else evidence.upper_tail > alpha:
            said = f"the bound {evidence.p} leaves open whether the result passes alpha = {outcome.selection.alpha}"
            yield Mistake("selection.alpha", said)
    if not outcome.reported and not (isinstance(evidence, Significance) and evidence.falls_short):
        said = (
            "false contradicts the evidence; an outcome that was measured but not printed has "
            'kind = "significance", significant = false'
        )
        yield Mistake("reported", said)
    if outcome.observed is not None and not isinstance(evidence, Ordinal | Binary):
        said = f"patients who were not imputed: not available for {evidence.kind!r} evidence"
        yield Mistake("observed", f"{said}; supported kinds: ordinal, binary")
    if outcome.informative is False and not (outcome.no_event or outcome.everybody):
        said = "false contradicts the counts; accepted only if none or all of the patients in both arms had the event"
        yield Mistake("informative", said)


def _of_kind(evidence: Evidence, measure: str) -> Iterator[Mistake]:
    """Find numbers that are impossible for the measure, or do not give what it requires."""
    match evidence:
        case Estimate():
            yield from _of_estimate(evidence, measure)
        case Medians() if evidence.least <= 0 and (measure == RATIO or evidence.family == "log_normal"):
            needs = "a ratio needs" if measure == RATIO else "log_normal needs"
            instead = "a mean_difference" if measure == RATIO else 'family = "normal"'
            yield Mistake("evidence", f"{evidence.least} has no logarithm, as {needs}; accepted: above 0, or {instead}")
        case DigitisedCurve():
            yield from evidence.lacks(measure)
        case PairedMeans(spreads=None) if measure == STANDARDISED:
            yield Mistake("evidence", "a standardised difference requires sd (or se) under both treatments")
        case BareTest():
            yield from _of_bare(evidence, measure)
        case AdverseEvents():
            fitting, counted = ("odds_ratio", "persons") if evidence.counts_persons else ("rate_ratio", "events")
            if measure != fitting:
                said = f"a table of {counted} does not support {measure}; supported measure: {fitting}"
                yield Mistake("measure", said)


def _of_posterior(outcome: Outcome) -> Iterator[Mistake]:
    """Find a prior that is undone of what is not a posterior."""
    evidence = outcome.evidence
    if isinstance(evidence, Estimate) and evidence.prior is not None and not is_posterior(outcome):
        yield Mistake("evidence.prior", 'only the prior of a posterior is undone; state interval = "credible"')


def _of_estimate(evidence: Estimate, measure: str) -> Iterator[Mistake]:
    low, high = measures.natural_range(measure)
    limits = [(f"ci.{i}", limit) for i, limit in enumerate(evidence.ci or ())]
    for name, stated in [("estimate", evidence.estimate), *limits]:
        value = value_of(stated)
        if value is not None and not low < value < high:
            how = _rounded_to_zero(evidence, value) if name == "ci.0" else ""
            said = f"{stated} is impossible for {measure}; accepted: {_allowed(measure)}"
            yield Mistake(f"evidence.{name}", f"{said}{how}")
    if evidence.gives_width or evidence.se is not None:
        return
    if evidence.estimate == (1 if measures.is_log(measure) else 0):
        said = "a p-value does not imply a standard error if the estimate is the null; add ci or se"
        yield Mistake("evidence.p", said)
    elif evidence.p == 1:
        said = "a p-value of 1 does not imply a standard error if the estimate is not null; add ci or se"
        yield Mistake("evidence.p", said)


def _rounded_to_zero(evidence: Estimate, value: Decimal) -> str:
    """Say how to enter a lower limit of a ratio printed as 0.00: as a bound, half a unit of the last printed digit."""
    if value or evidence.numbers is None:
        return ""
    low, high = evidence.numbers
    decimals = max(-int(number.as_tuple().exponent) for number in (low, high, evidence.estimate))
    bound = half_unit(Decimal(1).scaleb(-decimals))
    return f'; if it was rounded to 0, write a bound: ci = ["<{bound:f}", {high}]'


def _of_bare(evidence: BareTest, measure: str) -> Iterator[Mistake]:
    if evidence.standard_error(measure) is None:
        needs = {"common_odds_ratio": "a named `reference` distribution"}
        needs |= dict.fromkeys(("hazard_ratio", "rate_ratio"), "`events` per arm (or in all), or `se` on the log scale")
        needs |= dict.fromkeys(OF_RISK, "`events` of both arms together, or `se` on the analysis scale")
        need = needs.get(measure, "`se` on the analysis scale")
        yield Mistake("evidence", f"n per arm does not imply a standard error of {measure}; add {need}")
    if evidence.statistic(measure).df == 0:
        yield Mistake("evidence.n", "one patient per arm leaves no degrees of freedom for a test")


def _too_sure(evidence: Evidence, measure: str) -> Iterator[Mistake]:
    """Find a result that is more standard errors from the null than quadrature can resolve."""
    match evidence:
        case EffectAndError():
            y, s = evidence.on_analysis_scale(measure)
        case Means():
            y, s = evidence.own_estimate("mean_difference")
        case BareTest():
            y, s = evidence.statistic(measure).quantile(evidence.upper_tail), 1.0
        case _:
            return
    if isinstance(evidence, Estimate) and evidence.prior is not None and isinf(s):
        said = f"the posterior is not narrower than its prior {evidence.prior}; accepted: a prior on the analysis scale"
        yield Mistake("evidence.prior", said)
    elif not 0 < s <= float(LARGEST):
        said = f"the implied standard error is {significant(s)}; accepted: above 0, up to {float(LARGEST):g}"
        yield Mistake("evidence", said)
    elif not abs(y) <= MOST_ERRORS * s:
        away = f"{significant(abs(y) / s)} standard errors from no effect"
        yield Mistake("evidence", f"the result is {away}; accepted: up to {MOST_ERRORS}")


def dangling(data: TomlTable) -> list[Mistake]:
    """Find outcomes that name a contrast, or another report of the same result, that the file does not define."""
    stated = (data.get(key) for key in ("contrasts", "outcomes"))
    contrasts, outcomes = (table if isinstance(table, dict) else {} for table in stated)
    named: list[tuple[str, str, object, Collection[str]]] = []
    for name, outcome in outcomes.items():
        if isinstance(outcome, dict):
            named.append((f"outcomes.{name}.contrast", "contrast", outcome.get("contrast"), contrasts))
            others = outcome.get("other_reports", ())
            for i, other in enumerate(others if isinstance(others, list) else ()):
                named.append((f"outcomes.{name}.other_reports.{i}", "other outcome", other, outcomes.keys() - {name}))
    return [
        Mistake(path, f"no {what} named {wrong!r}{did_you_mean(wrong, known)}; accepted: {', '.join(known) or 'none'}")
        for path, what, wrong, known in named
        if isinstance(wrong, str) and wrong not in known
    ]


def without_sizes(trial: Trial) -> Iterator[Mistake]:
    """Find out whether a trial does without the number of its patients.

    Rates over exposure do, and so do effects in the table of a review, which often holds nothing else; the unit of a
    difference of means follows from the number of patients, unless the SD is stated.

    Parameters
    ----------
    trial : Trial

    Yields
    ------
    Mistake
    """
    outcomes = trial.outcomes.values()
    rates = all(isinstance(o.evidence, Events) and o.evidence.sizes is None for o in outcomes)
    if not rates and not all(_is_bare_effect(o) for o in outcomes):
        said = "required unless all outcomes are rates over exposure, or effects from a secondary source"
        yield Mistake("n", f"patients per arm are missing; {said}")


def _is_bare_effect(outcome: Outcome) -> bool:
    """Return whether an outcome is an effect from a secondary source whose unit does not depend on n."""
    scaled = outcome.measure != "mean_difference" or outcome.sd_ref is not None
    return isinstance(outcome.evidence, EffectAndError) and outcome.source_level == "secondary" and scaled
