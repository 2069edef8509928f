"""The graph that is sampled for an analysis."""

from __future__ import annotations

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.analysis.curves import likelihood_curves
from bayes.analysis.plan import make_plan
from bayes.priors.sets import load_priors
from bayes.sampler import graphs
from bayes.sampler.graphs import Graph


def graph_of(analysis: Analysis, spike: bool = False) -> Graph:
    """The graph of an analysis with every component of its prior at once, or of the point mass of its prior."""
    prior = None if spike else analysis.formed.distribution
    curves = likelihood_curves(analysis) if analysis.joined_by else []
    return graphs.graph_of(analysis, quadrature.UnimodalComponent(prior, "all", 1.0), curves)


def graph_under(target, prior: str, priors: str = "default") -> Graph:
    """The graph of a target under one prior."""
    return graph_of(make_plan([target], load_priors(priors), [prior]).analyses[0])
