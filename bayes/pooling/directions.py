"""The folded reports, whose direction is not known: what the other trials suggest and how much it matters."""

from __future__ import annotations

from typing import Any

from bayes import quadrature
from bayes.pooling.view import PooledView
from bayes.quadrature import SynthesisAnswer


def folded_trials(view: PooledView, whole: SynthesisAnswer) -> list[dict[str, Any]]:
    """Return one row per folded report: P(it favours the treatment), and mu with either direction forced.

    Parameters
    ----------
    view : View
    whole : SynthesisAnswer
        The answer with both directions, from which the moves are measured.

    Returns
    -------
    list of dict
        Moments and moves of mu on the analysis scale, `estimate` on the measure's own scale, for each direction.
    """
    sign = view.analysis.target.sign
    towards = {"treatment": "up" if sign > 0 else "down", "control": "down" if sign > 0 else "up"}
    upwards = quadrature.directions(view.plane, view.analysis.formed.distribution, view.heterogeneity)
    rows = []
    for i, p_up in upwards.items():
        row = {"trial": view.names[i], "p_favours_treatment": p_up if sign > 0 else 1 - p_up}
        for arm, way in towards.items():
            answer = view.answer(directions={i: way})
            moved = view.moved(answer, whole)
            seen = view.row(answer)
            row |= {f"if_{arm}_{name}": value for name, value in moved.items()}
            row |= {f"if_{arm}_{name}": seen[name] for name in ("mu_mean", "mu_sd", "estimate", "p_benefit")}
        rows.append(row)
    return rows


def all_folded(view: PooledView) -> bool:
    """Return whether no report says which arm it favours, so that only |mu| and tau are informed."""
    return all(len(parts) > 1 for parts in view.plane.parts)
