"""The columns of the summary for a block of answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

import numpy as np

from bayes.base import measures
from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.answers import MARGIN, MCID, NULL, PLANNED, ROPE_HIGH, ROPE_LOW, Answers, Parameter, Thresholds
from bayes.corpus.endpoints import Row
from bayes.corpus.parquet import Values
from bayes.posterior.remark import Remark
from bayes.posterior.remarks import OUTWEIGHS
from bayes.posterior.row import CI_PROB

EXACT = (
    "mean",
    "sd",
    "median",
    "ci_low",
    "ci_high",
    "p_benefit",
    "p_harm",
    "p_mcid",
    "p_severe_harm",
    "p_margin",
    "p_rope",
)
BEYOND = (("p_mcid", MCID), ("p_planned", PLANNED), ("p_benefit", NULL), ("p_margin", MARGIN))


def of_answers(
    answers: Answers, rows: Sequence[Row], thresholds: Thresholds, parameter: Parameter, prior_sd: FloatArray
) -> dict[str, Values]:
    """Return the columns that follow from the answers.

    Parameters
    ----------
    answers : Answers
    rows : sequence of Row
    thresholds : Thresholds
        Of the same rows.
    parameter : {"mu", "new", "tau"}
    prior_sd : ndarray, shape (rows,)
        SD of the prior of the effect or of mu, infinite where it does not exist; for the remark on its weight.
    """
    log = np.array([measures.is_log(row.measure) for row in rows], dtype=bool)
    found: dict[str, Values] = {name: getattr(answers, name) for name in EXACT}
    found |= {f"exact_{name}": getattr(answers, name) for name in EXACT}
    found |= {"p_null": answers.p_null, "bf_01": answers.bf_01, "error": answers.error, "ci_prob": CI_PROB}
    for name, of in (("estimate", "median"), ("estimate_low", "ci_low"), ("estimate_high", "ci_high")):
        value = getattr(answers, of)
        with np.errstate(over="ignore", invalid="ignore"):
            found[name] = np.where(log, np.exp(np.where(log, value, 0.0)), value)
    found["measure"] = [row.measure for row in rows]
    found["scale"] = ["log" if is_log else "identity" for is_log in log]
    natural = thresholds.natural
    if parameter != "tau":
        found["benefit"] = [row.benefit for row in rows]
        found |= {"null": natural[:, NULL], "mcid": natural[:, MCID], "planned": natural[:, PLANNED]}
        found |= {"margin": natural[:, MARGIN], "rope_low": natural[:, ROPE_LOW], "rope_high": natural[:, ROPE_HIGH]}
        found["p_beyond"] = _beyond(answers, thresholds)
        outweighs = (answers.sd**2 > 0.5 * prior_sd**2) & (parameter == "mu")
        words = _outweighs()
        found["note"] = [words if flag else None for flag in outweighs]
    return found


@cache
def _outweighs() -> str:
    return str(Remark(OUTWEIGHS, (False,)))


def _beyond(answers: Answers, thresholds: Thresholds) -> list[str]:
    """Return P(effect at least as good) by threshold, as JSON, in the order of the thresholds of any row."""
    probabilities = [getattr(answers, name).tolist() for name, _ in BEYOND]
    places = [thresholds.natural[:, column].tolist() for _, column in BEYOND]
    found = []
    for p, at in zip(zip(*probabilities, strict=True), zip(*places, strict=True), strict=True):
        known = {f"{x:.12g}": value for x, value in zip(at, p, strict=True) if x == x and value == value}
        found.append(json.dumps(known))
    return found


def taken(columns: dict[str, Values], rows: IntArray) -> dict[str, Values]:
    """Return the columns of some rows."""
    found: dict[str, Values] = {}
    for name, values in columns.items():
        if isinstance(values, np.ndarray):
            found[name] = values[rows]
        elif isinstance(values, list):
            found[name] = [values[i] for i in rows]
        else:
            found[name] = values
    return found
