"""Worker processes that die: a task is tried again once, the others go on, and nothing is left when the parent stops."""

import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from bayes.results.processes import CANNOT_START, DIED, in_processes

pytestmark = [pytest.mark.slow, pytest.mark.posix]


def nothing():
    pass


def dying():
    os._exit(3)


def work(task, folder):
    """Return a task and its process; die at some, once or always."""
    with open(folder / "tried", "a") as tried:
        tried.write(f"{task}\n")
    kind = task[0]
    if kind == "d" or (kind == "o" and (folder / "tried").read_text().split().count(task) == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "e":
        raise OSError(28, "No space left on device")
    if kind == "s":
        time.sleep(60)
    return task, os.getpid()


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_death_costs_the_task_that_was_held_and_no_other(tmp_path):
    groups = [["a1", "o1", "a2", "d1", "a3"], ["b1", "b2", "b3"], ["a4", "d2"], ["a5"]]
    ended = list(in_processes(groups, partial(work, folder=tmp_path), nothing, 2))
    assert sorted(one.task for one in ended) == sorted(task for group in groups for task in group)
    assert {one.task: one.reason for one in ended if one.result is None} == {"d1": DIED, "d2": DIED}
    assert all(one.result[0] == one.task and not one.reason for one in ended if one.result)
    tried = (tmp_path / "tried").read_text().split()
    assert {task: tried.count(task) for task in tried} == dict.fromkeys(tried, 1) | {"o1": 2, "d1": 2, "d2": 2}


def test_a_group_stays_with_one_process(tmp_path):
    ended = list(in_processes([["a1", "a2", "a3"], ["b1", "b2"]], partial(work, folder=tmp_path), nothing, 2))
    at = {one.task: one.result[1] for one in ended}
    assert at["a1"] == at["a2"] == at["a3"] and at["b1"] == at["b2"] and os.getpid() not in at.values()


def test_processes_that_cannot_begin_are_given_up(tmp_path):
    groups = [[f"a{i}" for i in range(30)], ["b1"]]
    ended = list(in_processes(groups, partial(work, folder=tmp_path), dying, 2))
    assert len(ended) == 31 and {one.reason for one in ended} <= {DIED, CANNOT_START}
    assert ended[-1].reason == CANNOT_START and not (tmp_path / "tried").exists()


def test_an_error_is_raised_and_ends_the_processes(tmp_path):
    found = in_processes([["a1", "e1"], ["b1", "s1"]], partial(work, folder=tmp_path), nothing, 2)
    began, seen = time.monotonic(), []
    with pytest.raises(OSError, match="No space left"):
        seen.extend(one.result[1] for one in found)
    assert time.monotonic() - began < 30 and not any(map(alive, seen))


def test_whoever_stops_listening_ends_the_processes(tmp_path):
    found = in_processes([["a1", "s1"], ["b1", "s2"]], partial(work, folder=tmp_path), nothing, 2)
    processes = {next(found).result[1], next(found).result[1]}
    assert all(map(alive, processes))
    found.close()
    assert not any(map(alive, processes))
