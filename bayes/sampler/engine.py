"""Compile once per structure, refit for every trial and prior.

A posterior is sampled as its unimodal pieces (usually one), each by NUTS with its own seed. Every number, of the
report and of the prior, is data of the compiled graph, so a refit costs about a tenth of a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from bayes import quadrature
from bayes.analysis.analysis import Analysis, seed_of
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.sampler import graphs, packing
from bayes.sampler.draws import Sample, describe

# what a process has built already: graphs and compiled graphs
_models: dict[tuple, Any] = {}
_compiled: dict[tuple, Any] = {}


def split(analysis: Analysis) -> list[quadrature.Piece]:
    """The pieces to sample one by one: prior components x directions of folded evidence x the spike.

    A synthesis is sampled whole: its prior's components and both directions of folded reports are in the graph.
    """
    prior = analysis.formed.distribution
    if analysis.model != "single_trial":
        return [quadrature.Piece(prior, "all", 1.0)]
    (curve,) = likelihood_curves(analysis)
    if len(curve.parts) == 1 and len(prior.components) == 1 and not prior.spike:
        return [quadrature.Piece(prior, "all", 1.0)]
    return quadrature.pieces(curve, prior, analysis.target.null)


def sample(
    analysis: Analysis, piece: quadrature.Piece, number: int, multiple: int, target_accept: float, cores: int
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
    log_likelihood = of_reports(analysis, raw) if analysis.joined_by else raw.pop("log_likelihood", None)
    posterior = describe(analysis, raw, seed, likelihood_curves(analysis) if analysis.joined_by else ())
    return Sample(posterior, stats, piece.weight, piece.prior is None, log_likelihood)


def of_reports(analysis: Analysis, raw: dict[str, np.ndarray]) -> np.ndarray:
    """Log likelihood of every report of a synthesis given mu and tau, its own effect integrated out.

    What leaving a trial out asks for: given its own effect a report would always look well predicted.

    Parameters
    ----------
    raw : dict of ndarray, shape (chain, draw)
        Draws of mu and, where the structure has them, of tau and of the slope beta.

    Returns
    -------
    ndarray, shape (chain, draw, report)
    """
    mu = raw["mu"][..., None]
    if "beta" in raw:
        mu = mu + raw["beta"][..., None] * np.array(analysis.target.covariate.centred)
    return plane_of_synthesis(analysis).log_likelihoods(mu, raw["tau"][..., None] if "tau" in raw else 0.0)


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


def _graph(analysis: Analysis, piece: quadrature.Piece):
    """The structure's identity, its model, and the data of this refit."""
    identity, make, data = graphs.describe(analysis, piece, likelihood_curves(analysis) if analysis.joined_by else [])
    data = {name: np.array(value, dtype=float) for name, value in data.items()}
    layout = packing.lay_out(data)
    structure = (*identity, layout)
    if structure not in _models:
        _models[structure] = packing.pack_model(make(), layout)
    return structure, _models[structure], packing.pack(data, layout)
