"""Runs that are interrupted, ended, killed or starved: what is finished stays, nothing half is left, and the next run heals."""

import importlib
import os
import shutil
import signal
import time
from functools import partial
from pathlib import Path

import pytest
from support.faults import POSTERIORS, demonstration, differences, ended, environment, of_session, rows, started

from bayes.base.turns import alone_in

pytestmark = [pytest.mark.nuts, pytest.mark.posix]
SAID = {"SIGINT": "interrupted; finished posteriors are stored", "SIGTERM": "ended by a signal; finished posteriors are stored"}
RUN = ("regenerate", "demo.toml", "--jobs", "2")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = demonstration(tmp_path_factory.mktemp("undisturbed"))
    code, said = ended(folder, *RUN)
    assert code == 0, said
    return folder / "results"


def written(folder: Path) -> list[Path]:
    return list((folder / "results" / "posteriors").glob("[!.]*.nc"))


def unfinished(folder: Path) -> list[Path]:
    return list(folder.rglob("*.unfinished"))


def after(process, folder: Path, posteriors: int) -> None:
    """Wait until so many posteriors are stored."""
    until = time.monotonic() + 120
    while len(written(folder)) < posteriors:
        assert process.poll() is None and time.monotonic() < until, process.communicate()[0]
        time.sleep(0.02)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_run_that_is_stopped(tmp_path, undisturbed, name):
    """The next run has another order of hashes, the letters of C, no terminal, no home and one process."""
    number = getattr(signal, name)
    process = started(demonstration(tmp_path), *RUN)
    after(process, tmp_path, 2)
    if name == "SIGINT":
        os.killpg(process.pid, number)  # as Ctrl-C does, workers included
    else:
        process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    told = [line for line in out.splitlines() if not line.startswith("[")]
    until = time.monotonic() + 10
    while of_session(process.pid):
        assert time.monotonic() < until, "a worker outlives its run"
        time.sleep(0.02)
    kept = len(written(tmp_path))
    if name == "SIGKILL":
        assert process.returncode == -number
    else:
        assert process.returncode == 128 + number and told == [f"{SAID[name]}; run the same command to continue"]
        assert not unfinished(tmp_path)
        found = [(row["status"], row["reason"]) for row in rows(tmp_path / "results").values()]
        stopped = "the run was stopped before it; run the command again"
        assert found.count(("ok", None)) == kept and found.count(("failed", stopped)) == POSTERIORS - kept
    bare = environment(HOME=None, LANG="C", LC_ALL="C", PYTHONHASHSEED="12345", TERM=None, COLUMNS=None)
    code, said = ended(tmp_path, "regenerate", "demo.toml", "--jobs", "1", env=bare)
    assert code == 0 and f"{kept} current, {POSTERIORS - kept} fitted" in said
    assert not differences(tmp_path / "results", undisturbed)


def test_an_interrupt_before_anything_is_stored_says_so_in_a_word(tmp_path):
    process = started(demonstration(tmp_path), *RUN)
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT and out.startswith("interrupted") and out.count("\n") == 1, out


@pytest.mark.parametrize("most", [2_000, 20_000])
def test_a_full_disk_is_a_sentence(tmp_path, most):
    """A limit of the size of a file is what stands in for a full disk: smaller than the inputs, and than a posterior."""
    resource = importlib.import_module("resource")  # not known to Windows
    limited = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most))
    code, said = ended(demonstration(tmp_path), "regenerate", "demo.toml", "--jobs", "1", "--quiet", preexec_fn=limited)
    assert code == 1 and said.endswith(": cannot be written (file too large); files written before are whole\n"), said
    assert said.count("\n") == 1 and not unfinished(tmp_path) and not written(tmp_path)


def test_two_runs_at_once_take_turns(tmp_path, undisturbed):
    shutil.copytree(undisturbed, demonstration(tmp_path) / "results")
    with alone_in(tmp_path / "results"):
        process = started(tmp_path, *RUN)
        assert process.stdout.readline() == "results: another run is writing here; waiting until it has ended\n"
        (tmp_path / "results" / "posteriors" / f".one.{os.getpid()}.unfinished").touch()
        time.sleep(0.5)
        assert process.poll() is None and unfinished(tmp_path), "the other run's unfinished file is gone"
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and f"{POSTERIORS} current, 0 fitted" in out and not unfinished(tmp_path)
