"""The independent answers to the numbers that rows take from draws: moments, probabilities and tails, by quadrature.

The columns stay empty for a meta-regression, for a table of adverse events under one hierarchy, and for all but the
mean and SD of a trial's own effect in a synthesis, because quadrature gives no answer there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.base import measures
from bayes.paper.trial import Outcome
from bayes.posterior.row import CI_PROB
from bayes.synthesis.file import Synthesis

TAILS = ((1 - CI_PROB) / 2, (1 + CI_PROB) / 2)


@dataclass(frozen=True)
class Law:
    """The distribution of a parameter: P(theta > t), P(theta >= t) and quantiles, on the analysis scale."""

    above: Callable[[float], float]
    at_least: Callable[[float], float]
    quantiles: Callable[[Iterable[float]], list[float]]


def exact_answers(analysis: Analysis) -> dict[str, dict[str, Any]]:
    """Return the independent answer for each parameter and how it was found; empty where there is none.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    dict of dict
        By parameter: `mean` and `sd` (None where the moment does not exist) and `method`; where a distribution function
        is available also `p_benefit`, `p_harm`, `ci_low`, `ci_high` and the probabilities for stated thresholds.
        Moments and limits are on the analysis scale.
    """
    if analysis.joined_by is not None:
        return {} if analysis.model == "meta_regression" else _of_synthesis(analysis)
    answers = {"independent_arms": _of_arms, "single_trial": _of_outcome}
    return answers[analysis.model](analysis) if analysis.model in answers else {}


def missing_moments(analysis: Analysis) -> dict[str, list[str]]:
    """Return the parameters of a synthesis whose posterior has no mean or no SD.

    These may be tau and the effect in a new trial, under a heavy tail and with few trials. Every report whose
    likelihood falls away from its peak adds one to the tail index of tau; a moment exists if its order is below the
    sum. If no likelihood falls away (statements of significance alone), the mean has the tail of its own prior.

    Returns
    -------
    dict of list of str
        Parameters without a "mean" and without an "sd".
    """
    missing: dict[str, list[str]] = {"mean": [], "sd": []}
    if analysis.joined_by is None:
        return missing
    falling = sum(not curve.level_tails for curve in likelihood_curves(analysis))
    if not falling:
        of_mean = ["mu", "new_trial", *(f"effect[{member.name}]" for member in analysis.members)]
        order = analysis.formed.distribution.heaviest_df
        missing["mean"] += of_mean if order <= 1 else []
        missing["sd"] += of_mean if order <= 2 else []
    if analysis.heterogeneity is None:
        return missing
    order = analysis.heterogeneity.distribution.heaviest_df + falling
    if order <= 1:
        missing["mean"].append("tau")
    if order <= 2:
        missing["sd"] += ["tau", "new_trial"]
    elif analysis.model == "robust_random_effects" and analysis.target.nu <= 2:
        missing["sd"].append("new_trial")
    return missing


def _of_synthesis(analysis: Analysis) -> dict[str, dict[str, Any]]:
    """Return the answers for mu, tau, a new trial and every effect, and the likely directions of folded reports."""
    plane, prior, target = plane_of_synthesis(analysis), analysis.formed.distribution, analysis.target
    tau = analysis.heterogeneity and analysis.heterogeneity.distribution
    answer = quadrature.integrate_synthesis(plane, prior, tau)
    method = "quadrature over mu and tau of the trials' likelihood curves"
    mean = Law(answer.p_mu_above, answer.p_mu_above, answer.mu_quantiles)
    new = Law(answer.p_new_above, answer.p_new_above, answer.new_quantiles)
    found = {
        "mu": _exact(answer.mu_mean, answer.mu_sd, method) | _beyond(target, mean, answer.p_mu_above_null),
        "new_trial": _exact(answer.mu_mean, answer.new_sd, method) | _beyond(target, new, answer.p_new_above(0.0)),
    }
    if tau is not None:
        low, high = answer.tau_quantiles(TAILS)
        found["tau"] = _exact(answer.tau_mean, answer.tau_sd, method) | {"ci_low": low, "ci_high": high}
    upwards = quadrature.directions(plane, prior, tau)
    for i, (member, (mean_, sd)) in enumerate(zip(analysis.members, answer.effects, strict=True)):
        found[f"effect[{member.name}]"] = _exact(mean_, sd, method)
        if i in upwards:
            favours = upwards[i] if target.sign > 0 else 1 - upwards[i]
            found[f"effect[{member.name}]"]["p_favours_treatment"] = favours
    for moment, parameters in missing_moments(analysis).items():
        for name in parameters:
            found[name][moment] = None
    return found


def _of_arms(analysis: Analysis) -> dict[str, dict[str, Any]]:
    target = analysis.target
    answer = quadrature.integrate_arms(analysis.formed.distribution, target)
    above, quantiles = quadrature.effect_of_arms(analysis.formed.distribution, target)
    law = Law(above, above, quantiles)
    found = _exact(answer.mean, answer.sd, quadrature.CONJUGATE) | _beyond(target, law, answer.p_above_null)
    return {"effect": found}


def _of_outcome(analysis: Analysis) -> dict[str, dict[str, Any]]:
    target, prior = analysis.target, analysis.formed.distribution
    (curve,) = likelihood_curves(analysis)
    answer = quadrature.integrate(curve, prior, target.null)
    posterior = quadrature.table(curve, [target.null, *thresholds(target).values()], quadrature.spots_of(prior)).under(
        prior
    )
    law = Law(posterior.above, posterior.at_least, posterior.quantiles)
    found = _exact(answer.mean, answer.sd, curve.method)
    found |= _beyond(target, law, answer.p_above_null, answer.p_below_null)
    spike = {"p_null": answer.p_null, "bf_01": answer.bf_01} if prior.spike else {}
    return {"effect": found | spike}


def thresholds(target: Outcome | Synthesis) -> dict[str, float]:
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
    found = {} if mcid is None else {"p_mcid": mcid, "p_severe_harm": measures.mirrored(mcid, target.null)}
    return found if margin is None else found | {"p_margin": margin}


def _beyond(target: Outcome | Synthesis, law: Law, above: float, below: float | None = None) -> dict[str, Any]:
    """Return probabilities and tails of one parameter, in the direction of `benefit`.

    Parameters
    ----------
    above, below : float
        P(theta > null) and P(theta < null); by default `below` is 1 - above, as without mass on the null.
    """
    below = 1 - above if below is None else below
    benefit, harm = (above, below) if target.sign > 0 else (below, above)
    low, high = law.quantiles(TAILS)
    found = {"p_benefit": benefit, "p_harm": harm, "ci_low": low, "ci_high": high}
    for name, threshold in thresholds(target).items():
        upwards = (target.sign > 0) != (name == "p_severe_harm")
        found[name] = law.at_least(threshold) if upwards else 1 - law.above(threshold)
    return found


def _exact(mean: float | None, sd: float | None, method: str) -> dict[str, Any]:
    return {"mean": mean, "sd": sd, "p_benefit": None, "method": method}
