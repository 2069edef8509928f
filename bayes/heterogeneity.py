"""Priors of tau, the standard deviation between trials: a distribution, or a rule that forms one (METHODS 2 and 7).

Every published table belongs to one scale and is refused on any other. Tau lies on the analysis scale (log for ratios).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bayes import effects, tables
from bayes.distributions import Distribution, parse
from bayes.errors import NotFormable, did_you_mean
from bayes.guard import heterogeneity_problem
from bayes.reading import Closed, Printed
from bayes.rules import Formed
from bayes.trial import Endpoint

LOG_WIDTH = 0.3  # of the plain default on log ratios; the widths on other scales move with it
WIDTH = {"standardised_mean_difference": 0.2, "mean_difference": 0.2, "risk_difference": 0.06}


@dataclass(frozen=True)
class Setting:
    """What a synthesis says of its trials, for the tables: an outcome class, a comparison, a Cochrane field."""

    outcome: str | None = None
    comparison: str | None = None
    field: str | None = None


class HeterogeneityPrior(Closed):
    """A named rule with its arguments, or a distribution taken literally, for the standard deviation between trials."""

    rule: Literal["default", "turner", "rhodes", "field"] | None = None
    distribution: str | None = None
    rationale: str | None = None
    source: str | None = None
    family: Literal["half_normal", "half_cauchy"] | None = None
    width: Annotated[Printed, Field(gt=0)] | None = None
    outcome: str | None = None
    comparison: str | None = None
    area: Literal["other", "respiratory", "cancer"] | None = None
    field: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self):
        if (self.rule is None) == (self.distribution is None):
            raise ValueError("either `rule` or `distribution` is needed, not both")
        if self.distribution is not None and (problem := heterogeneity_problem(parse(self.distribution))):
            raise ValueError(problem)
        taken = TAKES.get(self.rule, ())
        spare = [name for name in ARGUMENTS if getattr(self, name) is not None and name not in taken]
        if spare:
            raise ValueError(f"{', '.join(spare)}: not for {f'rule {self.rule!r}' if self.rule else 'a distribution'}")
        problems = [
            *unknown("outcome", self.outcome, tables.outcome_classes(self.rule)),
            *unknown("comparison", self.comparison, tables.comparisons(self.rule)),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def unknown(label: str, key: str | None, known: list[str]) -> list[str]:
    """What is wrong with a key of the tables, in a list of one; nothing of a known key or of none."""
    if key is None or key in known:
        return []
    return [f"{label} {key!r} is not in the table{did_you_mean(key, known)}; accepted: {', '.join(known)}"]


def form(prior: HeterogeneityPrior, endpoint: Endpoint, setting: Setting) -> Formed:
    """The distribution of tau that a prior means for a synthesis, and the sentence that says how it was formed.

    Parameters
    ----------
    setting : Setting
        What the synthesis states of its trials; what the prior itself states goes before it.

    Raises
    ------
    NotFormable
        With the reason: a table of another scale, no outcome class, no comparison, no field, no standard deviation.
    """
    if prior.rule is None:
        return Formed(parse(prior.distribution), "as written")
    return RULES[prior.rule](prior, endpoint, setting)


def plain(prior: HeterogeneityPrior, endpoint: Endpoint, setting: Setting) -> Formed:
    """A half-normal (or half-Cauchy) of a width stated on log ratios and moved to the scale of the measure."""
    stated = LOG_WIDTH if prior.width is None else float(prior.width)
    scale, words = _moved(endpoint, stated)
    family = prior.family or "half_normal"
    said = "default" if (prior.width, prior.family) == (None, None) else f"{family} of {stated:g} on log ratios"
    return Formed(Distribution(family, (scale,)), f"{said}{words}")


def _moved(endpoint: Endpoint, stated: float) -> tuple[float, str]:
    """A width on log ratios as one on the scale of the measure, in proportion to the defaults, and how."""
    if effects.is_log(endpoint.measure):
        return stated, ""
    if endpoint.measure not in WIDTH:
        raise NotFormable(f"no default heterogeneity prior for a {endpoint.measure}; state `heterogeneity`")
    # divided first, so that the default of a scale keeps its written digits
    scale = WIDTH[endpoint.measure] * (stated / LOG_WIDTH)
    if endpoint.measure != "mean_difference":
        return scale, f", {scale:.3g} on a {endpoint.measure}"
    sd, origin = _reference_sd(endpoint)
    return scale * sd, f", {scale:.3g} standard deviations of {sd:.4g} ({origin})"


def _reference_sd(endpoint: Endpoint) -> tuple[float, str]:
    sd, origin = endpoint.reference_sd
    if sd is None:
        raise NotFormable("a heterogeneity prior of a mean_difference needs `sd_ref`; state it, or `heterogeneity`")
    return sd, origin


def turner(prior: HeterogeneityPrior, endpoint: Endpoint, setting: Setting) -> Formed:
    """Turner et al. 2015: log odds ratios, by outcome class and comparison."""
    _only(endpoint, ("odds_ratio", "common_odds_ratio"), "Turner 2015 is of log odds ratios")
    return Formed(*tables.turner_heterogeneity(_outcome(prior, setting), prior.comparison or setting.comparison))


def rhodes(prior: HeterogeneityPrior, endpoint: Endpoint, setting: Setting) -> Formed:
    """Rhodes et al. 2015: standardised mean differences, by outcome class, comparison and medical area."""
    _only(endpoint, ("standardised_mean_difference",), "Rhodes 2015 is of standardised mean differences")
    outcome, comparison = _outcome(prior, setting), prior.comparison or setting.comparison
    return Formed(*tables.rhodes_heterogeneity(outcome, comparison, prior.area or "other"))


def field(prior: HeterogeneityPrior, endpoint: Endpoint, setting: Setting) -> Formed:
    """Bartos et al. 2021 and 2023: the Cochrane field's own prior of tau, each column on its scale."""
    distribution, words = tables.field_heterogeneity(prior.field or setting.field, endpoint.measure)
    if endpoint.measure != "mean_difference":
        return Formed(distribution, words)
    sd, origin = _reference_sd(endpoint)
    shape, scale = distribution.args
    words += f", times the standard deviation {sd:.4g} ({origin})"
    return Formed(Distribution("inverse_gamma", (shape, scale * sd)), words)


def _only(endpoint: Endpoint, measures: tuple[str, ...], words: str) -> None:
    if endpoint.measure not in measures:
        raise NotFormable(f"{words}, and this is a {endpoint.measure}")


def _outcome(prior: HeterogeneityPrior, setting: Setting) -> str:
    outcome = prior.outcome or setting.outcome
    if outcome is None:
        raise NotFormable("no outcome class is stated: `outcome_class` in the synthesis, or `outcome` beside the rule")
    return outcome


RULES: dict[str, Callable[[HeterogeneityPrior, Endpoint, Setting], Formed]] = {
    "default": plain,
    "turner": turner,
    "rhodes": rhodes,
    "field": field,
}
TAKES = {
    "default": ("family", "width"),
    "turner": ("outcome", "comparison"),
    "rhodes": ("outcome", "comparison", "area"),
    "field": ("field",),
}
ARGUMENTS = tuple(dict.fromkeys(name for names in TAKES.values() for name in names))
