"""Several trials, exchangeable effects, whatever each of them printed.

    theta_i = mu + tau z_i,   z_i ~ Normal(0, 1)        non-centred
    mu ~ prior,   tau ~ heterogeneity prior
    data_i ~ likelihood_i(theta_i, ...)                 each kind of report by its own file in `likelihoods`

Known: the reports and both priors. Estimated: mu, tau, every theta_i and each likelihood's own parameters.
Assumes that trials are exchangeable given mu and tau, that no patient is counted twice, and that all effects are on
one analysis scale. `new_trial` is a draw of Normal(mu, tau): the effect to expect in the next trial of this kind.
Trials of one kind share one graph block with a trial axis, so that many trials compile as fast as few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.models import priors, selection


@dataclass(frozen=True)
class Block:
    """Trials that share a likelihood: their data (leading trial axis) and their positions among all trials."""

    likelihood: ModuleType
    data: dict[str, np.ndarray]
    positions: tuple[int, ...]


def build(
    blocks: Sequence[Block],
    prior: dict[str, np.ndarray],
    heterogeneity: dict[str, np.ndarray],
    support: str,
    heterogeneity_support: str,
) -> pm.Model:
    """The PyMC model; every number enters as `pm.Data` and can be replaced without compiling again.

    Parameters
    ----------
    blocks : sequence of Block
    prior, heterogeneity : dict of arrays
        Numbers of the priors of mu and tau, as `priors.table` makes them, plus `unit`.
    support, heterogeneity_support : str
        Of mu ("real", "positive", "interval") and of tau ("positive" or "interval").
    """
    trials = sum(len(block.positions) for block in blocks)
    with pm.Model() as model:
        known = {name: pm.Data(f"prior_{name}", value) for name, value in prior.items()}
        spread = {name: pm.Data(f"heterogeneity_{name}", value) for name, value in heterogeneity.items()}
        mu = priors.declare("mu", known, support, unit=known.get("unit"))
        tau = priors.declare("tau", spread, heterogeneity_support, unit=spread.get("unit"))
        z = pm.Normal("z", 0.0, 1.0, shape=trials)
        theta = pm.Deterministic("theta", mu + tau * z)
        terms = []
        for block in blocks:
            name = block.likelihood.__name__.rpartition(".")[2]
            with pm.Model(name=name):  # prefixes the block's parameters with the name of its likelihood
                report = {key: pm.Data(key, value) for key, value in block.data.items()}
                own = theta[np.array(block.positions)]
                terms.append(block.likelihood.log_likelihood(own, report).sum())
                if "selection" in report:
                    terms.append(-selection.log_chance(own, report).sum())
        pm.Potential("log_likelihood", pt.add(*terms) if len(terms) > 1 else terms[0])
    return model
