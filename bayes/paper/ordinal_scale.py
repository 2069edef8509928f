"""Quantities derived from the category probabilities of two arms: win probability, means, utilities, dichotomies, NNT.

Categories are ordered from best to worst. The last axis of every array is the category, so the functions apply to one
table or to all draws of a posterior.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.paper.scales import Category, Dichotomy, Scale, scales


class Cells(NamedTuple):
    """A scale, and the places on it of each category of a table."""

    scale: Scale
    places: list[tuple[int, ...]]


def summaries(treatment: FloatArray, control: FloatArray, names: Sequence[str]) -> dict[str, FloatArray]:
    """Derive summary quantities from the category probabilities of both arms.

    Parameters
    ----------
    treatment, control : ndarray, shape (..., category)
        Probabilities, best category first.
    names : sequence of str, shape (category,)
        Category names; a name such as "5-6" is a merged cell. Those of a stated scale are a `Category` each.

    Returns
    -------
    dict of ndarray, shape (...)
        `win_probability`: P(a treated patient does better) + P(tie)/2; `generalised_odds_ratio`: its odds
        (Churilov 2014, Int J Stroke 9:999-1005; ties split). Of a known scale also `mean_<scale>_*` where a mean is
        customary, `utility_<weights>_*` and `p_<dichotomy>_*`, their differences (treatment - control), and `nnt`,
        patients treated for one more on the better side of the scale's first dichotomy (negative: one fewer). A mean or
        a utility is omitted if a merged cell contains grades of different value, and a dichotomy if one straddles it.
    """
    shown = {"win_probability": win_probability(treatment, control)}
    shown["generalised_odds_ratio"] = shown["win_probability"] / (1 - shown["win_probability"])
    cells = on_scale(names)
    if cells is None:
        return shown
    for label, values in cells.scale.scores.items():
        score = _score(cells.places, values)
        if score is not None:
            shown |= _compared(label, treatment @ score, control @ score)
    first = main_dichotomy(names)
    for cut in cells.scale.dichotomies:
        if cut.divides(cells.places):
            better = np.array([float(places[0] <= cut.worst) for places in cells.places])
            p1, p0 = treatment @ better, control @ better
            shown |= _compared(f"p_{cut.name}", p1, p0)
            if cut == first:
                with np.errstate(divide="ignore"):
                    shown["nnt"] = 1 / (p1 - p0)
    return shown


def on_scale(names: Sequence[str]) -> Cells | None:
    """Return the scale of a table's categories and their places; None if it is not known.

    Without a stated scale, categories from 0 to 6 are grades of the modified Rankin scale.
    """
    stated = [name for name in names if isinstance(name, Category)]
    if len(stated) == len(names):
        return Cells(stated[0].scale, [name.places for name in stated])
    scale = scales()["mrs"]
    places = [found for name in names if (found := scale.numbered(name)) is not None]
    whole = len(places) == len(names) and places[0][0] == 0 and places[-1][-1] == len(scale.grades) - 1
    return Cells(scale, places) if whole else None


def main_dichotomy(names: Sequence[str]) -> Dichotomy | None:
    """Return the usual dichotomy of a table's scale; None if its scale is not known or a merged cell straddles it."""
    cells = on_scale(names)
    if cells is None:
        return None
    first = cells.scale.dichotomies[0]
    return first if first.divides(cells.places) else None


def win_probability(treatment: FloatArray, control: FloatArray) -> FloatArray:
    """Return P(a treated patient is in a better category than a control) + P(the same category) / 2.

    Parameters
    ----------
    treatment, control : ndarray, shape (..., category)
        Probabilities, best category first.

    Returns
    -------
    ndarray, shape (...)
    """
    worse = 1 - np.cumsum(control, axis=-1)  # the proportion of controls in categories worse than each
    return (treatment * (worse + control / 2)).sum(axis=-1)


def _compared(label: str, treatment: FloatArray, control: FloatArray) -> dict[str, FloatArray]:
    return {f"{label}_treatment": treatment, f"{label}_control": control, f"{label}_difference": treatment - control}


def _score(places: Sequence[tuple[int, ...]], values: Sequence[float]) -> FloatArray | None:
    """Return the value of every category, or None if a merged cell contains grades of different values."""
    held = [{values[place] for place in cell} for cell in places]
    return np.array([next(iter(h)) for h in held], dtype=float) if all(len(h) == 1 for h in held) else None
