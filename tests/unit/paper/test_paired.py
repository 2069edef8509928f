"""The same patients under both treatments: means by the paired t test, and counts of discordant pairs."""

from math import log, sqrt

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit
from support.noted import noted
from support.trials import make_analysis, make_outcome

from bayes.checks import INCONSISTENT, check_outcome
from bayes.checks.paired import mcnemar
from bayes.errors import InvalidInput
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.quadrature import curve
from bayes.sensitivity.alternative_likelihoods import likelihood_rows
from bayes.sensitivity.information import unit_of
from bayes.sensitivity.sample_space import box_p_of
from bayes.sensitivity.subject import Subject

MEANS = {"kind": "paired_means", "n": 20, "treatment": {"mean": 4.1, "sd": 2.2}, "control": {"mean": 5.3, "sd": 2.5}, "correlation": 0.6}
COUNTS = {"kind": "paired_counts", "treatment_only": 2, "control_only": 9, "both": 8, "neither": 25}


def means(measure="mean_difference", **more):
    said = {key: value for key, value in (MEANS | more).items() if value is not None}
    return make_outcome(measure, "lower", said)


def counts(evidence=COUNTS, **more):
    return make_outcome("odds_ratio", "lower", COUNTS | evidence, **more)


def answer(outcome, prior):
    return exact_answers(make_analysis(outcome, prior))[EFFECT]


# Means ---------------------------------------------------------------------------------------------------------------


def test_every_way_to_print_the_precision_gives_the_same_standard_error():
    """Elbourne 2002: the SD of differences from the correlation; their SE; and p of a paired t test on n - 1."""
    sd = sqrt(2.2**2 + 2.5**2 - 2 * 0.6 * 2.2 * 2.5)
    se = sd / sqrt(20)
    p = 2 * stats.t.sf(1.2 / se, 19)
    for told in ({}, {"difference": {"sd": sd}}, {"difference": {"se": se}}, {"difference": {"p": p}}):
        found = means(**told).evidence
        assert found.on_analysis_scale("mean_difference") == pytest.approx((-1.2, se))
        assert found.implied_correlation == pytest.approx(0.6)
        assert found.assumes_correlation == (not told)
    of_errors = {"treatment": {"mean": 4.1, "se": 2.2 / sqrt(20)}, "control": {"mean": 5.3, "se": 2.5 / sqrt(20)}}
    assert means(**of_errors).standard_error == pytest.approx(se)


def test_under_a_flat_prior_the_posterior_is_the_paired_t_interval():
    """scipy.stats.ttest_rel of twelve patients, and its interval, from nothing but their means and the SD of differences."""
    rng = np.random.default_rng(20261129)
    under = rng.multivariate_normal([10.0, 11.0], [[4.0, 2.4], [2.4, 4.0]], 12)
    t, c = under.T
    test = stats.ttest_rel(t, c)
    told = {"n": 12, "treatment": {"mean": t.mean()}, "control": {"mean": c.mean()}, "difference": {"sd": (t - c).std(ddof=1)}, "correlation": None}
    found = answer(means(**told), "normal(0, 500)")
    low, high = test.confidence_interval(0.95)
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), abs=1e-3)
    assert found.p_benefit == pytest.approx(1 - test.pvalue / 2 if test.statistic < 0 else test.pvalue / 2, abs=1e-4)


@pytest.mark.slow
def test_the_error_of_the_difference_is_that_of_planted_patients():
    """4,000 trials of 30 patients, r = 0.7: the mean squared standard error is the variance of the differences, 4% either way."""
    rng, truth = np.random.default_rng(7), [[4.0, 0.7 * 2 * 3], [0.7 * 2 * 3, 9.0]]
    patients = rng.multivariate_normal([1.0, 2.0], truth, (4000, 30))
    difference = patients[..., 0].mean(1) - patients[..., 1].mean(1)
    s1, s0 = patients.std(1, ddof=1).T
    squared = [means(n=30, treatment={"mean": 1, "sd": a}, control={"mean": 2, "sd": b}, correlation=0.7).standard_error ** 2 for a, b in zip(s1[:400], s0[:400], strict=True)]
    assert np.mean(squared) == pytest.approx(difference.var(), rel=0.04)
    assert difference.var() == pytest.approx((4 + 9 - 2 * 0.7 * 6) / 30, rel=4 * sqrt(2 / 4000))


@pytest.mark.slow
@pytest.mark.parametrize(("r", "n"), [(0.0, 40), (0.5, 40), (0.8, 25)])
def test_a_standardised_difference_of_planted_patients(r, n):
    """6,000 trials with a true difference of 0.8 SD: unbiased to 0.01, its standard error that of the estimates to 3%."""
    rng = np.random.default_rng(11)
    patients = rng.multivariate_normal([0.8, 0.0], [[1, r], [r, 1]], (6000, n))
    mean, sd = patients.mean(1), patients.std(1, ddof=1)
    within = (patients[..., 0] - patients[..., 1]).std(1, ddof=1)
    found = []
    for m, s, d in zip(mean[:600], sd[:600], within[:600], strict=True):
        told = {"n": n, "treatment": {"mean": m[0], "sd": s[0]}, "control": {"mean": m[1], "sd": s[1]}, "difference": {"sd": d}, "correlation": None}
        found.append(means("standardised_mean_difference", **told).evidence.on_analysis_scale("standardised_mean_difference"))
    g, error = np.array(found).T
    everyone = (1 - 3 / (4 * (n - 1) - 1)) * (mean[:, 0] - mean[:, 1]) / np.sqrt((sd**2).mean(1))
    assert g == pytest.approx(everyone[:600])
    assert everyone.mean() == pytest.approx(0.8, abs=0.01 + 4 * everyone.std() / sqrt(6000))
    assert sqrt((error**2).mean()) == pytest.approx(everyone.std(), rel=0.05)


def test_a_standardised_difference_in_the_closed_form_of_its_paper():
    """Bonett 2008: with equal SDs and without an effect the error is sqrt(2 (1 - r) / (n - 1))."""
    same = {"treatment": {"mean": 5, "sd": 2}, "control": {"mean": 5, "sd": 2}, "n": 26}
    g, error = means("standardised_mean_difference", **same).evidence.on_analysis_scale("standardised_mean_difference")
    assert (g, error) == pytest.approx((0, sqrt(2 * 0.4 / 25)))


@pytest.mark.slow
def test_rows_under_other_correlations():
    """Where a correlation is assumed, and only there, 0, 0.5 and 0.8 stand beside it; the higher, the narrower."""
    rows = {row["variation"]: row["sd"] for row in likelihood_rows(Subject.of(means(), "normal(0, 20)")) if row["question"].startswith("correlation")}
    assert list(rows) == ["0 in place of 0.6", "0.5 in place of 0.6", "0.8 in place of 0.6"]
    student = sqrt(19 / 17)
    for r, sd in zip((0, 0.5, 0.8), rows.values(), strict=True):
        assert sd == pytest.approx(student * sqrt((2.2**2 + 2.5**2 - 2 * r * 2.2 * 2.5) / 20), rel=2e-3)
    printed = Subject.of(means(difference={"sd": 2.1}), "normal(0, 20)")
    assert not any(row["question"].startswith("correlation") for row in likelihood_rows(printed))
    assert any("stated correlation of 0.6" in note for note in noted(make_analysis(means(), "neutral"), None, None))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"correlation": None}, "nothing says how the two results of a patient are related"),
        ({"treatment": {"mean": 4.1}}, "a correlation requires sd"),
        ({"difference": {"sd": 2.1, "p": 0.03}}, "sd and p stated; accepted: one of"),
        ({"difference": {}}, "nothing stated; accepted: one of"),
        ({"difference": {"p": ">0.2"}}, "leaves the standard error open"),
        ({"difference": {"p": 0.3}, "treatment": {"mean": 5.3}}, "if the means are equal"),
        ({"treatment": {"mean": 4.1, "sd": 2.2, "se": 0.5}}, "sd and se are both stated"),
        ({"correlation": 1.2}, "correlation"),
        ({"n": 1}, "evidence.n"),
    ],
)
def test_paired_means_that_cannot_be_read_are_refused(told, said):
    with pytest.raises(InvalidInput, match=said):
        means(**told)


def test_a_standardised_difference_requires_both_deviations():
    with pytest.raises(InvalidInput, match="requires sd"):
        means("standardised_mean_difference", treatment={"mean": 4.1}, difference={"sd": 2.1})


def test_a_bound_on_p_gives_the_largest_error_and_a_note():
    found = means(difference={"p": "<0.01"})
    assert found.standard_error == pytest.approx(1.2 / stats.t.isf(0.005, 19))
    assert any("largest that it allows" in note for note in noted(make_analysis(found, "neutral"), None, None))


def test_check_recomputes_the_paired_t_test():
    """What scipy's t distribution says of these means; a wrong interval and an impossible SD of differences are found."""
    se = means().standard_error
    q, p = stats.t.isf(0.025, 19), 2 * stats.t.sf(1.2 / se, 19)
    printed = {"estimate": -1.2, "ci": [round(-1.2 - q * se, 2), round(-1.2 + q * se, 2)], "p": round(p, 3), "test": "paired t"}
    assert check_outcome(make_outcome("mean_difference", "lower", MEANS, printed=printed)) == ()
    (wrong,) = check_outcome(make_outcome("mean_difference", "lower", MEANS, printed=printed | {"ci": [-3.2, 0.8]}))
    assert (wrong.path, wrong.verdict) == ("printed.ci", INCONSISTENT)
    (wrong,) = check_outcome(means(difference={"sd": 5.9}))
    assert (wrong.path, wrong.verdict) == ("evidence.difference", INCONSISTENT) and "0.3 to 4.7" in wrong.text


def test_swapped_treatments_invert():
    one, other = answer(means(), "normal(0, 1)"), answer(means(treatment=MEANS["control"], control=MEANS["treatment"]), "normal(0, 1)")
    assert one.mean == pytest.approx(-other.mean) and one.p_benefit == pytest.approx(1 - other.p_benefit)
    swapped = {"treatment_only": 9, "control_only": 2}
    one, other = answer(counts(), "normal(0, 1)"), answer(counts(swapped), "normal(0, 1)")
    assert one.mean == pytest.approx(-other.mean) and one.p_benefit == pytest.approx(1 - other.p_benefit)


# Counts --------------------------------------------------------------------------------------------------------------


def test_discordant_pairs_by_brute_force():
    """The conditional likelihood in two other forms: a binomial of the pairs, and two Poisson counts with their mean summed out."""
    theta = np.linspace(-4, 2, 13)
    found = curve(counts(), make_analysis(counts(), "neutral").nuisance)(theta)
    assert found == pytest.approx(stats.binom.logpmf(2, 11, expit(theta)))
    rate = np.exp(np.linspace(log(1e-3), log(200), 20001))[:, None]
    joint = stats.poisson.pmf(2, rate * expit(theta)) * stats.poisson.pmf(9, rate * expit(-theta))
    by_hand = np.log(np.trapezoid(joint, np.log(rate[:, 0]), axis=0))
    assert found - found[0] == pytest.approx(by_hand - by_hand[0], abs=1e-6)


def test_the_conditional_likelihood_does_not_know_the_patients():
    """80,000 patients whose risks differ widely, odds ratio 0.5 within each: the pairs find it; the two margins fall short of it."""
    rng = np.random.default_rng(3)
    own = rng.normal(-0.5, 2.0, 80_000)
    t, c = rng.random((2, 80_000)) < expit(own + log(0.5) * np.array([[1], [0]]))
    told = {"treatment_only": int((t & ~c).sum()), "control_only": int((c & ~t).sum()), "both": int((t & c).sum()), "neither": int((~t & ~c).sum())}
    found = answer(counts(told), "normal(0, 5)")
    assert found.mean == pytest.approx(log(0.5), abs=4 * found.sd)
    marginal = log(t.mean() / (1 - t.mean()) / (c.mean() / (1 - c.mean())))
    assert found.mean < marginal - 8 * found.sd


def test_uniform_prior_of_the_share_is_a_beta():
    """A logistic prior of theta is uniform on p: the posterior of p is Beta(3, 10). Here its tail by quadrature of the curve."""
    theta = np.linspace(-30, 30, 60001)
    log_l = curve(counts(), make_analysis(counts(), "neutral").nuisance)(theta)
    weight = np.exp(log_l) * stats.logistic.pdf(theta)
    assert weight[theta < 0].sum() / weight.sum() == pytest.approx(stats.beta.cdf(0.5, 3, 10), abs=1e-4)


def test_all_pairs_on_one_side_are_a_bound():
    one = counts({"treatment_only": 0, "control_only": 6})
    assert one.standard_error is None and "no patient had the event under treatment only" in one.why_no_estimate
    found = answer(one, "normal(0, 1)")
    grid = np.linspace(-8, 8, 20001)
    weight = expit(-grid) ** 6 * stats.norm.pdf(grid)
    assert found.mean == pytest.approx((weight * grid).sum() / weight.sum(), abs=1e-4)
    with pytest.raises(InvalidInput, match="the odds ratio is not informed"):
        counts({"treatment_only": 0, "control_only": 0})


def test_how_surprising_discordant_pairs_are_and_what_a_prior_is_worth_in_them():
    """Box's p: the 12 possible counts of 11 pairs under N(0, 0.5) by trapezoid; one pair has the information p (1 - p)."""
    subject = Subject.of(counts(), "normal(0, 0.5)")
    grid = np.linspace(-5, 5, 20001)
    prior = stats.norm.pdf(grid, 0, 0.5)
    f = np.array([np.trapezoid(stats.binom.pmf(b, 11, expit(grid)) * prior, grid) for b in range(12)])
    assert box_p_of(subject, [subject.prior])(subject.prior) == pytest.approx(f[f <= f[2] * (1 + 1e-9)].sum(), abs=1e-4)
    unit = unit_of(subject)
    assert (unit.data, unit.name, unit.information(np.array([0.0]))[0]) == (11, "discordant pairs", 0.25)
    assert unit_of(Subject.of(means(), "neutral")).data == 20


def test_mcnemar_in_its_four_variants():
    """Fagerland 2013 (BMC Med Res Methodol 13:91), section on the example of 1 and 7 discordant pairs: 0.034, 0.077, 0.070, 0.039."""
    found = mcnemar(1, 7)
    assert [round(found[name], 3) for name in ("McNemar", "McNemar with continuity correction", "McNemar exact", "McNemar mid-p")] == [0.034, 0.077, 0.070, 0.039]
    # 3 v 3 by hand: of 64 tables 20 are the observed one, half of which comes off
    assert mcnemar(3, 3)["McNemar exact"] == 1 and mcnemar(3, 3)["McNemar mid-p"] == pytest.approx(1 - 10 / 64)


def test_check_recomputes_discordant_pairs():
    exact = stats.binomtest(2, 11).proportion_ci()
    printed = {"estimate": 0.22, "ci": [round(end / (1 - end), 2) for end in (exact.low, exact.high)], "p": 0.065, "test": "exact McNemar"}
    assert check_outcome(counts(printed=printed)) == ()
    found = check_outcome(counts(printed=printed | {"p": 0.03}))
    assert ("printed.p", INCONSISTENT) in {(wrong.path, wrong.verdict) for wrong in found}


def test_more_patients_than_the_trial_has_are_found():
    (found,) = check_outcome(counts({"neither": 200}))
    assert found.path == "evidence" and "n = 219" in found.text


@pytest.mark.nuts
def test_a_synthesis_of_discordant_pairs_and_parallel_counts():
    """Three crossovers and a parallel trial under one mean: mu by NUTS and on the plane of mu and tau, within 4 MCSE."""
    from bayes.fitting.until_sound import sample_posterior
    from bayes.posterior.record import PosteriorRecord
    from bayes.posterior.rows import rows_of
    from bayes.synthesis.file import synthesis_of

    parallel = {"kind": "binary", "treatment": {"events": 12, "n": 60}, "control": {"events": 20, "n": 58}}
    reports = [COUNTS, COUNTS | {"treatment_only": 6, "control_only": 10}, COUNTS | {"treatment_only": 0, "control_only": 4}, parallel]
    members = [make_outcome("odds_ratio", "lower", report, patients=f"trial {i}") for i, report in enumerate(reports)]
    for i, member in enumerate(members):
        member._id = f"it_{i}"
    made = synthesis_of(members, heterogeneity={"distribution": "half_normal(0.3)", "rationale": "r"})
    rows = rows_of(PosteriorRecord.from_tree(sample_posterior(make_analysis(made, "normal(0, 1)"))))
    (mu,) = [row for row in rows if row["parameter"] == "mu"]
    assert mu["status"] == "ok" and abs(mu["mean"] - mu["exact_mean"]) <= 4 * mu["mcse_mean"]
    assert abs(mu["p_benefit"] - mu["exact_p_benefit"]) <= 4 * mu["mcse_p_benefit"] + 1e-4
