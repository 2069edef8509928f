"""Priors of tau, the standard deviation between trials: a distribution, or a rule that forms one.

They stand in prior sets (`[heterogeneity.NAME]`) and in synthesis files; both are formed here, for one synthesis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bayes.base import published_tables
from bayes.base.closed import Closed, check
from bayes.base.distributions import Distribution, Expression, ExpressionError, looks_like_expression, parse, short_hash
from bayes.base.written_numbers import Positive
from bayes.errors import InvalidInput, Mistake, NotFormable, UnknownName
from bayes.paper.endpoint import Endpoint
from bayes.priors import effect_rules
from bayes.priors.scale_guard import heterogeneity_problem
from bayes.priors.tau_rules import RULES, TAKES, Arguments


class HeterogeneityPrior(Closed):
    """A named rule with its arguments, or a distribution taken literally on the analysis scale."""

    rule: Literal[tuple(RULES)] | None = None
    distribution: Expression | None = None
    rationale: str | None = None
    source: str | None = None
    family: Literal["half_normal", "half_cauchy"] | None = None
    width: Positive | None = None
    outcome: str | None = None
    comparison: str | None = None
    area: Literal["other", "respiratory", "cancer"] | None = None
    field: str | None = None

    @check
    def _one_of_two(self) -> Iterator[str]:
        if (self.rule is None) == (self.distribution is None):
            yield "either `rule` or `distribution` is needed, not both"
        if self.distribution is not None and (problem := heterogeneity_problem(parse(self.distribution))):
            yield problem

    @check
    def _tables_know_it(self) -> Iterator[str | Mistake]:
        """Arguments are those that the rule takes, and keys are those of its table."""
        taken = TAKES.get(self.rule, ())
        spare = [
            name for name in Arguments.__dataclass_fields__ if name not in taken and getattr(self, name) is not None
        ]
        if spare:
            yield f"{', '.join(spare)}: not for {f'rule {self.rule!r}' if self.rule else 'a distribution'}"
        yield from published_tables.unknown_key("outcome", self.outcome, published_tables.outcome_classes(self.rule))
        yield from published_tables.unknown_key("comparison", self.comparison, published_tables.comparisons(self.rule))
        yield from published_tables.unknown_key("field", self.field, published_tables.fields())


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
        formed = effect_rules.sound(RULES[prior.rule](endpoint, arguments))
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
