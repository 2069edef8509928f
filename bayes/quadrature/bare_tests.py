"""The likelihood L(theta) of a bare p-value or a bare statement of significance."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.special import log_ndtr

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.measures import TestStatistic
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.bare_tests import BareP, Significance
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_normal, log_normal_between
from bayes.quadrature.likelihood_curve import Curve, LogCurve, bounds_of


def normal(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of a test with a normal statistic, whatever the trial's size."""
    return curve(outcome, TestStatistic())


def small_sample(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of a test whose statistic is the Student-t that the report implies."""
    return curve(outcome, bare_test(outcome).statistic(outcome.measure))


def bare_test(outcome: Outcome) -> BareP | Significance:
    """Return the evidence of an outcome as a bare p-value or a bare statement of significance."""
    evidence = outcome.evidence
    return evidence if isinstance(evidence, BareP) else of_kind(evidence, Significance)


def curve(outcome: Outcome, statistic: TestStatistic) -> Curve:
    """Return the likelihood curve of a bare p-value or statement of significance.

    It is the density (of an exact p-value) or a tail probability (of a bound or a statement) of a normal test statistic
    or of a central or noncentral Student-t. Given u, the ratio of the sample SD to the true SD, either t is normal; u
    is integrated out.

    Parameters
    ----------
    outcome : Outcome
        With evidence of kind "p_value" or "significance".
    statistic : TestStatistic
        Distribution of the test statistic; `TestStatistic()` is normal.
    """
    evidence = bare_test(outcome)
    s = outcome.known_standard_error
    exactly = isinstance(evidence, BareP) and not isinstance(evidence.p, str)
    at = statistic.quantile(evidence.upper_tail)
    significant = not evidence.falls_short
    ratio, log_weight = statistic.ratios()

    def direction(sign: int, theta: FloatArray) -> FloatArray:
        d = sign * np.asarray(theta, float)[..., None] / s
        above = statistic.distance(at, d, ratio)
        if exactly:
            given_ratio = log_normal(above) + np.log(ratio)
        else:
            from_none = statistic.distance(0.0, d, ratio)
            given_ratio = log_ndtr(-above) if significant else log_normal_between(from_none, above)
        return log_sum_exp(given_ratio + log_weight, axis=-1)

    up = 1 if evidence.favours != ("control" if outcome.sign > 0 else "treatment") else -1
    parts: dict[str, LogCurve] = {"up": partial(direction, 1), "down": partial(direction, -1)}
    if evidence.favours != "unknown":
        parts = {"all": partial(direction, up)}
    centre = 0.0 if evidence.favours == "unknown" else up * at * s
    kind = "Student-t" if statistic.central else "noncentral t"
    method = "quadrature" if statistic.df is None else f"quadrature of the {kind} likelihood"
    level_tails = significant and not exactly
    width = s if exactly and len(parts) == 1 else s * max(1.0, abs(at))
    is_normal = exactly and len(parts) == 1 and statistic.df is None
    normal = (centre, s) if is_normal else None
    costly = statistic.df is not None
    return Curve(parts, centre, width, method, bounds_of(outcome), level_tails, normal, costly=costly)
