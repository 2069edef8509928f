"""Named tests: two-sided p-values, exact and asymptotic, and which of them a printed test name can mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import erfc, log, nan, sqrt

import numpy as np

from bayes.base import measures

TIES = 1 + 1e-7  # tables as probable as the observed one count as extreme, whatever the last bits say


def normal_p(z: float) -> float:
    """Two-sided p-value of a standard normal statistic."""
    return erfc(abs(z) / sqrt(2))


def t_p(t: float, df: float | None) -> float:
    """Two-sided p-value of a t statistic; normal where there are no degrees of freedom."""
    if df is None:
        return normal_p(t)
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))


def chi_square_p(statistic: float, df: int = 1) -> float:
    """Upper tail of a chi-square."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def _tables(a: int, n1: int, c: int, n0: int) -> tuple[np.ndarray, int]:
    """Probability of every treated count given all margins, and the place of the observed one."""
    from scipy.special import gammaln

    total, first, last = a + c, max(0, a + c - n0), min(n1, a + c)
    x = np.arange(first, last + 1)
    y = total - x
    weight = -(gammaln(x + 1) + gammaln(n1 - x + 1) + gammaln(y + 1) + gammaln(n0 - y + 1))
    p = np.exp(weight - weight.max())
    return p / p.sum(), a - first


def fisher(a: int, n1: int, c: int, n0: int) -> float:
    """Fisher's exact test, two-sided: all tables no more probable than the observed one."""
    p, here = _tables(a, n1, c, n0)
    return min(1.0, float(p[p <= p[here] * TIES].sum()))


def fisher_mid(a: int, n1: int, c: int, n0: int) -> float:
    """Fisher's exact test with half the weight of the tables as probable as the observed one (Lancaster 1961)."""
    p, here = _tables(a, n1, c, n0)
    alike = (p <= p[here] * TIES) & (p >= p[here] / TIES)
    return fisher(a, n1, c, n0) - float(p[alike].sum()) / 2


def pearson(a: int, n1: int, c: int, n0: int, correction: float = 0.0, n_less: int = 0) -> float:
    """Chi-square of a 2x2 table, with Yates' correction (n/2) or with n - 1 for n (Campbell 2007) if asked."""
    n, events = n1 + n0, a + c
    if events in (0, n):
        return 1.0
    gap = max(0.0, abs(a * (n0 - c) - c * (n1 - a)) - correction)
    return chi_square_p((n - n_less) * gap**2 / (n1 * n0 * events * (n - events)))


def yates(a: int, n1: int, c: int, n0: int) -> float:
    """Chi-square with Yates' continuity correction."""
    return pearson(a, n1, c, n0, correction=(n1 + n0) / 2)


def likelihood_ratio(a: int, n1: int, c: int, n0: int) -> float:
    """Likelihood-ratio (G) test of a 2x2 table."""
    n, events = n1 + n0, a + c
    cells = [(a, n1, events), (n1 - a, n1, n - events), (c, n0, events), (n0 - c, n0, n - events)]
    return chi_square_p(max(0.0, 2 * sum(x * log(x * n / (row * column)) for x, row, column in cells if x)))


def wald(measure: str) -> Callable[[int, int, int, int], float]:
    """Wald test of an effect of two proportions."""

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
    """Tests of persons with an event in two arms, each a function of (events, n, events, n)."""
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
    """Tests of two Poisson counts over exposures, asymptotic and (given their sum) exact binomial."""
    n, share = x1 + x0, t1 / (t1 + t0)
    if not n:
        return {}
    from scipy.special import bdtr, gammaln

    k = np.arange(n + 1)
    weight = -gammaln(k + 1) - gammaln(n - k + 1) + k * log(share) + (n - k) * log(1 - share) + gammaln(n + 1)
    p = np.exp(weight)
    tail = min(float(bdtr(x1, n, share)), float(1 - bdtr(x1 - 1, n, share)) if x1 else 1.0)
    found = {
        "Poisson, score": normal_p((x1 - n * share) / sqrt(n * share * (1 - share))),
        "Poisson, exact": min(1.0, float(p[p <= p[x1] * TIES].sum())),
        "Poisson, exact (twice the smaller tail)": min(1.0, 2 * tail),
    }
    if x1 and x0:
        found["Poisson, Wald"] = normal_p(log(x1 * t0 / (x0 * t1)) / sqrt(1 / x1 + 1 / x0))
    return found


FISHER = ("Fisher", "Fisher mid-p")
CHI_SQUARE = ("chi-square", "chi-square with Yates' correction", "chi-square with n - 1")
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
    ("Student", "Welch"): "t ttest",
    ("Student",): "student studentt studentst anova",
    ("Welch",): "welch welcht welchst",
    ("Poisson, Wald", "Poisson, score", "Poisson, exact", "Poisson, exact (twice the smaller tail)"): "poisson",
}
KNOWN = {key: names for names, keys in FAMILIES.items() for key in keys.split()}
MODELS = "mixedmodel mmrm gee ancova cox negativebinomial quasipoisson multipleimputation regression model".split()
RANKS_AND_STRATA = "cmh mantelhaenszel logrank permutation randomisation bootstrap stratified gehan peto".split()


def choose(test: str | None, names: Iterable[str]) -> tuple[list[str], str]:
    """Which of the tests at hand a printed name can mean.

    Returns
    -------
    names : list of str
        All of them where no test, or an unknown one, is named.
    doubt : str
        Why disagreement says nothing: the test named is not known, or cannot be recomputed from what is printed.
    """
    names, key = list(names), _key(test)
    if not key or key == "unknown":
        return names, ""
    if key not in KNOWN:
        known = any(word in key for word in (*MODELS, *RANKS_AND_STRATA))
        why = "cannot be recomputed from these numbers" if known else "is not known here"
        return names, f"the test named, {test}, {why}"
    family = [n for n in names if n in KNOWN[key] or n.partition(" (")[0] in KNOWN[key]]
    if not family:
        return names, f"the test named, {test}, cannot be recomputed from these numbers"
    return family, ""


def follows_estimate(test: str | None) -> bool:
    """Whether a named test should give the p-value that the estimate and its interval imply (Wald, t, a model).

    A log-rank or a stratified test is a score test, and a test not known here may be anything.
    """
    key = _key(test)
    if not key or key == "unknown":
        return True
    if key in KNOWN:
        return KNOWN[key][0] not in {*FISHER, *CHI_SQUARE, *WILCOXON, "likelihood ratio", "linear trend"}
    ranks = any(word in key for word in RANKS_AND_STRATA if word != "stratified")
    return not ranks and any(word in key for word in MODELS)


def _key(test: str | None) -> str:
    letters = "".join(ch for ch in (test or "").lower() if ch.isalnum())
    return letters.removesuffix("test") if letters != "ttest" else letters
