"""Counts over ordered categories under proportional odds: Dirichlet shares midway between the arms, by Gauss-Jacobi sticks."""

import numpy as np
from scipy.special import roots_jacobi

from support.brute_force.persons import ARMS
from support.brute_force.sums import log_sum


def log_likelihood(measure, benefit, evidence, theta):
    t, c = observed(evidence)
    sign = 1 if benefit == "higher" else -1
    cut, weight = cutpoints(t, c)
    found = []
    for x in sign * theta:
        found.append(log_sum(of_table(cut, x, t, c) + weight))
    return np.array(found)


def of_table(cut, theta, t, c):
    """Multinomial log likelihood of both arms; a category that an arm lacks adds nothing, however unlikely."""
    terms = 0.0
    for counts, half in ((t, theta / 2), (c, -theta / 2)):
        log_p = cells(cut + half)
        terms = terms + sum(x * log_p[:, i] for i, x in enumerate(counts) if x)
    return terms


def cutpoints(t, c):
    """Logits of the cutpoints on a grid of the mid-distribution's shares, where they matter for some effect."""
    k = len(t)
    shares, weight = simplex(k, 1 / (0.8 + 0.35 * max(k, 3)))
    upto, rest = np.cumsum(shares, axis=1)[:, :-1], np.cumsum(shares[:, ::-1], axis=1)[:, ::-1][:, 1:]
    cut = np.log(np.maximum(upto, 1e-300)) - np.log(np.maximum(rest, 1e-300))
    kept = np.zeros(len(cut), bool)
    for x in (-8, -3, -1, 0, 1, 3, 8):
        value = of_table(cut, x, t, c) + weight
        kept |= value > value.max() - 16
    return cut[kept], weight[kept]


def cells(cut):
    """log probabilities of the categories from the logits of their cumulative probabilities."""
    low = np.concatenate([np.full((len(cut), 1), -np.inf), cut], axis=1)
    high = np.concatenate([cut, np.full((len(cut), 1), np.inf)], axis=1)
    below = -np.logaddexp(0, -high)  # log P(Y <= k)
    with np.errstate(invalid="ignore", divide="ignore"):
        # F(h) - F(l) = F(h) (1 - F(l)) (1 - exp(l - h))
        return below - np.logaddexp(0, low) + np.log(-np.expm1(np.minimum(low - high, -1e-300)))


def simplex(k, c):
    """Nodes and log weights of a symmetric Dirichlet by sticks broken one after another (Gauss-Jacobi)."""
    shares, weight, left = np.zeros((1, 0)), np.zeros(1), np.ones(1)
    for i in range(k - 1):
        node, w = roots_jacobi({2: 300, 3: 100, 4: 48}[k], c * (k - 1 - i) - 1, c - 1)
        stick = (1 + node) / 2
        shares = np.concatenate([np.repeat(shares, len(stick), axis=0), (left[:, None] * stick).reshape(-1, 1)], axis=1)
        weight = (weight[:, None] + np.log(w / w.sum())).ravel()
        left = (left[:, None] * (1 - stick)).ravel()
    return np.concatenate([shares, left[:, None]], axis=1), weight


def observed(evidence):
    """Counts of both arms by category, those empty in both left out."""
    if evidence["kind"] == "ordinal":
        arms = [np.array(evidence[a], float) for a in ARMS]
    else:
        arms = []
        for a in ARMS:
            upto = [cut[a]["events"] for cut in evidence["cuts"]] + [evidence["cuts"][0][a]["n"]]
            arms.append(np.diff(np.array([0, *upto], float)))
    filled = arms[0] + arms[1] > 0
    return arms[0][filled], arms[1][filled]
