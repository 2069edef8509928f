"""The exact likelihoods of the tables of a block, and their normal approximations."""

from __future__ import annotations

import numpy as np

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.engine.count_curves import Curves, Tables, curves_of, together
from bayes.corpus.evidence import Evidence, Flags
from bayes.priors.nuisance import Nuisance

RATIOS = ("odds_ratio", "risk_ratio")


def tabulated(
    evidence: Evidence, at: IntArray, own: Flags, nuisance: Nuisance, y: FloatArray, s: FloatArray
) -> tuple[Curves | None, IntArray]:
    """Tabulate the likelihoods of tables.

    Parameters
    ----------
    evidence : Evidence
    at : ndarray of int, shape (rows,)
        Rows of the evidence.
    own : ndarray of bool, shape (rows,)
        Which of them are read as tables.
    nuisance : Nuisance
    y, s : ndarray, shape (rows,)
        Set, for these rows, to estimate and standard error of the normal approximation.

    Returns
    -------
    curves : Curves or None
    place : ndarray of int, shape (rows,)
        Where the curve of a row is; -1 for other rows.
    """
    measure = evidence.frame["measure"].to_numpy()[at]
    place, parts, before = np.full(len(at), -1), [], 0
    for ratio in RATIOS:
        rows = np.flatnonzero(own & (measure == ratio))
        if not len(rows):
            continue
        tables = Tables(*evidence.tables[at[rows]].T)
        y[rows], s[rows] = tables.estimates(ratio)
        parts.append(curves_of(tables, ratio, nuisance))
        place[rows] = before + np.arange(len(rows))
        before += len(rows)
    return (together(parts) if parts else None), place
