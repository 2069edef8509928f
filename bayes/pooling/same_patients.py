"""The results of the same patients: each taken alone, and all taken as one common effect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bayes.likelihoods.choice import likelihood_of
from bayes.pooling.view import PooledView
from bayes.posterior.explanation import SamePatientsRow
from bayes.quadrature import SynthesisAnswer
from bayes.synthesis.file import Synthesis
from bayes.synthesis.same_patients import Together

OWN, ALONE, ONE = "one effect each", "alone", "one effect for all"


def read_otherwise(view: PooledView, whole: SynthesisAnswer) -> list[SamePatientsRow]:
    """Return one row per reading of each set of results of the same patients; none if no correlation is stated.

    The model's own reading comes first, then every result alone, and last all of them as one effect by generalised
    least squares.

    Parameters
    ----------
    view : View
    whole : SynthesisAnswer
        The model's own answer, from which the moves are measured.

    Returns
    -------
    list of SamePatientsRow
        `results` and how they are `read`; `own`, the estimate that enters, on the measure's own scale, and its
        `standard_error` on the analysis scale; `weights` of the results in it; `effect`, a result's own effect in the
        model (posterior mean, measure's own scale); the columns of `PooledView.row`; how far mu moves; and `note`.
    """
    target = view.analysis.synthesis
    rows: list[SamePatientsRow] = []
    for i, together in target.together.items():
        names = [o.name for o in together.results]
        inside = together.effects_given(*whole.effects[i])
        rows.append({**_row(view, whole, i, view, names, OWN), "weights": together.weights.tolist()})
        for name, (mean, _) in zip(names, inside, strict=True):
            row = _row(view, whole, i, _of(view, target.with_alone(name)), [name], ALONE)
            rows.append({**row, "effect": view.natural(mean)})
        row = _row(view, whole, i, _of(view, target.as_one_effect()), names, ONE)
        rows.append({**row, "weights": together.weights_of_one_effect.tolist(), "note": _negative(together)})
    return rows


def _row(
    view: PooledView, whole: SynthesisAnswer, i: int, other: PooledView, names: Iterable[str], read: str
) -> SamePatientsRow:
    own, answer = other.plane.curves[i].estimate, other.answer()
    if own is None:
        raise ValueError(f"{read}: results of the same patients have an estimate each")
    return {
        "results": " and ".join(names),
        "read": read,
        "own": view.natural(own.value),
        "standard_error": own.standard_error,
        "weights": None,
        "effect": None,
        "note": None,
        **other.moved_row(answer, whole),
    }


def _of(view: PooledView, target: Synthesis) -> PooledView:
    """Return the view of the same analysis with other reports, each with its default likelihood."""
    likelihoods = tuple(likelihood_of(member) for member in target.members)
    return PooledView.of(replace(view.analysis, target=target, likelihoods=likelihoods))


def _negative(together: Together) -> str | None:
    """Return a note where one common effect would give a result a negative weight."""
    if not together.negative:
        return None
    theta, _ = together.of_one_effect
    outside = not together.y.min() <= theta <= together.y.max()
    said = f"the weight of {' and '.join(together.negative)} would be negative"
    return f"{said} and the estimate would lie outside all of them" if outside else said
