"""Named rules for priors of the heterogeneity tau, the standard deviation between trials (METHODS 2 and 7).

Tau is on the analysis scale (log for ratios). A published table applies to one scale and is rejected on any other. All
rules have the same signature: from a synthesis and `Arguments` they return `FormedPrior`, or raise `NotFormable`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Literal

from bayes.base import measures, published_tables
from bayes.base.distributions import Distribution
from bayes.base.numbers import article, significant
from bayes.errors import NotFormable
from bayes.paper.endpoint import Endpoint
from bayes.priors.effect_rules import FormedPrior

RuleName = Literal[
    "default", "turner", "rhodes", "field", "dumouchel", "uniform_shrinkage", "calibrated"
]  # the keys of `RULES`
# mean and SD of log tau on log ratios: chosen on pairs of trials from the older reviews (METHODS 16)
CALIBRATED = (-2.07, 1.05)
LOG_WIDTH = 0.3  # the default width on log ratios, to which those on other scales are proportional
WIDTH = {"standardised_mean_difference": 0.2, "mean_difference": 0.2, "risk_difference": 0.06}


@dataclass(frozen=True)
class Arguments:
    """The arguments of a rule, stated by the prior or by the synthesis; `TAKES` lists those of each rule."""

    family: str | None = None
    width: float | None = None
    outcome: str | None = None
    comparison: str | None = None
    area: str | None = None
    field: str | None = None


def plain(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form a half-normal (or half-Cauchy) prior, from a width on log ratios converted to the scale of the measure."""
    stated = LOG_WIDTH if arguments.width is None else arguments.width
    scale, words = _moved(endpoint, stated)
    family = arguments.family or "half_normal"
    return FormedPrior(Distribution(family, (scale,)), f"{family.replace('_', '-')} of {stated:g} on log ratios{words}")


def _moved(endpoint: Endpoint, stated: float) -> tuple[float, str]:
    """Convert a width on log ratios to the scale of the measure, in proportion to the defaults; add the words."""
    if measures.is_log(endpoint.measure):
        return stated, ""
    if endpoint.measure not in WIDTH:
        raise NotFormable(f"no default heterogeneity prior for {article(endpoint.measure)}; state `heterogeneity`")
    # division first, so that the default of a scale is exact
    scale = WIDTH[endpoint.measure] * (stated / LOG_WIDTH)
    if endpoint.measure != "mean_difference":
        return scale, f", {significant(scale)} on {article(endpoint.measure)}"
    sd, origin = _reference_sd(endpoint)
    return scale * sd, f", {significant(scale)} standard deviations of {significant(sd, 4)} ({origin})"


def _reference_sd(endpoint: Endpoint) -> tuple[float, str]:
    sd, origin = endpoint.reference_sd
    if sd is None:
        raise NotFormable("no `sd_ref` is stated; the prior of tau requires it, or state `heterogeneity`")
    return sd, origin


def turner(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form the prior of Turner et al. 2015 for log odds ratios, by outcome class and comparison."""
    _only(endpoint, ("odds_ratio", "common_odds_ratio"), "Turner 2015 applies to log odds ratios")
    return FormedPrior(*published_tables.turner_heterogeneity(_outcome(arguments), arguments.comparison))


def rhodes(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form the prior of Rhodes et al. 2015 for standardised mean differences, by outcome class, comparison and area."""
    _only(endpoint, ("standardised_mean_difference",), "Rhodes 2015 applies to standardised mean differences")
    return FormedPrior(
        *published_tables.rhodes_heterogeneity(_outcome(arguments), arguments.comparison, arguments.area or "other")
    )


def _only(endpoint: Endpoint, measures: tuple[str, ...], words: str) -> None:
    if endpoint.measure not in measures:
        raise NotFormable(f"{words}, not to {article(endpoint.measure)}")


def _outcome(arguments: Arguments) -> str:
    if arguments.outcome is None:
        raise NotFormable("no outcome class is stated; add `outcome_class` to the synthesis, or `outcome` to the rule")
    return arguments.outcome


def field(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form the prior of a Cochrane field by Bartos et al. 2021 and 2023, for the scale of the measure."""
    distribution, words = published_tables.field_heterogeneity(arguments.field, endpoint.measure)
    if endpoint.measure != "mean_difference":
        return FormedPrior(distribution, words)
    sd, origin = _reference_sd(endpoint)
    shape, scale = distribution.args
    words += f", times the standard deviation {significant(sd, 4)} ({origin})"
    return FormedPrior(Distribution("inverse_gamma", (shape, scale * sd)), words)


def dumouchel(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form a prior under which s0 / (s0 + tau) is uniform, tau ~ Lomax(1, s0) (DuMouchel 1994, NISS Report 27)."""
    s0, words = _typical_error(endpoint)
    return FormedPrior(Distribution("lomax", (1.0, s0)), f"DuMouchel: s0 / (s0 + tau) uniform, {words}")


def uniform_shrinkage(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form a prior under which the shrinkage s0^2 / (s0^2 + tau^2) is uniform (Daniels 1999, Can J Stat 27:567-78)."""
    s0, words = _typical_error(endpoint)
    return FormedPrior(Distribution("uniform_shrinkage", (s0,)), f"s0^2 / (s0^2 + tau^2) uniform, {words}")


def calibrated(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form the lognormal prior that predicted later trials, together with that of the effect (METHODS 16)."""
    (mean, sd), words = CALIBRATED, "chosen on pairs of an early and a later trial, log odds ratios"
    if endpoint.measure == "standardised_mean_difference":
        mean, words = mean + log(measures.CHINN), f"{words}, converted to standardised mean differences"
    elif not measures.is_log(endpoint.measure):
        raise NotFormable(f"calibrated on log ratios, not on {article(endpoint.measure)}")
    return FormedPrior(Distribution("lognormal", (mean, sd)), words)


def _typical_error(endpoint: Endpoint) -> tuple[float, str]:
    """Return s0, the root of the harmonic mean of the reports' squared standard errors, and the words for it."""
    errors = endpoint.errors_of_reports
    known = [s for s in errors.values() if s is not None]
    without = [name for name, s in errors.items() if s is None]
    if len(known) < 2:
        said = f" ({', '.join(without)} {'has' if len(without) == 1 else 'have'} none)" if without else ""
        raise NotFormable(f"too few standard errors{said}; the rule requires those of at least two reports")
    s0 = (len(known) / sum(s**-2 for s in known)) ** 0.5
    words = f"s0 = {significant(s0, 4)}, the harmonic mean of {len(known)} reports' variances"
    words += ": this prior uses the data's precision"
    return s0, words + (f" (no standard error: {', '.join(without)})" if without else "")


RULES: dict[str, Callable[[Endpoint, Arguments], FormedPrior]] = {
    "default": plain,
    "turner": turner,
    "rhodes": rhodes,
    "field": field,
    "dumouchel": dumouchel,
    "uniform_shrinkage": uniform_shrinkage,
    "calibrated": calibrated,
}
TAKES = {
    "default": ("family", "width"),
    "turner": ("outcome", "comparison"),
    "rhodes": ("outcome", "comparison", "area"),
    "field": ("field",),
}
