"""Few degrees of freedom: the likelihood of an estimate, or of a p-value, is as wide as the t quantiles of its interval.

Oracles: products of SciPy's t and normal densities on a grid, and numbers of a review of this package, recomputed here.
The rest of a posterior (priors, thresholds) is taken from the package.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy import stats
from support.reports import REPORTS
from support.trials import make_analysis, make_outcome

from bayes import quadrature
from bayes.base import measures
from bayes.base.distributions import parse
from bayes.likelihoods.choice import likelihood_of
from bayes.paper.annotations import Selection
from bayes.paper.selective_reporting import log_significant


def curve_of(outcome):
    return quadrature.curve(outcome, make_analysis(outcome, "normal(0, 1)").nuisance)


def posterior(report: dict, prior: str, edges=(0.0,), measure: str = "mean_difference"):
    outcome = make_outcome(measure, "higher", report)
    distribution = parse(prior)
    return quadrature.table(curve_of(outcome), edges, quadrature.spots_of(distribution)).under(distribution)


def on_a_grid(y: float, s: float, df: float, prior_sd: float, threshold: float = 0.0):
    """P(theta > threshold), and the central 95%, from t and normal densities."""
    step = 0.0005
    theta = threshold + (np.arange(-400_000, 400_000) + 0.5) * step  # midpoints: the threshold is an edge
    density = stats.t.pdf((y - theta) / s, df) * stats.norm.pdf(theta, 0, prior_sd)
    density /= density.sum()
    return density[theta > threshold].sum(), np.interp([0.025, 0.975], np.cumsum(density), theta + step / 2)


S = 8.5 / stats.t(4).ppf(0.975)
NINE = {"kind": "estimate", "estimate": 9.0, "ci": [0.5, 17.5], "df": 4}
SD = 10.0  # scales the priors


def test_an_interval_of_four_degrees_of_freedom_is_not_narrowed():
    """The review: vague 0.37 to 16.87 and .978, neutral .773; with a normal likelihood 2.93 to 14.85, .998 and .943."""
    vague, neutral = 2.75 * SD, 0.195 * SD
    wide = posterior(NINE, f"normal(0, {vague})")
    assert wide.above(0.0) == pytest.approx(0.978, abs=5e-4)
    assert wide.quantiles([0.025, 0.975]) == pytest.approx([0.37, 16.87], abs=5e-3)
    assert posterior(NINE, f"normal(0, {neutral})").above(0.0) == pytest.approx(0.773, abs=5e-4)
    p, ends = on_a_grid(9.0, S, 4, vague)
    assert wide.above(0.0) == pytest.approx(p, abs=1e-6)
    assert wide.quantiles([0.025, 0.975]) == pytest.approx(ends, abs=2e-3)


def test_a_flat_prior_gives_back_the_printed_interval():
    flat = posterior(NINE, "normal(0, 100000)")
    assert flat.quantiles([0.025, 0.5, 0.975]) == pytest.approx([0.5, 9.0, 17.5], abs=1e-4)


def test_a_benefit_that_matters_under_seven_degrees_of_freedom():
    """MD 4.2 (-0.6 to 9.0), df 7, SD 12, MCID 3: .8985 and .3285 (the review); normal: .9410 and .3470."""
    report = {"kind": "estimate", "estimate": 4.2, "ci": [-0.6, 9.0], "df": 7}
    found = posterior(report, "normal(0, 2.34)", edges=(0.0, 3.0))
    assert found.above(0.0) == pytest.approx(0.8985, abs=5e-5)
    assert found.above(3.0) == pytest.approx(0.3285, abs=5e-5)


@pytest.mark.parametrize("df", [1, 3, 18, 200])
def test_a_p_value_says_what_its_estimate_says(df):
    """p beside a printed standard error and the estimate that gives this p are the same report."""
    se, p = 0.4, 0.04
    y = se * stats.t(df).isf(p / 2)
    bare = {"kind": "p_value", "p": p, "favours": "treatment", "se": se, "df": df}
    full = {"kind": "estimate", "estimate": float(np.exp(y)), "se": se, "df": df}
    one, other = (posterior(report, "normal(0, 0.355)", measure="odds_ratio") for report in (bare, full))
    assert one.above(0.0) == pytest.approx(other.above(0.0), abs=1e-7)
    assert one.above(0.0) == pytest.approx(on_a_grid(y, se, df, 0.355)[0], abs=1e-6)


def test_stated_degrees_of_freedom_of_a_standardised_difference_replace_n_minus_two():
    report = {"kind": "p_value", "p": 0.028, "favours": "treatment", "n": {"treatment": 16, "control": 15}}
    for stated in ({}, {"df": 12}):
        statistic = make_outcome("standardised_mean_difference", "higher", report | stated).evidence.statistic(
            "standardised_mean_difference"
        )
        assert (statistic.df, statistic.central) == (stated.get("df", 29), False)


def test_the_bounds_of_a_t_statistic_are_tails_of_a_t():
    """p < 0.05 with 5 df: P(T > 2.571 - d), T a Student-t, at every effect."""
    report = {"kind": "p_value", "p": "<0.05", "favours": "treatment", "se": 0.5, "df": 5}
    curve = curve_of(make_outcome("odds_ratio", "higher", report))
    theta = np.linspace(-3, 3, 13)
    critical = stats.t(5).isf(0.025)
    assert curve(theta) == pytest.approx(stats.t(5).logsf(critical - theta / 0.5), abs=1e-7)


def test_selection_looks_at_the_statistic_that_was_printed():
    """An estimate with df is significant where |y| / s passes the t quantile, not 1.96."""
    outcome = make_outcome("odds_ratio", "higher", {"kind": "estimate", "estimate": 2.0, "se": 0.3, "df": 5})
    outcome = outcome.model_copy(update={"selection": Selection(alpha=Decimal("0.05"))})
    d, critical = np.array([-2.0, 0.0, 1.5]), stats.t(5).isf(0.025)
    expected = np.log(stats.t(5).sf(critical - d) + stats.t(5).sf(critical + d))
    assert log_significant(d, outcome) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("n", "prior_sd", "close"), [(10, 10.3, 0.006), (10, 0.73, 0.05), (3, 0.73, 0.08)])
def test_one_data_set_tells_one_story(n, prior_sd, close):
    """Two arms as means, and as the estimate that a t test of them prints: closer than a normal tail would leave them.

    The means have a variance for each arm and a prior of it, the estimate one pooled variance, so that they need not
    agree entirely; least where a narrow prior contradicts three patients in each arm.
    """
    se = 3.75 * (2 / n) ** 0.5
    arms = {"treatment": {"mean": 3 * se, "sd": 3.75, "n": n}, "control": {"mean": 0.0, "sd": 3.75, "n": n}}
    estimate = {"kind": "estimate", "estimate": 3 * se, "se": se, "df": 2 * n - 2}
    prior = f"normal(0, {prior_sd})"
    one, other = (posterior(report, prior).above(0.0) for report in ({"kind": "means", **arms}, estimate))
    normal = posterior({k: v for k, v in estimate.items() if k != "df"}, prior).above(0.0)
    assert abs(one - other) < close
    assert abs(one - other) < abs(one - normal)


def test_which_likelihood_reads_it():
    assert likelihood_of(make_outcome(*REPORTS["estimate"])) == "reported_estimate"
    assert likelihood_of(make_outcome(*REPORTS["estimate t"])) == "reported_estimate_t"
    assert likelihood_of(make_outcome(*REPORTS["p t"])) == "reported_p_small_sample"


def test_a_chi_square_has_degrees_of_freedom_of_another_kind():
    report = {"kind": "p_value", "p": 0.04, "favours": "treatment", "se": 0.4, "df": 1, "test": "chi2"}
    assert make_outcome("odds_ratio", "higher", report).evidence.statistic("odds_ratio") == measures.TestStatistic()
