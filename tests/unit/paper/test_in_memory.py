"""Outcomes without a file: the same record, and the same refusals, as a trial file with these numbers."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from support.reports import REPORTS
from support.trials import make_outcome

from bayes import InvalidInput, outcome, outcomes
from bayes.paper.evidence import BY_KIND
from bayes.paper.trial import Trial


@pytest.mark.parametrize("name", REPORTS)
def test_it_is_what_a_file_would_have_said(name):
    measure, benefit, evidence = REPORTS[name]
    made = outcome(measure=measure, benefit=benefit, **evidence)
    assert made.evidence == make_outcome(measure, benefit, evidence).evidence


def test_every_kind_of_evidence_can_be_typed_in():
    assert {evidence["kind"] for _, _, evidence in REPORTS.values()} <= set(BY_KIND)


@pytest.mark.parametrize(
    ("measure", "given", "kind"),
    [
        ("odds_ratio", {"treatment": (44, 124), "control": (57, 125)}, "binary"),
        ("rate_ratio", {"treatment": (44, 124), "control": (57, 125)}, "events"),
        ("mean_difference", {"treatment": (4.4, 1.2, 30), "control": (5.0, 1.3, 31)}, "means"),
        ("common_odds_ratio", {"treatment": [4, 5], "control": [6, 3], "categories": ["0", "1"]}, "ordinal"),
        ("hazard_ratio", {"estimate": 0.75, "se": 0.2}, "estimate"),
        ("odds_ratio", {"p": 0.03, "favours": "treatment", "se": 0.3}, "p_value"),
        ("odds_ratio", {"significant": False, "favours": "unknown", "se": 0.3}, "significance"),
        ("proportion", {"events": 12, "n": 30, "goal": 0.3}, "proportion"),
    ],
)
def test_the_kind_follows_from_what_is_given(measure, given, kind):
    assert outcome(measure=measure, benefit="higher", **given).evidence.kind == kind


def test_digits_are_those_that_were_written():
    made = outcome(measure="hazard_ratio", benefit="lower", estimate="0.80", ci=(np.float64(0.55), 1.02), p="<0.2")
    assert str(made.evidence.estimate) == "0.80" and made.evidence.ci == (Decimal("0.55"), Decimal("1.02"))
    assert made.evidence.p == "<0.2"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"estimate": 0.75, "ci": (0.8, 1.02)}, "evidence: the interval 0.8 to 1.02 excludes its own estimate 0.75"),
        ({"estimate": 0.75, "ci": (0.55, 1.02), "mcid": 1.2}, "mcid.value: 1.2 lies on the harm side"),
        ({"estimate": 0.75, "ci": (0.55, 1.02), "benefitt": 1}, "benefitt: unknown field; did you mean 'benefit'"),
        ({}, "no evidence is given; accepted: `estimate` with `ci`"),
        ({"ci": (0.55, 1.02)}, "estimate: required, but missing"),
    ],
)
def test_mistakes_name_the_argument(given, said):
    with pytest.raises(InvalidInput) as found:
        outcome(measure="hazard_ratio", benefit="lower", **given)
    assert said in str(found.value) and "outcomes." not in str(found.value)


def test_all_mistakes_at_once():
    with pytest.raises(InvalidInput) as found:
        outcome(measure="hazard_ratio", benefit="down", estimate=0.75, ci=(0.8, 1.02))
    assert "benefit: 'down' is not accepted" in str(found.value) and "excludes its own estimate" in str(found.value)


def test_a_frame_of_arms_and_missing_values():
    columns = {"treatment_events": [3, 5], "treatment_n": [30, 40], "control_events": [6, 9], "control_n": [31, 39]}
    frame = pd.DataFrame(columns | {"trial": ["One 2019", "Two"], "mcid": [0.8, None], "notes": [None, pd.NA]})
    one, two = outcomes(frame, measure="odds_ratio", benefit="lower")
    assert (one.name, two.name) == ("One_2019:outcome", "Two:outcome")
    assert one.evidence.control.n == 31 and two.mcid is None and isinstance(one.trial, Trial)


def test_mistakes_of_every_row_at_once():
    frame = pd.DataFrame({"estimate": [0.7, 2.0], "ci_low": [0.5, 0.6], "ci_high": [1.0, 1.1], "measure": [None, "odds_ratio"]})
    with pytest.raises(InvalidInput) as found:
        outcomes(frame, benefit="lower")
    assert "row 0: measure: required, but missing" in str(found.value) and "row 1: evidence: the interval" in str(found.value)


def test_two_rows_of_one_name_are_refused():
    frame = pd.DataFrame({"estimate": [0.7, 0.8], "se": [0.2, 0.2]}, index=["A", "A"])
    with pytest.raises(InvalidInput, match="A:outcome: several rows have this name"):
        outcomes(frame, measure="hazard_ratio", benefit="lower")
