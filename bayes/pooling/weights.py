"""How much each trial weighs in the mean, and how far its own effect is drawn towards it."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes.exact import SynthesisAnswer
from bayes.pooling.view import View


def of_each_trial(view: View, whole: SynthesisAnswer) -> list[dict[str, Any]]:
    """One row per trial: what it reported, its weight in mu, its shrinkage and its effect in the synthesis.

    `weight` is the posterior mean of (s_i^2 + tau^2)^-1 over the sum of these, and `shrinkage` that of s_i^2 / (s_i^2 +
    tau^2), with s_i the width of report i. `own` is the peak of the report alone, on the measure's own scale. A folded
    report has neither peak nor weight: it informs the mean only through the directions of the others.
    """
    over_tau = whole.mass.sum(axis=0)
    width = np.array([c.width for c in view.plane.curves])[:, None]
    precision = 1 / (width**2 + whole.tau**2)
    shrinkage = (width**2 * precision) @ over_tau
    directed = np.array([len(c.parts) == 1 for c in view.plane.curves])[:, None]
    total = np.maximum((precision * directed).sum(axis=0), 1e-300)
    weight = (precision * directed / total) @ over_tau
    rows = []
    for i, member in enumerate(view.analysis.members):
        curve = view.plane.curves[i]
        points = len(curve.parts) == 1
        mean, sd = whole.effects[i]
        rows.append(
            {
                "trial": member.name,
                "evidence": member.evidence.kind,
                "own": view.natural(curve.centre) if points else None,
                "width": curve.width,
                "weight": float(weight[i]) if points else None,
                "shrinkage": float(shrinkage[i]),
                "effect_mean": mean,
                "effect_sd": sd,
                "effect": view.natural(mean),
            }
        )
    return rows
