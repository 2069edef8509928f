"""Geometric means: each printed form of their spread by hand, a published t-test, and patients whose effect is planted."""

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy import stats
from support.trials import make_analysis, make_outcome

from bayes import InvalidInput
from bayes.analysis.curves import likelihood_curves

ARM = {"geometric_mean": 41.2, "n": 12}
CONTROL = {"geometric_mean": 55.0, "n": 14, "sd_log": 0.6}


def ratio(treatment, control=CONTROL):
    return make_outcome("mean_ratio", "lower", {"kind": "geometric_means", "treatment": treatment, "control": control})


def interval(sigma, n, mean=41.2):
    reach = stats.t.ppf(0.975, n - 1) * sigma / sqrt(n)
    return [mean * exp(-reach), mean * exp(reach)]


@pytest.mark.parametrize(
    "spread",
    [
        {"sd_log": 0.5},
        {"gsd": exp(0.5)},
        {"cv": 100 * sqrt(exp(0.25) - 1)},
        {"ci": interval(0.5, 12)},
    ],
)
def test_every_form_of_a_spread_is_the_same_sigma(spread):
    """sigma = 0.5 by its definitions (Kirkwood 1979): log of the geometric SD, CV^2 = exp(sigma^2) - 1, t interval."""
    outcome = ratio(ARM | spread)
    assert outcome.evidence.treatment.sigma == pytest.approx(0.5)
    y, s = outcome.evidence.own_estimate("mean_ratio")
    assert (y, s) == pytest.approx((log(41.2 / 55), sqrt(0.25 / 12 + 0.36 / 14)))


def test_the_curve_is_the_welch_test_of_the_logarithms():
    """SciPy's Welch test of simulated logarithms: the same degrees of freedom, and the likelihood is its Student-t."""
    rng = np.random.default_rng(5)
    t, c = rng.normal(3.7, 0.5, 9), rng.normal(4.0, 0.8, 15)
    arms = [{"geometric_mean": exp(x.mean()), "sd_log": x.std(ddof=1), "n": len(x)} for x in (t, c)]
    outcome = ratio(*arms)
    welch = stats.ttest_ind(t, c, equal_var=False)
    df = outcome.evidence.statistic("mean_ratio").df
    assert df == pytest.approx(welch.df)
    y, s = outcome.evidence.own_estimate("mean_ratio")
    assert 2 * stats.t.sf(abs(y / s), df) == pytest.approx(welch.pvalue)
    grid = np.linspace(-2, 1, 31)
    (curve,) = likelihood_curves(make_analysis(outcome, "neutral"))
    assert np.ptp(curve(grid) - stats.t.logpdf((y - grid) / s, df)) < 1e-9


def test_swapping_the_arms_inverts_the_effect():
    one, other = ratio(ARM | {"sd_log": 0.5}), ratio(CONTROL, ARM | {"sd_log": 0.5})
    (y, s), (back, same) = (o.evidence.own_estimate("mean_ratio") for o in (one, other))
    assert (back, same) == pytest.approx((-y, s))


def test_intervals_cover_the_ratio_that_was_planted():
    """4,000 trials of 8 and 20 patients with unequal spreads: 95% within three standard errors of the share."""
    rng, n, covered = np.random.default_rng(6), (8, 20), 0
    for _ in range(4000):
        x = [rng.normal(m, sd, k) for m, sd, k in zip((0.3, 0.0), (0.9, 0.4), n, strict=True)]
        arms = [{"geometric_mean": exp(a.mean()), "sd_log": a.std(ddof=1), "n": len(a)} for a in x]
        evidence = ratio(*arms).evidence
        y, s = evidence.own_estimate("mean_ratio")
        covered += abs(y - 0.3) < s * evidence.statistic("mean_ratio").quantile(0.025)
    assert abs(covered / 4000 - 0.95) < 3 * sqrt(0.95 * 0.05 / 4000)


@pytest.mark.parametrize(
    ("arm", "said"),
    [
        ({}, "no spread stated; accepted: one of cv, gsd, sd_log, ci"),
        ({"cv": 60, "gsd": 1.7}, "cv and gsd stated; accepted: one of"),
        ({"gsd": 0.8}, "gsd: must be above 1, found 0.8"),
        ({"ci": [45, 60]}, "excludes its own geometric mean 41.2"),
        ({"ci": [-1, 60]}, "both above 0"),
    ],
)
def test_what_cannot_be_is_named(arm, said):
    with pytest.raises(InvalidInput, match=said):
        ratio(ARM | arm)
