"""The assumptions that a synthesis states about its reports, varied: correlations of results and residual units."""

from __future__ import annotations

from dataclasses import replace

from bayes.pooling.view import PooledView
from bayes.posterior.explanation import CorrelationRow, MovedRow, RhoRow
from bayes.quadrature import SynthesisAnswer
from bayes.synthesis.file import Synthesis

CORRELATIONS = (0.0, 0.3, 0.5, 0.7, 0.9)
RHO = (0.0, 0.5, 0.7)


def under_each_correlation(view: PooledView, whole: SynthesisAnswer) -> list[CorrelationRow]:
    """Return one row per correlation between the errors of results of the same patients; none if none is stated.

    Parameters
    ----------
    view : View
    whole : SynthesisAnswer
        The answer under the stated assumptions, from which the moves are measured.

    Returns
    -------
    list of CorrelationRow
    """
    target = view.analysis.synthesis
    stated = {float(c.r) for c in target.correlations if c.r is not None}
    asked = sorted({*CORRELATIONS, *stated}) if stated else ()
    return [{"r": r, "stated": r in stated, **_moved(view, whole, target.with_correlation(r))} for r in asked]


def under_each_rho(view: PooledView, whole: SynthesisAnswer) -> list[RhoRow]:
    """Return one row per rho that converts residual into raw standard deviations (METHODS 5); none if none is stated.

    Parameters
    ----------
    view, whole
        As in `under_each_correlation`.
    """
    target = view.analysis.synthesis
    stated = {float(target.rho.value)} if target.rho else set()
    asked = sorted({*RHO, *stated}) if stated else ()
    return [{"rho": rho, "stated": rho in stated, **_moved(view, whole, target.with_rho(rho))} for rho in asked]


def _moved(view: PooledView, whole: SynthesisAnswer, target: Synthesis) -> MovedRow:
    other = PooledView.of(replace(view.analysis, target=target))
    return other.moved_row(other.answer(), whole)
