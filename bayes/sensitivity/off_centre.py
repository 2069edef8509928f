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
from scipy import stats

from bayes import quadrature
from bayes.base import measures
from bayes.base.numbers import significant
from bayes.checks.rounding import analysis_box
from bayes.paper.evidence import Estimate
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

FAR = 0.1  # standard errors between estimate and centre that are enough to change a probability noticeably


def off_centre(
    outcome: Outcome, nuisance: Nuisance, omega: float, main: quadrature.Curve
) -> Iterator[tuple[str, Callable[[], quadrature.Curve]]]:
    """Yield (words, curve) of both alternatives to the curve `main`, unless rounding explains the distance."""
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
    """Return the likelihood that falls from the estimate to each printed limit as the level of the interval implies.

    log L(theta) = log f((theta - y) / s) with s = (y - low) / q below y and (high - y) / q above it, f the standard
    normal, or Student-t where `df` is stated (Fechner 1897; Wallis 2014, Stat Sci 29:106-12).
    """
    evidence, measure = outcome.evidence, outcome.measure
    df = None if evidence.df is None else float(evidence.df)
    q = measures.ci_quantile(evidence.coverage, df)
    y, low, high = (measures.to_analysis(float(v), measure) for v in (evidence.estimate, *evidence.numbers))
    if evidence.compares == "control_vs_treatment":
        y, low, high = -y, -high, -low
    least = 1e-9 * (high - low)  # an estimate may coincide with one of its limits
    below, above = max(y - low, least) / q, max(high - y, least) / q
    f = stats.norm.logpdf if df is None else partial(stats.t.logpdf, df=df)

    def log_l(theta: np.ndarray) -> np.ndarray:
        return f((theta - y) / np.where(theta < y, below, above))

    shape = {"centre": y, "width": (below + above) / 2, "normal": None, "textbook": None}
    return replace(main, parts={"all": log_l}, method="two-piece likelihood", **shape)
