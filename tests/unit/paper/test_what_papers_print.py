"""Reports in forms other than an estimate with its interval, each against a closed form or a published number."""

from decimal import Decimal
from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from support.paths import TESTS
from support.trials import make_analysis, make_outcome

from bayes import quadrature
from bayes.analysis.curves import likelihood_curves
from bayes.checks import INCONSISTENT, check_outcome
from bayes.errors import InvalidInput
from bayes.paper.evidence.posteriors import without_prior
from bayes.paper.trial import load_trial
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.posterior.remarks import remarks_on
from bayes.sensitivity.printed_digits import extraction_rows
from bayes.sensitivity.subject import Subject
from bayes.text.evidence import evidence as shown

Q = stats.norm.ppf(0.975)
KEYNOTE = {
    "kind": "survival",
    "time": "60 months",
    "treatment": {"percent": 86.6, "ci": [84.0, 88.8]},
    "control": {"percent": 81.7, "ci": [77.5, 85.2]},
}


def effect(outcome):
    return outcome.evidence.own_estimate(outcome.measure)


def cloglog(percent):
    return log(-log(percent / 100))


# survival


def test_a_hazard_ratio_from_survival_at_a_time():
    """By hand on the complementary log-log scale, on which an interval of Kaplan-Meier is symmetric."""
    y, s = effect(make_outcome("hazard_ratio", "lower", KEYNOTE))
    errors = [(cloglog(low) - cloglog(high)) / (2 * Q) for low, high in ((84.0, 88.8), (77.5, 85.2))]
    assert (y, s) == pytest.approx((cloglog(86.6) - cloglog(81.7), sqrt(errors[0] ** 2 + errors[1] ** 2)))
    assert exp(y) == pytest.approx(0.712, abs=5e-4)


def test_exponential_patients_are_recovered():
    """Planted truth: 20,000 patients an arm followed completely; the hazard ratio from S(t) is that of the hazards."""
    rng, n = np.random.default_rng(20261129), 20_000
    arms = {}
    for arm, hazard in (("treatment", 0.02), ("control", 0.03)):
        share = float((rng.exponential(1 / hazard, n) > 24).mean())
        arms[arm] = {"percent": 100 * share, "se": 100 * sqrt(share * (1 - share) / n), "n": n}
    y, s = effect(make_outcome("hazard_ratio", "lower", {"kind": "survival", "time": "24 months", **arms}))
    assert abs(y - log(0.02 / 0.03)) < 4 * s and s < 0.02


def test_differences_and_ratios_of_survival_need_no_hazards():
    y, s = effect(make_outcome("risk_difference", "higher", KEYNOTE))
    errors = [(0.888 - 0.840) / (2 * Q), (0.852 - 0.775) / (2 * Q)]
    assert (y, s) == pytest.approx((0.866 - 0.817, sqrt(errors[0] ** 2 + errors[1] ** 2)))
    y, s = effect(make_outcome("risk_ratio", "higher", KEYNOTE))
    assert (y, s) == pytest.approx((log(0.866 / 0.817), sqrt((errors[0] / 0.866) ** 2 + (errors[1] / 0.817) ** 2)))


def test_log_rank_statistics_and_their_p_values_agree():
    """z = (O - E) / sqrt(V): the same evidence as its p-value with the standard error V^-1/2."""
    y, s = effect(make_outcome("hazard_ratio", "lower", {"kind": "log_rank", "o_minus_e": -9.2, "variance": 21.3}))
    assert (y, s) == pytest.approx((-9.2 / 21.3, 21.3**-0.5))
    turned = {"kind": "log_rank", "o_minus_e": 9.2, "variance": 21.3, "of": "control"}
    assert effect(make_outcome("hazard_ratio", "lower", turned)) == pytest.approx((y, s))
    p = 2 * stats.norm.sf(9.2 / sqrt(21.3))
    bare = make_outcome("hazard_ratio", "lower", {"kind": "p_value", "p": p, "favours": "treatment", "se": 21.3**-0.5})
    grid = np.linspace(-1.5, 0.5, 21)
    full = make_outcome("hazard_ratio", "lower", {"kind": "log_rank", "o_minus_e": -9.2, "variance": 21.3})
    curves = [likelihood_curves(make_analysis(o, "neutral"))[0](grid) for o in (full, bare)]
    apart = curves[0] - curves[1]
    assert np.ptp(apart) < 1e-6, "equal up to a constant"


@pytest.mark.parametrize(
    ("events", "n", "variance"),
    [
        ({"treatment": 41, "control": 60}, None, 41 * 60 / 101),
        (101, {"treatment": 200, "control": 100}, 101 * 2 / 9),
        (101, None, 101 / 4),
    ],
)
def test_a_log_rank_p_value_needs_only_the_events(events, n, variance):
    evidence = {"kind": "p_value", "p": 0.04, "favours": "treatment", "events": events} | ({"n": n} if n else {})
    assert make_outcome("hazard_ratio", "lower", evidence).standard_error == pytest.approx(variance**-0.5)


@pytest.mark.parametrize("measure", ["odds_ratio", "risk_ratio", "risk_difference"])
def test_a_p_value_with_the_events_of_both_arms_together_is_the_score_test(measure):
    """Events 30 v 50 of 200 v 220, of which only the total and the p-value of the chi-square test are printed: the effect
    behind them, to the first order, is that of the counts."""
    x1, n1, x0, n0 = 30, 200, 50, 220
    p = (x1 + x0) / (n1 + n0)
    z = (x1 / n1 - x0 / n0) / sqrt(p * (1 - p) * (1 / n1 + 1 / n0))
    evidence = {"kind": "p_value", "p": 2 * stats.norm.sf(abs(z)), "favours": "treatment", "events": x1 + x0}
    outcome = make_outcome(measure, "lower", evidence | {"n": {"treatment": n1, "control": n0}})
    found = z * outcome.standard_error
    truth = {"odds_ratio": log(30 / 170 * 170 / 50), "risk_ratio": log(30 / 200 * 220 / 50), "risk_difference": 30 / 200 - 50 / 220}
    assert found == pytest.approx(truth[measure], rel=0.06 if measure != "risk_difference" else 1e-9)


def test_medians_give_a_ratio_and_under_exponential_times_the_hazard_ratio():
    medians = {
        "kind": "median_survival",
        "unit": "months",
        "treatment": {"median": 22.1, "ci": [19.4, 25.0]},
        "control": {"median": 18.3, "ci": [16.0, 20.7]},
    }
    s = sqrt(sum((log(high / low) / (2 * Q)) ** 2 for low, high in ((19.4, 25.0), (16.0, 20.7))))
    assert effect(make_outcome("mean_ratio", "higher", medians)) == pytest.approx((log(22.1 / 18.3), s))
    hazard = make_outcome("hazard_ratio", "lower", medians)
    assert effect(hazard) == pytest.approx((log(18.3 / 22.1), s))
    assert "assumes exponential times" in " ".join(map(str, remarks_on(make_analysis(hazard, "neutral"), None, None)))


# posteriors


def test_a_prior_undone_and_done_again_gives_the_posterior():
    """The normal prior and the likelihood behind it give back the printed posterior, in closed form."""
    y, s = without_prior(0.14, 0.08, "normal(0.05, 0.2)")
    precision = s**-2 + 0.2**-2
    assert ((y / s**2 + 0.05 / 0.2**2) / precision, precision**-0.5) == pytest.approx((0.14, 0.08))
    assert without_prior(0.14, 0.08, "flat") == (0.14, 0.08)


def test_the_same_prior_gives_back_the_printed_probability():
    """REMAP-CAP, simvastatin: odds ratio 1.15 (0.98 to 1.34), 95.9% probability of superiority, within its rounding."""
    trial = load_trial(TESTS / "files/abstracts/remap_cap_simvastatin.toml")
    answer = exact_answers(make_analysis(trial.outcomes["organ_support_free"], "normal(0, 1)"))[EFFECT]
    assert answer.p_benefit == pytest.approx(0.959, abs=0.009)
    assert np.exp([answer.ci_low, answer.ci_high]) == pytest.approx([0.98, 1.34], abs=0.01)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"prior": "normal(0, 1)"}, "only the prior of a posterior is undone"),
        ({"interval": "credible", "prior": "normal(0, 0.05)"}, "not narrower than its prior"),
        ({"interval": "credible", "prior": "student_t(3, 0, 1)"}, "is not undone in closed form"),
        ({"interval": "credible", "prior": "norml(0, 1)"}, "did you mean 'normal'"),
    ],
)
def test_a_credible_interval_is_never_a_likelihood_unawares(more, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome("odds_ratio", "higher", {"kind": "estimate", "estimate": 1.15, "ci": [0.98, 1.34], **more})


def test_a_credible_interval_without_its_prior_says_what_it_counts():
    evidence = {"kind": "estimate", "estimate": 1.15, "ci": [0.98, 1.34]}
    for outcome in (
        make_outcome("odds_ratio", "higher", evidence | {"interval": "credible"}),
        make_outcome("odds_ratio", "higher", evidence, interval="credible"),
    ):
        assert "own prior counts as data" in " ".join(map(str, remarks_on(make_analysis(outcome, "neutral"), None, None)))


def test_a_printed_probability_that_does_not_follow_is_found():
    posterior = {"kind": "estimate", "estimate": 1.15, "ci": [0.98, 1.34], "interval": "credible", "prior": "flat"}
    for printed, wrong in ((0.96, False), (0.90, True)):
        outcome = make_outcome("odds_ratio", "higher", posterior | {"probability": printed})
        found = [f for f in check_outcome(outcome) if f.path == "evidence.probability" and f.verdict == INCONSISTENT]
        assert bool(found) == wrong


# other forms of the same number


def test_a_percent_reduction_is_its_ratio_with_its_digits():
    """A vaccine's efficacy of 94.1% (89.3 to 96.8): the ratio 0.059 (0.032 to 0.107), to the same decimal place."""
    efficacy = {"kind": "estimate", "estimate": 94.1, "ci": [89.3, 96.8], "printed_as": "percent_reduction"}
    ratio = {"kind": "estimate", "estimate": 0.059, "ci": [0.032, 0.107]}
    converted, plain = (make_outcome("risk_ratio", "lower", e) for e in (efficacy, ratio))
    assert converted.evidence.estimate == Decimal("0.059")
    assert converted.evidence.ci == (Decimal("0.032"), Decimal("0.107")) and effect(converted) == effect(plain)
    assert ("as printed", "percent reduction 94.1 (89.3 to 96.8)") in shown(converted.evidence).facts


def test_a_percent_reduction_keeps_the_zeros_in_which_it_ends():
    """NLST, 20.0% fewer deaths (6.8 to 26.7): 0.800, known to half a thousandth, is not 0.8. And 50% is 0.50."""
    nlst = {"kind": "estimate", "estimate": Decimal("20.0"), "ci": [6.8, 26.7], "printed_as": "percent_reduction"}
    half = {"kind": "estimate", "estimate": 50, "p": 0.01, "printed_as": "percent_reduction"}
    for evidence, digits in ((nlst, "0.800"), (half, "0.50")):
        assert str(make_outcome("rate_ratio", "lower", evidence).evidence.estimate) == digits


def test_a_win_probability_is_its_odds():
    """DOOR, 56.1% (50.2 to 61.9): the odds are p / (1 - p), to the digits that the probability allows."""
    door = {"kind": "estimate", "estimate": 0.561, "ci": [0.502, 0.619], "printed_as": "win_probability"}
    y, s = effect(make_outcome("win_odds", "higher", door))
    logit = [log(p / (1 - p)) for p in (0.561, 0.502, 0.619)]
    assert y == pytest.approx(logit[0], abs=0.005) and s == pytest.approx((logit[2] - logit[1]) / (2 * Q), abs=0.003)


def test_what_is_printed_on_another_scale_is_refused_as_any_other_number():
    for wrong in ({"estimate": 194.1}, {"estimate": "much"}, {"printed_as": "efficacy"}):
        with pytest.raises(InvalidInput):
            base = {"kind": "estimate", "estimate": 94.1, "ci": [89.3, 96.8], "printed_as": "percent_reduction"}
            make_outcome("risk_ratio", "lower", base | wrong)


def test_a_bound_on_p_gives_the_largest_error():
    outcome = make_outcome("hazard_ratio", "lower", {"kind": "estimate", "estimate": 0.66, "p": "<0.001"})
    assert effect(outcome) == pytest.approx((log(0.66), -log(0.66) / stats.norm.isf(0.0005)))
    assert "largest that it allows" in " ".join(map(str, remarks_on(make_analysis(outcome, "neutral"), None, None)))
    with pytest.raises(InvalidInput, match="nothing implies a standard error"):
        make_outcome("hazard_ratio", "lower", {"kind": "estimate", "estimate": 0.66, "p": ">0.05"})


def test_means_with_their_errors_are_those_with_their_standard_deviations():
    """SD = SE sqrt(n), and half an interval is t SE on n - 1 degrees of freedom; the curve is that of the SDs."""
    n, sd = 40, 12.0
    se, half = sd / sqrt(n), stats.t.ppf(0.975, n - 1) * sd / sqrt(n)
    control = {"mean": 10.0, "sd": sd, "n": n}
    forms = [{"sd": sd}, {"se": se}, {"ci": [14.0 - half, 14.0 + half]}]
    grid, found = np.linspace(-5, 12, 15), []
    for form in forms:
        evidence = {"kind": "means", "treatment": {"mean": 14.0, "n": n, **form}, "control": control}
        outcome = make_outcome("mean_difference", "higher", evidence)
        assert float(outcome.evidence.treatment.sd) == pytest.approx(sd, rel=1e-6)
        found.append(likelihood_curves(make_analysis(outcome, "normal(0, 5)"))[0](grid))
    assert found[1] == pytest.approx(found[0], abs=1e-5) and found[2] == pytest.approx(found[0], abs=1e-5)


def test_the_rounding_of_an_error_is_that_of_its_standard_deviation():
    """An SE of 0.6 in 120 patients, half a tenth either way: an SD between 6.02 and 7.12, and P(benefit) accordingly."""
    evidence = {
        "kind": "means",
        "treatment": {"mean": 7.8, "se": 0.6, "n": 120},
        "control": {"mean": 5.1, "sd": 6.6, "n": 118},
    }
    outcome = make_outcome("mean_difference", "higher", evidence)
    assert outcome.evidence.treatment.sd_half_unit == pytest.approx(0.05 * sqrt(120), rel=1e-6)
    with pytest.raises(InvalidInput, match="excludes its own mean"):
        bad = evidence | {"treatment": {"mean": 9.8, "ci": [6.6, 9.0], "n": 120}}
        make_outcome("mean_difference", "higher", bad)


# what holds of every kind


@pytest.mark.parametrize("kind", ["survival", "median_survival", "log_rank"])
def test_swapping_the_arms_inverts_the_effect(kind):
    evidence = {
        "survival": KEYNOTE,
        "median_survival": {
            "kind": "median_survival",
            "unit": "months",
            "treatment": {"median": 22.1, "ci": [19.4, 25.0]},
            "control": {"median": 18.3, "ci": [16.0, 20.7]},
        },
        "log_rank": {"kind": "log_rank", "o_minus_e": -9.2, "variance": 21.3},
    }[kind]
    swapped = {**evidence}
    if kind == "log_rank":
        swapped["of"] = "control"
    else:
        swapped |= {"treatment": evidence["control"], "control": evidence["treatment"]}
    (y, s), (back, same) = (effect(make_outcome("hazard_ratio", "lower", e)) for e in (evidence, swapped))
    assert (back, same) == pytest.approx((-y, s))


def test_rounding_moves_what_was_printed():
    subject = Subject.of(make_outcome("hazard_ratio", "lower", KEYNOTE), "normal(0, 0.355)")
    (row,) = [row for row in extraction_rows(subject) if row["probability"] == "p_benefit"]
    assert row["low"] < row["value"] < row["high"] and row["numbers"] == 6


ABSTRACTS = sorted((TESTS / "files/abstracts").glob("*.toml"))


@pytest.mark.parametrize("path", ABSTRACTS, ids=[path.stem for path in ABSTRACTS])
def test_abstracts_are_entered_as_they_are_printed(path: Path):
    """Nothing in them is inconsistent, unless the file says why, and every one has an answer by quadrature."""
    for outcome in load_trial(path).outcomes.values():
        assert [f for f in check_outcome(outcome) if f.verdict == INCONSISTENT and not f.acknowledged] == []
        answer = exact_answers(make_analysis(outcome, "vague"))[EFFECT]
        assert 0 < answer.p_benefit <= 1 and np.isfinite([answer.mean, answer.sd]).all()


@pytest.mark.parametrize(
    ("name", "outcome", "estimate", "ci"),
    [
        ("dapa_mi", "hierarchy", 1.34, (1.20, 1.50)),
        ("step_hfpef", "kccq", 7.8, (4.8, 10.9)),
        ("interact4", "mrs_90d_haemorrhage", 0.75, (0.60, 0.92)),
        ("bling_iii", "death_90d", -0.019, (-0.049, 0.011)),
    ],
)
def test_under_a_flat_prior_the_printed_interval_comes_back(name, outcome, estimate, ci):
    found = load_trial(TESTS / f"files/abstracts/{name}.toml").outcomes[outcome]
    (curve,) = likelihood_curves(make_analysis(found, "vague"))
    y, s = curve.normal
    natural = exp if found.measure not in ("mean_difference", "risk_difference") else float
    assert natural(y) == pytest.approx(estimate, rel=1e-9)
    assert [natural(y - Q * s), natural(y + Q * s)] == pytest.approx(ci, rel=0.03)
    assert isinstance(curve, quadrature.Curve)


@pytest.mark.parametrize(
    ("arm", "said"),
    [
        ({"mean": 7.8, "sd": 9.0, "se": 0.6, "n": 120}, "sd is stated with se; accepted: one of sd, se or ci"),
        ({"mean": 7.8, "sd": 9.0, "ci": [6.6, 9.0], "n": 120}, "sd is stated with ci; accepted: one of sd, se or ci"),
        ({"mean": 7.8, "se": 0.6, "ci": [6.6, 9.0], "n": 120}, "se and ci are both stated; accepted: one of them"),
    ],
)
def test_two_statements_of_spread_are_refused(arm, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome("mean_difference", "higher", {"kind": "means", "treatment": arm, "control": {"mean": 5.1, "sd": 6.6, "n": 118}})


def test_a_standard_deviation_that_was_implied_is_read_back():
    evidence = {"kind": "means", "treatment": {"mean": 7.8, "ci": [6.6, 9.0], "n": 120}, "control": {"mean": 5.1, "se": 0.6, "n": 118}}
    outcome = make_outcome("mean_difference", "higher", evidence)
    assert type(outcome.evidence).model_validate(outcome.evidence.model_dump()) == outcome.evidence
