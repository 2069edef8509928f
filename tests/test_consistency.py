"""The arithmetic of a report: planted errors are found, correct reports are left alone, known oddities are shown."""

import json
import subprocess
import sys
import tomllib
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations_with_replacement
from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from bayes import load_trial
from bayes.consistency import (
    INCONSISTENT,
    NOT_CHECKABLE,
    ONLY_ROUNDING,
    check_outcome,
    check_trial,
    common_odds,
    examine,
    grim,
    p_values,
    two_by_two,
)
from bayes.consistency.rounding import Range, box, distance, extent, meets, rounds_to, shown
from bayes.reading import shipped, validate
from bayes.trial import Trial

HEAD = """
id = "demo"
title = "t"
year = 2020
condition = "c"
design = "d"
arms = {{ treatment = "a", control = "b" }}
n = {{ treatment = {n1}, control = {n0} }}
[outcomes.x]
label = "l"
measure = "{measure}"
benefit = "{benefit}"
source = "s"
"""


def outcome(evidence: str, rest: str = "", measure="odds_ratio", benefit="higher", n1=5000, n0=5000):
    text = HEAD.format(measure=measure, benefit=benefit, n1=n1, n0=n0) + f"{rest}\nevidence = {{ {evidence} }}\n"
    return validate(Trial, tomllib.loads(text, parse_float=Decimal), "demo").outcomes["x"]


def found(*args, **kwargs) -> dict[str, str]:
    """{path: verdict} of what is found."""
    return {f.path: f.verdict for f in check_outcome(outcome(*args, **kwargs))}


def ratio(body: str, **kwargs) -> dict[str, str]:
    return found(f'kind = "estimate", {body}', **{"measure": "rate_ratio"} | kwargs)


def binary(a, n1, c, n0) -> str:
    return f'kind = "binary", treatment = {{ events = {a}, n = {n1} }}, control = {{ events = {c}, n = {n0} }}'


def printed(body: str) -> str:
    return f"printed = {{ {body} }}"


# Rounding ------------------------------------------------------------------------------------------------------------


def test_a_box_is_half_a_unit_either_side():
    assert box(Decimal("1.50")) == Range(1.5, 1.495, 1.505) and box(Decimal("12")) == Range(12, 11.5, 12.5)


def test_a_half_may_be_rounded_either_way_and_a_bound_is_missed_from_above():
    p = Decimal("0.78")
    assert rounds_to(p, 0.785) and rounds_to(p, 0.775) and not rounds_to(p, 0.7851)
    assert distance(p, 0.80) == pytest.approx(2) and distance("<0.001", 0.0005) == 0
    assert (
        rounds_to("<0.001", 0.0009)
        and not rounds_to("<0.001", 0.0011)
        and distance("<0.001", 0.003) == pytest.approx(2)
    )
    assert (
        meets(p, Range(0.9, 0.70, 0.95))
        and not meets(p, Range(0.9, 0.79, 0.95))
        and meets("<0.001", Range(0.002, 0.0009, 0.003))
    )


def test_the_range_of_a_function_reaches_its_turning_points():
    assert extent(abs, Range(0.2, -1, 1), through=[[0.0]]) == (0.2, 0.0, 1)


def test_small_numbers_are_shown_with_a_digit():
    assert (
        shown(0.0004, Decimal("0.04")) == "0.0004"
        and shown(1e-12, Decimal("0.04")) == "<0.000001"
        and shown(1.234, Decimal("0.5")) == "1.2"
        and shown(0.0, Decimal("0.1")) == "0.0"
    )


# One effect against itself -------------------------------------------------------------------------------------------


def test_andromeda_shock():
    """METHODS 1: 0.75 (0.55 to 1.02) implies p 0.068, range 0.056 to 0.081, so the printed 0.06 is consistent."""
    out = outcome('kind = "estimate", estimate = 0.75, ci = [0.55, 1.02], p = 0.06', measure="hazard_ratio")
    (finding,) = check_outcome(out)
    assert (finding.path, finding.verdict, finding.printed) == (
        "evidence.p",
        ONLY_ROUNDING,
        "0.06",
    ) and finding.implied.startswith("0.07 (0.0")
    assert finding.units == pytest.approx(0.79, abs=0.01)  # z = 0.28768 / 0.15756, p 0.0679: (0.0679 - 0.06) / 0.01


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("estimate = 0.75, ci = [0.55, 1.02], p = 0.07", {}),
        ("estimate = 0.75, ci = [0.55, 1.02], p = 0.03", {"evidence.p": INCONSISTENT}),
        ("estimate = 0.80, ci = [0.55, 1.02]", {"evidence.estimate": INCONSISTENT}),  # centre sqrt(0.55 * 1.02) = 0.749
        ("estimate = 0.75, ci = [0.55, 1.02], se = 0.158", {}),  # log(1.02 / 0.55) / (2 * 1.95996) = 0.15756
        (
            "estimate = 0.75, ci = [0.55, 1.02], se = 0.155",
            {"evidence.se": ONLY_ROUNDING},
        ),  # rounding allows 0.1540 to 0.1611
        ("estimate = 0.75, ci = [0.55, 1.02], se = 0.31", {"evidence.se": INCONSISTENT}),
        ("estimate = 0.50, ci = [0.37, 0.68], level = 0.95, p = '<0.001'", {}),
        ("estimate = 0.75, ci = [0.55, 1.02], p = '<0.001'", {"evidence.p": INCONSISTENT}),
        ("estimate = 1.00, ci = [0.80, 1.25], p = 1.00", {}),
        ("estimate = 1.00, ci = [0.80, 1.25], p = 0.99", {"evidence.p": ONLY_ROUNDING}),
        (
            "estimate = 0.75, ci = [0.50, 1.13], level = 0.99, p = 0.07",
            {},
        ),  # log(1.13/0.50)/(2*2.5758) = 0.1583, z 1.817
        (
            "estimate = 0.75, ci = [0.50, 1.13], level = 0.95, p = 0.07",
            {"evidence.p": INCONSISTENT},
        ),  # read as 95%: p 0.17
        ("estimate = 0.75, se = 0.158, p = 0.07", {}),
        ("estimate = 0.75, se = 0.158, p = 0.01", {"evidence.p": INCONSISTENT}),
    ],
)
def test_ratios(body, expected):
    assert ratio(body) == expected


def test_a_mean_difference_with_degrees_of_freedom():
    """By hand: 10 -/+ 2.365 * 4 at 7 df; t = 2.5, p 0.041 (scipy.stats.t); the normal would say 0.038."""
    assert 2 * stats.t.sf(2.5, 7) == pytest.approx(0.0410, abs=1e-4)
    told = "estimate = 10.00, ci = [0.54, 19.46], df = 7, p = "
    assert ratio(told + "0.041", measure="mean_difference") == {}
    assert ratio(told + "0.012", measure="mean_difference") == {"evidence.p": INCONSISTENT}
    assert ratio("estimate = 10.00, ci = [0.54, 19.46], p = 0.041", measure="mean_difference") == {
        "evidence.p": INCONSISTENT
    }  # normal: 0.038
    assert ratio("estimate = 11.0, ci = [0.54, 19.46], df = 7", measure="mean_difference") == {
        "evidence.estimate": INCONSISTENT
    }


def test_a_printed_result_is_checked_like_evidence():
    base = 'kind = "significance", significant = false, favours = "unknown", se = 0.2'
    say = lambda body: found(base, printed(body), measure="rate_ratio")  # noqa: E731
    assert say("estimate = 1.40, ci = [0.55, 1.02]") == {"printed.estimate": INCONSISTENT}
    assert say("estimate = 0.75, ci = [1.02, 0.55]") == {"printed.ci": INCONSISTENT}
    assert say("estimate = -0.75, p = 0.2") == {"printed.estimate": INCONSISTENT}
    assert say("estimate = 0.10, ci = [0.00, 1.30], p = 0.50") is not None  # a limit of 0.00 does not crash
    assert say("ci = [0.55, 1.02], p = 0.30") == {"printed.p": INCONSISTENT}
    assert say('estimate = 0.75, ci = [0.55, 1.02], p = 0.30, test = "log-rank"') == {"printed.p": NOT_CHECKABLE}
    assert say('estimate = 0.75, ci = [0.55, 1.02], p = 0.30, test = "mixed model"') == {"printed.p": INCONSISTENT}
    assert say("percent = { treatment = 10.0, control = 20.0 }") == {"printed.percent": NOT_CHECKABLE}
    two = "printed = [{ estimate = 0.75, ci = [0.55, 1.02] }, { estimate = 0.75, ci = [0.55, 1.02], p = 0.3, adjusted = true }]"
    assert found(base, two, measure="rate_ratio") == {"printed.1.p": INCONSISTENT}  # adjusted: still against itself


# Tests and intervals against SciPy, hand calculation and published examples ------------------------------------------

TABLES = [(15, 65, 5, 61), (0, 69, 7, 75), (4, 16, 21, 36), (30, 59, 31, 61), (408, 1515, 407, 1520), (7, 7, 0, 5)]


@pytest.mark.parametrize("table", TABLES)
def test_two_by_two_p_values_are_scipys(table):
    a, n1, c, n0 = table
    cells = [[a, n1 - a], [c, n0 - c]]
    assert p_values.fisher(*table) == pytest.approx(stats.fisher_exact(cells).pvalue, rel=1e-9)
    assert p_values.pearson(*table) == pytest.approx(stats.chi2_contingency(cells, correction=False).pvalue, rel=1e-9)
    assert p_values.yates(*table) == pytest.approx(stats.chi2_contingency(cells, correction=True).pvalue, rel=1e-9)
    assert p_values.likelihood_ratio(*table) == pytest.approx(
        stats.chi2_contingency(cells, correction=False, lambda_="log-likelihood").pvalue, rel=1e-9
    )
    assert p_values.fisher_mid(*table) < p_values.fisher(*table)


def test_the_wald_test_is_the_log_odds_ratio_over_woolfs_error():
    z = log(15 * 56 / (50 * 5)) / sqrt(1 / 15 + 1 / 50 + 1 / 5 + 1 / 56)
    assert p_values.wald("odds_ratio")(15, 65, 5, 61) == pytest.approx(2 * stats.norm.sf(z), rel=1e-9)


def test_intervals_of_a_risk_difference_are_newcombes():
    """Newcombe 1998, Stat Med 17:873-90, Table II, example (a), 56/70 - 48/80: methods 1, 2, 6 (as 7 with n/(n - 1)), 10."""
    expected = {
        "Wald": (0.0575, 0.3425),
        "Wald with continuity correction": (0.0441, 0.3559),
        "Miettinen-Nurminen": (0.0528, 0.3382),
        "profile likelihood": (0.0547, 0.3394),
        "Newcombe": (0.0524, 0.3339),
    }
    for name, method in two_by_two.intervals("risk_difference", 0.95).items():
        assert method(56, 70, 48, 80) == pytest.approx(expected[name], abs=6e-5), name


def test_wilson_is_scipys():
    ci = stats.binomtest(16, 20).proportion_ci(method="wilson")
    assert two_by_two.wilson(stats.norm.ppf(0.975), 16, 20) == pytest.approx((ci.low, ci.high), rel=1e-9)


def test_intervals_of_an_odds_ratio():
    """Woolf by hand; the profile interval's ends have a likelihood-ratio p of 0.05; the exact one is SciPy's."""
    table = (15, 65, 5, 61)
    methods = two_by_two.intervals("odds_ratio", 0.95)
    centre, s = log(15 * 56 / (50 * 5)), sqrt(1 / 15 + 1 / 50 + 1 / 5 + 1 / 56)
    assert methods["Woolf"](*table) == pytest.approx((exp(centre - 1.959964 * s), exp(centre + 1.959964 * s)), rel=1e-6)
    exact = stats.contingency.odds_ratio([[15, 50], [5, 56]]).confidence_interval(0.95)
    assert methods["exact conditional"](*table) == pytest.approx((exact.low, exact.high), rel=1e-9)

    def loss(p0, odds):
        p1 = odds * p0 / (1 - p0) / (1 + odds * p0 / (1 - p0))
        return -(15 * log(p1) + 50 * log(1 - p1) + 5 * log(p0) + 56 * log(1 - p0))

    top = -loss(5 / 61, 15 * 56 / (50 * 5))
    for end in methods["profile likelihood"](*table):
        best = -optimize.minimize_scalar(
            loss, bounds=(1e-6, 0.9), args=(end,), method="bounded", options={"xatol": 1e-9}
        ).fun
        assert stats.chi2.sf(2 * (top - best), 1) == pytest.approx(0.05, abs=1e-4)


def test_empty_cells_and_full_ones_do_not_crash():
    for table in [(0, 5, 0, 7), (5, 5, 7, 7), (0, 5, 7, 7), (0, 69, 7, 75), (1, 1, 0, 1)]:
        for measure in two_by_two.SE:
            for group in (
                two_by_two.estimates(measure),
                two_by_two.intervals(measure, 0.95),
                p_values.two_by_two(measure),
            ):
                for method in group.values():
                    method(*table)


def test_two_rates_against_scipys_binomial():
    found = p_values.two_rates(16, 32.0, 24, 30.0)
    assert found["Poisson, exact"] == pytest.approx(stats.binomtest(16, 40, 32 / 62).pvalue, rel=1e-9)
    assert found["Poisson, Wald"] == pytest.approx(
        2 * stats.norm.sf(abs(log(16 * 30 / (24 * 32))) / sqrt(1 / 16 + 1 / 24)), rel=1e-9
    )
    assert p_values.two_rates(0, 1.0, 0, 1.0) == {}


T, C = (5, 9, 20, 15, 31, 18, 6), (3, 8, 12, 17, 39, 20, 3)  # TREASURE, 90 days


def test_a_common_odds_ratio_of_two_categories_is_the_odds_ratio():
    found = common_odds.fit((15, 50), (5, 56))
    assert found.theta == pytest.approx(log(15 * 56 / (50 * 5)), abs=1e-9)
    assert found.se == pytest.approx(sqrt(1 / 15 + 1 / 50 + 1 / 5 + 1 / 56), rel=1e-8) == found.se_expected


def test_the_common_odds_ratio_maximises_the_likelihood():
    """An independent maximum: scipy.optimize on the multinomial likelihood. METHODS 4: TREASURE near 0.223."""

    def loss(x):
        cuts = np.cumsum([x[0], *np.exp(x[1:-1])])
        up = [np.concatenate([[0], 1 / (1 + np.exp(-(cuts + shift))), [1]]) for shift in (x[-1], 0.0)]
        return -sum(n @ np.log(np.diff(u)) for n, u in zip((np.array(T), np.array(C)), up, strict=True))

    best = optimize.minimize(loss, [-3, 0, 0, 0, 0, 0, 0.0], method="BFGS", options={"gtol": 1e-8})
    fit = common_odds.fit(T, C)
    assert fit.theta == pytest.approx(best.x[-1], abs=1e-4) == pytest.approx(0.223, abs=1e-3)
    assert fit.log_likelihood == pytest.approx(-best.fun, abs=1e-7)
    h, eye = 1e-4, np.eye(7)  # the information by second differences, at the maximum free of how cutpoints are written
    second = [
        [
            (
                loss(best.x + h * (a + b))
                - loss(best.x + h * (a - b))
                - loss(best.x - h * (a - b))
                + loss(best.x - h * (a + b))
            )
            / (4 * h * h)
            for b in eye
        ]
        for a in eye
    ]
    assert fit.se == pytest.approx(sqrt(np.linalg.inv(second)[-1, -1]), rel=1e-4)


def test_swapping_arms_or_categories_turns_the_sign():
    assert common_odds.fit(C, T).theta == pytest.approx(-common_odds.fit(T, C).theta, abs=1e-9)
    assert common_odds.fit(T[::-1], C[::-1]).theta == pytest.approx(-common_odds.fit(T, C).theta, abs=1e-9)


def test_shift_tests_against_scipy():
    x, y = np.repeat(range(7), T), np.repeat(range(7), C)
    found = common_odds.tests(T, C)
    for name, correct in (("Wilcoxon", False), ("Wilcoxon with continuity correction", True)):
        assert found[name] == pytest.approx(
            stats.mannwhitneyu(x, y, method="asymptotic", use_continuity=correct).pvalue, rel=1e-9
        )
    assert found["Wilcoxon"] == pytest.approx(stats.kruskal(x, y).pvalue, rel=1e-9)
    r = stats.pearsonr(np.r_[np.ones(len(x)), np.zeros(len(y))], np.r_[x, y]).statistic
    assert found["linear trend"] == pytest.approx(stats.chi2.sf((len(x) + len(y) - 1) * r**2, 1), rel=1e-9)
    # Whitehead 1993 by the formula of METHODS 4, a loop
    pooled, n = [a + b for a, b in zip(T, C, strict=True)], sum(T) + sum(C)
    z = sum(T[k] * (sum(C[k + 1 :]) - sum(C[:k])) for k in range(7)) / (n + 1)
    v = sum(T) * sum(C) * n / (3 * (n + 1) ** 2) * (1 - sum((p / n) ** 3 for p in pooled))
    assert found["Whitehead"] == pytest.approx(2 * stats.norm.sf(abs(z) / sqrt(v)), rel=1e-9)
    assert [round(p, 2) for p in found.values()][:6] == [0.37] * 6  # issue and METHODS 5: 0.37 by all of them


def test_separated_arms_have_no_common_odds_ratio():
    assert common_odds.fit((5, 0, 0), (0, 3, 4)) is None and common_odds.fit((5, 2, 0), (0, 3, 4)) is None
    assert common_odds.fit((5, 2, 1), (0, 3, 4)) is not None


def test_the_score_test_has_n_for_n_less_one():
    z = {k: NormalDist().inv_cdf(p / 2) for k, p in common_odds.tests(T, C).items()}
    n = sum(T) + sum(C)
    assert (z["proportional odds, score"] / z["Wilcoxon"]) ** 2 == pytest.approx(n / (n - 1), rel=1e-6)


# Counts --------------------------------------------------------------------------------------------------------------


def test_counts_reproduce_what_is_printed():
    """MASTERS: 15/65 v 5/61, odds ratio 840/250 = 3.36; chi-square 0.022, Fisher 0.028."""
    say = lambda body: found(binary(15, 65, 5, 61), printed(body))  # noqa: E731
    assert say("estimate = 3.36, p = 0.02") == say("estimate = 3.36, p = 0.028") == {}
    assert say("estimate = 3.30") == {"printed.estimate": INCONSISTENT}
    assert say("p = 0.09") == {"printed.p": INCONSISTENT}
    assert say('p = 0.028, test = "Fisher\'s exact test"') == say('p = 0.022, test = "chi-square"') == {}
    assert say('p = 0.028, test = "chi2"') == say('p = 0.022, test = "fisher"') == {"printed.p": INCONSISTENT}
    assert say('p = 0.09, test = "cmh"') == say('p = 0.09, test = "wilcoxon"') == {"printed.p": NOT_CHECKABLE}
    assert say('p = 0.09, test = "tarot"') == {"printed.p": INCONSISTENT} and say('p = 0.022, test = "tarot"') == {}
    assert say("percent = { treatment = 23.1, control = 8.2 }") == {}
    assert say("percent = { treatment = 23.1, control = 8.4 }") == {"printed.percent.control": INCONSISTENT}
    assert say('measure = "risk_ratio", estimate = 2.82') == {}  # (15/65)/(5/61) = 2.815
    assert say('measure = "risk_difference", estimate = 0.149, ci = [0.020, 0.273]') == {}  # Newcombe, not centred
    assert say('measure = "hazard_ratio", estimate = 2.9') == {"printed.estimate": NOT_CHECKABLE}
    assert say("estimate = 2.50, ci = [1.10, 5.68], adjusted = true") == {
        "printed.estimate": NOT_CHECKABLE,
        "printed.ci": NOT_CHECKABLE,
    }


def test_an_unnamed_test_is_inconsistent_only_if_no_candidate_fits():
    (finding,) = check_outcome(outcome(binary(15, 65, 5, 61), printed("p = 0.09")))
    for said in ("Fisher 0.03", "chi-square 0.02", "the test is not named", "units"):
        assert said in finding.text
    assert finding.units == pytest.approx((0.09 - p_values.yates(15, 65, 5, 61)) / 0.01, abs=0.01)


def test_zero_cells():
    say = lambda body: found(binary(0, 69, 7, 75), printed(body), benefit="lower")  # noqa: E731
    assert say("p = 0.014") == {}  # Fisher
    assert say("estimate = 0.07") == {}  # (0.5/69.5) / (7.5/68.5) = 0.066, with 1/2 in every cell
    assert say("estimate = 0.00, ci = [0.00, 0.73], p = 0.01") is not None
    assert say("estimate = 0.50") == {"printed.estimate": INCONSISTENT}
    assert found(binary(0, 5, 0, 4), printed("p = 1.00")) == {}


def test_percentages_instead_of_counts():
    cells = 'kind = "binary", treatment = {{ percent = {0}, n = 163 }}, control = {{ percent = {1}, n = 146 }}'
    assert found(cells.format("54.6", "29.5")) == {}  # 89/163 and 43/146
    assert found(cells.format("53.0", "29.3")) == {
        "evidence.treatment.percent": INCONSISTENT,
        "evidence.control.percent": INCONSISTENT,
    }
    wide = 'kind = "binary", treatment = { percent = 25, n = 1000 }, control = { percent = 20, n = 1000 }'
    assert found(wide, printed("estimate = 1.33")) == {}
    assert found(wide, printed("estimate = 1.36")) == {"printed.estimate": ONLY_ROUNDING}  # 254/1000 v 200/1000
    assert found(wide, printed("estimate = 1.60")) == {"printed.estimate": INCONSISTENT}


def test_nobody_is_analysed_who_was_not_there():
    assert found(binary(5, 40, 3, 39), n1=39, n0=39) == {"evidence.treatment.n": INCONSISTENT}
    bare = 'kind = "p_value", p = 0.3, favours = "unknown", n = { treatment = 40, control = 15 }'
    assert found(bare, measure="standardised_mean_difference", n1=40, n0=14) == {"evidence.n.control": INCONSISTENT}
    assert found('kind = "proportion", events = 16, n = 20, goal = 0.7', measure="proportion", n1=16, n0=15) == {}


def test_one_proportion():
    def say(body):
        return found('kind = "proportion", events = 16, n = 20, goal = 0.7', printed(body), measure="proportion")  # noqa: E731

    assert say("percent = { treatment = 80 }") == {} and say("percent = { treatment = 82 }") == {
        "printed.percent.treatment": INCONSISTENT
    }
    low, high = stats.binomtest(16, 20).proportion_ci(method="exact")
    assert say(f"estimate = 0.80, ci = [{low:.3f}, {high:.3f}]") == {}
    assert say("estimate = 0.80, ci = [0.500, 0.900]") == {"printed.ci": INCONSISTENT}


# Events --------------------------------------------------------------------------------------------------------------

EVENTS = 'kind = "events", treatment = { events = 93, n = 69 }, control = { events = 120, n = 75 }'


def test_events():
    """By hand: (93/69)/(120/75) = 0.842, Poisson s = sqrt(1/93 + 1/120) = 0.138: 0.64 to 1.10."""
    say = lambda body: found(EVENTS, printed(body), measure="rate_ratio", benefit="lower")  # noqa: E731
    assert say("estimate = 0.84, ci = [0.64, 1.10], p = 0.21") == {}
    assert say("estimate = 0.84, ci = [0.52, 1.36]") == {}  # wider than Poisson: expected
    assert say("estimate = 0.94") == {"printed.estimate": INCONSISTENT}
    assert say("p = 0.60") == {"printed.p": NOT_CHECKABLE}
    assert say("estimate = 0.84, ci = [0.52, 1.36], p = 0.01") == {"printed.p": INCONSISTENT}


def test_an_interval_narrower_than_poisson_is_flagged_with_its_phi():
    """METHODS 3: s = log(0.98/0.72)/3.92 = 0.0786; phi = (0.0786^2 - 0.01909)/(1/69 + 1/75) = -0.46."""
    (finding,) = check_outcome(outcome(EVENTS, printed("estimate = 0.84, ci = [0.72, 0.98]"), measure="rate_ratio"))
    assert (finding.path, finding.verdict, finding.implied) == ("printed.ci", NOT_CHECKABLE, "phi -0.46")


def test_exposure_counts_with_its_rounding():
    evidence = 'kind = "events", treatment = { events = 16, n = 16, exposure = 32 }, control = { events = 24, n = 15, exposure = 30 }'
    say = lambda body: found(evidence, printed(body), measure="rate_ratio")  # noqa: E731
    assert say("estimate = 0.625") == {} and say("estimate = 0.640") == {"printed.estimate": ONLY_ROUNDING}
    assert say("estimate = 0.711") == {"printed.estimate": INCONSISTENT}  # per person


# Ordinal -------------------------------------------------------------------------------------------------------------


def table(t, c, rest="") -> str:
    names = ", ".join(f'"{k}"' for k in range(len(t)))
    return f'kind = "ordinal", categories = [{names}], treatment = {[*t]}, control = {[*c]}{rest}'


def test_patients_of_a_table():
    odds = {"measure": "common_odds_ratio"}
    assert found(table(T, C), n1=104, n0=102, **odds) == {}
    assert found(table(T, C), n1=103, n0=106, **odds) == {
        "evidence.treatment": INCONSISTENT,
        "evidence.control": NOT_CHECKABLE,
    }
    (finding,) = check_outcome(outcome(table(T, C), n1=104, n0=106, **odds))
    assert "4 missing" in finding.text and finding.units == 4


def test_a_table_against_its_printed_shift():
    """TREASURE: 1.25 (0.77 to 2.04), p 0.37 (METHODS 4 and 5); worse categories are the inverse."""

    def say(body, benefit="higher"):
        return found(table(T, C), printed(body), measure="common_odds_ratio", benefit=benefit, n1=104, n0=102)  # noqa: E731

    assert say("estimate = 1.25, ci = [0.77, 2.04], p = 0.37") == {}
    assert say("estimate = 0.80, ci = [0.49, 1.30]", "lower") == {}
    assert say("estimate = 0.80, ci = [0.49, 1.30]") == {"printed.estimate": INCONSISTENT, "printed.ci": INCONSISTENT}
    assert say("p = 0.62") == {"printed.p": INCONSISTENT} and say("p = 0.62, adjusted = true") == {
        "printed.p": NOT_CHECKABLE
    }
    assert say('p = 0.35, test = "trend"') == {} and say('p = 0.35, test = "wilcoxon"') == {"printed.p": INCONSISTENT}
    assert say("estimate = 1.25, se = 0.249") == {}
    assert say('measure = "odds_ratio", estimate = 1.25') == {"printed.estimate": NOT_CHECKABLE}


def test_sas_and_stata_intervals_both_fit():
    """DEFUSE 3 prints 1.63 to 4.70, RESCUE-Japan LIMIT 1.46 to 4.01: expected information, as PROC LOGISTIC has it."""
    methods = common_odds.intervals(0.95)
    counts = load_trial("defuse3").outcomes["mrs_90d"].evidence
    pair = counts.counts("treatment"), counts.counts("control")
    assert [round(exp(x), 2) for x in methods["Wald"](*pair)] == [1.63, 4.71]
    assert [round(exp(x), 2) for x in methods["Wald with expected information"](*pair)] == [1.63, 4.70]
    assert not {f.path for f in check_trial(load_trial("rescue_japan_limit"))}


def test_percentages_of_a_table():
    rest = ', unit = "percent", n = { treatment = 104, control = 102 }'
    t, c = ([round(100 * x / sum(arm), 1) for x in arm] for arm in (T, C))
    say = lambda t, c=c, more="": found(table(t, c, rest), more, measure="common_odds_ratio", n1=104, n0=102)  # noqa: E731
    assert say(t) == {} and say(t, more=printed("estimate = 1.25, p = 0.37")) == {}
    wrong = [4.3, *t[1:]]  # 4 of 104 are 3.8, 5 are 4.8
    assert say(wrong) == {"evidence.treatment": INCONSISTENT, "evidence.treatment.0": INCONSISTENT}


def test_coarse_percentages_leave_room():
    """5 9 20 15 30 16 5 v 3 8 12 17 38 18 4 percent of 1000 each: 1.34 as printed, but every cell may be half a percent off."""
    rest = ', unit = "percent", n = { treatment = 1000, control = 1000 }'

    def say(x):
        return found(
            table((5, 9, 20, 15, 30, 16, 5), (3, 8, 12, 17, 38, 18, 4), rest),
            printed(f"estimate = {x}"),
            measure="common_odds_ratio",
            n1=1000,
            n0=1000,
        )  # noqa: E731

    fit = common_odds.fit((50, 90, 200, 150, 300, 160, 50), (30, 80, 120, 170, 380, 180, 40))
    assert say(f"{exp(fit.theta):.2f}") == {}
    assert say(f"{1.04 * exp(fit.theta):.2f}") == {"printed.estimate": ONLY_ROUNDING}
    assert say(f"{1.5 * exp(fit.theta):.2f}") == {"printed.estimate": INCONSISTENT}


def test_one_cut_is_a_two_by_two_table():
    """InveST: 31/59 v 31/61, chi-square 0.850."""
    cut = 'kind = "ordinal_cut", categories = ["0-3", "4-6"], cuts = [{ at_most = "0-3", treatment = { events = 31, n = 59 }, control = { events = 31, n = 61 } }]'
    say = lambda body: found(cut, printed(body), measure="common_odds_ratio", n1=59, n0=61)  # noqa: E731
    assert say("p = 0.85, estimate = 1.07") == {} and say("p = 0.60") == {"printed.p": INCONSISTENT}
    assert found(cut, measure="common_odds_ratio", n1=58, n0=64) == {
        "evidence.cuts.0.treatment.n": INCONSISTENT,
        "evidence.cuts.0.control.n": NOT_CHECKABLE,
    }


# Means ---------------------------------------------------------------------------------------------------------------

LEG = 'kind = "means", treatment = { mean = 14.8, sd = 23.8, n = 39 }, control = { mean = 2.6, sd = 13.0, n = 15 }'


def test_means_against_scipys_t_tests():
    """STARTING-2, leg: Welch 0.0205, Student 0.0667 (scipy.stats.ttest_ind_from_stats)."""
    say = lambda body: found(LEG, printed(body), measure="mean_difference", n1=39, n0=15)  # noqa: E731
    for equal, name in ((False, "welch"), (True, "student")):
        p = stats.ttest_ind_from_stats(14.8, 23.8, 39, 2.6, 13.0, 15, equal_var=equal).pvalue
        assert say(f"p = {p:.4f}") == say(f'p = {p:.4f}, test = "{name}"') == say(f'p = {p:.4f}, test = "t-test"') == {}
    assert say('p = 0.067, test = "welch"') == {"printed.p": INCONSISTENT}
    assert say("p = 0.022") == {"printed.p": ONLY_ROUNDING}  # Welch 0.019 to 0.0218 over the rounding
    assert say('p = 0.2, test = "wilcoxon"') == say('p = 0.2, test = "ancova"') == {"printed.p": NOT_CHECKABLE}
    assert say("estimate = 12.2") == {} and say("estimate = 12.3") == {"printed.estimate": ONLY_ROUNDING}
    assert say("estimate = 12.4") == {"printed.estimate": INCONSISTENT}


def test_intervals_of_a_difference_of_means():
    say = lambda body: found(LEG, printed(body), measure="mean_difference", n1=39, n0=15)  # noqa: E731
    s, df = 23.8**2 / 39, 13.0**2 / 15
    df, s = (s + df) ** 2 / (s**2 / 38 + df**2 / 14), sqrt(s + df)
    q = stats.t.ppf(0.975, df)
    assert say(f"estimate = 12.2, ci = [{12.2 - q * s:.1f}, {12.2 + q * s:.1f}], se = {s:.2f}") == {}
    assert say("estimate = 12.2, ci = [4.0, 20.4]") == {"printed.ci": INCONSISTENT}


def test_standardised_differences():
    """Cohen's d = 12.2/21.43 = 0.569, Hedges' g = 0.561 (METHODS 1)."""
    say = lambda body: found(LEG, printed(body), measure="standardised_mean_difference", n1=39, n0=15)  # noqa: E731
    assert say("estimate = 0.57") == say("estimate = 0.56") == {} and say("estimate = 0.66") == {
        "printed.estimate": INCONSISTENT
    }


def test_grim_published_example():
    """Brown and Heathers 2017: 28 whole numbers cannot have a mean of 5.19 (145/28 = 5.18, 146/28 = 5.21)."""
    one = Decimal(1)
    assert not grim.totals(Decimal("5.19"), 28, one) and grim.totals(Decimal("5.18"), 28, one) == range(145, 146)
    assert grim.nearest_mean(Decimal("5.19"), 28, one) == pytest.approx(145 / 28)
    assert not grim.totals(Decimal("5.19"), 28, Decimal("0.5"))  # nor can 28 halves: 290/56 = 5.179, 291/56 = 5.196
    assert grim.totals(Decimal("-0.29"), 31, Decimal("0.5")) == range(-18, -17)  # EDSS in half points: -9/31 = -0.290


def test_grimmer_published_example():
    """Allard 2018: mean 3.44, SD 2.47, n 18 passes GRIM and fails GRIMMER."""
    mean, sd, one = Decimal("3.44"), Decimal("2.47"), Decimal(1)
    assert grim.totals(mean, 18, one) == range(62, 63) and not grim.sd_possible(mean, sd, 18, one)
    # by hand: squares sum to 62^2/18 + 17 s^2, even like 62; 316 gives s = 2.4548, 318 gives 2.4788
    assert grim.nearest_sd(mean, sd, 18, one) == pytest.approx(sqrt((318 - 62**2 / 18) / 17))
    assert grim.sd_possible(mean, Decimal("2.48"), 18, one) and grim.sd_possible(mean, Decimal("2.45"), 18, one)


@pytest.mark.parametrize(("n", "step"), [(3, "1"), (4, "1"), (5, "0.5")])
def test_every_real_sample_passes(n, step):
    """By brute force: all samples of n values on a scale of seven steps, printed with two decimals."""
    for values in combinations_with_replacement(range(7), n):
        data = np.array(values) * float(step)
        mean, sd = Decimal(f"{data.mean():.2f}"), Decimal(f"{data.std(ddof=1):.2f}")
        assert grim.totals(mean, n, Decimal(step))
        assert grim.sd_possible(mean, sd, n, Decimal(step)), values


def test_grim_and_grimmer_are_tried_where_the_step_is_given():
    means = 'kind = "means", treatment = {{ mean = {0}, sd = {1}, n = {2} }}, control = {{ mean = 3.00, sd = 2.00, n = 18 }}{3}'
    say = lambda *x: found(means.format(*x), measure="mean_difference")  # noqa: E731
    assert say("5.19", "2.00", 28, "") == {}
    assert say("5.19", "2.00", 28, ", step = 1") == {"evidence.treatment.mean": INCONSISTENT}
    assert say("3.44", "2.47", 18, ", step = 0.01") == {}
    assert say("3.44", "2.47", 18, ", step = 1")["evidence.treatment.sd"] == INCONSISTENT


# Planted errors ------------------------------------------------------------------------------------------------------


def rounded(value: float, digits: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


cells = st.tuples(st.integers(3, 60), st.integers(3, 60), st.integers(3, 60), st.integers(3, 60))
MEASURES = ["odds_ratio", "risk_ratio", "risk_difference"]


@settings(max_examples=60, deadline=None)
@given(cells, st.sampled_from(MEASURES), st.integers(2, 3), st.data())
def test_correct_reports_of_two_proportions_are_never_called_inconsistent(counts, measure, digits, data):
    a, b, c, d = counts
    arms = (a, a + b, c, c + d)
    method = data.draw(st.sampled_from(sorted(two_by_two.intervals(measure, 0.95))))
    test = data.draw(st.sampled_from(sorted(p_values.two_by_two(measure))))
    limits = two_by_two.intervals(measure, 0.95)[method](*arms)
    p = rounded(p_values.two_by_two(measure)[test](*arms), 3)
    estimate = rounded(two_by_two.effect(measure, *arms), digits)
    low, high = (rounded(x, digits) for x in limits) if limits[0] == limits[0] else (None, None)
    assume(p > 0)
    ci = f", ci = [{low}, {high}]" if low is not None else ""
    out = outcome(binary(*arms), printed(f"estimate = {estimate}{ci}, p = {p}"), measure=measure)
    assert INCONSISTENT not in {f.verdict for f in check_outcome(out)}, check_outcome(out)


@settings(max_examples=60, deadline=None)
@given(cells, st.sampled_from(["risk_ratio", "risk_difference"]), st.integers(4, 40), st.sampled_from([-1, 1]))
def test_a_moved_estimate_is_found(counts, measure, by, side):
    a, b, c, d = counts
    arms = (a, a + b, c, c + d)
    moved = rounded(two_by_two.effect(measure, *arms), 3) + side * by * Decimal("0.001")
    assume(abs(moved) < 1 if measure == "risk_difference" else moved > 0)
    (finding,) = check_outcome(outcome(binary(*arms), printed(f"estimate = {moved}"), measure=measure))
    assert (finding.path, finding.verdict) == ("printed.estimate", INCONSISTENT)
    assert abs(finding.units - by) <= 0.51


@settings(max_examples=60, deadline=None)
@given(cells, st.integers(5, 40))
def test_a_moved_p_value_is_found_unless_another_test_gives_it(counts, by):
    a, b, c, d = counts
    arms = (a, a + b, c, c + d)
    candidates = {k: f(*arms) for k, f in p_values.two_by_two("odds_ratio").items()}
    moved = rounded(candidates["Fisher"], 3) + by * Decimal("0.001")
    assume(moved < 1 and all(distance(moved, p) > 0.6 for p in candidates.values()))
    assert found(binary(*arms), printed(f"p = {moved}")) == {"printed.p": INCONSISTENT}
    assert found(binary(*arms), printed(f'p = {moved}, test = "fisher"')) == {"printed.p": INCONSISTENT}


@settings(max_examples=60, deadline=None)
@given(st.floats(-1.2, 1.2), st.floats(0.05, 0.6), st.sampled_from([0.9, 0.95, 0.99]))
def test_a_correct_estimate_agrees_with_itself_and_a_moved_limit_does_not(y, s, level):
    q = stats.norm.ppf((1 + level) / 2)
    estimate, low, high = (rounded(exp(x), 3) for x in (y, y - q * s, y + q * s))
    p = rounded(2 * stats.norm.sf(abs(y) / s), 3)
    assume(p > 0 and low > Decimal("0.1"))
    body = f"estimate = {estimate}, ci = [{{}}, {high}], level = {level}, p = {p}, se = {s:.4f}"
    assert INCONSISTENT not in ratio(body.format(low)).values()
    wrong = low - (estimate - low) / 3 - Decimal("0.02")
    assume(wrong > 0)
    assert ratio(body.format(wrong)).get("evidence.estimate") == INCONSISTENT


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=7),
    st.sampled_from(["higher", "lower"]),
)
def test_correct_reports_of_a_shift_are_never_called_inconsistent(rows, benefit):
    t, c = zip(*rows, strict=True)
    assume(sum(t) > 5 and sum(c) > 5 and sum(a + b > 0 for a, b in rows) > 1)
    fit = common_odds.fit(t, c)
    assume(fit is not None and abs(fit.theta) < 4)
    sign = 1 if benefit == "higher" else -1
    low, high = sorted(sign * x for x in common_odds.intervals(0.95)["profile likelihood"](t, c))
    p = rounded(common_odds.tests(t, c)["Wilcoxon"], 3)
    assume(p > 0)
    body = f"estimate = {rounded(exp(sign * fit.theta), 2)}, ci = [{rounded(exp(low), 2)}, {rounded(exp(high), 2)}], p = {p}"
    assert found(table(t, c), printed(body), measure="common_odds_ratio", benefit=benefit, n1=sum(t), n0=sum(c)) == {}
    assume(abs(p - Decimal("0.5")) > Decimal("0.1"))
    assert found(table(t, c), printed("p = 0.500"), measure="common_odds_ratio", n1=sum(t), n0=sum(c)).get(
        "printed.p"
    ) in (INCONSISTENT, None)


# Acknowledgements, the shipped files and the command -----------------------------------------------------------------


def test_an_acknowledged_finding_keeps_its_verdict_and_carries_the_reason():
    rest = (
        printed("percent = { treatment = 30.0, control = 8.2 }, p = 0.9")
        + '\nacknowledged = [{ finding = "printed.percent", reason = "why" }, { finding = "printed.ci", reason = "stale" }]'
    )
    by_path = {f.path: f for f in check_outcome(outcome(binary(15, 65, 5, 61), rest))}
    assert (
        by_path["printed.percent.treatment"].acknowledged == "why"
        and by_path["printed.percent.treatment"].verdict == INCONSISTENT
    )
    assert by_path["printed.p"].acknowledged is None
    assert by_path["printed.ci"].verdict == NOT_CHECKABLE and "nothing was found" in by_path["printed.ci"].text


def test_agreeing_checks_are_counted():
    assert (
        examine(outcome(binary(15, 65, 5, 61), printed("estimate = 3.36, p = 0.02"))).checks == 4
    )  # two sizes, effect, p


@pytest.mark.parametrize("name", shipped("trials"))
def test_every_shipped_file_is_consistent_or_says_why_not(name):
    findings = check_trial(load_trial(name))
    assert not [f for f in findings if f.verdict == INCONSISTENT and f.acknowledged is None]
    assert not [f for f in findings if "nothing was found here" in f.text]
    for finding in findings:
        json.dumps(finding.units, allow_nan=False)


@pytest.mark.parametrize(
    ("trial", "outcome", "path", "verdict", "said"),
    [
        ("mesems", "gel_24w", "evidence.p", ONLY_ROUNDING, ["printed 0.78", "0.80 (0.78 to 0.82)"]),
        (
            "starting2",
            "motricity_leg_90d",
            "printed.0.p",
            INCONSISTENT,
            ["printed 0.023", "Welch 0.020 (0.019 to 0.022)", "Student 0.067"],
        ),
        (
            "starting2",
            "motricity_leg_90d",
            "printed.1.p",
            NOT_CHECKABLE,
            ["printed 0.129", "adjusted against unadjusted"],
        ),
        (
            "treasure",
            "mrs_90d",
            "printed.p",
            INCONSISTENT,
            ["printed 0.62", "proportional odds, Wald 0.37", "Wilcoxon 0.37"],
        ),
        ("ist3", "mrs_6m", "printed.estimate", NOT_CHECKABLE, ["printed 1.27", "1.10", "adjusted against unadjusted"]),
    ],
)
def test_the_known_oddities_are_shown(trial, outcome, path, verdict, said):
    hits = [f for f in check_outcome(load_trial(trial).outcomes[outcome]) if f.path == path and f.verdict == verdict]
    assert hits and all(part in hits[0].text for part in said), hits
    assert hits[0].acknowledged or verdict == NOT_CHECKABLE


def run(*arguments: str, cwd=None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "bayes", "check", *arguments], capture_output=True, text=True, timeout=120, cwd=cwd
    )


def test_the_command_ends_with_0_1_or_2(tmp_path):
    text = (
        HEAD.format(measure="odds_ratio", benefit="higher", n1=65, n0=61)
        + printed("p = 0.9")
        + f"\nevidence = {{ {binary(15, 65, 5, 61)} }}\n"
    )
    path = tmp_path / "demo.toml"
    path.write_text(text)
    done = run(str(path))
    assert done.returncode == 1 and not done.stderr and "demo:x" in done.stdout and "printed 0.9" in done.stdout
    assert (
        done.stdout.splitlines()[-1]
        == "1 file, all valid; 3 checks: 1 inconsistent, 0 only consistent with rounding, 0 not checkable"
    )
    (row,) = json.loads(run(str(path), "--json").stdout)
    assert set(row) == {"trial", "outcome", "path", "verdict", "printed", "implied", "units", "text", "acknowledged"}
    path.write_text(
        text.replace('source = "s"', 'source = "s"\nacknowledged = [{ finding = "printed.p", reason = "r" }]')
    )
    done = run(str(path))
    assert done.returncode == 0 and "acknowledged: r" in done.stdout
    bad = tmp_path / "bad.toml"
    bad.write_text(text.replace('"demo"', '"bad"').replace("year = 2020", "yeer = 2020"))
    done = run(str(path), str(bad))
    assert (
        done.returncode == 2
        and "did you mean 'year'" in done.stderr
        and "printed 0.9" in done.stdout
        and "Traceback" not in done.stderr
    )
    first, *rest = json.loads(run(str(path), str(bad), "--json").stdout)
    assert first["path"].startswith(str(bad)) and rest[-1]["path"] == "printed.p"


def test_everything_shipped_ends_with_0():
    done = run()
    assert done.returncode == 0 and not done.stderr
    assert "files, all valid" in done.stdout.splitlines()[-1]


def test_importing_the_checks_loads_no_scipy():
    code = "import bayes.consistency, sys; assert not {'scipy', 'pymc', 'arviz'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
