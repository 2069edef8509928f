"""Priors of the heterogeneity tau, the standard deviation between trials: a distribution, or a rule that forms one.

They are stated in prior sets (`[heterogeneity.NAME]`) and in synthesis files, and formed here for a synthesis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bayes.base import published_tables
from bayes.base.closed import Closed, check
from bayes.base.distributions import Distribution, Expression, looks_like_expression, parse, short_hash
from bayes.base.expressions import ExpressionError
from bayes.base.written_numbers import Positive
from bayes.errors import InvalidInput, Mistake, NotFormable, UnknownName
from bayes.paper.endpoint import Endpoint
from bayes.priors import effect_rules
from bayes.priors.scale_guard import heterogeneity_problem
from bayes.priors.tau_rules import RULES, TAKES, Arguments, RuleName


class HeterogeneityPrior(Closed):
    """A named rule with its arguments, or a distribution on the analysis scale that is taken literally."""

    rule: RuleName | None = None
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
            found = "neither `rule` nor `distribution`" if self.rule is None else "both `rule` and `distribution`"
            yield f"found {found}; exactly one of them is required"
        if self.distribution is not None and (problem := heterogeneity_problem(parse(self.distribution))):
            yield problem

    @check
    def _tables_know_it(self) -> Iterator[str | Mistake]:
        """Check that the rule takes the stated arguments, and that its table has the stated keys."""
        taken = TAKES.get(self.rule or "", ())
        spare = [
            name for name in Arguments.__dataclass_fields__ if name not in taken and getattr(self, name) is not None
        ]
        if spare:
            what = f"rule {self.rule!r}" if self.rule else "a distribution"
            yield f"not available for {what}: {', '.join(spare)}; accepted: {', '.join(taken) or 'no arguments'}"
        yield from published_tables.unknown_key("outcome", self.outcome, published_tables.outcome_classes(self.rule))
        yield from published_tables.unknown_key("comparison", self.comparison, published_tables.comparisons(self.rule))
        yield from published_tables.unknown_key("field", self.field, published_tables.fields())


class OfferedHeterogeneity(HeterogeneityPrior):
    """A prior of tau in a set; with `when = "formable"` it is skipped silently if its rule cannot be formed."""

    when: Literal["always", "formable"] = "always"


@dataclass(frozen=True)
class OutcomeClass:
    """The keys of published tables that a synthesis states: outcome class, comparison and Cochrane field."""

    outcome: str | None = None
    comparison: str | None = None
    field: str | None = None


@dataclass(frozen=True)
class NamedHeterogeneity:
    """A prior of tau with its name in keys and tables, and how it was formed in words (`basis`)."""

    name: str
    distribution: Distribution
    basis: str


def form_heterogeneity(
    name: str, prior: HeterogeneityPrior, endpoint: Endpoint, setting: OutcomeClass
) -> NamedHeterogeneity:
    """Form a prior of tau for a synthesis.

    Parameters
    ----------
    name : str
        Name of the prior.
    prior : HeterogeneityPrior
    endpoint : Endpoint
        The synthesis.
    setting : Setting
        Keys that the synthesis states; those that the prior states take precedence.

    Returns
    -------
    NamedHeterogeneity
        Distribution of tau on the analysis scale.

    Raises
    ------
    NotFormable
        If the table is on another scale, or an outcome class, a comparison, a field or a standard deviation is missing.
    """
    if prior.rule is None:
        return NamedHeterogeneity(name, parse(prior.distribution or ""), "as written")
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
    return NamedHeterogeneity(name, formed.univariate, formed.basis)


def form_offered(
    offered: Mapping[str, OfferedHeterogeneity], endpoint: Endpoint, setting: OutcomeClass
) -> tuple[tuple[NamedHeterogeneity, ...], tuple[str, ...]]:
    """Form the priors of tau in a set for a synthesis.

    Parameters
    ----------
    offered : mapping of str to OfferedHeterogeneity
        Priors of tau by name.
    endpoint : Endpoint
        The synthesis.
    setting : Setting
        Keys that the synthesis states.

    Returns
    -------
    formed : tuple of NamedHeterogeneity
        The priors that can be formed.
    reasons : tuple of str
        Why others cannot be formed, except for those with `when = "formable"`.
    """
    formed, reasons = [], []
    for name, prior in offered.items():
        try:
            formed.append(form_heterogeneity(name, prior, endpoint, setting))
        except NotFormable as reason:
            reasons += [] if prior.when == "formable" else [str(reason)]
    return tuple(formed), tuple(reasons)


def find_heterogeneity(name: str, offered: Mapping[str, HeterogeneityPrior]) -> tuple[str, HeterogeneityPrior]:
    """Find a prior of tau.

    Parameters
    ----------
    name : str
        Name of a prior in the set, a rule (with its defaults), or an expression.
    offered : mapping of str to HeterogeneityPrior
        Priors of tau in the set, by name.

    Returns
    -------
    key : str
        Name of the prior in keys.
    prior : HeterogeneityPrior

    Raises
    ------
    InvalidInput
        If `name` is none of these, or the expression cannot be a prior of tau.
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
