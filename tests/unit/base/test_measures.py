"""Conversions from printed numbers, against METHODS' worked figures and their sources."""

from math import log

import pytest

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
