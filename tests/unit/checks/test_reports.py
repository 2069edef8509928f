"""`bayes check` of counts, events, ordinal tables and means: each calculation against what a paper prints."""

from decimal import Decimal
from itertools import combinations_with_replacement
from math import exp, sqrt

import numpy as np
import pytest
from scipy import stats
from support.printed_reports import C, T, binary, found, outcome, printed, table

from bayes import check, load_trial
from bayes.checks import (
    INCONSISTENT,
    NOT_CHECKABLE,
    ONLY_ROUNDING,
    check_outcome,
    common_odds,
    grim,
    p_values,
)

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
    assert say('p = 0.09, test = "tarot"') == {"printed.p": NOT_CHECKABLE} and say('p = 0.022, test = "tarot"') == {}
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
    assert not {f.path for f in check("rescue_japan_limit")}


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
        said = found(
            table((5, 9, 20, 15, 30, 16, 5), (3, 8, 12, 17, 38, 18, 4), rest),
            printed(f"estimate = {x}"),
            measure="common_odds_ratio",
            n1=1000,
            n0=1000,
        )
        assert said.pop("evidence") == NOT_CHECKABLE  # of so many patients these odds are not proportional
        return said

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
