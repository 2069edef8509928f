"""Syntheses: outcomes of several trials, of any evidence kinds, in one hierarchical model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PrivateAttr

from bayes.base import html, published_tables
from bayes.base.closed import Closed, check
from bayes.base.toml import Identifier, id_mistakes, locate, read_toml, shipped, validate
from bayes.base.written_numbers import Printed
from bayes.errors import BayesError, InvalidInput, Mistake, NotFormable, UnknownName
from bayes.paper.endpoint import Endpoint
from bayes.paper.trial import Outcome, Trial, load_trial
from bayes.priors.tau import HeterogeneityPrior, OutcomeClass
from bayes.synthesis.commensurable import why_not_together
from bayes.synthesis.covariate import Covariate
from bayes.synthesis.models import MODELS, OWN_MODELS, ModelName
from bayes.synthesis.same_patients import Correlation, Together
from bayes.synthesis.subgroups import Subgroups

MOST_MEMBERS = 2_000  # outcomes of a synthesis


class Heterogeneity(HeterogeneityPrior):
    """The prior of the heterogeneity tau (the SD between trials, analysis scale): a distribution or a rule."""

    rationale: str


class Rho(Closed):
    """The correlation that converts residual to raw standard deviations; a model explained rho^2 of the variance."""

    value: Annotated[Printed, Field(ge=0, lt=1)]
    rationale: str


class Synthesis(Endpoint):
    """Outcomes of different patients, pooled by theta_i ~ Normal(mu, tau) or another effect structure in `MODELS`.

    Attributes
    ----------
    outcomes : tuple of str
        Names of the outcomes, `trial:outcome`.
    heterogeneity : Heterogeneity, optional
        Prior of tau; by default that of the scale.
    outcome_class, comparison, field : str, optional
        Keys of the published tables of heterogeneity.
    model : str
        Effect structure, a name in `MODELS`.
    nu : Decimal
        Degrees of freedom of robust random effects.
    covariate : Covariate, optional
        Covariate of a meta-regression.
    correlations : tuple of Correlation
        Correlations of results of the same patients.
    rho : Rho, optional
        Converts residual to raw standard deviations.
    subgroups : Subgroups, optional
        The outcomes are of subgroups of one trial, not of trials.
    """

    id: Identifier
    outcomes: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
    heterogeneity: Heterogeneity | None = None
    outcome_class: str | None = None
    comparison: str | None = None
    model: ModelName = "random_effects"
    nu: Annotated[Printed, Field(gt=1)] = Decimal(4)
    covariate: Covariate | None = None
    correlations: tuple[Correlation, ...] = ()
    rho: Rho | None = None
    subgroups: Subgroups | None = None
    field: str | None = None
    notes: str | None = None
    search: str | None = None

    _path: Path | None = PrivateAttr(default=None)
    _named: tuple[Outcome, ...] = PrivateAttr(default=())
    _members: tuple[Outcome, ...] = PrivateAttr(default=())
    _together: dict[int, Together] = PrivateAttr(default={})

    @property
    def path(self) -> Path | None:
        """The file from which the synthesis was loaded; None if it was made by `synthesis_of`."""
        return self._path

    @property
    def cochrane_field(self) -> str | None:
        return self.field

    @property
    def named(self) -> tuple[Outcome, ...]:
        """The outcomes named in the file, before results of the same patients are joined."""
        return self._named

    @property
    def has_headline(self) -> bool:
        """Return whether P(benefit) may be a headline, as it may be for at least one of the outcomes."""
        return any(member.has_headline for member in self.members)

    @property
    def members(self) -> tuple[Outcome, ...]:
        """The outcomes that are pooled, in the order of the file; results of the same patients are joined into one."""
        return self._members

    @property
    def together(self) -> dict[int, Together]:
        """The results of the same patients behind a member, by its index in `members`."""
        return self._together

    @property
    def errors_of_reports(self) -> dict[str, float | None]:
        return {member.name: member.standard_error for member in self._members}

    @property
    def setting(self) -> OutcomeClass:
        """The keys of these trials in the published tables of heterogeneity."""
        return OutcomeClass(self.outcome_class, self.comparison, self.field)

    @check
    def _tables_know_it(self) -> Iterator[Mistake]:
        yield from published_tables.unknown_key("outcome_class", self.outcome_class, published_tables.outcome_classes())
        yield from published_tables.unknown_key("comparison", self.comparison, published_tables.comparisons())
        yield from published_tables.unknown_key("field", self.field, published_tables.fields())

    @check
    def _subgroups_have_a_prior(self) -> Iterator[Mistake]:
        """Require a prior of how far subgroups differ: those of trials are of how far trials do."""
        if self.subgroups is None:
            return
        if self.heterogeneity is None:
            said = (
                "missing: how far subgroups may differ is not how far trials do; state a distribution and its rationale"
            )
            yield Mistake("heterogeneity", said)
        if len(self.outcomes) < 2 or self.model == "meta_regression":
            yield Mistake("subgroups", "requires at least two outcomes and a model without a covariate")

    def with_correlation(self, r: float) -> Synthesis:
        """Return a copy in which every stated correlation is replaced by `r`."""
        return _built(self.model_copy(), self._named, r=r)

    def with_alone(self, name: str) -> Synthesis:
        """Return a copy in which the result `name` replaces all results of the same patients."""

        def alone(found: Together) -> Outcome:
            return next((o for o in found.results if o.name == name), None) or found.joined()

        return _built(self.model_copy(), self._named, join=alone)

    def as_one_effect(self) -> Synthesis:
        """Return a copy in which results of the same patients estimate one effect (generalised least squares)."""
        return _built(self.model_copy(), self._named, join=Together.as_one_effect)

    def with_rho(self, rho: float) -> Synthesis:
        """Return a copy in which residual standard deviations are converted to raw ones by another `rho`."""
        return _built(self.model_copy(), self._named, rho=rho)

    @property
    def name(self) -> str:
        return self.id

    def __repr__(self) -> str:
        """Describe the synthesis in one line; `bayes show` gives the details."""
        return f"Synthesis({self.id}: {self.label}; {', '.join(member.name for member in self.members)})"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """Describe the synthesis and its outcomes as tables, for display in a notebook."""
        about = [*self._in_short, ("model", (MODELS | OWN_MODELS)[self.model]), ("search", self.search or "not stated")]
        rows = [(member.name, member.label, member.evidence.kind) for member in self.members]
        head = html.facts(f"{self.id}: {self.label}", about)
        return head + html.table(("outcome", "label", "evidence"), rows)


def load_synthesis(synthesis: str | os.PathLike[str]) -> Synthesis:
    """Load a synthesis with its outcomes.

    Parameters
    ----------
    synthesis : str or os.PathLike
        Id of a shipped synthesis, or path of a TOML file.

    Returns
    -------
    Synthesis

    Raises
    ------
    InvalidInput
        If there are mistakes, such as unknown outcomes, different measures or patients counted twice; lists all of
        them.

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
    load = cache(load_trial)  # each file is read once, whatever number of its outcomes are members
    for i, name in enumerate(built.outcomes):
        try:
            members.append(_member(name, path.parent, load))
        except BayesError as error:
            mistakes += [Mistake(f"outcomes.{i}", line) for line in str(error).splitlines()]
    if mistakes:
        raise InvalidInput(str(path), mistakes)
    built._path = path
    return _whole(built, members, str(path))


def synthesis_of(outcomes: Sequence[Outcome], **fields: Any) -> Synthesis:
    """Build a synthesis from outcomes, without a file.

    Parameters
    ----------
    outcomes : sequence of Outcome
        The outcomes to pool; the first determines the measure and its good direction.
    **fields
        Further fields of a synthesis file, such as `heterogeneity={"distribution": ..., "rationale": ...}`.

    Returns
    -------
    Synthesis

    Raises
    ------
    InvalidInput
        As in `load_synthesis`.

    Examples
    --------
    >>> import bayes
    >>> measured = {"measure": "odds_ratio", "benefit": "lower", "se": 0.2}
    >>> two = [bayes.outcome(estimate=0.8, trial="a", **measured), bayes.outcome(estimate=0.9, trial="b", **measured)]
    >>> bayes.synthesis_of(two, label="Two trials")
    Synthesis(synthesis: Two trials; a:outcome, b:outcome)
    """
    if not outcomes:
        raise InvalidInput("synthesis", ["no outcomes are given; accepted: two or more"])
    first = outcomes[0]
    data = {"id": "synthesis", "label": "Synthesis", "measure": first.measure, "benefit": first.benefit} | fields
    built = validate(Synthesis, data | {"outcomes": [outcome.name for outcome in outcomes]}, "synthesis")
    return _whole(built, outcomes, "synthesis")


def _whole(built: Synthesis, members: Sequence[Outcome], source: str) -> Synthesis:
    if mistakes := why_not_together(built, members):
        raise InvalidInput(source, mistakes)
    return _built(built, members)


def known_model(synthesis: Synthesis, wanted: str | None) -> str:
    """Choose the effect structure of a synthesis.

    Parameters
    ----------
    synthesis : Synthesis
    wanted : str or None
        A name in `MODELS`; by default that in the file.

    Returns
    -------
    str

    Raises
    ------
    UnknownName
        If there is no effect structure of this name.
    NotFormable
        If it is a meta-regression and the file does not have a covariate.
    """
    name = wanted or synthesis.model
    if name not in (known := MODELS | OWN_MODELS):
        raise UnknownName("model of a synthesis", name, known)
    if name == "meta_regression" and synthesis.covariate is None:
        raise NotFormable("the synthesis file has no `covariate`; a meta-regression requires it")
    return name


def _built(
    synthesis: Synthesis,
    named: Sequence[Outcome],
    r: float | None = None,
    rho: float | None = None,
    join: Callable[[Together], Outcome] = Together.joined,
) -> Synthesis:
    """Attach outcomes to a synthesis, converted to raw units, with results of the same patients joined."""
    synthesis._named = tuple(named)
    if synthesis.rho is not None:
        value = synthesis.rho.value if rho is None else Decimal(repr(rho))
        named = [_in_raw_units(member, value) for member in named]
    by_name = {member.name: member for member in named}
    first: dict[str, Together] = {}
    gone: set[str] = set()
    for stated in synthesis.correlations:
        results = tuple(by_name[name] for name in stated.outcomes)
        kept_r = 0.0 if stated.r is None else float(stated.r) if r is None else r
        first[stated.outcomes[0]] = Together(results, kept_r, stated.shared_control)
        gone |= set(stated.outcomes[1:])
    kept = [m.name for m in named if m.name not in gone]
    synthesis._members = tuple(join(first[name]) if name in first else by_name[name] for name in kept)
    synthesis._together = {i: first[name] for i, name in enumerate(kept) if name in first}
    return synthesis


def _in_raw_units(member: Outcome, rho: Decimal) -> Outcome:
    if not member.evidence.in_residual_units:
        return member
    return member.model_copy(update={"evidence": member.evidence.model_copy(update={"rho": rho})})


def is_synthesis(name: str | os.PathLike[str]) -> bool:
    """Return whether a name is the id of a shipped synthesis, or the path of a file that has the form of one."""
    text = os.fspath(name)
    return text in shipped("syntheses") or (os.path.isfile(text) and reads_as_synthesis(read_toml(text)))


def reads_as_synthesis(data: Mapping[str, object]) -> bool:
    """Return whether the content of a file is that of a synthesis: `outcomes` is a list, or it has fields of one."""
    if "outcomes" in data:
        return isinstance(data["outcomes"], list)
    return not data.keys().isdisjoint({"measure", "benefit"})


def _member(name: str, folder: Path, load: Callable[[str | Path], Trial]) -> Outcome:
    trial, colon, outcome = name.rpartition(":")
    if not colon:
        raise InvalidInput(name, ["not the name of an outcome; accepted: trial:outcome"])
    beside = folder / trial
    return load(beside if os.path.isfile(beside) else trial).outcomes[outcome]
