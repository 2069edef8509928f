"""Prior sets: named priors of effects, baselines, over-dispersion and heterogeneity, as data.

A prior of an effect is a distribution on the analysis scale; the scale guard is applied here, before sampling.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import PrivateAttr

from bayes.base import html
from bayes.base.closed import Closed, check
from bayes.base.distributions import (
    Distribution,
    looks_like_expression,
    parse,
    short_hash,
)
from bayes.base.documents import TomlTable
from bayes.base.expressions import ExpressionError
from bayes.base.toml import Identifier, id_mistakes, locate, read_toml, validate
from bayes.errors import InvalidInput, UnknownName
from bayes.paper.endpoint import Endpoint
from bayes.priors import arm_pairs, effect_rules, hierarchy
from bayes.priors.arm_pairs import ArmPrior
from bayes.priors.effect_prior import EffectPrior
from bayes.priors.hierarchy import HierarchyPrior
from bayes.priors.nuisance import Baselines, Departure, Nuisance, RealLine, UnitInterval
from bayes.priors.scale_guard import scale_problem
from bayes.priors.tau import OfferedHeterogeneity


class PriorSet(Closed):
    """A set of priors: of effects, arms, hierarchies and heterogeneity by name, and of nuisance parameters."""

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
        """The file from which the set was loaded."""
        return self._path

    @check
    def _one_namespace(self) -> Iterator[str]:
        names = [*self.effect, *self.arms, *self.hierarchy]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            yield f"names repeat: {', '.join(twice)}; each must be unique among [effect.*], [arms.*] and [hierarchy.*]"

    def __repr__(self) -> str:
        """Describe the set in one line: its id and the names of its priors."""
        return f"PriorSet({self.id}: {', '.join([*self.named, *(f'tau {name}' for name in self.heterogeneity)])})"

    def _repr_html_(self) -> str:
        """Describe the priors as a table with their rationales, for display in a notebook."""
        every = [*self.named.items(), *((f"tau {name}", prior) for name, prior in self.heterogeneity.items())]
        rows = [(name, _what(prior), getattr(prior, "rationale", None) or "not stated") for name, prior in every]
        return html.table(("prior", "rule or distribution", "rationale"), rows, self.label or self.id)

    @property
    def named(self) -> dict[str, EffectPrior | ArmPrior | HierarchyPrior]:
        """The priors that can be selected for an analysis by name."""
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
    """A prior with its name in keys and tables: of an effect, of both arms, or of a table of adverse events.

    `expression` is set if the prior was given as an expression.
    """

    name: str
    prior: EffectPrior | ArmPrior | HierarchyPrior
    expression: str | None = None

    @property
    def key(self) -> str:
        return self.name if self.expression is None else short_hash(self.expression)


def load_priors(priors: str | os.PathLike[str] = "default") -> PriorSet:
    """Load a prior set.

    Parameters
    ----------
    priors : str or os.PathLike
        Id of a shipped prior set, or path of a TOML file.

    Returns
    -------
    PriorSet

    Raises
    ------
    InvalidInput
        If the file has mistakes; lists all of them, each with its field path.

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


def _beside(data: TomlTable, folder: Path) -> TomlTable:
    """Resolve the files from which priors borrow, relative to the folder of the set."""

    def found(name: object) -> object:
        return str(folder / name) if isinstance(name, str) and os.path.isfile(folder / name) else name

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


SomePriorSet = str | os.PathLike[str] | PriorSet


def is_prior_set(data: Mapping[str, object]) -> bool:
    """Return whether the content of a TOML file is that of a prior set."""
    return data.keys().isdisjoint({"outcomes", "measure"}) and not data.keys().isdisjoint(
        PriorSet.model_fields.keys() - {"id", "label"}
    )


def _what(prior: EffectPrior | ArmPrior | HierarchyPrior | OfferedHeterogeneity) -> str:
    """Describe a prior briefly for a table: its rule, its distribution, or that of each arm."""
    if isinstance(prior, HierarchyPrior):
        return "hierarchy of a table of adverse events"
    if isinstance(prior, ArmPrior):
        arms = (prior.treatment, prior.control)
        return " v ".join(arm if isinstance(arm, str) else "historical arms" for arm in arms)
    return prior.distribution or f"rule {prior.rule}"


def find_prior(name: str, priors: PriorSet) -> NamedPrior:
    """Find a prior.

    Parameters
    ----------
    name : str
        Name of a prior in the set, a named rule (with its defaults), or an expression.
    priors : PriorSet

    Returns
    -------
    NamedPrior

    Raises
    ------
    InvalidInput
        If `name` is none of these.
    """
    if not isinstance(name, str):
        accepted = "accepted: the name of one prior of the set, a rule, or an expression"
        raise InvalidInput("prior", [f"found {name!r}, of type {type(name).__name__}; {accepted}"])
    if looks_like_expression(name):
        try:
            expression = str(parse(name, of_effect=True))
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
        dict.fromkeys([*priors.named, *effect_rules.RULES, "or an expression such as interval(0.5, 2)"]),
    )


def resolve(named: NamedPrior, endpoint: Endpoint) -> effect_rules.FormedPrior:
    """Form a prior for an outcome or a synthesis.

    Parameters
    ----------
    named : NamedPrior
    endpoint : Endpoint

    Returns
    -------
    FormedPrior
        Distribution on the analysis scale, and how it was formed.

    Raises
    ------
    NotFormable
        If the outcome lacks what a rule needs.
    InvalidInput
        If the distribution is on the wrong scale, or one-sided without `allow_one_sided`.
    """
    prior = named.prior
    if isinstance(prior, ArmPrior):
        return effect_rules.FormedPrior(
            arm_pairs.form(prior, endpoint), "independent priors of the arms; the effect follows"
        )
    if isinstance(prior, HierarchyPrior):
        return effect_rules.FormedPrior(hierarchy.form(prior, endpoint), "terms borrow from their body system")
    if prior.rule is not None:
        return effect_rules.form(prior.rule, endpoint, prior.arguments)
    distribution = on_analysis_scale(prior.distribution or "", endpoint)
    problem = scale_problem(distribution, endpoint, prior.allow_one_sided)
    if problem:
        raise InvalidInput(f"prior {named.name!r} for {endpoint.name}", [problem])
    return effect_rules.FormedPrior(distribution, "as written")


def on_analysis_scale(expression: str, endpoint: Endpoint) -> Distribution:
    """Return the prior of an effect that an expression describes, on the analysis scale.

    Parameters
    ----------
    expression : str
    endpoint : Endpoint
        An outcome or a synthesis, whose measure gives limits of an `interval` their meaning.

    Raises
    ------
    InvalidInput
        If such a limit is not a value of the measure.
    """
    try:
        return parse(expression, of_effect=True).of_effect(endpoint.measure)
    except ExpressionError as error:
        raise InvalidInput(f"prior {expression!r} for {endpoint.name}", [str(error)]) from None
