"""The departure from proportional odds in a stated direction: theta + gamma g_k at cut k.

gamma has its prior truncated at +-b, with b the smallest 2 (alpha_{k+1} - alpha_k) / |g_{k+1} - g_k|: beyond it a cell
of one arm would be negative. It is written gamma = b tanh(s raw / b), which is smooth, and about s raw where b is
large.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.models.shared import cutpoints
from bayes.models.shared.priors import log_density, nuisance_row, shape_of

FAR = 1e3  # the bound where the direction implies none


def row(outcome, priors, shape) -> dict[str, np.ndarray]:
    """Return one trial's direction g, (cut,), and its steps, (cut - 1,), over the padded cuts, and gamma's prior."""
    cuts = len(outcome.evidence.observed) - 1
    padded = np.zeros(max(cutpoints.SLOTS, cuts + 1) - 1)
    padded[:cuts] = shape(cuts)
    steps = np.zeros(len(padded) - 1)
    steps[: cuts - 1] = np.abs(np.diff(padded[:cuts]))
    return nuisance_row("departure", priors.departure) | {"shape": padded, "steps": steps}


def effects(theta, alpha, data):
    """Return the log odds ratio at every cut, (trial, cut), and declare gamma.

    theta : (trial,). alpha : (trial, cut), midway between the arms. data : as `row`, each (trial, ...).
    """
    gap = alpha[:, 1:] - alpha[:, :-1]
    bound = pt.switch(data["steps"] > 0, 2 * gap / pt.maximum(data["steps"], 1e-9), FAR).min(axis=1)
    raw = pm.Flat("departure_raw", shape=shape_of(data["departure_p1"]))
    scale = data["departure_p2"]
    lean = pt.tanh(scale * raw / bound)
    gamma = pm.Deterministic("departure", bound * lean)
    columns = {n: pt.shape_padright(data[f"departure_{n}"]) for n in ("family", "p1", "p2", "p3")}
    log_prior = log_density(gamma, columns | {"log_weight": np.zeros(1)}, "real")
    pm.Potential("departure_prior", (log_prior + pt.log(scale) + pt.log1p(-(lean**2))).sum())
    return pt.shape_padright(theta) + pt.shape_padright(gamma) * data["shape"]


def describe(effect: np.ndarray, draws: dict, outcome, shape) -> dict:
    """Return the departure, the log odds ratio at every cut, and quantities derived from the cells (numpy).

    effect : (chain, draw), log odds ratio. draws : own parameters. shape : number of cuts -> g, (cut,).
    """
    g = shape(len(outcome.evidence.observed) - 1)
    each = effect[..., None] + draws["departure"][..., None] * g
    shown = cutpoints.describe(each, draws["cutpoint"], outcome)
    cut = shown["cutpoint"][2]
    return {"departure": ((), draws["departure"]), "log_odds_ratio_at_cut": (("cut",), each, cut)} | shown
