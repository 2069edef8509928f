"""Digitised curves: what is refused, what `bayes check` and the sensitivity rows say of them, and how they are shown."""

from math import exp

import numpy as np
import pytest
from scipy import stats
from support.reports import REPORTS
from support.survival import LITTLE, as_evidence, changed, figure_of, planted, published
from support.trials import make_analysis, make_outcome

from bayes.analysis.curves import likelihood_curves
from bayes.checks import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING, check_outcome
from bayes.checks.curves import proportional_hazards
from bayes.errors import InvalidInput
from bayes.posterior.remarks import remarks_on
from bayes.sensitivity import baseline_risk
from bayes.sensitivity.alternative_likelihoods import likelihood_rows
from bayes.sensitivity.subject import Subject
from bayes.text.evidence import evidence as shown
from bayes.text.evidence import in_brief

# what is refused


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"times": [0, 2, 4]}, "3 times, but 10 readings"),
        ({"incidence": [0, 2, 5, 10, 15, 21, 24, 27, 30, 30]}, "either survival or incidence"),
        ({"times": [0, 4, 2, 6, 9, 12, 15, 18, 21, 24]}, "2 follows 4; accepted: times in ascending order"),
        ({"at_risk": [40, 35]}, "5 at_risk_times, but 2 at_risk"),
        ({"at_risk": [40, 35, 36, 21, 12]}, "rise from 35 to 36"),
        ({"at_risk": [0, 0, 0, 0, 0]}, "no patient is at risk"),
        ({"at_risk_times": [1, 6, 12, 18, 24]}, "begin at 1; accepted: from 0"),
        ({"at_risk_times": [0, 6, 6, 18, 24]}, "6 follows 6"),
        ({"events": 41}, "41 events exceed the 40 patients"),
        ({"survival": [100, 97, 95, 70, 85, 79, 76, 73, 70, 70]}, "accepted: up to 5, which are levelled"),
        ({"survival": [1.2, 0.97, 0.95, 0.9, 0.85, 0.8, 0.7, 0.7, 0.7, 0.7]}, "the highest reading is 1.2; accepted: up to 1, or up to 100"),
        ({"survival": [1, 0.97, 0.95, 0.9, 0.85, 0.8, 0.7, 0.7, 0.7, 0.7]}, "in percent in one arm and as a proportion in the other"),
        ({"survival": [100, -3, 95, 90, 85, 79, 76, 73, 70, 70]}, "must be 0 or more"),
    ],
)
def test_an_impossible_reading_is_refused(fields, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome("hazard_ratio", "lower", changed("treatment", **fields))


@pytest.mark.parametrize("highest", [102, 1.02])
def test_a_reading_of_everybody_may_be_off_by_a_little(highest):
    unit = highest / 1.02 / 100
    read = {arm: LITTLE[arm] | {"survival": [highest, *(round(unit * float(x), 4) for x in LITTLE[arm]["survival"][1:])]} for arm in ("treatment", "control")}
    make_outcome("hazard_ratio", "lower", LITTLE | read)
    read["treatment"]["survival"][0] = highest * 1.005
    with pytest.raises(InvalidInput, match="less than or equal to 102|102 or less|the highest reading is 1.0251"):
        make_outcome("hazard_ratio", "lower", LITTLE | read)


def test_all_mistakes_of_a_curve_are_named_at_once():
    with pytest.raises(InvalidInput) as found:
        make_outcome("hazard_ratio", "lower", changed("treatment", events=99, at_risk_times=[1, 6, 12, 18, 24]))
    assert "99 events" in str(found.value) and "begin at 1" in str(found.value)


@pytest.mark.parametrize(
    ("measure", "more", "said"),
    [
        ("mean_difference", {}, "mean_difference requires `until`"),
        ("mean_ratio", {"until": 30}, "30 is beyond the readings of a curve; accepted: up to 24"),
        ("risk_difference", {}, "risk_difference requires `time`"),
        ("risk_ratio", {"time": 25}, "25 is beyond"),
        ("odds_ratio", {}, "does not support odds_ratio"),
    ],
)
def test_a_measure_without_its_horizon_is_refused(measure, more, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome(measure, "higher", LITTLE | more)


def test_a_hazard_ratio_needs_events_in_both_arms():
    flat = changed("treatment", survival=[100] * 10)
    with pytest.raises(InvalidInput, match="no event; a hazard ratio requires events in both arms"):
        make_outcome("hazard_ratio", "lower", flat)
    gone = changed("treatment", survival=[100, 90, 80, 70, 50, 30, 0, 0, 0, 0], at_risk=[40, 30, 20, 0, 0])
    with pytest.raises(InvalidInput, match="survival is 0 at 18"):
        make_outcome("risk_ratio", "lower", gone | {"time": 18})


# what is checked


def test_rises_are_levelled_and_said():
    wobbly = changed("treatment", survival=[100, 97.5, 95, 90, 85, 79, 76, 72, 74, 70])
    (found,) = [f for f in check_outcome(make_outcome("hazard_ratio", "lower", wobbly)) if f.path == "evidence.treatment.survival"]
    assert found.verdict == ONLY_ROUNDING and "by more than 1 percentage points" in found.text
    assert not [f for f in check_outcome(make_outcome("hazard_ratio", "lower", LITTLE)) if f.path.endswith("survival")]


def test_numbers_at_risk_of_the_other_arm_are_found():
    """The copy of Bonner's curves that circulates has its tables interchanged: 143 at 10 months under 61.5% of 211."""
    outcome = published("bonner")
    evidence = outcome.evidence
    risk = {arm: {"at_risk": getattr(evidence, arm).at_risk} for arm in ("treatment", "control")}
    arms = {arm: getattr(evidence, arm).model_copy(update=risk[other]) for arm, other in (("treatment", "control"), ("control", "treatment"))}
    swapped = outcome.model_copy(update={"evidence": evidence.model_copy(update=arms)})
    found = {f.path: f for f in check_outcome(swapped)}["evidence.control.at_risk"]
    assert found.verdict == INCONSISTENT and "do the numbers belong to the other arm?" in found.text


def test_a_printed_total_of_events_is_compared():
    for events, verdicts in ((11, {None, ONLY_ROUNDING}), (20, {INCONSISTENT})):
        outcome = make_outcome("hazard_ratio", "lower", changed("treatment", events=events))
        found = {f.path: f.verdict for f in check_outcome(outcome)}
        assert found.get("evidence.treatment.events") in verdicts


@pytest.mark.parametrize(
    ("factor", "printed", "verdict"),
    [
        (1.04, {}, None),
        (0.96, {"compares": "control_vs_treatment"}, None),
        (0.75, {}, INCONSISTENT),
        (0.75, {"adjusted": True}, NOT_CHECKABLE),
        (-0.10, {"measure": "risk_difference"}, NOT_CHECKABLE),
    ],
)
def test_a_printed_result_is_compared_with_the_reconstructed_patients(factor, printed, verdict):
    """A hazard ratio by more than 5% from theirs is inconsistent; what they do not give at a stated time is not comparable."""
    hazard = exp(make_outcome("hazard_ratio", "lower", LITTLE).evidence.on_analysis_scale("hazard_ratio")[0])
    value = 1 / hazard if "compares" in printed else hazard
    outcome = make_outcome("hazard_ratio", "lower", LITTLE, printed=[{"estimate": round(factor * value, 4)} | printed])
    assert {f.path: f.verdict for f in check_outcome(outcome)}.get("printed.estimate") == verdict


def test_hazards_that_are_not_proportional_are_a_remark_a_finding_and_two_rows():
    """Motzer et al. print P = .051 by the log-rank test and .013 by Wilcoxon's: an effect that comes early and wanes."""
    outcome = published("motzer")
    test = proportional_hazards(outcome.evidence)
    assert test.p < 0.05 and test.early < 0.8 < 0.9 < test.late
    (found,) = [f for f in check_outcome(outcome) if f.path == "evidence"]
    assert found.verdict == NOT_CHECKABLE and "hazards are not proportional" in found.text
    remarks = " ".join(map(str, remarks_on(make_analysis(outcome, "neutral"), None, None)))
    assert "hazards are not proportional" in remarks and "reconstructed from digitised curves" in remarks
    rows = [row for row in likelihood_rows(Subject.of(outcome, "normal(0, 10)")) if row["question"] == "proportional hazards"]
    middle, periods = outcome.evidence.by_period()
    assert [row["variation"] for row in rows] == [f"events up to {middle:.3g} months", f"events after {middle:.3g} months"]
    for row, (y, s), hazard in zip(rows, periods, (test.early, test.late), strict=True):
        assert row["estimate"] == pytest.approx(exp(y), rel=0.002) == pytest.approx(hazard, rel=0.002)
        assert row["p_benefit"] == pytest.approx(stats.norm.cdf(-y / s), abs=0.002)


def test_a_period_with_events_in_one_arm_has_no_hazard_ratio():
    """Of the control arm every patient has had the event, or has left, before half of all events have occurred."""
    early = {"times": [2, 4, 24], "survival": [60, 20, 20], "at_risk_times": [0, 12, 24], "at_risk": [20, 4, 4]}
    late = {"times": [6, 12, 18, 24], "survival": [100, 90, 20, 10], "at_risk_times": [0, 12, 24], "at_risk": [40, 36, 4]}
    evidence = LITTLE | {"treatment": early, "control": late}
    assert make_outcome("hazard_ratio", "lower", evidence).evidence.by_period() is None
    assert make_outcome("hazard_ratio", "lower", evidence | {"treatment": late, "control": early}).evidence.by_period() is None


def test_proportional_hazards_are_not_remarked_upon():
    assert not proportional_hazards(published("cll8").evidence).doubtful
    assert "not proportional" not in " ".join(map(str, remarks_on(make_analysis(published("cll8"), "neutral"), None, None)))


def test_absolute_effects_are_at_the_control_arms_own_risk():
    """1 - S0 at the stated time, and with treatment 1 - S0^HR: Altman and Andersen 1999, BMJ 319:1492-5."""
    for evidence in (LITTLE | {"time": 12}, REPORTS["survival"][2]):
        outcome = make_outcome("hazard_ratio", "lower", evidence)
        risk = 1 - outcome.evidence.control_survival
        (row,) = [row for row in baseline_risk(outcome, prior="normal(0, 0.355)").to_dict("records") if row["observed"]]
        (curve,) = likelihood_curves(make_analysis(outcome, "normal(0, 0.355)"))
        y, s = curve.normal
        mean = y / s**2 / (s**-2 + 0.355**-2)
        assert row["control_risk"] == pytest.approx(risk) and row["treated_risk"] == pytest.approx(1 - (1 - risk) ** exp(mean), abs=1e-4)
    assert not baseline_risk(make_outcome("hazard_ratio", "lower", LITTLE), prior="neutral")["observed"].any()


# what is shown


def test_curves_are_shown_by_their_span_numbers_at_risk_and_events():
    found = shown(make_outcome("mean_difference", "higher", changed("control", events=18) | {"until": 24}, sd_ref=10).evidence)
    facts = dict(found.facts)
    assert facts["means up to"] == "24 months" and facts["read"] == "survival in percent"
    assert facts["control curve"].startswith("100 at 0, 95 at 2, 90 at 4") and facts["control curve"].endswith("53 at 24")
    treatment, control = found.table.cells
    assert treatment[1:3] == ("10, up to 24", "40 at 0, 35 at 6, 29 at 12, 21 at 18, 12 at 24")
    assert control[3].endswith("(printed: 18)")
    assert in_brief(make_outcome("hazard_ratio", "lower", LITTLE).evidence).endswith("of 40, reconstructed from curves")


def test_more_readings_than_fill_a_page_are_counted():
    generator = np.random.default_rng(41)
    arms = [figure_of(planted(generator, 100, hazard), generator, points=250) for hazard in (0.03, 0.05)]
    found = shown(make_outcome("hazard_ratio", "lower", as_evidence(*arms)).evidence)
    assert "treatment curve" not in dict(found.facts) and found.table.cells[0][1].startswith("250, up to ")
