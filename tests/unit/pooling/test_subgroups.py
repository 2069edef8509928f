"""Subgroups of one trial: shrinkage, P(interaction) and its test, by normal theory over a grid of tau."""

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy import stats

from bayes import InvalidInput, check, fit, outcome, synthesis_of
from bayes.analysis.plan import make_plan
from bayes.pooling.explained import explain
from bayes.pooling.words import sentences
from bayes.priors.sets import load_priors

TAU = {"distribution": "half_normal(0.3)", "rationale": "subgroups differ less than trials"}
EFFECTS = {"younger": (0.62, 0.45, 0.85), "older": (1.05, 0.80, 1.38)}  # hazard ratios with 95% intervals


def subgroups(effects=EFFECTS, benefit="lower", by="age", **stated):
    members = [
        outcome(trial=name, measure="hazard_ratio", benefit=benefit, estimate=e, ci=(low, high), label=name, patients=name)
        for name, (e, low, high) in effects.items()
    ]
    return synthesis_of(members, **({"heterogeneity": TAU, "subgroups": {"by": by}} | stated))


def numbers(effects=EFFECTS):
    """The log hazard ratios and their standard errors, by hand."""
    return np.array([(log(e), log(high / low) / (2 * stats.norm.ppf(0.975))) for e, low, high in effects.values()]).T


def analysis_of(synthesis, prior="normal(0, 0.5)"):
    return make_plan([synthesis], load_priors(), [prior]).analyses[0]


def by_hand(prior_sd=0.5, scale=0.3, nodes=4000):
    """P(theta_1 < theta_2) and the mean and SD of theta_1 - theta_2: multivariate normal given tau, over a grid of tau."""
    y, s = numbers()
    total = first = second = below = 0.0
    for tau in (np.arange(nodes) + 0.5) * 6 * scale / nodes:
        prior = tau**2 * np.eye(2) + prior_sd**2
        weight = stats.multivariate_normal.pdf(y, np.zeros(2), prior + np.diag(s**2)) * stats.norm.pdf(tau, 0, scale)
        gain = prior @ np.linalg.inv(prior + np.diag(s**2))
        contrast = np.array([1.0, -1.0])
        mean, variance = contrast @ gain @ y, contrast @ (prior - gain @ prior) @ contrast
        total += weight
        first += weight * mean
        second += weight * (mean**2 + variance)
        below += weight * stats.norm.cdf(-mean / sqrt(variance))
    return below / total, first / total, sqrt(second / total - (first / total) ** 2)


def test_a_pair_of_subgroups_is_that_of_normal_theory():
    """The probability to 1e-4 of a sum over 4,000 values of tau; the medians of a near-normal within 0.02 SD of its mean."""
    (row,) = explain(analysis_of(subgroups())).interactions
    p, mean, sd = by_hand()
    assert row["p_more"] == pytest.approx(p, abs=1e-4)
    assert abs(log(row["difference"]) - mean) < 0.1 * sd
    assert row["difference_low"] < row["difference"] < row["difference_high"]


def test_without_shrinkage_it_is_the_usual_test_of_interaction():
    """Altman and Bland (2003, BMJ 326:219): z = difference of logs over the root of summed squared errors."""
    (row,) = explain(analysis_of(subgroups())).interactions
    y, s = numbers()
    apart, error = y[0] - y[1], sqrt(s @ s)
    assert row["own_difference"] == pytest.approx(exp(apart))
    assert row["own_p_more"] == pytest.approx(stats.norm.cdf(-apart / error))
    assert row["own_difference_low"] == pytest.approx(exp(apart - stats.norm.ppf(0.975) * error))
    assert explain(analysis_of(subgroups())).descriptives["p"] == pytest.approx(2 * stats.norm.sf(abs(apart / error)))
    assert 0.5 < row["p_more"] < row["own_p_more"], "shrunken towards no interaction"


def test_exchanging_the_subgroups_inverts_the_difference_and_benefit_turns_it():
    (row,) = explain(analysis_of(subgroups())).interactions
    (turned,) = explain(analysis_of(subgroups(dict(reversed(EFFECTS.items()))))).interactions
    (higher,) = explain(analysis_of(subgroups(benefit="higher"))).interactions
    assert turned["p_more"] == pytest.approx(1 - row["p_more"], abs=1e-6)
    assert turned["difference"] == pytest.approx(1 / row["difference"], abs=1e-6)
    assert higher["p_more"] == pytest.approx(1 - row["p_more"], abs=1e-6)


@pytest.mark.nuts
def test_draws_of_the_effects_differ_by_as_much():
    """By NUTS: the share of draws in which the first effect is lower, within 4 MCSE of quadrature (12,000 draws)."""
    fitted = fit(subgroups(), prior="normal(0, 0.5)")
    effects = fitted.tree["posterior"]["effect"].values.reshape(-1, 2)
    share, (row,) = float((effects[:, 0] < effects[:, 1]).mean()), explain(analysis_of(subgroups())).interactions
    assert abs(share - row["p_more"]) < 4 * sqrt(0.25 / 3000)


def test_three_subgroups_are_three_pairs_and_counts_are_read_as_counts():
    counts = {"a": ((9, 60), (15, 61)), "b": ((20, 70), (22, 69)), "c": ((5, 30), (4, 31))}
    members = [
        outcome(trial=name, measure="odds_ratio", benefit="lower", kind="binary", treatment=t, control=c, patients=name)
        for name, (t, c) in counts.items()
    ]
    rows = explain(analysis_of(synthesis_of(members, heterogeneity=TAU, subgroups={"by": "site"}))).interactions
    assert [(row["one"], row["other"]) for row in rows] == [("a:outcome", "b:outcome"), ("a:outcome", "c:outcome"), ("b:outcome", "c:outcome")]
    assert all(0 < row["p_more"] < 1 for row in rows)


def test_the_page_says_both_probabilities_and_the_printed_p():
    analysis = analysis_of(subgroups(subgroups={"by": "age", "p_interaction": 0.01}))
    (said,) = [s for s in sentences(analysis, explain(analysis)) if s.startswith("By age")]
    assert "younger:outcome against older:outcome: the ratio of their effects is" in said
    words = " ".join(sentences(analysis, explain(analysis)))
    assert "two subgroups (2 estimate)" in words and "publication bias" not in words and "new trial" not in words
    assert "without shrinkage" in said and "the paper printed p = 0.01" in said


@pytest.mark.parametrize(
    ("p", "found"),
    [(0.013, 0), ("<0.05", 0), ("<0.001", 1), (">0.05", 1), (0.4, 1)],
)
def test_the_printed_p_of_an_interaction_is_compared_with_that_of_the_effects(p, found):
    """By hand: z = log(0.62 / 1.05) / 0.2133 = -2.47, p = 0.0135."""
    findings = check(subgroups(subgroups={"by": "age", "p_interaction": p}))
    assert len(findings) == found and all("p = 0.014 for interaction" in f.text for f in findings)


def test_subgroups_need_a_prior_of_their_own():
    with pytest.raises(InvalidInput, match="how far subgroups may differ is not how far trials do"):
        subgroups(heterogeneity=None)
    with pytest.raises(InvalidInput, match="requires at least two outcomes"):
        subgroups({"younger": EFFECTS["younger"]})


def test_trials_have_no_pairs():
    assert explain(analysis_of(subgroups(subgroups=None))).interactions == []
