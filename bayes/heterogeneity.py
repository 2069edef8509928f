"""Priors of tau, the standard deviation between trials: a distribution, or a rule that forms one.

They stand in prior sets (`[heterogeneity.NAME]`) and in synthesis files; both are formed here, for one synthesis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bayes import tables
from bayes.distributions import Distribution, ExpressionError, looks_like_expression, parse, short_hash
from bayes.errors import InvalidInput, NotFormable, UnknownName, did_you_mean
from bayes.guard import heterogeneity_problem
from bayes.heterogeneity_rules import RULES, TAKES, Arguments
from bayes.reading import Closed, Printed
from bayes.trial import Endpoint


class HeterogeneityPrior(Closed):
    """A named rule with its arguments, or a distribution taken literally on the analysis scale."""

    rule: Literal[tuple(RULES)] | None = None
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
        spare = [
            name for name in Arguments.__dataclass_fields__ if name not in taken and getattr(self, name) is not None
        ]
        if spare:
            raise ValueError(f"{', '.join(spare)}: not for {f'rule {self.rule!r}' if self.rule else 'a distribution'}")
        problems = [
            *unknown_key("outcome", self.outcome, tables.outcome_classes(self.rule)),
            *unknown_key("comparison", self.comparison, tables.comparisons(self.rule)),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self


class OfferedHeterogeneity(HeterogeneityPrior):
    """A prior of tau in a set; `when = "formable"` leaves it out without a word where its rule cannot be formed."""

    when: Literal["always", "formable"] = "always"


@dataclass(frozen=True)
class Setting:
    """What a synthesis says of its trials, for the tables: an outcome class, a comparison, a Cochrane field."""

    outcome: str | None = None
    comparison: str | None = None
    field: str | None = None


@dataclass(frozen=True)
class NamedHeterogeneity:
    """The prior of tau under the name it has in keys and tables, and the sentence that says how it was formed."""

    name: str
    distribution: Distribution
    basis: str


def unknown_key(label: str, key: str | None, known: Iterable[str]) -> list[str]:
    """What is wrong with a key of the tables, in a list of one; nothing of a known key or of none."""
    known = list(known)
    if key is None or key in known:
        return []
    return [f"{label} {key!r} is not in the table{did_you_mean(key, known)}; accepted: {', '.join(known)}"]


def form_heterogeneity(
    name: str, prior: HeterogeneityPrior, endpoint: Endpoint, setting: Setting
) -> NamedHeterogeneity:
    """The distribution of tau that a prior means for a synthesis.

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
        return NamedHeterogeneity(name, parse(prior.distribution), "as written")
    arguments = Arguments(
        family=prior.family,
        width=None if prior.width is None else float(prior.width),
        outcome=prior.outcome or setting.outcome,
        comparison=prior.comparison or setting.comparison,
        area=prior.area,
        field=prior.field or setting.field,
    )
    try:
        formed = RULES[prior.rule](endpoint, arguments)
    except NotFormable as reason:
        raise NotFormable(f"heterogeneity {name!r}: {reason}") from None
    return NamedHeterogeneity(name, formed.distribution, formed.basis)


def form_offered(
    offered: Mapping[str, OfferedHeterogeneity], endpoint: Endpoint, setting: Setting
) -> tuple[tuple[NamedHeterogeneity, ...], tuple[str, ...]]:
    """Every prior of tau in a set that can be formed, and why those that are always wanted cannot."""
    formed, reasons = [], []
    for name, prior in offered.items():
        try:
            formed.append(form_heterogeneity(name, prior, endpoint, setting))
        except NotFormable as reason:
            reasons += [] if prior.when == "formable" else [str(reason)]
    return tuple(formed), tuple(reasons)


def find_heterogeneity(name: str, offered: Mapping[str, HeterogeneityPrior]) -> tuple[str, HeterogeneityPrior]:
    """A prior of tau and its name in keys: one of a set, a rule with its defaults, or an expression.

    Raises
    ------
    InvalidInput
        If it is none of these, or the expression cannot be a prior of tau.
    """
    if name in offered:
        return name, offered[name]
    if name in RULES:
        return name, HeterogeneityPrior(rule=name)
    if not looks_like_expression(name):
        known = dict.fromkeys([*offered, *RULES, "or an expression such as half_normal(0.3)"])
        raise UnknownName("heterogeneity", name, known)
    try:
        distribution = parse(name)
    except ExpressionError as error:
        raise InvalidInput("heterogeneity", [str(error)]) from None
    if problem := heterogeneity_problem(distribution):
        raise InvalidInput("heterogeneity", [problem])
    return short_hash(str(distribution)), HeterogeneityPrior(distribution=str(distribution))
