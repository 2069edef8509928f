"""The rule notices what it is for: whatever is done at a door that is none of the package's errors, slow, large or ugly."""

import warnings
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
import pytest

from bayes.errors import BayesError, InvalidInput, Mistake
from fuzz import rule
from fuzz.doors import Door
from fuzz.rule import judge, strict


def nothing() -> list:
    return []


def judged(folder: Path, enter: Callable[[Path], str]):
    with strict():
        return judge(Door(enter, nothing, {}), "input", b"", folder)


def refuse(said: str) -> Callable[[Path], str]:
    def enter(path: Path) -> str:
        raise BayesError(said)

    return enter


def spin(path: Path) -> str:
    while True:
        pass


def take_memory(path: Path) -> str:
    return str(len(bytearray(1 << 30)))


def wait(path: Path) -> str:
    """Take longer than an input whose memory is not looked at."""
    start = process_time()
    while process_time() - start < 0.05:
        pass
    return ""


def warn(path: Path) -> str:
    return str(np.float64(1) / np.float64(0))


def fail(path: Path) -> str:
    return str(1 // 0)


class Ugly(BayesError):
    """An error that does not clean its text."""

    def __str__(self) -> str:
        return str(self.args[0])


def refuse_uglily(said: str) -> Callable[[Path], str]:
    def enter(path: Path) -> str:
        raise Ugly(said)

    return enter


@pytest.mark.parametrize(
    ("enter", "fault"),
    [
        (spin, "more than 2 s"),
        (take_memory, "MemoryError"),
        (warn, "RuntimeWarning"),
        (fail, "ZeroDivisionError"),
        (refuse(" "), "without a message"),
        (refuse_uglily("x" * 4001), "a message of 4001 characters"),
        (refuse_uglily("\x1b[31m"), "control character"),
        (lambda path: "\u202e", "control character"),
    ],
)
def test_what_breaks_the_rule_is_noticed(tmp_path, enter, fault):
    assert fault in judged(tmp_path, enter).fault


def test_memory_is_measured(tmp_path, monkeypatch):
    """As the system reports it before and after a slow input: the largest memory of a process never falls again."""
    reported = iter([100.0, 650.0])
    monkeypatch.setattr(rule, "peak", lambda: next(reported))
    assert judged(tmp_path, wait).fault == "more than 500 MB"


def test_what_keeps_the_rule_passes(tmp_path):
    assert judged(tmp_path, lambda path: "a text\nof two lines").accepted
    refused = judged(tmp_path, refuse("it: no number, found 3"))
    assert not refused.accepted and refused.fault is None and refused.kinds == {"no number, found #"}


def test_limits_end_with_the_rule(tmp_path):
    judged(tmp_path, take_memory)
    assert len(bytearray(1 << 30)) == 1 << 30
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn(tmp_path)
    assert caught


def test_the_text_of_an_error_is_short_and_clean_whatever_is_in_it():
    long = InvalidInput("file\x1b" * 1000, [Mistake("a\u2028" * 1000, "b\x00" * 5000), *(Mistake("p" * 300, "m" * 2000) for _ in range(60))])
    for error in (long, BayesError("\x1b" * 10_000)):
        said = str(error)
        assert len(said) < 8000 and all(c.isprintable() or c == "\n" for c in said)
    assert str(long).splitlines()[-1].endswith("and 60 more")


def test_what_is_accepted_is_said_once():
    accepted = "; accepted: " + ", ".join(f"field_{i}" for i in range(20))
    said = str(InvalidInput("f", [Mistake(name, f"unknown field{accepted}") for name in "abc"])).splitlines()
    assert said == [f"f: a: unknown field{accepted}", "f: b: unknown field; accepted: as above", "f: c: unknown field; accepted: as above"]
