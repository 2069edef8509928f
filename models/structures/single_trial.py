"""One trial with one effect.

    theta ~ prior                    the effect, on the analysis scale
    data  ~ likelihood(theta, ...)   any file in `likelihoods`, with a trial axis of length one

Known: the trial's report and the prior. Estimated: theta (`effect`) and the likelihood's own parameters. If the data
contain a `selection`, the likelihood is divided by the probability that the report was published. `support = "point"`
fixes theta at the null: the spike of a spike-and-slab prior.

`build` makes the graph that is compiled once and refitted; `textbook` writes the same model as one would by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base import measures
from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.likelihoods.contract import Likelihood
from bayes.models.shared import priors, selection, textbook_priors
from bayes.models.shared.signatures import Draws
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

ARMS = ("treatment", "control")


def build(
    likelihood: Likelihood, data: Mapping[str, FloatArray], prior: Mapping[str, FloatArray], support: str
) -> pm.Model:
    """Build the PyMC model; every number enters as `pm.Data` and can be replaced without recompiling.

    Parameters
    ----------
    likelihood : module
        A file of `bayes.models.likelihoods`.
    data : mapping of ndarray, shape (1, ...)
        With a leading trial axis of length one.
    prior : mapping of ndarray, shape (component,) or ()
        As `priors.table` returns it, on the analysis scale, plus `unit` (for an interval `low` and `high` instead, for
        a point only `value`).
    support : {"real", "positive", "interval", "point"}

    Returns
    -------
    pm.Model
    """
    with pm.Model() as model:
        known = {name: pm.Data(f"prior_{name}", value) for name, value in prior.items()}
        report = {name: pm.Data(name, value) for name, value in data.items()}
        if support == "point":
            theta = pm.Deterministic("effect", known["value"] * pt.ones(1))
        else:
            theta = priors.declare("effect", known, support, shape=(1,), unit=known.get("unit", 1.0))
        log_l = likelihood.log_likelihood(theta, report)
        if "selection" in report:
            log_l = log_l - selection.log_chance(theta, report)
        pm.Potential("report", pm.Deterministic("log_likelihood", log_l).sum())
    return model


def textbook(
    likelihood: Likelihood, outcome: Outcome, prior: Distribution, nuisance: Nuisance, omega: float = 1.0
) -> pm.Model:
    """Write the model of one outcome, or of a table whose rows are fitted alone.

    Parameters
    ----------
    likelihood : module
        A file of `bayes.models.likelihoods`.
    outcome : Outcome
    prior : Distribution
        Of the effect, on the analysis scale; of every row's effect, in a table.
    nuisance : Nuisance
    omega : float
        How likely a non-significant result is to be published, relative to a significant one.

    Returns
    -------
    pm.Model
    """
    rows = dict(outcome.rows)
    coords = {"arm": list(ARMS)} | ({"row": list(rows)} if rows else {})
    dims = "row" if rows else None
    with pm.Model(coords=coords) as model:
        effect = textbook_priors.with_spike("effect", prior, outcome.null, _bounds(outcome), dims)
        if measures.is_log(outcome.measure):
            pm.Deterministic(outcome.measure, pt.exp(effect), dims=dims)
        for i, (name, row) in enumerate(rows.items()):
            likelihood.observe(effect[i], row, nuisance, ending_of(name))
        if not rows:
            likelihood.observe(effect, outcome, nuisance)
            selection.observe(effect, outcome, omega)
    return model


def ending_of(row: str) -> str:
    """Return the ending of the names of a row's variables; a slash would be a path in a tree."""
    return f"[{row.replace('/', ': ')}]"


def _bounds(outcome: Outcome) -> tuple[float, float]:
    """Return the range of an effect on the analysis scale."""
    return textbook_priors.BOUNDS.get(outcome.measure, textbook_priors.REAL_LINE)


def recovered(
    likelihood: Likelihood, stored: Draws, outcome: Outcome, prior: Distribution, nuisance: Nuisance, seed: int
) -> dict[str, FloatArray]:
    """Return the parameters of `textbook` from a stored posterior.

    Parameters
    ----------
    likelihood : module
        A file of `bayes.models.likelihoods`.
    stored : mapping of ndarray, shape (chain, draw, ...)
        As a posterior stores them; of a table of adverse events, with the row as their last axis.
    outcome : Outcome
    prior : Distribution
        Of the effect, on the analysis scale.
    nuisance : Nuisance
    seed : int
        For the effect that there would be, where it is zero: the report does not inform it, it has its prior.

    Returns
    -------
    dict of ndarray, shape (chain, draw, ...)
    """
    found = dict(stored)
    if prior.spike:
        none = stored["effect"] == outcome.null
        with pm.Model():
            slab = textbook_priors.named("slab", prior.parts[0][1], _bounds(outcome))
        drawn = pm.draw(slab, none.size, random_seed=seed).reshape(none.shape)
        found |= {
            textbook_priors.NO_EFFECT: none.astype(float),
            f"effect{textbook_priors.IF_ANY}": np.where(none, drawn, stored["effect"]),
        }
    if not outcome.rows:
        return found | dict(likelihood.recovered(stored, outcome, nuisance))
    for i, (name, row) in enumerate(outcome.rows):
        own = {key: values[..., i] for key, values in stored.items()}
        known = {**own, **likelihood.recovered(own, row, nuisance)}
        found |= {f"{key}{ending_of(name)}": values for key, values in known.items()}
    return found
