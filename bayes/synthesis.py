"""Synthesis: outcomes of several trials, of any evidence kinds, under one hierarchical model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, PrivateAttr

from bayes.errors import BayesError, InvalidInput, Mistake
from bayes.reading import Closed, Identifier, id_mistakes, locate, read_toml, shipped, validate
from bayes.trial import Endpoint, Outcome, find_outcome, load_trial


class Heterogeneity(Closed):
    """The prior of the between-trial standard deviation tau, on the analysis scale."""

    distribution: str
    rationale: str
    source: str | None = None


class Synthesis(Endpoint):
    """Several outcomes, each of its own patients, joined by theta_i ~ Normal(mu, tau)."""

    id: Identifier
    outcomes: Annotated[tuple[str, ...], Field(min_length=1)]
    heterogeneity: Heterogeneity | None = None
    field: str | None = None
    notes: str | None = None

    _members: tuple[Outcome, ...] = PrivateAttr(default=())

    @property
    def members(self) -> tuple[Outcome, ...]:
        """The outcomes themselves, in the order of the file."""
        return self._members

    @property
    def name(self) -> str:
        return self.id

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
    mistakes += _incommensurable(built, members)
    if mistakes:
        raise InvalidInput(str(path), mistakes)
    built._members = tuple(members)
    return built


def is_synthesis(name: str | os.PathLike) -> bool:
    """Whether a name means a synthesis: a shipped id, or a file whose `outcomes` is a list."""
    text = os.fspath(name)
    if text in shipped("syntheses"):
        return True
    return Path(text).is_file() and isinstance(read_toml(text).get("outcomes"), list)


def _member(name: str, folder: Path) -> Outcome:
    trial, colon, outcome = name.rpartition(":")
    if not colon:
        raise InvalidInput(name, ["an outcome is written trial:outcome"])
    beside = folder / trial
    return find_outcome(load_trial(beside if beside.is_file() else trial), outcome)


def _incommensurable(synthesis: Synthesis, members: list[Outcome]) -> list[Mistake]:
    mistakes = []
    for member in members:
        for field in ("measure", "benefit"):
            wanted, found = getattr(synthesis, field), getattr(member, field)
            if wanted != found:
                mistakes.append(Mistake("outcomes", f"{member.name} has {field} {found!r}, the synthesis {wanted!r}"))
        if member.rows:
            mistakes.append(Mistake("outcomes", f"{member.name} is a table of adverse events, not one effect"))
    mistakes += _units_mixed(members)
    patients: dict[str, str] = {}
    for member in members:
        whose = member.patients or member.trial.id
        if whose in patients:
            mistakes.append(
                Mistake(
                    "outcomes",
                    f"{member.name} and {patients[whose]} are about the same patients ({whose}): one of them, not both",
                )
            )
        patients.setdefault(whose, member.name)
    return mistakes


def _units_mixed(members: list[Outcome]) -> list[Mistake]:
    """Standardised effects in residual SDs of a model do not stand beside raw ones (METHODS 5)."""
    residual = [m.name for m in members if getattr(m.evidence, "in_residual_units", False)]
    if not residual or len(residual) == len(members):
        return []
    said = "in residual standard deviations, others in raw ones: state `rho` on its evidence, or leave it out"
    return [Mistake("outcomes", f"{', '.join(residual)}: {said}")]
