"""Box p by brute force: every report that might have been printed, its prior predictive probability, and a sum."""

import numpy as np
from scipy import stats
from scipy.interpolate import PchipInterpolator

from support.brute_force import events, means, persons, statements
from support.brute_force.likelihoods import estimate_of
from support.brute_force.sums import log_sum

NODES = 80
NEAR = 0.01  # probabilities that differ by less may be ties


def box_p(oracle, frozen):
    """(lowest, highest) that ties, and probabilities that differ by a thousandth, allow; None where none is defined."""
    kind = oracle.evidence["kind"]
    if oracle.evidence.get("favours") == "unknown":
        return None
    if kind in ("binary", "events", "proportion") or (kind != "estimate" and _said(oracle) in ("beyond", "within")):
        return _discrete(oracle, frozen)
    return _continuous(oracle, frozen)


def _said(oracle):
    if oracle.evidence["kind"] not in ("p_value", "significance"):
        return None
    return statements.bare(oracle.measure, oracle.benefit, oracle.evidence)[-1]


def _theta(oracle, frozen, count=NODES):
    """Quantiles of the prior, cut off at the bounds, and their weights (Gauss-Legendre)."""
    low, high = frozen.cdf(oracle.bounds)
    node, weight = np.polynomial.legendre.leggauss(count)
    return frozen.ppf(low + (high - low) * (1 + node) / 2), weight / 2


def _discrete(oracle, frozen):
    theta, weight = _theta(oracle, frozen, 40 if oracle.evidence["kind"] == "events" else NODES)
    log_p, seen = _counts(oracle, theta)
    if len(log_p) == 1:
        return None
    f = np.exp(log_sum(log_p + np.log(weight), axis=1))
    f /= f.sum()
    return tuple(float(f[f <= f[seen] * (1 + way * NEAR)].sum()) for way in (-1, 1))


def _counts(oracle, theta):
    evidence = oracle.evidence
    if evidence["kind"] == "binary":
        x1, n1, x0, n0 = persons.persons(evidence)
        every = np.arange(max(0, x1 + x0 - n0), min(x1 + x0, n1) + 1)
        return persons.table_of(oracle.measure, theta, n1, n0, [(x, x1 + x0 - x) for x in every]), int(x1 - every[0])
    if evidence["kind"] == "events":
        x = evidence["treatment"]["events"]
        every = np.arange(x + evidence["control"]["events"] + 1)
        found = events.divided(evidence, theta, every)
        possible = np.isfinite(found).all(axis=1)
        return found[possible], int(possible[:x].sum())
    if evidence["kind"] == "proportion":
        every = np.arange(evidence["n"] + 1)
        return stats.binom.logpmf(every[:, None], evidence["n"], theta), evidence["events"]
    sign, s, law, z, said = statements.bare(oracle.measure, oracle.benefit, evidence)
    return statements.log_reports(theta / s, z, law), {"beyond": (0, 3), "within": (1, 2)}[said][sign > 0]


def _continuous(oracle, frozen):
    """The density of the estimate (or statistic) on a line, and its share no higher than where it was seen."""
    y, s, density = _line(oracle)
    low, high = np.clip(frozen.ppf([1e-12, 1 - 1e-12]), *oracle.bounds)
    theta = np.linspace(low, high, int(np.clip(2 * (high - low) / s, 121, 4000)))  # closer than the evidence is wide
    weight = frozen.pdf(theta) * np.gradient(theta)
    weight[[0, -1]] /= 2
    reach = np.abs(theta - y).max() + 40 * s
    v = np.linspace(-1, 1, 601) * np.arcsinh(reach / s)
    x = y + s * np.sinh(v)
    # evidence a hundred times as sharp as the prior: what it may show is spread as the prior is
    f = density(x, theta) @ weight if high - low < 2000 * s else frozen.pdf(x)
    fine = np.linspace(v[0], v[-1], 20001)
    log_f = PchipInterpolator(v, np.log(np.maximum(f, 1e-300)))(fine)
    mass, level = np.exp(log_f) * np.cosh(fine), log_f[len(fine) // 2]
    return tuple(float(mass[log_f <= level + way * NEAR / 10].sum() / mass.sum()) for way in (-1, 1))


def _line(oracle):
    """(what was seen, its scale, density of a statistic given the effect, shape (statistics, effects))."""
    measure, evidence = oracle.measure, oracle.evidence
    if evidence["kind"] == "estimate":
        y, s, df = estimate_of(measure, evidence)
        law = stats.norm if df is None else stats.t(float(df))
        return y, s, lambda x, theta: law.pdf((x[:, None] - theta) / s)
    if evidence["kind"] in ("p_value", "significance"):
        sign, s, law, z, _ = statements.bare(measure, oracle.benefit, evidence)
        return (
            sign * z * s,
            s,
            lambda x, theta: np.exp([statements.log_statistic(theta / s, value / s, law) for value in x]),
        )
    if evidence["kind"] == "means":
        return _difference(oracle)
    peak = int(oracle.log_l.argmax())
    y, kernel = oracle.theta[peak], oracle.log_l - oracle.log_l[peak]
    s = np.ptp(oracle.theta[kernel > -2]) / 4

    def carried(x, theta):
        return np.exp(np.interp(y - x[:, None] + theta, oracle.theta, kernel, left=-700, right=-700))

    return y, s, carried


def _difference(oracle):
    """The difference of the means, in pooled standard deviations where the effect is, given both standard deviations."""
    evidence, standardised = oracle.evidence, oracle.measure == "standardised_mean_difference"
    (s1, s0), weight = means.sigmas(evidence, standardised, depth=25, step=0.8)
    variance = s1**2 / evidence["treatment"]["n"] + s0**2 / evidence["control"]["n"]
    unit, total = np.sqrt((s1**2 + s0**2) / 2), np.exp(weight - weight.max()) / np.sqrt(variance)
    scale, sd = (unit, means.pooled_sd(evidence)) if standardised else (np.ones_like(unit), 1.0)
    y = (float(evidence["treatment"]["mean"]) - float(evidence["control"]["mean"])) / sd
    s = float(np.sqrt(np.average(variance, weights=total))) / sd

    def summed(x, theta):
        found = np.zeros(np.broadcast_shapes(np.shape(x), np.shape(theta)))
        for w, v, u in zip(total, variance, scale, strict=True):
            density = x * sd - theta * u
            density *= density
            density *= -0.5 / v
            # below exp(-700) lies what no double tells from zero, and exp takes three times as long
            found += w * np.exp(density, where=density > -700, out=np.zeros_like(density))
        return found

    def moved(x, theta):  # in the units of the paper, one curve of the distance between the two
        apart = x[:, None] - theta
        line = s * np.sinh(np.linspace(-1, 1, 40001) * np.arcsinh(np.abs(apart).max() / s))
        return np.interp(apart, line, summed(line, 0.0))

    return y, s, lambda x, theta: summed(x[:, None], theta) if standardised else moved(x, theta)
