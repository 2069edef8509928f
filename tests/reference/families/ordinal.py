"""Ordinal tables under proportional odds: the thresholds are integrated one after the other, as a chain.

With F the logistic function, F(d) - F(c) = F(d) (1 - F(c)) (1 - exp(c - d)). A level's contribution to the likelihood
is therefore a function of its upper threshold, times one of its lower, times one of their distance; only the last
joins the two, and it does not depend on beta. Each level is one product with a triangular matrix, for all beta at once.
"""

from __future__ import annotations

from math import comb, exp, log, sqrt

import numpy as np
from scipy.special import log_expit, logit, logsumexp
from scipy.stats import norm, t

from .density import Density, describe

# Gregory's corrections of the trapezoidal rule at an end where the integrand does not vanish, by backward differences
GREGORY = (1 / 12, 1 / 24, 19 / 720, 3 / 160, 863 / 60480, 275 / 24192)
FALL = 32  # in log likelihood, at which a threshold is given up


def proportional_odds(inputs: dict, prior: dict) -> dict:
    """Find the posterior of beta, the log odds ratio for the worse of treated against control."""
    treated, control = (np.array(inputs[f"counts_{arm}"], float) for arm in ("treated", "control"))
    centre, sd = rough(treated, control, prior["beta"])
    beta = np.linspace(centre - 11 * sd, centre + 11 * sd, 133)
    log_p = log_marginal(treated, control, beta, prior["thresholds"])
    log_p += norm.logpdf(beta, prior["beta"]["mean"], prior["beta"]["sd"])
    density = Density.of_values(beta, log_p)
    found = describe(density, {"benefit": "ratio<1"})
    found["p_or_lt_0p8"] = density.below(log(0.8))
    # the odds ratio of the posterior mean, not the posterior mean of the odds ratio
    return found | {"cOR_worse_mean_exp": exp(found["mean"]), "cOR_better_median": exp(-found["median"])}


def rough(treated, control, prior: dict) -> tuple[float, float]:
    """Place beta by Whitehead's score and information, which need only be right to within a few sds."""
    n_1, n_0 = treated.sum(), control.sum()
    n, pooled = n_1 + n_0, treated + control
    information = n_1 * n_0 * n / (3 * (n + 1) ** 2) * (1 - ((pooled / n) ** 3).sum())
    below, above = np.cumsum(control) - control, n_0 - np.cumsum(control)
    score = (treated * (below - above)).sum() / (n + 1)
    precision = information + prior["sd"] ** -2
    return (score + prior["mean"] / prior["sd"] ** 2) / precision, 1 / sqrt(precision)


def log_prior(thresholds: dict, c):
    """Return the log prior of one threshold, up to a constant.

    A Dirichlet with all parameters one is uniform over the shares, so that only the Jacobian is left; other priors are
    independent ones, restricted to thresholds in order.
    """
    if "alpha" in thresholds:
        assert set(thresholds["alpha"]) == {1.0}
        return log_expit(c) + log_expit(-c)
    if thresholds["dist"].startswith("student_t(3,0"):
        return t.logpdf(c, 3, 0, thresholds["scale"])
    return norm.logpdf(c, 0, thresholds["scale"])


def lattice(treated, control, beta):
    """Return an even grid of thresholds, wide enough for the outermost ones and fine enough for the narrowest.

    Below the first level that was seen, m times, the log likelihood falls like m (d - 1 + exp(-d)) over a distance d. An
    empty level at an end has only its prior to hold it, which for a Dirichlet falls like exp(-d).
    """
    total = treated + control
    n, seen = total.sum(), np.flatnonzero(total)
    first, last = total[seen[0]], total[seen[-1]]
    drop = [FALL / (m if outermost else 1) for m, outermost in ((first, total[0] > 0), (last, total[-1] > 0))]
    reach = [r + min(1.0, sqrt(2 * r)) for r in drop]
    low = log(first / (n - first)) - reach[0] + min(0.0, beta[0])
    high = log((n - last) / last) + reach[1] + max(0.0, beta[-1])
    return np.arange(low, high, min(0.025, 0.6 / sqrt(n)))


def until(count: int):
    """Return weights, by distance from the upper end, of an integral up to a point of an even grid."""
    weight = np.ones(count)
    weight[0] = 0.5
    for order, coefficient in enumerate(GREGORY, start=1):
        for back in range(order + 1):
            weight[back] -= coefficient * (-1) ** back * comb(order, back)
    return weight


def log_kernel(distance, count: float, typical: float):
    """Return the log of (1 - exp(-distance))^count, tilted to have its peak, zero, at a typical distance; and the tilt.

    Untilted, the factors of a large table peak far from where their product does, and underflow there. An empty level
    has nothing to tilt and is one throughout.
    """
    if count == 0:
        return np.zeros_like(distance), 0.0
    tilt = count / np.expm1(typical)
    with np.errstate(divide="ignore"):
        log_k = count * np.log(-np.expm1(-distance)) - tilt * distance
    return log_k - log_k.max(), tilt


def log_marginal(treated, control, beta, thresholds: dict):
    """Integrate the likelihood over all ordered thresholds, for every beta; up to a constant."""
    c = lattice(treated, control, beta)[:, None]
    index = np.arange(len(c))
    distance = index * (c[1, 0] - c[0, 0])
    back = index[:, None] - index
    weight = until(len(c))
    density = log_prior(thresholds, c)
    upto, over = ((log_expit(s * c), log_expit(s * (c - beta))) for s in (1, -1))
    share = (np.cumsum(treated + control) + 0.5) / (treated + control + 1).sum()
    typical = np.diff(logit(share))
    log_p, scale = control[0] * upto[0] + treated[0] * upto[1] + density, 0.0
    for k in range(1, len(treated) - 1):
        log_k, tilt = log_kernel(distance, treated[k] + control[k], typical[k - 1])
        log_p = log_p + control[k] * over[0] + treated[k] * over[1] - tilt * c
        peak = log_p.max(axis=0)
        scale = scale + peak
        matrix = np.where(back >= 0, (weight * np.exp(log_k))[np.abs(back)], 0.0)
        with np.errstate(divide="ignore"):
            log_p = np.log(np.maximum(matrix @ np.exp(log_p - peak), 0.0))
        log_p = log_p + control[k] * upto[0] + treated[k] * upto[1] + density + tilt * c
    return scale + logsumexp(log_p + control[-1] * over[0] + treated[-1] * over[1], axis=0)
