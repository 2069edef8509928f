"""The functions that fit: an outcome or a synthesis under one prior or every prior, and several outcomes jointly."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from decimal import Decimal
from numbers import Real

from bayes.analysis.analysis import Analysis, Settings
from bayes.analysis.plan import Plan, make_plan
from bayes.analysis.targets import Target, resolve
from bayes.errors import InvalidInput, NotFormable
from bayes.fitting.fitted import Fit, Fits, SynthesisFit
from bayes.fitting.until_sound import sample_posterior
from bayes.paper.trial import Outcome, Trial
from bayes.priors.sets import PriorSet, SomePriorSet, as_set
from bayes.synthesis.file import Synthesis, synthesis_of

OF_OUTCOMES, OF_SYNTHESES = ("likelihood", "omega"), ("heterogeneity", "model")


def fit(
    target: Target,
    prior: str = "neutral",
    *,
    prior_set: SomePriorSet = "default",
    threshold: float | Sequence[float] = (),
    likelihood: str | None = None,
    omega: float | None = None,
    heterogeneity: str | None = None,
    model: str | None = None,
    settings: Settings | None = None,
    seed: int | None = None,
    priors: SomePriorSet | None = None,
) -> Fit:
    """Fit an outcome, or a synthesis, under one prior.

    Parameters
    ----------
    target : Outcome, Synthesis, Trial, str or path
        The outcome or synthesis to fit, as `bayes.resolve` accepts it.
    prior : str
        The prior of the effect (of mu, in a synthesis): a name from the set, a rule, or an expression on the analysis
        scale such as "normal(0, 0.355)".
    prior_set : str, path or PriorSet
        The set of priors, which also supplies those of the baseline, dispersion and heterogeneity.
    threshold : float or sequence of float
        Further thresholds for `p_beyond`, on the measure's own scale.
    likelihood : str, optional
        For an outcome: a likelihood other than the default, such as "events_poisson" or "partial_odds_worst".
    omega : float, optional
        For an outcome that states a selection: the probability that a non-significant result is published, relative to
        a significant one (METHODS 5).
    heterogeneity : str, optional
        For a synthesis: the prior of tau, as a name from the set or an expression on the analysis scale; by default
        that of the synthesis.
    model : {"random_effects", "common_effect", "robust_random_effects", "meta_regression"}, optional
        For a synthesis: the structure of the effects (METHODS 0); by default that stated in its file.
    settings : Settings, optional
        Chains, draws, tuning steps, target acceptance rate and seed of the sampler.
    seed : int, optional
        The user's part of the seed, overriding that in `settings`; the rest comes from the key of the posterior.
    priors : str, path or PriorSet, optional
        An older spelling of `prior_set`.

    Returns
    -------
    Fit
        The posterior with its analysis; a `SynthesisFit` for a synthesis.

    Raises
    ------
    InvalidInput
        If the target is not found, the prior or the likelihood is unknown, the prior is on the wrong scale, or an
        argument does not apply to the target.
    NotFormable
        If a rule lacks the information it needs.

    Examples
    --------
    >>> import bayes
    >>> fit = bayes.fit("mesems:gel_24w", prior="sceptical")
    >>> fit.to_frame()["status"].tolist(), float(round(fit.summary()["p_benefit"], 1))
    (['ok'], 0.6)
    """
    return fitted(
        the_analysis(
            resolve(target),
            prior,
            as_set(prior_set, priors),
            Settings.seeded(settings, seed),
            _several(threshold),
            likelihood=likelihood,
            omega=omega,
            heterogeneity=heterogeneity,
            model=model,
        )
    )


def the_analysis(
    target: Outcome | Synthesis,
    prior: str,
    priors: PriorSet,
    settings: Settings | None = None,
    thresholds: Sequence[float] = (),
    *,
    likelihood: str | None = None,
    omega: float | None = None,
    heterogeneity: str | None = None,
    model: str | None = None,
) -> Analysis:
    """Return the analysis that a verb asks for: one target under one prior.

    Parameters
    ----------
    target : Outcome or Synthesis
    prior : str
    priors : PriorSet
    settings : Settings, optional
    thresholds : sequence of float
    likelihood, omega, heterogeneity, model
        As in `fit`.

    Raises
    ------
    InvalidInput, NotFormable
        As for `fit`.
    """
    _refuse(target, likelihood=likelihood, omega=omega, heterogeneity=heterogeneity, model=model)
    plan = make_plan([target], priors, [prior], settings, heterogeneity, thresholds, likelihood, omega, model)
    return _first(plan, prior, target.name)


def fit_priors(
    target: Target,
    prior_set: SomePriorSet = "default",
    *,
    threshold: float | Sequence[float] = (),
    settings: Settings | None = None,
    seed: int | None = None,
    priors: SomePriorSet | None = None,
) -> Fits:
    """Fit an outcome, or a synthesis, under every prior of a set.

    Parameters
    ----------
    target : Outcome, Synthesis, Trial, str or path
        The outcome or synthesis to fit, as `bayes.resolve` accepts it.
    prior_set : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`.
    threshold, settings, seed
        As in `bayes.fit`.
    priors : str, path or PriorSet, optional
        An older spelling of `prior_set`.

    Returns
    -------
    Fits
        One fit per prior; priors that cannot be formed for the target are listed as skipped, with the reason.

    Raises
    ------
    InvalidInput
        If the target or the set is not valid, or a prior of the set is on the wrong scale.

    Examples
    --------
    >>> import bayes
    >>> bayes.fit_priors("mesems:gel_24w").to_frame()["prior"].tolist()[:3]
    ['vague', 'neutral', 'sceptical']
    """
    chosen, settings = as_set(prior_set, priors), Settings.seeded(settings, seed)
    plan = make_plan([resolve(target)], chosen, settings=settings, thresholds=_several(threshold))
    main = {analysis.prior.key: analysis for analysis in reversed(plan.analyses)}  # the file's own omega comes first
    return Fits(tuple(fitted(a) for a in plan.analyses if main[a.prior.key] is a), plan.skipped)


def synthesise(
    synthesis: Target | Sequence[Outcome],
    prior: str = "neutral",
    *,
    heterogeneity: str | None = None,
    model: str | None = None,
    prior_set: SomePriorSet = "default",
    threshold: float | Sequence[float] = (),
    settings: Settings | None = None,
    seed: int | None = None,
    priors: SomePriorSet | None = None,
) -> SynthesisFit:
    """Fit a synthesis under one prior of mu (METHODS 9), as `bayes.fit` does, or synthesise a list of outcomes.

    Parameters
    ----------
    synthesis : Synthesis, str, path, or sequence of Outcome
        A synthesis as `bayes.resolve` accepts it, or the outcomes to be synthesised.
    prior, heterogeneity, model, prior_set, threshold, settings, seed, priors
        As in `bayes.fit`.

    Returns
    -------
    SynthesisFit
        Posteriors of mu, tau, the effect in a new trial and every trial's effect.

    Raises
    ------
    InvalidInput, NotFormable
        As for `bayes.fit`; also if the target is not a synthesis.

    Examples
    --------
    >>> import bayes
    >>> measured = {"measure": "odds_ratio", "benefit": "lower", "se": 0.2}
    >>> two = [bayes.outcome(estimate=0.8, trial="a", **measured), bayes.outcome(estimate=0.9, trial="b", **measured)]
    >>> bayes.synthesise(two).to_frame()["parameter"].tolist()
    ['mu', 'tau', 'new_trial', 'effect[a:outcome]', 'effect[b:outcome]']
    """
    match synthesis:
        case str() | os.PathLike() | Outcome() | Trial() | Synthesis():
            found = resolve(synthesis)
        case _:
            found = synthesis_of(synthesis)
    if not isinstance(found, Synthesis):
        raise InvalidInput(found.name, ["this is an outcome, not a synthesis: use `bayes.fit`"])
    made = fit(
        found,
        prior,
        heterogeneity=heterogeneity,
        model=model,
        prior_set=prior_set,
        threshold=threshold,
        settings=settings,
        seed=seed,
        priors=priors,
    )
    return SynthesisFit(made.tree, made.analysis)


def fitted(analysis: Analysis) -> Fit:
    """Sample an analysis and return its fit."""
    return (SynthesisFit if analysis.joined_by else Fit)(sample_posterior(analysis), analysis)


def _refuse(target: Outcome | Synthesis, **given: object) -> None:
    """Refuse arguments that apply to the other kind of target."""
    whole = isinstance(target, Synthesis)
    stray = [name for name in (OF_OUTCOMES if whole else OF_SYNTHESES) if given[name] is not None]
    if stray:
        this, other = ("a synthesis", "outcomes") if whole else ("an outcome", "syntheses")
        raise InvalidInput(target.name, [f"`{name}` applies to {other}, but this is {this}" for name in stray])


def _first(plan: Plan, prior: str, name: str) -> Analysis:
    """Return the main analysis of a plan for one target and one prior."""
    if plan.skipped:
        raise NotFormable(f"prior {prior!r} for {name}: {plan.skipped[0].reason}")
    return plan.analyses[0]


def _several(threshold: float | Sequence[float]) -> tuple[float, ...]:
    found = tuple(threshold) if isinstance(threshold, Iterable) else (threshold,)
    if strange := [one for one in found if not isinstance(one, Real | Decimal)]:
        raise InvalidInput("threshold", [f"found {one!r}; accepted: numbers" for one in strange])
    return tuple(map(float, found))
