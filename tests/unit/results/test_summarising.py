"""The tables of a results folder are written again when anything that they follow from has changed, and only then.

Oracle: the folder before it was changed, whose tables the next run must restore. That a table is not written is seen
from the rows never being collected. Not checked here: what the rows say.
"""

import json
import os
import shutil
import time

import pytest
from support.results_folders import fitted

from bayes.results import regenerate, summarising
from bayes.results.summary_file import Summary

NAME = "mesems:gel_24w"
TABLES = ("summary.csv", "summary.json", "thresholds.csv", "derived.csv")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return fitted(tmp_path_factory.mktemp("sound") / "results", [NAME], draws=50)


@pytest.fixture
def folder(sound, tmp_path):
    """A folder as a run left it some time ago."""
    copy = shutil.copytree(sound, tmp_path / "results")
    for path in (copy, *copy.rglob("*")):
        os.utime(path, ns=(0, time.time_ns() - 10**10))
    os.utime(copy / "manifest.json")
    return copy


@pytest.fixture
def collected(monkeypatch):
    """How often rows were collected."""
    times, of = [], Summary.of

    def counted(*arguments):
        times.append(1)
        return of(*arguments)

    monkeypatch.setattr(summarising.Summary, "of", counted)
    return times


def content(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


def test_a_run_with_nothing_to_do_collects_no_row(folder, collected):
    before = content(folder)
    for _ in range(2):
        run = regenerate(folder, [NAME])
        assert len(run.current) > 5 and not run.stale and not run.failed
    assert not collected and content(folder) == before


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("how", ["edited", "removed"])
def test_a_table_that_was_touched_is_written_again_once(folder, collected, name, how):
    before = content(folder)
    if how == "removed":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(before[name] + b"\n")
    for _ in range(2):
        regenerate(folder, [NAME])
    assert content(folder) == before and len(collected) == 1


def test_other_sources_or_other_rows_without_a_posterior_write_the_tables_again(folder, collected, monkeypatch):
    monkeypatch.setattr(summarising, "sources_hash", lambda: "other sources")
    for _ in range(2):
        regenerate(folder, [NAME])
    assert len(collected) == 1 and json.loads((folder / "manifest.json").read_text())["sources"] == "other sources"
    row = {"trial": "mesems", "outcome": "gel_24w", "model": "single_trial", "prior": "own", "reason": "no target"}
    monkeypatch.setattr(summarising, "_manifest", lambda *_: {"without_posterior": [[*row.values()]], "posteriors": {}})
    regenerate(folder, [NAME])
    assert len(collected) == 2


def test_a_posterior_or_an_input_that_is_newer_writes_the_tables_again(folder, collected):
    for number, path in enumerate((next(iter((folder / "posteriors").iterdir())), folder / "inputs" / "plan.json")):
        os.utime(path, ns=(0, time.time_ns() + 10**7))
        regenerate(folder, [NAME])
        assert len(collected) == number + 1
        os.utime(path, ns=(0, 0))
