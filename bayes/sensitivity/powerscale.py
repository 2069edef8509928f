"""Power scaling: how far the posterior moves if the prior or the likelihood has slightly more or less weight.

The prior (or the likelihood) is raised to the powers 0.99 and 1.01. Sensitivity is the cumulative Jensen-Shannon
distance that the posterior moves per doubling (Kallioinen et al. 2024, Stat Comput 34:57). For one outcome it is found
by quadrature over the range that 8,000 draws would span; for a synthesis, by ArviZ from reweighted draws. In a
synthesis only the priors of mu and tau are scaled: the distribution Normal(mu, tau) of the effects is part of the
model.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import pandas as pd
import xarray as xr

from bayes import quadrature
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.base.arrays import FloatArray
from bayes.priors.sets import SomePriorSet
from bayes.quadrature.densities import log_density
from bayes.sensitivity.powers import powered
from bayes.sensitivity.subject import Subject, Target

CHAINS, DRAWS = 4, 2000
ALPHAS = (0.99, 1.01)
GRID = 4001
THRESHOLD = 0.05
DIMS = ("chain", "draw")


class PowerScalingRow(TypedDict):
    """The sensitivity of one parameter's posterior to the weight of the prior and of the likelihood."""

    parameter: str  # "effect", or "mu" or "tau" of a synthesis
    prior: float  # cumulative Jensen-Shannon distance per doubling of the prior's power
    likelihood: float  # the same for the likelihood
    threshold: float  # the sensitivity from which either is notable
    diagnosis: str  # what the two together mean


def power_scaling(
    target: Target,
    seed: int = 20260101,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Measure the sensitivity of the posterior to power-scaling of the prior and of the likelihood (METHODS 6).

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    seed : int
        Seed of the draws; used for a synthesis only.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per `parameter`: sensitivity to the `prior` and to the `likelihood`, the `threshold` from which either
        is flagged (0.05), and the `diagnosis` in words.
    """
    return pd.DataFrame(power_scaling_rows(Subject.of(target, prior, prior_set, priors), seed))


def power_scaling_rows(subject: Subject, seed: int = 20260101) -> list[PowerScalingRow]:
    """List the rows of `power_scaling` for a subject."""
    return sensitivities(_of_synthesis(subject, seed)) if subject.is_synthesis else [_of_outcome(subject)]


def sensitivities(tree: xr.DataTree) -> list[PowerScalingRow]:
    """List a row for every variable of a tree with the groups posterior, log_prior and log_likelihood."""
    import arviz as az

    found = {group: az.psense(tree, group=group) for group in ("prior", "likelihood")}
    rows = []
    for name in tree["posterior"].data_vars:
        prior, likelihood = (float(found[group][name]) for group in ("prior", "likelihood"))
        rows.append(_row(str(name), prior, likelihood))
    return rows


def _row(parameter: str, prior: float, likelihood: float) -> PowerScalingRow:
    return {
        "parameter": parameter,
        "prior": prior,
        "likelihood": likelihood,
        "threshold": THRESHOLD,
        "diagnosis": diagnosis(prior, likelihood),
    }


def diagnosis(prior: float, likelihood: float) -> str:
    """Interpret a pair of sensitivities in words."""
    if prior < THRESHOLD:
        little = "the prior has little influence"
        return little if likelihood >= THRESHOLD else "neither has much influence: the likelihood is wide"
    if likelihood >= THRESHOLD:
        return "both have influence, and the posterior is a compromise; whether they disagree is shown by Box's p"
    return "the prior has more influence than the data: a strong prior or weak data"


def _of_outcome(subject: Subject) -> PowerScalingRow:
    """Compute the sensitivities by quadrature, every power-scaled posterior on the same nodes."""
    plain = subject.under(subject.prior)
    count = CHAINS * DRAWS
    low, high = plain.quantiles([0.5 / count, 1 - 0.5 / count])
    grid = np.linspace(low, high, GRID)

    def moved(alpha: float, a: float, b: float) -> float:
        return distance(plain.at_most(grid), powered(subject, a, b).at_most(grid), grid) / abs(float(np.log2(alpha)))

    prior = float(np.mean([moved(alpha, alpha, 1.0) for alpha in ALPHAS]))
    likelihood = float(np.mean([moved(alpha, 1.0, alpha) for alpha in ALPHAS]))
    return _row("effect", prior, likelihood)


def distance(p: FloatArray, q: FloatArray, x: FloatArray) -> float:
    """Return the cumulative Jensen-Shannon distance of two distribution functions, the larger of both directions.

    Parameters
    ----------
    p, q : ndarray, shape (points,)
        Distribution functions on the grid.
    x : ndarray, shape (points,)
        The grid, in ascending order.
    """
    return max(_one_way(p, q, x), _one_way(1 - p, 1 - q, x))


def _one_way(p: FloatArray, q: FloatArray, x: FloatArray) -> float:
    if x[-1] <= x[0]:  # the whole posterior lies exactly on no effect
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = sum(np.where(f > 0, f * np.log2(2 * f / (f + g)), 0.0) for f, g in ((p, q), (q, p)))
    return float(np.sqrt(max(np.trapezoid(terms, x), 0.0) / np.trapezoid(p + q, x)))


def _of_synthesis(subject: Subject, seed: int) -> xr.DataTree:
    """Draw mu, tau and every trial's effect from the plane, with log likelihoods of the reports at those effects."""
    rng = np.random.default_rng(seed)
    analysis, prior, tau_prior = subject.analysis, subject.prior, subject.heterogeneity
    answer = quadrature.integrate_synthesis(plane_of_synthesis(analysis), prior, tau_prior)
    mu, tau = _jittered(answer, rng, CHAINS * DRAWS)
    log_prior = subject.log_prior(mu)
    if tau_prior is not None:
        log_prior = log_prior + log_density(tau_prior, tau)
    log_likelihood = np.zeros_like(mu)
    for curve in likelihood_curves(analysis):
        effect = mu if tau_prior is None else _effects(curve, mu, tau, rng)
        log_likelihood += curve(effect)
    draws = {"mu": mu} if tau_prior is None else {"mu": mu, "tau": tau}
    return _tree(draws, log_prior, log_likelihood)


def _jittered(
    answer: quadrature.SynthesisAnswer, rng: np.random.Generator, count: int
) -> tuple[FloatArray, FloatArray]:
    """Draw (mu, tau): a node by its mass, then uniformly within the part of each axis that the node represents."""
    mass = answer.mass.ravel()
    node = rng.choice(len(mass), count, p=mass / mass.sum())
    i, j = np.unravel_index(node, answer.mass.shape)
    mu = answer.mu[i] + answer.mu_weight[i] * (rng.random(count) - 0.5)
    tau = answer.tau[j]
    if len(answer.tau) > 1:
        tau = np.abs(tau + answer.tau_weight[j] * (rng.random(count) - 0.5))
    return mu, tau


def _effects(curve: quadrature.Curve, mu: FloatArray, tau: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw a trial's effect given each (mu, tau) and its report, by inversion on a grid that covers both."""
    low = np.minimum(mu - 6 * tau, curve.centre - 6 * np.minimum(curve.width, tau))
    high = np.maximum(mu + 6 * tau, curve.centre + 6 * np.minimum(curve.width, tau))
    smooth = quadrature.smoothed(curve)
    found = np.empty_like(mu)
    for part in np.array_split(np.arange(len(mu)), 20):  # in parts, to limit memory
        grid = low[part, None] + (high - low)[part, None] * np.linspace(0, 1, 601)
        log_p = smooth(grid.ravel()).reshape(grid.shape) - 0.5 * ((grid - mu[part, None]) / tau[part, None]) ** 2
        cdf = np.cumsum(np.exp(log_p - log_p.max(axis=1, keepdims=True)), axis=1)
        at = (cdf < rng.random(len(part))[:, None] * cdf[:, -1:]).sum(axis=1)
        step = (high - low)[part] / 600
        found[part] = grid[np.arange(len(part)), np.minimum(at, 600)] + step * (rng.random(len(part)) - 0.5)
    return found


def _tree(draws: dict[str, FloatArray], log_prior: FloatArray, log_likelihood: FloatArray) -> xr.DataTree:
    def grouped(values: dict[str, FloatArray]) -> xr.Dataset:
        return xr.Dataset({name: (DIMS, x.reshape(CHAINS, DRAWS)) for name, x in values.items()})

    return xr.DataTree.from_dict(
        {
            "/posterior": grouped(draws),
            "/log_prior": grouped({"top": log_prior}),
            "/log_likelihood": grouped({"report": log_likelihood}),
        }
    )
