"""The quadrature inputs of an analysis: the likelihood curve of every report, and the plane of a synthesis."""

from __future__ import annotations

from bayes.analysis.analysis import Analysis
from bayes.quadrature import Curve, Plane
from bayes.quadrature.reports import Reading, curves_of, plane_of
from bayes.quadrature.scatter import scatter_of


def likelihood_curves(analysis: Analysis) -> list[Curve]:
    """Return the likelihood curve of every report of an analysis, on the analysis scale."""
    return curves_of(readings(analysis))


def plane_of_synthesis(analysis: Analysis) -> Plane:
    """Return the plane of mu and tau of a synthesis, on the analysis scale."""
    return plane_of(readings(analysis), scatter_of(analysis.structure_card, analysis.synthesis))


def readings(analysis: Analysis) -> list[Reading]:
    """Return every report of an analysis with the likelihood that reads it."""
    return [
        Reading(outcome, analysis.nuisance, likelihood, omega)
        for outcome, likelihood, omega in zip(analysis.members, analysis.likelihoods, analysis.omegas, strict=True)
    ]
