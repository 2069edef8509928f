"""The summary of findings: numbers by hand from the effect and the control arm, the same in text, CSV and Word."""

import csv

import docx
import numpy as np
import pytest
from support import dossiers

from bayes.report import findings
from bayes.report.dossier.reading import main_row
from bayes.sensitivity.absolute_effects import baseline_risk_rows
from bayes.sensitivity.subject import Subject

ODDS = 7 / 68  # of the control arm, 7 of 75


def counted(dossier=None):
    """An odds ratio of 0.5 (0.25 to 1.0) on the control risk of 7 in 75."""
    said = dossier or dossiers.outcome()
    said["measure"], said["label"] = "odds_ratio", "Serious adverse event"
    treated, low, high = (1 - 1 / (1 + ODDS * ratio) for ratio in (0.5, 0.25, 1.0))
    risk = 7 / 75
    row = {"control_risk": risk, "observed": True, "per": None, "treated_risk": treated, "reason": None}
    said["absolute"] = {"rows": [row | {"low": low - risk, "high": high - risk}], "counted": None, "reason": None}
    return said


def test_risks_per_thousand_by_hand():
    """Odds 7/68 halved: 3.5/71.5 = 49 of 1,000; quartered: 25; unchanged: 93."""
    (cells,) = findings.as_table([counted()]).cells
    assert cells[2] == "93 and 49 (25 to 93) per 1,000"
    (row,) = findings.findings([counted()])
    assert row["control"] == pytest.approx(7 / 75) and row["treated"] == pytest.approx(3.5 / 71.5)
    assert (row["per"], row["treated_high"]) == ("patient", pytest.approx(7 / 75))
    assert (row["patients_treatment"], row["patients_control"]) == (69, 75)


def test_a_rate_is_given_in_its_own_unit():
    said = counted()
    said["absolute"]["rows"][0] |= {"control_risk": 1.6, "treated_risk": 1.2, "low": -0.8, "high": 0.4, "per": "participant"}
    assert findings.as_table([said]).cells[0][2] == "1.6 and 1.2 (0.8 to 2) events per participant"


def test_a_report_without_a_count_says_so():
    said = counted()
    said["absolute"]["rows"][0]["observed"] = False
    assert findings.as_table([said]).cells[0][2] == "not counted in the report"
    said["absolute"] = {"rows": [], "counted": None, "reason": "a mean difference does not imply an absolute risk"}
    assert findings.as_table([said]).cells[0][2] == "no risk follows from this measure"
    assert findings.findings([said])[0]["control"] is None


def test_probabilities_are_those_of_the_headline():
    said = counted()
    row = main_row(said)
    (found,) = findings.findings([said])
    assert (found["p_benefit"], found["p_mcid"]) == (row["p_benefit"], row["p_mcid"])
    for one in said["rows"]:
        one["headline"] = False
    (found,) = findings.findings([said])
    assert found["p_benefit"] is found["p_mcid"] is None
    assert findings.as_table([said]).cells[0][3:5] == ("arms alike", "")


def test_a_probability_settled_beforehand_is_no_finding():
    said = dossiers.bare_p()
    row = main_row(said)
    row |= {"p_by_construction": 0.5}
    (found,) = findings.findings([said])
    assert found["p_benefit"] is None and findings.as_table([said]).cells[0][3] == "0.50 by construction"


def test_what_has_no_single_effect_is_left_out():
    assert findings.findings([dossiers.adverse_events()]) == [] == findings.as_table([dossiers.adverse_events()]).cells


def test_files_say_what_the_page_says(tmp_path):
    shown = findings.as_table([counted()])
    paths = findings.write(tmp_path, "mesems", "MESEMS", [counted()])
    assert [path.name for path in paths] == ["mesems.csv", "mesems.docx"] and all(path.is_file() for path in paths)
    with open(paths[0], encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["treated"]) == pytest.approx(3.5 / 71.5) and row["certainty"] == ""
    document = docx.Document(str(paths[1]))
    (table,) = document.tables
    lines = [[cell.text for cell in line.cells] for line in table.rows]
    assert lines == [list(findings.HEADINGS), [*shown.cells[0][:-1], ""]], "the certainty is left to be entered"
    assert all(note in document.paragraphs[0].text for note in shown.notes)
    assert findings.write(tmp_path, "nothing", "", [dossiers.adverse_events()]) == []


@pytest.mark.parametrize(("name", "share"), [("treasure:mrs_90d", 23 / 102)])
def test_the_control_risk_of_a_rankin_scale_is_that_of_grades_0_to_2(name, share):
    """TREASURE, control arm: 3, 8 and 12 of 102 patients at mRS 0, 1 and 2."""
    (row,) = [row for row in baseline_risk_rows(Subject.of(name)) if row["observed"]]
    assert row["control_risk"] == pytest.approx(share)


def test_the_control_risk_of_a_synthesis_is_the_median_of_its_trials():
    """Of the six reports of msc_stroke_mrs, TREASURE counts mRS 0 to 2 in 23 of 102 and CL2020 in 3 of 30 controls."""
    subject = Subject.of("msc_stroke_mrs")
    each = [23 / 102]
    for member in subject.target.members:
        if member.trial.id == "cl2020":
            (cut,) = member.evidence.cuts
            each.append(cut.control.events / cut.control.n)
    (row,) = [row for row in baseline_risk_rows(subject) if row["observed"]]
    assert len(each) == 2 and row["control_risk"] == pytest.approx(np.median(each))
