"""Alternative likelihoods: other readings of the same report under the same prior.

They cover the other likelihoods of the catalogue, the normal approximation that a meta-analysis would use, other
numbers printed in the paper, selective reporting, bias of an as-treated comparison, imputed, missing and clustered
patients, and other priors of the nuisance parameters. Each row changes one thing relative to the main reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import starmap
from typing import TypedDict

import numpy as np
import pandas as pd

from bayes import quadrature
from bayes.analysis.curves import likelihood_curves
from bayes.base import measures
from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import parse
from bayes.base.numbers import significant
from bayes.checks import common_odds
from bayes.likelihoods.choice import alternatives
from bayes.likelihoods.registry import card_of, readers
from bayes.paper.annotations import Selection
from bayes.paper.evidence import (
    Binary,
    CensoredCounts,
    DigitisedCurve,
    Estimate,
    Events,
    Means,
    Medians,
    OrdinalTable,
    PairedCounts,
    Tested,
)
from bayes.paper.selective_reporting import OMEGAS, is_significant
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.priors.sets import SomePriorSet
from bayes.quadrature.estimates import normal_curve
from bayes.quadrature.likelihood_curve import LogCurve
from bayes.sensitivity.beside import beside
from bayes.sensitivity.count_bounds import at_the_bounds
from bayes.sensitivity.designs import in_clusters, other_correlations
from bayes.sensitivity.families import families
from bayes.sensitivity.missing_patients import of_members, with_missing
from bayes.sensitivity.off_centre import off_centre
from bayes.sensitivity.replaced_report import weighted, with_curves
from bayes.sensitivity.subject import Interval, Subject, Summary, Target

MAIN = "main"  # the question of the report as it is read by default
SIGMA_B = (0.2, 0.4)  # sd of an as-treated bias on a log ratio (METHODS 9; Turner 2009, Welton 2009)
BASELINE_SDS = (1.5, 5.0)
DEPARTURE = "normal(0, 0.5)"  # 95% of departures within a factor of 2.7
DISPERSION = "normal(-0.7, 0.7)"  # the overdispersion usual for adverse events
HERMITE = np.polynomial.hermite_e.hermegauss(41)


class _Reading(TypedDict):
    """What was read."""

    question: str  # what is varied, such as "likelihood" or "selective reporting"
    variation: str  # the reading, in words


class LikelihoodRow(_Reading, Summary, Interval):
    """The posterior under one reading of the report."""


@dataclass(frozen=True)
class Variation:
    """One alternative reading of a report."""

    question: str
    name: str
    curve: Callable[[], quadrature.Curve]


def likelihood(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Tabulate the posterior under other readings of the same report, with the main prior (METHODS 6).

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior. In a synthesis, a change
        is made to every report that allows it at once; other likelihoods of the catalogue are compared for single
        outcomes only.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per reading, the main one first: `question` (what is varied), `variation`; posterior `mean` and `sd`
        (analysis scale), `estimate` with the limits `estimate_low` and `estimate_high` of its 95% credible interval
        (natural scale); `p_benefit`, `p_mcid`, `p_harm`.
    """
    return pd.DataFrame(likelihood_rows(Subject.of(target, prior, prior_set, priors)))


def likelihood_rows(subject: Subject) -> list[LikelihoodRow]:
    """List the rows of `likelihood` for a subject."""
    main = Variation(MAIN, _main_name(subject), lambda: subject.curve)
    varied = [main, *(_of_synthesis(subject) if subject.is_synthesis else variations_of_outcome(subject))]
    return [_row(subject, variation, variation.curve()) for variation in varied]


def _main_name(subject: Subject) -> str:
    return "as printed" if subject.is_synthesis else subject.analysis.likelihoods[0]


def _row(subject: Subject, variation: Variation, curve: quadrature.Curve) -> LikelihoodRow:
    posterior = subject.posterior_of(curve)
    return {
        "question": variation.question,
        "variation": variation.name,
        **subject.row(posterior),
        **subject.interval(posterior),
    }


def variations_of_outcome(subject: Subject) -> Iterator[Variation]:
    """Yield every other reading of the report, without computing any yet."""
    outcome, nuisance = subject.target, subject.analysis.nuisance
    if not isinstance(outcome, Outcome):  # a synthesis has the readings of its reports
        return
    name, omega, like = subject.analysis.likelihoods[0], subject.analysis.omegas[0], subject.curve
    for other in alternatives(outcome):
        if other != name:
            yield Variation("likelihood", other, partial(quadrature.curve, outcome, nuisance, other, omega, like))
    yield from _departing(outcome, nuisance, omega, like)
    if isinstance(outcome.evidence, Events) and outcome.evidence.treatment.persons is not None:
        totals = _without_persons(outcome, outcome.evidence)
        for card in readers(totals):
            if card.has("dispersion"):
                read = partial(quadrature.curve, totals, nuisance, card.name, omega, like)
                yield Variation("likelihood", f"{card.name}, persons not used", read)
    for question_, words, curve in families(outcome, like):
        yield Variation(question_, words, curve)
    for words, y, s in normal_approximations(outcome):
        yield Variation("approximation", words, partial(_normal, y, s, subject.curve.bounds))
    for words, y, s in _by_period(outcome):
        yield Variation("proportional hazards", words, partial(_normal, y, s, subject.curve.bounds))
    for words, curve in off_centre(outcome, nuisance, omega, subject.curve):
        yield Variation("interval off centre", words, curve)
    for question_, words, curve in beside(outcome, nuisance, subject.curve):
        yield Variation(question_, words, curve)
    yield from starmap(Variation, other_correlations(outcome, nuisance, subject.curve))
    yield from starmap(Variation, at_the_bounds(outcome, nuisance))
    yield from _selected(outcome, nuisance, name, omega)
    if outcome.analysis_set == "as_treated":
        for sigma in SIGMA_B:
            size = sigma * subject.family.unit
            yield Variation("as-treated bias", f"sigma_b {significant(size)}", partial(biased, subject.curve, size))
    yield from _fewer_patients(outcome, subject.curve)
    for question_, words, curve in with_missing(outcome, nuisance, subject.curve):
        yield Variation(question_, words, curve)
    for question_, words, changed in other_nuisances(outcome, nuisance, name):
        yield Variation(question_, words, partial(quadrature.curve, outcome, changed, name, omega, like))


def _departing(outcome: Outcome, nuisance: Nuisance, omega: float, like: quadrature.Curve) -> Iterator[Variation]:
    """Yield partial proportional odds under a wider prior of the departure, which lets the data separate the cuts.

    Under the default, normal(0, 0.25) on the log scale, 95% of departures change the odds ratio of a cut by less than a
    factor of 1.6, so that those rows reflect the prior as much as the data.
    """
    wide = replace(nuisance, departure=parse(DEPARTURE))
    for card in readers(outcome):
        if card.has("departure"):
            words = f"{card.name}, departure {DEPARTURE}"
            yield Variation("departure prior", words, partial(quadrature.curve, outcome, wide, card.name, omega, like))


def _without_persons(outcome: Outcome, counts: Events) -> Outcome:
    """Return the report reduced to event totals, which leave the dispersion to its prior."""
    t, c = (arm.model_copy(update={"persons": None}) for arm in (counts.treatment, counts.control))
    totals = counts.model_copy(update={"treatment": t, "control": c})
    return outcome.model_copy(update={"evidence": totals})


def normal_approximations(outcome: Outcome) -> Iterator[tuple[str, float, float]]:
    """Yield (words, y, s): the effect and standard error that a meta-analysis would take from these counts or means."""
    measure = outcome.measure
    match outcome.evidence:
        case Binary() as table:
            if (own := table.own_estimate(measure)) is not None:
                yield "normal, from the 2 x 2 table", *own
        case OrdinalTable(observed=observed):
            _, treatment, control = zip(*observed, strict=True)
            if (found := common_odds.fit(treatment, control)) is not None:
                yield "normal, maximum likelihood", outcome.sign * found.theta, found.se
        case Estimate(p=Decimal() as p) as estimate if estimate.ci is not None and p < 1:
            y, _ = estimate.on_analysis_scale(measure)
            df = None if estimate.df is None else float(estimate.df)
            if y:
                yield "standard error from the printed p, not the interval", y, measures.se_from_p(y, float(p), df)
        case Means() as means:
            words = "difference of the means" if measure == "mean_difference" else "Hedges' g"
            yield f"normal, {words}", *means.own_estimate(measure)
        case PairedCounts() as pairs:
            if (own := pairs.own_estimate(measure)) is not None:
                yield "normal, log ratio of the discordant pairs", *own
        case Medians() as medians:
            with_intervals = medians.treatment.ci is not None and medians.control.ci is not None
            how = "medians and their intervals" if with_intervals else "means and SDs by Luo 2018 and Wan 2014"
            yield f"normal, {how}", *medians.converted(measure)
        case Events(treatment=t, control=c) as counts if min(t.events, c.events) > 0:
            (x1, x0), (t1, t0) = (t.events, c.events), counts.relative_exposure
            y, s = float(np.log(x1 * t0 / (x0 * t1))), (1 / x1 + 1 / x0) ** 0.5
            yield "normal, log rate ratio without over-dispersion", y, s


def _by_period(outcome: Outcome) -> Iterator[tuple[str, float, float]]:
    """Yield (words, y, s) of the hazard ratio of digitised curves in either half of the events.

    Under proportional hazards both periods estimate the same effect.
    """
    evidence = outcome.evidence
    if isinstance(evidence, DigitisedCurve) and outcome.measure == "hazard_ratio" and (found := evidence.by_period()):
        at = f"{significant(found[0])} {evidence.unit}"
        for words, (y, s) in zip((f"events up to {at}", f"events after {at}"), found[1], strict=True):
            yield words, y, s


def _normal(y: float, s: float, bounds: tuple[float, float]) -> quadrature.Curve:
    return normal_curve(y, s, "normal approximation", bounds)


def _selected(outcome: Outcome, nuisance: Nuisance, name: str, stated: float) -> Iterator[Variation]:
    """Yield the values of omega for a stated selection, and for a significant result for which none is stated."""
    if not isinstance(outcome.evidence, Tested):
        return
    hypothetical = outcome.selection is None
    changed = outcome.model_copy(update={"selection": Selection()}) if hypothetical else outcome
    significant = is_significant(changed)
    if hypothetical and not significant:
        return
    for omega in OMEGAS:
        if omega != stated and (omega > 0 or significant):
            words = f"omega {omega:g}" + (" (no selection is stated)" if hypothetical else "")
            yield Variation("selective reporting", words, partial(quadrature.curve, changed, nuisance, name, omega))


def biased(curve: quadrature.Curve, sigma: float) -> quadrature.Curve:
    """Return the curve of theta for a report of theta + b with b ~ Normal(0, sigma), averaged over b."""
    if curve.normal is not None:
        y, s = curve.normal
        return _normal(y, (s**2 + sigma**2) ** 0.5, curve.bounds)
    curve = quadrature.smoothed(curve)
    node, weight = HERMITE
    log_weight = np.log(weight / weight.sum())

    def average(part: LogCurve, theta: FloatArray) -> FloatArray:
        shifted = theta[:, None] + sigma * node
        log_l: FloatArray = log_sum_exp(part(shifted.ravel()).reshape(shifted.shape) + log_weight, axis=1)
        return log_l

    parts: dict[str, LogCurve] = {name: partial(average, part) for name, part in curve.parts.items()}
    return replace(curve, parts=parts, width=(curve.width**2 + sigma**2) ** 0.5)


def _fewer_patients(outcome: Outcome, curve: quadrature.Curve) -> Iterator[Variation]:
    """Yield readings in which imputed or clustered patients carry less information than independent, observed ones.

    The likelihood is raised to the power observed / counted, and to one over the design effect, by which clustering
    multiplies the variance (`designs.in_clusters`).
    """
    if outcome.observed is not None and (sizes := outcome.evidence.sizes) is not None:
        counted = sizes.total
        words = f"likelihood to the power {outcome.observed.total}/{counted}"
        yield Variation("imputation", words, partial(weighted, curve, outcome.observed.total / counted))
    yield from starmap(Variation, in_clusters(outcome, curve))


def other_nuisances(outcome: Outcome, nuisance: Nuisance, name: str) -> Iterator[tuple[str, str, Nuisance]]:
    """Yield (question, words, priors) with a prior of the baseline or dispersion other than that of the set."""
    evidence = outcome.evidence
    if isinstance(evidence, Binary | CensoredCounts) and outcome.measure != "risk_difference":
        for sd in BASELINE_SDS:
            yield "baseline prior", f"logit risk normal(0, {sd:g})", replace(nuisance, binary=parse(f"normal(0, {sd})"))
    elif isinstance(evidence, Events):
        for sd in BASELINE_SDS:
            yield "baseline prior", f"log rate normal(0, {sd:g})", replace(nuisance, events=parse(f"normal(0, {sd})"))
        if card_of(name).has("dispersion"):
            yield "dispersion prior", f"log size {DISPERSION}", replace(nuisance, dispersion=parse(DISPERSION))
    elif isinstance(evidence, OrdinalTable):
        yield "baseline prior", "category shares dirichlet(1)", replace(nuisance, ordinal=parse("dirichlet(1)"))


def _of_synthesis(subject: Subject) -> Iterator[Variation]:
    """Yield the readings of a synthesis: normal approximations, as-treated bias, selection, down-weighted patients."""
    analysis = subject.analysis
    members, curves = analysis.members, likelihood_curves(analysis)
    approximated = {
        i: _normal(y, s, curves[i].bounds)
        for i, member in enumerate(members)
        for _, y, s in list(normal_approximations(member))[:1]
    }
    if approximated:
        words = f"normal, {len(approximated)} of {len(members)} reports"
        yield Variation("approximation", words, partial(with_curves, subject, approximated))
    treated = [i for i, member in enumerate(members) if member.analysis_set == "as_treated"]
    for sigma in SIGMA_B if treated else ():
        size = sigma * subject.family.unit
        changed = {i: biased(curves[i], size) for i in treated}
        yield Variation("as-treated bias", f"sigma_b {significant(size)}", partial(with_curves, subject, changed))
    stated = [i for i, member in enumerate(members) if member.selection is not None]
    for omega in OMEGAS if stated else ():
        able = [i for i in stated if omega > 0 or is_significant(members[i])]
        if able and any(omega != analysis.omegas[i] for i in able):
            changed = {i: quadrature.curve(members[i], analysis.nuisance, analysis.likelihoods[i], omega) for i in able}
            yield Variation("selective reporting", f"omega {omega:g}", partial(with_curves, subject, changed))
    for question_, words, of_reports in of_members(members, analysis.nuisance, curves):
        yield Variation(question_, words, partial(_swap_all, subject, of_reports))
    for i, member in enumerate(members):
        for variation in _fewer_patients(member, curves[i]):
            name = f"{member.name}: {variation.name}"
            yield replace(variation, name=name, curve=partial(_swap, subject, i, variation.curve))


def _swap(subject: Subject, i: int, curve: Callable[[], quadrature.Curve]) -> quadrature.Curve:
    return with_curves(subject, {i: curve()})


def _swap_all(subject: Subject, curves: Callable[[], dict[int, quadrature.Curve]]) -> quadrature.Curve:
    return with_curves(subject, curves())
