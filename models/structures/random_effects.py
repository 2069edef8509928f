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

`build` makes this graph, which is compiled once and refitted; `textbook` writes the same model as one would by hand,
non-centred and trial by trial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log, pi

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes.base import measures
from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.likelihoods.contract import Likelihood
from bayes.models.shared import priors, selection, textbook_priors
from bayes.models.shared.signatures import Draws, Tensor
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

ARMS = ("treatment", "control")
LogDensity = Callable[[Tensor, Mapping[str, Tensor]], Tensor]
Draw = Callable[[np.random.Generator, tuple[int, ...]], FloatArray]


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

    likelihood: Likelihood
    data: Mapping[str, FloatArray]
    positions: tuple[int, ...]


@dataclass(frozen=True)
class Belief:
    """A prior as the graph takes it.

    Attributes
    ----------
    support : {"real", "positive", "interval"}
    numbers : dict of ndarray, shape (component,) or ()
        As `priors.table` returns them, with `unit` (for an interval `low` and `high` instead).
    """

    support: str
    numbers: Mapping[str, FloatArray]

    def declare(self, name: str) -> Tensor:
        """Declare a parameter with this prior, shape (); the numbers enter as `pm.Data`."""
        known = {key: pm.Data(f"{name}_prior_{key}", value) for key, value in self.numbers.items()}
        return priors.declare(name, known, self.support, unit=known.get("unit", 1.0))


def normal(e: Tensor, known: Mapping[str, Tensor]) -> Tensor:
    """Return the log density of a standard normal.

    Parameters
    ----------
    e : Tensor, shape (trial,)
        Effects in units of tau from their expectation.
    known : mapping of Tensor
        Not used.

    Returns
    -------
    Tensor, shape (trial,)
    """
    density: Tensor = -0.5 * e**2 - 0.5 * log(2 * pi)
    return density


def student_t(e: Tensor, known: Mapping[str, Tensor]) -> Tensor:
    """Return the log density of a standard Student-t.

    Parameters
    ----------
    e : Tensor, shape (trial,)
        Effects in units of tau from their expectation.
    known : mapping of Tensor
        `nu`, shape (), the degrees of freedom.

    Returns
    -------
    Tensor, shape (trial,)
    """
    nu = known["nu"]
    constant = pt.gammaln((nu + 1) / 2) - pt.gammaln(nu / 2) - 0.5 * pt.log(pi * nu)
    density: Tensor = constant - (nu + 1) / 2 * pt.log1p(e**2 / nu)
    return density


def build(
    blocks: Sequence[Block],
    where: Mapping[str, FloatArray],
    mu: Belief,
    tau: Belief | None = None,
    beta: Belief | None = None,
    log_density: LogDensity = normal,
) -> pm.Model:
    """Build the PyMC model; every number enters as `pm.Data` and can be replaced without recompiling.

    Parameters
    ----------
    blocks : sequence of Block
    where : mapping of ndarray, shape (trial,)
        `centre` and `width` of each report on the analysis scale; `covariate`, centred, if `beta` is given; `nu`, the
        degrees of freedom (scalar), if effects are Student-t.
    mu, tau, beta : Belief
        Priors on the analysis scale. Without tau all trials share one effect; without beta there is no covariate.
    log_density : callable
        The log density of e, given `where` as data: `normal`, `student_t`, or one from outside the package.

    Returns
    -------
    pm.Model
    """
    with pm.Model() as model:
        known = {name: pm.Data(name, value) for name, value in where.items()}
        expected = mu.declare("mu") * pt.ones(sum(len(block.positions) for block in blocks))
        if beta is not None:
            expected = expected + beta.declare("beta") * known["covariate"]
        theta = expected if tau is None else _effects(expected, tau.declare("tau"), known, log_density)
        theta = pm.Deterministic("theta", theta)
        terms = []
        for block in blocks:
            name = name_of(block.likelihood)
            with pm.Model(name=name):  # prefixes the block's parameters with the likelihood's name
                report = {key: pm.Data(key, value) for key, value in block.data.items()}
                own = theta[np.array(block.positions)]
                terms.append(block.likelihood.log_likelihood(own, report).sum())
                if "selection" in report:
                    terms.append(-selection.log_chance(own, report).sum())
        pm.Potential("log_likelihood", pt.add(*terms) if len(terms) > 1 else terms[0])
    return model


def name_of(likelihood: Likelihood) -> str:
    """Return the name of a likelihood, that is, of its file."""
    return likelihood.__name__.rpartition(".")[2]


def _effects(expected: Tensor, tau: Tensor, known: Mapping[str, Tensor], log_density: LogDensity) -> Tensor:
    """Return trial effects around their expectations, parametrised between centred and non-centred.

    Parameters
    ----------
    expected : Tensor, shape (trial,)
        On the analysis scale.
    tau : Tensor, shape ()
    known : mapping of Tensor, shape (trial,)
        `centre` and `width` of each report, and `nu`, shape (), if effects are Student-t.
    log_density : callable

    Returns
    -------
    Tensor, shape (trial,)
        On the analysis scale.
    """
    y, s = known["centre"], known["width"]
    z = pm.Flat("z_raw", shape=priors.shape_of(y))
    spread = pt.sqrt(tau**2 + s**2)
    e = tau * (y - expected) / spread**2 + s / spread * z
    pm.Potential("effects", (log_density(e, known) + pt.log(s / spread)).sum())
    theta: Tensor = expected + tau * e
    return theta


@dataclass(frozen=True)
class Around:
    """What the effects of trials scatter around, and how.

    Attributes
    ----------
    mu : Distribution
        Prior of the mean effect, on the analysis scale.
    tau : Distribution, optional
        Prior of the standard deviation between trials; without it all trials share one effect.
    beta : Distribution, optional
        Prior of the slope in the covariate.
    covariate : sequence of float
        The covariate of each trial, centred; empty without a slope.
    nu : float, optional
        Degrees of freedom of the effects if they are Student-t; by default they are normal.
    own : (callable, callable), optional
        The log density of effects of another kind, and their draws from a generator, in a given shape.
    """

    mu: Distribution
    tau: Distribution | None = None
    beta: Distribution | None = None
    covariate: Sequence[float] = ()
    nu: float | None = None
    own: tuple[LogDensity, Draw] | None = None


def textbook(
    reports: Sequence[tuple[Likelihood, Outcome, float]], around: Around, nuisance: Nuisance, measure: str
) -> pm.Model:
    """Write the model of several trials by hand, non-centred; everything of a trial has its name in brackets.

    Parameters
    ----------
    reports : sequence of (module, Outcome, float)
        The likelihood of each report, the report, and how likely a non-significant result is to be published, relative
        to a significant one.
    around : Around
    nuisance : Nuisance
    measure : str

    Returns
    -------
    pm.Model
    """
    bounds = textbook_priors.BOUNDS.get(measure, textbook_priors.REAL_LINE)
    with pm.Model(coords={"arm": list(ARMS), "trial": [outcome.name for _, outcome, _ in reports]}) as model:
        mu = textbook_priors.named("mu", around.mu, bounds)
        if measures.is_log(measure):
            pm.Deterministic(measure, pt.exp(mu))
        expected = mu * pt.ones(len(reports))
        if around.beta is not None:
            covariate = pm.Data("covariate", around.covariate, dims="trial")
            expected += textbook_priors.named("beta", around.beta) * covariate
        if around.tau is not None:
            tau = textbook_priors.named("tau", around.tau)
            expected += tau * _scattered(around)
        effect = pm.Deterministic("effect", expected, dims="trial")
        for i, (likelihood, outcome, omega) in enumerate(reports):
            likelihood.observe(effect[i], outcome, nuisance, f"[{outcome.name}]")
            selection.observe(effect[i], outcome, omega, f"[{outcome.name}]")
    return model


def _scattered(around: Around) -> Tensor:
    """Declare the effects in units of tau from their expectation, shape (trial,)."""
    if around.own is not None:
        density, draw = around.own

        def logp(e: Tensor) -> Tensor:
            return density(e, {})

        def random(rng: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
            return draw(rng, size)

        own: Tensor = pm.CustomDist("e", logp=logp, random=random, dims="trial", class_name="Scatter")
        return own
    e: Tensor = pm.Normal("e", dims="trial") if around.nu is None else pm.StudentT("e", nu=around.nu, dims="trial")
    return e


def recovered(
    reports: Sequence[tuple[Likelihood, Outcome, float]], around: Around, nuisance: Nuisance, stored: Draws
) -> dict[str, FloatArray]:
    """Return the parameters of `textbook` from a stored posterior.

    Parameters
    ----------
    reports, around, nuisance
        As for `textbook`.
    stored : mapping of ndarray, shape (chain, draw, ...)
        As a posterior stores them; `effect` (trial,).

    Returns
    -------
    dict of ndarray, shape (chain, draw, ...)
    """
    found, expected = dict(stored), stored["mu"][..., None]
    if "beta" in stored:
        expected = expected + stored["beta"][..., None] * np.array(around.covariate)
    if "tau" in stored:
        found["e"] = (stored["effect"] - expected) / stored["tau"][..., None]
    for i, (likelihood, outcome, _) in enumerate(reports):
        ending = f"[{outcome.name}]"
        own = {key.removesuffix(ending): values for key, values in stored.items() if key.endswith(ending)}
        own["effect"] = stored["effect"][..., i]
        found |= {f"{key}{ending}": values for key, values in likelihood.recovered(own, outcome, nuisance).items()}
    return found
