"""Counts of millions, empty tails and effects that no float holds: the checks answer at once, and without a warning.

Oracles: SciPy's own exact tests, which search for the tail instead of adding it up; NumPy's sum over every count.
"""

import tracemalloc
from decimal import Decimal
from math import inf

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import binomtest, fisher_exact
from support.trials import make_outcome

from bayes.checks import check_outcome, common_odds, examine
from bayes.checks.p_values import fisher, two_rates
from bayes.checks.rounding import natural
from bayes.checks.two_by_two import intervals
from bayes.errors import InvalidInput

pytestmark = pytest.mark.filterwarnings("error")
TABLES = [(3, 20, 9, 21), (0, 7, 7, 7), (0, 69, 7, 75), (450, 10_000, 520, 10_100), (5, 2_000_000, 20, 2_000_000)]


@pytest.mark.parametrize("table", TABLES)
def test_fishers_p_is_that_of_scipy(table):
    a, n1, c, n0 = table
    assert fisher(*table) == pytest.approx(fisher_exact([[a, n1 - a], [c, n0 - c]]).pvalue, rel=1e-6)


@pytest.mark.parametrize("counts", [(3, 9), (0, 7), (36, 24), (400, 500), (10_050, 9_900), (50_010_000, 50_000_000)])
def test_the_exact_p_of_two_rates_is_that_of_scipy(counts):
    x1, x0 = counts
    found = two_rates(x1, 3.0, x0, 2.9)["Poisson, exact"]
    assert found == pytest.approx(binomtest(x1, x1 + x0, 3.0 / 5.9).pvalue, rel=1e-6, abs=1e-300)


@pytest.mark.parametrize(("x1", "x0", "share"), [(3, 9, 0.5), (0, 40, 0.1), (60, 1, 0.97)])
def test_counts_without_probability_are_left_out_of_no_sum(x1, x0, share):
    """The sum over every count, as it was made before counts without probability were left out."""
    n = x1 + x0
    k = np.arange(n + 1)
    log_choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    p = np.exp(log_choose + k * np.log(share) + (n - k) * np.log(1 - share))
    assert two_rates(x1, share, x0, 1 - share)["Poisson, exact"] == pytest.approx(p[p <= p[x1] * (1 + 1e-7)].sum())


def test_a_hundred_million_events_take_no_memory():
    arms = {"treatment": {"events": 20, "n": 69}, "control": {"events": 10**8, "n": 75}}
    outcome = make_outcome("rate_ratio", "lower", {"kind": "events"} | arms, printed={"p": Decimal("0.5")})
    tracemalloc.start()
    check_outcome(outcome)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50e6


def test_percentages_of_ten_million_store_no_counts():
    """37% of 10^7 allows 10^5 counts an arm: they were stored, and each of 36 tables had its tests over all counts."""
    arms = {"treatment": {"percent": 37, "n": 10**7}, "control": {"percent": 38, "n": 10**7}}
    outcome = make_outcome("odds_ratio", "lower", {"kind": "binary"} | arms, printed={"p": Decimal("0.5")})
    tracemalloc.start()
    check_outcome(outcome)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50e6


def test_a_table_whose_cells_differ_a_millionfold_is_fitted_without_a_warning():
    """A maximum has no slope: the fit with the odds ratio fixed a little to either side is worse."""
    treatment, control = (5, 9, 1_000_000, 15, 31, 18, 6), (3, 8, 12, 17, 39, 20, 3)
    found = common_odds.fit(treatment, control)
    beside = [common_odds.fit(treatment, control, found.theta + step).log_likelihood for step in (-0.01, 0.01)]
    assert max(beside) < found.log_likelihood
    assert all(0 <= p <= 1 for p in common_odds.tests(treatment, control).values())


def test_an_interval_of_no_width_is_its_estimate():
    """At a level of 1e-9 the limits of the profile likelihood are nearer to the estimate than rounding error."""
    low, high = intervals("odds_ratio", 1e-9)["profile likelihood"](36, 60, 24, 61)
    assert low == pytest.approx(36 * 37 / (24 * 24), rel=1e-6) and high == pytest.approx(low, rel=1e-6)


def test_a_ratio_that_no_float_holds_is_infinite():
    assert natural(710.0, "odds_ratio") == inf and natural(-2000.0, "odds_ratio") == 0.0
    assert natural(710.0, "mean_difference") == 710.0


def test_limits_beyond_any_float_are_a_finding_not_a_warning():
    arms = {"percent": Decimal("23.0"), "ci": [Decimal("18.0"), Decimal("29.0")]}
    full = {"percent": Decimal("99.99"), "ci": [Decimal("50.0"), Decimal("99.999")]}
    evidence = {"kind": "percentages", "treatment": arms, "control": full}
    outcome = make_outcome("odds_ratio", "lower", evidence, printed={"ci": [Decimal("0.1"), Decimal("0.9")]})
    assert examine(outcome).checks


@pytest.mark.parametrize("percent", [True, 10**400, Decimal("nan"), "nan", float("inf"), []])
def test_a_percentage_that_is_no_number_is_refused_as_one(percent):
    arm = {"percent": 12, "n": 50}
    with pytest.raises(InvalidInput, match="percent"):
        make_outcome("odds_ratio", "lower", {"kind": "binary", "treatment": {"percent": percent, "n": 50}, "control": arm})


def test_a_percentage_of_none_is_not_a_count_of_zero():
    """A frame has None where a cell is empty: the count was taken to be 0."""
    arm = {"percent": 12, "n": 50}
    with pytest.raises(InvalidInput, match="events: required, but missing"):
        make_outcome("odds_ratio", "lower", {"kind": "binary", "treatment": {"percent": None, "n": 50}, "control": arm})
