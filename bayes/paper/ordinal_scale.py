"""Quantities derived from the category probabilities of two arms: win probability, means, utilities, P(mRS 0-2), NNT.

Categories are ordered from best to worst. The last axis of every array is the category, so the functions apply to one
table or to all draws of a posterior.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayes.base.arrays import FloatArray

# the utility of each grade of the modified Rankin scale, 0 to 6
UTILITIES = {
    # Chaisinanunkul et al. 2015, Stroke 46:2238-43: average of a time trade-off and a person trade-off
    "chaisinanunkul_2015": (1.0, 0.91, 0.76, 0.65, 0.33, 0.0, 0.0),
    # Wang et al. 2020, Stroke: EQ-5D of 22,946 patients of eight trials, by regression on the grade
    "wang_2020": (0.96, 0.83, 0.72, 0.54, 0.22, -0.18, 0.0),
}
GRADES = tuple(range(7))


def summaries(treatment: FloatArray, control: FloatArray, names: Sequence[str]) -> dict[str, FloatArray]:
    """Derive summary quantities from the category probabilities of both arms.

    Parameters
    ----------
    treatment, control : ndarray, shape (..., category)
        Probabilities, best category first.
    names : sequence of str, shape (category,)
        Category names; a name such as "5-6" is a merged cell.

    Returns
    -------
    dict of ndarray, shape (...)
        `win_probability`: P(a treated patient does better) + P(tie)/2; `generalised_odds_ratio`: its odds
        (Churilov 2014, Int J Stroke 9:999-1005; ties split). If all names are grades of the modified Rankin scale, also
        `mean_mrs_*` (lower is better), `utility_<weights>_*`, `p_mrs_0_2_*`, their differences (treatment - control),
        and `nnt`, patients treated for one more at mRS 0-2 (negative: one fewer). A mean or a utility is omitted if
        a merged cell contains grades of different value.
    """
    shown = {"win_probability": win_probability(treatment, control)}
    shown["generalised_odds_ratio"] = shown["win_probability"] / (1 - shown["win_probability"])
    grades = [found for name in names if (found := _grades(name)) is not None]
    if len(grades) < len(names) or not (grades[0][0] == 0 and grades[-1][-1] == 6):
        return shown
    scales = {"mean_mrs": GRADES} | {f"utility_{name}": weights for name, weights in UTILITIES.items()}
    for label, values in scales.items():
        score = _score(grades, values)
        if score is not None:
            shown |= _compared(label, treatment @ score, control @ score)
    if any(group[-1] == 2 for group in grades):
        independent = np.array([float(group[-1] <= 2) for group in grades])
        p1, p0 = treatment @ independent, control @ independent
        shown |= {"p_mrs_0_2_treatment": p1, "p_mrs_0_2_control": p0, "p_mrs_0_2_difference": p1 - p0}
        with np.errstate(divide="ignore"):
            shown["nnt"] = 1 / (p1 - p0)
    return shown


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


def _grades(name: str) -> tuple[int, ...] | None:
    """Return the grades of the modified Rankin scale in a category ("3" or "5-6"), or None for another category."""
    first, dash, last = name.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        return None
    low, high = int(first), int(last) if dash else int(first)
    return tuple(range(low, high + 1)) if low <= high <= 6 else None


def _score(grades: Sequence[tuple[int, ...]], values: Sequence[float]) -> FloatArray | None:
    """Return the value of every category, or None if a merged cell contains grades of different values."""
    held = [{values[g] for g in group} for group in grades]
    return np.array([next(iter(h)) for h in held], dtype=float) if all(len(h) == 1 for h in held) else None
