"""Results of the same patients joined by a stated correlation: the mean under other values of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bayes.exact import SynthesisAnswer
from bayes.pooling.view import View

SHOWN = (0.0, 0.3, 0.5, 0.7, 0.9)


def under_each_correlation(view: View, whole: SynthesisAnswer) -> list[dict[str, Any]]:
    """One row per correlation of errors; none where no correlation is stated."""
    target = view.analysis.target
    stated = {float(c.r) for c in target.correlations}
    rows = []
    for r in sorted({*SHOWN, *stated}) if stated else ():
        other = View.of(replace(view.analysis, target=target.with_correlation(r)))
        answer = other.answer()
        rows.append({"r": r, "stated": r in stated} | other.row(answer) | other.moved(answer, whole))
    return rows
