"""log L(theta) of every kind of report, everything else summed over a dense grid of its prior.

Baselines: Normal(0, 2.5) of the mid-logit, of the mid-log risk below its bound, of the mid-log rate per participant;
uniform room of a risk difference; Dirichlet shares; log size Normal(0, 1); half-t(3, 2.5 S) of each standard deviation.
"""

from math import log, sqrt

import numpy as np
from scipy import stats
from scipy.special import expit, gammaln, log_ndtr, logsumexp, roots_jacobi

ARMS = ("treatment", "control")
LOG_K, K_WEIGHT = np.linspace(-5.0, 5.0, 25), stats.norm.logpdf(np.linspace(-5.0, 5.0, 25))
V = np.linspace(-7.5, 7.5, 201)  # arcsinh nodes of a baseline
RATIOS = ("odds_ratio", "common_odds_ratio", "risk_ratio", "rate_ratio", "hazard_ratio", "mean_ratio")


def log_likelihood(measure, benefit, evidence, theta):
    """log L at an array of effects on the analysis scale, up to a constant."""
    return KINDS[evidence["kind"]](measure, benefit, evidence, np.asarray(theta, float))


def persons(evidence):
    """x1, n1, x0, n0."""
    return [int(evidence[a][name]) for a in ARMS for name in ("events", "n")]


def risks(measure, theta, a):
    """Both log risks and their complements' logs; a is the midpoint (of a difference: the share of its room)."""
    if measure == "odds_ratio":
        return [(-np.logaddexp(0, -u), -np.logaddexp(0, u)) for u in (a + theta / 2, a - theta / 2)]
    p = [np.exp(a + theta / 2), np.exp(a - theta / 2)] if measure == "risk_ratio" else [
        np.maximum(theta, 0) + (1 - np.abs(theta)) * a, np.maximum(-theta, 0) + (1 - np.abs(theta)) * a]  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        return [(np.log(q), np.log1p(-q)) for q in p]


def baseline(measure, theta):
    """(midpoints, log weights) on a grid for each theta, shape (theta, nodes)."""
    theta = theta[:, None]
    if measure == "odds_ratio":
        a = np.linspace(-25, 25, 401) - 0 * theta
        return a, stats.norm.logpdf(a, 0, 2.5) + log(50 / 400)
    if measure == "risk_ratio":
        v = np.linspace(-14, 4.2, 401)
        a = -np.abs(theta) / 2 - np.exp(v)
        return a, stats.norm.logpdf(a, 0, 2.5) - log_ndtr(-np.abs(theta) / 5) + v + log(18.2 / 400)
    v = np.linspace(-30, 30, 601)
    share = expit(v) + 0 * theta
    return share, np.log(expit(v) * expit(-v)) + log(60 / 600) + 0 * theta


def table_of(measure, theta, n1, n0, pairs):
    """log p(x1, x0 | theta) of several tables, shape (tables, theta)."""
    a, weight = baseline(measure, theta)
    (l1, m1), (l0, m0) = risks(measure, theta[:, None], a)
    found = []
    for x1, x0 in pairs:
        ways = sum(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) for x, n in ((x1, n1), (x0, n0)))
        terms = weight + ways
        for x, value in ((x1, l1), (n1 - x1, m1), (x0, l0), (n0 - x0, m0)):
            terms = terms + (x * value if x else 0.0)
        found.append(logsumexp(terms, axis=1))
    return np.array(found)


def _binary(measure, benefit, evidence, theta):
    x1, n1, x0, n0 = persons(evidence)
    return np.concatenate([table_of(measure, t, n1, n0, [(x1, x0)])[0] for t in np.array_split(theta, 8)])


def exposures(evidence):
    t, c = evidence["treatment"], evidence["control"]
    if t.get("exposure") is None:
        return float(t["n"]), float(c["n"])
    # per average follow-up; where nobody says of how many, per exposure in which one event happened
    counted = t["n"] + c["n"] if t.get("n") else max(t["events"] + c["events"], 1)
    average = (float(t["exposure"]) + float(c["exposure"])) / counted
    return float(t["exposure"]) / average, float(c["exposure"]) / average


def family(evidence):
    if evidence.get("dispersion") == "poisson":
        return "poisson"
    return "totals" if evidence["treatment"].get("persons") is None else "persons"


def divided(evidence, theta, divisions, sizes=(LOG_K, K_WEIGHT)):
    """log p of each division of the events, shape (divisions, theta); of persons all ways with their total."""
    t, c, kind = evidence["treatment"], evidence["control"], family(evidence)
    total, e = t["events"] + c["events"], exposures(evidence)
    log_k, k_weight = (LOG_K[:1], np.zeros(1)) if kind == "poisson" else sizes
    found = np.full((len(divisions), len(theta)), -np.inf)
    for lk, w in zip(log_k, k_weight, strict=True):
        ways = ways_of(evidence, divisions, np.exp(lk))
        for j, half in enumerate(theta / 2):
            middle = log(max(total, 0.5)) - np.logaddexp(log(e[0]) + half, log(e[1]) - half)
            a = middle + np.sinh(V) / sqrt(total + 1)
            log_f = stats.norm.logpdf(a, 0, 2.5) + np.log(np.cosh(V))
            rates = [a + half + log(e[0]), a - half + log(e[1])]
            if kind == "poisson":
                log_f = log_f - np.exp(rates[0]) - np.exp(rates[1])
                per = rates
            else:
                size = [arm["n"] * np.exp(lk) for arm in (t, c)]
                log_f = log_f - sum(s * np.logaddexp(0, r - log(s)) for s, r in zip(size, rates, strict=True))
                per = [-np.logaddexp(0, log(s) - r) for s, r in zip(size, rates, strict=True)]
            x = np.asarray(divisions)[:, None]
            value = logsumexp(x * per[0] + (total - x) * per[1] + log_f, axis=1)
            found[:, j] = np.logaddexp(found[:, j], value + ways + w)
    return found


def ways_of(evidence, divisions, k):
    """What does not depend on the rates, of each division."""
    t, c, kind = evidence["treatment"], evidence["control"], family(evidence)
    total, x = t["events"] + c["events"], np.asarray(divisions)
    if kind == "poisson":
        return -gammaln(x + 1) - gammaln(total - x + 1)
    if kind == "totals":
        return sum(gammaln(e + a["n"] * k) - gammaln(a["n"] * k) - gammaln(e + 1) for e, a in ((x, t), (total - x, c)))
    return of_persons(t["n"], c["n"], total, t["persons"] + c["persons"], x, k)


def power_series(k, total, most):
    """log [x^j] ((1 - x)^-k - 1)^m, rows m, by convolution of one person's coefficients, each row scaled."""
    one = np.exp(gammaln(k + np.arange(1, total + 1)) - gammaln(k) - gammaln(np.arange(2, total + 2)))
    rows, scale = np.zeros((most + 1, total + 1)), np.zeros(most + 1)
    rows[0, 0] = 1
    for m in range(1, most + 1):
        rows[m, 1:] = np.convolve(rows[m - 1], one)[:total]
        top = rows[m].max() or 1.0
        rows[m] /= top
        scale[m] = scale[m - 1] + log(top)
    with np.errstate(divide="ignore"):
        return np.log(rows) + scale[:, None]


def of_persons(n1, n0, total, persons_, divisions, k):
    series = power_series(k, total, min(persons_, max(n1, n0)))
    found = []
    for x in divisions:
        terms = [
            gammaln(n1 + 1) - gammaln(m + 1) - gammaln(n1 - m + 1) + series[m, x]
            + gammaln(n0 + 1) - gammaln(persons_ - m + 1) - gammaln(n0 - persons_ + m + 1) + series[persons_ - m, total - x]
            for m in range(max(0, persons_ - n0), min(persons_, n1) + 1)
        ]  # fmt: skip
        found.append(logsumexp(terms))
    return np.array(found)


def _events(measure, benefit, evidence, theta):
    t, c = evidence["treatment"], evidence["control"]
    if family(evidence) != "persons":
        return divided(evidence, theta, [t["events"]])[0]
    # the printed persons themselves, not every way with their total
    found = np.full(len(theta), -np.inf)
    alone = {a: dict(arm, persons=None) for a, arm in (("treatment", t), ("control", c))}
    for lk, w in zip(LOG_K, K_WEIGHT, strict=True):
        k = np.exp(lk)
        ways = 0.0
        for arm in (t, c):
            m, n = arm["persons"], arm["n"]
            ways += gammaln(n + 1) - gammaln(m + 1) - gammaln(n - m + 1)
            ways += power_series(k, arm["events"], m)[m, arm["events"]]
        of_totals = ways_of(evidence | alone, [t["events"]], k)[0]
        size = np.array([lk]), np.zeros(1)
        one = divided(evidence | alone, theta, [t["events"]], size)[0] - of_totals
        found = np.logaddexp(found, one + ways + w)
    return found


def _ordinal(measure, benefit, evidence, theta):
    t, c = observed(evidence)
    sign = 1 if benefit == "higher" else -1
    cut, weight = cutpoints(t, c)
    found = []
    for x in sign * theta:
        found.append(logsumexp(of_table(cut, x, t, c) + weight))
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


def _means(measure, benefit, evidence, theta):
    unit, variance, weight = sigmas(evidence)
    difference = float(evidence["treatment"]["mean"]) - float(evidence["control"]["mean"])
    scale = unit if measure == "standardised_mean_difference" else 1.0
    return np.array([logsumexp(weight - 0.5 * (difference - x * scale) ** 2 / variance) for x in theta])


def pooled_sd(evidence):
    t, c = evidence["treatment"], evidence["control"]
    squares = sum((a["n"] - 1) * float(a["sd"]) ** 2 for a in (t, c))
    return sqrt(squares / (t["n"] + c["n"] - 2))


def sigmas(evidence, count=161, depth=150):
    """(root mean square, variance of the difference, log weight) on a grid of both standard deviations."""
    pooled, grids = pooled_sd(evidence), []
    for a in ARMS:
        n, sd = evidence[a]["n"], float(evidence[a]["sd"])
        near = 1 / sqrt(2 * n - 2)
        u = np.linspace(-np.arcsinh(10 / near), np.arcsinh(10 / near), count)
        log_s = log(sd) + near * np.sinh(u)
        s = np.exp(log_s)
        log_w = -(n - 1) * log_s - (n - 1) * sd**2 / (2 * s**2) + stats.t.logpdf(s, 3, 0, 2.5 * pooled) + log_s
        grids.append((s, log_w + np.log(np.cosh(u))))
    (s1, w1), (s0, w0) = grids
    variance = s1[:, None] ** 2 / evidence["treatment"]["n"] + s0**2 / evidence["control"]["n"]
    weight = w1[:, None] + w0 - 0.5 * np.log(variance)
    kept = weight > weight.max() - depth
    return np.sqrt((s1[:, None] ** 2 + s0**2) / 2)[kept], variance[kept], weight[kept]


def estimate_of(measure, evidence):
    """(y, s, df)."""
    scaled = log if measure in RATIOS else float
    y, df = scaled(float(evidence["estimate"])), evidence.get("df")
    law = stats.norm() if df is None else stats.t(float(df))
    if "ci" in evidence:
        low, high = (scaled(float(x)) for x in evidence["ci"])
        s = (high - low) / (2 * law.ppf((1 + float(evidence.get("level", 0.95))) / 2))
    elif "se" in evidence:
        s = float(evidence["se"])
    else:
        s = abs(y) / law.isf(float(evidence["p"]) / 2)
    return (-y if evidence.get("compares") == "control_vs_treatment" else y), s, df


def _estimate(measure, benefit, evidence, theta):
    y, s, df = estimate_of(measure, evidence)
    return stats.norm.logpdf(theta, y, s) if df is None else stats.t.logpdf(theta, float(df), y, s)


def bare(measure, benefit, evidence):
    """(sign of the statistic that the report speaks of, s, nu, quantile, what was said)."""
    up = (evidence["favours"] == "treatment") == (benefit == "higher")
    reported = str(evidence.get("p", evidence.get("alpha", 0.05)))
    tail = float(reported.replace(" ", "").removeprefix("<")) / int(evidence.get("sides", 2))
    n = evidence.get("n")
    nu = None
    if evidence.get("se") is not None:
        s = float(evidence["se"])
    elif measure == "standardised_mean_difference":
        s = sqrt(1 / n["treatment"] + 1 / n["control"])
        nu = n["treatment"] + n["control"] - 2
        nu = nu if nu < 100 else None
    else:
        s = whitehead(np.array(evidence["reference"]["shares"], float), n["treatment"], n["control"]) ** -0.5
    z = stats.norm.isf(tail) if nu is None else stats.t.isf(tail, nu)
    said = "exactly" if evidence["kind"] == "p_value" and not reported.startswith("<") else (
        "beyond" if evidence["kind"] == "p_value" or evidence["significant"] else "within")  # fmt: skip
    return (1 if up else -1), s, nu, z, said


def whitehead(shares, n1, n0):
    shares, n = shares / shares.sum(), n1 + n0
    return n1 * n0 * n / (3 * (n + 1) ** 2) * (1 - (shares**3).sum())


def ratio_of_sds(nu):
    """u = sample SD over true SD and its weight: a t is a normal over u."""
    if nu is None:
        return np.ones(1), np.ones(1)
    level = np.linspace(-9, 9, 241)
    u = np.sqrt(stats.chi2.ppf(stats.norm.cdf(level), nu) / nu)
    known = np.isfinite(u) & (u > 0)
    weight = stats.norm.pdf(level)[known]
    return u[known], weight / weight.sum()


def log_reports(d, z, nu):
    """log P of significant downwards, not significant downwards, not upwards, significant upwards, shape (4, d)."""
    u, weight = ratio_of_sds(nu)
    d = d[:, None]
    edges = [np.full((len(d), len(u)), -np.inf), -z * u - d, 0 * u - d, z * u - d, np.full((len(d), len(u)), np.inf)]
    found = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        swap = low > 0
        low, high = np.where(swap, -high, low), np.where(swap, -low, high)
        log_p = log_ndtr(high) + np.log1p(-np.exp(np.minimum(log_ndtr(low) - log_ndtr(high), -1e-15)))
        found.append(logsumexp(log_p + np.log(weight), axis=1))
    return np.array(found)


def log_statistic(d, t, nu):
    """log density of the statistic t at noncentralities d."""
    u, weight = ratio_of_sds(nu)
    return logsumexp(stats.norm.logpdf(t * u, d[:, None], 1) + np.log(u * weight), axis=1)


def _bare(measure, benefit, evidence, theta):
    sign, s, nu, z, said = bare(measure, benefit, evidence)
    d = theta / s
    if said == "exactly":
        down, up = log_statistic(d, -z, nu), log_statistic(d, z, nu)
    else:
        cell = log_reports(d, z, nu)
        down, up = (cell[0], cell[3]) if said == "beyond" else (cell[1], cell[2])
    return np.logaddexp(up, down) if evidence["favours"] == "unknown" else up if sign > 0 else down


def _proportion(measure, benefit, evidence, theta):
    return stats.binom.logpmf(evidence["events"], evidence["n"], theta)


KINDS = {
    "binary": _binary, "events": _events, "ordinal": _ordinal, "ordinal_cut": _ordinal, "means": _means,
    "estimate": _estimate, "p_value": _bare, "significance": _bare, "proportion": _proportion,
}  # fmt: skip
