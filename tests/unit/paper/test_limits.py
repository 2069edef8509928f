"""Intervals of one limit, and limits of which only a bound is printed: as evidence, in sensitivity and in `check`."""

from decimal import Decimal
from math import exp, log

import pytest
from scipy.stats import norm, t
from support.printed_reports import binary, found, outcome, printed, ratio
from support.trials import make_outcome

from bayes import fit
from bayes.checks import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING
from bayes.errors import InvalidInput
from bayes.sensitivity import extraction
from bayes.sensitivity.subject import Subject
from bayes.text.evidence import evidence as as_printed

# ABYSS (2024): risk difference 2.8 points (<0.1 to 5.5), margin 3 points
ABYSS = {"kind": "estimate", "estimate": 0.028, "ci": ["<0.001", 0.055]}


def scale(measure="risk_difference", **evidence):
    one = make_outcome(measure, "lower", {"kind": "estimate"} | evidence)
    return one.evidence.on_analysis_scale(measure)


def test_one_limit_alone_is_as_far_as_its_one_sided_level_says():
    """By hand: (1.15 - 1.00) on the log scale over 1.645 (95%) or 1.960 (97.5%); over t quantiles with `df`."""
    for level, df, q in ((0.95, None, 1.644854), (0.975, None, 1.959964), (0.975, 7, t.ppf(0.975, 7))):
        more = {"level": level} | ({} if df is None else {"df": df})
        y, s = scale("hazard_ratio", estimate=1.0, ci=["none", 1.15], **more)
        assert (y, s) == pytest.approx((0.0, log(1.15) / q), rel=1e-6)
    y, s = scale("hazard_ratio", estimate=0.80, ci=[0.62, "none"], level=0.975)
    assert s == pytest.approx(log(0.80 / 0.62) / 1.959964)
    turned = scale(
        "hazard_ratio", estimate=1 / 0.80, ci=["none", 1 / 0.62], level=0.975, compares="control_vs_treatment"
    )
    assert turned == pytest.approx((y, s))


def test_the_upper_limit_of_a_two_sided_interval_alone_says_the_same():
    s = 0.13
    low, high = exp(-0.1 - 1.959964 * s), exp(-0.1 + 1.959964 * s)
    both = scale("rate_ratio", estimate=exp(-0.1), ci=[low, high])
    for ci in (["none", high], [low, "none"], [None, high]):
        assert scale("rate_ratio", estimate=exp(-0.1), ci=ci, level=0.975) == pytest.approx(both, rel=1e-5)
    assert scale("rate_ratio", estimate=exp(-0.1), ci=["<0.9", high]) == pytest.approx(both, rel=1e-5)
    assert scale("rate_ratio", estimate=exp(-0.1), ci=[low, ">1.1"]) == pytest.approx(both, rel=1e-5)


def test_a_bound_holds_whatever_the_other_limit():
    """Estimate 1, upper limit 3: s is 2/1.96. A lower limit below -4 needs (3 + 4)/3.92, one above 0 allows 3/3.92."""
    q = 1.959964

    def s(ci):
        return scale("mean_difference", estimate=1, ci=ci)[1]

    assert s(["<0", 3]) == s(["<-1", 3]) == pytest.approx(2 / q)
    assert s(["<-4", 3]) == pytest.approx(7 / (2 * q))
    assert s([">0", 3]) == pytest.approx(3 / (2 * q)) and s([">-2", 3]) == pytest.approx(2 / q)
    assert s([-1, ">4"]) == pytest.approx(5 / (2 * q)) and s([-1, "<2.5"]) == pytest.approx(3.5 / (2 * q))


@pytest.mark.parametrize("ci", [["<0.001", 0.055], [0.001, ">0.05"]])
def test_abyss(ci):
    """s = 0.027/1.96; a flat prior gives P(benefit) = P(z < -2.03), P(no worse than 3 points) = P(z < 0.145)."""
    one = make_outcome("risk_difference", "lower", ABYSS | {"ci": ci}, margin={"value": 0.03, "source": "abstract"})
    s = 0.027 / 1.959964
    row = Subject.of(one, prior="normal(0, 5)").probabilities()
    assert row["p_benefit"] == pytest.approx(norm.cdf(0, 0.028, s), abs=1e-5)
    assert row["p_margin"] == pytest.approx(norm.cdf(0.03, 0.028, s), abs=1e-5)


@pytest.mark.nuts
def test_it_is_sampled():
    one = make_outcome(
        "hazard_ratio", "lower", {"kind": "estimate", "estimate": 0.9, "ci": ["none", 1.15], "level": 0.975}
    )
    s = log(1.15 / 0.9) / 1.959964
    w = 1 / s**2 + 1 / 0.355**2
    row = fit(one, prior="normal(0, 0.355)").summary()
    assert row["status"] == "ok" and row["mean"] == pytest.approx(log(0.9) / s**2 / w, abs=0.005)


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ('estimate = 0.9, ci = ["none", "none"]', "ci has no limits; omit it"),
        ('estimate = 0.9, ci = ["<0.8", ">1.1"]', "no limit of this ci is a number"),
        ('estimate = 0.9, ci = ["none", "<1.1"]', "no limit of this ci is a number"),
        ('estimate = 0.9, ci = ["about 0.8", 1.1]', 'a bound such as "<0.1" or ">5"'),
        ('estimate = 0.9, ci = ["0.8", 1.1]', "without quotes: write 0.8"),
        ('estimate = 0.9, ci = ["none", 0.8]', "none to 0.8 excludes its own estimate"),
        ('estimate = 0.9, ci = [0.9, "none"]', "0.9 to none excludes its own estimate"),
        ('estimate = 0.9, ci = [">0.95", 1.1]', ">0.95 to 1.1 excludes its own estimate"),
        ('estimate = 0.9, ci = ["<1.2", 1.1]', r"ci is \[<1.2, 1.1\]; accepted: \[low, high\]"),
        ('estimate = 0.9, ci = ["<-0.2", 1.1]', "<-0.2 is impossible for rate_ratio"),
        ('estimate = 0.9, ci = ["none", 1.1], level = 0.5', "the wrong side"),
    ],
)
def test_what_is_no_interval_is_refused(evidence, said):
    with pytest.raises(InvalidInput, match=said):
        outcome(f'kind = "estimate", {evidence}', measure="rate_ratio", benefit="lower")


def test_without_a_limit_in_numbers_the_next_best_is_used():
    assert scale("rate_ratio", estimate=0.9, ci=["<0.8", ">1.05"], se=0.1)[1] == 0.1
    assert scale("rate_ratio", estimate=0.9, ci=["<0.8", ">1.05"], p=0.3)[1] == pytest.approx(
        -log(0.9) / norm.isf(0.15)
    )


def test_words():
    def said(ci, **more):
        one = make_outcome("risk_difference", "lower", ABYSS | {"ci": ci} | more)
        return dict(as_printed(one.evidence).facts)["interval"]

    assert said(["<0.001", 0.055]) == "95% interval <0.001 to 0.055"
    assert said(["none", 0.055], level=0.975) == "one-sided 97.5% interval, at most 0.055"
    assert said([0.001, "none"]) == "one-sided 95% interval, at least 0.001"


@pytest.mark.parametrize("ci", [["<0.1", 2.3], ["none", 2.3], [0.3, ">1.5"]])
def test_extraction_moves_what_is_rounded_and_nothing_else(ci):
    """Estimate 1.0 with one limit: both move, the bound does not; the width never turns."""
    one = make_outcome("hazard_ratio", "lower", {"kind": "estimate", "estimate": 1.2, "ci": ci})
    rows = extraction(one, prior="normal(0, 0.355)")
    first = rows.iloc[0]
    assert first["numbers"] == 2 and first["low"] < first["value"] < first["high"] and first["reason"] is None
    coarse = make_outcome("mean_difference", "lower", {"kind": "estimate", "estimate": 1, "ci": ["none", 2]})
    rows = extraction(coarse, prior="normal(0, 5)")
    assert 0 <= rows.iloc[0]["low"] < rows.iloc[0]["high"] < 0.5


# bayes check ---------------------------------------------------------------------------------------------------------


def test_check_reads_one_limit_and_a_bound():
    """0.90, one-sided 97.5% up to 1.15: s 0.125, p 0.40; mirrored, the lower limit is 0.704."""
    assert ratio('estimate = 0.90, ci = ["none", 1.15], level = 0.975, se = 0.125, p = 0.40') == {}
    assert ratio('estimate = 0.90, ci = ["none", 1.15], level = 0.975, se = 0.180') == {"evidence.se": INCONSISTENT}
    assert ratio('estimate = 0.90, ci = ["none", 1.15], level = 0.975, p = 0.04') == {"evidence.p": INCONSISTENT}
    assert ratio('estimate = 0.90, ci = ["none", 1.15], p = 0.48') == {}  # at 95% one-sided: s 0.149
    assert ratio('estimate = 0.90, ci = ["<0.75", 1.15], p = 0.40') == {}
    assert ratio('estimate = 0.90, ci = ["<0.65", 1.15]') == {"evidence.ci": INCONSISTENT}
    assert ratio('estimate = 0.90, ci = [0.704, ">1.2"]') == {"evidence.ci": INCONSISTENT}
    assert ratio('estimate = 0.90, ci = ["<0.65", 1.15], interval = "exact"') == {"evidence.ci": NOT_CHECKABLE}
    assert (
        found('kind = "estimate", estimate = 0.028, ci = ["<0.001", 0.055], p = 0.04', measure="risk_difference") == {}
    )


def test_check_compares_one_limit_with_counts():
    """15/65 v 5/61, risk difference: Wald 0.026 to 0.272; its 95% one-sided lower limit is 0.045."""

    def say(ci, more=""):
        return found(binary(15, 65, 5, 61), printed(f"ci = {ci}{more}"), measure="risk_difference")

    assert say('["none", 0.272]', ", level = 0.975") == say('[0.045, "none"]') == say('["<0.05", 0.272]') == {}
    assert say('["none", 0.180]', ", level = 0.975") == {"printed.ci": INCONSISTENT}
    assert say('["<0.01", 0.272]') == {"printed.ci": INCONSISTENT}
    assert say('["<0.05", 0.400]') == {"printed.ci": INCONSISTENT}


def test_a_printed_result_may_lie_outside_its_one_limit():
    base = 'kind = "significance", significant = false, favours = "unknown", se = 0.2'
    assert found(base, printed('estimate = 1.40, ci = ["none", 1.02]'), measure="rate_ratio") == {
        "printed.estimate": INCONSISTENT
    }


def test_a_margin_and_one_limit():
    """An upper limit below the margin shows it; where the limit on that side is not printed, nothing can be followed."""

    def say(said, ci):
        rest = f'margin = {{ value = 1.25, source = "s", concluded = "{said}" }}'
        evidence = f'kind = "estimate", estimate = 1.00, ci = {ci}, level = 0.975'
        return found(evidence, rest, measure="hazard_ratio", benefit="lower").get("margin.concluded")

    assert say("non_inferior", '["none", 1.15]') is None and say("non_inferior", '["none", 1.30]') == INCONSISTENT
    assert say("not_shown", '["none", 1.15]') == INCONSISTENT
    assert say("non_inferior", '["none", 1.25]') == ONLY_ROUNDING
    assert say("non_inferior", '[0.80, "none"]') == NOT_CHECKABLE
    assert say("equivalent", '["none", 1.15]') == NOT_CHECKABLE
    assert say("non_inferior", '[0.80, "<1.2"]') is None and say("non_inferior", '[0.80, ">1.1"]') == NOT_CHECKABLE


def test_digits_are_kept():
    one = outcome('kind = "estimate", estimate = 0.90, ci = ["< 0.50", 1.10]', measure="rate_ratio")
    assert one.evidence.ci == ("<0.50", Decimal("1.10")) and str(one.evidence.ci[1]) == "1.10"
    assert one.evidence.model_dump(mode="json")["ci"] == ["<0.50", "1.10"] and one.evidence.model_dump()["ci"] == (
        "<0.50",
        Decimal("1.10"),
    )


def test_a_ratio_with_a_limit_of_zero():
    """It is told the bound, which is then taken; alone it is no interval."""
    with pytest.raises(InvalidInput, match='write a bound: ci = \\["<0.005", 1.50\\]'):
        outcome('kind = "estimate", estimate = 0.90, ci = [0.00, 1.50]', measure="rate_ratio")
    assert outcome(
        'kind = "estimate", estimate = 0.90, ci = ["<0.005", 1.50]', measure="rate_ratio"
    ).evidence.gives_width
    with pytest.raises(InvalidInput, match="0.00 is impossible for rate_ratio"):
        outcome('kind = "estimate", estimate = 0.90, ci = [0.00, "none"]', measure="rate_ratio")
