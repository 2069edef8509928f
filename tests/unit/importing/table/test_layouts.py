"""Tables laid out in many ways: arms in columns or rows, several results of a study, columns of one's own."""

import pytest

import bayes
from bayes.importing import read, write
from bayes.importing.answers import Answers


def test_arms_may_be_named_in_the_columns_or_in_the_rows(table):
    """The same counts, 5 of 40 v 9 of 41, in four tables."""
    same = [
        "study,events.drug,n.drug,events.placebo,n.placebo\nA,5,40,9,41\n",
        "study,placebo_events,placebo_n,drug_events,drug_n\nA,9,41,5,40\n",
        "study,group,events,n\nA,placebo,9,41\nA,drug,5,40\nB,drug,1,9\nB,placebo,2,9\n",
        "study,event.e,n.e,event.c,n.c,treatment,control\nA,5,40,9,41,drug,placebo\n",
    ]
    for text in same:
        trial = read(table(text), benefit="lower").trials[0]
        (outcome,) = trial.outcomes.values()
        arms = outcome.evidence.treatment, outcome.evidence.control
        assert [(arm.events, arm.n) for arm in arms] == [(5, 40), (9, 41)]
        assert (trial.arms.treatment, trial.arms.control) == ("drug", "placebo")
    two = "study,brand_x_events,brand_x_n,brand_y_events,brand_y_n\nA,9,41,5,40\n"
    assert read(table(two), benefit="lower").ledger["reason"][0].startswith("which arm is the treatment is not stated")
    assert read(table(two), benefit="lower", treatment="brand_y".replace("_", " ")).trials[0].arms.control == "brand x"


def test_events_and_persons_may_stand_in_one_cell(table):
    """As published tables have them; Excel makes a date of 4/12."""
    text = "Author (year),Drug n/N (%),Placebo n/N (%)\nSmith (2001),4/123 (3.3),11/139\nJones (2002),12-Apr,\"1/1,000\"\n"
    found = read(table(text), benefit="lower")
    (outcome,) = found.trials[0].outcomes.values()
    arms = outcome.evidence.treatment, outcome.evidence.control
    assert [(arm.events, arm.n) for arm in arms] == [(4, 123), (11, 139)] and found.trials[0].arms.treatment == "drug"
    assert found.ledger["reason"][1].startswith("a date where a number belongs")


def test_a_hazard_ratio_beside_counts_is_the_evidence_unless_their_measure_is_decided(table):
    text = "study,event.e,n.e,event.c,n.c,HR,lower,upper\nA,20,100,30,100,0.62,0.36,1.08\n"
    found = read(table(text), benefit="lower")
    assert found.ledger[["status", "kind"]].to_numpy().tolist() == [["imported", "estimate"], ["offered", "binary"]]
    (outcome,) = read(table(text), benefit="lower", measure="odds_ratio").trials[0].outcomes.values()
    assert (outcome.evidence.kind, outcome.printed[0].measure) == ("binary", "hazard_ratio")


def test_a_report_that_is_damaged_is_replaced_by_the_next(table):
    """A hazard ratio that became a date, and its logarithm in the same row; without a direction, both are offered."""
    text = "study,HR,lower,upper,lnHR,selnHR\nA,2-Mar,0.36,1.08,-0.478,0.28\n"
    found = read(table(text), benefit="lower")
    assert found.ledger["status"].tolist() == ["refused", "imported"]
    (outcome,) = found.trials[0].outcomes.values()
    assert outcome.evidence.own_estimate("hazard_ratio") == pytest.approx((-0.478, 0.28), abs=1e-7)
    assert read(table(text.replace("2-Mar", "0.62"))).ledger["status"].tolist() == ["offered", "offered"]


def test_results_of_several_measures_are_not_pooled(table):
    text = "study,measure,benefit,estimate,se\nA,OR,lower,0.8,0.1\nB,HR,lower,0.9,0.2\n"
    found = read(table(text))
    assert len(found.trials) == 2 and not found.syntheses
    assert found.ledger["reason"].tolist()[-1] == "results of several measures or directions, which are not pooled"


def test_a_table_of_outcomes_becomes_trials_with_several(table):
    text = "trial,outcome,measure,benefit,estimate,ci_low,ci_high,n_t,n_c\n"
    text += "A,death,hazard_ratio,lower,0.80,0.60,1.07,100,102\nA,pain,mean_difference,higher,1.2,0.3,2.1,98,99\n"
    text += "B,death,hazard_ratio,lower,0.90,0.70,1.16,150,150\n"
    found = read(table(text))
    assert [list(trial.outcomes) for trial in found.trials] == [["death", "pain"], ["death"]]
    assert [one.outcomes for one in found.syntheses] == [("a:death", "b:death")]
    alone = "outcome,measure,benefit,estimate,se\ndeath,HR,lower,0.8,0.1\nstroke,HR,lower,0.9,0.2\n"
    (trial,) = read(table(alone)).trials
    assert list(trial.outcomes) == ["death", "stroke"]


def test_an_outcome_at_several_times_is_several_outcomes(table):
    """A column of the length of follow-up, which differs between studies, does not divide them."""
    text = "study,followup,event.e,n.e,event.c,n.c\nA,6,1,20,2,20\nA,12,2,20,4,20\nB,6,1,30,2,30\n"
    found = read(table(text), benefit="lower")
    assert [list(trial.outcomes) for trial in found.trials] == [["table_followup_6", "table_followup_12"], ["table"]]
    found = read(table(text.replace("A,12", "C,12")), benefit="lower")
    assert found.syntheses[0].outcomes == ("a:table", "c:table", "b:table")
    assert found.trials[0].outcomes["table"].timepoint == "followup 6"


def test_columns_can_be_named(table, tmp_path):
    text = "who,effect of drug,L,U\nA,0.8,0.6,1.1\nB,0.9,0.7,1.2\n"
    columns = {"study": "who", "estimate": "effect of drug", "ci_low": "L", "ci_high": "U"}
    found = read(table(text), benefit="lower", measure="hazard_ratio", columns=columns)
    assert [trial.id for trial in found.trials] == ["a", "b"] and found.syntheses[0].measure == "hazard_ratio"
    answers = tmp_path / "answers.toml"
    answers.write_text(
        'benefit = "lower"\nmeasure = "hazard_ratio"\ncondition = "asthma"\n[columns]\nstudy = "who"\n'
        'estimate = "effect of drug"\nci_low = "L"\nci_high = "U"\n'
    )
    assert read(table(text), answers=answers).trials[0].condition == "asthma"
    with pytest.raises(bayes.InvalidInput, match=r"columns.ci_low: no column 'low'; there are who, effect of drug, L, U"):
        read(table(text), columns={"estimate": "effect of drug", "ci_low": "low"})
    with pytest.raises(bayes.InvalidInput, match=r"columns.estimat: not a field; did you mean 'estimate'"):
        read(table(text), columns={"estimat": "effect of drug"})
    with pytest.raises(bayes.InvalidInput, match="columns: ci_low, ci_high are not all of a result; accepted: estimate"):
        read(table(text), columns={"ci_low": "L", "ci_high": "U"})


def test_of_several_results_of_one_study_one_is_chosen(table, tmp_path):
    text = "study,ai,n1i,ci,n2i\nSmith 1993,1,20,2,20\nJones (2001),3,30,4,30\nJones (2001),5,30,4,30\n"
    out = tmp_path / "out"
    counts = write([table(text)], out, Answers(benefit="lower"))
    assert counts.by_status == {"imported": 2, "offered": 2} and counts.trials == 1
    open_ = (out / "answers.toml").read_text()
    assert "# [records.jones_2001_1]\n# leave_out = true" in open_ and "# [records.jones_2001_2]" in open_
    answers = tmp_path / "mine.toml"
    answers.write_text("[records.jones_2001_1]\nleave_out = true\n")
    found = read(table(text), benefit="lower", answers=answers)
    assert [(trial.id, trial.year) for trial in found.trials] == [("smith_1993", 1993), ("jones_2001", 2001)]
    assert found.trials[1].outcomes["table"].evidence.treatment.events == 5
    assert found.ledger["reason"].tolist()[1] == "left out by decision"


def test_a_direction_can_be_decided_for_a_table_or_an_outcome_of_it(table, tmp_path):
    text = "study,outcome,event.e,n.e,event.c,n.c\nA,death,1,20,2,20\nA,cure,9,20,3,20\nB,death,1,20,2,20\nB,cure,9,20,3,20\n"
    answers = tmp_path / "mine.toml"
    answers.write_text('[records.table]\nbenefit = "lower"\n[records.table.outcomes.cure]\nbenefit = "higher"\n')
    found = read(table(text), answers=answers)
    assert [one.benefit for one in found.syntheses] == ["lower", "higher"]
    assert "decide `benefit`" in read(table(text)).ledger["reason"][0]
