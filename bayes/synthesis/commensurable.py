"""The conditions for pooling outcomes: the same measure, direction and unit, and no patients counted twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import isclose
from typing import TYPE_CHECKING

from bayes.errors import Mistake
from bayes.paper.evidence import Means
from bayes.paper.trial import Outcome
from bayes.synthesis.same_patients import why_not_normal

if TYPE_CHECKING:
    from bayes.synthesis.file import Synthesis


MOST_PAIRS = 1_000  # of results of the same patients, after which no others are looked for


def why_not_together(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    """Find the reasons why outcomes cannot be pooled as a synthesis states.

    Parameters
    ----------
    synthesis : Synthesis
        A synthesis whose outcomes are not attached yet.
    members : sequence of Outcome
        The outcomes it names, in its order.

    Returns
    -------
    list of Mistake
        Empty for a valid synthesis.
    """
    each = [*{member.name: member for member in members}.values()]  # a repeated name is said once, not of each pair
    return [
        *_called_alike(members),
        *_incommensurable(synthesis, each),
        *_correlations_wrong(synthesis, members),
        *_covariate_wrong(synthesis),
    ]


def _called_alike(members: Sequence[Outcome]) -> list[Mistake]:
    """Find outcomes with the same name, which identifies them: one of two would replace the other."""
    names = Counter(member.name for member in members)
    remedy = "names must be unique, so give the trials different ids"
    return [Mistake("outcomes", f"{n} outcomes are named {name}; {remedy}") for name, n in names.items() if n > 1]


def _incommensurable(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    mistakes = []
    for member in members:
        for field in ("measure", "benefit"):
            wanted, found = getattr(synthesis, field), getattr(member, field)
            if wanted != found:
                said = f"{member.name} has {field} {found!r}; the synthesis requires {wanted!r}"
                mistakes.append(Mistake("outcomes", said))
        if member.rows:
            said = f"{member.name} is a table of adverse events; a synthesis requires a single effect"
            mistakes.append(Mistake("outcomes", said))
    mistakes += [*_units_mixed(synthesis, members), *_changes_mixed(synthesis, members)]
    return mistakes + _counted_twice(synthesis, members)


def _counted_twice(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    """Find patients that are used more than once without a stated correlation of their results (METHODS 9)."""
    stated = [set(c.outcomes) for c in synthesis.correlations]
    mistakes = []
    of_patients: dict[str, list[int]] = defaultdict(list)  # so that hundreds of trials need not be compared in pairs
    for i, one in enumerate(members):
        sources = one.patient_sources
        for j in sorted({j for source in sources for j in of_patients[source]}):
            other = members[j]
            shared = sources & other.patient_sources
            if not any({one.name, other.name} <= names for names in stated):
                said = f"{one.name} and {other.name} are about the same patients ({', '.join(sorted(shared))})"
                remedy = "include only one of them, or state the correlation of their results in `correlations`"
                mistakes.append(Mistake("outcomes", f"{said}; {remedy}"))
                if len(mistakes) >= MOST_PAIRS:
                    return mistakes
        for source in sources:
            of_patients[source].append(i)
    return mistakes


def _correlations_wrong(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    by_name = {member.name: member for member in members}
    mistakes, seen = [], set()
    for i, stated in enumerate(synthesis.correlations):
        where = f"correlations.{i}.outcomes"
        unknown = [name for name in stated.outcomes if name not in by_name]
        mistakes += [Mistake(where, f"{name} is not among `outcomes`") for name in unknown]
        twice = {name for name in stated.outcomes if stated.outcomes.count(name) > 1}
        mistakes += [Mistake(where, f"{name} is named twice; a correlation is of different outcomes") for name in twice]
        repeated = [name for name in stated.outcomes if name in seen]
        mistakes += [Mistake(where, f"{name} appears in more than one correlation") for name in repeated]
        seen |= set(stated.outcomes)
        if unknown:
            continue
        together = [by_name[name] for name in stated.outcomes]
        mistakes += [Mistake(where, problem) for m in together if (problem := why_not_normal(m))]
        if stated.shared_control:
            mistakes += [Mistake(where, problem) for problem in _not_one_control(together)]
        if not set.intersection(*(set(m.patient_sources) for m in together)):
            said = "the outcomes have no patients in common, so that their errors are independent"
            mistakes.append(Mistake(where, said))
    return mistakes


def _not_one_control(together: Sequence[Outcome]) -> list[str]:
    """Find contrasts whose control arm is not that of the first, or does not say how variable it is."""
    found = [(member.name, member.evidence.variance_of_control(member.measure)) for member in together]
    if unknown := [name for name, variance in found if variance is None]:
        said = "does not say how precise its control arm is; accepted: counts, means, medians or survival of both arms"
        return [f"{name} {said}, or r with a rationale" for name in unknown]
    (first, variance), *others = found
    return [
        f"the control arm of {name} is not that of {first}; a shared control is the same patients"
        for name, other in others
        if not isclose(other or 0.0, variance or 0.0, rel_tol=1e-9)
    ]


def _covariate_wrong(synthesis: Synthesis) -> list[Mistake]:
    if synthesis.covariate is None:
        if synthesis.model == "meta_regression":
            return [Mistake("covariate", "the covariate is missing; a meta-regression requires a value per outcome")]
        return []
    found, wanted = len(synthesis.covariate.values), len(synthesis.outcomes)
    if synthesis.correlations:
        return [Mistake("covariate", "not available together with `correlations`")]
    return [] if found == wanted else [Mistake("covariate.values", f"{found} values for {wanted} outcomes")]


def _changes_mixed(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    """Find differences in standard deviations of the change that are pooled with those of final values."""
    of_means = [(m.name, m.evidence) for m in members if isinstance(m.evidence, Means)]
    changes = [name for name, means in of_means if means.in_units_of_change]
    finals = [name for name, means in of_means if means.values is not None and not means.in_units_of_change]
    if synthesis.measure != "standardised_mean_difference" or not changes or not finals:
        return []
    said = f"in standard deviations of the change, but {', '.join(finals)} in those of final values"
    remedy = "state the `baseline_correlation` or `sd_final` of the former, or pool mean differences"
    return [Mistake("outcomes", f"{', '.join(changes)}: {said}; {remedy}")]


def _units_mixed(synthesis: Synthesis, members: Sequence[Outcome]) -> list[Mistake]:
    """Find effects in residual standard deviations that are pooled with raw ones without a rho (METHODS 5)."""
    residual = [m.name for m in members if m.evidence.in_residual_units]
    if synthesis.rho is not None:
        return [] if residual else [Mistake("rho", "not used: no outcome is in residual standard deviations; omit it")]
    if not residual or len(residual) == len(members):
        return []
    said = "in residual standard deviations, the others in raw ones; state `rho`, or omit these outcomes"
    return [Mistake("outcomes", f"{', '.join(residual)}: {said}")]
