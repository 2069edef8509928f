"""What the figures of a calibration have in common: which heterogeneity they show, and under which priors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.calibration.calibrated import Calibration
from bayes.errors import InvalidInput, UnknownName


def heterogeneity_of(found: Calibration, asked: str | None) -> str:
    """Return the prior of tau that a figure shows: that asked for, or of the pair with the highest log density.

    Raises
    ------
    InvalidInput
        If nothing is predicted.
    UnknownName
        If nothing is predicted under the one asked for.
    """
    best = found.best
    if best is None:
        raise InvalidInput("calibration", ["no pair has a prediction, so that there is nothing to draw"])
    known = list(dict.fromkeys(row["heterogeneity"] for row in found.predicted))
    if asked is not None and asked not in known:
        raise UnknownName("heterogeneity of this calibration", asked, known)
    return best["heterogeneity"] if asked is None else asked


def priors_under(found: Calibration, heterogeneity: str) -> list[str]:
    """Return the priors of the effect that predict anything with a prior of tau, in the order of the set."""
    return [row["prior"] for row in found.predicted if row["heterogeneity"] == heterogeneity]


def under[Row: Mapping[str, object]](rows: Sequence[Row], prior: str, heterogeneity: str) -> list[Row]:
    """Return the rows of one pair of priors."""
    return [row for row in rows if (row["prior"], row["heterogeneity"]) == (prior, heterogeneity)]


def column(rows: Sequence[Mapping[str, object]], name: str, otherwise: str = "") -> FloatArray:
    """Return a column of numbers, NaN where one is missing, or the number in another column."""
    return np.array([row[otherwise] if row[name] is None and otherwise else row[name] for row in rows], dtype=float)
