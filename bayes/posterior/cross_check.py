"""The independent answers to the numbers that rows take from draws: moments, probabilities and tails, by quadrature.

The columns stay empty for a meta-regression, for a table of adverse events under one hierarchy, and for all but the
mean and SD of a trial's own effect in a synthesis, because quadrature gives no answer there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.base import measures
from bayes.paper.trial import Outcome
from bayes.posterior import description
from bayes.posterior.measured import QUANTILES, MissingMoments
from bayes.posterior.names import EFFECT, MU, NEW_TRIAL, TAU, ParameterName, effect_of
from bayes.posterior.parameter import ExactAnswer
from bayes.priors.arm_pairs import ArmPair
from bayes.quadrature.scatter import scatter_of
from bayes.synthesis.file import Synthesis

Answers = Mapping[ParameterName, ExactAnswer]
Limits = Literal["p_mcid", "p_severe_harm", "p_margin"]


@dataclass(frozen=True)
class Law:
    """The distribution of a parameter: P(theta > t), P(theta >= t) and quantiles, on the analysis scale."""

    above: Callable[[float], float]
    at_least: Callable[[float], float]
    quantiles: Callable[[Iterable[float]], list[float]]


def exact_answers(analysis: Analysis) -> Answers:
    """Return the independent answer for each parameter and how it was found; empty where there is none.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    dict of ParameterName to ExactAnswer
        With moments that are None where they do not exist; where a distribution function is available also with
        probabilities and the limits of the interval.
    """
    match analysis.model:
        case "single_trial":
            return _of_outcome(analysis)
        case "independent_arms":
            return _of_arms(analysis)
        case "meta_regression" | "adverse_event_hierarchy":
            return {}
    return _of_synthesis(analysis)


def missing_moments(analysis: Analysis, answers: Answers) -> MissingMoments:
    """Return the parameters whose posterior has no mean or no SD, by quadrature and by the tails of their densities."""
    by_tails = _missing_by_tails(analysis)
    return MissingMoments(
        by_tails.mean | {name for name, answer in answers.items() if answer.mean is None},
        by_tails.sd | {name for name, answer in answers.items() if answer.sd is None},
    )


def _missing_by_tails(analysis: Analysis) -> MissingMoments:
    """Return the parameters of a synthesis whose posterior has no mean or no SD.

    These may be tau and the effect in a new trial, under a heavy tail and with few trials. Every report whose
    likelihood falls away from its peak adds one to the tail index of tau; a moment exists if its order is below the
    sum. If no likelihood falls away (statements of significance alone), the mean has the tail of its own prior.
    """
    if analysis.joined_by is None:
        return MissingMoments()
    mean: set[ParameterName] = set()
    sd: set[ParameterName] = set()
    falling = sum(not curve.level_tails for curve in likelihood_curves(analysis))
    if not falling:
        of_mean = {MU, NEW_TRIAL, *(effect_of(member.name) for member in analysis.members)}
        order = analysis.effect_prior.heaviest_df
        mean |= of_mean if order <= 1 else set()
        sd |= of_mean if order <= 2 else set()
    if analysis.heterogeneity is None:
        return MissingMoments(frozenset(mean), frozenset(sd))
    order = analysis.heterogeneity.distribution.heaviest_df + falling
    if order <= 1:
        mean.add(TAU)
    if order <= 2:
        sd |= {TAU, NEW_TRIAL}
    elif scatter_of(analysis.structure_card, analysis.synthesis).sd is None:
        sd.add(NEW_TRIAL)
    return MissingMoments(frozenset(mean), frozenset(sd))


def _of_synthesis(analysis: Analysis) -> Answers:
    """Return the answers for mu, tau, a new trial and every effect, and the likely directions of folded reports."""
    plane, prior, target = plane_of_synthesis(analysis), analysis.effect_prior, analysis.synthesis
    tau = None if analysis.heterogeneity is None else analysis.heterogeneity.distribution
    answer = quadrature.integrate_synthesis(plane, prior, tau)
    method = "quadrature over mu and tau of the trials' likelihood curves"
    mean = Law(answer.p_mu_above, answer.p_mu_above, answer.mu_quantiles)
    new = Law(answer.p_new_above, answer.p_new_above, answer.new_quantiles)
    of_mean = ExactAnswer(method, answer.mu_mean, answer.mu_sd)
    of_new = ExactAnswer(method, answer.mu_mean, answer.new_sd)
    found = {
        MU: _beyond(of_mean, analysis, mean, answer.p_mu_above_null),
        NEW_TRIAL: _beyond(of_new, analysis, new, answer.p_new_above(0.0)),
    }
    if tau is not None:
        low, middle, high = answer.tau_quantiles(QUANTILES)
        found[TAU] = ExactAnswer(method, answer.tau_mean, answer.tau_sd, median=middle, ci_low=low, ci_high=high)
    upwards = quadrature.directions(plane, prior, tau)
    for i, (member, (of_effect, sd)) in enumerate(zip(analysis.members, answer.effects, strict=True)):
        favours = None if i not in upwards else upwards[i] if target.sign > 0 else 1 - upwards[i]
        found[effect_of(member.name)] = ExactAnswer(method, of_effect, sd, p_favours_treatment=favours)
    missing = _missing_by_tails(analysis)
    for name in missing.mean & found.keys():
        found[name] = replace(found[name], mean=None)
    for name in missing.sd & found.keys():
        found[name] = replace(found[name], sd=None)
    return found


def _of_arms(analysis: Analysis) -> Answers:
    target, prior = analysis.outcome, analysis.formed.distribution
    if not isinstance(prior, ArmPair):
        raise TypeError(f"{analysis.key} has no prior of both arms")
    answer = quadrature.integrate_arms(prior, target)
    above, quantiles = quadrature.effect_of_arms(prior, target)
    exact = ExactAnswer(quadrature.CONJUGATE, answer.mean, answer.sd)
    return {EFFECT: _beyond(exact, analysis, Law(above, above, quantiles), answer.p_above_null)}


def _of_outcome(analysis: Analysis) -> Answers:
    target, prior = analysis.outcome, analysis.effect_prior
    (curve,) = likelihood_curves(analysis)
    answer = quadrature.integrate(curve, prior, target.null)
    edges = [target.null, *thresholds(target).values(), *_asked(analysis), *_rope(target)]
    posterior = quadrature.table(curve, edges, quadrature.spots_of(prior)).under(prior)
    law = Law(posterior.above, posterior.at_least, posterior.quantiles)
    exact = ExactAnswer(curve.method, answer.mean, answer.sd)
    if prior.spike:
        exact = replace(exact, p_null=answer.p_null, bf_01=answer.bf_01)
    return {EFFECT: _beyond(exact, analysis, law, answer.p_above_null, answer.p_below_null)}


def thresholds(target: Outcome | Synthesis) -> dict[Limits, float]:
    """Return the threshold of each probability: the MCID, its mirror image on the side of harm, and the margin.

    Parameters
    ----------
    target : Outcome or Synthesis

    Returns
    -------
    dict of float
        Column -> threshold on the analysis scale, for the stated thresholds only.
    """
    mcid, margin = target.threshold("mcid"), target.threshold("margin")
    found: dict[Limits, float] = {}
    if mcid is not None:
        found = {"p_mcid": mcid, "p_severe_harm": measures.mirrored(mcid, target.null)}
    return found if margin is None else found | {"p_margin": margin}


def _asked(analysis: Analysis) -> dict[float, float]:
    """Return the thresholds that were asked for, with those that every row gives: analysis scale -> natural scale."""
    reported = description.reported(analysis)
    return {measures.to_analysis(at, reported.measure): at for at in reported.given_thresholds}


def _rope(target: Outcome | Synthesis) -> list[float]:
    """Return the limits of the region of practical equivalence on the analysis scale; empty if there is none."""
    return [measures.to_analysis(limit, target.measure) for limit in target.rope_natural or ()]


def _beyond(exact: ExactAnswer, analysis: Analysis, law: Law, above: float, below: float | None = None) -> ExactAnswer:
    """Add probabilities and tails of one parameter, in the direction of `benefit`.

    Parameters
    ----------
    above, below : float
        P(theta > null) and P(theta < null); by default `below` is 1 - above, as without mass on the null.
    """
    target = analysis.target
    below = 1 - above if below is None else below
    benefit, harm = (above, below) if target.sign > 0 else (below, above)

    def reached(threshold: float, good: int = target.sign) -> float:
        return law.at_least(threshold) if good > 0 else 1 - law.above(threshold)

    low, median, high = law.quantiles(QUANTILES)
    rope = _rope(target)
    stated = thresholds(target)
    severe = stated.get("p_severe_harm")
    return replace(
        exact,
        p_benefit=benefit,
        p_harm=harm,
        p_mcid=reached(stated["p_mcid"]) if "p_mcid" in stated else None,
        p_severe_harm=None if severe is None else reached(severe, -target.sign),
        p_margin=reached(stated["p_margin"]) if "p_margin" in stated else None,
        p_rope=max(law.at_least(rope[0]) - law.above(rope[1]), 0.0) if rope else None,
        median=median,
        ci_low=low,
        ci_high=high,
        beyond=tuple((natural, reached(at)) for at, natural in _asked(analysis).items()),
    )
