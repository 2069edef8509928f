"""A bare p-value or statement of significance: densities and cells of its test statistic.

Normal; with degrees of freedom beside a printed standard error a Student-t about the effect, whose tails are SciPy's;
where the standard error of a standardised difference follows from n a noncentral t, a normal over the ratio of the
sample SD to the true one.
"""

from itertools import pairwise
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy import stats
from scipy.special import log_ndtr

from support.brute_force.sums import log_sum


class Law(NamedTuple):
    """Degrees of freedom of a statistic (None: normal), and whether it is a Student-t about the effect."""

    nu: float | None = None
    central: bool = False


def bare(measure, benefit, evidence):
    """(sign of the statistic that the report speaks of, s, law, quantile, what was said)."""
    up = (evidence["favours"] == "treatment") == (benefit == "higher")
    reported = str(evidence.get("p", evidence.get("alpha", 0.05)))
    tail = float(reported.replace(" ", "").removeprefix("<")) / int(evidence.get("sides", 2))
    n, df = evidence.get("n"), evidence.get("df")
    law = Law() if df is None else Law(float(df), central=True)
    if evidence.get("se") is not None:
        s = float(evidence["se"])
    elif measure == "standardised_mean_difference":
        s, nu = sqrt(1 / n["treatment"] + 1 / n["control"]), n["treatment"] + n["control"] - 2
        law = Law(nu if df is None and nu < 100 else law.nu)
    else:
        s = whitehead(np.array(evidence["reference"]["shares"], float), n["treatment"], n["control"]) ** -0.5
    z = stats.norm.isf(tail) if law.nu is None else stats.t.isf(tail, law.nu)
    said = "exactly" if evidence["kind"] == "p_value" and not reported.startswith("<") else (
        "beyond" if evidence["kind"] == "p_value" or evidence["significant"] else "within")  # fmt: skip
    return (1 if up else -1), s, law, z, said


def whitehead(shares, n1, n0):
    shares, n = shares / shares.sum(), n1 + n0
    return n1 * n0 * n / (3 * (n + 1) ** 2) * (1 - (shares**3).sum())


def ratio_of_sds(nu):
    """u = sample SD over true SD and its weight: a noncentral t is a normal over u."""
    if nu is None:
        return np.ones(1), np.ones(1)
    level = np.linspace(-9, 9, 241)
    u = np.sqrt(stats.chi2.ppf(stats.norm.cdf(level), nu) / nu)
    known = np.isfinite(u) & (u > 0)
    weight = stats.norm.pdf(level)[known]
    return u[known], weight / weight.sum()


def log_reports(d, z, law):
    """log P of significant downwards, not significant downwards, not upwards, significant upwards, shape (4, d)."""
    values = np.array([-np.inf, -z, 0.0, z, np.inf])
    if law.central:
        return np.array([log_between(a - d, b - d, stats.t(law.nu).logcdf) for a, b in pairwise(values)])
    u, weight = ratio_of_sds(law.nu)
    edges = [value * u - d[:, None] for value in values]
    cells = [log_between(a, b, log_ndtr) for a, b in pairwise(edges)]
    return log_sum(np.array(cells) + np.log(weight), axis=2)


def log_between(low, high, log_cdf):
    """log(F(high) - F(low)) of a symmetric F, from the side where both are small."""
    swap = low > 0
    low, high = np.where(swap, -high, low), np.where(swap, -low, high)
    return log_cdf(high) + np.log1p(-np.exp(np.minimum(log_cdf(low) - log_cdf(high), -1e-15)))


def log_statistic(d, t, law):
    """log density of the statistic t under effects d."""
    if law.central:
        return stats.t(law.nu).logpdf(t - d)
    u, weight = ratio_of_sds(law.nu)
    return log_sum(stats.norm.logpdf(t * u, d[:, None], 1) + np.log(u * weight), axis=1)


def log_likelihood(measure, benefit, evidence, theta):
    sign, s, law, z, said = bare(measure, benefit, evidence)
    d = theta / s
    if said == "exactly":
        down, up = log_statistic(d, -z, law), log_statistic(d, z, law)
    else:
        cell = log_reports(d, z, law)
        down, up = (cell[0], cell[3]) if said == "beyond" else (cell[1], cell[2])
    return np.logaddexp(up, down) if evidence["favours"] == "unknown" else up if sign > 0 else down
