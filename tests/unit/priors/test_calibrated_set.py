"""The prior set that was chosen by what later trials found: its expressions by measure, and where it is not formed."""

from math import exp, pi, sqrt

import pytest
from scipy.stats import norm
from scipy.stats import t as student

import bayes
from bayes.base.distributions import parse
from bayes.errors import NotFormable
from bayes.priors.sets import find_prior, load_priors, resolve
from bayes.quadrature.densities import quantiles


def formed(measure, **stated):
    outcome = bayes.outcome(measure=measure, benefit="lower", estimate=0.5, se=0.2, **stated)
    return resolve(find_prior("calibrated", load_priors("calibrated")), outcome).univariate


def test_the_effect_on_log_ratios_and_standardised_differences():
    assert formed("odds_ratio") == formed("hazard_ratio") == parse("student_t(4, 0, 0.31)")
    assert formed("standardised_mean_difference").args == pytest.approx((4, 0, 0.31 * sqrt(3) / pi))


def test_other_scales_have_no_such_prior():
    with pytest.raises(NotFormable, match="calibrated on log ratios, not on a mean difference"):
        formed("mean_difference", sd_ref=10)


def test_tau_of_a_synthesis():
    measured = {"measure": "odds_ratio", "benefit": "lower", "se": 0.2}
    two = [bayes.outcome(estimate=0.8, trial="a", **measured), bayes.outcome(estimate=0.9, trial="b", **measured)]
    rows = bayes.synthesise(two, prior="calibrated", prior_set="calibrated", heterogeneity="calibrated").to_frame()
    assert set(rows["heterogeneity_distribution"]) == {"lognormal(-2.07, 1.05)"}


def test_what_its_rationales_say():
    """Half of the effects between 0.79 and 1.26, 95% between 0.42 and 2.4; tau's median 0.13, above 0.99 in 2.5%."""
    low, high = (exp(0.31 * student.ppf(p, 4)) for p in (0.25, 0.975))
    assert (round(low, 2), round(high, 1)) == (0.79, 2.4)
    median, outer = quantiles(parse("lognormal(-2.07, 1.05)"), (0.5, 0.975))
    assert (median, outer) == pytest.approx((exp(-2.07), exp(-2.07 + 1.05 * norm.ppf(0.975))))
    assert (round(median, 2), round(outer, 2)) == (0.13, 0.99)
