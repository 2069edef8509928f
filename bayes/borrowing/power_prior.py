"""Priors from other evidence: power priors from earlier trials, and the predictive distribution of a synthesis.

    evidence    p(theta) prop. to p_0(theta) prod_j L_j(theta)^a_j         a_j in [0, 1], fixed (Ibrahim and Chen 2000)
    map         p(theta) = integral of Normal(theta; mu, tau) p(mu, tau | synthesis)     (Neuenschwander et al. 2010)

Both are computed by quadrature and written down as a mixture of normals, with its Kullback-Leibler divergence from the
computed density; `robust = w` adds a vague component of weight w (Schmidli et al. 2014). The patients behind a prior
are never those of the outcome it is used for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bayes import quadrature
from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution, number
from bayes.base.numbers import article, significant
from bayes.borrowing.effective_sample_size import Method, effective_sample_size, unit_information_sd
from bayes.borrowing.mixtures import approximate, robustify
from bayes.errors import NotFormable
from bayes.likelihoods.choice import likelihood_of
from bayes.likelihoods.compatibility import together
from bayes.likelihoods.effect_structures import structure_card
from bayes.paper.endpoint import Endpoint
from bayes.paper.trial import Outcome, load_trial
from bayes.priors import effect_rules
from bayes.priors.effect_prior import EffectPrior
from bayes.priors.sets import PriorSet, on_analysis_scale
from bayes.quadrature.integrals import crowded, panels
from bayes.quadrature.reports import Reading, curves_of, plane_of
from bayes.quadrature.scatter import scatter_of
from bayes.synthesis.file import Synthesis, load_synthesis
from bayes.synthesis.tau_prior import named_heterogeneity

SIZES: dict[Method, str] = {"elir": "ELIR", "morita": "Morita", "moments": "moments"}


@dataclass(frozen=True)
class Source:
    """A density on nodes, with its derivation.

    Attributes
    ----------
    theta, weight, log_density : ndarray, shape (n,)
        Nodes on the analysis scale, integration weights and log density, up to a constant.
    words : str
        How the density came about.
    trials : tuple of (patients or None, standard error)
        The trials behind it, None where their size is not printed; standard errors on the analysis scale.
    """

    theta: FloatArray
    weight: FloatArray
    log_density: FloatArray
    words: str
    trials: tuple[tuple[int | None, float], ...]


def form(prior: EffectPrior, target: Outcome | Synthesis, priors: PriorSet) -> effect_rules.FormedPrior:
    """Form an `evidence` or `map` prior for an outcome or a synthesis, on the analysis scale.

    Parameters
    ----------
    prior : EffectPrior
        With the rule "evidence" or "map".
    target : Outcome or Synthesis
    priors : PriorSet
        The prior set, for baselines and heterogeneity.

    Returns
    -------
    FormedPrior

    Raises
    ------
    NotFormable
        If a source has the target's own patients or another measure or direction, or has no predictive distribution.
    InvalidInput
        If a source does not exist.
    """
    source = (_power if prior.outcomes else _predictive)(prior, target, priors)
    close = approximate(source.theta, source.weight, source.log_density, "normal")
    count = len(close.distribution.components)
    mixture = f"{count} normal{'s' if count > 1 else ''}, KL {significant(max(close.divergence, 0), 1)}"
    basis = f"{source.words}; {mixture}; {_worth(close.distribution, source.trials)}"
    if prior.robust is None:
        return effect_rules.FormedPrior(close.distribution, basis)
    vague = _vague(prior, target)
    robust = robustify(close.distribution, float(prior.robust), vague)
    basis += f"; made robust by weight {number(float(prior.robust))} on {vague}"
    return effect_rules.FormedPrior(robust, basis, vague)


def _power(prior: EffectPrior, target: Outcome | Synthesis, priors: PriorSet) -> Source:
    """Multiply the initial prior by earlier likelihoods raised to their powers."""
    initial = _initial(prior, target)
    earlier = []
    for stated in prior.outcomes:
        trial, _, name = stated.outcome.rpartition(":")
        outcome = load_trial(trial).outcomes[name]
        _refuse([outcome], target)
        (curve,) = curves_of(_readings([outcome], priors))
        earlier.append((outcome, float(stated.weight), curve))

    def log_l(theta: FloatArray) -> FloatArray:
        return np.sum([power * curve(theta) for _, power, curve in earlier], axis=0)

    bounds = earlier[0][2].bounds
    start = min(((curve.centre, curve.width) for _, _, curve in earlier), key=lambda place: place[1])
    landmarks = quadrature.landmarks_of(log_l, bounds, start, any(curve.determined for _, _, curve in earlier))
    together = quadrature.Curve({"all": log_l}, *landmarks, "powers of earlier likelihoods", bounds)
    theta, weight = quadrature.nodes(together, initial, target.null)
    words = ", ".join(f"{outcome.name} to the power {number(power)}" for outcome, power, _ in earlier)
    return Source(
        theta,
        weight,
        quadrature.log_prior_density(initial, theta) + log_l(theta),
        f"{initial} times {words}",
        tuple(_informed(outcome, curve) for outcome, power, curve in earlier if power > 0),
    )


def _predictive(prior: EffectPrior, target: Outcome | Synthesis, priors: PriorSet) -> Source:
    """Return the predictive distribution of the effect in a new trial of the kind that a synthesis joins."""
    if prior.synthesis is None:
        raise NotFormable("the prior names no synthesis; one is required")
    synthesis = load_synthesis(prior.synthesis)
    structure = structure_card(synthesis.model)
    if structure.has_covariate:
        raise NotFormable(f"{synthesis.id} is a meta-regression: its prediction depends on the new trial's covariate")
    own = _patients_of(target)
    used = [i for i, m in enumerate(synthesis.members) if not (prior.without_own and m.patient_sources & own)]
    members = [synthesis.members[i] for i in used]
    if not members:
        raise NotFormable(f"{synthesis.id} has no trial other than the one the prior is for")
    _refuse(members, target)
    initial, tau = _initial(prior, target), None
    readings = _readings(synthesis.members, priors, joined=True, spike=initial.spike > 0)
    if structure.has_tau:
        tau = named_heterogeneity(synthesis, priors, prior.heterogeneity).distribution
    plane = plane_of(readings, scatter_of(structure, synthesis))
    answer = quadrature.integrate_synthesis(plane, initial, tau, used)
    theta, weight, log_density = _density_of_new(answer)
    curves = curves_of(readings)
    left_out = len(synthesis.members) - len(members)
    words = f"predictive distribution of {synthesis.id}, {len(members)} trial{'s' if len(members) > 1 else ''}"
    words += f" ({left_out} of the same patients left out)" if left_out else ""
    words += f", mu {initial}, tau {tau}"
    trials = tuple(_informed(m, curves[i]) for i, m in zip(used, members, strict=True))
    return Source(theta, weight, log_density, words, trials)


def _density_of_new(answer: quadrature.SynthesisAnswer) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return nodes, weights and log density of a new trial's effect, which scatters around every node of mu."""
    low, middle, high = answer.new_quantiles((1e-5, 0.5, 1 - 1e-5))
    inner = answer.new_quantiles((0.25, 0.75))
    width = (inner[1] - inner[0]) / 1.349
    reach = 3 * max(high - middle, middle - low)
    theta, weight = panels(
        crowded([(middle, width), (answer.mu_mean, answer.mu_sd)], middle - reach, middle + reach), 8
    )
    if len(answer.tau) == 1:
        x, cdf = answer.mu_cdf
        return theta, weight, np.log(np.maximum(np.interp(theta, x, np.gradient(cdf, x), 0, 0), 1e-300))
    mass, spread = answer.mass.ravel(), np.broadcast_to(answer.spread, answer.mass.shape).ravel()
    centre = np.broadcast_to(answer.mu[:, None], answer.mass.shape).ravel()
    heavy = mass > mass.max() * 1e-10
    e = (theta[:, None] - centre[heavy]) / spread[heavy]
    log_p = answer.plane.scatter.log_density(e)
    return theta, weight, log_sum_exp(log_p + np.log(mass[heavy] / spread[heavy]), axis=1)


def _worth(prior: Distribution, trials: Sequence[tuple[int | None, float]]) -> str:
    """Describe the effective sample size in patients, by three methods.

    One patient is taken to inform as much as a patient of the trials behind the prior.
    """
    patients = [n for n, _ in trials if n is not None]
    if len(patients) < len(trials):
        return "worth in patients: not known, as a trial behind it does not say how many it had"
    sigma = unit_information_sd(patients, [s for _, s in trials])
    sizes = ", ".join(f"{effective_sample_size(prior, m, sigma):.0f} ({w})" for m, w in SIZES.items())
    return f"worth {sizes} patients; {sum(patients)} were in the trials"


def _vague(prior: EffectPrior, target: Endpoint) -> Distribution:
    """Return the component for the case that earlier evidence does not apply: as written, else the initial prior."""
    if prior.robust_component:
        return on_analysis_scale(prior.robust_component, target)
    return _initial(prior, target)


def _initial(prior: EffectPrior, target: Endpoint) -> Distribution:
    """Return the prior of the effect, or of mu, before the evidence: as written, else the vague prior of the scale."""
    if prior.initial:
        return on_analysis_scale(prior.initial, target)
    vague = effect_rules.form("vague", target).distribution
    if not isinstance(vague, Distribution):
        raise TypeError("the vague rule formed no prior of the effect")
    return vague


def _readings(
    outcomes: Sequence[Outcome], priors: PriorSet, joined: bool = False, spike: bool = False
) -> list[Reading]:
    """Return the reports, each with its default likelihood."""
    names = [likelihood_of(outcome) for outcome in outcomes]
    together(names, priors.nuisance, joined, spike)
    return [Reading(o, priors.nuisance, name, o.omega) for o, name in zip(outcomes, names, strict=True)]


def _refuse(sources: Sequence[Outcome], target: Outcome | Synthesis) -> None:
    """Raise NotFormable for sources on another scale or with the target's own patients."""
    own = _patients_of(target)
    for source in sources:
        if (source.measure, source.benefit) != (target.measure, target.benefit):
            found = f"{source.measure}, {source.benefit} is better"
            raise NotFormable(
                f"{source.name} is {article(found)}; needed is {article(target.measure)}, {target.benefit} is better"
            )
        if source.patient_sources & own:
            whose = ", ".join(sorted(source.patient_sources & own))
            raise NotFormable(f"{source.name} has the same patients ({whose}), who would be counted twice")


def _patients_of(target: Outcome | Synthesis) -> frozenset[str]:
    members = target.members if isinstance(target, Synthesis) else (target,)
    return frozenset(source for m in members for source in m.patient_sources)


def _informed(outcome: Outcome, curve: quadrature.Curve) -> tuple[int | None, float]:
    """Return the number of patients compared and the standard error of the effect.

    The patients are those of the outcome's contrast where the trial has several; None where their number is not printed
    (rates over exposure alone).
    """
    contrast = outcome.trial.contrasts.get(outcome.contrast or "")
    sizes = contrast.n if contrast is not None and contrast.n is not None else outcome.trial.n
    return None if sizes is None else sizes.total, outcome.standard_error or curve.width
