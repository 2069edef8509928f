"""The assumptions that a synthesis states about its reports, varied: correlations of results and residual units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bayes.pooling.view import PooledView
from bayes.quadrature import SynthesisAnswer
from bayes.synthesis.file import Synthesis

CORRELATIONS = (0.0, 0.3, 0.5, 0.7, 0.9)
RHO = (0.0, 0.5, 0.7)


def under_each_correlation(view: PooledView, whole: SynthesisAnswer) -> list[dict[str, Any]]:
    """Return one row per correlation between the errors of results of the same patients; none if none is stated.

    Parameters
    ----------
    view : View
    whole : SynthesisAnswer
        The answer under the stated assumptions, from which the moves are measured.

    Returns
    -------
    list of dict
        `r`, whether it is `stated`, the columns of `PooledView.row`, and how far mu moves (analysis scale).
    """
    target = view.analysis.target
    stated = {float(c.r) for c in target.correlations}
    asked = sorted({*CORRELATIONS, *stated}) if stated else ()
    return _rows(view, whole, "r", stated, ((r, target.with_correlation(r)) for r in asked))


def under_each_rho(view: PooledView, whole: SynthesisAnswer) -> list[dict[str, Any]]:
    """Return one row per rho that converts residual into raw standard deviations (METHODS 5); none if none is stated.

    Parameters
    ----------
    view, whole
        As in `under_each_correlation`.
    """
    target = view.analysis.target
    stated = {float(target.rho.value)} if target.rho else set()
    asked = sorted({*RHO, *stated}) if stated else ()
    return _rows(view, whole, "rho", stated, ((rho, target.with_rho(rho)) for rho in asked))


def _rows(
    view: PooledView, whole: SynthesisAnswer, name: str, stated: set[float], others: Iterable[tuple[float, Synthesis]]
) -> list[dict[str, Any]]:
    rows = []
    for value, target in others:
        other = PooledView.of(replace(view.analysis, target=target))
        answer = other.answer()
        rows.append({name: value, "stated": value in stated} | other.row(answer) | other.moved(answer, whole))
    return rows
