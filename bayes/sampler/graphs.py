"""The graphs and their data: the part of an analysis that is compiled once, and the part replaced at every refit.

Each structure returns its identity (equal identities share a compiled graph), a function that builds the PyMC model,
and the numbers that enter it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.base.distributions import Distribution
from bayes.likelihoods.contract import effect_support, load
from bayes.paper.evidence.arms import ARMS
from bayes.paper.trial import Outcome
from bayes.synthesis.file import Synthesis


def describe(
    analysis: Analysis, piece: quadrature.UnimodalComponent, curves: Sequence[quadrature.Curve]
) -> tuple[tuple, Callable[[], object], dict[str, np.ndarray]]:
    """Return the identity of the structure, the function that builds its model, and the data of this refit.

    Parameters
    ----------
    analysis : Analysis
    piece : UnimodalComponent
    curves : sequence of Curve
        For a synthesis: location and width of each report, which place the sampler.

    Returns
    -------
    identity : tuple
    make : callable
        () -> pm.Model
    data : dict of ndarray
    """
    build = {
        "single_trial": _single_trial,
        "independent_arms": _independent_arms,
        "adverse_event_hierarchy": _adverse_event_hierarchy,
    }
    return build.get(analysis.model, _random_effects)(analysis, piece, curves)


def _single_trial(analysis: Analysis, piece: quadrature.UnimodalComponent, curves: Sequence[quadrature.Curve]):
    from bayes.models.structures import single_trial

    outcome, name = analysis.target, analysis.likelihoods[0]
    likelihood = load(name)
    data = {k: np.asarray(v)[None] for k, v in _report(analysis, 0, outcome.selection is not None).items()}
    data |= _one_direction(data, piece.direction)
    support, prior = _prior_data(outcome, piece.prior)

    def make():
        return single_trial.build(likelihood, _floats(data), _floats(prior), support)

    named = {f"prior_{k}": v for k, v in prior.items()}
    return ("single_trial", name, support), make, data | named


def _report(analysis: Analysis, i: int, selected: bool) -> dict:
    """Return the numbers of one report and, where a report of its block states a selection, of its own."""
    from bayes.models.shared import selection

    outcome = analysis.members[i]
    prepared = load(analysis.likelihoods[i]).prepare(outcome, analysis.nuisance)
    return prepared | (selection.row(outcome, analysis.omegas[i]) if selected else {})


def _independent_arms(analysis: Analysis, piece: quadrature.UnimodalComponent, curves: Sequence[quadrature.Curve]):
    from bayes.models.shared import priors
    from bayes.models.structures import independent_arms

    pair = piece.prior
    support = "interval" if pair.family == "beta" else "positive"
    bounds = {"low": np.array(0.0), "high": np.array(1.0)} if support == "interval" else {}
    beliefs = {arm: _floats(priors.table(prior, support) | bounds) for arm, prior in zip(ARMS, pair.arms, strict=True)}
    data = _floats(independent_arms.prepare(analysis.target))

    def make():
        return independent_arms.build(pair.family, data, beliefs)

    named = {f"prior_{arm}_{k}": v for arm, belief in beliefs.items() for k, v in belief.items()}
    return ("independent_arms", pair.family), make, data | named


def _adverse_event_hierarchy(
    analysis: Analysis, piece: quadrature.UnimodalComponent, curves: Sequence[quadrature.Curve]
):
    from bayes.models.structures import adverse_event_hierarchy

    hierarchy, (likelihood,), systems = piece.prior, analysis.likelihoods, analysis.target.evidence.systems
    beliefs = {role: (d.name, d.args) for role, d in hierarchy.roles.items()}
    rows = [row for _, row in analysis.target.rows]
    data = _floats(
        adverse_event_hierarchy.prepare(rows, likelihood, hierarchy.baseline_offset, analysis.nuisance.dispersion)
    )

    def make():
        return adverse_event_hierarchy.build(likelihood, systems, data, beliefs)

    named = {f"prior_{role}_{i}": x for role, (_, numbers) in beliefs.items() for i, x in enumerate(numbers)}
    return ("adverse_event_hierarchy", likelihood, systems, hierarchy.families), make, data | named


def _one_direction(data: dict, direction: str) -> dict:
    """Return weights that keep only one direction of a folded report."""
    if direction == "all":
        return {}
    from bayes.models.shared.bare_test import NEVER

    ruled_out = {"up": "log_weight_down", "down": "log_weight_up"}[direction]
    return {ruled_out: np.full_like(data[ruled_out], NEVER)}


def _random_effects(analysis: Analysis, piece: quadrature.UnimodalComponent, curves: Sequence[quadrature.Curve]):
    from bayes.models.structures import random_effects

    target = analysis.target
    blocks = list(_blocks(analysis))
    data = {f"{b.likelihood.__name__.rpartition('.')[2]}::{k}": v for b in blocks for k, v in b.data.items()}
    where = {}
    beliefs = {"mu": _belief(target, piece.prior)}
    if analysis.heterogeneity is not None:
        where = {"centre": np.array([c.centre for c in curves]), "width": np.array([c.width for c in curves])}
        beliefs["tau"] = _heterogeneity(analysis.heterogeneity.distribution, _unit(target))
    if analysis.model == "meta_regression":
        where["covariate"] = np.array(target.covariate.centred)
        beliefs["beta"] = _belief(target, target.covariate.parsed)
    robust = analysis.model == "robust_random_effects"
    if robust:
        where["nu"] = np.array(float(target.nu))

    def make():
        return random_effects.build(blocks, where, **beliefs, robust=robust)

    named = {f"{name}_prior_{k}": v for name, belief in beliefs.items() for k, v in belief.numbers.items()}
    supports = tuple((name, belief.support) for name, belief in beliefs.items())
    parts = tuple((b.likelihood.__name__, b.positions) for b in blocks)
    return (analysis.model, parts, supports), make, data | where | named


def _blocks(analysis: Analysis):
    """Yield the trials of each likelihood, with their data stacked along the trial axis."""
    from bayes.models.structures import random_effects

    positions: dict[str, list[int]] = {}
    for i, name in enumerate(analysis.likelihoods):
        positions.setdefault(name, []).append(i)
    for name, where in positions.items():
        selected = any(analysis.members[i].selection for i in where)
        rows = [_report(analysis, i, selected) for i in where]
        likelihood = load(name)
        stacked = {k: _stack([np.asarray(row[k], dtype=float) for row in rows], k, likelihood) for k in rows[0]}
        yield random_effects.Block(likelihood, stacked, tuple(where))


def _stack(arrays: Sequence[np.ndarray], name: str, likelihood) -> np.ndarray:
    """Stack one row per trial; scales with fewer categories are padded as their likelihood states."""
    if len({array.shape for array in arrays}) == 1:
        return np.stack(arrays)
    longest = max(len(array) for array in arrays)
    rows = np.full((len(arrays), longest), likelihood.FILL.get(name, 0.0))
    for row, array in zip(rows, arrays, strict=True):
        row[: len(array)] = array
    return rows


def _belief(target: Synthesis, prior: Distribution):
    from bayes.models.structures import random_effects

    support, numbers = _prior_data(target, prior)
    return random_effects.Belief(support, _floats(numbers))


def _heterogeneity(tau: Distribution, unit: float):
    """Return the prior of tau; the sampler starts at 0.3 units of effect."""
    from bayes.models.shared import priors
    from bayes.models.structures import random_effects

    if tau.name == "uniform":
        bounds = {"low": tau.args[0], "high": tau.args[1]}
        return random_effects.Belief("interval", _floats(priors.table(tau, "interval") | bounds))
    return random_effects.Belief("positive", _floats(priors.table(tau, "positive") | {"unit": 0.3 * unit}))


def _prior_data(target: Outcome | Synthesis, prior: Distribution | None) -> tuple[str, dict[str, np.ndarray]]:
    """Return support and numbers of an effect prior; None is the spike, a point at the null."""
    from bayes.models.shared import priors

    if prior is None:
        return "point", {"value": np.array(target.null)}
    low, high = prior.support
    if effect_support(target.measure) == "interval":
        floor = 0.0 if target.measure == "proportion" else -1.0
        low, high = max(low, floor), min(high, 1.0)
    unit = {"unit": np.array(_unit(target))}
    if np.isinf(low) and np.isinf(high):
        return "real", priors.table(prior, "real") | unit
    if np.isinf(high):
        return "positive", priors.table(prior, "positive") | unit
    return "interval", priors.table(prior, "interval") | {"low": np.array(low), "high": np.array(high)}


def _unit(target: Outcome | Synthesis) -> float:
    """Return the rough size of an effect on the analysis scale: one, or a standard error for a mean difference."""
    if target.measure != "mean_difference":
        return 1.0
    members = target.members if isinstance(target, Synthesis) else (target,)
    sizes = [m.standard_error for m in members if m.standard_error is not None]
    return float(np.mean(sizes)) if sizes else 1.0


def _floats(data: dict) -> dict[str, np.ndarray]:
    return {name: np.array(value, dtype=float) for name, value in data.items()}
