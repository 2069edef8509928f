"""L(theta) of a bare p-value or a bare statement of significance."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import stats
from scipy.special import log_ndtr

from bayes.effects import upper_quantile
from bayes.exact.likelihood_curve import Curve, bounds_of
from bayes.trial import Outcome


def curve(outcome: Outcome, nu: int | None) -> Curve:
    """Density or tail of a normal test statistic, or of a noncentral t with `nu` degrees of freedom."""
    evidence, s = outcome.evidence, outcome.standard_error
    p = getattr(evidence, "p", None)
    exactly = p is not None and not isinstance(p, str)
    at = upper_quantile(evidence.upper_tail, nu)
    significant = exactly or evidence.kind == "p_value" or evidence.significant

    def direction(sign: int, theta: np.ndarray) -> np.ndarray:
        d = np.clip(sign * theta / s, -37.0, 37.0)  # beyond, probabilities are 0 or 1 to the last digit
        with np.errstate(divide="ignore"):
            if exactly:
                return stats.norm.logpdf(at, d) if nu is None else np.log(stats.nct.pdf(at, nu, d))
            if nu is None:
                return log_ndtr(d - at) if significant else _log_between(-d, at - d)
            tail = stats.nct.sf(at, nu, d) if significant else stats.nct.cdf(at, nu, d) - stats.nct.cdf(0.0, nu, d)
            return np.log(np.maximum(tail, 1e-300))

    up = 1 if evidence.favours != ("control" if outcome.sign > 0 else "treatment") else -1
    parts = {"up": partial(direction, 1), "down": partial(direction, -1)}
    if evidence.favours != "unknown":
        parts = {"all": partial(direction, up)}
    centre = 0.0 if evidence.favours == "unknown" else up * at * s
    method = "quadrature" if nu is None else "quadrature of the noncentral t likelihood"
    level_tails = significant and not exactly
    return Curve(parts, centre, s * max(1.0, abs(at)), method, bounds_of(outcome), level_tails)


def _log_between(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """log(Phi(high) - Phi(low)), from the side where both are small."""
    swap = low > 0
    a, b = np.where(swap, -high, low), np.where(swap, -low, high)
    return log_ndtr(b) + np.log(-np.expm1(np.minimum(log_ndtr(a) - log_ndtr(b), -1e-300)))
