"""Several trials with exchangeable effects, whatever evidence each of them reports.

    theta_i = mu + beta (x_i - x_mean) + tau e_i,   e_i ~ Normal(0, 1)   or   Student-t(nu) if requested
    mu ~ prior,   tau ~ heterogeneity prior,   beta ~ its own prior
    data_i ~ likelihood_i(theta_i, ...)               each kind of report by its own file in `likelihoods`

Known: the reports, the priors, nu and the covariate x (per trial). Estimated: mu, tau, every theta_i, each likelihood's
own parameters, and beta where there is a covariate. Without heterogeneity (`tau` = 0) all trials share one effect.
Assumes that trials are exchangeable given mu, tau and x, that no patient is counted twice, and that all effects are on
one analysis scale. `new_trial` is a draw of the effect to expect in the next trial of this kind.

The parametrisation is neither centred nor non-centred but in between, trial by trial. With (y_i, s_i) the location and
width of report i,

    theta_i = m_i + w_i (y_i - m_i) + sqrt(w_i) s_i z_i,   w_i = tau^2 / (tau^2 + s_i^2),   m_i = E(theta_i | mu, beta)

is centred on the trial's own report where tau is large relative to s_i (w = 1) and non-centred where it is small
(w = 0). If the report were normal, z_i would be standard normal whatever mu and tau are, without a funnel at either end
(Papaspiliopoulos, Roberts and Skold 2007, Stat Sci 22:59-73). (y_i, s_i) only place the sampler; the posterior does not
depend on them. Trials of one kind share one graph block with a trial axis, so that many trials compile as fast as few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, pi
from types import ModuleType

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.models.shared import priors, selection


@dataclass(frozen=True)
class Block:
    """The trials that share a likelihood.

    Attributes
    ----------
    likelihood : module
    data : dict of ndarray, shape (trial, ...)
    positions : tuple of int
        Positions of these trials among all trials.
    """

    likelihood: ModuleType
    data: dict[str, np.ndarray]
    positions: tuple[int, ...]


@dataclass(frozen=True)
class Belief:
    """A prior as the graph takes it.

    Attributes
    ----------
    support : {"real", "positive", "interval"}
    numbers : dict of ndarray
        As `priors.table` returns them, with `unit` (for an interval `low` and `high` instead).
    """

    support: str
    numbers: dict[str, np.ndarray]

    def declare(self, name: str):
        """Declare a parameter with this prior; the numbers enter as `pm.Data`."""
        known = {key: pm.Data(f"{name}_prior_{key}", value) for key, value in self.numbers.items()}
        return priors.declare(name, known, self.support, unit=known.get("unit"))


def build(
    blocks: Sequence[Block],
    where: dict[str, np.ndarray],
    mu: Belief,
    tau: Belief | None = None,
    beta: Belief | None = None,
    robust: bool = False,
) -> pm.Model:
    """Build the PyMC model; every number enters as `pm.Data` and can be replaced without recompiling.

    Parameters
    ----------
    blocks : sequence of Block
    where : dict of ndarray, shape (trial,)
        `centre` and `width` of each report on the analysis scale; `covariate`, centred, if `beta` is given; `nu`, the
        degrees of freedom (scalar), if effects are robust.
    mu, tau, beta : Belief
        Priors on the analysis scale. Without tau all trials share one effect; without beta there is no covariate.
    robust : bool
        Whether effects are Student-t instead of normal.
    """
    with pm.Model() as model:
        known = {name: pm.Data(name, value) for name, value in where.items()}
        expected = mu.declare("mu") * pt.ones(sum(len(block.positions) for block in blocks))
        if beta is not None:
            expected = expected + beta.declare("beta") * known["covariate"]
        theta = expected if tau is None else _effects(expected, tau.declare("tau"), known, robust)
        theta = pm.Deterministic("theta", theta)
        terms = []
        for block in blocks:
            name = block.likelihood.__name__.rpartition(".")[2]
            with pm.Model(name=name):  # prefixes the block's parameters with the likelihood's name
                report = {key: pm.Data(key, value) for key, value in block.data.items()}
                own = theta[np.array(block.positions)]
                terms.append(block.likelihood.log_likelihood(own, report).sum())
                if "selection" in report:
                    terms.append(-selection.log_chance(own, report).sum())
        pm.Potential("log_likelihood", pt.add(*terms) if len(terms) > 1 else terms[0])
    return model


def _effects(expected, tau, known, robust: bool):
    """Return trial effects around their expectations, parametrised between centred and non-centred."""
    y, s = known["centre"], known["width"]
    z = pm.Flat("z_raw", shape=priors.shape_of(y))
    spread = pt.sqrt(tau**2 + s**2)
    e = tau * (y - expected) / spread**2 + s / spread * z
    log_density = _student_t(e, known["nu"]) if robust else -0.5 * e**2 - 0.5 * log(2 * pi)
    pm.Potential("effects", (log_density + pt.log(s / spread)).sum())
    return expected + tau * e


def _student_t(e, nu):
    constant = pt.gammaln((nu + 1) / 2) - pt.gammaln(nu / 2) - 0.5 * pt.log(pi * nu)
    return constant - (nu + 1) / 2 * pt.log1p(e**2 / nu)
