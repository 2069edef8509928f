"""Synthesis: outcomes of several trials, of any evidence kinds, under one hierarchical model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr

from bayes.base import html, published_tables
from bayes.base.closed import Closed, check
from bayes.base.toml import Identifier, id_mistakes, locate, read_toml, shipped, validate
from bayes.base.written_numbers import Printed
from bayes.errors import BayesError, InvalidInput, Mistake, NotFormable, UnknownName
from bayes.paper.endpoint import Endpoint
from bayes.paper.trial import Outcome, load_trial
from bayes.priors.tau import HeterogeneityPrior, Setting
from bayes.synthesis.commensurable import why_not_together
from bayes.synthesis.covariate import Covariate
from bayes.synthesis.same_patients import Correlation, Together

MODELS = {
    "random_effects": "exchangeable normal effects",
    "common_effect": "one effect shared by all trials: heterogeneity zero",
    "robust_random_effects": "exchangeable Student-t effects: an outlying trial is shrunken less and weighs less",
    "meta_regression": "exchangeable effects around a line in one covariate of the trials",
}
ModelName = Literal[tuple(MODELS)]


class Heterogeneity(HeterogeneityPrior):
    """The prior of the between-trial standard deviation tau, on the analysis scale: a distribution or a rule."""

    rationale: str


class Rho(Closed):
    """What turns residual into raw standard deviations: the share of variance that a model explained is rho^2."""

    value: Annotated[Printed, Field(ge=0, lt=1)]
    rationale: str


class Synthesis(Endpoint):
    """Several outcomes, each of its own patients, joined by theta_i ~ Normal(mu, tau) or one of the other `MODELS`."""

    id: Identifier
    outcomes: Annotated[tuple[str, ...], Field(min_length=1)]
    heterogeneity: Heterogeneity | None = None
    outcome_class: str | None = None
    comparison: str | None = None
    model: ModelName = "random_effects"
    nu: Annotated[Printed, Field(gt=1)] = Decimal(4)
    covariate: Covariate | None = None
    correlations: tuple[Correlation, ...] = ()
    rho: Rho | None = None
    field: str | None = None
    notes: str | None = None
    search: str | None = None

    _path: Path | None = PrivateAttr(default=None)
    _named: tuple[Outcome, ...] = PrivateAttr(default=())
    _members: tuple[Outcome, ...] = PrivateAttr(default=())
    _together: dict[int, Together] = PrivateAttr(default={})

    @property
    def path(self) -> Path | None:
        """The file it was read from; None of one made by `synthesis_of`."""
        return self._path

    @property
    def named(self) -> tuple[Outcome, ...]:
        """The outcomes as the file names them."""
        return self._named

    @property
    def has_headline(self) -> bool:
        """Whether P(benefit) may be headlined: some trial had an event, or reports no counts at all."""
        return any(member.has_headline for member in self.members)

    @property
    def members(self) -> tuple[Outcome, ...]:
        """The outcomes themselves, in the order of the file; those of the same patients as one trial's effect."""
        return self._members

    @property
    def together(self) -> dict[int, Together]:
        """Results of the same patients behind a member, by its position among `members`."""
        return self._together

    @property
    def errors_of_reports(self) -> dict[str, float | None]:
        return {member.name: member.standard_error for member in self._members}

    @property
    def setting(self) -> Setting:
        """What the tables of heterogeneity need to know of these trials."""
        return Setting(self.outcome_class, self.comparison, self.field)

    @check
    def _tables_know_it(self) -> Iterator[Mistake]:
        yield from published_tables.unknown_key("outcome_class", self.outcome_class, published_tables.outcome_classes())
        yield from published_tables.unknown_key("comparison", self.comparison, published_tables.comparisons())
        yield from published_tables.unknown_key("field", self.field, published_tables.fields())

    def with_correlation(self, r: float) -> Synthesis:
        """The same synthesis with every stated correlation replaced by `r`."""
        return _built(self.model_copy(), self._named, r=r)

    def with_alone(self, name: str) -> Synthesis:
        """The same synthesis with one result alone in place of all those of the same patients."""

        def alone(found: Together) -> Outcome:
            return next((o for o in found.results if o.name == name), None) or found.joined()

        return _built(self.model_copy(), self._named, join=alone)

    def as_one_effect(self) -> Synthesis:
        """The same synthesis, were results of the same patients of one effect (generalised least squares)."""
        return _built(self.model_copy(), self._named, join=Together.as_one_effect)

    def with_rho(self, rho: float) -> Synthesis:
        """The same synthesis with residual standard deviations turned into raw ones by another `rho`."""
        return _built(self.model_copy(), self._named, rho=rho)

    @property
    def name(self) -> str:
        return self.id

    def __repr__(self) -> str:
        """Its id, what it is of and the names of its outcomes; `bayes show` says the rest."""
        return f"Synthesis({self.id}: {self.label}; {', '.join(member.name for member in self.members)})"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """What is joined, and how, for a notebook."""
        about = [*self._in_short, ("model", MODELS[self.model]), ("search", self.search or "not stated")]
        rows = [(member.name, member.label, member.evidence.kind) for member in self.members]
        head = html.facts(f"{self.id}: {self.label}", about)
        return head + html.table(("outcome", "label", "evidence"), rows)

    @property
    def standard_error(self) -> None:
        """None: priors that scale with one trial's standard error have no place in a synthesis."""
        return None


def load_synthesis(synthesis: str | os.PathLike) -> Synthesis:
    """Load a synthesis by the id of a shipped one or by path, together with the outcomes it names.

    Raises
    ------
    InvalidInput
        Listing every mistake: unknown outcomes, measures that differ, patients that would be counted twice.

    Examples
    --------
    >>> import bayes
    >>> [outcome.name for outcome in bayes.load_synthesis("msc_stroke_mrs").members][:3]
    ['treasure:mrs_90d', 'starting2:mrs_90d', 'isis_hermes:mrs_2y']
    """
    path = locate(synthesis, "syntheses", "synthesis")
    data = read_toml(path)
    built = validate(Synthesis, data, str(path), id_mistakes(data, path))
    members, mistakes = [], []
    for i, name in enumerate(built.outcomes):
        try:
            members.append(_member(name, path.parent))
        except BayesError as error:
            mistakes += [Mistake(f"outcomes.{i}", line) for line in str(error).splitlines()]
    if mistakes:
        raise InvalidInput(str(path), mistakes)
    built._path = path
    return _whole(built, members, str(path))


def synthesis_of(outcomes: Sequence[Outcome], **fields: Any) -> Synthesis:
    """A synthesis of outcomes at hand, without a file; measure and benefit are those of the first.

    Parameters
    ----------
    outcomes : sequence of Outcome
    **fields
        Further fields of a synthesis file, such as `heterogeneity={"distribution": ..., "rationale": ...}`.

    Raises
    ------
    InvalidInput
        As `load_synthesis`.

    Examples
    --------
    >>> import bayes
    >>> measured = {"measure": "odds_ratio", "benefit": "lower", "se": 0.2}
    >>> two = [bayes.outcome(estimate=0.8, trial="a", **measured), bayes.outcome(estimate=0.9, trial="b", **measured)]
    >>> bayes.synthesis_of(two, label="Two trials")
    Synthesis(synthesis: Two trials; a:outcome, b:outcome)
    """
    first = outcomes[0]
    data = {"id": "synthesis", "label": "Synthesis", "measure": first.measure, "benefit": first.benefit} | fields
    built = validate(Synthesis, data | {"outcomes": [outcome.name for outcome in outcomes]}, "synthesis")
    return _whole(built, outcomes, "synthesis")


def _whole(built: Synthesis, members: Sequence[Outcome], source: str) -> Synthesis:
    if mistakes := why_not_together(built, members):
        raise InvalidInput(source, mistakes)
    return _built(built, members)


def known_model(synthesis: Synthesis, wanted: str | None) -> str:
    """The structure asked for, or the file's own.

    Raises
    ------
    UnknownName, NotFormable
        If there is none of that name, or the file lacks the covariate that it needs.
    """
    name = wanted or synthesis.model
    if name not in MODELS:
        raise UnknownName("model of a synthesis", name, MODELS)
    if name == "meta_regression" and synthesis.covariate is None:
        raise NotFormable("a meta-regression needs the `covariate` of the trials in the synthesis file")
    return name


def _built(
    synthesis: Synthesis,
    named: Sequence[Outcome],
    r: float | None = None,
    rho: float | None = None,
    join: Callable[[Together], Outcome] = Together.joined,
) -> Synthesis:
    """A synthesis that knows its outcomes: in raw units, those of the same patients joined into one trial's effect."""
    synthesis._named = tuple(named)
    if synthesis.rho is not None:
        value = synthesis.rho.value if rho is None else Decimal(repr(rho))
        named = [_in_raw_units(member, value) for member in named]
    by_name = {member.name: member for member in named}
    first: dict[str, Together] = {}
    gone: set[str] = set()
    for stated in synthesis.correlations:
        results = tuple(by_name[name] for name in stated.outcomes)
        first[stated.outcomes[0]] = Together(results, float(stated.r) if r is None else r)
        gone |= set(stated.outcomes[1:])
    kept = [m.name for m in named if m.name not in gone]
    synthesis._members = tuple(join(first[name]) if name in first else by_name[name] for name in kept)
    synthesis._together = {i: first[name] for i, name in enumerate(kept) if name in first}
    return synthesis


def _in_raw_units(member: Outcome, rho: Decimal) -> Outcome:
    if not getattr(member.evidence, "in_residual_units", False):
        return member
    return member.model_copy(update={"evidence": member.evidence.model_copy(update={"rho": rho})})


def is_synthesis(name: str | os.PathLike) -> bool:
    """Whether a name means a synthesis: a shipped id, or a file that reads as one."""
    text = os.fspath(name)
    return text in shipped("syntheses") or (Path(text).is_file() and reads_as_synthesis(read_toml(text)))


def reads_as_synthesis(data: Mapping[str, Any]) -> bool:
    """Whether a file's content is meant as a synthesis: its `outcomes` are a list or, missing, its fields are."""
    if "outcomes" in data:
        return isinstance(data["outcomes"], list)
    return not data.keys().isdisjoint({"measure", "benefit"})


def _member(name: str, folder: Path) -> Outcome:
    trial, colon, outcome = name.rpartition(":")
    if not colon:
        raise InvalidInput(name, ["an outcome is written trial:outcome"])
    beside = folder / trial
    return load_trial(beside if beside.is_file() else trial).outcomes[outcome]
