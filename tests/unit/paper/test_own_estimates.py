"""The estimate that a report implies, its standard error and the reason where there is none, by hand."""

from decimal import Decimal
from math import exp, inf, log, pi, sqrt

import pytest
from scipy import stats
from support.reports import REPORTS
from support.trials import make_outcome

from bayes.errors import InvalidInput
from bayes.paper.evidence.arms import counts_of_percent, nearest_count
from bayes.paper.evidence.counts import EVERYBODY, NO_EVENT
from bayes.paper.evidence.ordinal import whole_shares
from bayes.paper.evidence.posteriors import without_prior
from bayes.paper.evidence.survival import LogRank

Z = stats.norm.ppf(0.975)
ARM = {"events": 5, "n": 20}


def read(measure, **evidence):
    return make_outcome(measure, "lower", evidence).evidence


def binary(x1, n1, x0, n0):
    return read("odds_ratio", kind="binary", treatment={"events": x1, "n": n1}, control={"events": x0, "n": n0})


def test_two_by_two_tables():
    one = binary(5, 20, 9, 30)
    assert one.own_estimate("odds_ratio") == pytest.approx((log(5 * 21 / (15 * 9)), sqrt(1 / 5 + 1 / 15 + 1 / 9 + 1 / 21)))
    assert one.own_estimate("risk_ratio") == pytest.approx((log(0.25 / 0.3), sqrt(1 / 5 - 1 / 20 + 1 / 9 - 1 / 30)))
    assert one.own_estimate("risk_difference") == pytest.approx((-0.05, sqrt(0.25 * 0.75 / 20 + 0.3 * 0.7 / 30)))
    assert [one.variance_of_control(m) for m in ("odds_ratio", "risk_ratio", "risk_difference")] == pytest.approx([1 / 9 + 1 / 21, 1 / 9 - 1 / 30, 0.3 * 0.7 / 30])
    for x, odds, risk in ((0, None, None), (30, None, 0.0), (1, 1 + 1 / 29, 1 - 1 / 30), (29, 1 / 29 + 1, 1 / 29 - 1 / 30)):
        empty = binary(5, 20, x, 30)
        assert [empty.variance_of_control(m) for m in ("odds_ratio", "risk_ratio")] == [None if value is None else pytest.approx(value) for value in (odds, risk)]


@pytest.mark.parametrize(
    ("counts", "measure", "why"),
    [
        ((0, 20, 0, 30), "odds_ratio", NO_EVENT),
        ((20, 20, 30, 30), "odds_ratio", EVERYBODY),
        ((0, 20, 9, 30), "odds_ratio", "no patient in the treatment arm had the event: there is a bound, not an estimate"),
        ((5, 20, 30, 30), "odds_ratio", "every patient in the control arm had the event: there is a bound, not an estimate"),
        ((20, 20, 9, 30), "odds_ratio", "every patient in the treatment arm had the event: there is a bound, not an estimate"),
        ((5, 20, 0, 30), "risk_ratio", "no patient in the control arm had the event: there is a bound, not an estimate"),
        ((20, 20, 0, 30), "risk_difference", "every patient in the treatment arm had the event: there is a bound, not an estimate"),
        ((20, 20, 9, 30), "risk_ratio", None),
        ((0, 20, 9, 30), "risk_difference", None),
    ],
)  # fmt: skip
def test_why_counts_have_no_estimate(counts, measure, why):
    assert binary(*counts).why_no_estimate(measure) == why


def test_why_one_arm_or_events_have_no_estimate():
    said = {"kind": "proportion", "n": 20, "goal": 0.5}
    for events, who in ((0, "no patient had the event"), (20, "every patient had the event"), (1, None), (19, None)):
        found = make_outcome("proportion", "higher", said | {"events": events}).evidence.why_no_estimate("proportion")
        assert found is None if who is None else found.startswith(who)
    for x1, x0, why in ((0, 0, "no event"), (0, 1, "one arm had no events"), (1, 0, "one arm had no events"), (1, 1, None)):
        events = read("rate_ratio", kind="events", treatment={"events": x1, "n": 20}, control={"events": x0, "n": 30})
        found = events.why_no_estimate("rate_ratio")
        assert found is None if why is None else found.startswith(why)


def test_exposure_is_counted_in_follow_up_of_a_participant_or_in_time_per_event():
    arms = {"treatment": {"events": 9, "n": 20, "exposure": 30}, "control": {"events": 3, "n": 30, "exposure": 45}}
    one = read("rate_ratio", kind="events", **arms)
    assert one.follow_up == 1.5 and one.relative_exposure == (20.0, 30.0)
    for arm in arms.values():
        del arm["n"]
    one = read("rate_ratio", kind="events", **arms)
    assert one.dispersion == "poisson" and one.follow_up == 75 / 12 and one.relative_exposure == (4.8, 7.2)
    arms["treatment"]["events"] = arms["control"]["events"] = 0
    assert read("rate_ratio", kind="events", **arms).follow_up == 75
    plain = read("rate_ratio", kind="events", treatment=ARM, control=ARM | {"n": 30})
    assert (plain.dispersion, plain.follow_up, plain.relative_exposure) == ("negative_binomial", 1.0, (20.0, 30.0))


@pytest.mark.parametrize(("percent", "n", "nearest", "allowed"), [("12.5", 8, 1, [1]), ("12", 33, 4, [4]), ("50", 5, 3, []), ("0", 300, 0, [0, 1]), ("100", 300, 300, [299, 300]), ("33", 12, 4, [4]), ("10.0", 1000, 100, [100]), ("10", 1000, 100, list(range(95, 106)))])
def test_counts_that_round_to_a_percentage(percent, n, nearest, allowed):
    assert nearest_count(Decimal(percent), n) == nearest
    assert list(counts_of_percent(Decimal(percent), n)) == allowed


def test_means_and_what_their_standard_deviations_follow_from():
    one = read("mean_difference", kind="means", treatment={"mean": 4, "se": 0.5, "n": 16}, control={"mean": 3, "ci": [2, 4], "n": 9})
    sd = 3 / stats.t.ppf(0.975, 8)
    assert (float(one.treatment.sd), float(one.control.sd)) == pytest.approx((2.0, sd), rel=1e-6)
    assert one.own_estimate("mean_difference") == pytest.approx((1.0, sqrt(4 / 16 + sd**2 / 9)), rel=1e-6)
    assert one.variance_of_control("mean_difference") == pytest.approx(sd**2 / 9, rel=1e-6)
    assert one.variance_of_control("standardised_mean_difference") is None
    pooled = sqrt((15 * 4 + 8 * sd**2) / 23)
    g = (1 - 3 / (4 * 23 - 1)) / pooled
    assert one.own_estimate("standardised_mean_difference") == pytest.approx((g, sqrt(1 / 16 + 1 / 9 + g**2 / 50)), rel=1e-6)
    assert (one.treatment.sd_half_unit, one.control.sd_half_unit) == pytest.approx((2 * 0.05 / 0.5, sd * 1 / 2), rel=1e-6)


def test_changes_in_standard_deviations_of_final_values():
    """SD(final) = SD(change) / sqrt(2 (1 - r)); a standardised difference shrinks by as much as its unit grows."""
    arms = {"treatment": {"mean": 4, "sd": 2, "n": 20}, "control": {"mean": 3, "sd": 2, "n": 22}}
    plain, changed = (read("standardised_mean_difference", kind="means", **arms, **more) for more in ({}, {"values": "change", "baseline_correlation": 0.875}))
    assert plain.sd_ratio == 1.0 and changed.sd_ratio == pytest.approx(2.0)
    (g, s), (g2, s2) = (one.own_estimate("standardised_mean_difference") for one in (plain, changed))
    assert (g2, s2) == pytest.approx((g / 2, s / 2)) and changed.sd_of_observations("standardised_mean_difference") == pytest.approx(0.5)
    assert changed.sd_of_observations("mean_difference") == pytest.approx(2.0)
    for arm in arms.values():
        arm["sd_final"] = 6
    final = read("standardised_mean_difference", kind="means", **arms, values="change")
    assert final.sd_ratio == pytest.approx(3.0) and not final.in_units_of_change
    assert read("mean_difference", kind="means", treatment=ARM_MEAN, control=ARM_MEAN, values="change").in_units_of_change


ARM_MEAN = {"mean": 4, "sd": 2, "n": 20}


def test_geometric_means_by_each_statement_of_spread():
    """A CV of 100 sqrt(e - 1) percent, a GSD of e and an SD of 1 are the same spread; an interval is Student-t."""
    half = stats.t.ppf(0.975, 15) / 4
    spreads = [{"cv": 100 * sqrt(exp(1) - 1)}, {"gsd": exp(1)}, {"sd_log": 1}, {"ci": [50 * exp(-half), 50 * exp(half)]}]
    for spread in spreads:
        arm = {"geometric_mean": 50, "n": 16} | spread
        one = read("mean_ratio", kind="geometric_means", treatment=arm, control={"geometric_mean": 25, "sd_log": 0.5, "n": 4})
        assert one.own_estimate("mean_ratio") == pytest.approx((log(2), sqrt(1 / 16 + 1 / 16)), rel=1e-6)
        assert one.variance_of_control("mean_ratio") == pytest.approx(1 / 16)
        assert one.statistic("mean_ratio").df == pytest.approx(4 / (1 / 15 + 1 / 3), rel=1e-5)


def test_the_same_patients_under_both_treatments():
    means = {"kind": "paired_means", "n": 16, "treatment": {"mean": 4, "sd": 2}, "control": {"mean": 3, "se": 0.75}}
    one = read("mean_difference", **means, correlation=0.5)
    assert one.own_estimate("mean_difference") == pytest.approx((1.0, sqrt((4 + 9 - 6) / 16)))
    assert one.implied_correlation == 0.5 and one.pooled_sd == pytest.approx(sqrt(6.5)) and one.assumes_correlation
    for difference, error in (({"sd": 2}, 0.5), ({"se": 0.5}, 0.5), ({"p": 0.05}, 1 / stats.t.ppf(0.975, 15)), ({"p": "<0.05"}, 1 / stats.t.ppf(0.975, 15))):
        other = read("mean_difference", **means, difference=difference)
        assert other.error == pytest.approx(error) and not other.assumes_correlation
        assert other.implied_correlation == pytest.approx((13 - 16 * error**2) / 12)
        assert other.error_is_bound == (difference == {"p": "<0.05"}) and other.two_sided_p == (0.05 if difference == {"p": 0.05} else None)
    g = (1 - 3 / 59) / sqrt(6.5)
    of_unit = g**2 * (16 + 81 + 2 * 9) / (8 * 6.5**2)
    assert one.own_estimate("standardised_mean_difference") == pytest.approx((g, sqrt((7 / 6.5 + of_unit) / 15)))


def test_patients_who_differ():
    for b, c, why in ((3, 8, None), (0, 8, "treatment"), (3, 0, "control")):
        one = read("odds_ratio", kind="paired_counts", treatment_only=b, control_only=c, both=2, neither=7)
        assert (one.discordant, one.n) == (b + c, b + c + 9)
        if why is None:
            assert one.why_no_estimate("odds_ratio") is None and one.own_estimate("odds_ratio") == pytest.approx((log(3 / 8), sqrt(1 / 3 + 1 / 8)))
        else:
            assert one.own_estimate("odds_ratio") is None and f"under {why} only: there is a bound" in one.why_no_estimate("odds_ratio")


def test_survival_on_the_scale_of_its_interval():
    low, high = 0.70, 0.88
    of_low, of_high = log(-log(low)), log(-log(high))
    arms = {"treatment": {"percent": 80, "ci": [70, 88]}, "control": {"percent": 60, "se": 5}}
    one = read("hazard_ratio", kind="survival", time="5 years", **arms)
    s1, s0 = (of_low - of_high) / (2 * Z), 0.05 / (0.6 * -log(0.6))
    assert one.own_estimate("hazard_ratio") == pytest.approx((log(log(0.8) / log(0.6)), sqrt(s1**2 + s0**2)))
    error = 0.18 / (2 * Z)
    assert one.own_estimate("risk_difference") == pytest.approx((0.2, sqrt(error**2 + 0.05**2)))
    assert one.own_estimate("risk_ratio") == pytest.approx((log(0.8 / 0.6), sqrt((error / 0.8) ** 2 + (0.05 / 0.6) ** 2)))
    assert one.variance_of_control("risk_difference") == pytest.approx(0.0025) and one.control_survival == 0.6
    assert one.sizes is None
    for sized, total in (("treatment",), None), (("treatment", "control"), 80):
        known = arms | {arm: arms[arm] | {"n": 40} for arm in sized}
        sizes = read("hazard_ratio", kind="survival", time="5 years", **known).sizes
        assert (sizes and sizes.total) == total


def test_medians_of_survival_and_restricted_means():
    arms = {"treatment": {"median": 20, "ci": [15, 26], "n": 40}, "control": {"median": 16, "ci": [12, "not reached"], "n": 41}}
    one = read("hazard_ratio", kind="median_survival", unit="months", **arms)
    s = sqrt((log(26 / 15) / (2 * Z)) ** 2 + (log(16 / 12) / Z) ** 2)
    assert one.own_estimate("mean_ratio") == pytest.approx((log(20 / 16), s)) and one.own_estimate("hazard_ratio") == pytest.approx((-log(20 / 16), s))
    assert one.sizes.total == 81
    arms = {"treatment": {"mean": 27, "ci": [26, 28], "n": 40}, "control": {"mean": 25, "se": 0.7, "n": 10}}
    one = read("mean_difference", kind="rmst", until=36, unit="months", **arms)
    error = 1 / Z
    assert one.own_estimate("mean_difference") == pytest.approx((2.0, sqrt(error**2 + 0.49)))
    assert one.own_estimate("mean_ratio") == pytest.approx((log(27 / 25), sqrt((error / 27) ** 2 + (0.7 / 25) ** 2)))
    assert one.pooled_sd == pytest.approx(sqrt(error**2 + 0.49) / sqrt(1 / 40 + 1 / 10))


def test_a_log_rank_statistic_of_either_arm():
    said = {"kind": "log_rank", "o_minus_e": -6, "variance": 16}
    assert LogRank(**said).own_estimate("hazard_ratio") == (-0.375, 0.25)
    assert LogRank(**said, of="control").own_estimate("hazard_ratio") == (0.375, 0.25)


def test_rates_and_percentages_are_read_on_the_scale_of_their_interval():
    """The first interval is symmetric on the log (or logit) scale, the second on its own."""
    for ci, error in (([0.5, 2.0], log(4) / (2 * Z)), ([0.5, 1.5], 1 / (2 * Z)), ([0.9, 1.1], 0.2 / (2 * Z))):
        arms = {"treatment": {"rate": 1, "ci": ci}, "control": {"rate": 2, "se": 0.2}}
        one = read("rate_ratio", kind="rates", per="year", **arms)
        assert one.own_estimate("rate_ratio") == pytest.approx((-log(2), sqrt(error**2 + 0.01)))
        assert one.own_estimate("rate_difference") == pytest.approx((-1.0, sqrt(error**2 + 0.04)))
    for ci, error in (([20, 80], log(16) / (2 * Z)), ([10, 40], None)):
        p = 0.5 if ci == [20, 80] else 0.25
        of_logit = error or 0.3 / (2 * Z) / (p * (1 - p))
        arms = {"treatment": {"percent": 100 * p, "ci": ci}, "control": {"percent": 40, "se": 6}}
        one = read("odds_ratio", kind="percentages", **arms)
        control = 0.06 / 0.24
        assert one.own_estimate("odds_ratio") == pytest.approx((log(p / (1 - p) * 1.5), sqrt(of_logit**2 + control**2)))
        assert one.own_estimate("risk_ratio") == pytest.approx((log(p / 0.4), sqrt((of_logit * (1 - p)) ** 2 + (0.06 / 0.4) ** 2)))
        assert one.own_estimate("risk_difference") == pytest.approx((p - 0.4, sqrt((of_logit * p * (1 - p)) ** 2 + 0.0036)))


@pytest.mark.parametrize(
    ("measure", "said", "error"),
    [
        ("hazard_ratio", {"se": 0.31}, 0.31),
        ("hazard_ratio", {"events": {"treatment": 10, "control": 40}}, sqrt(1 / 10 + 1 / 40)),
        ("hazard_ratio", {"events": 100}, 0.2),
        ("rate_ratio", {"events": 100, "n": {"treatment": 20, "control": 80}}, 1 / sqrt(100 * 0.2 * 0.8)),
        ("hazard_ratio", {"n": {"treatment": 20, "control": 80}}, None),
        ("risk_difference", {"events": 20, "n": {"treatment": 20, "control": 80}}, sqrt(0.2 * 0.8 * (1 / 20 + 1 / 80))),
        ("odds_ratio", {"events": 20, "n": {"treatment": 20, "control": 80}}, sqrt((1 / 20 + 1 / 80) / (0.2 * 0.8))),
        ("risk_ratio", {"events": 20, "n": {"treatment": 20, "control": 80}}, sqrt(0.2 * 0.8 * (1 / 20 + 1 / 80)) / 0.2),
        ("risk_ratio", {"events": 100, "n": {"treatment": 20, "control": 80}}, None),
        ("odds_ratio", {"events": 99, "n": {"treatment": 20, "control": 80}}, sqrt((1 / 20 + 1 / 80) / (0.99 * 0.01))),
        ("odds_ratio", {"n": {"treatment": 20, "control": 80}}, None),
        ("standardised_mean_difference", {"n": {"treatment": 20, "control": 80}}, sqrt(1 / 20 + 1 / 80)),
        ("standardised_mean_difference", {"n": {"treatment": 20, "control": 80}, "scale_sd": "residual", "rho": 0.6}, 0.8 * sqrt(1 / 20 + 1 / 80)),
        ("mean_difference", {"n": {"treatment": 20, "control": 80}}, None),
    ],
)
def test_the_error_behind_a_bare_p_value(measure, said, error):
    if error is None:
        with pytest.raises(InvalidInput, match="does not imply a standard error"):
            read(measure, kind="p_value", p=0.03, favours="treatment", **said)
    else:
        assert read(measure, kind="p_value", p=0.03, favours="treatment", **said).standard_error(measure) == pytest.approx(error)


def test_what_a_bare_test_says_of_its_statistic():
    p = {"kind": "p_value", "p": 0.03, "favours": "treatment"}
    sizes = {"n": {"treatment": 50, "control": 51}}
    smd = "standardised_mean_difference"
    for said, df, central in (
        (sizes, 99.0, False), ({"n": {"treatment": 51, "control": 51}}, None, False), (sizes | {"df": 40}, 40.0, False),
        (sizes | {"se": 0.2, "df": 40}, 40.0, True), (sizes | {"se": 0.2}, None, False), (sizes | {"df": 1, "test": "chi2"}, 99.0, False),
    ):  # fmt: skip
        found = read(smd, **p, **said).statistic(smd)
        assert (found.df, found.central) == (df, central), said
    assert read("hazard_ratio", **p, se=0.2, df=1, test="chi2").statistic("hazard_ratio").df is None
    one_sided = read("hazard_ratio", **p | {"p": 0.6}, se=0.2, sides=1)
    assert one_sided.upper_tail == 0.6 and one_sided.two_sided_p == pytest.approx(0.8)
    assert read("hazard_ratio", **p, se=0.2).upper_tail == 0.015 and read("hazard_ratio", **p, se=0.2).two_sided_p == 0.03
    for printed, bound, short in ((0.03, False, False), ("<0.001", True, False), (">0.5", True, True)):
        one = read("hazard_ratio", **p | {"p": printed}, se=0.2)
        assert (one.p_is_bound, one.is_exact, one.falls_short) == (bound, not bound, short)
        assert (one.two_sided_p is None) == bound == (one.why_no_estimate("hazard_ratio") is not None)


def test_medians_of_normal_samples():
    """Wan's C3 and C1, Luo's weights, and the interval of a median: sqrt(pi / 2) of the error of a mean."""
    n = 40
    arms = {
        "treatment": {"median": 5, "quartiles": [3, 8], "n": n},
        "control": {"median": 6, "range": [1, 20], "n": n},
    }
    one = read("mean_difference", kind="medians", family="normal", **arms)
    sd1, sd0 = 5 / (2 * stats.norm.ppf((0.75 * n - 0.125) / (n + 0.25))), 19 / (2 * stats.norm.ppf((n - 0.375) / (n + 0.25)))
    w1, w0 = 0.7 + 0.39 / n, 4 / (4 + n**0.75)
    difference = (w1 * 5.5 + (1 - w1) * 5) - (w0 * 10.5 + (1 - w0) * 6)
    assert one.own_estimate("mean_difference") == pytest.approx((difference, sqrt((sd1**2 + sd0**2) / n)))
    assert one.variance_of_control("mean_difference") == pytest.approx(sd0**2 / n)
    assert [rank for _, rank in one.treatment.ranked] == [41 / 4, 41 / 2, 123 / 4] and [rank for _, rank in one.control.ranked] == [1, 20.5, 40]
    arm = {"median": 5, "ci": [3, 8], "n": n}
    one = read("mean_difference", kind="medians", family="normal", treatment=arm, control=arm)
    assert one.treatment.error(False) == pytest.approx(5 / (2 * Z)) and one.treatment.spread(False) == pytest.approx(5 / (2 * Z) * sqrt(2 * n / pi))
    assert one.treatment.error(True) == pytest.approx(log(8 / 3) / (2 * Z))
    assert [rank for _, rank in one.treatment.ranked] == pytest.approx([20.5 - Z * sqrt(n) / 2, 20.5, 20.5 + Z * sqrt(n) / 2])
    logs = read("mean_difference", kind="medians", family="log_normal", treatment=arm, control=arm | {"median": 4})
    y1, y0, s = 5.0, 4.0, log(8 / 3) / (2 * Z)
    assert logs.relation("mean_difference") == "difference_of_logs" and logs.relation("mean_ratio") == "same_scale"
    assert logs.own_estimate("mean_difference") == pytest.approx((y1 - y0, s * sqrt(y1**2 + y0**2)))
    ratio = read("mean_ratio", kind="medians", family="normal", treatment=arm, control=arm | {"median": 4})
    assert ratio.relation("mean_ratio") == "ratio_of_values"
    assert ratio.own_estimate("mean_ratio") == pytest.approx((log(5 / 4), 5 / (2 * Z) * sqrt(1 / 25 + 1 / 16)))


@pytest.mark.parametrize(("shares", "total", "counts"), [([1, 1, 1], 10, (4, 3, 3)), ([0.5, 0.25, 0.25], 7, (3, 2, 2)), ([1, 0], 5, (5, 0)), ([33.3, 33.3, 33.4], 100, (33, 33, 34))])
def test_whole_numbers_by_largest_remainders(shares, total, counts):
    assert whole_shares(shares, total) == counts


def test_a_normal_prior_is_undone():
    """N(0.2, 0.5) and a report N(-0.3, 0.4) give the posterior below; a posterior no narrower than its prior has no report."""
    w, w0 = 1 / 0.4**2, 1 / 0.5**2
    mean, sd = (-0.3 * w + 0.2 * w0) / (w + w0), (w + w0) ** -0.5
    assert without_prior(mean, sd, "normal(0.2, 0.5)") == pytest.approx((-0.3, 0.4))
    assert without_prior(mean, sd, "flat") == (mean, sd)
    assert without_prior(0.1, 0.5, "normal(0.2, 0.5)") == (0.1, inf)


def test_percent_reductions_and_win_probabilities_are_ratios():
    one = read("risk_ratio", kind="estimate", estimate=20.0, ci=[-5, 40], printed_as="percent_reduction")
    assert (float(one.estimate), [float(limit) for limit in one.ci]) == (0.8, [0.6, 1.05]) and one.as_printed == "percent reduction 20.0 (-5 to 40)"
    win = make_outcome("win_odds", "higher", {"kind": "estimate", "estimate": 0.6, "ci": [0.5, 0.69], "printed_as": "win_probability"}).evidence
    assert (float(win.estimate), [float(limit) for limit in win.ci]) == (1.5, [1.0, 2.2])


@pytest.mark.parametrize(
    ("arm", "off", "critical"),
    [
        ({"quartiles": [0, 10]}, 10, 2.65 / sqrt(9) - 6 / 81), ({"range": [0, 10]}, 10, 1 / log(18) + 2.5 / 10),
        ({"quartiles": [0, 10], "range": [-20, 30]}, 10, 3 / sqrt(9) - 40 / 729),
    ],
)  # fmt: skip
def test_numbers_are_skewed_beyond_the_critical_value_of_shi(arm, off, critical):
    """Nine persons; twice the distance of the median from the middle, in widths, on either side of the critical value."""
    for excess, skewed in ((-0.003, False), (0.003, True)):
        median = round(5 - off * (critical + excess) / 2, 4)
        one = read("mean_difference", kind="medians", treatment=arm | {"median": median, "n": 9}, control={"median": 5, "quartiles": [4, 6], "n": 9})
        assert one.treatment.skewed(False) == skewed


def test_a_printed_result_is_an_estimate_unless_its_error_is_only_bounded():
    for said, known in (({"estimate": 0.8, "ci": [0.6, 1.07]}, True), ({"estimate": 0.8, "p": 0.03}, True), ({"estimate": 0.8, "p": "<0.05"}, False), ({"estimate": 0.8}, False)):
        outcome = make_outcome("odds_ratio", "lower", {"kind": "binary", "treatment": ARM, "control": ARM | {"n": 30}}, printed=[said])
        found = outcome.printed[0].as_estimate()
        assert (found is not None) == known
        assert not known or (float(found.estimate), found.compares) == (0.8, "treatment_vs_control")


def test_curves_say_what_the_missing_time_is_for():
    _, _, curve = REPORTS["digitised curve"]
    for measure, said in (("mean_difference", "mean_difference requires `until`, the time up to which means are taken, in months; accepted: up to 24"), ("risk_difference", "risk_difference requires `time`, a time at which survival is compared, in months; accepted: up to 24")):
        with pytest.raises(InvalidInput) as caught:
            read(measure, **curve)
        assert said in str(caught.value)
