"""Persons with the event in two arms, the number in one arm or both known only within bounds."""

import re
from math import log

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import stats
from scipy.special import expit, gammaln, logsumexp
from support.noted import noted
from support.trials import make_analysis, make_outcome

import bayes
from bayes.checks import INCONSISTENT, check_outcome
from bayes.checks.finding import NOT_CHECKABLE
from bayes.errors import InvalidInput
from bayes.paper.evidence.censored_counts import CountWithin
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.priors.sets import load_priors
from bayes.quadrature import curve
from bayes.quadrature.censored_counts import WithinBounds
from bayes.sensitivity.alternative_likelihoods import likelihood_rows
from bayes.sensitivity.information import unit_of
from bayes.sensitivity.subject import Subject
from bayes.text.evidence import evidence as shown
from bayes.text.evidence import in_brief

FEW = {"treatment": {"at_most": 3, "n": 200}, "control": {"events": 12, "n": 190}}
PAIRS = [
    ({"at_most": 3, "n": 200}, {"events": 12, "n": 190}),
    ({"at_most_percent": 5, "n": 1648}, {"at_most_percent": 5, "n": 1649}),
    ({"at_least": 1, "at_most": 4, "n": 60}, {"events": 9, "n": 58}),
    ({"at_least": 12, "n": 300}, {"events": 3, "n": 290}),
    ({"at_least": 20, "n": 30}, {"at_most": 2, "n": 30}),
    ({"at_least": 40, "at_most": 90, "n": 500}, {"at_most": 500, "n": 500}),
]
BOUNDS = [(0, 3, 200), (0, 82, 1648), (1, 4, 60), (12, 300, 300), (0, 0, 5), (100, 900, 9340), (12, 9340, 9340), (4000, 4010, 9000)]


def made(treatment=FEW["treatment"], control=FEW["control"], **more):
    return make_outcome("odds_ratio", "lower", {"kind": "censored_counts", "treatment": treatment, "control": control}, **more)


def binary(x, n, y, m):
    return make_outcome("odds_ratio", "lower", {"kind": "binary", "treatment": {"events": x, "n": n}, "control": {"events": y, "n": m}})


def nuisance(outcome):
    return make_analysis(outcome, "neutral").nuisance


def answer(outcome, prior="normal(0, 1)"):
    return exact_answers(make_analysis(outcome, prior))[EFFECT]


def summed(bounds, logit):
    """log P(least <= X <= most) in plain NumPy: every count with its coefficient."""
    least, most, n = bounds
    k = np.arange(least, most + 1)[:, None]
    return logsumexp(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + k * logit, axis=0) - n * np.logaddexp(0, logit)


# The file ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arm", "least", "most", "said"),
    [
        ({"events": 7}, 7, 7, "7 of 40"),
        ({"at_most": 3}, 0, 3, "at most 3 of 40"),
        ({"at_least": 12}, 12, 40, "at least 12 of 40"),
        ({"at_least": 1, "at_most": 4}, 1, 4, "1 to 4 of 40"),
        ({"at_most_percent": 5}, 0, 2, "at most 5% (2) of 40"),  # 5% of 40 itself is not excluded
        ({"at_most_percent": 7.4}, 0, 2, "at most 7.4% (2) of 40"),  # 2.96 persons
        ({"at_most_percent": 0}, 0, 0, "at most 0% (0) of 40"),
    ],
)
def test_what_an_arm_allows(arm, least, most, said):
    found = CountWithin.model_validate(arm | {"n": 40})
    assert (found.least, found.most, found.said) == (least, most, said)
    assert found.is_exact == (least == most)


def test_a_share_of_whole_persons_is_exact_in_decimals():
    """0.29 x 100 is 28.999999999999996 in binary; 29% of 100 persons are 29."""
    assert CountWithin.model_validate({"at_most_percent": 29, "n": 100}).most == 29


@pytest.mark.parametrize(
    ("treatment", "control", "said"),
    [
        ({"events": 3, "n": 40}, {"events": 7, "n": 40}, '3 of 40 and 7 of 40; accepted: kind = "binary"'),
        ({"events": 3, "n": 40}, {"at_most": 0, "n": 40}, "both counts are exact"),
        ({"at_most": 40, "n": 40}, {"at_least": 0, "n": 30}, "do not inform the comparison"),
        ({"n": 40}, {"events": 7, "n": 40}, "nothing stated; accepted: one of events, at_most"),
        ({"events": 3, "at_most": 5, "n": 40}, {"events": 7, "n": 40}, "events and at_most stated; accepted: one of"),
        ({"at_most": 5, "at_most_percent": 5, "n": 40}, {"events": 7, "n": 40}, "at_most and at_most_percent stated"),
        ({"at_most": 41, "n": 40}, {"events": 50, "n": 40}, "at_most = 41 exceeds n = 40.*events = 50 exceeds n = 40"),
        ({"at_least": 5, "at_most": 3, "n": 40}, {"events": 7, "n": 40}, "at_least = 5 exceeds at_most = 3"),
        ({"at_most_percent": 105, "n": 40}, {"events": 7, "n": 40}, "at_most_percent"),
        ({"at_most": 3}, {"events": 7, "n": 40}, "treatment.n"),
    ],
)
def test_counts_that_cannot_be_read_are_refused_with_all_mistakes(treatment, control, said):
    with pytest.raises(InvalidInput) as refused:
        made(treatment, control)
    assert re.search(said, str(refused.value).replace("\n", " "))


def test_only_an_odds_ratio_is_read():
    with pytest.raises(InvalidInput, match="'censored_counts' evidence does not support risk_ratio; supported measures: odds_ratio"):
        make_outcome("risk_ratio", "lower", {"kind": "censored_counts", **FEW})


def test_in_memory_a_bound_says_which_kind_it_is():
    told = bayes.outcome(measure="odds_ratio", benefit="lower", **FEW)
    assert told.evidence.kind == "censored_counts" and told.evidence.treatment.most == 3
    import pandas as pd

    frame = pd.DataFrame([{"treatment_at_most_percent": 5, "treatment_n": 40, "control_events": 7, "control_n": 41}])
    (row,) = bayes.outcomes(frame, measure="odds_ratio", benefit="lower")
    assert in_brief(row.evidence) == "at most 5% (2) of 40 v 7 of 41"


def test_what_a_reader_is_shown():
    found = shown(made().evidence)
    assert found.table.cells == (("treatment", "at most 3 of 200", "0", "3"), ("control", "12 of 190", "12", "12"))
    assert any("at most 3 of 200 v 12 of 190: every count" in note for note in noted(make_analysis(made(), "neutral"), None, None))


# The likelihood ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bounds", BOUNDS)
def test_an_arm_in_quadrature_is_the_sum_of_its_counts(bounds):
    """Plain sums in NumPy, risks from 1e-13 to 1 - 1e-13 and about both bounds: within 3e-6, wherever log P is above -60."""
    arm = WithinBounds(*bounds)
    logit = np.concatenate([np.linspace(-30, 30, 61), *(at + width * np.linspace(-11, 11, 45) for at, width in arm.edges)])
    expected = summed(bounds, logit)
    near = expected > -60
    assert arm(logit, -np.logaddexp(0, logit))[near] == pytest.approx(expected[near], abs=3e-6)
    assert arm(logit, -np.logaddexp(0, logit)) == pytest.approx(expected, rel=1e-6, abs=3e-6)


@pytest.mark.slow
def test_an_arm_in_the_model_is_the_sum_of_its_counts_and_its_slope_that_of_the_sum():
    """By the incomplete beta function: values within 1e-9, derivatives E(X | bounds) - n p within 1e-6; finite at any log odds."""
    from bayes.models.likelihoods import binomial_within_bounds

    numbers = pt.dvectors("eta", "least", "most", "n")
    value = binomial_within_bounds._log_within(*numbers)
    at = pytensor.function(numbers, [value, pt.grad(value.sum(), numbers[0])], mode=pytensor.compile.mode.Mode("py", None))
    for least, most, n in [*BOUNDS, (7, 7, 60)]:
        logit = np.concatenate([np.linspace(-25, 25, 41), [-900.0, -100.0, 100.0, 900.0]])
        one = np.ones_like(logit)
        found, slope = at(logit, least * one, most * one, n * one)
        k = np.arange(least, most + 1)[:, None]
        log_p = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + k * logit
        expected = (np.exp(log_p - logsumexp(log_p, axis=0)) * k).sum(axis=0) - n * expit(logit)
        near = summed((least, most, n), logit) > -600
        assert found[near] == pytest.approx(summed((least, most, n), logit)[near], abs=1e-9)
        assert slope[near] == pytest.approx(expected[near], abs=1e-6, rel=1e-6)
        assert np.isfinite(found).all() and np.isfinite(slope).all()


@pytest.mark.parametrize(("treatment", "control"), PAIRS)
def test_the_curve_by_brute_force(treatment, control):
    """The baseline by trapezoid over 3,001 nodes, the counts summed in plain NumPy: log L within 1e-6."""
    outcome, theta, a = made(treatment, control), np.array([-4.0, -1.0, 0.0, 0.5, 2.0]), np.linspace(-30, 30, 3001)
    arms = [(arm.least, arm.most, arm.n) for arm in (outcome.evidence.treatment, outcome.evidence.control)]
    expected = [
        logsumexp(stats.norm.logpdf(a, 0, 2.5) + summed(arms[0], a + t / 2) + summed(arms[1], a - t / 2)) + log(a[1] - a[0]) for t in theta
    ]
    assert curve(outcome, nuisance(outcome))(theta) == pytest.approx(np.array(expected), abs=1e-6)


def test_bounds_that_meet_are_a_count():
    """at_least = at_most = 5 against binary evidence: the same curve."""
    theta = np.linspace(-3, 3, 13)
    met = made({"at_least": 5, "at_most": 5, "n": 40}, {"at_most": 4, "n": 40})
    by_hand = [curve(binary(5, 40, y, 40), nuisance(met))(theta) for y in range(5)]
    assert curve(met, nuisance(met))(theta) == pytest.approx(logsumexp(by_hand, axis=0), abs=1e-6)


def test_the_likelihood_of_bounds_is_the_sum_of_those_of_their_counts():
    """4 x 3 tables of binary evidence."""
    outcome, theta = made({"at_most": 3, "n": 200}, {"at_least": 6, "at_most": 8, "n": 190}), np.linspace(-4, 2, 9)
    by_hand = [curve(binary(x, 200, y, 190), nuisance(outcome))(theta) for x in range(4) for y in range(6, 9)]
    assert curve(outcome, nuisance(outcome))(theta) == pytest.approx(logsumexp(by_hand, axis=0), abs=1e-6)


def test_of_many_persons_counts_are_poisson():
    """At most 3 of 5,000,000 at risks of a few in a million: scipy's Poisson distribution function."""
    rate = np.geomspace(0.01, 40, 60)
    logit = np.log(rate / 5e6) - np.log1p(-rate / 5e6)
    found = WithinBounds(0, 3, 5_000_000)(logit, -np.logaddexp(0, logit))
    assert found == pytest.approx(stats.poisson.logcdf(3, rate), rel=1e-5, abs=1e-6)


def test_swapped_arms_invert():
    for treatment, control in PAIRS[:3:2]:
        one, other = answer(made(treatment, control)), answer(made(control, treatment))
        assert one.mean == pytest.approx(-other.mean, abs=1e-6) and one.p_benefit == pytest.approx(1 - other.p_benefit, abs=1e-6)


def test_the_same_bound_in_two_arms_of_one_size_says_nothing_of_the_direction():
    found = answer(made({"at_most_percent": 5, "n": 300}, {"at_most_percent": 5, "n": 300}))
    assert found.mean == pytest.approx(0, abs=1e-6) and found.p_benefit == pytest.approx(0.5, abs=1e-6)
    assert found.sd < 1  # but of its size: ratios far from 1 are less probable


def test_a_bound_that_excludes_nothing_leaves_the_other_arm_alone():
    """At most 200 of 200: what remains is the other arm, as if the prior of its risk were all there is."""
    outcome, theta = made({"at_most": 200, "n": 200}), np.array([-1.0, 0.0, 1.0])
    a = np.linspace(-40, 40, 12_001)
    expected = [logsumexp(stats.norm.logpdf(a, 0, 2.5) + stats.binom.logpmf(12, 190, expit(a - t / 2))) + log(a[1] - a[0]) for t in theta]
    assert curve(outcome, nuisance(outcome))(theta) == pytest.approx(np.array(expected), abs=1e-6)


def test_truths_drawn_from_the_prior_lie_where_the_posterior_says():
    """600 trials of 60 + 60 with a ~ N(-2, 0.7), theta ~ N(0, 1), at most 10% or the count printed: ranks are uniform.

    The posterior by a grid of the likelihood that the package gives (the curve's prior of a is set to the truth's); chi
    square of ten classes below its 1 in 1,000 quantile.
    """
    from dataclasses import replace

    from bayes.base.distributions import parse

    rng, grid = np.random.default_rng(20261130), np.linspace(-6, 6, 121)
    priors, ranks, curves = replace(nuisance(made()), binary=parse("normal(-2, 0.7)")), [], {}
    for _ in range(600):
        theta, a = rng.normal(0, 1), rng.normal(-2, 0.7)
        x, y = (int(rng.binomial(60, expit(a + side * theta / 2))) for side in (1, -1))
        told = tuple(-1 if count <= 6 else count for count in (x, y))
        if told not in curves:
            arms = [{"at_most_percent": 10, "n": 60} if count < 0 else {"events": count, "n": 60} for count in told]
            outcome = binary(x, 60, y, 60) if min(told) >= 0 else made(*arms)
            curves[told] = curve(outcome, priors)(grid) + stats.norm.logpdf(grid)
        weight = np.exp(curves[told] - curves[told].max())
        ranks.append(weight[grid < theta].sum() / weight.sum())
    observed, _ = np.histogram(ranks, 10, (0, 1))
    assert stats.chisquare(observed).statistic < stats.chi2.isf(0.001, 9)


# What is asked of it --------------------------------------------------------------------------------------------------


def test_whether_the_bounds_determine_an_estimate():
    """Only where no arm may be empty or full: then the curve's maximum, found on a fine grid."""
    assert "no patient in the treatment arm may have had the event" in made().why_no_estimate
    assert "every patient in the treatment arm may" in made(*PAIRS[3]).why_no_estimate
    outcome = made(*PAIRS[2])
    assert outcome.has_estimate
    found, theta = curve(outcome, nuisance(outcome)), np.linspace(-2, -1, 10_001)
    assert found.estimate.value == pytest.approx(theta[found(theta).argmax()], abs=2e-3)
    assert unit_of(Subject.of(outcome, "neutral")).data == 118


def test_rows_with_each_count_at_its_least_and_greatest():
    """Binary evidence of 0 and 3 events."""
    rows = {row["variation"]: row for row in likelihood_rows(Subject.of(made(), "normal(0, 1)")) if row["question"] == "counts within their bounds"}
    assert list(rows) == ["0 v 12 events", "3 v 12 events"]
    for words, x in zip(rows, (0, 3), strict=True):
        assert rows[words]["mean"] == pytest.approx(answer(binary(x, 200, 12, 190)).mean, abs=1e-6)
    assert rows["0 v 12 events"]["mean"] < answer(made()).mean < rows["3 v 12 events"]["mean"]


def test_check_finds_results_that_no_count_within_the_bounds_gives():
    """0 to 3 of 69 v 12 of 75: odds ratios of 0 to 0.24; 5.8% are 4 of 69, 4.3% are 3."""

    def told(most=3, **printed):
        return check_outcome(made({"at_most": most, "n": 69}, {"events": 12, "n": 75}, printed=printed))

    assert told(estimate=0.15, percent={"treatment": 4.3, "control": 16.0}) == ()
    wrong = told(estimate=0.4, percent={"treatment": 5.8, "control": 16.0})
    assert {(f.path, f.verdict) for f in wrong} == {("printed.estimate", INCONSISTENT), ("printed.percent.treatment", INCONSISTENT)}
    assert [f.verdict for f in told(ci=[0.01, 0.9])] == [NOT_CHECKABLE]
    (large,) = check_outcome(made({"at_most": 3, "n": 900}, {"events": 12, "n": 75}))
    assert (large.path, large.verdict) == ("evidence.treatment.n", INCONSISTENT)


@pytest.mark.nuts
@pytest.mark.slow
def test_a_synthesis_of_a_trial_that_censors_and_trials_that_count():
    """mu by NUTS and on the plane of mu and tau, within 4 Monte Carlo errors."""
    from bayes.fitting.until_sound import sample_posterior
    from bayes.posterior.record import PosteriorRecord
    from bayes.posterior.rows import rows_of
    from bayes.synthesis.file import synthesis_of

    members = [made(), made(*PAIRS[1]), binary(9, 150, 15, 148), binary(20, 300, 31, 310)]
    for i, member in enumerate(members):
        members[i] = member.model_copy(update={"patients": f"trial {i}"})
        members[i]._id, members[i]._trial = f"it_{i}", member.trial
    joined = synthesis_of(members, heterogeneity={"distribution": "half_normal(0.3)", "rationale": "r"})
    rows = rows_of(PosteriorRecord.from_tree(sample_posterior(make_analysis(joined, "normal(0, 1)"))))
    (mu,) = [row for row in rows if row["parameter"] == "mu"]
    assert mu["status"] == "ok" and abs(mu["mean"] - mu["exact_mean"]) <= 4 * mu["mcse_mean"]
    assert abs(mu["p_benefit"] - mu["exact_p_benefit"]) <= 4 * mu["mcse_p_benefit"] + 1e-4


@pytest.mark.parametrize(
    ("treatment", "control", "level"),
    [
        ({"at_most": 3, "n": 20}, {"at_least": 5, "n": 20}, True), ({"at_least": 5, "n": 20}, {"at_most": 3, "n": 20}, True),
        ({"at_most": 3, "n": 20}, {"at_least": 5, "at_most": 19, "n": 20}, False), ({"at_least": 1, "at_most": 3, "n": 20}, {"at_least": 5, "n": 20}, False),
        ({"at_least": 5, "n": 20}, {"at_least": 1, "at_most": 3, "n": 20}, False), ({"at_most": 3, "n": 20}, {"events": 5, "n": 20}, False),
    ],
)  # fmt: skip
def test_a_curve_is_level_where_bounds_allow_none_in_one_arm_and_all_in_the_other(treatment, control, level):
    """The odds ratio may then be 0, or infinite, with a probability that does not vanish."""
    outcome = make_outcome("odds_ratio", "lower", {"kind": "censored_counts", "treatment": treatment, "control": control})
    assert curve(outcome, load_priors().nuisance).level_tails == level
