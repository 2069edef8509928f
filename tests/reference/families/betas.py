"""Proportions with conjugate beta priors, independent or a mixture: contrasts of two arms and prior sample sizes."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
from scipy.special import betainc, betaln, digamma, polygamma
from scipy.stats import beta

from .density import TAILS, quantile, smooth_panels

Parts = list[tuple[float, float, float]]  # weight, a and b of every component


def of_difference(p, x):
    """Return the risk below which the difference from p is at most x."""
    return p + x


def of_risk_ratio(p, x):
    """Return the risk below which the log risk ratio against p is at most x."""
    return p * exp(x)


def of_odds_ratio(p, x):
    """Return the risk below which the log odds ratio against p is at most x."""
    return p * exp(x) / (1 - p + p * exp(x))


def cdf(treated: tuple[float, float], control: tuple[float, float], bound, x: float) -> float:
    """Integrate the distribution function of the treated over the density of the controls.

    The range ends where the bound leaves [0, 1]: beyond it the inner probability is zero or one.
    """
    a_1, b_1 = treated
    low, high = 0.0, 1.0
    if bound is of_difference:
        low, high = max(0.0, -x), min(1.0, 1 - x)
    elif bound is of_risk_ratio:
        high = min(1.0, exp(-x))
    p, weight = smooth_panels(low, high)
    certain = beta.sf(high, *control) if high < 1 else 0.0
    return float(weight @ (betainc(a_1, b_1, np.clip(bound(p, x), 0, 1)) * beta.pdf(p, *control)) + certain)


def two_betas(inputs: dict, prior: dict) -> dict:
    """Contrast two independent beta posteriors: difference, ratio and odds ratio of risks."""
    arms = []
    for arm in ("treated", "control"):
        y, n, stated = inputs[f"events_{arm}"], inputs[f"n_{arm}"], prior[f"p_{arm}"]
        arms.append((stated["a"] + y, stated["b"] + n - y))
    found = moments_of_contrasts(*arms)
    for name, bound, ends in (
        ("rd", of_difference, (-1.0, 1.0)),
        ("logrr", of_risk_ratio, (-40.0, 40.0)),
        ("logor", of_odds_ratio, (-40.0, 40.0)),
    ):
        for tail, p in TAILS.items():
            found[f"{name}_{tail}"] = quantile(lambda x, bound=bound: cdf(*arms, bound, x), p, *ends)
    found["p_benefit"] = found["p_rd_lt0"] = cdf(*arms, of_difference, 0.0)
    found["p_rd_lt_m0p02"] = cdf(*arms, of_difference, -0.02)
    found["p_rr_lt_0p8"] = cdf(*arms, of_risk_ratio, log(0.8))
    return found | {"p_or_lt_0p8": cdf(*arms, of_odds_ratio, log(0.8))}


def moments_of_contrasts(treated: tuple[float, float], control: tuple[float, float]) -> dict:
    """Return means and sds of the contrasts: of the logarithms by digamma and trigamma functions."""
    (a_1, b_1), (a_0, b_0) = arms = treated, control
    mean = [a / (a + b) for a, b in arms]
    return {
        "p1_mean": mean[0],
        "p0_mean": mean[1],
        "rd_mean": mean[0] - mean[1],
        "rd_sd": sqrt(sum(m * (1 - m) / (a + b + 1) for m, (a, b) in zip(mean, arms, strict=True))),
        "logrr_mean": digamma(a_1) - digamma(a_1 + b_1) - digamma(a_0) + digamma(a_0 + b_0),
        "logrr_sd": sqrt(sum(polygamma(1, a) - polygamma(1, a + b) for a, b in arms)),
        "logor_mean": digamma(a_1) - digamma(b_1) - digamma(a_0) + digamma(b_0),
        "logor_sd": sqrt(sum(polygamma(1, a) + polygamma(1, b) for a, b in arms)),
    }


def robust_mixture(inputs: dict, prior: dict) -> dict:
    """Update a mixture of betas in the control arm, contrast it with the treated, and count what the mixture is worth."""
    r, n = inputs["control_r"], inputs["control_n"]
    before = list(zip(*(prior["control"][key] for key in "wab"), strict=True))
    evidence = np.array([log(w) + betaln(a + r, b + n - r) - betaln(a, b) for w, a, b in before])
    weight = np.exp(evidence - np.logaddexp.reduce(evidence))
    after = [(w, a + r, b + n - r) for w, (_, a, b) in zip(weight, before, strict=True)]
    treated = (1 + inputs["treated_r"], 1 + inputs["treated_n"] - inputs["treated_r"])

    def below(x):
        return sum(w * betainc(a, b, x) for w, a, b in after)

    def difference_below(x):
        return sum(w * cdf(treated, (a, b), of_difference, x) for w, a, b in after)

    mean, variance = moments(after)
    found = {f"post_{key}": [float(part[i]) for part in after] for i, key in enumerate("wab")}
    found |= {"post_mean": mean, "post_sd": sqrt(variance)}
    found["post_q"] = [quantile(below, p, 0.0, 1.0) for p in TAILS.values()]
    found["p_trt_gt_ctl"] = 1 - difference_below(0.0)
    found["rd_q"] = [quantile(difference_below, p, -1.0, 1.0) for p in TAILS.values()]
    mean, variance = moments(before)
    found["ess_moment"] = mean * (1 - mean) / variance - 1
    return found | {"ess_elir": elir(before), "ess_elir_post": elir(after)}


def moments(parts: Parts) -> tuple[float, float]:
    """Return the mean and the variance of a mixture of betas."""
    weight, a, b = (np.array(column) for column in zip(*parts, strict=True))
    centre = a / (a + b)
    mean = float(weight @ centre)
    return mean, float(weight @ (centre * (1 - centre) / (a + b + 1) + (centre - mean) ** 2))


def elir(parts: Parts) -> float:
    """Average -(log p)'' over Fisher's information of one patient, the expected local-information-ratio size."""
    x, rule = smooth_panels(0.0, 1.0, 600)
    density, slope, bend = np.zeros((3, len(x)))
    for weight, a, b in parts:
        f = weight * beta.pdf(x, a, b)
        score = (a - 1) / x - (b - 1) / (1 - x)
        density += f
        slope += f * score
        bend += f * (score**2 - (a - 1) / x**2 - (b - 1) / (1 - x) ** 2)
    return float(rule @ (x * (1 - x) * (slope**2 / density - bend)))
