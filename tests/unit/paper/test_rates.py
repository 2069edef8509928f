"""Rates, mean counts and percentages of each arm with their precision, and medians that end at no limit."""

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy import stats
from support.trials import make_analysis, make_outcome

from bayes.checks import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING, examine
from bayes.errors import InvalidInput, NotFormable
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.priors.effect_rules import form
from bayes.sensitivity.absolute_effects import baseline_risk
from bayes.sensitivity.printed_digits import extraction_rows
from bayes.sensitivity.subject import Subject
from bayes.text.evidence import evidence as shown
from bayes.text.evidence import in_brief

Q = stats.norm.ppf(0.975)
LLUFRIU = {
    "kind": "rates",
    "per": "patient",
    "treatment": {"rate": 3.1, "ci": [1.1, 8.8]},
    "control": {"rate": 12.3, "ci": [4.4, 34.5]},
}
ADJUSTED = {
    "kind": "percentages",
    "treatment": {"percent": 24.3, "ci": [20.1, 28.9]},
    "control": {"percent": 31.0, "se": 2.5},
}
MEDIANS = {
    "kind": "median_survival",
    "unit": "months",
    "treatment": {"median": 31.6, "ci": [30.2, "not reached"]},
    "control": {"median": 20.8, "ci": [14.0, 26.7]},
}


def effect(outcome):
    return outcome.evidence.own_estimate(outcome.measure)


def swapped(evidence):
    return evidence | {"treatment": evidence["control"], "control": evidence["treatment"]}


# rates


def test_a_rate_ratio_by_hand():
    """Llufriu 2014: mean counts of 3.1 (1.1 to 8.8) and 12.3 (4.4 to 34.5) give p = 0.065 where 0.064 is printed."""
    y, s = effect(make_outcome("rate_ratio", "lower", LLUFRIU))
    errors = [log(high / low) / (2 * Q) for low, high in ((1.1, 8.8), (4.4, 34.5))]
    assert (y, s) == pytest.approx((log(3.1 / 12.3), sqrt(errors[0] ** 2 + errors[1] ** 2)))
    assert 2 * stats.norm.sf(abs(y / s)) == pytest.approx(0.064, abs=0.002)


def test_the_difference_of_rates_is_in_their_unit():
    """The delta method by hand: the error of a rate is the rate times the error of its logarithm."""
    y, s = effect(make_outcome("rate_difference", "lower", LLUFRIU))
    errors = [rate * log(high / low) / (2 * Q) for rate, low, high in ((3.1, 1.1, 8.8), (12.3, 4.4, 34.5))]
    assert (y, s) == pytest.approx((3.1 - 12.3, sqrt(errors[0] ** 2 + errors[1] ** 2)))


def test_an_interval_is_read_on_the_scale_of_its_centre():
    """Half of 2.0 (1.2 to 2.8) is 0.8 on the rate's own scale, as an se of 0.8 / q says; 2.0 (1.0 to 4.0) is a factor 2."""
    own = {"rate": 2.0, "ci": [1.2, 2.8]}
    for measure, expected in (("rate_difference", 0.8 / Q), ("rate_ratio", 0.4 / Q)):
        for arm in (own, {"rate": 2.0, "se": 0.8 / Q}):
            _, s = effect(make_outcome(measure, "lower", LLUFRIU | {"treatment": arm, "control": arm}))
            assert s == pytest.approx(sqrt(2) * expected, rel=1e-6)
    factor = {"rate": 2.0, "ci": [1.0, 4.0]}
    _, s = effect(make_outcome("rate_ratio", "lower", LLUFRIU | {"treatment": factor, "control": factor}))
    assert s == pytest.approx(sqrt(2) * log(2) / Q)


def test_planted_rates_of_poisson_counts_are_covered():
    """Planted truth: exact Poisson intervals of counts in 50 and 40 person-years, rate ratio 0.6; the 95% interval from
    what they print holds it in 95% of 400 trials or more (exact intervals are wide), and the ratios centre on it."""
    rng, truth = np.random.default_rng(20261129), log(0.6)
    held, found = 0, []
    for _ in range(400):
        arms = {}
        for arm, rate, years in (("treatment", 0.6, 50), ("control", 1.0, 40)):
            x = rng.poisson(rate * years)
            low, high = stats.chi2.ppf(0.025, 2 * x) / 2, stats.chi2.ppf(0.975, 2 * x + 2) / 2
            arms[arm] = {"rate": x / years, "ci": [low / years, high / years]}
        y, s = effect(make_outcome("rate_ratio", "lower", {"kind": "rates", "per": "year", **arms}))
        held += abs(y - truth) < Q * s
        found.append(y)
    assert held / 400 > 0.95 - 3 * sqrt(0.95 * 0.05 / 400)
    assert np.mean(found) == pytest.approx(truth, abs=4 * np.std(found) / 20 + 0.01)


def test_planted_mean_counts_of_patients_who_differ_are_covered():
    """Planted truth: gamma-Poisson patients, whose intervals are symmetric on the log scale; ratio 0.6, difference -0.4."""
    rng, held = np.random.default_rng(20261130), {"rate_ratio": 0, "rate_difference": 0}
    for _ in range(400):
        arms = {}
        for arm, mean, n in (("treatment", 0.6, 60), ("control", 1.0, 60)):
            x = rng.poisson(rng.gamma(1.0, mean, n))
            factor = exp(Q * x.std(ddof=1) / sqrt(n) / x.mean())
            arms[arm] = {"rate": float(x.mean()), "ci": [float(x.mean() / factor), float(x.mean() * factor)]}
        for measure, truth in (("rate_ratio", log(0.6)), ("rate_difference", -0.4)):
            y, s = effect(make_outcome(measure, "lower", {"kind": "rates", "per": "patient", **arms}))
            held[measure] += abs(y - truth) < Q * s
    assert min(held.values()) / 400 > 0.95 - 4 * sqrt(0.95 * 0.05 / 400)


def test_rates_without_their_counts_are_nearly_the_counts():
    """40 events in 800 person-years against 62 in 790: the posterior of the log ratio from rates with standard errors
    sqrt(x) / t is that of the Poisson counts, within 2% of its spread."""
    counts = {
        "kind": "events",
        "dispersion": "poisson",
        "treatment": {"events": 40, "exposure": 800},
        "control": {"events": 62, "exposure": 790},
    }
    rates = {"kind": "rates", "per": "person-year"} | {
        arm: {"rate": x / t, "se": sqrt(x) / t} for arm, x, t in (("treatment", 40, 800), ("control", 62, 790))
    }
    many, few = (
        exact_answers(make_analysis(make_outcome("rate_ratio", "lower", e), "normal(0, 0.355)"))[EFFECT] for e in (counts, rates)
    )
    assert few.mean == pytest.approx(many.mean, abs=0.02 * many.sd) and few.sd == pytest.approx(many.sd, rel=0.02)


def test_quadrature_of_rates_is_normal_with_normal():
    """Closed form: the posterior of the log rate ratio under normal(0, 0.355)."""
    outcome = make_outcome("rate_ratio", "lower", LLUFRIU)
    y, s = effect(outcome)
    w = s**-2 + 0.355**-2
    answer = exact_answers(make_analysis(outcome, "normal(0, 0.355)"))[EFFECT]
    assert (answer.mean, answer.sd) == pytest.approx((y / s**2 / w, w**-0.5), rel=1e-4)
    assert answer.p_benefit == pytest.approx(stats.norm.cdf(-y / s**2 / w**0.5), abs=1e-5)


def test_a_prior_of_a_rate_difference_follows_the_rates():
    """0.355 on the log ratio at the mean rate of both arms: 7.7 per patient. An estimate alone has no such rate."""
    prior = make_analysis(make_outcome("rate_difference", "lower", LLUFRIU), "neutral").formed.distribution
    assert prior.args == pytest.approx((0, 0.355 * (3.1 + 12.3) / 2))
    bare = make_outcome("rate_difference", "lower", {"kind": "estimate", "estimate": -9.2, "ci": [-22.6, 4.2]})
    with pytest.raises(NotFormable, match="rate of each arm"):
        form("neutral", bare)


def test_the_control_arm_gives_the_absolute_effect():
    table = baseline_risk(make_outcome("rate_ratio", "lower", LLUFRIU))
    assert table.loc[table.observed, "control_risk"].tolist() == [12.3] and set(table.per) == {"patient"}
    assert baseline_risk(make_outcome("odds_ratio", "lower", ADJUSTED)).observed.sum() == 1


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ({"estimate": 0.25, "p": 0.064}, {}),  # 0.065 by hand, and 0.064 within the rounding of the rates
        ({"estimate": 3.97, "compares": "control_vs_treatment"}, {}),
        ({"estimate": 0.35}, {"printed.estimate": INCONSISTENT}),
        ({"estimate": 0.35, "adjusted": True}, {"printed.estimate": NOT_CHECKABLE}),
        ({"p": 0.01}, {"printed.p": NOT_CHECKABLE}),
        ({"ci": [0.06, 1.09]}, {}),
        ({"ci": [0.10, 0.60]}, {"printed.ci": NOT_CHECKABLE}),
    ],
)
def test_printed_effects_are_compared_with_the_rates(printed, expected):
    examined = examine(make_outcome("rate_ratio", "lower", LLUFRIU, printed=printed))
    assert {f.path: f.verdict for f in examined.findings if f.verdict != ONLY_ROUNDING} == expected
    assert examined.checks >= len({"estimate", "p", "ci"} & printed.keys())


# percentages


def test_percentages_by_hand():
    """The interval is centred on the log odds: its error there, and by the delta method on every other scale."""
    p1, p0 = 0.243, 0.310
    s1 = (log(0.289 / 0.711) - log(0.201 / 0.799)) / (2 * Q)
    s0 = 0.025 / (p0 * (1 - p0))
    expected = {
        "odds_ratio": (log(p1 / (1 - p1)) - log(p0 / (1 - p0)), sqrt(s1**2 + s0**2)),
        "risk_ratio": (log(p1 / p0), sqrt((s1 * (1 - p1)) ** 2 + (0.025 / p0) ** 2)),
        "risk_difference": (p1 - p0, sqrt((s1 * p1 * (1 - p1)) ** 2 + 0.025**2)),
    }
    for measure, (y, s) in expected.items():
        assert effect(make_outcome(measure, "lower", ADJUSTED)) == pytest.approx((y, s))


@pytest.mark.parametrize("measure", ["odds_ratio", "risk_ratio", "risk_difference"])
def test_percentages_with_binomial_errors_are_the_counts(measure):
    """120 of 500 against 155 of 500: the Wald errors of the counts, which `binary` gives in closed form."""
    counts = {"kind": "binary", "treatment": {"events": 120, "n": 500}, "control": {"events": 155, "n": 500}}
    arms = {
        arm: {"percent": x / 5, "se": 100 * sqrt(x / 500 * (1 - x / 500) / 500)}
        for arm, x in (("treatment", 120), ("control", 155))
    }
    found = effect(make_outcome(measure, "lower", {"kind": "percentages", **arms}))
    assert found == pytest.approx(effect(make_outcome(measure, "lower", counts)))


def test_a_wald_interval_of_a_percentage_is_its_own_width():
    arm = {"percent": 20.0, "ci": [16.0, 24.0]}
    _, s = effect(make_outcome("risk_difference", "lower", {"kind": "percentages", "treatment": arm, "control": arm}))
    assert s == pytest.approx(sqrt(2) * 0.04 / Q)


# medians without an upper limit


def test_a_median_whose_upper_limit_was_not_reached():
    """CheckMate 816: 31.6 months (30.2 to not reached); log 31.6 / 30.2 is 1.96 errors."""
    s1, s0 = log(31.6 / 30.2) / Q, log(26.7 / 14.0) / (2 * Q)
    outcome = make_outcome("mean_ratio", "higher", MEDIANS)
    assert effect(outcome) == pytest.approx((log(31.6 / 20.8), sqrt(s1**2 + s0**2)))
    assert outcome.evidence.treatment.said == "30.2 to not reached"
    assert shown(outcome.evidence).table.cells[0][-1] == "95% interval 30.2 to not reached"
    one_sided = MEDIANS | {"treatment": {"median": 31.6, "ci": [30.2, "none"], "level": 0.975}}
    assert effect(make_outcome("mean_ratio", "higher", one_sided)) == pytest.approx(effect(outcome))


def test_rounding_of_the_one_limit_and_its_median():
    subject = Subject.of(make_outcome("mean_ratio", "higher", MEDIANS), "normal(0, 0.355)")
    (row,) = [row for row in extraction_rows(subject) if row["probability"] == "p_benefit"]
    assert row["low"] < row["value"] < row["high"] and row["numbers"] == 5


# what holds of every kind


@pytest.mark.parametrize(
    ("measure", "evidence"),
    [
        ("rate_ratio", LLUFRIU),
        ("rate_difference", LLUFRIU),
        ("odds_ratio", ADJUSTED),
        ("risk_ratio", ADJUSTED),
        ("risk_difference", ADJUSTED),
        ("mean_ratio", MEDIANS),
    ],
)
def test_swapping_the_arms_inverts_the_effect(measure, evidence):
    (y, s), (back, same) = (effect(make_outcome(measure, "lower", e)) for e in (evidence, swapped(evidence)))
    assert (back, same) == pytest.approx((-y, s))


@pytest.mark.parametrize(("measure", "evidence", "numbers"), [("rate_ratio", LLUFRIU, 6), ("odds_ratio", ADJUSTED, 5)])
def test_rounding_moves_what_was_printed(measure, evidence, numbers):
    subject = Subject.of(make_outcome(measure, "lower", evidence), "normal(0, 0.355)")
    (row,) = [row for row in extraction_rows(subject) if row["probability"] == "p_benefit"]
    assert row["low"] < row["value"] < row["high"] and row["numbers"] == numbers


def test_what_was_printed_in_words():
    assert in_brief(make_outcome("rate_ratio", "lower", LLUFRIU).evidence) == "3.1 v 12.3 per patient"
    percentages = make_outcome("odds_ratio", "lower", ADJUSTED).evidence
    assert in_brief(percentages) == "24.3% v 31.0% with the event"
    assert shown(percentages).table.cells[1] == ("control", "31.0%", "se 2.5")


@pytest.mark.parametrize(
    ("evidence", "treatment", "said"),
    [
        (LLUFRIU, {"rate": 3.1}, "a rate requires its interval"),
        (LLUFRIU, {"rate": 0, "se": 1}, "treatment.rate"),
        (LLUFRIU, {"rate": 3.1, "ci": [-0.2, 6.4]}, "both above 0, or the se in its place"),
        (LLUFRIU, {"rate": 9.1, "ci": [1.1, 8.8]}, "excludes its own rate 9.1"),
        (ADJUSTED, {"percent": 24.3}, "a percentage requires its interval"),
        (ADJUSTED, {"percent": 24.3, "ci": [0.0, 28.9]}, "above 0 and below 100"),
        (MEDIANS, {"median": "not reached", "ci": [30.2, "not reached"]}, "a median that was not reached is unknown"),
        (MEDIANS, {"median": 31.6, "ci": ["not reached", 40.1]}, "which only an upper limit can be"),
        (MEDIANS, {"median": 31.6, "ci": [31.6, "not reached"]}, "excludes its own median"),
        (MEDIANS, {"median": 31.6, "ci": [0, "NR"]}, "both above 0"),
        (MEDIANS, {"median": 31.6, "ci": ["none", "not reached"]}, "a number for at least one limit"),
        (MEDIANS, {"median": 31.6}, "a number for at least one limit"),
    ],
)
def test_what_cannot_be_is_named(evidence, treatment, said):
    measure = {"rates": "rate_ratio", "percentages": "odds_ratio", "median_survival": "mean_ratio"}[evidence["kind"]]
    with pytest.raises(InvalidInput, match=said):
        make_outcome(measure, "lower", evidence | {"treatment": treatment})


def test_a_risk_ratio_and_its_swap_are_inverse_in_the_answer():
    """The posterior under a symmetric prior, either way round."""
    one, other = (
        exact_answers(make_analysis(make_outcome("rate_ratio", "lower", e), "normal(0, 0.355)"))[EFFECT]
        for e in (LLUFRIU, swapped(LLUFRIU))
    )
    assert exp(one.mean) == pytest.approx(exp(-other.mean)) and one.p_benefit == pytest.approx(1 - other.p_benefit)


def test_limits_one_unit_apart_leave_something_to_compare():
    """0.2 (0.1 to 0.2) v 0.3 (0.2 to 0.3): at the ends of their rounding the limits meet, which gives no error of zero."""
    arms = {"treatment": {"rate": 0.2, "ci": [0.1, 0.2]}, "control": {"rate": 0.3, "ci": [0.2, 0.3]}}
    outcome = make_outcome("rate_ratio", "lower", {"kind": "rates", "per": "year", **arms}, printed=[{"p": 0.2}])
    assert all(finding.text for finding in examine(outcome).findings)
