"""Alternative readings of an estimate that is not at the centre of its interval.

The main reading is a normal likelihood centred on the estimate. The likelihood may instead be centred on the interval,
or fall faster on one side than on the other: a two-piece normal (Student-t if `df` is stated) that reaches both printed
limits from the estimate. Exact and profile likelihood intervals correspond to asymmetric likelihoods of this kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

import numpy as np

from bayes import quadrature
from bayes.base import measures
from bayes.base.arrays import FloatArray
from bayes.base.numbers import significant
from bayes.checks.rounding import analysis_box
from bayes.paper.evidence import Estimate
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_normal, log_t

FAR = 0.1  # standard errors between estimate and centre that are enough to change a probability noticeably


def off_centre(
    outcome: Outcome, nuisance: Nuisance, omega: float, main: quadrature.Curve
) -> Iterator[tuple[str, Callable[[], quadrature.Curve]]]:
    """Yield (words, curve) of both alternatives to the curve `main`, unless rounding explains the distance."""
    evidence, measure = outcome.evidence, outcome.measure
    limits = evidence.numbers if isinstance(evidence, Estimate) else None
    if not isinstance(evidence, Estimate) or limits is None or not _is_off(evidence, limits, measure):
        return
    low, high = (measures.to_analysis(float(limit), measure) for limit in limits)
    centre = measures.to_natural((low + high) / 2, measure)
    moved = evidence.model_copy(update={"estimate": Decimal(repr(float(centre)))})
    around = outcome.model_copy(update={"evidence": moved})
    yield f"centre of the interval, {significant(centre)}", partial(quadrature.curve, around, nuisance, None, omega)
    yield "two-piece, through both limits", partial(_two_piece, evidence, limits, measure, main)


def _is_off(evidence: Estimate, limits: tuple[Decimal, Decimal], measure: str) -> bool:
    y, low, high = (analysis_box(value, measure) for value in (evidence.estimate, *limits))
    if y is None or low is None or high is None:
        return False
    s = evidence.on_analysis_scale(measure)[1]
    gap = abs(y.value - (low.value + high.value) / 2)
    reach = max(y.high - y.value, y.value - y.low) + (low.high - low.low + high.high - high.low) / 4
    return gap > max(FAR * s, reach)


def _two_piece(
    evidence: Estimate, limits: tuple[Decimal, Decimal], measure: str, main: quadrature.Curve
) -> quadrature.Curve:
    """Return the likelihood that falls from the estimate to each printed limit as the level of the interval implies.

    log L(theta) = log f((theta - y) / s) with s = (y - low) / q below y and (high - y) / q above it, f the standard
    normal, or Student-t where `df` is stated (Fechner 1897; Wallis 2014, Stat Sci 29:106-12).
    """
    df = None if evidence.df is None else float(evidence.df)
    q = measures.ci_quantile(evidence.coverage, df)
    y, low, high = (measures.to_analysis(float(v), measure) for v in (evidence.estimate, *limits))
    if evidence.compares == "control_vs_treatment":
        y, low, high = -y, -high, -low
    least = 1e-9 * (high - low)  # an estimate may coincide with one of its limits
    below, above = max(y - low, least) / q, max(high - y, least) / q

    def log_l(theta: FloatArray) -> FloatArray:
        z = (theta - y) / np.where(theta < y, below, above)
        return log_normal(z) if df is None else log_t(z, df)

    return replace(
        main,
        parts={"all": log_l},
        centre=y,
        width=(below + above) / 2,
        method="two-piece likelihood",
        normal=None,
        textbook=None,
    )
