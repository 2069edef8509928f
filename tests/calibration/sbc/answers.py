"""Where the truth lies in its posterior, by quadrature and among the draws of NUTS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from calibration.sbc.simulated import Random
from numpy.typing import NDArray

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis, readings
from bayes.models.structures import adverse_event_hierarchy, independent_arms
from bayes.paper.trial import Outcome
from bayes.priors.arm_pairs import ArmPair
from bayes.quadrature import reports
from bayes.quadrature.integrals import cumulative
from bayes.sampler.draws import combine
from bayes.sampler.engine import Engine, split

SLOW = ("proportional_odds", "partial_odds_linear", "partial_odds_worst", "proportional_odds_of_days", "events_lognormal",
        "events_in_persons", "events_zero_inflated", "events_negative_binomial")  # fmt: skip
"""Likelihoods whose curves take a tenth of a second and more. Of these, sampling needs at most a place to begin at."""
FEW = 4  # values of tau in the plane of a common effect, all of which are below what the reports can tell from zero


@dataclass(frozen=True)
class Place:
    """Where a truth lies in its posterior.

    Attributes
    ----------
    below : dict of float
        By parameter: P(parameter < truth), which is uniform if the posterior is calibrated.
    benefit : float
        P(benefit), of the effect or of the mean effect.
    benefits : bool
        Whether the true effect is a benefit.
    divergences : int
    """

    below: Mapping[str, float]
    benefit: float
    benefits: bool
    divergences: int = 0


def forget() -> None:
    """Forget curves and planes, which no later simulation needs."""
    reports.remembered.clear()
    reports._planes.clear()


def by_quadrature(analysis: Analysis, truth: Mapping[str, float]) -> Place:
    """Return the place of the truth in the posterior that quadrature finds."""
    if analysis.joined_by is not None:
        return _of_synthesis(analysis, truth)
    effect, null = truth["effect"], analysis.target.null
    if isinstance(analysis.formed.distribution, ArmPair):
        above, _ = quadrature.effect_of_arms(analysis.formed.distribution, analysis.outcome)
        return Place({"effect": 1 - above(effect)}, above(null), effect > null)
    prior = analysis.effect_prior
    (curve,) = likelihood_curves(analysis)
    posterior = quadrature.table(curve, [null, effect], quadrature.spots_of(prior)).under(prior)
    return Place({"effect": 1 - posterior.above(effect)}, posterior.above(null), effect > null)


def _of_synthesis(analysis: Analysis, truth: Mapping[str, float]) -> Place:
    """Return the place of mu, tau and a new trial's effect."""
    if analysis.heterogeneity is None:
        whole = quadrature.make_plane(likelihood_curves(analysis))
        answer = quadrature.integrate_synthesis(replace(whole, log_tau=whole.log_tau[:FEW]), analysis.effect_prior, None)
        return Place({"mu": 1 - answer.p_mu_above(truth["mu"])}, answer.p_mu_above_null, truth["mu"] > 0)
    plane = plane_of_synthesis(analysis)
    answer = quadrature.integrate_synthesis(plane, analysis.effect_prior, analysis.heterogeneity.distribution)
    density = answer.mass.sum(axis=0) / answer.tau_weight * answer.tau
    log_tau, upto = cumulative(np.log(answer.tau), density)
    below = {
        "mu": 1 - answer.p_mu_above(truth["mu"]),
        "tau": float(np.interp(np.log(truth["tau"]), log_tau, upto)),
        "new_trial": 1 - answer.p_new_above(truth["new_trial"]),
    }
    return Place(below, answer.p_mu_above_null, truth["mu"] > 0)


def by_nuts(analysis: Analysis, truth: Mapping[str, float], engine: Engine, random: Random, step: int) -> Place:
    """Return the place of the truth among every `step`-th draw, ties and the last digit at random."""
    _place(analysis)
    pieces, accept = split(analysis), analysis.settings.target_accept
    samples = [engine.sample(analysis, piece, i, 1, accept, 1, pointwise=False) for i, piece in enumerate(pieces)]
    raw = combine(samples, analysis.settings.draws).raw
    effects = _effect(analysis, raw)
    true_effect, null = truth["mu" if analysis.joined_by else "effect"], analysis.target.null
    below = {}
    for name, true in truth.items():
        values = effects if name == "effect" else _draws(raw, name)
        if values is not None:
            below[name] = _below(values[:, step - 1 :: step].ravel(), true, random)
    divergences = sum(sample.divergences for sample in samples)
    return Place(below, float((effects > null).mean()), true_effect > null, divergences)


def _below(draws: NDArray[np.float64], true: float, random: Random) -> float:
    """Return a number that is uniform on (0, 1) if draws and truth are exchangeable."""
    less, equal = int((draws < true).sum()), int((draws == true).sum())
    return float((less + random.random() * (equal + 1)) / (draws.size + 1))


def _effect(analysis: Analysis, raw: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the draws of the effect, of the mean effect, or of the first row's effect with its exact zeros."""
    if analysis.joined_by is not None:
        return raw["mu"]
    if analysis.model == "adverse_event_hierarchy":
        return adverse_event_hierarchy.effects(raw["theta"], raw.get("p_null"), analysis.settings.seed)[:, :, 0]
    if analysis.model == "independent_arms":
        return independent_arms.effect(raw["treatment"], raw["control"], analysis.outcome.measure)[:, :, 0]
    return raw["effect"][:, :, 0]


def _draws(raw: Mapping[str, NDArray[np.float64]], name: str) -> NDArray[np.float64] | None:
    """Return the draws of a parameter of the first report or row, (chain, draw); None of one that is not sampled."""
    plain, place = re.fullmatch(r"([a-z_0-9]+)(?:\[(\d+)\])?", name).groups()
    found = next((values for key, values in raw.items() if key.rpartition("::")[2] == plain), None)
    if found is None:
        return None
    first = found if place is None or found.ndim == 3 else found[:, :, 0]
    return first if first.ndim == 2 else first[:, :, int(place or 0)]


def _place(analysis: Analysis) -> None:
    """Put rough curves in the place of costly ones, which only place the sampler in a synthesis."""
    for reading in readings(analysis) if analysis.likelihoods else ():
        if reading.likelihood in SLOW:
            centre, width = _rough(reading.outcome)
            reports.remembered[reading.key] = quadrature.Curve({"all": np.zeros_like}, centre, width, "for placing the sampler only")


def _rough(outcome: Outcome) -> tuple[float, float]:
    """Return a location and a width of the effect that a report suggests, on the log scale."""
    evidence = outcome.evidence
    if evidence.kind == "events":
        t, c = evidence.treatment, evidence.control
        return float(np.log((t.events + 0.5) / t.n * c.n / (c.events + 0.5))), float(np.sqrt(2 / (t.events + 0.5) + 2 / (c.events + 0.5)))
    n = evidence.sizes
    return 0.0, float(np.sqrt(3.5 * (1 / n.treatment + 1 / n.control)))
