"""The weight of each trial in the mean, and the shrinkage of its effect towards the mean."""

from __future__ import annotations

import numpy as np

from bayes.pooling.view import PooledView
from bayes.posterior.explanation import TrialRow
from bayes.quadrature import SynthesisAnswer


def of_each_trial(view: PooledView, whole: SynthesisAnswer) -> list[TrialRow]:
    """Return one row per trial: its report, its weight in mu, its shrinkage and its effect in the synthesis.

    Parameters
    ----------
    view : View
    whole : SynthesisAnswer

    Returns
    -------
    list of TrialRow
        `own` is the report's own estimate on the measure's own scale and `standard_error` its standard error s_i on the
        analysis scale, in the textbook's closed form or else from the maximum and curvature of its likelihood. `weight`
        is the posterior mean of (s_i^2 + tau^2)^-1 over the sum of these, and `shrinkage` that of s_i^2 / (s_i^2 +
        tau^2). All four are None for a report that does not determine an estimate and informs the mean only through its
        likelihood as a whole.
    """
    over_tau = whole.mass.sum(axis=0)
    alone = [curve.estimate for curve in view.plane.curves]
    s = np.array([np.inf if own is None else own.standard_error for own in alone])[:, None]
    precision = 1 / (s**2 + whole.tau**2)
    weight = (precision / np.maximum(precision.sum(axis=0), 1e-300)) @ over_tau
    rows: list[TrialRow] = []
    for i, (member, own) in enumerate(zip(view.analysis.members, alone, strict=True)):
        mean, sd = whole.effects[i]
        shrinkage = None if own is None else float(own.standard_error**2 * precision[i] @ over_tau)
        rows.append(
            {
                "trial": member.name,
                "evidence": member.evidence.kind,
                "own": None if own is None else view.natural(own.value),
                "standard_error": None if own is None else own.standard_error,
                "weight": None if own is None else float(weight[i]),
                "shrinkage": shrinkage,
                "effect_mean": mean,
                "effect_sd": sd,
                "effect": view.natural(mean),
            }
        )
    return rows
