"""The assumptions that a synthesis states about its reports, varied: correlations of results and residual units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from bayes.pooling.view import PooledView
from bayes.posterior.explanation import AssumptionRow
from bayes.quadrature import SynthesisAnswer
from bayes.synthesis.file import Synthesis

CORRELATIONS = (0.0, 0.3, 0.5, 0.7, 0.9)
RHO = (0.0, 0.5, 0.7)


def under_each_correlation(view: PooledView, whole: SynthesisAnswer) -> list[AssumptionRow]:
    """Return one row per correlation between the errors of results of the same patients; none if none is stated.

    Parameters
    ----------
    view : View
    whole : SynthesisAnswer
        The answer under the stated assumptions, from which the moves are measured.

    Returns
    -------
    list of AssumptionRow
    """
    target = view.analysis.target
    stated = {float(c.r) for c in target.correlations}
    asked = sorted({*CORRELATIONS, *stated}) if stated else ()
    return _rows(view, whole, "r", stated, ((r, target.with_correlation(r)) for r in asked))


def under_each_rho(view: PooledView, whole: SynthesisAnswer) -> list[AssumptionRow]:
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
    view: PooledView,
    whole: SynthesisAnswer,
    name: Literal["r", "rho"],
    stated: set[float],
    others: Iterable[tuple[float, Synthesis]],
) -> list[AssumptionRow]:
    rows: list[AssumptionRow] = []
    for value, target in others:
        other = PooledView.of(replace(view.analysis, target=target))
        answer = other.answer()
        moved = other.moved_row(answer, whole)
        if name == "r":
            rows.append({"r": value, "stated": value in stated, **moved})
        else:
            rows.append({"rho": value, "stated": value in stated, **moved})
    return rows
