"""An estimate off the centre of its own interval: the main reading is a normal around the estimate, and it need not be.

The likelihood may as well lie around the centre of the interval, or fall off faster on one side than on the other: the
two-piece normal (a Student-t where `df` is stated) that reaches both printed limits from the estimate. An exact or a
profile interval is such a likelihood's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

import numpy as np
from scipy import stats

from bayes import quadrature
from bayes.base import measures
from bayes.base.numbers import significant
from bayes.checks.rounding import analysis_box
from bayes.paper.evidence import Estimate
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

FAR = 0.1  # standard errors between estimate and centre that move a probability


def off_centre(
    outcome: Outcome, nuisance: Nuisance, omega: float, main: quadrature.Curve
) -> Iterator[tuple[str, Callable[[], quadrature.Curve]]]:
    """(words, curve) of either other reading, where rounding does not explain the distance; `main` is the main one."""
    evidence = outcome.evidence
    if evidence.kind != "estimate" or evidence.numbers is None or not _is_off(evidence, outcome.measure):
        return
    low, high = (measures.to_analysis(float(limit), outcome.measure) for limit in evidence.numbers)
    centre = float(measures.to_natural((low + high) / 2, outcome.measure))
    moved = evidence.model_copy(update={"estimate": Decimal(repr(centre))})
    around = outcome.model_copy(update={"evidence": moved})
    yield f"centre of the interval, {significant(centre)}", partial(quadrature.curve, around, nuisance, None, omega)
    yield "two-piece, through both limits", partial(two_piece, outcome, main)


def _is_off(evidence: Estimate, measure: str) -> bool:
    y, low, high = (analysis_box(value, measure) for value in (evidence.estimate, *evidence.numbers))
    s = evidence.on_analysis_scale(measure)[1]
    gap = abs(y.value - (low.value + high.value) / 2)
    reach = max(y.high - y.value, y.value - y.low) + (low.high - low.low + high.high - high.low) / 4
    return gap > max(FAR * s, reach)


def two_piece(outcome: Outcome, main: quadrature.Curve) -> quadrature.Curve:
    """The likelihood that falls from the estimate to either printed limit as the interval's level says.

    log L(theta) = log f((theta - y) / s) with s = (y - low) / q below y and (high - y) / q above it, f the standard
    normal, or Student-t where `df` is stated (Fechner 1897; Wallis 2014, Stat Sci 29:106-12).
    """
    evidence, measure = outcome.evidence, outcome.measure
    df = None if evidence.df is None else float(evidence.df)
    q = measures.ci_quantile(evidence.coverage, df)
    y, low, high = (measures.to_analysis(float(v), measure) for v in (evidence.estimate, *evidence.numbers))
    if evidence.compares == "control_vs_treatment":
        y, low, high = -y, -high, -low
    least = 1e-9 * (high - low)  # an estimate may lie on its own limit
    below, above = max(y - low, least) / q, max(high - y, least) / q
    f = stats.norm.logpdf if df is None else partial(stats.t.logpdf, df=df)

    def log_l(theta: np.ndarray) -> np.ndarray:
        return f((theta - y) / np.where(theta < y, below, above))

    shape = {"centre": y, "width": (below + above) / 2, "normal": None, "textbook": None}
    return replace(main, parts={"all": log_l}, method="two-piece likelihood", **shape)
