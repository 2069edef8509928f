"""The tables are what their row types declare: every column, in order, and no other."""

from typing import NotRequired, get_args, get_origin, get_type_hints

import pandas as pd
import pytest
from support.reports import FOLDED, REPORTS
from support.trials import make_estimate, make_outcome

from bayes.errors import NotFormable
from bayes.paper.trial import Outcome
from bayes.sensitivity import NAMES, examine
from bayes.sensitivity.answers import QUESTIONS, Answers
from bayes.sensitivity.conclusions import Tables
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.trial_influence import influence_rows
from bayes.synthesis.file import synthesis_of

ALL = get_type_hints(Tables)
STATED = {"mcid": {"value": 0.9, "rationale": "r"}, "margin": {"value": 1.2, "source": "s"}}


def declared(name: str) -> dict[str, bool]:
    """Return the columns of a table in order, with whether each is in every row."""
    (row,) = get_args(ALL[name])
    hints = get_type_hints(row, include_extras=True)
    return {column: get_origin(hint) is not NotRequired for column, hint in hints.items()}


def agrees(name: str, rows: list[dict]) -> None:
    columns = declared(name)
    for row in rows:
        assert row.keys() <= columns.keys(), name
        assert {column for column, required in columns.items() if required} <= row.keys(), name
    shown = list(pd.DataFrame(rows))
    assert [c for c in shown if columns[c]] == [c for c in columns if columns[c] and c in shown], name


def test_every_question_has_a_table():
    assert tuple(get_type_hints(Answers)) == tuple(QUESTIONS) and tuple(ALL) == NAMES


@pytest.mark.slow
@pytest.mark.parametrize("stated", [{}, STATED], ids=["bare", "with thresholds"])
def test_rows_have_the_declared_columns_in_order(stated):
    outcome = make_estimate(**stated)
    for name, rows in examine(outcome).rows.items():
        agrees(name, rows)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["binary OR", "events", "p unknown"])
def test_rows_of_other_reports_have_the_declared_columns(kind):
    subject = Subject.of(make_outcome(*(REPORTS | FOLDED)[kind]))
    for name in ("named_priors", "fragility", "reverse_bayes", "conflict", "prior_weight", "extraction", "baseline_risk"):
        agrees(name, QUESTIONS[name](subject))


def test_rows_of_a_prior_that_cannot_be_formed_are_whole():
    rows = QUESTIONS["named_priors"](Subject.of(make_outcome(*REPORTS["proportion"])))
    skipped = [row for row in rows if row["status"] == "skipped"]
    assert skipped and all(row.keys() == rows[0].keys() and row["reason"] for row in skipped)


@pytest.mark.slow
def test_influence_on_a_synthesis_of_trials_without_events():
    """No report says which arm is better, so that the probabilities are missing; both, not only that of benefit."""
    none = {"kind": "binary", "treatment": {"events": 0, "n": 40}, "control": {"events": 0, "n": 41}}
    members = [make_outcome("odds_ratio", "lower", none, patients=name) for name in ("a", "b")]
    members[1]._id = "other"
    rows = influence_rows(Subject.of(synthesis_of(members)))
    agrees("influence", rows)
    assert {(row["p_benefit"], row["p_harm"]) for row in rows if row["question"] == "trial left out"} == {(None, None)}


def test_another_prior_shares_the_curve():
    subject = Subject.of(make_estimate())
    assert subject.with_prior("vague").curve is subject.curve
    assert isinstance(subject.target, Outcome) and subject.evidence is subject.target.evidence


def test_a_prior_of_both_arms_is_refused_by_name():
    with pytest.raises(NotFormable, match="jeffreys is a prior of both arms"):
        Subject.of(make_outcome(*REPORTS["binary OR"]), "jeffreys", "arms")
