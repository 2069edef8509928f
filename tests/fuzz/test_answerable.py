"""What validation accepts is answerable; at length in the record."""

import random

import pytest

from bayes.sensitivity import examine
from fuzz import answerable, answering
from fuzz.answerable import Unanswered, finite, printable


@pytest.mark.parametrize(("seed", "reports"), [("fixed", 5), ("fresh", 2)])
def test_accepted_reports_are_answered(seed, reports):
    seed = f"{random.SystemRandom().randrange(10**9)}" if seed == "fresh" else seed
    found = answering.answered(seed, reports)
    assert not found["faults"], found
    assert sum(found["counts"].values()) - found["counts"][answering.NOT_ACCEPTED] == reports


@pytest.mark.filterwarnings("error")
def test_effects_far_in_the_tail_of_a_prior_are_no_overflow():
    """Under the Student-t prior of `calibrated`, events by persons ended in "`y` must contain only finite values"."""
    found = examine("mesems:ae_events_24w", ["conflict", "prior_weight"], prior_set="calibrated")
    finite(found.rows, "rows")
    (conflict, *_), (weight, *_) = found.rows["conflict"], found.rows["prior_weight"]
    assert conflict["prior"] == weight["prior"] == "calibrated" and 0 < conflict["box_p"] < 1 and 50 < weight["elir"] < 213


def test_what_is_no_answer_is_noticed():
    with pytest.raises(Unanswered, match=r"rows.0.mean is nan"):
        finite([{"mean": float("nan")}], "rows")
    with pytest.raises(Unanswered, match="not a number"):
        printable("P(benefit) nan")
    finite([{"mean": None, "sd": 0.1}], "rows")


def test_a_report_is_answered_in_full(tmp_path):
    """The path that damaged reports take, of one that is whole: no part of it is passed over."""
    from bayes.base.toml import shipped

    file = tmp_path / "mesems.toml"
    file.write_bytes(shipped("trials")["mesems"].read_bytes())
    assert answerable.answer(file, lambda below: 0) == "answered"
    assert (tmp_path / "results" / "table.csv").exists()
