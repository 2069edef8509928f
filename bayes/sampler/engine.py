"""The engine: compile one graph per structure and refit it for every trial and prior.

A posterior is sampled as its unimodal pieces (usually one), each by NUTS with its own seed. All numbers of the report
and of the prior are data of the compiled graph, so a refit takes about a tenth of a second.
"""

from __future__ import annotations

from functools import cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

from bayes import quadrature
from bayes.analysis.analysis import Analysis, seed_of
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.sampler import packing
from bayes.sampler.compiled import CompiledGraph, compiled
from bayes.sampler.draws import Raw, Sample
from bayes.sampler.graphs import Graph, graph_of
from bayes.sampler.machine.uncompiled import uncompiled

LEAST = 1000  # draws a chain of any piece, whatever its share of a posterior: its diagnostics need them


def length_of(weight: float, draws: int, multiple: int = 1) -> int:
    """Return the draws a chain of a piece with this share of a posterior of so many draws, times a multiple."""
    return min(multiple * draws, max(multiple * LEAST, ceil(weight * multiple * draws) + 1))


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
    if analysis.model != "single_trial":
        return [quadrature.UnimodalComponent(analysis.formed.distribution, "all", 1.0)]
    prior = analysis.effect_prior
    (curve,) = likelihood_curves(analysis)
    if len(curve.parts) == 1 and len(prior.components) == 1 and not prior.spike:
        return [quadrature.UnimodalComponent(prior, "all", 1.0)]
    return quadrature.pieces(curve, prior, analysis.target.null)


class Engine:
    """Samples posteriors; it keeps the graphs that it has built and compiled. Each worker process has one.

    Attributes
    ----------
    compiled : dict
        Compiled graphs, by structure; None for one without any free parameter.
    """

    def __init__(self) -> None:
        self.compiled: dict[tuple[object, ...], CompiledGraph | None] = {}

    def sample(
        self,
        analysis: Analysis,
        piece: quadrature.UnimodalComponent,
        number: int,
        multiple: int,
        target_accept: float,
        cores: int,
        *,
        pointwise: bool = True,
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
        pointwise : bool
            Whether to compute the log likelihood of every report of a synthesis, which takes longer than the draws.

        Returns
        -------
        Sample
        """
        settings = analysis.settings
        seed = seed_of(analysis.key, settings.seed, number, multiple)
        graph = graph_of(analysis, piece, likelihood_curves(analysis) if analysis.joined_by else [])
        draws = length_of(piece.weight, settings.draws, multiple)
        layout = packing.lay_out(graph.data, graph.tables)
        data = packing.pack(graph.data, layout)
        found = self._compiled(graph, layout, data)
        raw: Raw
        stats: Raw
        if found is None:  # the spike of evidence without nuisance parameters: nothing to sample
            raw, stats = {"effect": np.full((settings.chains, draws, 1), analysis.target.null)}, {}
        else:
            raw, stats = found.sample(
                data,
                draws=draws,
                tune=settings.tune,
                chains=settings.chains,
                cores=cores,
                seed=seed % 2**31,
                target_accept=target_accept,
            )
        log_likelihood = raw.pop("log_likelihood", None)
        if analysis.joined_by:
            log_likelihood = of_reports(analysis, raw) if pointwise else None
        return Sample(raw, stats, piece.weight, piece.prior is None, log_likelihood)

    def _compiled(self, graph: Graph, layout: packing.Layout, data: packing.Arrays) -> CompiledGraph | None:
        """Return the compiled graph, from before if its structure is known; None if it has no free parameter."""
        structure = (*graph.identity, layout, *(array.shape for array in data.values()))
        if structure not in self.compiled:
            with uncompiled():  # a file may ask for shapes
                model = packing.pack_model(graph.make(), layout)
            self.compiled[structure] = compiled(model, data) if model.free_RVs else None
        return self.compiled[structure]


@cache
def engine_of_process() -> Engine:
    """Return the engine that all fits of a session share, so that a second fit of the same kind need not compile."""
    return Engine()


def of_reports(analysis: Analysis, raw: Raw) -> NDArray[np.float64]:
    """Return the log likelihood of every report of a synthesis given mu and tau, with its own effect integrated out.

    Leave-one-out cross-validation needs this form: given its own effect, a report always looks well predicted.

    Parameters
    ----------
    analysis : Analysis
    raw : mapping of ndarray, shape (chain, draw)
        Draws of mu and, where the structure has them, of tau and of the slope beta.

    Returns
    -------
    ndarray, shape (chain, draw, report)
    """
    mu, covariate = raw["mu"][..., None], analysis.synthesis.covariate
    if covariate is not None and "beta" in raw:
        mu = mu + raw["beta"][..., None] * np.array(covariate.centred)
    return plane_of_synthesis(analysis).log_likelihoods(mu, raw["tau"][..., None] if "tau" in raw else 0.0)
