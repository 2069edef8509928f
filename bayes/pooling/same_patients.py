"""Results of the same patients: what each would say alone, and what they would say were they of one effect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bayes.likelihoods.contract import likelihood_of
from bayes.pooling.view import View
from bayes.quadrature import SynthesisAnswer
from bayes.synthesis.file import Synthesis
from bayes.synthesis.same_patients import Together

OWN, ALONE, ONE = "an effect of its own each", "alone", "one effect for all"


def read_otherwise(view: View, whole: SynthesisAnswer) -> list[dict[str, Any]]:
    """One row per reading of each set of results of the same patients; none where no correlation is stated.

    The model's own first, then every result alone, last all of them as one effect by generalised least squares.

    Returns
    -------
    list of dict
        `results` and how they are `read`; `own`, the estimate that enters, on the measure's own scale, and its
        `standard_error` on the analysis scale; `weights` of the results in it; of a result `effect`, its own effect in
        the model (posterior mean, natural scale); the columns of `View.row`; how far mu moves; and `note`.
    """
    target = view.analysis.target
    rows = []
    for i, together in target.together.items():
        names = [o.name for o in together.results]
        inside = together.effects_given(*whole.effects[i])
        rows.append(_row(view, whole, i, view, names, OWN) | {"weights": together.weights.tolist()})
        for name, (mean, _) in zip(names, inside, strict=True):
            row = _row(view, whole, i, _of(view, target.with_alone(name)), [name], ALONE)
            rows.append(row | {"effect": view.natural(mean)})
        row = _row(view, whole, i, _of(view, target.as_one_effect()), names, ONE)
        rows.append(row | {"weights": together.weights_of_one_effect.tolist(), "note": _negative(together)})
    return rows


def _row(view: View, whole: SynthesisAnswer, i: int, other: View, names: Iterable[str], read: str) -> dict[str, Any]:
    own, answer = other.plane.curves[i].estimate, other.answer()
    row = {"results": " and ".join(names), "read": read}
    row |= {"own": view.natural(own.value), "standard_error": own.standard_error}
    row |= {"weights": None, "effect": None, "note": None}
    return row | other.row(answer) | other.moved(answer, whole)


def _of(view: View, target: Synthesis) -> View:
    """The view of the same analysis with other reports in it, each under the likelihood it has by itself."""
    likelihoods = tuple(likelihood_of(member) for member in target.members)
    return View.of(replace(view.analysis, target=target, likelihoods=likelihoods))


def _negative(together: Together) -> str | None:
    """What one common effect would do where it gives a result a negative weight."""
    if not together.negative:
        return None
    theta, _ = together.of_one_effect
    outside = not together.y.min() <= theta <= together.y.max()
    said = f"the weight of {' and '.join(together.negative)} would be negative"
    return f"{said} and the answer outside all of them" if outside else said
