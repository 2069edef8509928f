"""Digitised curves and restricted means as evidence: what they give, what is refused, checked, shown and varied."""

from copy import deepcopy
from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from support.paths import TESTS
from support.survival import figure_of, planted
from support.trials import REPORTS, make_analysis, make_outcome

import bayes
from bayes import load_trial
from bayes.analysis.curves import likelihood_curves
from bayes.base.kaplan_meier import KaplanMeier
from bayes.base.proportional_hazards import Comparison
from bayes.base.reconstruction import Curve
from bayes.checks import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING, check_outcome
from bayes.checks.curves import proportional_hazards
from bayes.errors import InvalidInput
from bayes.posterior.remarks import remarks_on
from bayes.sensitivity import baseline_risk
from bayes.sensitivity.alternative_likelihoods import likelihood_rows
from bayes.sensitivity.rounded_numbers import digits_of
from bayes.sensitivity.subject import Subject
from bayes.text.evidence import evidence as shown
from bayes.text.evidence import in_brief

PUBLISHED = {path.stem: path for path in sorted((TESTS / "files/curves").glob("*.toml"))}
LITTLE = REPORTS["digitised curve"][2]
Q = stats.norm.isf(0.025)


def published(name: str):
    (outcome,) = load_trial(PUBLISHED[name]).outcomes.values()
    return outcome


def as_evidence(treatment: Curve, control: Curve, **more) -> dict:
    """The figure of both arms as a file would have it, survival in percent."""
    arms = {
        name: {
            "times": list(read.times),
            "survival": [round(100 * s, 1) for s in read.survival],
            "at_risk_times": list(read.at_risk_times),
            "at_risk": list(read.at_risk),
        }
        for name, read in (("treatment", treatment), ("control", control))
    }
    return {"kind": "digitised_curve", "unit": "months", **arms, **more}


def changed(arm: str, **fields) -> dict:
    found = deepcopy(LITTLE)
    found[arm] |= fields
    return found


# published trials


@pytest.mark.parametrize(
    ("name", "printed", "ci"),
    [
        ("cll8", 0.68, (0.54, 0.89)),  # Fischer et al. 2016, Blood 127:208-15
        ("motzer", 0.821, (0.673, 1.001)),  # Motzer et al. 2009, J Clin Oncol 27:3584-90
        ("comparz", 0.92, (0.79, 1.06)),  # Motzer et al. 2014, N Engl J Med 370:1769-70
    ],
)
def test_the_printed_hazard_ratio_of_published_curves_comes_back_within_five_per_cent(name, printed, ci):
    y, s = published(name).evidence.on_analysis_scale("hazard_ratio")
    assert exp(y) == pytest.approx(printed, rel=0.05)
    assert [exp(y - Q * s), exp(y + Q * s)] == pytest.approx(ci, rel=0.05)


def test_the_example_of_guyot_differs_from_a_stratified_analysis_as_it_did_there():
    """Bonner et al. 2006: 0.68 (0.52 to 0.89), stratified; crude patients give 0.72, which is 5.6% from it."""
    outcome = published("bonner")
    y, s = outcome.evidence.on_analysis_scale("hazard_ratio")
    assert exp(y) == pytest.approx(0.68, rel=0.06) and [exp(y - Q * s), exp(y + Q * s)] == pytest.approx((0.52, 0.89), rel=0.08)
    (found,) = [f for f in check_outcome(outcome) if f.path == "printed.estimate"]
    assert found.verdict == NOT_CHECKABLE and "stratified" in found.text


@pytest.mark.parametrize(
    ("name", "arm", "median"),
    [("bonner", "treatment", 24.4), ("motzer", "treatment", 26.4), ("motzer", "control", 21.8), ("cll8", "control", 86.0)],
)
def test_medians_of_reconstructed_patients_are_the_printed_ones(name, arm, median):
    """The same papers: the curve crosses one half within 4% of the printed median."""
    curve = KaplanMeier.of(published(name).evidence.reconstructed[arm].patients)
    crossed = float(curve.times[np.argmax(curve.survival <= 0.5)])
    assert crossed == pytest.approx(median, rel=0.04)


@pytest.mark.parametrize("name", PUBLISHED)
def test_nothing_in_published_curves_is_inconsistent(name):
    assert [f for f in check_outcome(published(name)) if f.verdict == INCONSISTENT and not f.acknowledged] == []


# what curves give


def test_each_measure_is_that_of_the_reconstructed_patients():
    evidence = make_outcome("hazard_ratio", "lower", LITTLE | {"until": 18, "time": 12}).evidence
    t, c = (KaplanMeier.of(evidence.reconstructed[arm].patients) for arm in ("treatment", "control"))
    (m1, s1), (m0, s0), (p1, e1), (p0, e0) = t.restricted_mean(18), c.restricted_mean(18), t.at(12), c.at(12)
    assert evidence.on_analysis_scale("mean_difference") == pytest.approx((m1 - m0, sqrt(s1**2 + s0**2)))
    assert evidence.on_analysis_scale("mean_ratio") == pytest.approx((log(m1 / m0), sqrt((s1 / m1) ** 2 + (s0 / m0) ** 2)))
    assert evidence.on_analysis_scale("risk_difference") == pytest.approx((p1 - p0, sqrt(e1**2 + e0**2)))
    assert evidence.on_analysis_scale("risk_ratio") == pytest.approx((log(p1 / p0), sqrt((e1 / p1) ** 2 + (e0 / p0) ** 2)))
    assert (p1, p0) == pytest.approx((0.79, 0.71), abs=0.015), "as read at 12 months"
    assert evidence.estimable == evidence.measures and evidence.sizes.total == 80


@pytest.mark.parametrize(("measure", "more"), [("hazard_ratio", {}), ("mean_difference", {"until": 24}), ("mean_ratio", {"until": 24}), ("risk_difference", {"time": 12}), ("risk_ratio", {"time": 12})])
def test_swapped_arms_invert_the_effect(measure, more):
    swapped = LITTLE | {"treatment": LITTLE["control"], "control": LITTLE["treatment"]}
    (y, s), (back, same) = (make_outcome(measure, "lower", e | more).evidence.on_analysis_scale(measure) for e in (LITTLE, swapped))
    assert (back, same) == pytest.approx((-y, s)) and s > 0


def test_proportions_and_percentages_are_the_same_curve():
    shares = LITTLE | {arm: LITTLE[arm] | {"survival": [s / 100 for s in LITTLE[arm]["survival"]]} for arm in ("treatment", "control")}
    one, other = (make_outcome("hazard_ratio", "lower", e).evidence.on_analysis_scale("hazard_ratio") for e in (LITTLE, shares))
    assert one == pytest.approx(other)


@pytest.mark.parametrize("unit", [100, 1])
def test_a_figure_of_cumulative_incidence_is_its_complement(unit):
    arms = {
        arm: {name: value for name, value in LITTLE[arm].items() if name != "survival"} | {"incidence": [round(unit * (1 - s / 100), 4) for s in LITTLE[arm]["survival"]]}
        for arm in ("treatment", "control")
    }
    one, other = (make_outcome("hazard_ratio", "lower", e).evidence for e in (LITTLE, LITTLE | arms))
    assert other.on_analysis_scale("hazard_ratio") == pytest.approx(one.on_analysis_scale("hazard_ratio"))
    assert dict(shown(other).facts)["read"] == ("incidence in percent" if unit == 100 else "incidence as proportions")
    with pytest.raises(InvalidInput, match="one arm has survival and the other incidence"):
        make_outcome("hazard_ratio", "lower", LITTLE | {"treatment": arms["treatment"]})


def test_a_rare_event_in_percent_says_so():
    """Incidences up to 1.0% and 2.0% look like a proportion and a percentage, until the file says what they are."""
    arms = {
        arm: {"times": [2, 6, 10, 14, 18, 24], "incidence": rare, "at_risk_times": [0, 12, 24], "at_risk": [1000, 988, 975]}
        for arm, rare in (("treatment", [0.1, 0.4, 0.6, 0.8, 0.9, 1.0]), ("control", [0.2, 0.6, 1.0, 1.5, 1.7, 2.0]))
    }
    with pytest.raises(InvalidInput, match='accepted: the same in both, stated as scale = "percent"'):
        make_outcome("hazard_ratio", "lower", LITTLE | arms)
    arms["treatment"]["scale"] = "percent"
    found = make_outcome("hazard_ratio", "lower", LITTLE | arms).evidence.reconstructed
    assert [arm.patients.total_events for arm in found.values()] == [10, 20]


def test_the_likelihood_is_that_of_the_patients_own_cox_model():
    """Planted patients, drawn, read and reconstructed: the posterior under a flat prior is near that of their own."""
    generator = np.random.default_rng(21)
    arms = planted(generator, 400, 0.03), planted(generator, 400, 0.05)
    outcome = make_outcome("hazard_ratio", "lower", as_evidence(*(figure_of(a, generator) for a in arms)))
    (curve,) = likelihood_curves(make_analysis(outcome, "vague"))
    assert curve.normal == pytest.approx(Comparison.of(*arms).log_hazard_ratio(), abs=0.03)


def test_readings_from_a_spreadsheet_go_in_as_arrays(tmp_path):
    """What a digitising program writes: a column of times and one of survival for each arm."""
    arms = {}
    for arm in ("treatment", "control"):
        pd.DataFrame({"t": LITTLE[arm]["times"], "s": LITTLE[arm]["survival"]}).to_csv(tmp_path / f"{arm}.csv", index=False)
        frame = pd.read_csv(tmp_path / f"{arm}.csv")
        arms[arm] = {"times": frame["t"].to_numpy(), "survival": frame["s"].to_numpy(), "at_risk_times": [0, 6, 12, 18, 24], "at_risk": LITTLE[arm]["at_risk"]}
    made = bayes.outcome(measure="hazard_ratio", benefit="lower", kind="digitised_curve", unit="months", **arms)
    assert made.evidence.on_analysis_scale("hazard_ratio") == pytest.approx(make_outcome("hazard_ratio", "lower", LITTLE).evidence.on_analysis_scale("hazard_ratio"))


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


# restricted means


RMST = REPORTS["rmst"][2]


def test_restricted_means_give_their_difference_and_ratio():
    """By hand: half an interval over 1.96, and the delta method for the ratio."""
    s1, s0 = (28.7 - 26.1) / (2 * Q), 0.71
    assert make_outcome("mean_difference", "higher", RMST).evidence.on_analysis_scale("mean_difference") == pytest.approx((2.4, sqrt(s1**2 + s0**2)))
    ratio = make_outcome("mean_ratio", "higher", RMST).evidence
    assert ratio.on_analysis_scale("mean_ratio") == pytest.approx((log(27.4 / 25.0), sqrt((s1 / 27.4) ** 2 + (s0 / 25.0) ** 2)))
    swapped = RMST | {"treatment": RMST["control"], "control": RMST["treatment"]}
    y, s = ratio.on_analysis_scale("mean_ratio")
    assert make_outcome("mean_ratio", "higher", swapped).evidence.on_analysis_scale("mean_ratio") == pytest.approx((-y, s))


def test_restricted_means_of_exponential_patients_hold_their_closed_form():
    """(1 - exp(-h t)) / h of each arm: their difference within four standard errors of the printed means."""
    generator = np.random.default_rng(31)
    arms = {}
    for arm, hazard in (("treatment", 0.03), ("control", 0.05)):
        mean, error = KaplanMeier.of(planted(generator, 2000, hazard)).restricted_mean(24)
        arms[arm] = {"mean": round(mean, 3), "se": round(error, 4)}
    y, s = make_outcome("mean_difference", "higher", {"kind": "rmst", "until": 24, "unit": "months"} | arms, sd_ref=10).evidence.on_analysis_scale("mean_difference")
    t, c = ((1 - exp(-h * 24)) / h for h in (0.03, 0.05))
    assert abs(y - (t - c)) < 4 * s


@pytest.mark.parametrize(
    ("treatment", "said"),
    [
        ({"mean": 27.4}, "requires its interval"),
        ({"mean": 37.4, "se": 1.0}, "exceeds the 36 months"),
        ({"mean": 27.4, "ci": [28.0, 29.0]}, "excludes its own mean"),
        ({"mean": 27.4, "ci": [27.4, 27.4]}, "accepted: \\[low, high\\]"),
    ],
)
def test_an_impossible_restricted_mean_is_refused(treatment, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome("mean_difference", "higher", RMST | {"treatment": treatment})


def test_a_prior_of_a_difference_is_scaled_by_the_times_themselves():
    """Arms of n patients whose times have this standard deviation have the difference's error: SD sqrt(1/n1 + 1/n0)."""
    printed = make_outcome("mean_difference", "higher", RMST)
    assert printed.reference_sd == (pytest.approx(printed.standard_error / sqrt(1 / 160 + 1 / 158)), "scaled by the data")
    assert make_analysis(printed, "neutral").formed.distribution
    curve = make_outcome("mean_difference", "higher", LITTLE | {"until": 24})
    assert curve.reference_sd[0] == pytest.approx(curve.standard_error / sqrt(2 / 40))


def test_restricted_means_are_shown_and_rounded():
    evidence = make_outcome("mean_difference", "higher", RMST).evidence
    assert shown(evidence).table.cells[1] == ("control", "25.0", "se 0.71", "158") and dict(shown(evidence).facts)["means up to"] == "36 months"
    assert in_brief(evidence) == "restricted means 27.4 v 25.0 months"
    assert [d.name for d in digits_of(evidence)] == ["treatment.mean", "treatment.ci.0", "treatment.ci.1", "control.mean", "control.se"]


def test_the_files_say_where_their_curves_come_from():
    assert len(PUBLISHED) >= 4
    for path in PUBLISHED.values():
        assert "igure" in Path(path).read_text() and load_trial(path).outcomes


@pytest.mark.nuts
def test_sampled_and_integrated_posteriors_of_a_published_curve_agree():
    """By NUTS, by quadrature, and in closed form: a normal likelihood under a normal prior."""
    outcome = published("motzer")
    row = bayes.fit(outcome, prior="normal(0, 0.355)").summary()
    assert row["status"] == "ok"
    y, s = outcome.evidence.on_analysis_scale("hazard_ratio")
    precision = s**-2 + 0.355**-2
    mean, sd = y / s**2 / precision, precision**-0.5
    assert row["exact_p_benefit"] == pytest.approx(stats.norm.cdf(-mean / sd), abs=1e-5)
    assert abs(row["p_benefit"] - row["exact_p_benefit"]) <= 4 * row["mcse_p_benefit"] + 1e-4
    assert abs(row["mean"] - mean) <= 4 * row["mcse_mean"]
