"""Tests, intervals and fits of `bayes check` against SciPy, hand calculation and published examples."""

from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from scipy import optimize, stats
from support.printed_reports import C, T

from bayes.checks import common_odds, p_values, two_by_two

# Tests and intervals against SciPy, hand calculation and published examples ------------------------------------------

TABLES = [(15, 65, 5, 61), (0, 69, 7, 75), (4, 16, 21, 36), (30, 59, 31, 61), (408, 1515, 407, 1520), (7, 7, 0, 5)]


@pytest.mark.parametrize("table", TABLES)
def test_two_by_two_p_values_are_scipys(table):
    a, n1, c, n0 = table
    cells = [[a, n1 - a], [c, n0 - c]]
    assert p_values.fisher(*table) == pytest.approx(stats.fisher_exact(cells).pvalue, rel=1e-9)
    assert p_values.pearson(*table) == pytest.approx(stats.chi2_contingency(cells, correction=False).pvalue, rel=1e-9)
    assert p_values.yates(*table) == pytest.approx(stats.chi2_contingency(cells, correction=True).pvalue, rel=1e-9)
    assert p_values.likelihood_ratio(*table) == pytest.approx(
        stats.chi2_contingency(cells, correction=False, lambda_="log-likelihood").pvalue, rel=1e-9
    )
    assert p_values.fisher_mid(*table) < p_values.fisher(*table)


def test_the_wald_test_is_the_log_odds_ratio_over_woolfs_error():
    z = log(15 * 56 / (50 * 5)) / sqrt(1 / 15 + 1 / 50 + 1 / 5 + 1 / 56)
    assert p_values.wald("odds_ratio")(15, 65, 5, 61) == pytest.approx(2 * stats.norm.sf(z), rel=1e-9)


def test_intervals_of_a_risk_difference_are_newcombes():
    """Newcombe 1998, Stat Med 17:873-90, Table II, example (a), 56/70 - 48/80: methods 1, 2, 6 (as 7 with n/(n - 1)), 10."""
    expected = {
        "Wald": (0.0575, 0.3425),
        "Wald with continuity correction": (0.0441, 0.3559),
        "Miettinen-Nurminen": (0.0528, 0.3382),
        "profile likelihood": (0.0547, 0.3394),
        "Newcombe": (0.0524, 0.3339),
    }
    for name, method in two_by_two.intervals("risk_difference", 0.95).items():
        assert method(56, 70, 48, 80) == pytest.approx(expected[name], abs=6e-5), name


def test_wilson_is_scipys():
    ci = stats.binomtest(16, 20).proportion_ci(method="wilson")
    assert two_by_two.wilson(stats.norm.ppf(0.975), 16, 20) == pytest.approx((ci.low, ci.high), rel=1e-9)


def test_intervals_of_an_odds_ratio():
    """Woolf by hand; the profile interval's ends have a likelihood-ratio p of 0.05; the exact one is SciPy's."""
    table = (15, 65, 5, 61)
    methods = two_by_two.intervals("odds_ratio", 0.95)
    centre, s = log(15 * 56 / (50 * 5)), sqrt(1 / 15 + 1 / 50 + 1 / 5 + 1 / 56)
    assert methods["Woolf"](*table) == pytest.approx((exp(centre - 1.959964 * s), exp(centre + 1.959964 * s)), rel=1e-6)
    exact = stats.contingency.odds_ratio([[15, 50], [5, 56]]).confidence_interval(0.95)
    assert methods["exact conditional"](*table) == pytest.approx((exact.low, exact.high), rel=1e-9)

    def loss(p0, odds):
        p1 = odds * p0 / (1 - p0) / (1 + odds * p0 / (1 - p0))
        return -(15 * log(p1) + 50 * log(1 - p1) + 5 * log(p0) + 56 * log(1 - p0))

    top = -loss(5 / 61, 15 * 56 / (50 * 5))
    for end in methods["profile likelihood"](*table):
        best = -optimize.minimize_scalar(
            loss, bounds=(1e-6, 0.9), args=(end,), method="bounded", options={"xatol": 1e-9}
        ).fun
        assert stats.chi2.sf(2 * (top - best), 1) == pytest.approx(0.05, abs=1e-4)


def test_empty_cells_and_full_ones_do_not_crash():
    for table in [(0, 5, 0, 7), (5, 5, 7, 7), (0, 5, 7, 7), (0, 69, 7, 75), (1, 1, 0, 1)]:
        for measure in two_by_two.SE:
            for group in (
                two_by_two.estimates(measure),
                two_by_two.intervals(measure, 0.95),
                p_values.two_by_two(measure),
            ):
                for method in group.values():
                    method(*table)


def test_two_rates_against_scipys_binomial():
    found = p_values.two_rates(16, 32.0, 24, 30.0)
    assert found["Poisson, exact"] == pytest.approx(stats.binomtest(16, 40, 32 / 62).pvalue, rel=1e-9)
    assert found["Poisson, Wald"] == pytest.approx(
        2 * stats.norm.sf(abs(log(16 * 30 / (24 * 32))) / sqrt(1 / 16 + 1 / 24)), rel=1e-9
    )
    assert p_values.two_rates(0, 1.0, 0, 1.0) == {}


def test_a_common_odds_ratio_of_two_categories_is_the_odds_ratio():
    found = common_odds.fit((15, 50), (5, 56))
    assert found.theta == pytest.approx(log(15 * 56 / (50 * 5)), abs=1e-9)
    assert found.se == pytest.approx(sqrt(1 / 15 + 1 / 50 + 1 / 5 + 1 / 56), rel=1e-8) == found.se_expected


def test_the_common_odds_ratio_maximises_the_likelihood():
    """An independent maximum: scipy.optimize on the multinomial likelihood. METHODS 4: TREASURE near 0.223."""

    def loss(x):
        cuts = np.cumsum([x[0], *np.exp(x[1:-1])])
        up = [np.concatenate([[0], 1 / (1 + np.exp(-(cuts + shift))), [1]]) for shift in (x[-1], 0.0)]
        return -sum(n @ np.log(np.diff(u)) for n, u in zip((np.array(T), np.array(C)), up, strict=True))

    best = optimize.minimize(loss, [-3, 0, 0, 0, 0, 0, 0.0], method="BFGS", options={"gtol": 1e-8})
    fit = common_odds.fit(T, C)
    assert fit.theta == pytest.approx(best.x[-1], abs=1e-4) == pytest.approx(0.223, abs=1e-3)
    assert fit.log_likelihood == pytest.approx(-best.fun, abs=1e-7)
    h, eye = 1e-4, np.eye(7)  # the information by second differences, at the maximum free of how cutpoints are written
    second = [
        [
            (
                loss(best.x + h * (a + b))
                - loss(best.x + h * (a - b))
                - loss(best.x - h * (a - b))
                + loss(best.x - h * (a + b))
            )
            / (4 * h * h)
            for b in eye
        ]
        for a in eye
    ]
    assert fit.se == pytest.approx(sqrt(np.linalg.inv(second)[-1, -1]), rel=1e-4)


def test_swapping_arms_or_categories_turns_the_sign():
    assert common_odds.fit(C, T).theta == pytest.approx(-common_odds.fit(T, C).theta, abs=1e-9)
    assert common_odds.fit(T[::-1], C[::-1]).theta == pytest.approx(-common_odds.fit(T, C).theta, abs=1e-9)


def test_shift_tests_against_scipy():
    x, y = np.repeat(range(7), T), np.repeat(range(7), C)
    found = common_odds.tests(T, C)
    for name, correct in (("Wilcoxon", False), ("Wilcoxon with continuity correction", True)):
        assert found[name] == pytest.approx(
            stats.mannwhitneyu(x, y, method="asymptotic", use_continuity=correct).pvalue, rel=1e-9
        )
    assert found["Wilcoxon"] == pytest.approx(stats.kruskal(x, y).pvalue, rel=1e-9)
    r = stats.pearsonr(np.r_[np.ones(len(x)), np.zeros(len(y))], np.r_[x, y]).statistic
    assert found["linear trend"] == pytest.approx(stats.chi2.sf((len(x) + len(y) - 1) * r**2, 1), rel=1e-9)
    # Whitehead 1993 by the formula of METHODS 4, a loop
    pooled, n = [a + b for a, b in zip(T, C, strict=True)], sum(T) + sum(C)
    z = sum(T[k] * (sum(C[k + 1 :]) - sum(C[:k])) for k in range(7)) / (n + 1)
    v = sum(T) * sum(C) * n / (3 * (n + 1) ** 2) * (1 - sum((p / n) ** 3 for p in pooled))
    assert found["Whitehead"] == pytest.approx(2 * stats.norm.sf(abs(z) / sqrt(v)), rel=1e-9)
    assert [round(p, 2) for p in found.values()][:6] == [0.37] * 6  # issue and METHODS 5: 0.37 by all of them


def test_separated_arms_have_no_common_odds_ratio():
    assert common_odds.fit((5, 0, 0), (0, 3, 4)) is None and common_odds.fit((5, 2, 0), (0, 3, 4)) is None
    assert common_odds.fit((5, 2, 1), (0, 3, 4)) is not None


def test_the_score_test_has_n_for_n_less_one():
    z = {k: NormalDist().inv_cdf(p / 2) for k, p in common_odds.tests(T, C).items()}
    n = sum(T) + sum(C)
    assert (z["proportional odds, score"] / z["Wilcoxon"]) ** 2 == pytest.approx(n / (n - 1), rel=1e-6)
