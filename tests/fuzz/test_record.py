"""The record of the million inputs: every door of the code, its share, and no fault that was not mended."""

from fuzz import record
from fuzz.doors import DOORS
from fuzz.mended import MENDED
from fuzz.rule import MEGABYTES, SECONDS
from fuzz.shares import MILLION, SHARES

FOUND = record.read()


def test_a_million_inputs_are_recorded():
    assert FOUND["inputs"] == MILLION == sum(door["inputs"] for door in FOUND["doors"].values())


def test_the_doors_are_those_of_the_code():
    assert list(FOUND["doors"]) == list(DOORS)
    for name, door in FOUND["doors"].items():
        share = SHARES[name]
        assert (door["structure"], door["letters"], door["guided"]) == (share.structure, share.letters, share.guided), name
        assert door["accepted"] + door["refused"] == door["inputs"] and min(door["accepted"], door["refused"], door["messages"]) > 0, name


def test_no_fault_is_left():
    assert all(door["faults"] == 0 for door in FOUND["doors"].values())
    assert all(door["slowest"] <= SECONDS and door["megabytes"] <= MEGABYTES for door in FOUND["doors"].values())
    assert {name: door["mended"] for name, door in FOUND["doors"].items()} == {name: sum(one.door == name for one in MENDED) for name in DOORS}


def test_accepted_reports_were_answered_by_the_thousand():
    answered = FOUND["answerable"]
    assert answered["accepted"] >= 2000 and answered["faults"] == 0 and answered["answered"] >= 500
