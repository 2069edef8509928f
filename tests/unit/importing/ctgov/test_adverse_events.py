"""Adverse events of a record: made ones, so that every number is known."""

import pytest
from support.registry_records import imported, study, value_at

from bayes.importing.answers import Answers, Decisions, OfRecord

GROUPS = {"EG000": ("Drug", 3, 50, 20, 1), "EG001": ("Placebo", 5, 48, 18, 2)}


def term(name, treatment, control, soc="Cardiac disorders", at_risk=(50, 48)):
    counts = zip(GROUPS, (treatment, control), at_risk, strict=True)
    stats = [{"groupId": g, "numAtRisk": n} | ({} if x is None else {"numAffected": x}) for g, x, n in counts]
    return {"term": name, "organSystem": soc, "stats": stats}


def module(**more):
    groups = [
        {"id": name, "title": title, "seriousNumAffected": serious, "seriousNumAtRisk": n, "otherNumAffected": other, "otherNumAtRisk": n, "deathsNumAffected": deaths, "deathsNumAtRisk": n}
        for name, (title, serious, n, other, deaths) in GROUPS.items()
    ]  # fmt: skip
    serious = [term("Angina", 2, 3), term("Angina", 1, 1), term("Stroke", 1, 0, "Nervous system disorders"), term("Gout", 0, 0), term("Fall", None, 1), term("Mastitis", 1, 0, "Breast", (20, 25))]
    others = [term("Nausea", 6, 3, "Gastrointestinal disorders"), term("Headache", 3, 4, "Nervous system disorders")]
    return {"frequencyThreshold": "5", "timeFrame": "52 weeks", "eventGroups": groups, "seriousEvents": serious, "otherEvents": others, **more}


def read(adverse=None, **decided):
    record = study()
    record["resultsSection"]["adverseEventsModule"] = module() if adverse is None else adverse
    return record, *imported(record, **decided)


def test_serious_terms_are_a_table():
    record, found, trial = read()
    one = trial.outcomes["safety-serious_terms"]
    rows = {row.term: (row.soc, row.treatment.persons, row.control.persons, row.n and (row.n.treatment, row.n.control)) for row in one.evidence.rows}
    assert rows == {"Angina": ("Cardiac disorders", 2, 3, None), "Stroke": ("Nervous system disorders", 1, 0, None), "Mastitis": ("Breast", 1, 0, (20, 25))}
    assert (one.measure, one.benefit, one.role, one.timepoint, one.evidence.listed_above) == ("odds_ratio", "lower", "safety", "52 weeks", None)
    for path, place in one.sources.items():
        stated = one.evidence
        for step in path.split("."):
            stated = stated[int(step)] if step.isdigit() else getattr(stated, step)
        assert value_at(record, place.path) == stated


def test_every_term_has_a_row_with_what_became_of_it():
    _, found, _ = read()
    reasons = {one.label.rpartition(": ")[2] + str(i): (one.status, one.reason) for i, one in enumerate(found.results) if "seriousEvents[" in one.place}
    assert list(reasons.values()) == [
        ("imported", "a row of the table"),
        ("refused", "the same term of the same organ system is listed twice"),
        ("imported", "a row of the table"),
        ("refused", "no event in either of the two arms"),
        ("refused", "no count is posted for both arms"),
        ("imported", "a row of the table"),
    ]


def test_the_frequency_from_which_other_terms_are_listed_is_kept():
    _, _, trial = read()
    others = trial.outcomes["safety-other_terms"]
    assert str(others.evidence.listed_above) == "5" and len(others.evidence.rows) == 2
    assert str(others.sources["listed_above"].path) == "resultsSection.adverseEventsModule.frequencyThreshold"


def test_totals_and_deaths_are_counts():
    _, _, trial = read()
    counts = {name: trial.outcomes[name].evidence for name in ("safety-any_serious", "safety-any_other", "safety-death")}
    assert {name: (e.treatment.events, e.treatment.n, e.control.events, e.control.n) for name, e in counts.items()} == {
        "safety-any_serious": (3, 50, 5, 48),
        "safety-any_other": (20, 50, 18, 48),
        "safety-death": (1, 50, 2, 48),
    }


def test_arms_that_nobody_can_tell_apart_are_asked():
    _, found, _ = read({**module(), "eventGroups": [{**g, "title": t} for g, t in zip(module()["eventGroups"], ("X", "Y"), strict=True)]})
    mine = [one for one in found.results if "adverseEventsModule" in one.place]
    assert mine and {one.status for one in mine} == {"offered"}
    assert any(".outcomes.adverse_events]" in line for line in found.questions)


def test_a_table_may_be_left_out():
    answers = Answers(records={"nct00000001": OfRecord(outcomes={"safety-other_terms": Decisions(leave_out=True)})})
    _, found, trial = read(answers=answers)
    assert "safety-other_terms" not in trial.outcomes and "safety-serious_terms" in trial.outcomes
    assert {one.status for one in found.results if "otherEvents" in one.place} == {"refused"}


@pytest.mark.parametrize(
    "broken",
    [
        {"eventGroups": None},
        {"eventGroups": []},
        {"seriousEvents": "none"},
        {"seriousEvents": [None, {}, {"stats": 3}, {"term": 4, "stats": [{"groupId": "EG000"}]}]},
        {"frequencyThreshold": "about 5"},
        {"frequencyThreshold": "0"},
        {"otherEvents": [{"term": "x", "stats": [{"groupId": "EG000", "numAffected": -1}, {"groupId": "EG001", "numAffected": "1.5"}]}]},
    ],
)
def test_odd_modules_give_rows_and_no_crash(broken):
    _, found, trial = read({**module(), **broken})
    assert trial is None or all(one.evidence for one in trial.outcomes.values())
    assert all(one.reason for one in found.results if one.status != "imported")
