"""Compile once per structure, refit for every trial and prior.

A posterior is sampled as its unimodal pieces (usually one), each by NUTS with its own seed. Every number, of the
report and of the prior, is data of the compiled graph, so a refit costs about a tenth of a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from bayes import exact
from bayes.analysis import Analysis, seed_of
from bayes.arms import ARMS
from bayes.distributions import Distribution
from bayes.draws import Sample, describe
from bayes.model import effect_support, load
from bayes.synthesis import Synthesis
from bayes.trial import Outcome

ON_CURVE = {"evidence", "measure", "benefit", "selection"}  # what of an outcome its likelihood curve depends on

# what a process has built already: graphs, compiled graphs and likelihood curves
_models: dict[tuple, Any] = {}
_curves: dict[tuple, exact.Curve] = {}
_compiled: dict[tuple, Any] = {}


def split(analysis: Analysis) -> list[exact.Piece]:
    """The pieces to sample one by one: prior components x directions of folded evidence x the spike.

    A synthesis is sampled whole: its prior's components and both directions of folded reports are in the graph.
    """
    prior = analysis.formed.distribution
    if analysis.model != "single_trial":
        return [exact.Piece(prior, "all", 1.0)]
    (curve,) = likelihood_curves(analysis)
    if len(curve.parts) == 1 and len(prior.components) == 1 and not prior.spike:
        return [exact.Piece(prior, "all", 1.0)]
    return exact.pieces(curve, prior, analysis.target.null)


def likelihood_curves(analysis: Analysis) -> list[exact.Curve]:
    """The likelihood curve of every report of an analysis, remembered for the next prior."""
    found = []
    for outcome, likelihood, omega in zip(analysis.members, analysis.likelihoods, analysis.omegas, strict=True):
        key = outcome.model_dump_json(include=ON_CURVE), analysis.nuisance, likelihood, omega
        if key not in _curves:
            _curves[key] = exact.curve(outcome, analysis.nuisance, likelihood, omega)
        found.append(_curves[key])
    return found


def sample(
    analysis: Analysis, piece: exact.Piece, number: int, multiple: int, target_accept: float, cores: int
) -> Sample:
    """Draw from one piece of a posterior.

    Parameters
    ----------
    number : int
        Position of the piece, part of its seed.
    multiple : int
        How many times the settings' draws to take.
    target_accept : float
        Acceptance rate NUTS adapts to.
    cores : int
        Chains sampled at the same time; does not change the draws.
    """
    settings = analysis.settings
    seed = seed_of(analysis.key, settings.seed, number, multiple)
    structure, model, data = _graph(analysis, piece)
    draws = settings.draws * multiple
    if not model.free_RVs:  # the spike of evidence without nuisance parameters: nothing to sample
        raw = {"effect": np.full((settings.chains, draws, 1), analysis.target.null)}
        stats = xr.Dataset()
    else:
        raw, stats = _nuts(structure, model, data, draws, settings.tune, settings.chains, target_accept, seed, cores)
    log_likelihood = raw.pop("log_likelihood", None)
    posterior = describe(analysis, raw, seed)
    return Sample(posterior, stats, piece.weight, piece.prior is None, log_likelihood)


def _nuts(structure, model, data, draws, tune, chains, target_accept, seed, cores):
    import nutpie

    if structure not in _compiled:
        _compiled[structure] = nutpie.compile_pymc_model(model)
    compiled = _compiled[structure].with_data(**data)
    tree = nutpie.sample(
        compiled,
        draws=draws,
        tune=tune,
        chains=chains,
        cores=cores,
        seed=seed % 2**31,
        target_accept=target_accept,
        save_warmup=False,
        progress_bar=False,
    )
    stats = tree["sample_stats"].to_dataset()
    kept = [name for name in ("diverging", "energy", "n_steps", "step_size", "depth") if name in stats]
    dims = ("chain", "draw")
    stats = xr.Dataset({{"depth": "tree_depth"}.get(n, n): (dims, np.asarray(stats[n].transpose(*dims))) for n in kept})
    return {str(n): np.asarray(v) for n, v in tree["posterior"].data_vars.items() if not str(n).endswith("_raw")}, stats


def _graph(analysis: Analysis, piece: exact.Piece):
    """The structure's identity, its model, and the data of this refit."""
    build = {
        "single_trial": _single_trial,
        "random_effects": _random_effects,
        "independent_arms": _independent_arms,
        "adverse_event_hierarchy": _adverse_event_hierarchy,
    }
    identity, make, data = build[analysis.model](analysis, piece)
    data = {name: np.array(value, dtype=float) for name, value in data.items()}
    # weights of components may change in number from prior to prior; every other shape is part of the structure
    shapes = tuple((n, v.shape) for n, v in sorted(data.items()) if not n.startswith(("prior_", "heterogeneity_")))
    structure = (*identity, shapes)
    if structure not in _models:
        _models[structure] = make()
    return structure, _models[structure], data


def _single_trial(analysis: Analysis, piece: exact.Piece):
    from bayes.models import single_trial

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
    """Numbers of one report, and of how it was selected where any report beside it is."""
    from bayes.models import selection

    outcome = analysis.members[i]
    prepared = load(analysis.likelihoods[i]).prepare(outcome, analysis.nuisance)
    return prepared | (selection.row(outcome, analysis.omegas[i]) if selected else {})


def _independent_arms(analysis: Analysis, piece: exact.Piece):
    from bayes.models import independent_arms, priors

    pair = piece.prior
    support = "interval" if pair.family == "beta" else "positive"
    bounds = {"low": np.array(0.0), "high": np.array(1.0)} if support == "interval" else {}
    beliefs = {arm: _floats(priors.table(prior, support) | bounds) for arm, prior in zip(ARMS, pair.arms, strict=True)}
    data = _floats(independent_arms.prepare(analysis.target))

    def make():
        return independent_arms.build(pair.family, data, beliefs)

    named = {f"prior_{arm}_{k}": v for arm, belief in beliefs.items() for k, v in belief.items()}
    return ("independent_arms", pair.family), make, data | named


def _adverse_event_hierarchy(analysis: Analysis, piece: exact.Piece):
    from bayes.models import adverse_event_hierarchy

    hierarchy, (likelihood,), systems = piece.prior, analysis.likelihoods, analysis.target.evidence.systems
    beliefs = {role: (d.name, d.args) for role, d in hierarchy.roles.items()}
    rows = [row for _, row in analysis.target.rows]
    data = _floats(adverse_event_hierarchy.prepare(rows, likelihood, hierarchy.lean, analysis.nuisance.dispersion))

    def make():
        return adverse_event_hierarchy.build(likelihood, systems, data, beliefs)

    named = {f"prior_{role}_{i}": x for role, (_, numbers) in beliefs.items() for i, x in enumerate(numbers)}
    return ("adverse_event_hierarchy", likelihood, systems, hierarchy.families), make, data | named


def _one_direction(data: dict, direction: str) -> dict:
    """Weights that keep only one direction of a folded report."""
    if direction == "all":
        return {}
    from bayes.models.test_report import NEVER

    ruled_out = {"up": "log_weight_down", "down": "log_weight_up"}[direction]
    return {ruled_out: np.full_like(data[ruled_out], NEVER)}


def _random_effects(analysis: Analysis, piece: exact.Piece):
    from bayes.models import priors, random_effects

    positions: dict[str, list[int]] = {}
    for i, name in enumerate(analysis.likelihoods):
        positions.setdefault(name, []).append(i)
    blocks, data = [], {}
    for name, where in positions.items():
        likelihood = load(name)
        selected = any(analysis.members[i].selection for i in where)
        rows = [_report(analysis, i, selected) for i in where]
        stacked = {k: np.stack([np.asarray(row[k], dtype=float) for row in rows]) for k in rows[0]}
        blocks.append(random_effects.Block(likelihood, stacked, tuple(where)))
        data |= {f"{name}::{k}": v for k, v in stacked.items()}
    support, prior = _prior_data(analysis.target, piece.prior)
    tau = analysis.heterogeneity.distribution
    tau_support = "interval" if tau.name == "uniform" else "positive"
    spread = priors.table(tau, tau_support)
    if tau_support == "interval":
        spread |= {"low": np.array(tau.args[0]), "high": np.array(tau.args[1])}
    else:
        spread |= {"unit": np.array(_unit(analysis.target) * 0.3)}

    def make():
        return random_effects.build(blocks, _floats(prior), _floats(spread), support, tau_support)

    data |= {f"prior_{k}": v for k, v in prior.items()} | {f"heterogeneity_{k}": v for k, v in spread.items()}
    return (
        ("random_effects", tuple((b.likelihood.__name__, b.positions) for b in blocks), support, tau_support),
        make,
        data,
    )


def _prior_data(target: Outcome | Synthesis, prior: Distribution | None) -> tuple[str, dict[str, np.ndarray]]:
    """Support and numbers of an effect prior; None is the spike, a point at the null."""
    from bayes.models import priors

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
    """Rough size of an effect on the analysis scale: one, but for differences in the units of the paper."""
    if target.measure != "mean_difference":
        return 1.0
    members = target.members if isinstance(target, Synthesis) else (target,)
    sizes = [m.standard_error for m in members if m.standard_error is not None]
    return float(np.mean(sizes)) if sizes else 1.0


def _floats(data: dict) -> dict[str, np.ndarray]:
    return {name: np.array(value, dtype=float) for name, value in data.items()}
