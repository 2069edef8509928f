"""What becomes of the rows of an analysis: their measure, direction, arms and numbers."""

from decimal import Decimal
from math import log

import pytest
from support import reviews
from support.reviews import OR, effect, first, imported

import bayes
from bayes.importing import read

ROWS = reviews.counts()


@pytest.mark.parametrize(
    "groups, graph, benefit",
    [
        (("Antibiotics", "Placebo"), ("Favours antibiotics", "Favours placebo"), "lower"),
        (("Antibiotics", "Placebo"), ("Favours placebo", "Favours antibiotics"), "higher"),
        (("Antibiotics", "Placebo"), ("Favors treatment", "Favors control"), "lower"),
        (("Antibiotics", "Placebo"), ("Favours control", "Favours experimental"), "higher"),
        (("Exercise", "No exercise"), ("Favours no exercise", "Favours exercise"), "higher"),
        (("Exercise", "No exercise"), ("Favours exercise", "Favours no exercise"), "lower"),
        (("Mental Health Treatment", "Control"), ("Favours Health Treat", "Favours control"), "lower"),
        (("Beta-blockers", "Diuretics"), ("Favours beta-blocker", "Favours others"), "lower"),
        (("A", "B"), ("A better", "B better"), "lower"),
        (("Counselling", "TAU"), ("Favours treatment as usual", "Favours counselling"), "higher"),
        (("Drug", "Comparator drug"), ("Favours active control", "Favours new"), "higher"),
        (("Standard dose", "High dose"), ("Favours standard dose", "Favours high dose"), "lower"),
        (("Antibiotics", "Placebo"), ("Favours [experimental]", "Favours [control]"), None),
        (("Antibiotics", "Placebo"), ("Favours antibiotics", "Favours antibiotics"), None),
        (("Antibiotics", "Placebo"), ("", ""), None),
        (("Antibiotics", "Placebo"), ("Less pain", "More pain"), None),
        (("Drug A", "Drug B"), ("Favours X", "Favours Y"), None),
        (("Antibiotics", "Control"), ("Favours no antibiotics", "Favours antibiotics"), "higher"),
    ],
)
def test_the_labels_of_the_graph_say_which_direction_is_good(groups, graph, benefit, tmp_path):
    found = imported(tmp_path, reviews.outcome("DICH", ROWS, groups=groups, graph=graph, **OR))
    if benefit is None:
        assert not found.trials
        assert set(found.ledger["reason"]) == {"the direction of benefit is not stated; decide `benefit`"}
        assert first(imported(tmp_path, reviews.outcome("DICH", ROWS, groups=groups, graph=graph, **OR), benefit="lower"))
    else:
        assert {o.benefit for trial in found.trials for o in trial.outcomes.values()} == {benefit}


def test_what_the_labels_say_is_not_overruled_for_all_analyses_at_once(tmp_path):
    analysis = reviews.outcome("DICH", ROWS, **OR)
    assert first(imported(tmp_path, analysis, benefit="higher")).benefit == "lower"
    own = '[records.a_review_1_1]\nbenefit = "higher"\n'
    assert first(imported(tmp_path, analysis, answers=own)).benefit == "higher"


def test_reversed_arms_are_offered_and_turned_round_by_decision(tmp_path):
    """MRC-1 is 49/615 on aspirin and 67/624 on control: as reversed groups, the same counts change places."""
    row = {"EVENTS_1": 67, "TOTAL_1": 624, "EVENTS_2": 49, "TOTAL_2": 615, "EFFECT_SIZE": "1.389441"}
    row |= {"CI_START": "0.943987", "CI_END": "2.045096"}
    graph = ("Favours control", "Favours aspirin")
    analysis = reviews.outcome("DICH", [("MRC-1", row)], groups=("Control", "Aspirin"), graph=graph, **OR)
    found = imported(tmp_path, analysis)
    assert set(found.ledger["reason"]) == {"group 1 is labelled as a control; decide `treatment`"}
    found = imported(tmp_path, analysis, treatment="aspirin")
    outcome = first(found)
    assert (outcome.evidence.treatment.events, outcome.evidence.control.events) == (49, 67)
    assert found.trials[0].arms.treatment == "Aspirin" and outcome.benefit == "lower"
    assert outcome.printed[0].compares == "control_vs_treatment" and not bayes.check(outcome)
    assert outcome.sources["treatment.events"].path.endswith("@EVENTS_2")


def non_events(a, n1, c, n2):
    return n1 - a, n1, n2 - c, n2


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@pytest.mark.parametrize("swapped", [False, True])
def test_the_measure_is_inferred_from_the_printed_effects(measure, swapped, tmp_path):
    """The data rows name no measure: the one in which the effects were calculated here, in closed form, is found."""
    rows = []
    for name, year, *counts in reviews.ASPIRIN:
        printed = effect(measure, *(non_events(*counts) if swapped else counts))
        rows.append(reviews.count_row("1.1", name, year, *counts, **printed))
    path = tmp_path / "12-data-rows.csv"
    path.write_text(reviews.sheet(rows))
    outcome = first(read(path, benefit="lower"))
    assert outcome.measure == {"OR": "odds_ratio", "RR": "risk_ratio", "RD": "risk_difference"}[measure]
    assert outcome.evidence.treatment.events == (615 - 49 if swapped else 49)
    assert "names no measure of effect" in outcome.notes and not bayes.check(outcome)


@pytest.mark.parametrize(
    "printed, measure",
    [
        ({"Mean": "1.0"}, None),
        (effect("RR", 5, 50, 5, 50), "risk_ratio"),
        (effect("OR", 5, 50, 5, 50), "odds_ratio"),
    ],
)
def test_intervals_tell_measures_apart_where_effects_do_not(printed, measure, tmp_path):
    """With equal arms the ratio of risks is that of odds, 1, but its interval is narrower; without one it is offered."""
    path = tmp_path / "12-data-rows.csv"
    path.write_text(reviews.sheet([reviews.count_row("1.1", "A", 1990, 5, 50, 5, 50, **printed)]))
    found = read(path, benefit="lower")
    if measure is None:
        assert "several measures of effect" in found.ledger["reason"][0]
    else:
        assert first(found).measure == measure


@pytest.mark.parametrize("counts", [(10, 12, 8, 8), (0, 12, 3, 11), (12, 12, 0, 9)])
@pytest.mark.parametrize("measure", ["OR", "RR"])
def test_half_is_added_to_every_cell_if_one_is_empty(counts, measure, tmp_path):
    """Of a ratio of risks, too, and also where all patients of one arm had the event."""
    a, n1, c, n2 = counts
    printed = effect(measure, a + 0.5, n1 + 1, c + 0.5, n2 + 1)
    path = tmp_path / "12-data-rows.csv"
    path.write_text(reviews.sheet([reviews.count_row("1.1", "A", 1990, *counts, **printed)]))
    outcome = first(read(path, benefit="lower"))
    assert outcome.measure == {"OR": "odds_ratio", "RR": "risk_ratio"}[measure]
    assert not [found for found in bayes.check(outcome) if found.verdict == "inconsistent"]


def test_peto_odds_ratios_are_counts_with_a_note(tmp_path):
    rows = [(name, row | {"EFFECT_SIZE": "0.7", "CI_START": "0.5", "CI_END": "0.9"}) for name, row in ROWS]
    found = imported(tmp_path, reviews.outcome("DICH", rows, EFFECT_MEASURE="PETO_OR", METHOD="PETO"))
    outcome = first(found)
    assert (outcome.measure, outcome.evidence.kind, outcome.printed) == ("odds_ratio", "binary", ())
    assert "Peto" in outcome.notes
    assert found.ledger["reason"].str.contains("Peto").sum() == 7


def test_generic_inverse_variance_is_an_estimate_with_its_standard_error(tmp_path):
    """The review holds the logarithm of the hazard ratio, -0.5, and its error: exp(-0.5) = 0.60653066."""
    row = {"ESTIMATE": "-0.5", "SE": "0.20", "EFFECT_SIZE": "0.6065306597126334", "TOTAL_1": 50, "TOTAL_2": 60}
    row |= {"CI_START": "0.40984", "CI_END": "0.89761"}
    found = imported(tmp_path, reviews.outcome("IV", [("CDP", row)], EFFECT_MEASURE="Hazard Ratio", METHOD="IV"))
    outcome = first(found)
    assert (outcome.measure, str(outcome.evidence.estimate), str(outcome.evidence.se)) == ("hazard_ratio", "0.60653066", "0.20")
    assert outcome.evidence.own_estimate("hazard_ratio") == pytest.approx((-0.5, 0.2), abs=1e-8)
    assert found.trials[0].n.treatment == 50


RATIO = {"ESTIMATE": "-0.5", "SE": "0.20", "TOTAL_1": 50, "TOTAL_2": 60}


@pytest.mark.parametrize(
    "row, words, logs, expected",
    [
        ({"EFFECT_SIZE": "0.60653"}, "Hazard Ratio", "YES", -0.5),
        ({}, "Hazard Ratio", "YES", -0.5),
        ({"EFFECT_SIZE": "-0.5"}, "log Hazard Ratio", "NO", -0.5),
        ({"EFFECT_SIZE": "-0.5"}, "Hazard Ratio", "NO", None),
        ({"EFFECT_SIZE": "0.61", "ESTIMATE": "0.61", "CI_START": "0.4", "CI_END": "0.9"}, "Hazard Ratio", "NO", None),
        ({"SE": "0.0"}, "Hazard Ratio", "YES", None),
    ],
)
def test_a_ratio_is_read_only_as_the_logarithm_that_it_is_shown_to_be(row, words, logs, expected, tmp_path):
    """RevMan names the measure in an element, and prints the exponential of what is entered as a logarithm."""
    text = reviews.outcome("IV", [("CDP", RATIO | row)], LOG_DATA=logs)
    (tmp_path / "r.rm5").write_text(reviews.rm5(text.replace("<NAME>", f"<EFFECT_MEASURE>{words}</EFFECT_MEASURE><NAME>", 1)))
    found = read(tmp_path / "r.rm5")
    if expected is None:
        assert found.ledger["status"][0] == "refused" and not found.trials
    else:
        assert first(found).evidence.own_estimate("hazard_ratio") == pytest.approx((expected, 0.2), abs=1e-5)


def test_an_export_of_generic_inverse_variance_is_checked_by_its_interval(tmp_path):
    """The export prints the ratio with the error of its logarithm: 0.6065 [0.4099, 0.8976] and 0.2 agree."""
    heading = {"Name": "Death", "Data Type": "INV", "Effect Measure": "Hazard Ratio", "Analysis Model": "Random"}
    heading |= {"Group Label 1": "A", "Group Label 2": "B", "Left Graph Label": "Favours A"}
    row = {"Name": "CDP", "Effect Estimate": 0.6065, "SE": 0.2, "CI Start": 0.4099, "CI End": 0.8976}
    row |= {"Total 1": 50, "Total 2": 60, "Year of study": 1976}
    other = row | {"Name": "PARIS", "CI Start": 0.2}
    path = tmp_path / "Review.csv"
    path.write_text(reviews.exported([(heading, [row, other])]))
    found = read(path)
    assert first(found).evidence.own_estimate("hazard_ratio") == pytest.approx((log(0.6065), 0.2))
    assert found.ledger["reason"][1].startswith("a ratio that is not held as a logarithm")


def test_subgroups_of_an_export_have_headings_of_their_own(tmp_path):
    heading = {"Name": "Death", "Data Type": "DIC", "Effect Measure": "OR", "Left Graph Label": "Favours aspirin"}
    heading |= {"Group Label 1": "Aspirin", "Group Label 2": "Control"}
    rows = []
    for number, label, studies in ((1, "Early", reviews.ASPIRIN[:2]), (2, "Late", reviews.ASPIRIN[2:])):
        rows.append({"Subgroup Number": number, "Name": label, "Data Type": "DIC"})
        for name, year, a, n1, c, n2 in studies:
            own = {"Subgroup Number": number, "Name": name, "Year of study": year}
            rows.append(own | {"Events 1": a, "Total 1": n1, "Events 2": c, "Total 2": n2})
    path = tmp_path / "Review.csv"
    path.write_text(reviews.exported([(heading, rows)]))
    found = read(path)
    assert [(one.label, len(one.outcomes)) for one in found.syntheses] == [("Death", 7), ("Death: Early", 2), ("Death: Late", 5)]


def test_an_estimate_of_0_is_not_taken_for_counts_without_events(tmp_path):
    """Data rows alone: no events, but a standard error beside an estimate of exactly 0; its measure is to be decided."""
    own = {"GIV SE": "0.41", "Experimental N": 45, "Control N": 49, "Mean": "0.0", "CI start": "-0.8", "CI end": "0.8"}
    path = tmp_path / "12-data-rows.csv"
    path.write_text(reviews.sheet([reviews.data_row("1.1", "CDP", 1976, **own)]))
    assert read(path, benefit="lower").ledger["reason"][0].startswith("the measure of effect is not stated")
    answers = tmp_path / "answers.toml"
    answers.write_text('benefit = "lower"\nmeasure = "mean_difference"\n')
    assert first(read(path, answers=answers)).evidence.own_estimate("mean_difference") == (0.0, 0.41)


def test_a_study_without_numbers_of_patients_is_an_effect_unless_they_give_its_unit(tmp_path):
    row = {"ESTIMATE": "-0.5", "SE": "0.20", "TOTAL_1": 0, "TOTAL_2": 0}
    found = imported(tmp_path, reviews.outcome("IV", [("CDP", row)], EFFECT_MEASURE="MD", METHOD="IV"))
    assert found.ledger["reason"].tolist()[0].startswith("the number of patients per arm is not stated")
    found = imported(tmp_path, reviews.outcome("IV", [("CDP", row)], EFFECT_MEASURE="HR", METHOD="IV"))
    assert found.trials[0].n is None and first(found).evidence.own_estimate("hazard_ratio") == pytest.approx((-0.5, 0.2))


@pytest.mark.parametrize("words, measure, kind", [("Hazard Ratio", "hazard_ratio", "log_rank"), ("Peto OR", "odds_ratio", "estimate")])
def test_observed_minus_expected_is_kept(words, measure, kind, tmp_path):
    """(O - E) / V with standard error V^-1/2 (Yusuf and Peto 1985), either way."""
    row = {"O_E": "-6.20", "VAR": "14.5", "EVENTS_1": 20, "TOTAL_1": 50, "EVENTS_2": 30, "TOTAL_2": 60}
    outcome = first(imported(tmp_path, reviews.outcome("IPD", [("CDP", row)], EFFECT_MEASURE=words, METHOD="EXP_O_E_VAR")))
    assert (outcome.measure, outcome.evidence.kind) == (measure, kind)
    assert outcome.evidence.own_estimate(measure) == pytest.approx((-6.2 / 14.5, 14.5**-0.5), rel=1e-6)


def test_observed_minus_expected_is_turned_with_the_arms(tmp_path):
    row = {"O_E": "6.20", "VAR": "14.5", "TOTAL_1": 50, "TOTAL_2": 60}
    analysis = reviews.outcome("IPD", [("CDP", row)], groups=("Control", "Drug"), EFFECT_MEASURE="HR")
    outcome = first(imported(tmp_path, analysis, treatment="Drug"))
    assert outcome.evidence.own_estimate("hazard_ratio") == pytest.approx((-6.2 / 14.5, 14.5**-0.5))


def test_standardised_differences_agree_with_what_revman_prints(tmp_path):
    """Hedges' g, RevMan's standard error: Davis -0.3399 [-1.1152, 0.4354], as `metacont` of R prints it for Fleiss."""
    row = reviews.means()[0][1] | {"EFFECT_SIZE": "-0.3399", "CI_START": "-1.1152", "CI_END": "0.4354"}
    outcome = first(imported(tmp_path, reviews.outcome("CONT", [("Davis", row)], EFFECT_MEASURE="SMD")))
    assert outcome.measure == "standardised_mean_difference"
    assert [f.path for f in bayes.check(outcome) if f.verdict == "inconsistent"] == []


def test_counts_with_fractions_give_way_to_the_printed_effect(tmp_path):
    """Counts divided by a design effect are not numbers of persons: the printed effect is used."""
    row = {"EVENTS_1": "12.5", "TOTAL_1": "60.2", "EVENTS_2": "20.1", "TOTAL_2": "61.3"}
    row |= {"EFFECT_SIZE": "0.54", "CI_START": "0.24", "CI_END": "1.22"}
    outcome = first(imported(tmp_path, reviews.outcome("DICH", [("CDP", row)], **OR)))
    assert outcome.evidence.kind == "estimate" and outcome.evidence.ci == (Decimal("0.24"), Decimal("1.22"))
    assert "counts are not whole numbers" in outcome.notes


def test_an_exchange_of_event_and_non_event_is_read(tmp_path):
    """49 of 615 died, so 566 did not; their ratio of risks is 566 / 615 over 557 / 624."""
    row = ROWS[0][1] | {"EFFECT_SIZE": "1.031039", "CI_START": "0.996", "CI_END": "1.067"}
    outcome = first(imported(tmp_path, reviews.outcome("DICH", [("MRC-1", row)], EFFECT_MEASURE="RR", SWAP_EVENTS="YES")))
    assert (outcome.evidence.treatment.events, outcome.evidence.control.events) == (566, 557)
    assert "exchanges event and non-event" in outcome.notes
    named = reviews.outcome("DICH", ROWS[:1], EFFECT_MEASURE="Risk Ratio (Non-event)")
    assert first(imported(tmp_path, named)).evidence.treatment.events == 566
