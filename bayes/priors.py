"""Priors as data: a set of named priors for effects, baselines, dispersion and heterogeneity.

A prior is a distribution on the analysis scale. The scale guard stands here, before any sampling.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bayes import effects, rules
from bayes.distributions import Distribution, ExpressionError, looks_like_expression, parse, short_hash
from bayes.errors import InvalidInput, UnknownName
from bayes.reading import Closed, Identifier, Printed, id_mistakes, locate, read_toml, validate
from bayes.trial import Endpoint

RuleName = Literal[tuple(rules.RULES)]
Share = Annotated[Printed, Field(gt=0, lt=1)]


class _Stated(Closed):
    """A distribution with its reasons."""

    distribution: str
    rationale: str | None = None
    source: str | None = None

    @model_validator(mode="after")
    def _readable(self):
        parse(self.distribution)
        return self

    @property
    def parsed(self) -> Distribution:
        return parse(self.distribution)


class RealLine(_Stated):
    """A prior of an unbounded nuisance parameter: normal or Student-t."""

    @model_validator(mode="after")
    def _unbounded(self):
        if (name := self.parsed.name) not in ("normal", "student_t"):
            raise ValueError(f"accepted here: normal(mean, sd) or student_t(df, mean, scale); found {name}")
        return self


class CategoryShares(_Stated):
    """A prior of the shares of an ordinal scale midway between the arms."""

    @model_validator(mode="after")
    def _shares(self):
        if (name := self.parsed.name) != "dirichlet":
            raise ValueError(f"accepted here: dirichlet(concentration); found {name}")
        return self


class HeterogeneityPrior(_Stated):
    """A prior of the between-trial standard deviation."""

    @model_validator(mode="after")
    def _not_negative(self):
        if problem := heterogeneity_problem(self.parsed):
            raise ValueError(problem)
        return self


class EffectPrior(Closed):
    """A named rule with its arguments, or a distribution taken literally."""

    rule: RuleName | None = None
    distribution: str | None = None
    rationale: str | None = None
    source: str | None = None
    allow_one_sided: bool = False
    when: Literal["always", "formable"] = "always"
    tail: Share | None = None
    threshold: Literal["planned", "mcid"] | None = None
    centre: Literal["planned", "mcid"] | None = None
    strength: rules.Strength | None = None
    field: str | None = None
    reference_risk: Share | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> EffectPrior:
        if (self.rule is None) == (self.distribution is None):
            raise ValueError("either `rule` or `distribution` is needed, not both")
        if self.distribution is not None:
            parse(self.distribution)
        return self

    @property
    def arguments(self) -> rules.Arguments:
        stated = {
            name: getattr(self, name)
            for name in rules.Arguments.__dataclass_fields__
            if getattr(self, name) is not None
        }
        numbers = {name: float(stated[name]) for name in ("tail", "reference_risk") if name in stated}
        return rules.Arguments(**(stated | numbers))


class Baselines(Closed):
    """Priors of what is midway between the arms, by evidence kind."""

    binary: RealLine = RealLine(distribution="normal(0, 2.5)")
    events: RealLine = RealLine(distribution="normal(0, 2.5)")
    ordinal: CategoryShares | None = None


@dataclass(frozen=True)
class Nuisance:
    """Priors of what a likelihood estimates beside the effect, as distributions."""

    binary: Distribution
    events: Distribution
    ordinal: Distribution | None
    dispersion: Distribution


class PriorSet(Closed):
    """Effect priors by name, and the priors of everything else that a model needs."""

    id: Identifier = "unnamed"
    label: str | None = None
    effect: Mapping[Identifier, EffectPrior] = {}
    baseline: Baselines = Baselines()
    dispersion: RealLine = RealLine(distribution="normal(0, 1)")
    heterogeneity: Mapping[Identifier, HeterogeneityPrior] = {}

    @property
    def nuisance(self) -> Nuisance:
        baseline = self.baseline
        ordinal = None if baseline.ordinal is None else baseline.ordinal.parsed
        return Nuisance(baseline.binary.parsed, baseline.events.parsed, ordinal, self.dispersion.parsed)


@dataclass(frozen=True)
class NamedPrior:
    """An effect prior under the name it has in keys and tables; `expression` is set for one written by hand."""

    name: str
    prior: EffectPrior
    expression: str | None = None

    @property
    def key(self) -> str:
        return self.name if self.expression is None else short_hash(self.expression)


def load_priors(priors: str | os.PathLike = "default") -> PriorSet:
    """Load a prior set by the id of a shipped one or by path.

    Raises
    ------
    InvalidInput
        Listing every mistake of the file.
    """
    path = locate(priors, "priors", "prior set")
    data = read_toml(path)
    built = validate(PriorSet, data, str(path), id_mistakes(data, path) if "id" in data else ())
    return built if "id" in data else built.model_copy(update={"id": path.stem})


def is_prior_set(data: Mapping[str, object]) -> bool:
    """Whether the content of a TOML file is meant as a prior set."""
    return "outcomes" not in data and not data.keys().isdisjoint(PriorSet.model_fields.keys() - {"id", "label"})


def find_prior(name: str, priors: PriorSet) -> NamedPrior:
    """A prior of the set by name, a named rule with its defaults, or an expression.

    Raises
    ------
    InvalidInput
        If it is none of these.
    """
    if looks_like_expression(name):
        try:
            expression = str(parse(name))
        except ExpressionError as error:
            raise InvalidInput(f"prior {name!r}", [str(error)]) from None
        return NamedPrior(expression, EffectPrior(distribution=expression), expression)
    if name in priors.effect:
        return NamedPrior(name, priors.effect[name])
    if name in rules.RULES:
        return NamedPrior(name, EffectPrior(rule=name))
    raise UnknownName(
        "prior", name, dict.fromkeys([*priors.effect, *rules.RULES, "or an expression such as normal(0, 0.355)"])
    )


def resolve(named: NamedPrior, endpoint: Endpoint) -> rules.Formed:
    """The distribution a prior means for this outcome or synthesis, and how it was formed.

    Raises
    ------
    NotFormable
        If a rule lacks what it needs.
    InvalidInput
        If the distribution is on the wrong scale or one-sided without leave.
    """
    prior = named.prior
    if prior.rule is not None:
        return rules.form(prior.rule, endpoint, prior.arguments)
    distribution = parse(prior.distribution)
    problem = scale_problem(distribution, endpoint, prior.allow_one_sided)
    if problem:
        raise InvalidInput(f"prior {named.name!r} for {endpoint.name}", [problem])
    return rules.Formed(distribution, "as written")


def scale_problem(distribution: Distribution, endpoint: Endpoint, allow_one_sided: bool = False) -> str | None:
    """Why a distribution cannot be a prior of this effect, or None. Width is never a reason."""
    low, high = distribution.support
    names = {d.name for _, d in distribution.components}
    scale = "log" if effects.is_log(endpoint.measure) else "identity"
    where = f"the analysis scale of a {endpoint.measure} ({scale})"
    if "dirichlet" in names:
        return "dirichlet describes category shares, not an effect"
    if endpoint.measure == "proportion":
        inside = low >= 0 and high <= 1
        return (
            None
            if inside and not distribution.spike
            else f"{distribution}: a proportion needs a prior on 0 to 1, such as beta(1, 1)"
        )
    if "beta" in names:
        return f"{distribution}: beta lives on 0 to 1, not on {where}; accepted: normal, student_t, uniform, mixtures"
    if endpoint.measure == "risk_difference" and (low >= 1 or high <= -1):
        return f"{distribution} has no mass between -1 and 1, where a risk difference lies"
    if allow_one_sided:
        return None
    if _mass_below_null(distribution) in (0.0, 1.0):
        hint = f"; on {where} no effect is 0 and ln(0.8) is -0.223" if scale == "log" else ""
        leave = "If that is meant, state it in a prior set with allow_one_sided = true"
        return f"{distribution} has all its mass on one side of no effect{hint}. {leave}"
    return None


def _mass_below_null(distribution: Distribution) -> float:
    """Prior mass below zero, where less than 1 in a million counts as none."""
    from statistics import NormalDist

    below = 0.0
    for weight, part in distribution.components:
        low, high = part.support
        if part.name == "normal":
            below += weight * NormalDist(*part.args).cdf(0)
        elif low < 0 < high:
            below += weight * (-low / (high - low) if high < inf else 0.5)
        elif high <= 0:
            below += weight
    return 0.0 if below < 1e-6 else 1.0 if below > 1 - 1e-6 else below


def heterogeneity_problem(distribution: Distribution) -> str | None:
    """Why a distribution cannot be the prior of tau, or None."""
    if distribution.parts or distribution.name in ("dirichlet", "beta") or distribution.support[0] < 0:
        return f"{distribution}: tau needs one distribution on the positive line, such as half_normal(0.3)"
    return None
