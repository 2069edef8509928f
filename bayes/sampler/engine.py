"""The engine: compile one graph per structure and refit it for every trial and prior.

A posterior is sampled as its unimodal pieces (usually one), each by NUTS with its own seed. All numbers of the report
and of the prior are data of the compiled graph, so a refit takes about a tenth of a second.
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

# the graphs and compiled graphs that this process has built
_models: dict[tuple, Any] = {}
_compiled: dict[tuple, Any] = {}


def split(analysis: Analysis) -> list[quadrature.UnimodalComponent]:
    """Return the pieces to sample one by one: prior components x directions of a folded report x the spike.

    A synthesis is sampled whole: the prior's components and both directions of folded reports are part of its graph.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    list of UnimodalComponent
        With exact weights that sum to one.
    """
    prior = analysis.formed.distribution
    if analysis.model != "single_trial":
        return [quadrature.UnimodalComponent(prior, "all", 1.0)]
    (curve,) = likelihood_curves(analysis)
    if len(curve.parts) == 1 and len(prior.components) == 1 and not prior.spike:
        return [quadrature.UnimodalComponent(prior, "all", 1.0)]
    return quadrature.pieces(curve, prior, analysis.target.null)


def sample(
    analysis: Analysis,
    piece: quadrature.UnimodalComponent,
    number: int,
    multiple: int,
    target_accept: float,
    cores: int,
) -> Sample:
    """Draw from one piece of a posterior.

    Parameters
    ----------
    analysis : Analysis
    piece : UnimodalComponent
    number : int
        Position of the piece, part of its seed.
    multiple : int
        Factor by which the settings' number of draws is multiplied.
    target_accept : float
        Acceptance rate that NUTS adapts to.
    cores : int
        Chains sampled in parallel; it does not change the draws.

    Returns
    -------
    Sample
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
    """Return the log likelihood of every report of a synthesis given mu and tau, with its own effect integrated out.

    Leave-one-out cross-validation needs this form: given its own effect, a report always looks well predicted.

    Parameters
    ----------
    analysis : Analysis
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


def _graph(analysis: Analysis, piece: quadrature.UnimodalComponent):
    """Return the identity of the structure, its model, and the data of this refit."""
    identity, make, data = graphs.describe(analysis, piece, likelihood_curves(analysis) if analysis.joined_by else [])
    data = {name: np.array(value, dtype=float) for name, value in data.items()}
    layout = packing.lay_out(data)
    structure = (*identity, layout)
    if structure not in _models:
        _models[structure] = packing.pack_model(make(), layout)
    return structure, _models[structure], packing.pack(data, layout)
