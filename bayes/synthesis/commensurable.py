"""What may stand together in a synthesis: one measure, one direction, one unit, and no patient twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayes.errors import Mistake
from bayes.paper.trial import Outcome
from bayes.synthesis.same_patients import why_not_normal

if TYPE_CHECKING:
    from bayes.synthesis.file import Synthesis


def why_not_together(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    """Everything for which these outcomes cannot be joined as the file says; nothing of a sound one."""
    return [
        *_called_alike(members),
        *_incommensurable(synthesis, members),
        *_correlations_wrong(synthesis, members),
        *_covariate_wrong(synthesis),
    ]


def _called_alike(members: Sequence[Outcome]) -> list[Mistake]:
    """Outcomes are told apart by their names: one of two that share theirs would take the other's place."""
    names = [member.name for member in members]
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    remedy = "give the trials different ids, so that each can be told from the other"
    return [Mistake("outcomes", f"{names.count(name)} outcomes are called {name}: {remedy}") for name in twice]


def _incommensurable(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    mistakes = []
    for member in members:
        for field in ("measure", "benefit"):
            wanted, found = getattr(synthesis, field), getattr(member, field)
            if wanted != found:
                mistakes.append(Mistake("outcomes", f"{member.name} has {field} {found!r}, the synthesis {wanted!r}"))
        if member.rows:
            mistakes.append(Mistake("outcomes", f"{member.name} is a table of adverse events, not one effect"))
    return mistakes + _units_mixed(synthesis, members) + _counted_twice(synthesis, members)


def _counted_twice(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    """The same patients are used once, unless how their results correlate is stated (METHODS 9)."""
    stated = [set(c.outcomes) for c in synthesis.correlations]
    mistakes = []
    for i, one in enumerate(members):
        for other in members[:i]:
            shared = one.whose & other.whose
            if shared and not any({one.name, other.name} <= names for names in stated):
                said = f"{one.name} and {other.name} are about the same patients ({', '.join(sorted(shared))})"
                remedy = "one of them, not both, or state under `correlations` how their results correlate"
                mistakes.append(Mistake("outcomes", f"{said}: {remedy}"))
    return mistakes


def _correlations_wrong(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    by_name = {member.name: member for member in members}
    mistakes, seen = [], set()
    for i, stated in enumerate(synthesis.correlations):
        where = f"correlations.{i}.outcomes"
        unknown = [name for name in stated.outcomes if name not in by_name]
        mistakes += [Mistake(where, f"{name} is not among `outcomes`") for name in unknown]
        mistakes += [Mistake(where, f"{name} is joined twice") for name in stated.outcomes if name in seen]
        seen |= set(stated.outcomes)
        if unknown:
            continue
        together = [by_name[name] for name in stated.outcomes]
        mistakes += [Mistake(where, problem) for m in together if (problem := why_not_normal(m))]
        if not set.intersection(*(set(m.whose) for m in together)):
            mistakes.append(Mistake(where, "they are about different patients: nothing correlates their errors"))
    return mistakes


def _covariate_wrong(synthesis: Synthesis) -> list[Mistake]:
    if synthesis.covariate is None:
        if synthesis.model == "meta_regression":
            return [Mistake("covariate", "a meta-regression needs one number per outcome")]
        return []
    found, wanted = len(synthesis.covariate.values), len(synthesis.outcomes)
    if synthesis.correlations:
        return [Mistake("covariate", "not available beside `correlations`")]
    return [] if found == wanted else [Mistake("covariate.values", f"{found} numbers for {wanted} outcomes")]


def _units_mixed(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    """Standardised effects in residual SDs of a model do not stand beside raw ones unless rho is stated (METHODS 5)."""
    residual = [m.name for m in members if getattr(m.evidence, "in_residual_units", False)]
    if synthesis.rho is not None:
        return [] if residual else [Mistake("rho", "no outcome here is in residual standard deviations")]
    if not residual or len(residual) == len(members):
        return []
    said = "in residual standard deviations, others in raw ones: state `rho`, or leave it out"
    return [Mistake("outcomes", f"{', '.join(residual)}: {said}")]
