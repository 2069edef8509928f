"""Direction: what is printed beside a reversed estimate is reversed like it, and all reports lie on one side."""

from math import log

import pytest
from scipy.stats import norm
from support.printed_reports import binary, check_outcome, found, outcome, printed, table

from bayes.checks import INCONSISTENT, NOT_CHECKABLE
from bayes.checks.sides import sides
from bayes.sensitivity import likelihood

# COSTOP (PMC6312229), table 3: placebo stands first in the hazard ratio; percentages of cotrimoxazole v placebo
HR = 'kind = "estimate", estimate = 0.70, ci = [0.59, 0.82]'
PERCENT = printed("percent = { treatment = 28.9, control = 21.3 }")
REVERSED = ', compares = "control_vs_treatment"'


def hazard(evidence, rest="", benefit="lower"):
    return found(evidence, rest, measure="hazard_ratio", benefit=benefit, n1=1100, n0=1094)


def test_a_hazard_ratio_that_contradicts_the_printed_arms():
    assert hazard(HR, PERCENT) == {"printed.percent": INCONSISTENT}
    assert hazard(HR + REVERSED, PERCENT) == {"printed.percent": NOT_CHECKABLE}  # on one side: only not recomputed
    (finding,) = [
        f
        for f in check_outcome(outcome(HR, PERCENT, measure="hazard_ratio", benefit="lower", n1=1100, n0=1094))
        if f.verdict == INCONSISTENT
    ]
    assert "favours the control" in finding.text and "0.70 (0.59 to 0.82)" in finding.text
    rest = PERCENT + '\nacknowledged = [{ finding = "printed.percent", reason = "time to stopping" }]'
    known = check_outcome(outcome(HR, rest, measure="hazard_ratio", benefit="lower", n1=1100, n0=1094))
    assert all(f.acknowledged == "time to stopping" for f in known)


@pytest.mark.parametrize("benefit", ["lower", "higher"])
def test_percentages_near_one_another_are_no_contradiction(benefit):
    """HR 0.98 (0.86 to 1.12) with 20.3% v 20.1% of 1100 v 1094: z 0.30 and 0.12 either side of no effect."""
    near = 'kind = "estimate", estimate = 0.98, ci = [0.86, 1.12]'
    assert hazard(near, printed("percent = { treatment = 20.3, control = 20.1 }"), benefit) == {
        "printed.percent": NOT_CHECKABLE
    }
    assert hazard(near, printed("percent = { treatment = 24.0, control = 20.1 }"), benefit) == {
        "printed.percent": INCONSISTENT
    }
    assert hazard(near, printed("percent = { treatment = 20, control = 20 }"), benefit) == {
        "printed.percent": NOT_CHECKABLE
    }


def test_percentages_of_the_good_outcome_say_so():
    """A hazard ratio of death beside the percentage alive: `benefit` of the printed result turns it."""
    alive = printed('percent = { treatment = 85.0, control = 78.0 }, benefit = "higher"')
    assert hazard(HR, alive) == {"printed.percent": NOT_CHECKABLE}
    assert hazard(HR, printed("percent = { treatment = 85.0, control = 78.0 }")) == {"printed.percent": INCONSISTENT}


def test_printed_inherits_the_direction_of_the_evidence():
    """HR 1.60 (1.10 to 2.33) of control v treatment, 1.55 (1.08 to 2.22) unadjusted beside it: both favour treatment."""
    evidence = 'kind = "estimate", estimate = 1.60, ci = [1.10, 2.33]' + REVERSED
    beside = "estimate = 1.55, ci = [1.08, 2.22], adjusted = false"
    assert hazard(evidence, printed(beside)) == {}
    assert hazard(evidence, printed(beside + ', compares = "treatment_vs_control"')) == {
        "printed.estimate": INCONSISTENT
    }
    one = outcome(evidence, printed(beside), measure="hazard_ratio", benefit="lower")
    frame = likelihood(one, prior="normal(0, 0.355)").set_index("variation")
    for estimate, low, high, row in (
        (1.60, 1.10, 2.33, frame.iloc[0]),
        (1.55, 1.08, 2.22, frame.loc["printed 1.55 (unadjusted)"]),
    ):
        y, s = -log(estimate), log(high / low) / (2 * norm.ppf(0.975))
        w = 1 / s**2 + 1 / 0.355**2
        assert row["p_benefit"] == pytest.approx(norm.cdf(-(y / s**2 / w) * w**0.5), abs=1e-4)
    assert frame["p_benefit"].iloc[0] == pytest.approx(0.985, abs=5e-4)


# Whatever the kinds and measures, two reports of one result are compared for side.

KINDS = {  # each favours the treatment strongly
    "estimate": ("hazard_ratio", "lower", 'kind = "estimate", estimate = 0.5, ci = [0.35, 0.71]'),
    "binary": ("odds_ratio", "lower", binary(20, 100, 45, 100)),
    "events": (
        "rate_ratio", "lower",
        'kind = "events", treatment = { events = 40, n = 100 }, control = { events = 90, n = 100 }',
    ),
    "means": (
        "mean_difference", "higher",
        'kind = "means", treatment = { mean = 14.8, sd = 9.0, n = 40 }, control = { mean = 6.6, sd = 9.0, n = 40 }',
    ),
    "ordinal": ("common_odds_ratio", "higher", table((30, 30, 20, 10), (10, 20, 30, 30))),
    "ordinal, worse": ("common_odds_ratio", "lower", table((30, 30, 20, 10), (10, 20, 30, 30))),
    "ordinal_cut": (
        "common_odds_ratio", "higher",
        'kind = "ordinal_cut", categories = ["0", "1-3"], cuts = [{ at_most = "0", treatment = { events = 30, n = 60 }, control = { events = 10, n = 60 } }]',
    ),
    "p_value": (
        "standardised_mean_difference", "higher",
        'kind = "p_value", p = 0.001, favours = "treatment", n = { treatment = 40, control = 40 }',
    ),
    "significance": (
        "standardised_mean_difference", "higher",
        'kind = "significance", significant = true, favours = "treatment", n = { treatment = 40, control = 40 }',
    ),
}  # fmt: skip
REPORTS = {  # of the same result, and whether each favours the treatment
    'measure = "hazard_ratio", estimate = 0.60, ci = [0.45, 0.80], benefit = "lower"': True,
    'measure = "risk_difference", estimate = 0.20, ci = [0.08, 0.32], benefit = "higher"': True,
    'measure = "odds_ratio", estimate = 1.90, ci = [1.30, 2.78], benefit = "lower", compares = "control_vs_treatment"': True,
    'measure = "odds_ratio", estimate = 1.90, ci = [1.30, 2.78], benefit = "lower"': False,
    'measure = "mean_difference", estimate = -5.0, se = 1.5, benefit = "higher"': False,
    'measure = "risk_ratio", percent = { treatment = 40.0, control = 20.0 }, n = { treatment = 100, control = 100 }, benefit = "lower"': False,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("report", "good"), REPORTS.items())
def test_every_pair_of_reports_is_compared_for_side(kind, report, good):
    measure, benefit, evidence = KINDS[kind]
    one = outcome(evidence, printed(report), measure=measure, benefit=benefit)
    first, other = sides(one)
    assert first.z > 1.9 and (other.z > 0) == good
    said = [f for f in check_outcome(one) if "favours" in f.text]
    assert [f.verdict for f in said] == ([] if good else [INCONSISTENT])


def test_a_reversed_result_is_compared_with_the_data_of_the_other_arm():
    """15/65 v 5/61: 3.36, and 0.30 the other way round; rates, means and shifts likewise."""
    turned = REVERSED[2:]
    assert found(binary(15, 65, 5, 61), printed(f"estimate = 0.298, {turned}")) == {}
    assert found(binary(15, 65, 5, 61), printed("estimate = 0.298"))["printed.estimate"] == INCONSISTENT
    events = 'kind = "events", treatment = { events = 93, n = 69 }, control = { events = 120, n = 75 }'
    assert found(events, printed(f"estimate = 1.19, {turned}"), measure="rate_ratio", benefit="lower") == {}
    means = KINDS["means"][2]
    assert found(means, printed(f"estimate = -8.2, {turned}"), measure="mean_difference") == {}
    shift = table((5, 9, 20, 15, 31, 18, 6), (3, 8, 12, 17, 39, 20, 3))  # TREASURE: 1.25
    assert found(shift, printed(f"estimate = 0.80, {turned}"), measure="common_odds_ratio", n1=104, n0=102) == {}


def test_a_bound_beside_an_estimate_makes_no_row():
    """An estimate with "p < 0.001" alone has no standard error: no variation, and no traceback."""
    one = outcome(HR, printed('estimate = 0.72, p = "<0.001"'), measure="hazard_ratio", benefit="lower")
    assert not likelihood(one)["variation"].str.startswith("printed").any()


def test_percentages_of_other_patients_are_not_compared_with_the_counts():
    """53.0% v 29.3% are no counts of 163 v 146, but 87 of 164 and 43 of 147 (ESCAPE)."""
    counts = binary(89, 163, 43, 146)
    percent = "percent = { treatment = 53.0, control = 29.3 }"
    both = {"printed.percent.treatment": INCONSISTENT, "printed.percent.control": INCONSISTENT}
    assert found(counts, printed(percent)) == both
    assert found(counts, printed(percent + ", n = { treatment = 164, control = 147 }")) == {}
    assert found(counts, printed(percent + ", n = { treatment = 164, control = 146 }")) == {
        "printed.percent.control": INCONSISTENT
    }
