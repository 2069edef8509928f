"""The answers for one parameter of a block under one prior, oriented by `benefit`: what the columns of a row say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bayes.base import measures
from bayes.base.arrays import FloatArray
from bayes.corpus.engine.numbers import Numbers
from bayes.paper.endpoint import Endpoint

type Parameter = Literal["mu", "new", "tau"]
NULL, MCID, SEVERE, MARGIN, PLANNED, ROPE_LOW, ROPE_HIGH = range(7)  # the columns of `Thresholds.analysis`


@dataclass(frozen=True)
class Thresholds:
    """The thresholds of the rows of a block; NaN where a row has none.

    Attributes
    ----------
    analysis : ndarray, shape (rows, 7)
        On the analysis scale: no effect, the MCID, its mirror image, the margin, the planned effect, and the ROPE.
    natural : ndarray, shape (rows, 7)
        On the measure's own scale.
    sign : ndarray, shape (rows,)
        1 where a higher effect is good, -1 where a lower one is.
    """

    analysis: FloatArray
    natural: FloatArray
    sign: FloatArray

    @classmethod
    def of(cls, rows: Sequence[Endpoint]) -> Thresholds:
        """Collect the thresholds that rows state or imply."""
        natural = np.full((len(rows), 7), np.nan)
        log = np.array([measures.is_log(row.measure) for row in rows], dtype=bool)
        for i, row in enumerate(rows):
            for column, stated in ((MCID, row.mcid), (MARGIN, row.margin), (PLANNED, row.planned)):
                if stated is not None:
                    natural[i, column] = float(stated.value)
            if (rope := row.rope_natural) is not None:
                natural[i, [ROPE_LOW, ROPE_HIGH]] = rope
        natural[:, NULL] = np.where(log, 1.0, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            analysis = np.where(log[:, None], np.log(natural), natural)
        analysis[:, SEVERE] = -analysis[:, MCID]
        natural[:, SEVERE] = np.where(log, np.exp(analysis[:, SEVERE]), analysis[:, SEVERE])
        return cls(analysis, natural, np.array([row.sign for row in rows], dtype=float))

    def at(self, rows: NDArray[np.intp]) -> Thresholds:
        """Return the thresholds of some rows."""
        return Thresholds(self.analysis[rows], self.natural[rows], self.sign[rows])


@dataclass(frozen=True)
class Answers:
    """Arrays of shape (rows,), on the analysis scale; NaN where there is nothing to say."""

    mean: FloatArray
    sd: FloatArray
    median: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    p_benefit: FloatArray
    p_harm: FloatArray
    p_mcid: FloatArray
    p_severe_harm: FloatArray
    p_margin: FloatArray
    p_planned: FloatArray
    p_rope: FloatArray
    p_null: FloatArray
    bf_01: FloatArray
    error: FloatArray

    @classmethod
    def empty(cls, rows: int) -> Answers:
        """Return answers that are all missing."""
        return cls(*(np.full(rows, np.nan) for _ in fields(cls)))

    def put(self, rows: NDArray[np.intp], found: Answers) -> None:
        """Write the answers of some rows in place."""
        for name, values in vars(self).items():
            values[rows] = getattr(found, name)


def answers_of(numbers: Numbers, parameter: Parameter, thresholds: Thresholds) -> Answers:
    """Return the answers for one parameter.

    Parameters
    ----------
    numbers : Numbers
    parameter : {"mu", "new", "tau"}
        `mu` is the effect itself for a single result.
    thresholds : Thresholds
        Of the same rows.
    """
    found = Answers.empty(len(numbers.mean))
    mean, sd, quantiles, above = {
        "mu": (numbers.mean, numbers.sd, numbers.quantiles, numbers.above),
        "new": (numbers.mean, numbers.new_sd, numbers.new_quantiles, numbers.new_above),
        "tau": (numbers.tau_mean, numbers.tau_sd, numbers.tau_quantiles, np.full_like(numbers.above, np.nan)),
    }[parameter]
    for name, values in zip(("mean", "sd", "error"), (mean, sd, numbers.error), strict=True):
        getattr(found, name)[:] = values
    for name, values in zip(("ci_low", "median", "ci_high"), quantiles.T, strict=True):
        getattr(found, name)[:] = values
    good = thresholds.sign > 0
    reached = np.where(good[:, None], above, 1 - above)
    for name, column in (("p_benefit", NULL), ("p_mcid", MCID), ("p_margin", MARGIN), ("p_planned", PLANNED)):
        getattr(found, name)[:] = reached[:, column]
    found.p_harm[:] = 1 - reached[:, NULL]
    found.p_severe_harm[:] = 1 - reached[:, SEVERE]
    found.p_rope[:] = np.maximum(above[:, ROPE_LOW] - above[:, ROPE_HIGH], 0.0)
    return found
