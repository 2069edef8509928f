"""Digits and directions that were not printed: the range against every number inside the box."""

from dataclasses import replace
from itertools import product
from math import log

import numpy as np
import pytest
from scipy import stats
from support.reports import REPORTS, SHARES
from support.trials import make_estimate, make_outcome

from bayes.sensitivity.printed_digits import Reading, extraction_rows, readings
from bayes.sensitivity.rounded_numbers import digits_of
from bayes.sensitivity.subject import Subject

PROBABILITIES = ("p_benefit", "p_mcid", "p_harm")


def ranges(outcome, over="rounding"):
    return {row["probability"]: row for row in extraction_rows(Subject.of(outcome)) if row["over"] == over}


@pytest.mark.slow
def test_no_numbers_inside_the_box_go_beyond_the_range():
    found, rng = ranges(make_estimate()), np.random.default_rng(3)
    subject = Subject.of(make_estimate())
    boxes = np.array([[0.745, 0.755], [0.545, 0.555], [1.015, 1.025]])
    seen = {name: [] for name in PROBABILITIES}
    for x in rng.uniform(boxes[:, 0], boxes[:, 1], (300, 3)):
        y, s = log(x[0]), log(x[2] / x[1]) / (2 * stats.norm.ppf(0.975))
        curve = replace(subject.curve, parts={"all": lambda t, y=y, s=s: -0.5 * ((t - y) / s) ** 2}, normal=(y, s))
        for name, p in subject.probabilities_of_curve(curve).items():
            if name in seen:
                seen[name].append(p)
    for name, row in found.items():
        assert row["low"] <= min(seen[name]) and max(seen[name]) <= row["high"], name
        assert row["low"] < row["value"] < row["high"] and row["numbers"] == 3
    # METHODS 1: the standard error ranges over 0.1540 to 0.1611; the extremes are corners here
    assert found["p_benefit"]["at_high"] == "estimate 0.745, lower limit 0.555, upper limit 1.015"


def test_an_extreme_inside_the_box_is_found_from_its_best_corner():
    """Planted: highest at an estimate of 0.7485 and a lower limit of 0.5535, lowest at a corner; each place is read once."""
    seen = []

    def judge(words, outcome):
        y, (low, high) = outcome.evidence.estimate, outcome.evidence.ci
        seen.append((y, low, high))
        p = 0.9 - ((float(y) - 0.7485) ** 2 + (float(low) - 0.5535) ** 2) / 1e-3 + 0.1 * (float(high) - 1.02)
        return Reading(words, outcome, None, {"p_benefit": p, "p_mcid": p / 2})

    found = [one.p["p_benefit"] for one in readings(make_estimate(), judge, search=True)]
    assert max(found) == pytest.approx(0.9005, abs=1e-5) and min(found) == pytest.approx(0.785)
    assert len(found) == len(set(seen)) == len(seen) < 60


@pytest.mark.slow
def test_more_digits_narrow_the_range():
    wide, narrow = ranges(make_estimate()), ranges(make_estimate(0.7501, 0.5501, 1.0201))
    assert narrow["p_benefit"]["high"] - narrow["p_benefit"]["low"] < 0.02 * (
        wide["p_benefit"]["high"] - wide["p_benefit"]["low"]
    )


def test_counts_have_no_digits_to_lose():
    row = ranges(make_outcome(*REPORTS["binary OR"]))["p_benefit"]
    assert row["low"] == row["value"] == row["high"] and row["reason"].startswith("not applicable: the report consists of counts")


@pytest.mark.slow
def test_percentages_mean_every_count_that_rounds_to_them():
    arms = {"treatment": {"percent": 14, "n": 230}, "control": {"percent": 21, "n": 228}}
    outcome = make_outcome("odds_ratio", "lower", {"kind": "binary", **arms})
    row = ranges(outcome)["p_benefit"]

    def p(a, c):
        cells = {"treatment": {"events": a, "n": 230}, "control": {"events": c, "n": 228}}
        return Subject.of(make_outcome("odds_ratio", "lower", {"kind": "binary", **cells})).probabilities()["p_benefit"]

    possible = [outcome.evidence.treatment.possible, outcome.evidence.control.possible]
    assert all(len(counts) > 1 for counts in possible)
    every = [p(a, c) for a, c in product(*((counts[0], counts[-1]) for counts in possible))]
    assert (row["low"], row["high"]) == pytest.approx((min(every), max(every)), abs=1e-7)


@pytest.mark.slow
def test_directions_of_starting_2():
    """METHODS 5: 0.5734 were it in favour of treatment."""
    evidence = {
        "kind": "p_value",
        "p": 0.732,
        "favours": "unknown",
        "n": {"treatment": 39, "control": 15},
        "reference": SHARES,
    }
    row = ranges(make_outcome("common_odds_ratio", "higher", evidence), "direction")["p_benefit"]
    assert (row["low"], row["high"]) == pytest.approx((1 - 0.5734, 0.5734), abs=5e-5)
    assert (row["at_low"], row["at_high"]) == ("favours control", "favours treatment")
    worse = ranges(make_outcome("common_odds_ratio", "lower", evidence), "direction")["p_benefit"]
    assert (worse["at_low"], worse["at_high"]) == ("favours control", "favours treatment")


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("estimate", ["estimate", "ci.0", "ci.1"]),
        ("means", ["treatment.mean", "treatment.sd", "control.mean", "control.sd"]),
        ("p small sample", ["p"]),
        ("p below", []),
        ("p known", ["p", *(f"reference.shares.{i}" for i in range(7))]),
        ("ordinal", []),
    ],
)
def test_the_numbers_that_are_rounded(name, paths):
    assert [digits.name for digits in digits_of(make_outcome(*REPORTS[name]).evidence, REPORTS[name][0])] == paths
