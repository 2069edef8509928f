"""Two-sided p-values of named tests, exact and asymptotic, and the tests that a printed name may refer to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from math import erfc, log, nan, sqrt

import numpy as np

from bayes.base import measures
from bayes.base.arrays import FloatArray

Exact = tuple[FloatArray, float]

NO_PROBABILITY = -746.0  # the logarithm of a probability that a float stores as 0
TIES = 1 + 1e-7  # tolerance within which a table is as probable as the observed one, despite floating-point error


def normal_p(z: float) -> float:
    """Return the two-sided p-value of a standard normal statistic."""
    return erfc(abs(z) / sqrt(2))


def t_p(t: float, df: float | None) -> float:
    """Return the two-sided p-value of a t statistic, or of a normal statistic if `df` is None."""
    if df is None:
        return normal_p(t)
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))


def chi_square_p(statistic: float, df: int = 1) -> float:
    """Return the upper tail probability of a chi-square statistic."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def _likely(weight: Callable[[FloatArray], FloatArray], first: int, last: int, mode: int, seen: int) -> Exact:
    """Return the probabilities of the counts that have any, of which there are few even in arms of millions.

    Parameters
    ----------
    weight : callable
        Log probability of counts, up to a constant; it has a single maximum.
    first, last : int
        The least and the greatest count that is possible.
    mode : int
        The likeliest count, or one beside it.
    seen : int
        The observed count.

    Returns
    -------
    probabilities : numpy.ndarray, shape (count,)
    seen : float
        Probability of the observed count.
    """

    def impossible(count: int) -> bool:
        return float(weight(np.array([count, mode], dtype=float)) @ (1, -1)) < NO_PROBABILITY

    low = bisect_left(range(first, mode), True, key=lambda count: not impossible(count)) + first
    high = bisect_left(range(mode, last + 1), True, key=impossible) + mode
    counts = np.arange(low, high, dtype=float)
    weights = weight(counts)
    p = np.exp(weights - weights.max())
    p /= p.sum()
    return p, float(p[seen - low]) if low <= seen < high else 0.0


def _tables(a: int, n1: int, c: int, n0: int) -> Exact:
    """Return the probabilities of the treated counts given all margins, and that of the observed count."""
    from scipy.special import gammaln

    total, first, last = a + c, max(0, a + c - n0), min(n1, a + c)

    def weight(x: FloatArray) -> FloatArray:
        y = total - x
        return np.asarray(-(gammaln(x + 1) + gammaln(n1 - x + 1) + gammaln(y + 1) + gammaln(n0 - y + 1)))

    mode = min(max((n1 + 1) * (total + 1) // (n1 + n0 + 2), first), last)
    return _likely(weight, first, last, mode, a)


def fisher(a: int, n1: int, c: int, n0: int) -> float:
    """Return the two-sided p-value of Fisher's exact test: the sum over tables not more probable than the observed.

    Parameters
    ----------
    a, n1, c, n0 : int
        Events and persons, in the treatment arm (a of n1) and in the control arm (c of n0).

    Returns
    -------
    float
    """
    p, seen = _tables(a, n1, c, n0)
    return min(1.0, float(p[p <= seen * TIES].sum()))


def fisher_mid(a: int, n1: int, c: int, n0: int) -> float:
    """Return Fisher's exact p-value with half the weight of tables as probable as the observed (Lancaster 1961)."""
    p, seen = _tables(a, n1, c, n0)
    alike = (p <= seen * TIES) & (p >= seen / TIES)
    return fisher(a, n1, c, n0) - float(p[alike].sum()) / 2


def pearson(a: int, n1: int, c: int, n0: int, correction: float = 0.0, n_less: int = 0) -> float:
    """Return the p-value of the chi-square test of a 2x2 table.

    Parameters
    ----------
    a, n1, c, n0 : int
        Events and persons, in the treatment arm (a of n1) and in the control arm (c of n0).
    correction : float
        Continuity correction of ad - bc: 0, or n/2 for Yates' correction.
    n_less : int
        1 for the variant with n - 1 in place of n (Campbell 2007, Stat Med 26:3661-75).

    Returns
    -------
    float
    """
    n, events = n1 + n0, a + c
    if events in (0, n):
        return 1.0
    gap = max(0.0, abs(a * (n0 - c) - c * (n1 - a)) - correction)
    return chi_square_p((n - n_less) * gap**2 / (n1 * n0 * events * (n - events)))


def yates(a: int, n1: int, c: int, n0: int) -> float:
    """Return the p-value of the chi-square test with Yates' continuity correction."""
    return pearson(a, n1, c, n0, correction=(n1 + n0) / 2)


def likelihood_ratio(a: int, n1: int, c: int, n0: int) -> float:
    """Return the p-value of the likelihood ratio (G) test of a 2x2 table."""
    n, events = n1 + n0, a + c
    cells = [(a, n1, events), (n1 - a, n1, n - events), (c, n0, events), (n0 - c, n0, n - events)]
    return chi_square_p(max(0.0, 2 * sum(x * log(x * n / (row * column)) for x, row, column in cells if x)))


def wald(measure: str) -> Callable[[int, int, int, int], float]:
    """Return the Wald test of an effect of two proportions, a function of (events, n, events, n)."""

    def p(a: int, n1: int, c: int, n0: int) -> float:
        if measure == "risk_difference":
            effect, se = a / n1 - c / n0, measures.se_risk_difference(a, n1, c, n0)
        elif measure == "risk_ratio":
            se = measures.se_log_risk_ratio(a, n1, c, n0)
            effect = log(a * n0 / (c * n1)) if se else nan
        else:
            se = measures.se_log_odds_ratio(a, n1, c, n0)
            effect = log(a * (n0 - c) / (c * (n1 - a))) if se else nan
        return normal_p(effect / se) if se else nan

    return p


def two_by_two(measure: str) -> dict[str, Callable[[int, int, int, int], float]]:
    """Return the tests of a 2x2 table by name, each a function of (events, n, events, n), the treatment arm first."""
    return {
        "chi-square": pearson,
        "Fisher": fisher,
        f"Wald ({measure.replace('_', ' ')})": wald(measure),
        "likelihood ratio": likelihood_ratio,
        "chi-square with Yates' correction": yates,
        "Fisher mid-p": fisher_mid,
        "chi-square with n - 1": lambda a, n1, c, n0: pearson(a, n1, c, n0, n_less=1),
    }


def two_rates(x1: int, t1: float, x0: int, t0: float) -> dict[str, float]:
    """Calculate the p-values of a comparison of two Poisson rates.

    Parameters
    ----------
    x1, x0 : int
        Events in the treatment arm and in the control arm.
    t1, t0 : float
        Exposures of the arms, in the same unit.

    Returns
    -------
    dict of str to float
        Two-sided p-values by name: asymptotic, and exact (binomial, given the sum of the events).
    """
    n, share = x1 + x0, t1 / (t1 + t0)
    if not n:
        return {}
    from scipy.special import bdtr, gammaln

    def weight(k: FloatArray) -> FloatArray:
        return np.asarray(-gammaln(k + 1) - gammaln(n - k + 1) + k * log(share) + (n - k) * log(1 - share))

    p, seen = _likely(weight, 0, n, min(int((n + 1) * share), n), x1)
    tail = min(float(bdtr(x1, n, share)), float(1 - bdtr(x1 - 1, n, share)) if x1 else 1.0)
    found = {
        "Poisson, score": normal_p((x1 - n * share) / sqrt(n * share * (1 - share))),
        "Poisson, exact": min(1.0, float(p[p <= seen * TIES].sum())),
        "Poisson, exact (twice the smaller tail)": min(1.0, 2 * tail),
    }
    if x1 and x0:
        found["Poisson, Wald"] = normal_p(log(x1 * t0 / (x0 * t1)) / sqrt(1 / x1 + 1 / x0))
    return found


FISHER = ("Fisher", "Fisher mid-p")
CHI_SQUARE = ("chi-square", "chi-square with Yates' correction", "chi-square with n - 1")
MCNEMAR = ("McNemar", "McNemar with continuity correction", "McNemar exact", "McNemar mid-p")
PROPORTIONAL_ODDS = tuple(f"proportional odds, {test}" for test in ("Wald", "likelihood ratio", "score"))
WILCOXON = ("Wilcoxon", "Wilcoxon with continuity correction", "proportional odds, score", "Whitehead")
FAMILIES = {
    FISHER: "fisher exact fisherexact fishersexact midp",
    CHI_SQUARE: "chi2 chisquare chisquared pearson pearsonchi2 pearsonchisquare yates x2",
    ("Wald", "proportional odds, Wald", "z", "Poisson, Wald", "likelihood ratio"): "wald logistic logisticregression z",
    ("likelihood ratio", "proportional odds, likelihood ratio"): "lr lrt likelihoodratio g",
    WILCOXON: "wilcoxon wilcoxonranksum ranksum mannwhitney mannwhitneyu kruskalwallis",
    (
        *PROPORTIONAL_ODDS,
        "Whitehead",
    ): "po proportionalodds ordinallogistic ordinallogisticregression ordinal polr shift",
    ("proportional odds, score", "Whitehead", "Wilcoxon", *CHI_SQUARE, "Poisson, score"): "score",
    ("linear trend", *WILCOXON): "trend lineartrend cochranarmitage",
    ("Student", "Welch", "paired t"): "t ttest",
    ("Student", "paired t"): "student studentt studentst anova",
    ("paired t",): "pairedt pairedstudentt pairedstudentst",
    MCNEMAR: "mcnemar mcnemars",
    ("McNemar exact",): "exactmcnemar mcnemarexact sign binomial exactbinomial",
    ("Welch",): "welch welcht welchst",
    ("Poisson, Wald", "Poisson, score", "Poisson, exact", "Poisson, exact (twice the smaller tail)"): "poisson",
}
KNOWN = {key: names for names, keys in FAMILIES.items() for key in keys.split()}
MODELS = "mixedmodel mmrm gee ancova cox negativebinomial quasipoisson multipleimputation regression model".split()
RANKS_AND_STRATA = "cmh mantelhaenszel logrank permutation randomisation bootstrap stratified gehan peto".split()


def choose(test: str | None, names: Iterable[str]) -> tuple[list[str], str]:
    """Select the tests that a printed name may refer to.

    Parameters
    ----------
    test : str or None
        Name of the test as printed; case, spaces and punctuation are ignored.
    names : iterable of str
        Names of the available tests.

    Returns
    -------
    names : list of str
        The tests to compare with; all of them if the name is missing or unknown.
    doubt : str
        Why disagreement is not informative (the test is unknown, or cannot be recomputed); else empty.
    """
    names, key = list(names), _key(test)
    if not key or key == "unknown":
        return names, ""
    if key not in KNOWN:
        known = any(word in key for word in (*MODELS, *RANKS_AND_STRATA))
        why = "cannot be recomputed from these numbers" if known else "is not a known test"
        return names, f"the stated test, {test}, {why}"
    family = [n for n in names if n in KNOWN[key] or n.partition(" (")[0] in KNOWN[key]]
    if not family:
        return names, f"the stated test, {test}, cannot be recomputed from these numbers"
    return family, ""


def follows_estimate(test: str | None) -> bool:
    """Return whether a test should agree with the estimate and its interval, as Wald, t and model-based tests do.

    A log-rank or a stratified test is a score test; an unknown test may be of any type.
    """
    key = _key(test)
    if not key or key == "unknown":
        return True
    if key in KNOWN:
        return KNOWN[key][0] not in {*FISHER, *CHI_SQUARE, *MCNEMAR, *WILCOXON, "likelihood ratio", "linear trend"}
    ranks = any(word in key for word in RANKS_AND_STRATA if word != "stratified")
    return not ranks and any(word in key for word in MODELS)


def _key(test: str | None) -> str:
    letters = "".join(ch for ch in (test or "").lower() if ch.isalnum())
    return letters.removesuffix("test") if letters != "ttest" else letters
