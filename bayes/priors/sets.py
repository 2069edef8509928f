"""Priors as data: a set of named priors for effects, baselines, dispersion and heterogeneity.

A prior is a distribution on the analysis scale. The scale guard stands here, before any sampling.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from bayes.base import html, published_tables
from bayes.base.closed import Closed, check
from bayes.base.distributions import Expression, ExpressionError, looks_like_expression, parse, short_hash
from bayes.base.toml import Identifier, id_mistakes, locate, read_toml, validate
from bayes.base.written_numbers import Printed
from bayes.errors import InvalidInput, Mistake, UnknownName
from bayes.paper.endpoint import Endpoint
from bayes.priors import arm_pairs, effect_rules, hierarchy
from bayes.priors.arm_pairs import ArmPrior
from bayes.priors.hierarchy import HierarchyPrior
from bayes.priors.nuisance import Baselines, Departure, Nuisance, RealLine, UnitInterval
from bayes.priors.scale_guard import scale_problem
from bayes.priors.tau import OfferedHeterogeneity

BORROWED = ("evidence", "map")  # rules that take evidence as belief, formed by `borrowed`
RuleName = Literal[(*effect_rules.RULES, *BORROWED)]
Share = Annotated[Printed, Field(gt=0, lt=1)]


class Earlier(Closed):
    """An outcome of an earlier trial and the power in [0, 1] that its likelihood is raised to."""

    outcome: Annotated[str, Field(pattern=":")]  # written trial:outcome
    weight: Annotated[Printed, Field(ge=0, le=1)] = Decimal(1)


class EffectPrior(Closed):
    """A named rule with its arguments, or a distribution taken literally.

    Of `evidence`: `outcomes`; of `map`: `synthesis`, `heterogeneity` (its own by default) and `without_own`, which
    leaves out trials of the same patients; of both: `initial`, the prior before the evidence (vague by default),
    `robust`, the weight of a component for the case that the past does not apply, and `robust_component`, what it is
    (the `initial` prior by default).
    """

    rule: RuleName | None = None
    distribution: Expression | None = None
    rationale: str | None = None
    source: str | None = None
    allow_one_sided: bool = False
    when: Literal["always", "formable"] = "always"
    tail: Share | None = None
    threshold: Literal["planned", "mcid"] | None = None
    centre: Literal["planned", "mcid"] | None = None
    strength: effect_rules.Strength | None = None
    field: str | None = None
    reference_risk: Share | None = None
    outcomes: tuple[Earlier, ...] = ()
    synthesis: str | None = None
    heterogeneity: str | None = None
    without_own: bool = False
    initial: Expression | None = None
    robust: Share | None = None
    robust_component: Expression | None = None

    @check
    def _one_of_two(self) -> Iterator[str | Mistake]:
        if (self.rule is None) == (self.distribution is None):
            yield "either `rule` or `distribution` is needed, not both"
        if (self.rule == "evidence") != bool(self.outcomes):
            yield '`outcomes`, each with a weight, belong to rule "evidence", which needs them'
        if (self.rule == "map") != (self.synthesis is not None):
            yield '`synthesis` belongs to rule "map", which needs it'
        if self.rule != "map" and (self.heterogeneity is not None or self.without_own):
            yield '`heterogeneity` and `without_own` belong to rule "map"'
        if self.rule not in BORROWED and (self.initial is not None or self.robust is not None):
            yield '`initial` and `robust` belong to the rules "evidence" and "map"'
        if self.outcomes and not any(earlier.weight for earlier in self.outcomes):
            yield "every weight is 0: nothing would be borrowed"
        if self.robust_component is not None and self.robust is None:
            yield "`robust_component` needs its weight, `robust`"
        yield from published_tables.unknown_key("field", self.field, published_tables.fields())

    @property
    def arguments(self) -> effect_rules.Arguments:
        stated = {
            name: getattr(self, name)
            for name in effect_rules.Arguments.__dataclass_fields__
            if getattr(self, name) is not None
        }
        numbers = {name: float(stated[name]) for name in ("tail", "reference_risk") if name in stated}
        return effect_rules.Arguments(**(stated | numbers))


class PriorSet(Closed):
    """Effect priors by name, and the priors of everything else that a model needs (see `Nuisance`)."""

    id: Identifier = "unnamed"
    label: str | None = None
    effect: Mapping[Identifier, EffectPrior] = {}
    arms: Mapping[Identifier, ArmPrior] = {}
    hierarchy: Mapping[Identifier, HierarchyPrior] = {}
    baseline: Baselines = Baselines()
    dispersion: RealLine = RealLine(distribution="normal(0, 1)")
    departure: Departure = Departure(distribution="normal(0, 0.25)")
    never: UnitInterval = UnitInterval(distribution="beta(1, 1)")
    spread: RealLine = RealLine(distribution="normal(0, 1)")
    heterogeneity: Mapping[Identifier, OfferedHeterogeneity] = {}

    _path: Path | None = PrivateAttr(default=None)

    @property
    def path(self) -> Path | None:
        """The file it was read from."""
        return self._path

    @check
    def _one_namespace(self) -> Iterator[str]:
        names = [*self.effect, *self.arms, *self.hierarchy]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            yield f"[effect.*], [arms.*] and [hierarchy.*] share their names; found more than once: {', '.join(twice)}"

    def __repr__(self) -> str:
        """Its id and the names of its priors."""
        return f"PriorSet({self.id}: {', '.join([*self.named, *(f'tau {name}' for name in self.heterogeneity)])})"

    def _repr_html_(self) -> str:
        """A row per prior: what it is and why, for a notebook."""
        every = [*self.named.items(), *((f"tau {name}", prior) for name, prior in self.heterogeneity.items())]
        rows = [(name, _what(prior), getattr(prior, "rationale", None) or "not stated") for name, prior in every]
        return html.table(("prior", "rule or distribution", "rationale"), rows, self.label or self.id)

    @property
    def named(self) -> dict[str, EffectPrior | ArmPrior | HierarchyPrior]:
        """Every prior that an analysis can be asked for by name."""
        return {**self.effect, **self.arms, **self.hierarchy}

    @property
    def nuisance(self) -> Nuisance:
        baseline = self.baseline
        ordinal = None if baseline.ordinal is None else baseline.ordinal.parsed
        return Nuisance(
            binary=baseline.binary.parsed,
            events=baseline.events.parsed,
            ordinal=ordinal,
            dispersion=self.dispersion.parsed,
            departure=self.departure.parsed,
            never=self.never.parsed,
            spread=self.spread.parsed,
            at=baseline.at,
        )


@dataclass(frozen=True)
class NamedPrior:
    """A prior under its name in keys and tables: of the effect, of both arms, or of a whole table of adverse events.

    `expression` is one of the effect written by hand.
    """

    name: str
    prior: EffectPrior | ArmPrior | HierarchyPrior
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

    Examples
    --------
    >>> import bayes
    >>> list(bayes.load_priors("default").effect)[:3]
    ['vague', 'neutral', 'sceptical']
    """
    path = locate(priors, "priors", "prior set")
    data = _beside(read_toml(path), path.parent)
    built = validate(PriorSet, data, str(path), id_mistakes(data, path) if "id" in data else ())
    named = built if "id" in data else built.model_copy(update={"id": path.stem})
    named._path = path
    return named


def _beside(data: dict, folder: Path) -> dict:
    """The sources that priors borrow from: a file named in a set lies beside it."""

    def found(name: object) -> object:
        return str(folder / name) if isinstance(name, str) and (folder / name).is_file() else name

    effects = data.get("effect")
    for prior in effects.values() if isinstance(effects, dict) else ():
        if isinstance(prior, dict) and "synthesis" in prior:
            prior["synthesis"] = found(prior["synthesis"])
        earlier_ones = prior.get("outcomes") if isinstance(prior, dict) else None
        for earlier in earlier_ones if isinstance(earlier_ones, list) else ():
            if isinstance(earlier, dict) and isinstance(earlier.get("outcome"), str):
                trial, colon, outcome = earlier["outcome"].rpartition(":")
                earlier["outcome"] = f"{found(trial)}{colon}{outcome}" if colon else outcome
    return data


def as_set(prior_set: SomePriorSet, priors: SomePriorSet | None = None) -> PriorSet:
    """Load a prior set if it is named; `priors` is the older spelling of the argument `prior_set` and wins if given."""
    chosen = prior_set if priors is None else priors
    return chosen if isinstance(chosen, PriorSet) else load_priors(chosen)


SomePriorSet = str | os.PathLike | PriorSet


def is_prior_set(data: Mapping[str, object]) -> bool:
    """Whether the content of a TOML file is meant as a prior set."""
    return data.keys().isdisjoint({"outcomes", "measure"}) and not data.keys().isdisjoint(
        PriorSet.model_fields.keys() - {"id", "label"}
    )


def _what(prior: EffectPrior | ArmPrior | HierarchyPrior | OfferedHeterogeneity) -> str:
    """A rule or a distribution by its name; of both arms, two; of a whole table, that."""
    if isinstance(prior, HierarchyPrior):
        return "a hierarchy of a whole table"
    if isinstance(prior, ArmPrior):
        arms = (prior.treatment, prior.control)
        return " v ".join(arm if isinstance(arm, str) else "from history" for arm in arms)
    return prior.distribution or f"rule {prior.rule}"


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
    if name in priors.named:
        return NamedPrior(name, priors.named[name])
    if name in effect_rules.RULES:
        return NamedPrior(name, EffectPrior(rule=name))
    raise UnknownName(
        "prior",
        name,
        dict.fromkeys([*priors.named, *effect_rules.RULES, "or an expression such as normal(0, 0.355)"]),
    )


def resolve(named: NamedPrior, endpoint: Endpoint) -> effect_rules.Formed:
    """The distribution a prior means for this outcome or synthesis, and how it was formed.

    Raises
    ------
    NotFormable
        If a rule lacks what it needs.
    InvalidInput
        If the distribution is on the wrong scale or one-sided without leave.
    """
    prior = named.prior
    if isinstance(prior, ArmPrior):
        return effect_rules.Formed(
            arm_pairs.form(prior, endpoint), "independent priors of the arms; the effect follows"
        )
    if isinstance(prior, HierarchyPrior):
        return effect_rules.Formed(hierarchy.form(prior, endpoint), "terms borrow from their body system")
    if prior.rule is not None:
        return effect_rules.form(prior.rule, endpoint, prior.arguments)
    distribution = parse(prior.distribution)
    problem = scale_problem(distribution, endpoint, prior.allow_one_sided)
    if problem:
        raise InvalidInput(f"prior {named.name!r} for {endpoint.name}", [problem])
    return effect_rules.Formed(distribution, "as written")
