"""Conversions from printed numbers, against METHODS' worked figures and their sources."""

from math import log

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln

from bayes.base import measures


def test_standard_error_of_andromeda_shock():
    """HR 0.75 (0.55-1.02): s = 0.1576 (Hernandez 2019; arithmetic)."""
    assert measures.se_from_ci(log(0.55), log(1.02), 0.95) == pytest.approx(0.1576, abs=5e-5)


def test_other_confidence_levels_are_not_1_96():
    narrow = measures.se_from_ci(log(0.6), log(0.9), 0.99)
    assert narrow == pytest.approx((log(0.9) - log(0.6)) / (2 * 2.5758293), rel=1e-6)


def test_t_quantiles_where_df_is_stated():
    """2.045 at 29 df and 2.365 at 7 df (any t table)."""
    assert measures.ci_quantile(0.95, 29) == pytest.approx(2.045, abs=5e-4)
    assert measures.ci_quantile(0.95, 7) == pytest.approx(2.365, abs=5e-4)


def test_whitehead_with_unequal_arms():
    """39 v 15 with the reference shares: 0.5534 by the exact V; the 1:1 shortcut would give 0.487."""
    shares = [0.02, 0.06, 0.12, 0.17, 0.36, 0.20, 0.07]
    assert measures.whitehead_information(shares, 39, 15) ** -0.5 == pytest.approx(0.5534, abs=5e-5)


def test_whitehead_is_near_the_maximum_likelihood_standard_error():
    """Seven equiprobable levels: se 0.5415 at 39 v 15, 0.5049 at 25 v 25 (reference cases g-*)."""
    assert measures.whitehead_information([1] * 7, 39, 15) ** -0.5 == pytest.approx(0.5415342449, abs=1e-9)
    assert measures.whitehead_information([1] * 7, 25, 25) ** -0.5 == pytest.approx(0.5048742418, abs=1e-9)


def test_no_continuity_correction():
    assert measures.se_log_odds_ratio(0, 69, 7, 75) is None
    assert measures.se_log_odds_ratio(14, 97, 11, 95) == pytest.approx((1 / 14 + 1 / 83 + 1 / 11 + 1 / 84) ** 0.5)


@pytest.mark.parametrize(("n", "percent"), [(69, 4.2), (75, 3.9), (144, 2.1), (39, 7.4)])
def test_bound_without_events(n, percent):
    assert round(100 * measures.upper_bound_without_events(n), 1) == percent


def test_a_standard_error_from_a_p_value():
    """p = 0.05 lies 1.96 standard errors from no effect, or 2.365 at 7 degrees of freedom."""
    assert measures.se_from_p(-0.98, 0.05) == pytest.approx(0.5, abs=1e-4)
    assert measures.se_from_p(2.365, 0.05, 7) == pytest.approx(1, abs=5e-4)
    assert measures.se_from_ci(-2.365, 2.365, 0.95, 7) == pytest.approx(1, abs=5e-4)


def test_welchs_degrees_of_freedom_lie_between_those_of_the_smaller_arm_and_of_both():
    assert measures.welch_df(1.0, 11, 1.0, 11) == pytest.approx(20)
    assert measures.welch_df(1.0, 11, 1e-9, 31) == pytest.approx(10)
    assert measures.welch_df(2.0, 11, 1.0, 31) == pytest.approx(9 / (4 / 10 + 1 / 30))


def test_ranges_and_scales():
    assert measures.natural_range("odds_ratio") == (0.0, float("inf")) and measures.natural_range("proportion") == (0.0, 1.0)
    assert measures.natural_range("risk_difference") == (-1.0, 1.0)
    assert measures.natural_range("mean_difference") == (-float("inf"), float("inf"))
    assert measures.to_analysis(2.0, "rate_ratio") == pytest.approx(log(2)) and measures.to_analysis(2, "mean_difference") == 2.0
    assert measures.mirrored(0.85, 0.7) == pytest.approx(0.55)
    assert measures.CHINN == pytest.approx(0.5513, abs=5e-5)  # Chinn 2000: 1.81 log odds to a standard deviation


@pytest.mark.parametrize("nu", [1, 3, 10, 200])
def test_the_ratio_of_sample_to_true_sd_has_the_moments_of_chi(nu):
    """E u = sqrt(2 / nu) Gamma((nu + 1) / 2) / Gamma(nu / 2), E u^2 = 1 and E u^4 = 1 + 2 / nu."""
    u, log_weight = measures.sd_ratio(nu)
    weight = np.exp(log_weight)
    mean = np.sqrt(2 / nu) * np.exp(gammaln((nu + 1) / 2) - gammaln(nu / 2))
    assert len(u) == 401
    assert [weight.sum(), weight @ u, weight @ u**2, weight @ u**4] == pytest.approx([1, mean, 1, 1 + 2 / nu], abs=1e-6)


@pytest.mark.parametrize("nu", [5, 40])
def test_test_statistics_have_the_noncentral_and_the_shifted_t(nu):
    """P(statistic > 2.1) given an effect of 1.3 of its standard errors, by SciPy."""
    at, d = 2.1, np.array([1.3])
    for statistic, tail in (
        (measures.TestStatistic(nu), stats.nct(nu, 1.3).sf(at)),
        (measures.TestStatistic(nu, central=True), stats.t(nu).sf(at - 1.3)),
        (measures.TestStatistic(), stats.norm.sf(at - 1.3)),
    ):
        u, log_weight = statistic.ratios()
        assert np.exp(log_weight) @ stats.norm.sf(statistic.distance(at, d, u)) == pytest.approx(tail, abs=1e-8)
    assert measures.TestStatistic(nu).quantile(0.025) == pytest.approx(stats.t(nu).isf(0.025))
    assert measures.TestStatistic().quantile(0.025) == pytest.approx(1.959964)


def test_standard_errors_of_counts_by_the_delta_method():
    """Log risk ratio: (1 - p) / x from either arm; risk difference: p (1 - p) / n; SciPy has the same of both."""
    x1, n1, x0, n0 = 14, 97, 11, 95
    of_ratio = (83 / 97 / 14 + 84 / 95 / 11) ** 0.5
    assert measures.se_log_risk_ratio(x1, n1, x0, n0) == pytest.approx(of_ratio)
    low, high = stats.contingency.relative_risk(x1, n1, x0, n0).confidence_interval(0.95)
    assert measures.se_from_ci(log(low), log(high), 0.95) == pytest.approx(of_ratio)
    assert measures.se_risk_difference(x1, n1, x0, n0) == pytest.approx((14 * 83 / 97**3 + 11 * 84 / 95**3) ** 0.5)


@pytest.mark.parametrize(
    ("counts", "odds", "risk", "difference"),
    [((0, 9, 2, 9), False, False, True), ((2, 9, 0, 9), False, False, True), ((9, 9, 2, 9), False, True, True), ((2, 9, 9, 9), False, True, True),
     ((9, 9, 8, 8), False, False, False), ((0, 9, 0, 8), False, False, False), ((9, 9, 0, 8), False, False, False), ((1, 9, 8, 9), True, True, True)],
)  # fmt: skip
def test_empty_cells_leave_errors_only_where_they_exist(counts, odds, risk, difference):
    functions = (measures.se_log_odds_ratio, measures.se_log_risk_ratio, measures.se_risk_difference)
    assert [of(*counts) is not None for of in functions] == [odds, risk, difference]


def test_a_standardised_difference_with_and_without_correction():
    """J = 1 - 3 / (4 nu - 1) is within 0.1% of Gamma(nu / 2) / (sqrt(nu / 2) Gamma((nu - 1) / 2)); a pooled SD is between both."""
    g, se = measures.hedges_g(0.8, 12, 10)
    exact = np.exp(gammaln(10) - gammaln(9.5)) / np.sqrt(10)
    assert g == pytest.approx(0.8 * exact, rel=1e-3) and g == pytest.approx(0.8 * (1 - 3 / 79))
    assert se == pytest.approx((1 / 12 + 1 / 10 + g**2 / 44) ** 0.5)
    assert measures.se_standardised_mean_difference(12, 10) == pytest.approx((1 / 12 + 1 / 10) ** 0.5)
    values = np.array([1.0, 4.0, 2.0]), np.array([7.0, 3.0, 8.0, 9.0, 1.0])
    within = np.concatenate([v - v.mean() for v in values])
    sds = [v.std(ddof=1) for v in values]
    assert measures.pooled_sd(sds[0], 3, sds[1], 5) == pytest.approx((within**2).sum() ** 0.5 / 6**0.5)


def test_another_level_of_the_bound_without_events():
    """At the bound, no event in n patients has a probability of one minus the level."""
    assert (1 - measures.upper_bound_without_events(40, 0.8)) ** 40 == pytest.approx(0.2)
    assert (1 - measures.upper_bound_without_events(40)) ** 40 == pytest.approx(0.05)


def test_the_ratio_of_sample_to_true_sd_stays_accurate_in_very_large_samples():
    u, log_weight = measures.sd_ratio(1e6)
    assert np.exp(log_weight) @ (u - 1) ** 2 == pytest.approx(1 / 2e6, rel=1e-3)
