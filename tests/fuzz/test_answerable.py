"""What validation accepts is answerable; at length in the record."""

import random

import pytest

from fuzz import answerable, answering
from fuzz.answerable import Unanswered, finite, printable


@pytest.mark.parametrize(("seed", "reports"), [("fixed", 8), ("fresh", 4)])
def test_accepted_reports_are_answered(seed, reports):
    seed = f"{random.SystemRandom().randrange(10**9)}" if seed == "fresh" else seed
    found = answering.answered(seed, reports)
    assert not found["faults"], found
    assert sum(found["counts"].values()) - found["counts"][answering.NOT_ACCEPTED] == reports


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
