"""A few damaged inputs through every door: some of a fixed seed, which hypothesis makes small, and some of a fresh one."""

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bayes.importing.formats import READERS
from fuzz.doors import BY, DOORS
from fuzz.rule import judge, strict
from fuzz.running import Batch, counted, prepared, warm
from fuzz.shares import MILLION, SHARES

FIXED, FRESH = 10, 8
CASES = [(door, by) for door in DOORS for by in BY]


@pytest.mark.parametrize(("door", "by"), CASES, ids=[f"{door} by {by}" for door, by in CASES])
def test_fixed_inputs_keep_the_rule(tmp_path_factory, door, by):
    warm({door}, 2)
    folder = prepared(DOORS[door], tmp_path_factory.mktemp("inputs"))

    @settings(max_examples=FIXED, derandomize=True, database=None, deadline=None, phases=[Phase.generate, Phase.shrink], suppress_health_check=[*HealthCheck])
    @given(DOORS[door].drawn(by))
    def run(found):
        name, content = found
        with strict():
            judged = judge(DOORS[door], name, content, folder)
        assert judged.fault is None, (judged.fault, judged.where, content[:2000])

    run()


@pytest.mark.parametrize(("door", "by"), CASES, ids=[f"{door} by {by}" for door, by in CASES])
def test_fresh_inputs_keep_the_rule(door, by):
    """Fails once in many runs where a fault is rare: the batch is named, so that it can be run again."""
    batch = Batch(door, by, 0, FRESH, random.SystemRandom().randrange(10**9))
    found = counted(batch)
    assert not found.faults, (batch, found.faults)


def test_damage_reaches_what_lies_behind_a_door():
    """Of twenty inputs of a fixed seed by either damage, some are accepted and some are refused."""
    for door in DOORS:
        found = counted(Batch(door, "structure", 1, 20, 1)) + counted(Batch(door, "letters", 1, 20, 1))
        assert 0 < found.accepted < found.inputs and found.kinds, (door, found)


def test_every_format_that_is_imported_has_a_door():
    assert {f"import of {reader.card.name}" for reader in READERS} == {door for door in DOORS if door.startswith("import of ")}


def test_the_shares_make_a_million():
    assert MILLION == 1_000_000 and list(SHARES) == list(DOORS)
    assert all(share.total >= 20_000 for share in SHARES.values())
