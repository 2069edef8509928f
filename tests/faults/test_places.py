"""Places that cannot be written to, for every command that writes: a sentence, exit code 1, and what was there stays."""

import errno
import json
import os
import time
from pathlib import Path

import pytest
from support.results_folders import fitted

from bayes.cli import main
from bayes.results import store
from bayes.results.regeneration import regenerate

TARGET = "mesems:gel_24w"
FILES = Path(__file__).parents[1] / "files"
CORPUS = "id,measure,estimate,ci_low,ci_high,benefit\none,hazard_ratio,0.8,0.6,1.07,lower\n"
COMMANDS = {
    "regenerate": ("regenerate", TARGET, "--jobs", "1", "--out", "new"),
    "report": ("report", "--jobs", "1"),
    "bundle": ("report", "--jobs", "1", "--bundle"),
    "operating": ("operating", TARGET, "--rule", "p_benefit > 0.975", "--out", "results"),
    "corpus": ("regenerate", "corpus.csv", "--jobs", "1", "--out", "corpus"),
    "calculator": ("calculator", "--out", "calculator.html"),
    "new": ("new", "trial", "mine"),
    "import": ("import", str(FILES / "importing" / "ctgov" / "NCT00094302.json"), "--out", "imported"),
} | {suffix: ("export", f"table.{suffix}") for suffix in ("csv", "json", "parquet", "xlsx", "docx", "tex", "html")}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return fitted(tmp_path_factory.mktemp("places") / "results", [TARGET])


@pytest.fixture
def place(results, tmp_path, monkeypatch):
    """A folder with results and a table of an earlier day, from which the commands are run."""
    os.symlink(results, tmp_path / "results")
    (tmp_path / "corpus.csv").write_text(CORPUS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said_by(words, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bayes", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (*folder.glob("*"), *(folder / "results").glob("*")) if path.is_file()}


@pytest.mark.parametrize("name", COMMANDS)
def test_what_else_is_written_to_a_full_disk(place, monkeypatch, capsys, name):
    """The system has no room at the moment when a file should be forced to the disk."""

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = contents(place)
    monkeypatch.setattr(os, "fsync", full)
    code, said = said_by(COMMANDS[name], monkeypatch, capsys)
    assert code == 1 and said.err.count("\n") == 1, said
    assert said.err.endswith(": cannot be written (no space left on device); files written before are whole\n")
    assert contents(place) == before and not list(place.rglob("*unfinished*")) + list((place / "results").rglob("*unfinished*"))


@pytest.mark.posix
@pytest.mark.parametrize("folder", ["/proc/results", "corpus.csv/results"])
def test_a_folder_that_cannot_be_written_to(place, monkeypatch, capsys, folder):
    """Not even root writes to /proc; and a file has no folders in it."""
    code, said = said_by(("regenerate", TARGET, "--jobs", "1", "--out", folder), monkeypatch, capsys)
    assert code == 1 and f"{folder}: cannot be written (" in said.err and said.err.count("\n") == 1


def test_a_clock_that_goes_backwards(results):
    """The manifest, by whose date changed posteriors are recognised, was written tomorrow; then a posterior decays."""
    tomorrow = time.time() + 86_400
    os.utime(results / "manifest.json", (tomorrow, tomorrow))
    assert not regenerate(results, [TARGET], jobs=1).stale
    victim = store.paths(results)[0]
    whole = victim.read_bytes()
    victim.write_bytes(whole[:1000])
    try:
        assert store.record(victim) is None
        with pytest.raises(BayesStopped):
            regenerate(results, [TARGET], jobs=1, listener=Stopping())
    finally:
        victim.write_bytes(whole)
        for path in results.rglob("*.damaged"):
            path.unlink()


class BayesStopped(Exception):
    pass


class Stopping:
    """A listener that stops a run before anything is sampled, once it has heard what is due."""

    def begin(self, due):
        if due:
            assert all("damaged" in reason for reason in due.values()) and len(due) == 1, due
            raise BayesStopped

    def report(self, done):
        raise AssertionError("something was sampled")


def test_a_posterior_of_another_version(results, monkeypatch):
    """One of PyMC's next major version, whose draws would be others."""
    monkeypatch.setattr(store, "installed", lambda name: "7.0.0" if name == "pymc" else "0.16.11")

    class Heard(Exception):
        pass

    class Listener(Stopping):
        def begin(self, due):
            raise Heard(json.dumps(due))

    with pytest.raises(Heard, match="pymc 6.* -> 7.0.0"):
        regenerate(results, [TARGET], jobs=1, listener=Listener())
