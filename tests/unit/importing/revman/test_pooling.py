"""Which studies of an analysis are pooled, how often, and what is asked before they are."""

import re
from math import sqrt

import pytest
from support import reviews
from support.reviews import OR, effect, first, imported

import bayes
from bayes.importing import read, write
from bayes.importing.answers import Answers

ROWS = reviews.counts()


def test_rows_without_events_are_trials_but_no_members_of_a_ratio(tmp_path):
    none = {"EVENTS_1": 0, "TOTAL_1": 20, "EVENTS_2": 0, "TOTAL_2": 21, "ESTIMABLE": "NO", "EFFECT_SIZE": "0.0"}
    rows = [*ROWS[:2], ("GASP", none)]
    found = imported(tmp_path, reviews.outcome("DICH", rows, **OR))
    assert [len(found.trials), len(found.syntheses[0].outcomes)] == [3, 2]
    assert "do not inform a ratio: GASP" in found.syntheses[0].notes
    found = imported(tmp_path, reviews.outcome("DICH", rows, EFFECT_MEASURE="RD"))
    assert {o.measure for trial in found.trials for o in trial.outcomes.values()} == {"risk_difference"}
    found = imported(tmp_path, reviews.outcome("DICH", rows[2:], **OR))
    assert found.ledger["reason"].tolist()[-1] == "no study has an event, so none informs the ratio"


def test_risk_differences_are_offered_in_a_measure_by_which_counts_can_be_joined(tmp_path):
    """The printed difference of MRC-1, 49/615 - 67/624 with Wald's limits, stays beside the counts."""
    printed = dict(zip(("EFFECT_SIZE", "CI_START", "CI_END"), effect("RD", 49, 615, 67, 624).values(), strict=True))
    rows = [("MRC-1", ROWS[0][1] | printed), *ROWS[1:]]
    analysis = reviews.outcome("DICH", rows, EFFECT_MEASURE="RD")
    found = imported(tmp_path, analysis)
    assert not found.syntheses
    assert found.ledger["reason"].tolist()[-1] == "counts cannot be joined as risk differences; decide `measure`"
    found = imported(tmp_path, analysis, answers='[records.a_review_1_1]\nmeasure = "risk_ratio"\n')
    assert found.syntheses[0].measure == "risk_ratio" and len(found.syntheses[0].outcomes) == 7
    outcome = first(found)
    assert (outcome.measure, outcome.printed[0].measure) == ("risk_ratio", "risk_difference")
    assert not [one for one in bayes.check(outcome) if one.verdict == "inconsistent"]


def test_a_study_twice_in_one_analysis_is_not_pooled_twice(tmp_path):
    found = imported(tmp_path, reviews.outcome("DICH", [*ROWS, ROWS[0]], **OR))
    assert list(found.trials[0].outcomes) == ["analysis_1_1", "analysis_1_1_2"]
    assert found.ledger["status"].tolist()[-1] == "offered" and not found.syntheses


def test_applicability_counts_a_study_once(tmp_path):
    """MRC-1 has a row for each subgroup and one for all studies: each pooled effect has it once."""
    rows = [
        reviews.count_row("1.1", *reviews.ASPIRIN[0], Applicability="OVERALL_ONLY"),
        reviews.count_row("1.1", "MRC-1", 1974, 20, 300, 30, 310, Applicability="SUBGROUP_ONLY", Subgroup="men"),
        reviews.count_row("1.1", "MRC-1", 1974, 29, 315, 37, 314, Applicability="SUBGROUP_ONLY", Subgroup="women"),
        reviews.count_row("1.1", *reviews.ASPIRIN[1], Subgroup="men"),
    ]
    settings = {"Analysis group": 1, "Analysis number": 1, "Data type": "Dichotomous", "Statistical method": "MH"}
    settings |= {"Effect measure": "Odds Ratio", "Analysis model": "Random effects"}
    bias = [{"Study": "CDP", "Domain (judgement): Allocation concealment": "Low risk", "Domain (support): x": ""}]
    groups = [{"Analysis group": 1, "Analysis number": 1, "Subgroup": "men", "Subgroup number": 1, "Mean": "0.7"}]
    reviews.package(tmp_path / "p.zip", rows=rows, settings=[settings], bias=bias, groups=groups)
    found = read(tmp_path / "p.zip", benefit="lower")
    assert {one.id: one.outcomes for one in found.syntheses} == {
        "review_12_1_1": ("mrc_1:analysis_1_1", "cdp:analysis_1_1_1"),
        "review_12_1_1_1": ("mrc_1:analysis_1_1_1", "cdp:analysis_1_1_1"),
    }
    assert found.trials[1].risk_of_bias == "Allocation concealment: low"


def test_subgroups_are_pooled_apart_and_together(tmp_path):
    groups = [("Before 1979", ROWS[:2]), ("After", ROWS[2:])]
    found = imported(tmp_path, reviews.outcome("DICH", [], subgroups=groups, **OR))
    assert [(one.id, len(one.outcomes)) for one in found.syntheses] == [("a_review_1_1", 7), ("a_review_1_1_1", 2), ("a_review_1_1_2", 5)]
    assert found.trials[0].outcomes["analysis_1_1_1"].label == "Death: Before 1979"
    only = imported(tmp_path, reviews.outcome("DICH", [], subgroups=groups, **OR | {"TOTALS": "SUB"}))
    assert [one.id for one in only.syntheses] == ["a_review_1_1_1", "a_review_1_1_2"]
    none = imported(tmp_path, reviews.outcome("DICH", [], subgroups=groups, **OR | {"TOTALS": "NO"}))
    assert not none.syntheses and len(none.trials) == 7
    assert "the review does not pool these studies" in set(none.ledger["reason"])


def test_other_arms_are_a_contrast_of_their_own(tmp_path):
    second = reviews.outcome("DICH", ROWS[:1], 2, groups=("Low dose", "Placebo"), **OR)
    trial = imported(tmp_path, reviews.outcome("DICH", ROWS[:1], **OR), second).trials[0]
    assert trial.arms.treatment == "Aspirin" and trial.outcomes["analysis_1_1"].contrast is None
    assert trial.contrasts[trial.outcomes["analysis_1_2"].contrast].treatment == "Low dose"


def test_mean_differences_have_a_standard_deviation_to_scale_priors(tmp_path):
    """The pooled SD of the ten arms of Fleiss's example is 4.82."""
    found = imported(tmp_path, reviews.outcome("CONT", reviews.means(), EFFECT_MEASURE="MD", groups=reviews.CARE_ARMS))
    total = sum((n - 1) * sd**2 for _, _, _, s1, n1, _, s2, n2 in reviews.CARE for sd, n in ((s1, n1), (s2, n2)))
    weight = sum(n1 + n2 - 2 for _, _, _, _, n1, _, _, n2 in reviews.CARE)
    assert float(found.syntheses[0].sd_ref) == pytest.approx(sqrt(total / weight), rel=5e-3)


def test_risk_of_bias_is_named_by_domain(tmp_path):
    judged = (
        '<QUALITY_ITEM LEVEL="GROUP"><NAME>Blinding</NAME><QUALITY_ITEM_DATA_ENTRY_GROUP ID="G"><NAME>Death</NAME>'
        '</QUALITY_ITEM_DATA_ENTRY_GROUP><QUALITY_ITEM_DATA>'
        '<QUALITY_ITEM_DATA_ENTRY RESULT="NO" GROUP_ID="G" STUDY_ID="STD-MRC-1"/></QUALITY_ITEM_DATA></QUALITY_ITEM>'
    )
    assert imported(tmp_path, reviews.outcome("DICH", ROWS, **OR), judged=judged).trials[0].risk_of_bias == "Blinding, Death: high"


def test_a_table_of_text_is_refused(tmp_path):
    found = imported(tmp_path, reviews.outcome("OTHER", [("CDP", {})]))
    assert set(found.ledger["reason"]) == {"a row of text, without numbers", "a table of text, without numbers"}


def test_the_questions_with_one_answer_kept_are_an_answers_file(tmp_path):
    """Every second choice of a question is dropped, and the rest is what `--answers` takes."""
    analysis = {"groups": ("Control", "Aspirin"), "graph": ("", "")}
    (tmp_path / "r.rm5").write_text(reviews.rm5(reviews.outcome("DICH", [*ROWS, ROWS[0]], EFFECT_MEASURE="?", **analysis)))
    write([tmp_path / "r.rm5"], tmp_path / "out", Answers())
    asked = (tmp_path / "out" / "answers.toml").read_text()
    assert "[records.mrc_1.outcomes.analysis_1_1_2]   # one of 2 rows" in asked
    kept = [re.sub(r' or ".*', "", line.removeprefix("# ")) for line in asked.splitlines() if "records" in line or " or " in line]
    answers = tmp_path / "answers.toml"
    answers.write_text("\n".join(line for line in kept if "mrc_1" not in line and "Whatever" not in line and "#" not in line[:1]))
    assert Answers.load(answers).records["a_review_1_1"].measure == "odds_ratio"
    found = read(tmp_path / "r.rm5", answers=answers)
    assert [trial.arms.treatment for trial in found.trials] == ["Control"] * 7


def test_leaving_out_is_by_analysis_or_by_outcome(tmp_path):
    analysis = reviews.outcome("DICH", ROWS, **OR)
    assert not imported(tmp_path, analysis, answers="[records.a_review_1_1]\nleave_out = true\n").trials
    own = "[records.mrc_1.outcomes.analysis_1_1]\nleave_out = true\n"
    found = imported(tmp_path, analysis, answers=own)
    assert len(found.syntheses[0].outcomes) == 6 and found.ledger["reason"][0] == "left out, as decided"
