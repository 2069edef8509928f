"""The p-value of a non-inferiority test, and the posterior probability of non-inferiority, against the printed effect."""

from math import log, sqrt

import pytest
from scipy.stats import norm, t
from support.paths import TESTS
from support.trials import make_analysis, make_outcome

from bayes.checks import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING, check_outcome
from bayes.paper.trial import load_trial
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.text.files import portrait

RTOG = {"kind": "estimate", "estimate": 0.85, "ci": [0.64, 1.14]}
MARGIN = {"value": 1.52, "source": "methods"}
TURNED = {"kind": "estimate", "estimate": 1.176, "ci": [0.877, 1.563], "compares": "control_vs_treatment"}


def verdict(margin, evidence=RTOG, measure="hazard_ratio", benefit="lower", path="margin.p"):
    outcome = make_outcome(measure, benefit, evidence, margin=MARGIN | margin)
    return {f.path: f.verdict for f in check_outcome(outcome)}.get(path)


# (log 1.52 - log 0.85) / s, with s from the width: 3.95 standard errors, a one-sided p of 0.00004
Z = (log(1.52) - log(0.85)) * 2 * norm.ppf(0.975) / log(1.14 / 0.64)


@pytest.mark.parametrize(
    ("margin", "expected"),
    [
        ({"p": "<0.001"}, None),
        ({"p": round(norm.sf(Z), 6)}, None),
        ({"p": round(2 * norm.sf(Z), 6), "sides": 2}, None),
        ({"p": 0.00001}, ONLY_ROUNDING),  # the upper half of the interval is shorter than the lower over its rounding
        ({"p": 0.004}, INCONSISTENT),
        ({"p": ">0.05"}, INCONSISTENT),
    ],
)
def test_the_p_value_of_a_margin_follows_from_the_estimate_and_its_error(margin, expected):
    assert verdict(margin) == expected


def test_an_effect_beyond_the_margin_has_a_p_above_a_half():
    """Difference 4 points (2.0 to 6.0), margin 3: z = -0.98, and p = 0.84, not 0.16."""
    evidence = {"kind": "estimate", "estimate": 0.040, "ci": [0.020, 0.060], "interval": "wald"}
    p = norm.sf(-0.01 * norm.ppf(0.975) / 0.02)
    for printed, expected in ((round(p, 2), None), (round(1 - p, 2), INCONSISTENT)):
        margin = {"value": 0.03, "p": printed}
        assert verdict(margin, evidence, "risk_difference") == expected


def test_a_margin_is_of_treatment_against_control_whatever_the_estimate_compares():
    assert verdict({"p": round(norm.sf(Z), 5)}, TURNED) in (None, ONLY_ROUNDING)
    assert verdict({"p": 0.30}, TURNED) == INCONSISTENT


def test_a_standard_error_and_degrees_of_freedom():
    evidence = {"kind": "estimate", "estimate": -1.00, "se": 0.80, "df": 12}
    p = t.sf((-1.0 + 3) / 0.8, 12)
    margin = {"value": -3, "p": round(p, 3)}
    assert verdict(margin, evidence, "mean_difference", "higher") is None


def test_counts_have_more_than_one_test_against_a_margin():
    """ACT: 296 of 802 against 266 of 765 and a margin of -5 points; Wald's z is 2.95, by hand."""
    counts = {"kind": "binary", "treatment": {"events": 296, "n": 802}, "control": {"events": 266, "n": 765}}
    p1, p0 = 296 / 802, 266 / 765
    p = norm.sf((p1 - p0 + 0.05) / sqrt(p1 * (1 - p1) / 802 + p0 * (1 - p0) / 765))
    for printed, expected in ((round(p, 4), None), (0.01, NOT_CHECKABLE)):
        assert verdict({"value": -0.05, "p": printed}, counts, "risk_difference", "higher") == expected


@pytest.mark.parametrize(
    ("name", "outcome", "z", "p"),
    [
        ("abyss", "composite", (0.03 - 0.028) / (0.027 / norm.ppf(0.975)), 0.44),
        ("master_dapt", "major", (0.024 - 0.0011) / (0.0280 / (2 * norm.ppf(0.975))), 0.001),
        ("prospect", "dfs", log(1.29 / 0.92) / (log(1.14 / 0.74) / (2 * norm.ppf(0.951))), 0.005),
    ],
)
def test_what_abstracts_print(name, outcome, z, p):
    """By hand, from the printed estimate, interval and margin: within rounding of what is printed."""
    trial = load_trial(TESTS / f"files/abstracts/{name}.toml")
    assert norm.sf(z) == pytest.approx(p, abs=0.006)
    assert not [f for f in check_outcome(trial.outcomes[outcome]) if f.path == "margin.p" and f.verdict == INCONSISTENT]


def test_a_posterior_probability_of_non_inferiority():
    """Evolut: -1.4 points (-4.9 to 2.1) is 4.1 standard deviations from 6 points; more than 0.999, not 0.990."""
    evidence = {"kind": "estimate", "estimate": -0.014, "ci": [-0.049, 0.021], "interval": "credible", "prior": "flat"}
    path = "margin.probability"
    assert norm.cdf((0.06 + 0.014) * 2 * norm.ppf(0.975) / 0.07) > 0.999
    for printed, expected in ((">0.999", None), (0.990, INCONSISTENT)):
        assert verdict({"value": 0.06, "probability": printed}, evidence, "risk_difference", path=path) == expected
    assert verdict({"probability": 0.99}, path=path) == NOT_CHECKABLE


def test_a_p_value_of_a_margin_is_said_and_never_counted():
    stated = MARGIN | {"concluded": "non_inferior", "p": "<0.001"}
    with_p, without = (make_outcome("hazard_ratio", "lower", RTOG, margin=m) for m in (stated, MARGIN))
    assert dict(portrait(with_p).facts)["margin"] == (
        "1.52 (methods); non-inferiority was concluded; one-sided p < 0.001 in the paper"
    )
    answers = [exact_answers(make_analysis(o, "neutral"))[EFFECT] for o in (with_p, without)]
    assert answers[0].p_margin == answers[1].p_margin and answers[0].mean == answers[1].mean
