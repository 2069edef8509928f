"""The folded reports, whose direction is not known: what the other trials suggest and how much it matters."""

from __future__ import annotations

from bayes import quadrature
from bayes.pooling.view import PooledView
from bayes.posterior.explanation import DirectionRow
from bayes.quadrature import SynthesisAnswer


def folded_trials(view: PooledView, whole: SynthesisAnswer) -> list[DirectionRow]:
    """Return one row per folded report: P(it favours the treatment), and mu with either direction forced.

    Parameters
    ----------
    view : View
    whole : SynthesisAnswer
        The answer with both directions, from which the moves are measured.

    Returns
    -------
    list of DirectionRow
    """
    sign = view.analysis.target.sign
    good, bad = ("up", "down") if sign > 0 else ("down", "up")
    upwards = quadrature.directions(view.plane, view.analysis.effect_prior, view.heterogeneity)
    rows: list[DirectionRow] = []
    for i, p_up in upwards.items():
        treatment, control = (view.answer(directions={i: way}) for way in (good, bad))
        by_treatment, by_control = view.row(treatment), view.row(control)
        moved_by_treatment, moved_by_control = view.moved(treatment, whole), view.moved(control, whole)
        rows.append(
            {
                "trial": view.names[i],
                "p_favours_treatment": p_up if sign > 0 else 1 - p_up,
                "if_treatment_mean_moves": moved_by_treatment["mean_moves"],
                "if_treatment_sd_moves": moved_by_treatment["sd_moves"],
                "if_treatment_mu_mean": by_treatment["mu_mean"],
                "if_treatment_mu_sd": by_treatment["mu_sd"],
                "if_treatment_estimate": by_treatment["estimate"],
                "if_treatment_p_benefit": by_treatment["p_benefit"],
                "if_control_mean_moves": moved_by_control["mean_moves"],
                "if_control_sd_moves": moved_by_control["sd_moves"],
                "if_control_mu_mean": by_control["mu_mean"],
                "if_control_mu_sd": by_control["mu_sd"],
                "if_control_estimate": by_control["estimate"],
                "if_control_p_benefit": by_control["p_benefit"],
            }
        )
    return rows


def all_folded(view: PooledView) -> bool:
    """Return whether no report says which arm it favours, so that only |mu| and tau are informed."""
    return all(len(parts) > 1 for parts in view.plane.parts)
