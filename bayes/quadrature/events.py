"""Likelihood curves of event counts, integrated over the baseline and the shape parameter of each family."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.counts import Events
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature import event_families as families
from bayes.quadrature.densities import log_density
from bayes.quadrature.event_families import LOG_K, LOG_SIGMA, Arm, Family
from bayes.quadrature.integrals import log_integral
from bayes.quadrature.likelihood_curve import Curve, LogCurve
from bayes.quadrature.starting_point import tabulated_report

ROWS = 8  # effects whose double integrals are taken at once: arrays that stay in the processor's cache


def poisson(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of counts without variation between persons."""
    arms = _arms(of_kind(outcome.evidence, Events))
    log_l = _without_shape(over_baseline(of_both(families.poisson, arms), nuisance))
    return tabulated_report(log_l, outcome, "quadrature over the baseline", like)


def negative_binomial(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of over-dispersed totals, integrated over the size of the negative binomial."""
    log_l = log_negative_binomial(of_kind(outcome.evidence, Events), nuisance)
    return tabulated_report(log_l, outcome, "quadrature over baseline and dispersion", like)


def in_persons(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of over-dispersed totals in a known number of persons."""
    log_l = log_in_persons(of_kind(outcome.evidence, Events), nuisance)
    return tabulated_report(log_l, outcome, "quadrature over baseline and dispersion", like)


def zero_inflated(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of counts in persons of whom some never have an event."""
    arms = _arms(of_kind(outcome.evidence, Events))
    log_l = _without_shape(over_baseline(of_both(families.zero_inflated(nuisance.never), arms), nuisance))
    return tabulated_report(log_l, outcome, "quadrature over baseline and never-shares", like)


def lognormal(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of counts in persons with log-normal rates."""
    arms = _arms(of_kind(outcome.evidence, Events))
    log_p = of_both(families.lognormal({arm: families.log_p_lognormal(arm) for arm in arms}), arms)
    log_l = _over_shape(log_p, nuisance.spread, LOG_SIGMA, nuisance)
    return tabulated_report(log_l, outcome, "quadrature over baseline and spread between persons", like)


def log_negative_binomial(evidence: Events, nuisance: Nuisance) -> LogCurve:
    """Return log L of over-dispersed totals as a function of the log rate ratio."""
    log_p = of_both(families.negative_binomial, _arms(evidence))
    return _over_shape(log_p, nuisance.dispersion, LOG_K, nuisance)


def log_in_persons(evidence: Events, nuisance: Nuisance) -> LogCurve:
    """Return log L of over-dispersed totals in a known number of persons, as a function of the log rate ratio."""
    arms = _arms(evidence)
    log_p = of_both(families.in_persons({arm: families.log_generating(arm) for arm in arms}), arms)
    return _over_shape(log_p, nuisance.dispersion, LOG_K, nuisance)


type OfRates = Callable[[FloatArray, FloatArray], FloatArray]  # the log rates of both arms
type OfBoth = Callable[[FloatArray | None], OfRates]  # the shape
type GivenShape = Callable[[FloatArray, FloatArray | None], FloatArray]  # theta, the shape


def _arms(evidence: Events) -> tuple[Arm, Arm]:
    t, c = evidence.relative_exposure
    return Arm(evidence.treatment, t), Arm(evidence.control, c)


def of_both(family: Family, arms: tuple[Arm, Arm]) -> OfBoth:
    """Return the log probability of both reports, given the shape, where the family has one, and both log rates."""

    def given(shape: FloatArray | None) -> OfRates:
        treatment, control = (family(arm) if shape is None else family(arm, shape) for arm in arms)
        exposed, unexposed = (np.log(arm.exposure) for arm in arms)
        return lambda treated, untreated: treatment(treated + exposed) + control(untreated + unexposed)

    return given


def _without_shape(log_l: GivenShape) -> LogCurve:
    return lambda theta: log_l(theta, None)


def over_baseline(log_p: OfBoth, nuisance: Nuisance) -> GivenShape:
    """Integrate over the midpoint of the log rates; its prior applies there or to the control arm."""

    def log_l(theta: FloatArray, shape: FloatArray | None) -> FloatArray:
        half, of_rates = theta[..., None] / 2, log_p(None if shape is None else shape[..., None])

        def log_f(a: FloatArray) -> FloatArray:
            return of_rates(a + half, a - half) + log_density(nuisance.events, a - 2 * nuisance.baseline_offset * half)

        reach = 40.0 + np.abs(theta)
        return log_integral(log_f, -reach, reach, points=57, zooms=3)

    return log_l


def _over_shape(log_p: OfBoth, prior: Distribution, grid: FloatArray, nuisance: Nuisance) -> LogCurve:
    """Integrate over the baseline and one shape parameter, on the part of `grid` that its prior reaches."""
    inner = over_baseline(log_p, nuisance)
    low, high = reach_of(prior, grid)

    def log_l(theta: FloatArray) -> FloatArray:
        def log_f(shape: FloatArray) -> FloatArray:
            return inner(np.broadcast_to(theta[:, None], shape.shape), shape) + log_density(prior, shape)

        return log_integral(log_f, np.full_like(theta, low), np.full_like(theta, high), points=57, zooms=2)

    return lambda theta: np.concatenate([log_l(some) for some in np.array_split(theta, -(-len(theta) // ROWS))])


def reach_of(prior: Distribution, grid: FloatArray) -> tuple[float, float]:
    """Return the range to integrate over: where a normal prior has its mass within `grid`, else all of `grid`."""
    if prior.name != "normal":
        return grid[0], grid[-1]
    mean, sd = prior.args
    return max(grid[0], mean - 12 * sd), min(grid[-1], mean + 12 * sd)
