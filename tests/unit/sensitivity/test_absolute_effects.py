"""Absolute effects over control risks: each against the definition of its measure."""

from math import exp

import pytest
from support.reports import REPORTS
from support.trials import make_estimate, make_outcome

from bayes.sensitivity.absolute_effects import baseline_risk_rows
from bayes.sensitivity.subject import Subject


def test_absolute_effects_follow_the_relative_one():
    subject = Subject.of(make_outcome(*REPORTS["binary OR"]))
    low, middle, high = subject.under(subject.prior).quantiles([0.025, 0.5, 0.975])
    rows = baseline_risk_rows(subject)
    assert [row["control_risk"] for row in rows if row["observed"]] == [7 / 75]
    for row in rows:
        odds = row["control_risk"] / (1 - row["control_risk"])
        expected = [odds * exp(t) / (1 + odds * exp(t)) - row["control_risk"] for t in (low, middle, high)]
        assert [row["low"], row["risk_difference"], row["high"]] == pytest.approx(expected, abs=1e-12)
        assert row["nnt"].startswith("NNTB") and "infinity" in row["nnt"]


def test_a_beneficial_rise_is_a_number_needed_to_benefit():
    counts = {"kind": "binary", "treatment": {"events": 60, "n": 100}, "control": {"events": 30, "n": 100}}
    for benefit, word in (("higher", "NNTB"), ("lower", "NNTH")):
        rows = baseline_risk_rows(Subject.of(make_outcome("odds_ratio", benefit, counts)))
        assert all(row["nnt"].count(word) == 3 for row in rows)


def test_risks_beyond_one_are_not_shown():
    counts = {"kind": "binary", "treatment": {"events": 60, "n": 100}, "control": {"events": 30, "n": 100}}
    rows = baseline_risk_rows(Subject.of(make_outcome("risk_ratio", "higher", counts)))
    assert max(row["control_risk"] for row in rows) < 0.6


def test_a_hazard_ratio_at_a_control_risk():
    rows = {row["control_risk"]: row for row in baseline_risk_rows(Subject.of(make_estimate()))}
    median = exp(Subject.of(make_estimate()).probabilities()["mean"])
    assert rows[0.3]["treated_risk"] == pytest.approx(1 - 0.7**median, abs=1e-5)


def test_a_mean_says_nothing_of_risks():
    (row,) = baseline_risk_rows(Subject.of(make_outcome(*REPORTS["means"])))
    assert row["control_risk"] is None and "does not imply an absolute risk" in row["reason"]
