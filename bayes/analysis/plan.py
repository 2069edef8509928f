"""The plan of a run: outcomes and syntheses crossed with priors, and why some pairs cannot be analysed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from bayes.analysis.analysis import Analysis, Settings
from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.errors import InvalidInput, NotFormable
from bayes.likelihoods.choice import likelihood_of
from bayes.likelihoods.compatibility import together
from bayes.likelihoods.effect_structures import structure_card
from bayes.paper import selective_reporting
from bayes.paper.trial import Outcome
from bayes.priors import effect_rules
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.effect_prior import BORROWED, EffectPrior
from bayes.priors.hierarchy import Hierarchy
from bayes.priors.sets import NamedPrior, PriorSet, find_prior, resolve
from bayes.priors.tau import NamedHeterogeneity, form_offered
from bayes.synthesis.file import Synthesis, known_model
from bayes.synthesis.tau_prior import named_heterogeneity

MAIN_PRIOR = "neutral"  # the prior of mu with which a synthesis is shown under every prior of tau
OWN = ("stated", "default", None)  # names of a synthesis's own heterogeneity: stated in its file, by scale, or none


def after_the_main(prior: str, heterogeneity: str | None) -> tuple[bool, bool]:
    """Return a rank by names of priors, lowest for the main posterior: the neutral prior and the synthesis's own tau.

    Parameters
    ----------
    prior, heterogeneity : str
        Names of the priors of the effect and of tau, None where there is no tau.
    """
    return prior != MAIN_PRIOR, heterogeneity not in OWN


@dataclass(frozen=True)
class Skipped:
    """An outcome x prior that cannot be analysed, and the reason; it gets a row of its own in the summary."""

    target: Outcome | Synthesis
    prior: NamedPrior
    reason: str
    heterogeneity: NamedHeterogeneity | None = None


@dataclass(frozen=True)
class Plan:
    """All requested analyses in a fixed order, and those that cannot be done."""

    analyses: tuple[Analysis, ...]
    skipped: tuple[Skipped, ...]


def make_plan(
    targets: Iterable[Outcome | Synthesis],
    priors: PriorSet,
    names: Sequence[str] | None = None,
    settings: Settings | None = None,
    heterogeneity: str | None = None,
    thresholds: Sequence[float] = (),
    likelihood: str | None = None,
    omega: float | None = None,
    model: str | None = None,
) -> Plan:
    """Cross targets with priors.

    Parameters
    ----------
    targets : iterable of Outcome or Synthesis
    priors : PriorSet
    names : sequence of str, optional
        Priors by name, rule or expression; by default all of the set (effects, arms, hierarchies).
    settings : Settings, optional
    heterogeneity : str, optional
        For syntheses: a name of the set's heterogeneity priors, or an expression. By default the file's own prior and,
        if no prior is named either, all those of the set under one prior of the mean.
    thresholds : sequence of float
        Further thresholds for `p_beyond`, on the measure's own scale.
    likelihood : str, optional
        For outcomes: a likelihood to use instead of the file's or the default one.
    omega : float, optional
        For outcomes that state a selection: only this omega; by default the file's own first, then 1, 0.5, 0.1 and 0.
    model : str, optional
        For syntheses: an effect structure of `synthesis.MODELS` to use instead of the file's.

    Returns
    -------
    Plan

    Raises
    ------
    InvalidInput
        Listing every prior that is unknown or on the wrong scale for a target, unknown likelihoods, and thresholds that
        no effect of a target's measure can reach.
    """
    wanted = [find_prior(name, priors) for name in (list(priors.named) if names is None else names)]
    shown_with_every_tau = next((prior for prior in wanted if prior.name == MAIN_PRIOR), wanted[0] if wanted else None)
    analyses: list[Analysis] = []
    skipped: list[Skipped] = []
    mistakes: list[str] = []
    for target in targets:
        mistakes += _impossible(thresholds, target)
        for prior in wanted:
            optional = names is None and prior.prior.when == "formable"
            try:
                if isinstance(target, Synthesis):
                    main = joined(target, prior, priors, settings or Settings(), heterogeneity, model)
                else:
                    main = alone(target, prior, priors, settings or Settings(), likelihood)
                main = replace(main, thresholds=tuple(thresholds))
                analyses += _selections(main, omega)
                if names is None and heterogeneity is None and prior is shown_with_every_tau:
                    analyses += _spreads(main)
            except NotFormable as reason:
                skipped += [] if optional else [Skipped(target, prior, str(reason))]
            except InvalidInput as error:
                mistakes += str(error).splitlines()
    if mistakes:
        raise InvalidInput("priors", list(dict.fromkeys(mistakes)))
    return Plan(tuple(analyses), tuple(skipped))


def _impossible(thresholds: Sequence[float], target: Outcome | Synthesis) -> list[str]:
    """Return an error for each threshold outside the range of the target's measure, infinities and NaN included."""
    low, high = measures.natural_range(target.measure)
    accepted = f"accepted: between {low:g} and {high:g}"
    return [
        f"threshold {x:g} is impossible for the {target.measure} of {target.name}; {accepted}"
        for x in thresholds
        if not (isfinite(x) and low < x < high)
    ]


def _selections(main: Analysis, omega: float | None) -> list[Analysis]:
    """Return the analysis under each omega to be shown, the file's own first; unchanged if no selection is stated."""
    target = main.target
    if isinstance(target, Synthesis) or target.selection is None or isinstance(main.formed.distribution, ArmPair):
        return [main]
    shown = [omega] if omega is not None else [*main.omegas, *selective_reporting.OMEGAS]
    possible = [o for o in dict.fromkeys(shown) if o > 0 or selective_reporting.is_significant(target)]
    if not possible:
        raise NotFormable(
            "omega = 0 is impossible: it means that only significant results are published, and this one is not"
        )
    return [replace(main, omegas=(o,)) for o in possible]


def _spreads(main: Analysis) -> list[Analysis]:
    """Return a synthesis under each further prior of tau in the set; equal distributions count once."""
    if main.heterogeneity is None:
        return []
    seen = {str(main.heterogeneity.distribution): main.heterogeneity}
    others = [h for h in main.other_heterogeneity if seen.setdefault(str(h.distribution), h) is h]
    return [replace(main, heterogeneity=h) for h in others]


def alone(
    target: Outcome, prior: NamedPrior, priors: PriorSet, settings: Settings, likelihood: str | None = None
) -> Analysis:
    """Return the main analysis of one outcome.

    Parameters
    ----------
    target : Outcome
    prior : NamedPrior
    priors : PriorSet
    settings : Settings
    likelihood : str, optional
        A likelihood to use instead of the file's or the default one.

    Raises
    ------
    NotFormable
        If the prior cannot be formed for the outcome, or does not go with its likelihood.
    """
    formed = formed_prior(prior, target, priors)
    arms = isinstance(formed.distribution, ArmPair)
    jointly = isinstance(formed.distribution, Hierarchy)
    return _formable(
        Analysis(
            target=target,
            prior=prior,
            formed=formed,
            nuisance=priors.nuisance,
            likelihoods=() if arms else (likelihood_of(target, likelihood),),
            omegas=(target.omega,),
            settings=settings.for_hierarchy() if jointly else settings,
        )
    )


def joined(
    target: Synthesis,
    prior: NamedPrior,
    priors: PriorSet,
    settings: Settings,
    heterogeneity: str | None = None,
    model: str | None = None,
) -> Analysis:
    """Return the analysis of a synthesis under one prior of its mean and one of its heterogeneity.

    Parameters
    ----------
    target : Synthesis
    prior : NamedPrior
    priors : PriorSet
    settings : Settings
    heterogeneity : str, optional
        A name of the set's heterogeneity priors, or an expression; by default the file's own.
    model : str, optional
        An effect structure of `synthesis.MODELS` to use instead of the file's.

    Raises
    ------
    NotFormable
        If a prior cannot be formed for the synthesis, or its reports cannot be joined.
    """
    name = known_model(target, model)
    others, not_formed = form_offered(priors.heterogeneity, target, target.setting)
    return _formable(
        Analysis(
            target=target,
            prior=prior,
            formed=formed_prior(prior, target, priors),
            nuisance=priors.nuisance,
            likelihoods=tuple(likelihood_of(m) for m in target.members),
            omegas=tuple(m.omega for m in target.members),
            settings=settings.for_hierarchy(),
            heterogeneity=named_heterogeneity(target, priors, heterogeneity) if structure_card(name).has_tau else None,
            joined_by=name,
            other_heterogeneity=others,
            not_formed=not_formed,
        )
    )


def formed_prior(prior: NamedPrior, target: Outcome | Synthesis, priors: PriorSet) -> effect_rules.FormedPrior:
    """Form a prior for this target.

    Priors based on evidence are formed by modules that need SciPy, which are imported only then.

    Parameters
    ----------
    prior : NamedPrior
    target : Outcome or Synthesis
    priors : PriorSet

    Returns
    -------
    FormedPrior
        On the analysis scale, or per arm on the natural scale.

    Raises
    ------
    NotFormable
        If the prior lacks what it needs for this target.
    """
    if isinstance(prior.prior, EffectPrior) and prior.prior.rule in BORROWED:
        from bayes.borrowing.power_prior import form

        return form(prior.prior, target, priors)
    formed = resolve(prior, target)
    if isinstance(formed.distribution, ArmPair) and formed.distribution.needs_forming:
        from bayes.borrowing.map_prior import form_arms

        return form_arms(formed)
    return formed


def _formable(analysis: Analysis) -> Analysis:
    joined, prior = analysis.joined_by is not None, analysis.formed.distribution
    spike = joined and isinstance(prior, Distribution) and prior.spike > 0
    together(analysis.likelihoods, analysis.nuisance, joined, spike)
    return analysis
