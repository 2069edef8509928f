"""Posteriors on disk: whole or absent, current or stale with the reason, and a run that survives being killed."""

import contextlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from support.reports import REPORTS
from support.results_folders import drawn
from support.trials import make_analysis, make_outcome

from bayes import load_posterior
from bayes.cli.regenerate_ import command
from bayes.fitting.until_sound import sample_posterior
from bayes.posterior.record import PosteriorRecord
from bayes.results import store

pytestmark = pytest.mark.nuts

TRIAL = """
id = "demo"
title = "A demonstration"
year = 2020
condition = "c"
design = "d"
arms = { treatment = "a", control = "b" }
n = { treatment = 69, control = 75 }
[outcomes.gel]
label = "Lesions"
measure = "rate_ratio"
benefit = "lower"
source = "abstract"
mcid = { value = 0.75, rationale = "judgement" }
evidence = { kind = "estimate", estimate = 0.94, ci = [0.58, 1.50] }
[outcomes.sae]
label = "Serious adverse events"
measure = "odds_ratio"
benefit = "lower"
source = "abstract"
mcid = { value = 0.67, rationale = "judgement" }
evidence = { kind = "estimate", estimate = 0.29, ci = [0.06, 1.44] }
"""


def run(folder: Path, *more: str, **kwargs) -> subprocess.CompletedProcess:
    words = [sys.executable, "-m", "bayes", "regenerate", "demo.toml", *more]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300, **kwargs)


def rerun(folder: Path) -> str:
    """The same command in this process, whose graphs are compiled already; returns what it says on standard error."""
    with contextlib.chdir(folder):
        done = CliRunner().invoke(command, ["demo.toml", "--jobs", "1"])
    assert done.exit_code == 0, done.output
    return done.stderr


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("regenerate")
    (folder / "demo.toml").write_text(TRIAL)
    done = run(folder, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    return folder


def rows(folder: Path):
    return json.loads((folder / "results" / "summary.json").read_text())


def test_everything_named_is_there_and_sound(results):
    found = rows(results)
    assert {(r["outcome"], r["prior"]) for r in found} == {
        (o, p)
        for o in ("gel", "sae")
        for p in ("vague", "neutral", "sceptical", "enthusiastic", "pessimistic", "cochrane")
    }
    assert {r["status"] for r in found} == {"ok"}
    assert (results / "results" / "summary.csv").read_text().count("\n") == len(found) + 1
    manifest = json.loads((results / "results" / "manifest.json").read_text())
    assert len(manifest["posteriors"]) == len(found)


def test_a_second_run_refits_nothing(results):
    written = {path: path.stat().st_mtime_ns for path in (results / "results" / "posteriors").glob("*.nc")}
    done = run(results)
    assert done.returncode == 0 and "12 current, 0 fitted" in done.stderr
    assert len(written) == 12 and all(path.stat().st_mtime_ns == then for path, then in written.items())


def test_the_number_of_jobs_and_what_is_stale_change_nothing(results):
    before = {r["key"]: r for r in rows(results)}
    for key in ("demo.gel--single_trial--cochrane", "demo.sae--single_trial--neutral"):
        store.path_of(results / "results", key).unlink()
    assert "10 current, 2 fitted" in rerun(results)
    assert {r["key"]: r for r in rows(results)} == before


def test_only_what_changed_is_stale_and_the_reason_is_said(results):
    path = results / "demo.toml"
    path.write_text(TRIAL.replace("estimate = 0.29", "estimate = 0.30").replace("Lesions", "Enhancing lesions"))
    said = rerun(results)
    path.write_text(TRIAL)
    assert "6 current, 6 fitted" in said
    assert "stale: demo.sae--single_trial--vague: changed: evidence" in said
    rerun(results)


def test_an_error_costs_one_posterior_and_is_a_row(results, monkeypatch):
    from bayes import load_priors
    from bayes.analysis.plan import make_plan
    from bayes.analysis.targets import find_targets
    from bayes.fitting import until_sound
    from bayes.results.regeneration import fit_plan

    class Silent:
        def begin(self, due):
            self.due = due

        def report(self, done):
            pass

    def broken(analysis, cores, engine):
        raise RuntimeError("no memory")

    store.path_of(results / "results", "demo.gel--single_trial--vague").unlink()
    monkeypatch.setattr(until_sound, "sample_posterior", broken)
    plan = make_plan(find_targets([str(results / "demo.toml")]), load_priors())
    done = fit_plan(plan, results / "results", 1, False, listener := Silent())
    assert listener.due == {"demo.gel--single_trial--vague": "missing"}
    assert done.failed == ["demo.gel--single_trial--vague"] and len(done.current) == 11
    (bad,) = [r for r in rows(results) if r["status"] == "failed"]
    assert "no memory" in bad["reason"] and bad["prior"] == "vague"
    monkeypatch.undo()
    rerun(results)


def test_half_a_file_is_never_read_as_whole(results):
    path = store.path_of(results / "results", "demo.gel--single_trial--vague")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert store.record(path) is None
    assert "11 current, 1 fitted" in rerun(results)
    assert store.record(path).gate.status == "ok"


def test_a_tree_survives_the_disk(tmp_path):
    tree = sample_posterior(make_analysis(make_outcome(*REPORTS["estimate"]), "neutral"))
    again = load_posterior(store.save(tree, tmp_path, "one"))
    stored, sampled = again["posterior"]["effect"].values, tree["posterior"]["effect"].values
    assert np.abs(stored - sampled).max() < 2**-9 * sampled.std() and ((stored < 0) == (sampled < 0)).all()
    assert again.attrs["bayes"] == tree.attrs["bayes"]
    assert [p.name for p in (tmp_path / "posteriors").iterdir()] == ["one.nc"]


def test_the_same_key_gives_the_same_draws():
    analysis = make_analysis(make_outcome(*REPORTS["estimate"]), "neutral")
    one, two = (sample_posterior(analysis, cores) for cores in (1, 2))
    assert one["posterior"]["effect"].equals(two["posterior"]["effect"])


def test_a_major_version_makes_stale_and_a_patch_does_not(monkeypatch):
    analysis = make_analysis(make_outcome(*REPORTS["estimate"]), "neutral")
    found = PosteriorRecord.from_tree(drawn(analysis, np.random.default_rng(1), 100))
    made = replace(found.provenance, versions={"pymc": "6.4.0", "nutpie": "0.16.11"})
    about = replace(found, provenance=made)
    now = {"pymc": "6.9.1", "nutpie": "0.17.0"}
    monkeypatch.setattr(store, "installed", now.get)
    assert store.why_stale(analysis, about, True) is None
    now["pymc"] = "7.0.0"
    assert store.why_stale(analysis, about, True) == "changed: pymc 6.4.0 -> 7.0.0"
    assert store.why_stale(analysis, None, False) == "missing"
