"""Digitised curves as evidence: published ones against what their papers print, and what each measure takes from them."""

from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from support.survival import LITTLE, PUBLISHED, as_evidence, figure_of, planted, published
from support.trials import make_analysis, make_outcome

import bayes
from bayes import load_trial
from bayes.analysis.curves import likelihood_curves
from bayes.base.kaplan_meier import KaplanMeier
from bayes.base.proportional_hazards import Comparison
from bayes.checks import INCONSISTENT, NOT_CHECKABLE, check_outcome
from bayes.errors import InvalidInput
from bayes.text.evidence import evidence as shown

Q = stats.norm.isf(0.025)


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


# the files, and NUTS


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
