"""The arithmetic of a report: what is found in one, what is left alone, and the known oddities of the shipped files."""

import json
import subprocess
import sys
from decimal import Decimal
from itertools import combinations_with_replacement
from math import exp, sqrt

import numpy as np
import pytest
from reports import HEAD, C, T, binary, found, outcome, printed, ratio, table
from scipy import stats

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
)
from bayes.consistency.rounding import Range, box, distance, extent, meets, rounds_to, shown
from bayes.reading import shipped

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

    def say(body):
        return found(base, printed(body), measure="rate_ratio")

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


# Counts --------------------------------------------------------------------------------------------------------------


def test_counts_reproduce_what_is_printed():
    """MASTERS: 15/65 v 5/61, odds ratio 840/250 = 3.36; chi-square 0.022, Fisher 0.028."""

    def say(body):
        return found(binary(15, 65, 5, 61), printed(body))

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
    def say(body):
        return found(binary(0, 69, 7, 75), printed(body), benefit="lower")

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
        return found('kind = "proportion", events = 16, n = 20, goal = 0.7', printed(body), measure="proportion")

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

    def say(body):
        return found(EVENTS, printed(body), measure="rate_ratio", benefit="lower")

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

    def say(body):
        return found(evidence, printed(body), measure="rate_ratio")

    assert say("estimate = 0.625") == {} and say("estimate = 0.640") == {"printed.estimate": ONLY_ROUNDING}
    assert say("estimate = 0.711") == {"printed.estimate": INCONSISTENT}  # per person


# Ordinal -------------------------------------------------------------------------------------------------------------


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
        return found(table(T, C), printed(body), measure="common_odds_ratio", benefit=benefit, n1=104, n0=102)

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

    def say(t, c=c, more=""):
        return found(table(t, c, rest), more, measure="common_odds_ratio", n1=104, n0=102)

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
        )

    fit = common_odds.fit((50, 90, 200, 150, 300, 160, 50), (30, 80, 120, 170, 380, 180, 40))
    assert say(f"{exp(fit.theta):.2f}") == {}
    assert say(f"{1.04 * exp(fit.theta):.2f}") == {"printed.estimate": ONLY_ROUNDING}
    assert say(f"{1.5 * exp(fit.theta):.2f}") == {"printed.estimate": INCONSISTENT}


def test_one_cut_is_a_two_by_two_table():
    """InveST: 31/59 v 31/61, chi-square 0.850."""
    cut = 'kind = "ordinal_cut", categories = ["0-3", "4-6"], cuts = [{ at_most = "0-3", treatment = { events = 31, n = 59 }, control = { events = 31, n = 61 } }]'

    def say(body):
        return found(cut, printed(body), measure="common_odds_ratio", n1=59, n0=61)

    assert say("p = 0.85, estimate = 1.07") == {} and say("p = 0.60") == {"printed.p": INCONSISTENT}
    assert found(cut, measure="common_odds_ratio", n1=58, n0=64) == {
        "evidence.cuts.0.treatment.n": INCONSISTENT,
        "evidence.cuts.0.control.n": NOT_CHECKABLE,
    }


# Means ---------------------------------------------------------------------------------------------------------------

LEG = 'kind = "means", treatment = { mean = 14.8, sd = 23.8, n = 39 }, control = { mean = 2.6, sd = 13.0, n = 15 }'


def test_means_against_scipys_t_tests():
    """STARTING-2, leg: Welch 0.0205, Student 0.0667 (scipy.stats.ttest_ind_from_stats)."""

    def say(body):
        return found(LEG, printed(body), measure="mean_difference", n1=39, n0=15)

    for equal, name in ((False, "welch"), (True, "student")):
        p = stats.ttest_ind_from_stats(14.8, 23.8, 39, 2.6, 13.0, 15, equal_var=equal).pvalue
        assert say(f"p = {p:.4f}") == say(f'p = {p:.4f}, test = "{name}"') == say(f'p = {p:.4f}, test = "t-test"') == {}
    assert say('p = 0.067, test = "welch"') == {"printed.p": INCONSISTENT}
    assert say("p = 0.022") == {"printed.p": ONLY_ROUNDING}  # Welch 0.019 to 0.0218 over the rounding
    assert say('p = 0.2, test = "wilcoxon"') == say('p = 0.2, test = "ancova"') == {"printed.p": NOT_CHECKABLE}
    assert say("estimate = 12.2") == {} and say("estimate = 12.3") == {"printed.estimate": ONLY_ROUNDING}
    assert say("estimate = 12.4") == {"printed.estimate": INCONSISTENT}


def test_intervals_of_a_difference_of_means():
    def say(body):
        return found(LEG, printed(body), measure="mean_difference", n1=39, n0=15)

    s, df = 23.8**2 / 39, 13.0**2 / 15
    df, s = (s + df) ** 2 / (s**2 / 38 + df**2 / 14), sqrt(s + df)
    q = stats.t.ppf(0.975, df)
    assert say(f"estimate = 12.2, ci = [{12.2 - q * s:.1f}, {12.2 + q * s:.1f}], se = {s:.2f}") == {}
    assert say("estimate = 12.2, ci = [4.0, 20.4]") == {"printed.ci": INCONSISTENT}


def test_standardised_differences():
    """Cohen's d = 12.2/21.43 = 0.569, Hedges' g = 0.561 (METHODS 1)."""

    def say(body):
        return found(LEG, printed(body), measure="standardised_mean_difference", n1=39, n0=15)

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

    def say(*x):
        return found(means.format(*x), measure="mean_difference")

    assert say("5.19", "2.00", 28, "") == {}
    assert say("5.19", "2.00", 28, ", step = 1") == {"evidence.treatment.mean": INCONSISTENT}
    assert say("3.44", "2.47", 18, ", step = 0.01") == {}
    assert say("3.44", "2.47", 18, ", step = 1")["evidence.treatment.sd"] == INCONSISTENT


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
