"""Events and proportions of two arms: the baseline is integrated out on an even lattice, the effect by panels.

For integrands that vanish smoothly at both ends the trapezoidal rule converges faster than any power of its step.
"""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
from scipy.special import betainc, digamma, expit, gammaln, logsumexp, polygamma
from scipy.stats import betaprime, fisher_exact, norm

from .density import TAILS, Density, describe, panels, probabilities
from .ratios import approximation


def arms(inputs: dict) -> list[tuple[int, float, int | None]]:
    """Return events, exposure and persons of the treated and of the controls."""
    found = []
    for arm in ("treated", "control"):
        n = inputs.get(f"n_{arm}")
        time = inputs.get(f"persontime_{arm}")
        found.append((inputs[f"events_{arm}"], n * inputs.get("followup_each", 1.0) if time is None else time, n))
    return found


def poisson(y, exposure, eta):
    return y * eta - exposure * np.exp(eta)


def binomial(y, n, eta):
    return y * eta - n * np.logaddexp(0, eta)


def negative_binomial(y, exposure, n, phi, eta):
    """Return the log probability of an arm's total: n variables of size 1 / phi sum to one of size n / phi."""
    size, log_mean = n / phi, log(exposure) + eta
    constant = gammaln(y + size) - gammaln(size) + size * log(size)
    return constant + y * log_mean - (y + size) * np.logaddexp(log(size), log_mean)


def lattice(prior: dict, count: int, width: float = 9.0):
    """Return an even grid over nine sds of a normal prior on either side, as a column vector."""
    return np.linspace(prior["mean"] - width * prior["sd"], prior["mean"] + width * prior["sd"], count)[:, None]


def joint(log_likelihood, prior: dict, points: tuple[int, int] = (1201, 401)):
    """Return grids of the baseline (rows) and the effect (columns) and the log of likelihood times priors."""
    a, b = lattice(prior["a"], points[0]), lattice(prior["b"], points[1]).T
    priors = norm.logpdf(a, prior["a"]["mean"], prior["a"]["sd"]) + norm.logpdf(b, prior["b"]["mean"], prior["b"]["sd"])
    return a, b, log_likelihood(a, b) + priors


def rate_ratio(inputs: dict, prior: dict) -> dict:
    """Find the log rate ratio of Poisson or negative binomial totals, phi known, and its normal approximation."""
    (y_1, t_1, n_1), (y_0, t_0, n_0) = arms(inputs)
    phi = inputs.get("phi_known")

    def log_likelihood(a, b):
        if phi is None:
            return poisson(y_1, t_1, a + b) + poisson(y_0, t_0, a)
        return negative_binomial(y_1, t_1, n_1, phi, a + b) + negative_binomial(y_0, t_0, n_0, phi, a)

    if isinstance(prior["a"], str):
        density = flat_baseline(y_1, y_0, log(t_1 / t_0), prior["b"])
    else:
        _, b, log_p = joint(log_likelihood, prior)
        density = Density.of_values(b.ravel(), logsumexp(log_p, axis=0))
    found = describe(density, inputs)
    if not isinstance(prior["a"], str):
        found["ratio_median"] = exp(found["median"])
    e_1, e_0 = (y + 0.5 * (0 in (y_1, y_0)) for y in (y_1, y_0))
    extra = 0.0 if phi is None else phi / n_1 + phi / n_0
    return found | approximation(log(e_1 / t_1 / (e_0 / t_0)), sqrt(1 / e_1 + 1 / e_0 + extra), prior["b"])


def flat_baseline(y_1: int, y_0: int, log_exposure: float, prior: dict) -> Density:
    """Condition on the total number of events, which is what a flat prior of the log baseline rate amounts to."""

    def log_posterior(b):
        return binomial(y_1, y_1 + y_0, b + log_exposure) + norm.logpdf(b, prior["mean"], prior["sd"])

    return Density(log_posterior, prior["mean"] - 9 * prior["sd"], prior["mean"] + 9 * prior["sd"])


def odds_ratio(inputs: dict, prior: dict) -> dict:
    """Find the log odds ratio of two proportions and, over the same plane, risks and their differences."""
    (y_1, n_1, _), (y_0, n_0, _) = arms(inputs)
    a, b, log_p = joint(lambda a, b: binomial(y_1, n_1, a + b) + binomial(y_0, n_0, a), prior)
    found = describe(Density.of_values(b.ravel(), logsumexp(log_p, axis=0)), inputs)
    found["ratio_median"] = exp(found["median"])
    mass = np.exp(log_p - logsumexp(log_p))
    p_1, p_0 = expit(a + b), expit(a)
    mean = float((mass * (p_1 - p_0)).sum())
    found |= {"rd_mean": mean, "rd_sd": sqrt((mass * (p_1 - p_0 - mean) ** 2).sum())}
    # log p = -log(1 + exp(-eta)) keeps its digits where the risk is tiny
    found["logrr_mean"] = float((mass * (np.logaddexp(0, -a) - np.logaddexp(0, -a - b))).sum())
    found |= {"p1_mean": float((mass * p_1).sum()), "p0_mean": float((mass * p_0).sum())}
    table = np.array([[y_1, y_0], [n_1 - y_1, n_0 - y_0]], float)
    table += 0.5 * (table.min() == 0)  # a half in every cell where one is zero
    y = log(table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]))
    found |= approximation(y, sqrt((1 / table).sum()), prior["b"])
    return found | {"fisher_p": float(fisher_exact([[y_1, n_1 - y_1], [y_0, n_0 - y_0]]).pvalue)}


def dispersed(inputs: dict, prior: dict) -> dict:
    """Find the log rate ratio of negative binomial totals, phi exponential: panels over phi, a plane at each node."""
    (y_1, t_1, n_1), (y_0, t_0, n_0) = arms(inputs)
    rate = prior["phi"]["rate"]
    edges = np.array([0, 0.5, 1, 2, 4, 8, 16, 40]) / rate  # exp(-40) is left out
    pieces = [panels(low, high, 1) for low, high in zip(edges[:-1], edges[1:], strict=True)]
    phi, weight = (np.concatenate(part) for part in zip(*pieces, strict=True))
    rows = []
    for value in phi:

        def log_likelihood(a, b, value=value):
            return negative_binomial(y_1, t_1, n_1, value, a + b) + negative_binomial(y_0, t_0, n_0, value, a)

        _, b, log_p = joint(log_likelihood, prior, (301, 161))
        rows.append(logsumexp(log_p, axis=0) - rate * value)
    log_p = np.array(rows) + np.log(weight)[:, None]
    found = describe(Density.of_values(b.ravel(), logsumexp(log_p, axis=0)), inputs)
    mass = np.exp(logsumexp(log_p, axis=1) - logsumexp(log_p))
    return found | {"phi_mean": float(mass @ phi), "ratio_median": exp(found["median"])}


def gamma_rates(inputs: dict, prior: dict) -> dict:
    """Find the ratio of two gamma posteriors, a scaled beta prime, and the moments of its log and of the difference."""
    stated = prior["rate_each_arm"]
    (a_1, e_1), (a_0, e_0) = ((y + stated["shape"], t + stated["rate"]) for y, t, _ in arms(inputs))
    ratio = betaprime(a_1, a_0, scale=e_0 / e_1)
    found = {"mean": digamma(a_1) - digamma(a_0) - log(e_1 / e_0), "sd": sqrt(polygamma(1, a_1) + polygamma(1, a_0))}
    found |= {name: log(ratio.ppf(p)) for name, p in TAILS.items()}
    # the beta prime's distribution function by way of the beta's
    found |= probabilities(lambda x: betainc(a_1, a_0, expit(x + log(e_1 / e_0))), inputs)
    return found | {"rate_diff_mean": a_1 / e_1 - a_0 / e_0, "rate_diff_sd": sqrt(a_1 / e_1**2 + a_0 / e_0**2)}
