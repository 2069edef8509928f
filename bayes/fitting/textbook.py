"""The public function `pymc_model`: the model behind a posterior, written as one would write it by hand.

A fit samples a graph that is compiled once and refitted, with every number as data. The textbook model states the same
posterior in PyMC's own distributions, with names, dimensions and observed variables, for reading and for every tool
that takes a PyMC model; a test keeps the two densities equal.
"""

from __future__ import annotations

from collections.abc import Mapping

import pymc as pm

from bayes.analysis.analysis import Analysis
from bayes.analysis.targets import Target, resolve
from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.errors import NotFormable
from bayes.fitting.verbs import the_analysis
from bayes.likelihoods.contract import Likelihood, load
from bayes.likelihoods.registry import card_of
from bayes.models.structures import adverse_event_hierarchy, independent_arms, random_effects, single_trial
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.trial import Outcome
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.hierarchy import Hierarchy
from bayes.priors.sets import SomePriorSet, as_set
from bayes.sampler.graphs import density_of
from bayes.synthesis.file import Synthesis


def pymc_model(
    target: Target,
    prior: str = "neutral",
    *,
    prior_set: SomePriorSet = "default",
    likelihood: str | None = None,
    omega: float | None = None,
    heterogeneity: str | None = None,
    model: str | None = None,
) -> pm.Model:
    """Write the model of an outcome, or of a synthesis, under one prior in PyMC.

    Parameters
    ----------
    target : Outcome, Synthesis, Trial, str or path
        The outcome or synthesis, as `bayes.resolve` accepts it.
    prior, prior_set, likelihood, omega, heterogeneity, model
        As in `bayes.fit`.

    Returns
    -------
    pm.Model
        With named dimensions (`arm`, `category`, `cut`, `trial`, `row`, `body_system`) and observed variables. The
        parameters are named as in the posterior of `bayes.fit`; in a synthesis, or in a table whose rows are fitted
        alone, the name of the trial or row follows in brackets.

    Raises
    ------
    InvalidInput, NotFormable
        As for `bayes.fit`.

    Notes
    -----
    A prior with a spike is written with an indicator `no_effect`, for which `pm.sample` adds a step of its own. Where a
    potential stands for selective reporting, or for cells of a table that must not be negative, `pm` leaves it out of
    draws from the prior, and says so.

    Examples
    --------
    >>> import bayes
    >>> model = bayes.pymc_model("treasure:mrs_90d")
    >>> [variable.name for variable in model.free_RVs], [variable.name for variable in model.observed_RVs]
    (['effect', 'p_category'], ['counts'])
    """
    return written_out(
        the_analysis(
            resolve(target),
            prior,
            as_set(prior_set),
            likelihood=likelihood,
            omega=omega,
            heterogeneity=heterogeneity,
            model=model,
        )
    )


def written_out(analysis: Analysis) -> pm.Model:
    """Return the textbook model of an analysis.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    pm.Model
    """
    target, prior, nuisance = analysis.target, analysis.formed.distribution, analysis.nuisance
    for name in analysis.likelihoods:
        if not card_of(name).textbook:
            raise NotFormable(f"{name} has no textbook form: its file lacks `observe` or `recovered`")
    if isinstance(target, Synthesis):
        return random_effects.textbook(_reports(analysis), _around(analysis, target), nuisance, target.measure)
    match prior:
        case ArmPair(treatment=Distribution() as treatment, control=Distribution() as control):
            return independent_arms.textbook(target, treatment, control)
        case Hierarchy():
            return adverse_event_hierarchy.textbook(analysis.likelihoods[0], target, prior, nuisance.dispersion)
        case Distribution():
            return single_trial.textbook(load(analysis.likelihoods[0]), target, prior, nuisance, analysis.omegas[0])
    raise TypeError(f"the prior of {target.name} is not formed: {prior}")


def ending_of(row: str) -> str:
    """Return the ending of the names of a row's variables, in a table whose rows are fitted alone."""
    return single_trial.ending_of(row)


def parameters_of(analysis: Analysis, stored: Mapping[str, FloatArray], seed: int) -> Mapping[str, FloatArray]:
    """Return draws of the textbook model's parameters from a stored posterior.

    Parameters
    ----------
    analysis : Analysis
        The analysis that the posterior is of.
    stored : mapping of ndarray, shape (chain, draw, ...)
    seed : int
        For the effect that there would be, where it is exactly zero.

    Returns
    -------
    mapping of ndarray, shape (chain, draw, ...)
        Among others, every parameter of `written_out`.
    """
    target, prior, nuisance = analysis.target, analysis.formed.distribution, analysis.nuisance
    if isinstance(target, Synthesis):
        return random_effects.recovered(_reports(analysis), _around(analysis, target), nuisance, stored)
    match prior:
        case Hierarchy():
            systems = of_kind(target.evidence, AdverseEvents).systems
            return adverse_event_hierarchy.recovered(stored, systems, seed)
        case Distribution():
            return single_trial.recovered(load(analysis.likelihoods[0]), stored, target, prior, nuisance, seed)
    return stored  # both arms are stored


def _reports(analysis: Analysis) -> list[tuple[Likelihood, Outcome, float]]:
    """Return the likelihood, the report and the selection of every member of a synthesis."""
    likelihoods = (load(name) for name in analysis.likelihoods)
    return list(zip(likelihoods, analysis.members, analysis.omegas, strict=True))


def _around(analysis: Analysis, synthesis: Synthesis) -> random_effects.Around:
    """Return what the effects of a synthesis scatter around, and how."""
    mu = analysis.formed.distribution
    if not isinstance(mu, Distribution):
        raise TypeError(f"the prior of a mean effect is a distribution, not {mu}")
    tau = None if analysis.heterogeneity is None else analysis.heterogeneity.distribution
    card = analysis.structure_card
    if card.has_covariate and synthesis.covariate is not None:
        return random_effects.Around(mu, tau, synthesis.covariate.parsed, synthesis.covariate.centred)
    own = None if card.scatter is None else (density_of(card), card.scatter.draw)
    return random_effects.Around(mu, tau, nu=float(synthesis.nu) if card.has_nu else None, own=own)
