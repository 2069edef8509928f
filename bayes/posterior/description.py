"""The record of an analysis: what was reported and believed, which is known before sampling, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.base.distributions import Distribution
from bayes.paper.trial import Outcome
from bayes.posterior.names import EFFECT, MU, ParameterName
from bayes.posterior.parameter import ExactAnswer, Parameter
from bayes.posterior.record import Believed, Gate, PosteriorRecord, Reported
from bayes.posterior.remarks import remarks_on
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.hierarchy import Hierarchy
from bayes.quadrature.densities import OF_SCIPY, moments
from bayes.synthesis.file import Synthesis


def reported(analysis: Analysis) -> Reported:
    """Return what was reported, with the thresholds that matter on the natural scale."""
    target = analysis.target
    single = isinstance(target, Outcome)
    return Reported(
        trial=target.trial.id if isinstance(target, Outcome) else target.id,
        outcome=target.id if single else "",
        label=target.label,
        evidence=tuple(dict.fromkeys(member.evidence.kind for member in analysis.members)),
        measure=target.measure,
        benefit=target.benefit,
        null=target.null,
        mcid=_value(target, "mcid"),
        planned=_value(target, "planned"),
        margin=_value(target, "margin"),
        rope=target.rope_natural,
        thresholds=analysis.thresholds,
        informative=target.is_informative if isinstance(target, Outcome) else True,
        headline=target.has_headline,
    )


def record_of(
    analysis: Analysis,
    parameters: tuple[Parameter, ...],
    gate: Gate,
    answers: Mapping[ParameterName, ExactAnswer],
) -> PosteriorRecord:
    """Return the record of a posterior, without its provenance.

    Parameters
    ----------
    analysis : Analysis
    parameters : tuple of Parameter
        As `measured.measure` returns them.
    gate : Gate
    answers : mapping of ParameterName to ExactAnswer
        As `cross_check.exact_answers` returns them.
    """
    main = answers.get(MU) or answers.get(EFFECT)
    before = prior_sd(analysis.formed.distribution, analysis.target)
    return PosteriorRecord(
        key=analysis.key,
        reported=reported(analysis),
        model=analysis.model,
        likelihoods=tuple(dict.fromkeys(analysis.likelihoods)),
        omega=omega_of(analysis),
        prior=prior_of(analysis),
        heterogeneity=heterogeneity_of(analysis),
        settings=analysis.settings,
        parameters=parameters,
        gate=gate,
        remarks=remarks_on(analysis, before, None if main is None else main.sd),
    )


def prior_of(analysis: Analysis) -> Believed:
    """Return the prior of the effect, of both arms or of a table, as it was used."""
    return Believed(analysis.prior.name, str(analysis.formed.distribution), analysis.formed.basis)


def heterogeneity_of(analysis: Analysis) -> Believed | None:
    """Return the prior of tau as it was used."""
    joined = analysis.heterogeneity
    return None if joined is None else Believed(joined.name, str(joined.distribution), joined.basis)


def omega_of(analysis: Analysis) -> float | None:
    """Return the omega of a stated selection; None for a synthesis and for a report without one."""
    target = analysis.target
    return analysis.omegas[0] if isinstance(target, Outcome) and target.selection is not None else None


def flags_of(analysis: Analysis) -> tuple[float, ...]:
    """Return the increasing thresholds of P(increase) that flag a row of a table; empty without a hierarchy."""
    prior = analysis.formed.distribution
    return tuple(prior.flag) if isinstance(prior, Hierarchy) else ()


def prior_sd(distribution: Distribution | ArmPair | Hierarchy, target: Outcome | Synthesis) -> float | None:
    """Return the prior standard deviation of the effect, spike included.

    Parameters
    ----------
    distribution : Distribution, ArmPair or Hierarchy
    target : Outcome or Synthesis

    Returns
    -------
    float or None
        On the analysis scale; None where it does not exist, or where every row of a table has an effect.
    """
    match distribution:
        case Hierarchy():
            return None
        case ArmPair():
            return quadrature.prior_sd_of_arms(distribution, target.measure)
    parts = []  # mean, variance and weight of each component
    for weight, part in distribution.components:
        if part.name not in OF_SCIPY:
            return None
        mean, variance = moments(part)
        if not (np.isfinite(mean) and np.isfinite(variance)):
            return None
        parts.append((mean, variance, weight * (1 - distribution.spike)))
    if distribution.spike:
        parts.append((target.null, 0.0, distribution.spike))
    means, variances, weights = np.array(parts).T
    centre = np.average(means, weights=weights)
    return float(np.sqrt(np.average(variances + (means - centre) ** 2, weights=weights)))


def _value(target: Outcome | Synthesis, name: Literal["mcid", "planned", "margin"]) -> float | None:
    stated = getattr(target, name)
    return None if stated is None else float(stated.value)
