"""The common odds ratio of two ordinal distributions: its maximum likelihood estimate, intervals and tests.

    logit P(Y <= k) = alpha_k + theta [treated],   Y_g ~ multinomial(n_g, cells of arm g)

Categories run from best to worst, so theta > 0 is greater odds of a better category with treatment (McCullagh 1980).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np

from bayes.base import measures
from bayes.base.arrays import FloatArray
from bayes.checks.p_values import chi_square_p, normal_p

Counts = Sequence[int]
FAR = 30.0  # on the log odds scale, beyond which the likelihood is flat


@dataclass(frozen=True)
class OddsFit:
    """A maximum of the likelihood.

    Attributes
    ----------
    theta : float
        Common log odds ratio; above 0 if the treatment has greater odds of a better category.
    se, se_expected : float
        Standard errors from the observed and from the expected information.
    log_likelihood : float
        Log likelihood at the maximum.
    """

    theta: float
    se: float
    se_expected: float
    log_likelihood: float


def fit(treatment: Counts, control: Counts, theta: float | None = None) -> OddsFit | None:
    """Maximise the likelihood over the common log odds ratio and the cutpoints (McCullagh 1980, JRSS B 42:109-42).

    Parameters
    ----------
    treatment, control : sequence of int, shape (category,)
        Patients, best category first; categories that are empty in both arms are dropped.
    theta : float, optional
        Fixed value of the common log odds ratio; only the cutpoints are then estimated.

    Returns
    -------
    Fit or None
        None if the arms do not overlap, so that there is no finite maximum. Standard errors are from the observed
        information (as in Stata's ologit) and from the expected information (as in SAS's PROC LOGISTIC).
    """
    n = np.array([(t, c) for t, c in zip(treatment, control, strict=True) if t + c], dtype=float).T
    if n.shape[1] < 2 or (theta is None and _separated(n)):
        return None
    upto = n.sum(0).cumsum()[:-1] / n.sum()
    start = np.log(upto / (1 - upto))
    at = start - (theta or 0.0) * n[0].sum() / n.sum()
    beta = np.append(at, 0.0 if theta is None else theta)
    free = slice(None) if theta is None else slice(0, -1)
    value = _log_likelihood(beta, n)
    for _ in range(100):
        score, expected, _ = _derivatives(beta, n)
        step = np.zeros_like(beta)
        step[free] = np.linalg.solve(expected[free, free], score[free])
        size = 1.0
        while (new := _log_likelihood(beta + size * step, n)) < value and size > 1e-8:
            size /= 2
        if new >= value:
            beta, value = beta + size * step, new
        if size <= 1e-8 or np.abs(step).max() < 1e-9:  # no step of any size is uphill, or what is left is rounding
            break
    _, expected, observed = _derivatives(beta, n)
    se, se_expected = (sqrt(np.linalg.inv(information)[-1, -1]) for information in (observed, expected))
    return OddsFit(float(beta[-1]), se, se_expected, value)


def _separated(n: FloatArray) -> bool:
    """Return whether all patients in one arm are at least as well off as any in the other."""
    places = [np.flatnonzero(arm) for arm in n]
    return bool(places[0][-1] <= places[1][0] or places[1][-1] <= places[0][0])


def _cells(beta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the cumulative and cell probabilities of both arms, shapes (arm, cut) and (arm, category)."""
    logit = np.stack([beta[:-1] + beta[-1], beta[:-1]])
    upto = np.exp(-np.logaddexp(0.0, -logit))  # finite for any logit, unlike 1 / (1 + exp(-logit))
    return upto, np.diff(upto, axis=1, prepend=0.0, append=1.0)


def _log_likelihood(beta: FloatArray, n: FloatArray) -> float:
    cells = _cells(beta)[1]
    if (cells <= 0).any():
        return -inf
    return float((n * np.log(cells)).sum())


def _derivatives(beta: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the score, the expected and the observed information at (cutpoints, theta)."""
    cuts = len(beta) - 1
    upto, cells = _cells(beta)
    score, expected, observed = np.zeros(cuts + 1), np.zeros((cuts + 1,) * 2), np.zeros((cuts + 1,) * 2)
    for arm, treated in enumerate((1.0, 0.0)):
        design = np.column_stack([np.eye(cuts), np.full(cuts, treated)])
        slope = upto[arm] * (1 - upto[arm])
        jacobian = np.zeros((cuts + 1, cuts))
        jacobian[np.arange(cuts), np.arange(cuts)] = slope
        jacobian[np.arange(1, cuts + 1), np.arange(cuts)] = -slope
        ratio = n[arm] / cells[arm]
        bend = slope * (1 - 2 * upto[arm]) * (ratio[:-1] - ratio[1:])
        inner = jacobian.T @ (ratio[:, None] / cells[arm][:, None] * jacobian) - np.diag(bend)
        score += design.T @ (jacobian.T @ ratio)
        expected += design.T @ (jacobian.T @ (n[arm].sum() / cells[arm][:, None] * jacobian)) @ design
        observed += design.T @ inner @ design
    return score, expected, observed


def intervals(level: float) -> dict[str, Callable[[Counts, Counts], tuple[float, float]]]:
    """Return the methods for an interval of theta: Wald, with observed or expected information, and profile likelihood.

    Parameters
    ----------
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    dict of str to callable
        Functions of the patients per category (treatment, control), best category first. They return the limits of the
        common log odds ratio, or nan for a limit that does not exist.
    """
    q = measures.ci_quantile(level)

    def wald(error: str) -> Callable[[Counts, Counts], tuple[float, float]]:
        def limits(treatment: Counts, control: Counts) -> tuple[float, float]:
            found = fit(treatment, control)
            return (
                (found.theta - q * getattr(found, error), found.theta + q * getattr(found, error))
                if found
                else (nan, nan)
            )

        return limits

    def profile(treatment: Counts, control: Counts) -> tuple[float, float]:
        from scipy.optimize import brentq

        found = fit(treatment, control)
        if found is None:
            return nan, nan

        def drop(theta: float) -> float:
            given = fit(treatment, control, theta)
            return nan if given is None else 2 * (found.log_likelihood - given.log_likelihood) - q**2

        ends = []
        for side in (-1, 1):
            far = 1.5 * q * found.se
            while drop(found.theta + side * far) < 0 and far < FAR:
                far *= 2
            ends.append(brentq(drop, found.theta, found.theta + side * far, xtol=1e-8) if far < FAR else nan)
        return ends[0], ends[1]

    return {"Wald": wald("se"), "Wald with expected information": wald("se_expected"), "profile likelihood": profile}


def tests(treatment: Counts, control: Counts) -> dict[str, float]:
    """Calculate the p-values of a shift between two ordinal distributions.

    The score test under proportional odds is the Wilcoxon test with n in place of n - 1 in its variance; Whitehead's V
    (1993, Stat Med 12:2257-71) has (n + 1)^2. The linear trend uses equally spaced scores (Mantel 1963).

    Parameters
    ----------
    treatment, control : sequence of int, shape (category,)
        Patients, best category first.

    Returns
    -------
    dict of str to float
        Two-sided p-values by name of the test: Wilcoxon (with ties), proportional odds, Whitehead and linear trend.
    """
    n = np.array([(t, c) for t, c in zip(treatment, control, strict=True) if t + c], dtype=float).T
    pooled, total, (n1, n0) = n.sum(0), n.sum(), n.sum(1)
    below = pooled.cumsum() - pooled
    ranks = below + (pooled + 1) / 2
    gap = float(n[0] @ ranks - n1 * (total + 1) / 2)
    variance = n1 * n0 / 12 * (total + 1 - (pooled**3 - pooled).sum() / (total * (total - 1)))
    found = {
        "Wilcoxon": normal_p(gap / sqrt(variance)),
        "Wilcoxon with continuity correction": normal_p(max(0.0, abs(gap) - 0.5) / sqrt(variance)),
        "proportional odds, score": normal_p(gap / sqrt(variance * (total - 1) / total)),
        "Whitehead": normal_p(2 * gap / (total + 1) / sqrt(measures.whitehead_information(pooled, n1, n0))),
    }
    best, none = fit(treatment, control), fit(treatment, control, 0.0)
    if best is not None and none is not None:
        found["proportional odds, Wald"] = normal_p(best.theta / best.se)
        found["proportional odds, likelihood ratio"] = chi_square_p(
            max(0.0, 2 * (best.log_likelihood - none.log_likelihood))
        )
    score = np.arange(len(pooled))
    gap = float(n[0] @ score - n1 * (pooled @ score) / total)
    spread = float(pooled @ score**2 - (pooled @ score) ** 2 / total) * n1 * n0 / (total * (total - 1))
    found["linear trend"] = normal_p(gap / sqrt(spread))
    return found
